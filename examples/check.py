#!/usr/bin/env python3
"""Runs an example and compares what it writes with examples/expected, which the tutorial quotes.

    check.py EXPECTED_FOLDER NAME PROGRAM [--log FILE] [--watch] [--judge MEMPOOL_VIZ]

NAME.out is its stdout, NAME.err its stderr (no such file: it must be silent), NAME.jsonl the log
it writes to FILE; --watch has the environment ask for that log. Addresses differ from run to run
and are written 0x... in the files, 0x0 in logs. MEMPOOL_GOLDEN=write writes the files instead of
comparing.

With --judge the program is told the log's path, and the log, which depends on the version of a
library that is not ours, is judged instead of compared: mempool-viz check finds it good, and the
page of it is small enough to be part of the site.
"""
import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE_BYTES = 500_000  # at most, for a page of the site


def plain(data, address='0x...'):
    return re.sub(r'0x[0-9a-f]+', address, data.decode('utf-8'))


def run(options):
    """What the program wrote, by the suffix of the file that has what it should write."""
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith('MEMPOOL_')}
    # built with the sanitizer, it must get to see what the pool sees
    environment['ASAN_OPTIONS'] = 'allow_user_poisoning=0'
    environment['MEMPOOL_OPTIONS'] = 'debug=off'  # also where the library narrates by default
    if options.watch:
        environment['MEMPOOL_LOG'] = options.log
    with tempfile.TemporaryDirectory() as folder:
        arguments = [options.log] if options.judge else []
        ran = subprocess.run([os.path.abspath(options.program), *arguments], cwd=folder,
                             env=environment, capture_output=True, timeout=60, check=False)
        written = {'out': plain(ran.stdout), 'err': plain(ran.stderr)}
        if options.judge:
            judge(options.judge, Path(folder, options.log))
        elif options.log:
            log = Path(folder, options.log)
            written['jsonl'] = plain(log.read_bytes(), '0x0') if log.exists() else ''
    if ran.returncode != 0:
        sys.exit(f'{options.name} exits with {ran.returncode}\n{written["err"]}')
    return written


def judge(viz, log):
    """The log tells a consistent story, and its page can be shown."""
    page = log.with_suffix('.html')
    for command in (['check', log], ['html', log, '-o', page]):
        said = subprocess.run([viz, *command], capture_output=True, timeout=60, check=False)
        if said.returncode != 0:
            sys.exit(f'mempool-viz {command[0]}: {(said.stdout + said.stderr).decode()}')
    if page.stat().st_size > PAGE_BYTES:
        sys.exit(f'the page has {page.stat().st_size} bytes, at most {PAGE_BYTES}')


def differences(name, expected, written):
    return list(difflib.unified_diff(expected.splitlines(), written.splitlines(),
                                     f'{name}, as expected', f'{name}, as written', lineterm=''))


def main():
    parser = argparse.ArgumentParser()
    for argument in ('folder', 'name', 'program'):
        parser.add_argument(argument)
    parser.add_argument('--log')
    parser.add_argument('--watch', action='store_true')
    parser.add_argument('--judge')
    options = parser.parse_args()

    found = []
    for suffix, text in run(options).items():
        path = Path(options.folder, f'{options.name}.{suffix}')
        if os.environ.get('MEMPOOL_GOLDEN') == 'write':
            if text:
                path.write_text(text, encoding='utf-8')
            continue
        expected = path.read_text(encoding='utf-8') if path.exists() else ''
        found += differences(path.name, expected, text)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
