"""What the end-to-end tests of mempool-viz share: running it, expecting, and reporting as TAP.

A test file holds functions marked @case('a sentence'), each run in an empty folder of its own, and
ends with main(). Meson calls it with the tool's path and counts every case. Not a test itself.
"""
import os
import subprocess
import sys
import tempfile
import traceback

CASES = []

# The log of these operations is what most cases look at: blocks at 0, 100, 300, 600 and 100 again.
OPS = '+100,+200,+300,+400,-1,+50'
POOL = ['--capacity', '1000', '--align', '1']


def case(sentence, needs=lambda: True, lacks='what it needs is not there'):
    """Marks a function as a case; where its needs are not met it is skipped and says what lacks."""
    def mark(function):
        CASES.append((sentence, function, needs, lacks))
        return function
    return mark


def tool():
    return os.path.abspath(sys.argv[1])


class Ran:
    """What a run of the tool gave."""

    def __init__(self, arguments, done):
        self.arguments = arguments
        self.status = done.returncode
        self.out = done.stdout or b''
        self.err = (done.stderr or b'').decode()

    @property
    def text(self):
        return self.out.decode()


def environment(**changes):
    """The environment without what would change the tool's answers, and with these changes."""
    # Op lists write where they should not: in a sanitized build the pool is to see it.
    changes = {'ASAN_OPTIONS': 'allow_user_poisoning=0', **changes}
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith('MEMPOOL_') and name != 'NO_COLOR'}
    kept.update(changes)
    return kept


def viz(*arguments, status=0, stdin=b'', stdout=subprocess.PIPE, **env):
    """Runs mempool-viz and expects this exit status; other keywords are environment variables."""
    arguments = [str(argument) for argument in arguments]
    done = subprocess.run([tool(), *arguments], input=stdin, stdout=stdout, check=False,
                          stderr=subprocess.PIPE, env=environment(**env), timeout=60)
    ran = Ran(arguments, done)
    if ran.status != status:
        raise AssertionError(f'{" ".join(arguments)}: status {ran.status}, {status} was expected\n'
                             f'{ran.err}')
    return ran


def log(name='run.jsonl', ops=OPS, pool=None):
    """Writes a log of these operations and returns its name."""
    viz('replay', '--ops', ops, *(POOL if pool is None else pool), '-o', name)
    return name


def refused(*arguments, says, status=1, **env):
    """Runs mempool-viz and expects it to say this on stderr, and nothing else on stdout."""
    ran = viz(*arguments, status=status, **env)
    expect_in(says, ran.err)
    expect(ran.out == b'', f'nothing on standard output, not {ran.out[:80]!r}')
    return ran


def has_terminals():
    """A chroot may have no /dev/pts."""
    try:
        for end in os.openpty():
            os.close(end)
        return True
    except OSError:
        return False


NO_TERMINALS = 'no pseudo-terminals here'  # .ci/count.py lets this pass


def expect(condition, what):
    if not condition:
        raise AssertionError(f'expected: {what}')


def expect_equal(found, wanted):
    if found != wanted:
        raise AssertionError(f'found    {found!r}\nexpected {wanted!r}')


def expect_in(part, text):
    if part not in text:
        raise AssertionError(f'{part!r}\nis not in\n{text}')


def read(name):
    with open(name, 'rb') as file:
        return file.read()


def write(name, contents):
    with open(name, 'wb') as file:
        file.write(contents.encode() if isinstance(contents, str) else contents)
    return name


def main():
    print('TAP version 13')
    failed = 0
    for number, (sentence, function, needs, lacks) in enumerate(CASES, 1):
        if not needs():
            print(f'ok {number} - {sentence} # SKIP {lacks}', flush=True)
            continue
        with tempfile.TemporaryDirectory(prefix='mempool-cli-') as folder:
            before = os.getcwd()
            os.chdir(folder)
            try:
                function()
                print(f'ok {number} - {sentence}', flush=True)
            except Exception:  # a case may fail in any way; the others go on
                failed += 1
                print(f'not ok {number} - {sentence}', flush=True)
                print(f'{sentence}:\n{traceback.format_exc()}', file=sys.stderr, flush=True)
            finally:
                os.chdir(before)
    print(f'1..{len(CASES)}')
    return failed


def run():
    """Ends the program. The status stays 0 under Meson, which counts the cases itself."""
    sys.argv[1] = tool()  # before any case changes the folder
    failed = main()
    sys.exit(1 if failed and '--tap' not in sys.argv else 0)
