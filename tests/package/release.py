#!/usr/bin/env python3
"""What a release says of itself agrees: build, header, changelog, and the archive's own files.

    release.py MEMPOOL_VIZ BUILD PREFIX LIBDIR VERSION [--tap]
"""
import re
import sys

from installed import SOURCE, run
from harness import case, expect, expect_equal, expect_in, viz
from harness import run as run_cases


def text(name):
    return (SOURCE / name).read_text(encoding='utf-8')


@case('the build, the header and the changelog name the same version and day')
def one_version():
    version = sys.argv[5]
    expect_in(f'#define MEMPOOL_VERSION "{version}"', text('include/mempool.h'))
    released = re.search(r"^released = '([^']*)'", text('meson.build'), re.M)[1]
    newest = re.search(r'^## \[(\d[^\]]*)\] - (\S+)', text('CHANGELOG.md'), re.M)
    expect_equal(newest.groups(), (version, released))


@case('the changelog names every verb')
def verbs():
    changes = text('CHANGELOG.md')
    for verb in re.findall(r'^  ([a-z]+) {2,}', viz('--help').text, re.M):
        expect_in(f'`{verb}`', changes)


@case('a build is set up with either library alone, as packagers have it')
def either_library():
    for library in ('shared', 'static'):
        run('meson', 'setup', library, SOURCE, f'--default-library={library}')


@case('every make target that the pages name is there')
def named_things():
    targets = set(re.findall(r'^([a-z-]+):', text('Makefile'), re.M))
    for page in ('README.md', 'CONTRIBUTING.md', 'docs/install.md'):
        for command in re.findall(r'(?:^|`)make ((?:[a-z-]+ ?)+)', text(page), re.M):
            for target in command.split():
                expect(target in targets, f'make {target}, which {page} names')


if __name__ == '__main__':
    run_cases()
