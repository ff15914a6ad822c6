"""The queries of docs/queries.md, each run as a reader would run it: what comes out has to be what
the page says. Called with the tool, the folder that has DuckDB's Node package in its node_modules,
and the page. With --write it puts what came out into the page, in place of comparing.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

import harness
from harness import case, expect, expect_equal, tool, write

HERE = os.path.dirname(os.path.abspath(__file__))
TRACE = os.path.join(HERE, '../../examples/traces/real-git-log-asis.rep.gz')
FOLDER, PAGE = (os.path.abspath(path) for path in sys.argv[2:4])
QUERY = re.compile(r'```sh\n((?:(?!```).)*)```\n\n```text\n(.*?)```', re.S)


def page():
    with open(PAGE, encoding='utf-8') as file:
        return file.read()


def lacking(command):
    """What a query needs and is not here; empty: nothing."""
    if re.search(r'^jq ', command, re.M) and not shutil.which('jq'):
        return 'jq is not installed'
    if not re.search(r'^duckdb ', command, re.M):
        return ''
    if not shutil.which('node'):
        return 'node is not installed'
    there = os.path.isdir(os.path.join(FOLDER, 'node_modules/@duckdb/node-api'))
    return '' if there else 'DuckDB is not installed (make deps-page)'


def answers(command):
    """What a query prints, in a folder that has the page's logs and commands."""
    os.makedirs('bin', exist_ok=True)
    for name, run in (('mempool-viz', f'"{tool()}"'),
                      ('duckdb', f'node "{HERE}/duckdb.mjs" "{FOLDER}"')):
        os.chmod(write(f'bin/{name}', f'#!/bin/sh\nexec {run} "$@"\n'), 0o755)
    logs = {'git.jsonl': (), 'tight.jsonl': ('--capacity', '1200k')}
    for name in logs:
        if name in command:
            harness.viz('replay', TRACE, *logs[name], '-o', name)
    shutil.copy(os.path.join(HERE, 'sites.jsonl'), '.')
    path = os.path.join(os.getcwd(), 'bin') + os.pathsep + os.environ['PATH']
    done = subprocess.run(['sh', '-c', command], capture_output=True, check=False, timeout=60,
                          env=harness.environment(PATH=path, LC_ALL='C'))
    expect_equal((done.returncode, done.stderr.decode()), (0, ''))
    return done.stdout.decode()


def add_case(command, said):
    words = ' '.join(command.split())

    @case(f'the page says what comes of: {words[:70].replace("#", " ")}',
          needs=lambda: not lacking(command), lacks=lacking(command))
    def query():
        expect(said.strip(), 'something to compare with')
        expect_equal(answers(command), said)


def rewrite():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        text = QUERY.sub(lambda found: '```sh\n{}```\n\n```text\n{}```'.format(
            found[1], answers(found[1])), page())
        write(PAGE, text)
        os.chdir('/')


for each in QUERY.findall(page()):
    add_case(*each)

if '--write' in sys.argv:
    sys.argv[1] = tool()
    rewrite()
elif __name__ == '__main__':
    harness.run()
