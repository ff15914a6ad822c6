"""mempool-viz and a world that does not play along: wrong usage, bad input, full disks, closed
pipes. Every case wants the right exit status, one sentence on stderr, and nothing left behind."""
import os
import shutil
import signal
import subprocess
import time

import harness
from harness import (case, environment, expect, expect_equal, expect_in, log, refused, tool, viz,
                     write)

VERBS = ('replay', 'check', 'show', 'diagram', 'dump', 'convert', 'compare', 'duel', 'gen', 'stats',
         'ostep')
RECORDING = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'fuzz', 'corpus',
                         'read_recording', 'small')


def has_full():
    return os.path.exists('/dev/full')


@case('usage errors have status 2, one line on stderr, and a hint at the manual')
def usage():
    for arguments, says in ((['chekc', 'x'], 'did you mean check?'),
                            (['show'], 'a LOG is expected'),
                            (['show', 'x', '--stpe', '1'], 'did you mean --step?'),
                            (['replay', 'x', '--policy', 'fast'], "'fast' is no placement policy"),
                            (['record', '--', ], 'a program is expected')):
        ran = refused(*arguments, says=says, status=2)
        expect_in('--help', ran.err)
        expect_equal(ran.err.count('\n'), 1)
    refused(says='a verb or an op list is expected', status=2)


@case('help and version go to standard output, with status 0')
def help_pages():
    expect_in('Verbs:', viz('--help').text)
    expect_in('mempool-viz 0.', viz('--version').text)
    for verb in VERBS:
        expect_in('Example:', viz(verb, '--help').text)


@case('the example of every manual runs')
def examples():
    log('run.jsonl', ops='+10,+20,-0,+5,~1:40,-2,+8,@end')
    write('program.rep.gz', '0\n1\n2\n1\na 0 8\nf 0\n')
    shutil.copy(RECORDING, 'git.mprec')
    for verb in VERBS:
        page = viz(verb, '--help').text
        example = page[page.index('Example:') + len('Example:'):]
        for line in example.strip().splitlines():
            line = line.strip().split(' | ')[0].replace('mempool-viz', tool())
            done = subprocess.run(line, shell=True, stdout=subprocess.DEVNULL, check=False,
                                  stderr=subprocess.PIPE, env=environment())
            expect(done.returncode in (0, 1 if '.svg' in line else 0), f'{line}: {done.stderr}')


@case('input that is not there, or is no file, is told why')
def missing():
    os.mkdir('folder')
    for verb in ('replay', 'check', 'show', 'diagram', 'dump'):
        refused(verb, 'nothing.jsonl', says='cannot read nothing.jsonl: No such file')
        refused(verb, 'folder', says='cannot read folder: Is a directory')
    refused('convert', 'folder', '-o', 'x.csv', says='cannot read folder: Is a directory')
    expect_equal(os.listdir(), ['folder'])


@case('input that is no log is refused, and a log of a later major version by name')
def no_log():
    write('empty', '')
    write('text', 'hello\nworld\n')
    write('binary', bytes(range(256)) * 10)
    for name in ('empty', 'text', 'binary'):
        for verb in ('check', 'show', 'diagram', 'dump'):
            refused(verb, name, says=name)
    write('later', '{"mempool_log":2,"minor":0}\n')
    refused('show', 'later', says='later: log format 2 is newer')


@case('a trace or an op list that is wrong is told with the place')
def bad_work():
    write('short.rep', '0\n1\n2\n1\na 0 8\n')
    refused('replay', 'short.rep', says='short.rep: ends after line 5')
    write('odd.rep', '0\n1\n2\n1\na 0 8\nx 0\n')
    refused('replay', 'odd.rep', says='odd.rep: line 6: ')
    refused('replay', log(), says='line 1: this is a log, not a trace')
    refused('replay', '--ops', '+1,+abc', says="op 2, '+abc': a size is expected after '+'")
    refused('+1,-7', says='there is no allocation 7 yet')


@case('a pool that cannot be had is told')
def no_pool():
    refused('replay', '--ops', '+1', '--capacity', '9999999999g', says='no pool of')
    refused('show', '--ops', '+1', '--capacity', '17m', '--align', '4',
            says='alignments under 8 are for pools up to')


@case('standard output that is full, closed or a pipe that nobody reads is an error')
def standard_output():
    log()
    for verb in ('check', 'show', 'dump', 'diagram'):
        reader, writer = os.pipe()
        os.close(reader)
        ran = viz(verb, 'run.jsonl', status=1, stdout=writer)
        os.close(writer)
        expect_equal(ran.err, 'mempool-viz: standard output: cannot be written: Broken pipe\n')
        closed = subprocess.run(f'"{tool()}" {verb} run.jsonl >&-', shell=True, check=False,
                                stderr=subprocess.PIPE, env=environment())
        expect_equal(closed.returncode, 1)
        expect_in(b'standard output: cannot be written', closed.stderr)


@case('a full disk is told, and the log keeps what was written', needs=has_full)
def full_disk():
    log()
    with open('/dev/full', 'wb') as full:
        expect_in('No space left', viz('show', 'run.jsonl', status=1, stdout=full).err)
        expect_in('No space left', viz('--help', status=1, stdout=full).err)
    os.symlink('/dev/full', 'full.jsonl')
    refused('show', 'run.jsonl', '-o', '/dev/full', says='No space left on device')
    refused('convert', 'run.jsonl', '-o', 'full.jsonl', says='No space left on device')
    refused('replay', '--ops', '+1', '-o', 'full.jsonl', says='the log is not complete: No space')
    expect(os.path.islink('full.jsonl'), 'the device was not replaced')


@case('a file that cannot be written is told, and the one that was there stays')
def no_output():
    log()
    for verb in ('show', 'dump'):
        refused(verb, 'run.jsonl', '-o', 'no/such/folder.txt', says='No such file or directory')
    refused('replay', '--ops', '+1', '-o', 'no/such/folder.jsonl', says='No such file')
    write('kept.txt', 'kept')
    refused('show', 'run.jsonl', '--step', '99', '-o', 'kept.txt', says='there is no call 99')
    with open('kept.txt', encoding='utf-8') as file:
        expect_equal(file.read(), 'kept')
    expect_equal(sorted(os.listdir()), ['kept.txt', 'run.jsonl'])


@case('a conversion that is interrupted leaves nothing behind')
def interrupted():
    log()
    with subprocess.Popen([tool(), 'convert', '-', '-o', 'out.csv'], stdin=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env=environment()) as running:
        running.stdin.write(b'{"mempool_log":1,"minor":0}\n')
        running.stdin.flush()
        while len(os.listdir()) == 1:  # until the output is open
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        expect_equal(running.wait(timeout=10), -signal.SIGINT)
    expect_equal(os.listdir(), ['run.jsonl'])


@case('a link to a file is followed, not replaced, and the file keeps its mode')
def links():
    log()
    write('target.txt', 'old')
    os.chmod('target.txt', 0o640)
    os.symlink('target.txt', 'link.txt')
    viz('show', 'run.jsonl', '-o', 'link.txt')
    expect(os.path.islink('link.txt'), 'still a link')
    expect_equal(os.stat('target.txt').st_mode & 0o777, 0o640)
    expect(os.path.getsize('target.txt') > 3, 'new contents')


if __name__ == '__main__':
    harness.run()
