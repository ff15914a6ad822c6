"""What the tests of GDB's commands share: running GDB on tests/gdb/pools.c, live, stopped in
looked_at(), and on its core file; and on tests/gdb/held.cpp, where C++ objects hold the pools.

A session runs GDB and keeps what each command answered; cases share the sessions, as starting GDB
takes a second. Called by Meson as: TEST mempool-viz PROGRAM LIBRARY HELD --tap. Not a test itself.
"""
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile

import harness
from harness import case, expect, expect_in, read

POOLS = range(1, 8)
LIBRARY = os.path.abspath(sys.argv[3])   # libmempool.so.VERSION, with its -gdb.py beside it
HELD = os.path.abspath(sys.argv[4])
PROGRAM = os.path.abspath(sys.argv[2])
LACKS = ('gdb is not installed', 'gdb has no Python', 'gdb cannot start programs here')


@functools.lru_cache(maxsize=None)
def lack():
    """What keeps GDB from being used; None: nothing."""
    gdb = shutil.which('gdb')
    if gdb is None:
        return LACKS[0]
    done = run_gdb(['python print(6 * 7)', 'run', 'python print(gdb.selected_thread())'],
                   shutil.which('true'))
    if '42' not in done:
        return LACKS[1]
    return None if 'exited' in done else LACKS[2]


def run_gdb(commands, *arguments, library=LIBRARY, seconds=120):
    """Everything that GDB says; it never is a Python traceback."""
    words = ['gdb', '-nx', '-batch', '-iex', f'set auto-load safe-path {os.path.dirname(library)}',
             '-iex', 'set debuginfod enabled off', '-iex', 'set width 0']
    for command in commands:
        words += ['-ex', command]
    done = subprocess.run([*words, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, check=False, timeout=seconds,
                          env=harness.environment(LD_LIBRARY_PATH=os.path.dirname(library)))
    text = done.stdout.decode('utf-8', 'replace')
    expect('Traceback' not in text and 'Python Exception' not in text and
           'Error occurred in Python' not in text, f'no traceback in\n{text}')
    return text


def answers(commands, *arguments, **options):
    """What GDB answers to each command, in a list."""
    marked = []
    for command in commands:
        marked += ['echo @@@\\n', command]
    text = run_gdb(marked, *arguments, **options)
    return [part.strip('\n') for part in text.split('@@@\n')[1:]]


def stopped(*commands, damage=False, **options):
    """The answers of a process that has stopped in looked_at(), with its variables at hand."""
    run = f'run w {"damage" if damage else ""} > out.txt 2> err.txt'
    start = ['break looked_at', run, 'up']
    return answers([*start, *commands], PROGRAM, **options)[len(start):]


def expect_answers(questions, **options):
    """Commands in such a process, and what is in the answer of each: a text, or several."""
    told = stopped(*questions, **options)
    expect(len(told) == len(questions), 'an answer to every command')
    for answer, wanted in zip(told, questions.values()):
        for part in [wanted] if isinstance(wanted, str) else wanted:
            expect_in(part, answer)


class Session:
    """One process looked at twice, live and as its core file. Then it goes on and tells all."""

    COMMANDS = ['info mempool', 'mempool check', *(f'mempool dump {i}' for i in POOLS),
                *(f'mempool list {i} all' for i in POOLS), *(f'mempool map {i}' for i in POOLS)]

    def __init__(self, damage):
        self.folder = tempfile.TemporaryDirectory(prefix='mempool-gdb-')
        before = os.getcwd()
        os.chdir(self.folder.name)
        try:
            save = [f'mempool snapshot live{i}.jsonl {i}' for i in POOLS]
            live = stopped(*self.COMMANDS, *save, 'mempool snapshot all.jsonl',
                           'generate-core-file core', 'continue', damage=damage)
            self.live = dict(zip(self.COMMANDS, live))
            save = [f'mempool snapshot core{i}.jsonl {i}' for i in POOLS]
            self.core = dict(zip(self.COMMANDS, answers([*self.COMMANDS, *save], PROGRAM, 'core')))
            self.reports = [line for line in read('err.txt').decode().splitlines()
                            if re.match(r'mempool: error|mempool:  ', line)]
            self.walk = [line.split()[1:] for line in read('out.txt').decode().splitlines()
                         if line.startswith('walk ')]
        finally:
            os.chdir(before)

    def path(self, name):
        return os.path.join(self.folder.name, name)


@functools.lru_cache(maxsize=None)
def session(damage):
    return Session(damage)


def gdb_case(sentence):
    """A case that is skipped, with its reason, where GDB cannot be used."""
    return case(sentence, needs=lambda: lack() is None, lacks=Reason())


class Reason:
    def __str__(self):
        return lack() or ''


def events(path):
    """The lines of a log without the first, which names who wrote it."""
    return read(path).splitlines()[1:]
