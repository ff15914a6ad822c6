#!/usr/bin/env python3
"""Makes the seeds of the fuzz target read_log: logs that the project's own tool writes, whole and
damaged, in both encodings, and the dictionary, from the list of events.

    make_corpus.py MEMPOOL_VIZ     writes corpus/read_log/ and read_log.dict beside this file

A seed is where a fuzzer begins, no expectation: run it again after events or fields were added.
"""
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / 'corpus' / 'read_log'
HEADER = '{"mempool_log":1,"minor":0}\n'

# Op lists and the pool they run in: each kind of event that a pool can be made to emit.
RUNS = {
    'lesson': ('+100,+200,+300,+400,-1,+50,-1,-0,?,@a note',
               ['--align', '1', '--capacity', '1000']),
    'guards': ('+13,+20,!0:13*3=120,?,-0,~1:90,-1', ['--guards', '8', '--capacity', '4096']),
    'best': ('+64,+32,+160,+80,-0,-2,+30,+500', ['--policy', 'best', '--capacity', '512']),
    'next': ('+64,+32,+160,-0,+30,+16,-1', ['--policy', 'next', '--capacity', '512']),
    'list': ('+64,+32,+160,+80,-1,-0,-2,+30,+500,~3:8,!3:0*4=65,?',
             ['--order', 'lifo', '--coalesce', 'off', '--header', '8', '--capacity', '512']),
    'many': (','.join(['+24'] * 20 + [f'-{i}' for i in range(0, 20, 2)]), ['--capacity', '1024']),
}

# Lines that no run gives: values at their limits, and what a program could hand over.
LINES = {
    'snapshot': [
        ('snapshot', '"capacity":256,"align":8,"policy":"next","guards":8,"base":"0x0",'
                     '"name":"n","allocs":3,"blocks":2'),
        ('block', '"block":1,"offset":0,"size":64,"payload":8,"requested":40,"guard":8'),
        ('block', '"offset":64,"size":192'),
        ('reset', '"live_blocks":1,"live_bytes":40'),
        ('dropped', '"from":5,"to":9'),
    ],
    'large': [
        ('create', '"capacity":"9223372036854775808","align":4096,"policy":"good",'
                   '"guards":4096,"base":"0xffffffffffffffff","name":"","fill":true'),
        ('alloc', '"block":0,"offset":0,"size":"4611686018427387904","payload":0,'
                  '"requested":9007199254740992'),
        ('bytes', '"offset":"9223372036854775800","hex":"00ff1b5b334a"'),
    ],
    'beyond': [
        ('create', '"capacity":4096,"align":16,"policy":"first","guards":0,"base":"0x0"'),
        ('alloc', '"block":0,"offset":0,"size":"9223372036854775808","payload":4096,'
                  '"requested":"18446744073709551615"'),
    ],
    'names': [
        ('create', '"capacity":128,"align":1,"policy":"worst","guards":0,"base":"0x0",'
                   '"name":"\\u001b[2J<script>&amp;\\"\\n%n\\\\N"'),
        ('note', '"text":"</script>\\u009b31m\\ud83e\\udd8a","file":"<b>.c","line":7'),
        ('misuse', '"kind":"foreign_free","address":"0x1"'),
        ('misuse', '"kind":"double_free","offset":3,"block":"18446744073709551614"'),
    ],
}


def run(*arguments):
    subprocess.run([sys.argv[1], *arguments], check=True, stdout=subprocess.DEVNULL)


def seed(name, contents):
    (CORPUS / name).write_bytes(contents)


def both_encodings(name):
    run('convert', str(CORPUS / f'{name}.jsonl'), '-o', str(CORPUS / f'{name}.mplog'))


def damaged(name):
    """A log cut within its last event, with rubbish in the middle, and with a hole."""
    for suffix, hole in (('jsonl', b'\0' * 40), ('mplog', b'\0' * 64)):
        whole = (CORPUS / f'{name}.{suffix}').read_bytes()
        middle = 64 + (len(whole) - 64) // 64 * 32
        seed(f'cut.{suffix}', whole[:-7])
        seed(f'behind_end.{suffix}', whole + whole[-20:-1])
        seed(f'rubbish.{suffix}', whole[:middle] + b'\xff{[\n' * 8 + whole[middle:])
        seed(f'hole.{suffix}', whole[:middle] + hole + whole[middle:])


def dictionary():
    """Keys, names and words of the list of events, and what begins a log."""
    text = (HERE.parents[1] / 'include/mempool/event.h').read_text(encoding='utf-8')
    keys = re.findall(r'\bF\(\w+, (\w+),', text) + ['seq', 'pool', 'call', 'time', 'event']
    words = re.findall(r'\bE\([A-Z_]+, (\w+), \d+', text)
    words += re.findall(r'\bV\([A-Z_]+, (\w+), \d+\)', text)
    tokens = [f'\\"{key}\\":' for key in sorted(set(keys))]
    tokens += [f'\\"{word}\\"' for word in sorted(set(words))]
    tokens += ['{\\"mempool_log\\":1}\\x0a', 'MEMPOOL\\x0a\\x01\\x00\\x00\\x00 \\x00',
               '18446744073709551615', '\\"18446744073709551615\\"', '\\\\u001b']
    return ''.join(f'"{token}"\n' for token in tokens)


def main():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, (ops, pool) in RUNS.items():
        run('replay', '--ops', ops, *pool, '-o', str(CORPUS / f'{name}.jsonl'))
        both_encodings(name)
    for name, events in LINES.items():
        lines = [f'{{"seq":{seq},"pool":1,"call":{seq - 1},"event":"{event}",{fields}}}\n'
                 for seq, (event, fields) in enumerate(events, 1)]
        seed(f'{name}.jsonl', (HEADER + ''.join(lines)).encode())
        both_encodings(name)
    damaged('lesson')
    seed('empty', b'')
    seed('later.jsonl', b'{"mempool_log":2}\n')
    seed('unknown.jsonl', (HEADER + '{"event":"teleport","to":"mars"}\n').encode())
    (HERE / 'read_log.dict').write_text(dictionary(), encoding='utf-8')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
