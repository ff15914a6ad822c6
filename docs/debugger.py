#!/usr/bin/env python3
"""Captures the sessions of the page about GDB: runs GDB on debugger.c, writes what it answers.

    debugger.py PROGRAM LIBRARY VIZ FOLDER      writes gdb-NAME.txt for every session

Where GDB cannot be run, the files say so instead. Called when the site is built.
"""
import os
import re
import subprocess
import sys
import tempfile

# Session: the commands that are shown. What leads there is not.
START = ['run > /dev/null 2> /dev/null', 'up', 'set width 0']
SESSIONS = {
    'look': ['info mempool', 'mempool map', 'mempool list'],
    'ask': ['up', 'print second', 'mempool whereis second', 'mempool whereis newest->text + 16',
            'mempool whereis second->text', 'mempool block #4'],
    'check': ['mempool check'],
    'dump': ['mempool dump'],
    'values': ['print *messages', 'print $mempool_payload("messages", 4)',
               'print $mempool_number(newest->text)', 'print $mempool_blocks(messages)'],
    'snapshot': ['mempool snapshot crash.jsonl', 'shell mempool-viz show crash.jsonl'],
    'smashed': ['set var messages->slab_.records_[0].next = 77777', 'mempool check'],
    'help': ['help mempool'],
}
MISSING = 'GDB could not be run when this page was built.\n'


def capture(program, library, viz, commands):
    """The answers to commands in a process that has crashed."""
    words = ['gdb', '-nx', '-batch', '-iex', f'set auto-load safe-path {os.path.dirname(library)}',
             '-iex', 'set debuginfod enabled off', '-iex', 'set height 0']
    for command in START:
        words += ['-ex', command]
    for command in commands:
        words += ['-ex', f'echo @@@{command}\\n', '-ex', command]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [*words, os.path.abspath(program)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, cwd=folder, check=False, timeout=120,
            env={**os.environ, 'LD_LIBRARY_PATH': os.path.dirname(os.path.abspath(library)),
                 'PATH': os.path.dirname(os.path.abspath(viz)) + ':' + os.environ['PATH']})
    text = done.stdout.decode('utf-8', 'replace')
    if 'received signal' not in text:
        return MISSING  # it may not trace a process here
    parts = text.split('@@@')[1:]
    if len(parts) != len(commands) or 'Undefined' in text:
        sys.exit(f'gdb does not know the commands:\n{text}')
    return ''.join('(gdb) ' + part for part in parts)


def readable(text):
    """Without the folders of the machine it was made on."""
    return re.sub(r'[\w./-]*/([\w-]+\.c:)', r'\1', text)


def main(program, library, viz, folder):
    for name, commands in SESSIONS.items():
        try:
            text = readable(capture(program, os.path.abspath(library), viz, commands))
        except FileNotFoundError:
            text = MISSING
        with open(os.path.join(folder, f'gdb-{name}.txt'), 'w', encoding='utf-8') as file:
            file.write(text)


if __name__ == '__main__':
    main(*sys.argv[1:])
