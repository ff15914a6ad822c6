"""mempool-viz quiz, end to end: sheets and keys, other programs' formats, grading, a terminal.
Whether the questions are right is quiz_spec.cpp's."""
import json
import os
import pty
import select
import subprocess
import xml.etree.ElementTree as xml

import harness
from harness import (NO_TERMINALS, case, environment, expect, expect_equal, expect_in,
                     has_terminals, log, read, refused, tool, viz)

OPS = '+100,+200,+300,-1,+50,-0,+120,-2,+400'


@case('in a pipe the sheet is written and nothing is asked; -c adds the key')
def sheet():
    log(ops=OPS)
    plain = viz('quiz', 'run.jsonl').text
    expect('key' not in plain, 'no key')
    full = viz('quiz', 'run.jsonl', '-c').text
    expect(full.startswith(plain), 'the same sheet, then the key')
    expect_in('run.jsonl: key', full)
    for line in full.splitlines():
        expect(len(line) <= 80, f'80 columns at most: {line}')
    expect_equal(viz('quiz', 'run.jsonl').text, plain)
    expect(viz('quiz', 'run.jsonl', '--seed', '2').text != plain, 'another seed, another quiz')


@case('a file gets the sheet, the file beside it the key, in the format its name says')
def files():
    log(ops=OPS)
    for name in ('sheet.txt', 'sheet.md', 'sheet.html', 'sheet'):
        viz('quiz', 'run.jsonl', '-o', name)
        stem, dot, end = name.partition('.')
        key = read(f'{stem}-key{dot}{end}').decode()
        expect('key' in key and 'key' not in read(name).decode(), name)
    expect_in('<!DOCTYPE html>', read('sheet.html').decode())
    expect_in('- [ ] a)', read('sheet.md').decode())


@case('variants are different sheets, each with its key')
def variants():
    log(ops=OPS)
    viz('quiz', 'run.jsonl', '--variants', '3', '-o', 'v.md')
    expect_equal(sorted(os.listdir()), ['run.jsonl', 'v-1-key.md', 'v-1.md', 'v-2-key.md', 'v-2.md',
                                        'v-3-key.md', 'v-3.md'])
    expect_equal(len({read(f'v-{i}.md') for i in (1, 2, 3)}), 3)


@case('learning platforms get what they can read')
def platforms():
    log(ops=OPS)
    root = xml.fromstring(viz('quiz', 'run.jsonl', '--format', 'moodle-xml').out)
    questions = root.findall('question')
    expect_equal(len(questions), 8)
    for question in questions:
        right = [a for a in question.findall('answer') if a.get('fraction') == '100']
        expect(len(right) >= 1, 'a right answer')
    made = json.loads(viz('quiz', 'run.jsonl', '--format', 'json').text)
    expect_equal(len(made), 8)
    for question in made:
        expect(question['accept'] or sum(c['right'] for c in question['choices']) == 1, question)
    gift = viz('quiz', 'run.jsonl', '--format', 'gift').text
    expect_equal(gift.count('::[html]'), 8)
    expect_equal(gift.count('\n=') >= 8, True)


@case('answers are graded, with the reason for each')
def grading():
    log(ops=OPS)
    made = json.loads(viz('quiz', 'run.jsonl', '--format', 'json').text)
    right = [next((c['text'] for c in q['choices'] if c['right']), (q['accept'] or [''])[0])
             for q in made]
    all_right = viz('quiz', 'run.jsonl', '--answers', ';'.join(right)).text
    expect_in('8 of 8 right', all_right)
    wrong = [next(c['text'] for c in q['choices'] if not c['right']) for q in made if q['choices']]
    none_right = viz('quiz', 'run.jsonl', '--answers', ';'.join(wrong[:1])).text
    expect_in('Wrong.', none_right)
    expect_in('0 of 8 right', none_right)
    expect_in('(no answer)', none_right)


@case('kinds can be chosen; what is none is refused')
def kinds():
    log(ops=OPS)
    ran = viz('quiz', 'run.jsonl', '--kinds', 'offset,coalesces', '--format', 'json')
    made = json.loads(ran.text)
    expect_equal({q['kind'] for q in made}, {'offset', 'coalesces'})
    refused('quiz', 'run.jsonl', '--kinds', 'maths', status=2, says='none of fits')
    refused('quiz', 'run.jsonl', '--count', '0', status=2, says='at least one')
    refused('quiz', 'run.jsonl', '--variants', '2', status=2, says='-o FILE')
    refused('quiz', '-', status=2, says='standard input')
    refused('quiz', '--ops', '@only a note', says='nothing to ask')


@case('a log of thousands of calls is asked about in bounded time')
def long_log():
    ops = ','.join(f'+{1 + i % 90},-{i}' for i in range(3000))
    log(ops=ops, pool=['--capacity', '4096', '--align', '1'])
    viz('quiz', 'run.jsonl', '--count', '20')


def on_terminal(arguments, typed):
    """Runs the tool on a terminal, types, and returns what stood there and its status."""
    master, slave = pty.openpty()
    child = subprocess.Popen([tool(), *arguments], stdin=slave, stdout=slave, stderr=slave,
                             env=environment(TERM='xterm'), close_fds=True)
    os.close(slave)
    os.write(master, typed)
    seen = b''
    while select.select([master], [], [], 20)[0]:
        try:
            more = os.read(master, 4096)
        except OSError:
            break
        if not more:
            break
        seen += more
    os.close(master)
    return seen.decode(), child.wait(timeout=20)


@case('on a terminal it asks, answers at once and counts; the end of input ends it',
      needs=has_terminals, lacks=NO_TERMINALS)
def terminal():
    log(ops=OPS)
    text, status = on_terminal(['quiz', 'run.jsonl', '--count', '3'], b'a\nb\n\n')
    expect_equal(status, 0)
    expect_in('of 3 right', text)
    expect(text.count('Right.') + text.count('Wrong.') == 2, 'two answers are graded')
    expect_in('The answer is', text)
    text, status = on_terminal(['quiz', 'run.jsonl'], b'\x04')
    expect_equal(status, 0)
    expect_in('0 of 0 right', text)


if __name__ == '__main__':
    harness.run()
