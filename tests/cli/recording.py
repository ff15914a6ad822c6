"""What the tests of mempool-viz record share: recording a program, replaying what was recorded, and
what a program does when nobody records it. Not a test itself; its arguments are those of record.py.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from harness import environment, expect, expect_equal, expect_in, read, viz

RECORDER, SUBJECT, STATIC, EARLIER = (os.path.abspath(path) for path in sys.argv[3:7])


def record(*arguments, status=0, **env):
    """Records and expects this status, which is the program's."""
    return viz('record', *arguments, status=status, MEMPOOL_RECORDER=RECORDER, **env)


def counts(text):
    """What a summary tells: calls, allocs, reallocs, frees."""
    found = re.search(r'(\d+) calls? \((\d+) allocs?, (\d+) reallocs?, (\d+) frees?\)', text)
    expect(found, f'a summary in\n{text}')
    return tuple(int(number) for number in found.groups())


def replay(name, *options):
    """Replays a recording into a log that holds what a check wants; its events."""
    viz('replay', name, '-o', 'run.jsonl', *options)
    expect_in('ok: ', viz('check', 'run.jsonl').text)
    return [json.loads(line) for line in read('run.jsonl').splitlines()[1:]]


def of_kind(events, kind):
    return [event for event in events if event['event'] == kind]


def has(*programs):
    return lambda: all(shutil.which(program) for program in programs)


def unwatched(*command, **options):
    return subprocess.run(command, capture_output=True, env=environment(), check=False, timeout=60,
                          **options)


def same_as_unwatched(*command, name):
    """Records a program, and expects of it what it does without; its recording can be replayed."""
    alone = unwatched(*command)
    ran = record('-o', name, '--', *command, status=alone.returncode)
    expect_equal(ran.out, alone.stdout)
    said = [line for line in ran.err.splitlines() if not line.startswith('mempool-viz: ')]
    expect_equal('\n'.join(said), alone.stderr.decode().rstrip('\n'))
    ran = viz('replay', name, '-o', 'run.mplog')
    expect_in('failures   0\n', ran.text)
    expect_in('misuse     0\n', ran.text)
    viz('check', 'run.mplog')
    return ran
