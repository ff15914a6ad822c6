"""The README's commands, run as they stand there: in a folder that looks like a newcomer's
source folder after the build. What `make` does is .ci/run's to try; that it calls the same targets
is looked for here."""
import os
import re
import subprocess
import sys

import harness
from harness import case, environment, expect, expect_equal, expect_in, write

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
with open(os.path.join(ROOT, 'README.md'), encoding='utf-8') as file:
    README = file.read()
BLOCKS = re.findall(r'^```(\w+)\n(.*?)^```$', README, re.DOTALL | re.MULTILINE)
BUILD = os.path.dirname(os.path.dirname(os.path.abspath(sys.argv[1])))


def commands():
    """Every line of a shell block, with the text block behind it if one follows at once."""
    for at, (language, text) in enumerate(BLOCKS):
        if language != 'sh':
            continue
        shown = BLOCKS[at + 1][1] if BLOCKS[at + 1:] and BLOCKS[at + 1][0] == 'text' else None
        for line in text.splitlines():
            yield line, shown


def has_history():
    try:
        return subprocess.run(['git', '-C', ROOT, 'log', '-1'], capture_output=True,
                              check=False).returncode == 0
    except FileNotFoundError:
        return False


def furnish():
    """What a built source folder has."""
    for name, target in (('mempool-viz', f'{BUILD}/viz/mempool-viz'), ('build', BUILD),
                         ('include', f'{ROOT}/include'), ('.git', f'{ROOT}/.git')):
        if not os.path.lexists(name):
            os.symlink(os.path.abspath(target), name)
    write('ten.c', next(text for language, text in BLOCKS if language == 'c').encode())


@case('every command of the README succeeds, and says what the README shows',
      needs=has_history, lacks='git log is recorded, and there is no history here')
def all_commands():
    furnish()
    ran = 0
    for line, shown in commands():
        if line.startswith('make '):
            continue
        done = subprocess.run(['sh', '-c', line], capture_output=True, stdin=subprocess.DEVNULL,
                              check=False, env=environment())
        expect(done.returncode == 0, f'{line}: status 0, not {done.returncode}: {done.stderr}')
        if shown is not None:
            expect(done.stdout.decode().endswith(shown), f'{line} ends with\n{shown}')
        ran += 1
    expect(ran >= 12, 'the commands of the README')
    for made in ('2.svg', 'run.html', 'git.html'):
        expect(os.path.getsize(made) > 1000, f'{made} is there')


@case('what the README shows of the demo, the demo says')
def demo():
    shown = next(text for language, text in BLOCKS if language == 'text')
    done = subprocess.run(['sh', os.path.join(ROOT, 'examples/demo.sh'), BUILD, 'out'],
                          capture_output=True, check=False, env=environment())
    expect_equal((done.returncode, done.stderr), (0, b''))
    expect_in(shown, done.stdout.decode())
    expect(os.path.getsize('out/index.html') > 10_000, 'the page that it ends with')


@case('what the README has make do, the run for every change does')
def make_targets():
    with open(os.path.join(ROOT, '.ci/run'), encoding='utf-8') as script:
        run = script.read()
    for line, _ in commands():
        for target in line.split('#')[0].split()[1:] if line.startswith('make ') else ():
            expect(re.search(rf'\bmake\b.*\s{target}\b', run) is not None, f'make {target}')


@case('the verbs that the README names are those that there are')
def verbs():
    usage = harness.viz('--help').text
    named = re.search(r'on each verb: (.*?) for lessons', README, re.DOTALL).group(1)
    listed = set(re.findall(r'`([a-z\s]+)`', named)[0].split() +
                 re.findall(r'`([a-z\s]+)`', named)[1].split())
    there = set(re.findall(r'^  ([a-z]+) {2,}', usage, re.MULTILINE))
    expect_equal(listed, there)


if __name__ == '__main__':
    harness.run()
