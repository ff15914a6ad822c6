#!/usr/bin/env python3
"""A program inside a pool is cut short at every size: it says so, and leaves nothing behind.

    sizes.py PROGRAM NAME FIRST LAST STEP

Runs PROGRAM LOG KIB, as sqlite.c and lua.c take them, for each size. Every run must end well,
with nothing on stderr and an empty pool, and each of its answers must be one that may be: at no
size is a statement done by half, or a failure anything but want of memory.
"""
import os
import re
import subprocess
import sys
import tempfile

OUT = 'out of memory'
# name: every line that may be, whole
MAY_SAY = {
    'sqlite': rf'no database: {OUT}|a table for books: (done|{OUT})|3000 books: (done|{OUT})|'
              rf'years with more than 13 books: (140|0|-1)|100000 more: {OUT}|'
              rf'books afterwards: (3000|0|-1)|those before 1900 go: (done|{OUT})|'
              rf'500 new ones come: (done|{OUT})|'
              r'the database is sound: (1|-1)|left in the pool at the end: 0 blocks',
    'lua': r'\d+ bytes: (no interpreter|failed: not enough memory|done: 132 words, .*)|'
           r'  requests were refused: (yes|no); left in the pool: 0 blocks',
}


def run(program, kib, folder):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith('MEMPOOL_')}
    environment['ASAN_OPTIONS'] = 'allow_user_poisoning=0'
    environment['MEMPOOL_OPTIONS'] = 'debug=off'
    return subprocess.run([os.path.abspath(program), os.path.join(folder, 'log.jsonl'), str(kib)],
                          env=environment, capture_output=True, text=True, timeout=60, check=False)


def findings(name, ran):
    lines = ran.stdout.splitlines()
    found = [line for line in lines if not re.fullmatch(MAY_SAY[name], line)]
    if ran.returncode != 0 or ran.stderr:
        found.append(f'exits with {ran.returncode}: {ran.stderr}')
    if not lines or not lines[-1].endswith(': 0 blocks'):
        found.append('does not come to its end')
    return found


def main(program, name, first, last, step):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for kib in range(int(first), int(last) + 1, int(step)):
            for finding in findings(name, run(program, kib, folder)):
                failed += 1
                print(f'{name} in {kib} KiB: {finding}', file=sys.stderr)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
