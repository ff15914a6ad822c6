"""Writers under fire, end to end: programs that log and are killed, have no room, or are not alone.
Their answers are the same as without a log, and what is in the file can be read, to the last call
that was finished. tests/fire/writer.c is the program; logfile_failure_spec.cpp has the same for one
process, with a disk that is really full."""
import json
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import time

import harness
from harness import case, environment, expect, expect_equal, expect_in, read, viz, write

LOGS = ('run.jsonl', 'run.mplog')
CALLS = 3000
FOREVER = 10 ** 15


def writer():
    return os.path.abspath(sys.argv[2])


def start(calls, *arguments, log='', limit=None, options=''):
    """Starts the program; limit is the largest file it may write, and going beyond is no signal."""
    def settle():
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    env = environment(MEMPOOL_OPTIONS='debug=off,errors=quiet' + options)
    if log:
        env['MEMPOOL_LOG'] = log
    return subprocess.Popen([writer(), str(calls), *arguments], env=env, preexec_fn=settle,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            restore_signals=False)


def run(calls=CALLS, **how):
    """Runs the program to its end; its lines, and what it said on stderr."""
    with start(calls, **how) as running:
        out, err = running.communicate(timeout=60)
    expect_equal(running.returncode, 0)
    return out.splitlines(), err


def offsets(lines):
    return lines[:-2]


def cut_checked(name):
    """What `check` says of a log without end: how many events and calls it has."""
    ran = viz('check', name)
    events, calls = re.match(r'ok: (\d+) events, (\d+) calls, 1 pool;', ran.text).groups()
    expect_equal(ran.err, f'mempool-viz: {name}: cut after event {events}: the log has no end\n')
    return int(events), int(calls)


def killed(name, pause):
    """Kills the program so many seconds after its first call; the calls that it had finished."""
    write('counter', bytes(8))
    with start(FOREVER, 'counter', log=name) as running:
        while struct.unpack('<Q', read('counter'))[0] == 0:
            expect(running.poll() is None, 'the program runs')
        time.sleep(pause)
        running.kill()
        running.communicate(timeout=60)
    expect_equal(running.returncode, -signal.SIGKILL)
    return struct.unpack('<Q', read('counter'))[0]


@case('a program that is killed at any moment leaves all calls it had finished in a log that is '
      'said to be cut')
def kill():
    moments = random.Random(1)
    for name in LOGS:
        for _ in range(15):
            finished = killed(name, moments.random() / 50)
            _, calls = cut_checked(name)
            expect(finished <= calls - 1 <= finished + 1,
                   f'{finished} calls and the creation, or one call more, not {calls}')


@case('a full device changes no answer of the program, and is told once and when the log is closed')
def full_device():
    without, _ = run()
    for name in LOGS:
        os.symlink('/dev/full', name)
        lines, err = run(log=name)
        expect_equal(offsets(lines), offsets(without))
        expect(int(lines[-2].split()[1]) > CALLS, 'every event is counted as dropped')
        expect_equal(lines[-1], 'log No space left on device')
        expect_equal(err, f"mempool: warning: log '{name}' stops here: No space left on device; "
                          'the program goes on unwatched\n')


@case('a file that may not grow ends after its last whole call, and the program counts the others')
def no_growth():
    without, _ = run()
    everything, _ = run(log='all.mplog')
    expect_equal(everything[-2:], ['dropped 0', 'log whole'])
    total = int(viz('check', 'all.mplog').text.split()[1])
    for name in LOGS:
        for limit in (1, 64, 4096, 70000, 100001):
            lines, err = run(log=name, limit=limit)
            expect_equal(offsets(lines), offsets(without))
            expect_equal(lines[-1], 'log File too large')
            expect_equal(err.count('\n'), 1)
            expect_in('stops here: File too large', err)
            expect(os.path.getsize(name) <= limit, 'no file beyond its limit')
            if limit < 4096:
                continue
            whole = read(name)[-2:] == b'}\n' if name.endswith('jsonl') else \
                (os.path.getsize(name) - 64) % 32 == 0 and any(read(name)[-32:-24])
            expect(whole, 'the last event is whole')
            events, _ = cut_checked(name)
            told = viz('convert', name, '-o', 'cut.jsonl') and b'"dropped"' in read('cut.jsonl')
            expect_equal(events + int(lines[-2].split()[1]), total - 1 + told)  # all but `end`


@case('a log that stops at the size that was asked for says itself what is missing')
def own_limit():
    without, _ = run()
    for name in LOGS:
        lines, err = run(log=name, options=',max=40000')
        expect_equal(offsets(lines), offsets(without))
        expect_equal((lines[-1], err), ('log whole', ''))
        viz('convert', name, '-o', 'stopped.jsonl')
        *_, told, end = map(json.loads, read('stopped.jsonl').splitlines())
        missing = int(lines[-2].split()[1])
        expect_equal((told['event'], told['to'] - told['from'] + 1), ('dropped', missing))
        expect_equal((end['event'], end['dropped']), ('end', missing))
        expect(missing > CALLS and os.path.getsize(name) < 40300, 'most of it is missing')


@case('a second process is refused, works unwatched and tears nothing')
def second():
    without, _ = run()
    for name in LOGS:
        write('counter', bytes(8))
        with start(FOREVER, 'counter', log=name) as first:
            while struct.unpack('<Q', read('counter'))[0] == 0:
                expect(first.poll() is None, 'the first program runs')
            lines, err = run(log=name)
            first.kill()
            first.communicate(timeout=60)
        expect_equal(offsets(lines), offsets(without))
        expect_equal(err, f"mempool: warning: log '{name}' cannot be written: Device or resource "
                          'busy; the pool goes unwatched\n')
        _, calls = cut_checked(name)
        expect(calls > struct.unpack('<Q', read('counter'))[0], 'all calls of the first program')


@case('programs that all begin the same log at once leave the whole log of one of them')
def race():
    for name in LOGS:
        running = [start(CALLS, log=name) for _ in range(6)]
        ends = [program.communicate(timeout=60)[0].splitlines() for program in running]
        expect_equal({tuple(offsets(lines)) for lines in ends}, {tuple(offsets(ends[0]))})
        ran = viz('check', name)
        expect_equal(ran.err, '')
        expect_in(f' {CALLS + 1} calls, 1 pool;', ran.text)


@case('%p gives each process a log of its own')
def own_logs():
    running = [start(CALLS, log='run.%p.jsonl') for _ in range(3)]
    for program in running:
        program.communicate(timeout=60)
        ran = viz('check', f'run.{program.pid}.jsonl')
        expect_equal(ran.err, '')
        expect_in(f' {CALLS + 1} calls, 1 pool;', ran.text)


if __name__ == '__main__':
    sys.argv[2] = writer()  # before any case changes the folder
    harness.run()
