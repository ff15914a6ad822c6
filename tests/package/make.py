#!/usr/bin/env python3
"""What the Makefile makes of its settings, with a Meson that only writes down what it is told.

    make.py MEMPOOL_VIZ BUILD PREFIX LIBDIR VERSION [--tap]

Not the install itself: that is Meson's, and consume.py's to try.
"""
import os
import shutil
from pathlib import Path

from installed import SOURCE, run
from harness import case, expect, expect_equal, expect_in, write
from harness import run as run_cases

MESON = """#!/bin/sh
printf '[%s]' "$@" >> told; echo >> told
mkdir -p b/meson-logs
: > b/build.ninja
{ echo '# a line that names no file'; find "$PWD/put"; } > b/meson-logs/install-log.txt
"""


def make(*arguments, status=0):
    return run('make', 'B=b', 'MESON=./meson', 'NINJA=true', *arguments, status=status,
               MAKEFLAGS='', PATH=os.getcwd() + os.pathsep + os.environ['PATH'])


def furnish():
    shutil.copy(SOURCE / 'Makefile', '.')
    shutil.copytree(SOURCE / '.ci', '.ci')
    os.chmod(write('meson', MESON), 0o755)
    os.chmod(write('id', '#!/bin/sh\necho 0\n'), 0o755)
    os.chmod(write('ldconfig', '#!/bin/sh\necho ldconfig >> told\n'), 0o755)
    os.makedirs('put/a folder')
    write('put/a folder/ a file ', '')


@case('make install hands on a prefix and a stage that have blanks in their names')
def blanks():
    furnish()
    said = make('install', 'PREFIX=/opt/my tools', 'DESTDIR=a stage')
    told = Path('told').read_text(encoding='utf-8')
    expect_in('[-Dprefix=/opt/my tools]', told)
    expect_in(f'[--destdir][{os.getcwd()}/a stage]', told)
    expect_in('a stage/opt/my tools;', said)
    make('install', 'PREFIX=/opt/my tools', f'DESTDIR={os.getcwd()}/a /stage')
    told = Path('told').read_text(encoding='utf-8').splitlines()
    expect_in(f'[--destdir][{os.getcwd()}/a /stage]', told[-1])
    expect_equal(sum('[setup]' in line or '[configure]' in line for line in told), 1)


@case('make install by root tells the loader, unless it is for a package')
def loader():
    furnish()
    make('install', 'DESTDIR=stage')
    expect('ldconfig' not in Path('told').read_text(encoding='utf-8'), 'no ldconfig')
    make('install')
    expect_in('ldconfig', Path('told').read_text(encoding='utf-8'))


@case('make uninstall takes out the files that the last install put there, and no folder')
def uninstall():
    furnish()
    expect_in('has put nothing anywhere', make('uninstall', status=2))
    make('install')
    make('uninstall')
    expect(not os.path.exists('put/a folder/ a file '), 'the file is gone')
    expect(os.path.isdir('put/a folder'), 'its folder is there')
    make('uninstall', status=2)


if __name__ == '__main__':
    run_cases()
