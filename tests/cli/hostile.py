"""Hostile input, end to end: whatever a file holds, every verb answers within bounded time and
memory, by no signal, with status 0, 1 or 2, and nothing of the file's gets into the terminal, the
DOT text or the picture."""
import gzip
import json
import os
import resource
import struct
import subprocess
import threading
import xml.etree.ElementTree as xml

import harness
from harness import case, environment, expect, expect_in, log, read, tool, write

SECONDS = 20 if os.environ.get('SANITIZE', 'none') == 'none' else 90
MEMORY = 1 << 30
HEADER = '{"mempool_log":1,"minor":0}\n'
CREATE = '{"seq":1,"pool":1,"call":0,"event":"create","capacity":1024,"align":16,' \
         '"policy":"first","guards":0,"base":"0x0"}\n'
NOT_JSON = 'NOT JSON: the number as it stands'

# What a program could hand over as a name or a note, to whoever looks at it.
ESCAPES = ('\x1b]0;title\x07\x1b[2J\x9b31m\x7f<script>alert(1)</script>&amp;"\\N\\n%n%s'
           '\n\r\t]]>--><!--')


def limit():
    """No more memory than this; a sanitizer's shadow alone would take more."""
    if os.environ.get('SANITIZE', 'none') == 'none':
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def expect_harmless(text, where):
    """Nothing that a terminal obeys: no control character (C0, DEL, C1) but the newline."""
    bad = sorted({c for c in text if (ord(c) < 32 and c != '\n') or 127 <= ord(c) < 160})
    expect(not bad, f'no control bytes in {where}, found {bad}: {text[:200]!r}')


def answer(*arguments, stdin=b''):
    """Runs the tool within its limits: it ends by itself, and what it says is harmless."""
    done = subprocess.run([tool(), *arguments], input=stdin, stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, env=environment(), timeout=SECONDS,
                          preexec_fn=limit)
    what = ' '.join(arguments)[:300]
    err = done.stderr.decode()
    expect(done.returncode in (0, 1, 2), f'{what}: status {done.returncode}: {err[:2000]}')
    expect(done.returncode == 0 or err.startswith('mempool-viz: '), f'{what}: a reason')
    expect(len(err.splitlines()) <= 12, f'{what}: a few sentences, not {len(err)} bytes')
    expect_harmless(err, f'stderr of {what}')
    expect_harmless(done.stdout.decode(), f'stdout of {what}')
    return done


def expect_plain_picture(name):
    """An SVG that is XML, and in which nothing runs or leads anywhere."""
    picture = read(name)
    expect(b'<script' not in picture, 'no script in the picture')
    for element in xml.fromstring(picture).iter():
        expect(not element.tag.lower().endswith('script'), 'no script element')
        for key, value in element.attrib.items():
            expect(not key.lower().startswith('on'), f'no handler {key}')
            expect('href' not in key or value.startswith('#'), f'no link to {value}')


def look(name, picture=True):
    """Every verb on a log. The status of `check`."""
    for verb in (['show'], ['dump'], ['show', '--seq', '1'], ['convert', '-o', 'out.jsonl'],
                 ['convert', '-o', 'out.mplog'], ['convert', '-o', 'out.csv'],
                 ['diagram', '-o', 'out.dot'], ['stats'], ['compare', '--no-smallest']):
        answer(verb[0], name, *verb[1:])
    if os.path.exists('out.dot'):
        expect_harmless(read('out.dot').decode(), 'out.dot')
        expect(b'<script' not in read('out.dot'), 'no script in the DOT text')
    if picture and answer('diagram', name, '-o', 'out.svg').returncode == 0:
        expect_plain_picture('out.svg')
    for output in ('out.dot', 'out.svg'):
        if os.path.exists(output):
            os.remove(output)
    return answer('check', name).returncode


def event(name, seq=2, call=1, **fields):
    return json.dumps({'seq': seq, 'pool': 1, 'call': call, 'event': name, **fields},
                      separators=(',', ':')) + '\n'


def a_log(*lines, name='hostile.jsonl'):
    return write(name, HEADER + ''.join(lines))


@case('a number at any limit, in any field of any event, is answered')
def numbers():
    lines = read(log(ops='+100,+200,-0,~1:40,?,+9999,@x', pool=['--guards', '8'])).splitlines()
    whole = [json.loads(line) for line in lines[1:]]
    values = ['0', str(2 ** 53), str(2 ** 63), str(2 ** 64 - 1), f'"{2 ** 64 - 1}"', '-1', '1e999',
              '9' * 400]
    seen = set()
    for at, line in enumerate(whole):
        for key, old in line.items():
            if not isinstance(old, int) or isinstance(old, bool) or (line['event'], key) in seen:
                continue
            seen.add((line['event'], key))
            value = values[len(seen) % len(values)]
            text = json.dumps({**line, key: NOT_JSON}).replace(f'"{NOT_JSON}"', value) + '\n'
            lines = [json.dumps(other) + '\n' for other in whole]
            a_log(*lines[:at], text, *lines[at + 1:])
            for verb in ('check', 'show', 'dump', 'diagram', 'stats'):
                answer(verb, 'hostile.jsonl')
            answer('compare', 'hostile.jsonl', '--no-smallest')
    for value in values:
        for key in ('capacity', 'align', 'guards'):
            old = {'capacity': '1024', 'align': '16', 'guards': '0'}[key]
            a_log(CREATE.replace(f'"{key}":{old}', f'"{key}":{value}'))
            for verb in ('check', 'show', 'diagram'):
                answer(verb, 'hostile.jsonl')


@case('a region of eight exbibytes with one event is shown, and its dump is short')
def huge_region():
    a_log(CREATE.replace('1024', f'"{2 ** 63}"'))
    expect(look('hostile.jsonl') == 0, 'nothing is wrong with it')
    expect(len(answer('dump', 'hostile.jsonl').stdout) < 10000, 'lines of equal bytes are folded')


@case('a snapshot that promises a million blocks and has none takes no room for them')
def promises():
    fields = {'capacity': 2 ** 40, 'align': 16, 'policy': 'first', 'guards': 0, 'base': '0x0',
              'allocs': 10 ** 6, 'blocks': 10 ** 6}
    a_log(event('snapshot', 1, 0, **fields))
    expect(look('hostile.jsonl') in (0, 1), 'an answer')
    a_log(event('snapshot', 1, 0, **fields), event('block', 2, 0, offset=0, size=64))
    look('hostile.jsonl')


@case('long lines, deep nesting and keys that are there twice are damage, not the end')
def shapes():
    twice = event('note', text='a').replace('"seq":2', '"seq":2,"seq":3')
    for line in ('[' * 10 ** 6, '{"a":' * 10 ** 5, 'y' * (17 << 20), twice, '{}', '', '\0'):
        a_log(CREATE, line + '\n', event('note', 2, 1, text='behind it'))
        look('hostile.jsonl', picture=False)
        expect_in(b'behind it', read('out.jsonl'))


@case('a note of as many megabytes as a line may have is read, shown and drawn')
def long_note():
    for size in (1 << 18, (16 << 20) - 100):
        a_log(CREATE, event('note', text='x' * size))
        expect(len(answer('show', 'hostile.jsonl').stdout) > size, 'all of it is shown')
        expect(answer('check', 'hostile.jsonl').returncode == 0, 'nothing is wrong with it')
        if size == 1 << 18:
            look('hostile.jsonl')


@case('names, notes and files with escape sequences and markup are shown as text, everywhere')
def texts():
    for text in (ESCAPES, '\ufffe\uffff\u2028\u202e', '\\' * 99, '&#x1b;' * 9, '%n' * 99, '"' * 99):
        named = json.loads(CREATE)
        a_log(json.dumps({**named, 'name': text}) + '\n',
              event('note', text=text, file=text, line=2 ** 63))
        look('hostile.jsonl')
        answer('show', 'hostile.jsonl', '--step', '0')
    broken = HEADER.encode() + CREATE.encode() + b'{"event":"note","text":"\xc0\xaf\xff\x1b"}\n'
    write('hostile.jsonl', broken)
    expect(look('hostile.jsonl') == 1, 'bytes that are no UTF-8 are damage')


@case('an event that names what it should not is quoted without what it could do')
def told():
    for line in ('{"event":"\\u001b[2J\\u009b\\u007f<script>"}\n', '{"event":7}\n',
                 event('alloc', offset=ESCAPES), event('create', policy=ESCAPES),
                 event('misuse', kind=ESCAPES), event('create', base=ESCAPES), ESCAPES * 3 + '\n'):
        a_log(CREATE, line)
        look('hostile.jsonl', picture=False)
        write('first', line)
        look('first', picture=False)


def head(kind, bits=0, pool=1, seq=1):
    return struct.pack('<BBHI', kind, bits, pool, seq)


@case('a binary log may hold anything: impossible sizes, kinds, runs and zeros')
def records():
    top = b'MEMPOOL\n' + struct.pack('<HHHH', 1, 0, 32, 0) + bytes(48)
    create = head(1) + struct.pack('<I5I', 0, 1024, 16, 1, 0, 0)
    for body in (b'', bytes(32), bytes(8 << 20), b'\xff' * 3200, os.urandom(32000), create * 9,
                 create + head(15, seq=2) + struct.pack('<I5I', 1, 2 ** 32 - 1, 0, 0, 0, 0),
                 create + head(14, 1, seq=2) + b'\xff' * 24 + head(240, seq=2) + b'\xff' * 24,
                 create + (head(241, 24, seq=2) + b'\x1b' * 24) * 10 ** 5,
                 create + (head(200, seq=2) + bytes(24)) * 10 ** 5):
        write('hostile.mplog', top + body)
        look('hostile.mplog', picture=False)
    write('hostile.mplog', top[:8] + b'\x07' + top[9:])
    expect_in(b'log format 7 is newer', answer('show', 'hostile.mplog').stderr)
    pools = (head(1, pool=pool) + create[8:] for pool in range(1, 20001))
    write('hostile.mplog', top + b''.join(pools))
    look('hostile.mplog', picture=False)


@case('a log of one endless call, and one of a call after the other, is read in bounded memory')
def many():
    a_log(CREATE, *(event('note', seq, 1, text='x') for seq in range(2, 30002)))
    look('hostile.jsonl', picture=False)
    a_log(CREATE, *(event('misuse', seq, seq, kind='foreign_free', address='0x1')
                    for seq in range(2, 30002)))
    look('hostile.jsonl', picture=False)


@case('files that are no logs, and things that are no files, are refused with a reason')
def no_files():
    os.mkdir('folder')
    write('empty', '')
    write('rubbish', os.urandom(1 << 20))
    write('newer', '{"mempool_log":18446744073709551615}\n')
    write('name\x1b[2J\x9b', 'x')
    for name in ('folder', 'empty', 'rubbish', 'newer', '/dev/null', 'name\x1b[2J\x9b',
                 'no\n\x1b]0;file'):
        expect(look(name, picture=False) == 1, f'{name!r} is refused')
    expect_in(b'log format 18446744073709551615 is newer', answer('show', 'newer').stderr)
    answer('check', '-', stdin=os.urandom(1 << 16))


@case('a pipe whose writer dies is a log that was cut')
def dead_writer():
    whole = read(log())
    for verb in ('check', 'show', 'dump', 'diagram', 'grade'):
        os.mkfifo('pipe')

        def half():
            with open('pipe', 'wb', buffering=0) as pipe:
                pipe.write(whole[:len(whole) // 2])
        writer = threading.Thread(target=half)
        writer.start()
        done = answer(verb, 'pipe')
        writer.join()
        os.remove('pipe')
        expect(done.returncode == 0, 'a torn tail is no error')
        expect_in(b'pipe: cut after event', done.stderr)


@case('traces that promise, overflow, lie or never end are refused, with their line')
def traces():
    top = '100\n10\n1\n1\n'
    most = str(2 ** 64 - 1)
    for text in ('', '\0', '1\n' * 3, f'{most}\n' * 4 + 'a 0 8\n', '-1\n' * 4, '1e999\n1\n1\n1\n',
                 f'{top}a 0 {most}\n', f'{top}a 0 {most}0\n', f'{top}a {most} 1\n',
                 f'{top}a 0 -1\n', f'{top}f 9\n', f'{top}a 0 {ESCAPES}\n', f'{top}{ESCAPES}\n',
                 'x' * (16 << 20), '\n' * (2 << 20), f'{top}a 0 8\n' + '\n' * (2 << 20),
                 f'{2 ** 63}\n1\n1\n1\na 0 8\n', '9' * 400 + '\n'):
        write('hostile.rep', text)
        answer('replay', 'hostile.rep', '-o', 'out.jsonl')
    for capacity in ('0', '1', most, '-1', '1e999', '99999999999999999999', '\x1b[2J'):
        answer('replay', 'hostile.rep', '--capacity', capacity)
    write('bomb.rep.gz', gzip.compress(b'\n' * (64 << 20), 9))
    write('cut.rep.gz', gzip.compress(os.urandom(5000))[:-100])
    write('odd.rep.gz', gzip.compress(b'1\n1\n1\n1\n')[:12] + os.urandom(100))
    for name in ('bomb.rep.gz', 'cut.rep.gz', 'odd.rep.gz', 'no\x1b[2J.rep'):
        expect(answer('replay', name).returncode == 1, f'{name} is refused')
    write('good\x1b[2J.rep', f'{top}a 0 8\n')
    answer('replay', 'good\x1b[2J.rep', '-o', 'out\x1b[2J.jsonl')


@case('op lists that overflow, point nowhere or say terrible things are answered')
def op_lists():
    most = str(2 ** 64 - 1)
    for ops in ('', ',', '+', f'+{most}', f'+{most}0', '-0', f'-{most}', f'+1,~0:{most}',
                '+1,~0:-1', f'+1,!0:{most}*1=65', f'+1,!0:0*{most}=65', '+1,!0:0*1=999',
                '@' + ESCAPES, '+1,-0,-0,-0,~0:5,!0:0*1=1', '+1\x1b[2J', '\x1b[2J',
                '+0' + ',+0' * 5000, '+1,' + ','.join(['-0'] * 5000),
                '?' * 100, '+0x', '+1e9', '%n%n%s'):
        for verb in ('replay', 'show', 'dump', 'diagram'):
            answer(verb, '--ops', ops, '--capacity', '65536')
        answer('--', ops) if ops.startswith('-') else answer(ops)
    for option in ('--step', '--seq', '--pool', '--capacity', '--align', '--guards', '--policy'):
        for value in ('-1', '99999999999999999999', most, 'x', ESCAPES, ''):
            answer('show', '--ops', '+1,+2', option, value)
    answer('\x1b[2J\x9b')
    answer('show', '--\x1b[2J')


if __name__ == '__main__':
    harness.run()
