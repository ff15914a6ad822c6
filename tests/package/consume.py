#!/usr/bin/env python3
"""Each way to use an installed Mempool, in the small project that docs/install.md shows.

    consume.py MEMPOOL_VIZ BUILD PREFIX LIBDIR VERSION [--tap]
"""
import os
import sys
from pathlib import Path

from installed import (SOURCE, has, lacks, libdir, prefix, project, run, says_hello, settings)
from harness import case, expect, expect_in, write
from harness import run as run_cases


@case('what a program needs is installed: headers, both libraries, what finds them')
def everything_is_there():
    for name in ('mempool.h', 'mempool.hpp', 'mempool/event.h', 'mempool/sink.h',
                 'mempool/pool.hpp', 'mempool/resource.hpp', 'mempool/unique.hpp'):
        expect((prefix() / 'include' / name).is_file(), f'{name} is installed')
    for name in ('libmempool.a', 'libmempool.so', 'libmempool.so.0', 'pkgconfig/mempool.pc',
                 'cmake/mempool/mempoolConfig.cmake', 'cmake/mempool/mempoolConfigVersion.cmake'):
        expect((libdir() / name).is_file(), f'{name} is installed')


@case('pkg-config finds the shared library, for C and for the C++ header',
      needs=has('pkg-config'), lacks=lacks('pkg-config'))
def pkg_config_shared():
    folder = project('pkg-config')
    run('make', '-C', folder, 'hello', 'hello++', **settings())
    says_hello(folder / 'hello', 'C', **settings())
    says_hello(folder / 'hello++', 'C++', **settings())
    expect_in('libmempool.so.0', run('readelf', '-d', folder / 'hello'))


@case('pkg-config --static links a program in C that needs no library to run',
      needs=has('pkg-config'), lacks=lacks('pkg-config'))
def pkg_config_static():
    folder = project('pkg-config')
    run('make', '-C', folder, 'hello-static', **settings())
    says_hello(folder / 'hello-static', 'C')
    expect('NEEDED' not in run('readelf', '-d', folder / 'hello-static'), 'no shared library')


@case('CMake finds the package: shared, static, and from C++',
      needs=has('cmake'), lacks=lacks('cmake'))
def cmake_package():
    project('cmake')
    run('cmake', '-S', 'cmake', '-B', 'built', **settings())
    run('cmake', '--build', 'built', **settings())
    says_hello('built/hello', 'C')  # CMake's programs know where the library is
    says_hello('built/hello++', 'C++')
    says_hello('built/hello-static', 'C')
    expect('libmempool' not in run('readelf', '-d', 'built/hello-static'), 'no libmempool.so')


@case('CMake refuses a version that is newer, or of another ABI',
      needs=has('cmake'), lacks=lacks('cmake'))
def cmake_versions():
    for number, (version, status) in enumerate((('0.0.1', 0), ('0.9', 1), ('1.0', 1))):
        os.mkdir(str(number))
        write(f'{number}/CMakeLists.txt',
              'cmake_minimum_required(VERSION 3.13)\nproject(asks NONE)\n'
              f'find_package(mempool {version} REQUIRED)\n')
        said = run('cmake', '-S', str(number), '-B', f'{number}/built', status=status,
                   **settings(mempool_DIR=str(libdir() / 'cmake/mempool')))
        expect_in(sys.argv[5] if status else 'Configuring done', said)


@case('CMake finds the headers through a link to the libraries, as /lib may be one to /usr/lib',
      needs=has('cmake'), lacks=lacks('cmake'))
def cmake_through_a_link():
    os.symlink(libdir(), 'lib')
    write('CMakeLists.txt',
          'cmake_minimum_required(VERSION 3.13)\nproject(asks NONE)\n'
          'find_package(mempool REQUIRED)\n'
          'get_target_property(headers mempool::mempool INTERFACE_INCLUDE_DIRECTORIES)\n'
          'if(NOT EXISTS "${headers}/mempool.h")\n'
          '  message(FATAL_ERROR "no mempool.h in ${headers}")\nendif()\n')
    run('cmake', '-S', '.', '-B', 'built', f'-Dmempool_DIR={Path.cwd()}/lib/cmake/mempool')


@case('a static library alone, in folders with blanks in their names, is found and linked',
      needs=has('cmake'), lacks=lacks('cmake'))
def static_alone():
    here = Path.cwd()
    run('meson', 'setup', 'build', SOURCE, '--buildtype=plain', '--unity=on', '--unity-size=100',
        *(f'-D{part}=disabled' for part in ('viz', 'tests', 'docs', 'examples')),
        f'--prefix={here}/a prefix', f'--libdir={here}/the libraries',
        f'--includedir={here}/the headers', '--default-library=static')
    run('ninja', '-C', 'build')
    run('meson', 'install', '-C', 'build', '--no-rebuild')
    there = {'PKG_CONFIG_PATH': f'{here}/the libraries/pkgconfig',
             'mempool_DIR': f'{here}/the libraries/cmake/mempool'}
    if has('pkg-config')():
        run('make', '-C', project('pkg-config'), 'hello', 'hello-static', **there)
        says_hello('pkg-config/hello', 'C')
    run('cmake', '-S', project('cmake'), '-B', 'built', **there)
    run('cmake', '--build', 'built', **there)
    says_hello('built/hello', 'C')
    says_hello('built/hello++', 'C++')


@case('a Meson project has it as a subproject, by its wrap')
def meson_subproject():
    folder = project('meson')
    os.symlink(SOURCE, folder / 'subprojects/mempool')
    run('meson', 'setup', 'built', folder, '--buildtype=plain', '--wrap-mode=nodownload',
        '--force-fallback-for=mempool', '-Dmempool:default_library=shared',
        '--unity=on', '--unity-size=100')  # the library as one file: seconds, not half a minute
    run('ninja', '-C', 'built')
    says_hello('built/hello', 'C')
    says_hello('built/hello++', 'C++')


@case('a Meson project finds an installed one by itself',
      needs=has('pkg-config'), lacks=lacks('pkg-config'))
def meson_installed():
    folder = project('meson')
    env = settings(PKG_CONFIG_SYSROOT_DIR=str(prefix()).removesuffix(sys.argv[3]))
    env.pop('PKG_CONFIG')
    run('meson', 'setup', 'built', folder, **env)
    run('ninja', '-C', 'built', 'hello', **env)
    says_hello('built/hello', 'C', **env)


@case('mempool-viz runs where it is installed, and says how to go on')
def tool_runs():
    tool = prefix() / 'bin/mempool-viz'
    expect_in('Usage: mempool-viz VERB', run(tool, status=2))
    expect_in('#0', run(tool, '+100,+200,-0'))


if __name__ == '__main__':
    run_cases()
