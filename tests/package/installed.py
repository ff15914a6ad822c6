"""An install of the build into a folder of its own, for the tests of what is packaged.

Staged with DESTDIR, as packagers do: nothing outside the folder is touched. Not a test itself.
"""
import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'cli'))
from harness import environment, expect_equal  # noqa: E402

SOURCE = HERE.parent.parent


def lacks(program):
    return f'{program} is not installed'  # .ci/count.py has the programs that may be missing


def has(program):
    return lambda: shutil.which(program) is not None


def run(*command, status=0, **env):
    """Runs a command and expects this exit status; returns what it wrote, both streams."""
    command = [str(word) for word in command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          stdin=subprocess.DEVNULL, text=True, env=environment(**env), timeout=240)
    if done.returncode != status:
        raise AssertionError(f'{" ".join(command)}: status {done.returncode}, {status} was '
                             f'expected\n{done.stdout}')
    return done.stdout


@functools.cache
def prefix():
    """The prefix as it lies in the stage."""
    build, configured = Path(sys.argv[2]), sys.argv[3]
    stage = tempfile.mkdtemp(prefix='mempool-stage-')
    atexit.register(shutil.rmtree, stage)
    run('meson', 'install', '-C', build, '--no-rebuild', '--destdir', stage)
    return Path(stage + configured)


def libdir():
    return prefix() / sys.argv[4]


def pkg_config():
    """pkg-config that knows the stage, as a shell says it."""
    return f'pkg-config --define-variable=prefix={prefix()}'


def settings(**more):
    """The environment of somebody who has installed Mempool into a prefix of his own."""
    return {'PKG_CONFIG_PATH': str(libdir() / 'pkgconfig'), 'LD_LIBRARY_PATH': str(libdir()),
            'PKG_CONFIG': pkg_config(), 'CMAKE_PREFIX_PATH': str(prefix()),
            'MANPATH': str(prefix() / 'share/man'),
            'PATH': f'{prefix() / "bin"}{os.pathsep}{os.environ["PATH"]}', **more}


def project(name):
    """A copy of one of the test projects, with the programs beside it; the folder it lies in."""
    for file in ('hello.c', 'hello.cpp'):
        shutil.copy(HERE / file, file)
    shutil.copytree(HERE / name, name)
    return Path(name)


def says_hello(program, language, **env):
    version = sys.argv[5]
    expect_equal(run(program, **env), {
        'C': f'hello from C with Mempool {version}\n',
        'C++': 'hello from C++, from a string that is too long for itself, with Mempool '
               f'{version}\n'}[language])
