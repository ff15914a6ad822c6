"""The queries of docs/queries.md, each run as a reader would run it: what comes out has to be what
the page says. Called with the tool, the folder that has DuckDB's Node package in its node_modules,
and the page. With --write it puts what came out into the page, in place of comparing.
"""
import os
import re
import shutil
import subprocess
import sys

import harness
from harness import case, expect, expect_equal, tool, write

HERE = os.path.dirname(os.path.abspath(__file__))
TRACE = os.path.join(HERE, '../../examples/traces/real-git-log-asis.rep.gz')
FOLDER, PAGE = (os.path.abspath(path) for path in sys.argv[2:4])
QUERY = re.compile(r'```sh\n((?:(?!```).)*)```\n\n```text\n(.*?)```', re.S)

SITES = '''{"mempool_log":1,"minor":0,"producer":"by hand"}
{"seq":1,"pool":1,"call":0,"event":"create","capacity":1024,"align":16,"policy":"first","guards":0,"base":"0x0"}
{"seq":2,"pool":1,"call":1,"event":"split","offset":0,"size":48,"rest_offset":48,"rest_size":976}
{"seq":3,"pool":1,"call":1,"event":"alloc","block":0,"offset":0,"size":48,"payload":0,"requested":40}
{"seq":4,"pool":1,"call":1,"event":"site","block":0,"file":"parser.c","line":118}
{"seq":5,"pool":1,"call":2,"event":"split","offset":48,"size":208,"rest_offset":256,"rest_size":768}
{"seq":6,"pool":1,"call":2,"event":"alloc","block":1,"offset":48,"size":208,"payload":48,"requested":200}
{"seq":7,"pool":1,"call":2,"event":"site","block":1,"file":"names.c","line":31}
{"seq":8,"pool":1,"call":3,"event":"note","text":"=HYPERLINK(\\"x\\",\\"y\\")"}
{"seq":9,"pool":1,"call":4,"event":"split","offset":256,"size":32,"rest_offset":288,"rest_size":736}
{"seq":10,"pool":1,"call":4,"event":"alloc","block":2,"offset":256,"size":32,"payload":256,"requested":24}
{"seq":11,"pool":1,"call":4,"event":"site","block":2,"file":"parser.c","line":118}
{"seq":12,"pool":1,"call":5,"event":"free","block":1,"offset":48,"size":208}
{"seq":13,"pool":1,"call":6,"event":"leak","block":0,"offset":0,"requested":40}
{"seq":14,"pool":1,"call":6,"event":"leak","block":2,"offset":256,"requested":24}
{"seq":15,"pool":1,"call":6,"event":"destroy","live_blocks":2,"live_bytes":64}
{"seq":0,"pool":0,"call":0,"event":"end","events":15,"dropped":0}
'''


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
    write('sites.jsonl', SITES)
    if 'sites.csv' in command:
        harness.viz('convert', 'sites.jsonl', '-o', 'sites.csv')
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
    text = QUERY.sub(lambda found: '```sh\n{}```\n\n```text\n{}```'.format(
        found[1], answers(found[1])), page())
    write(PAGE, text)


for each in QUERY.findall(page()):
    add_case(*each)

if '--write' in sys.argv:
    rewrite()
elif __name__ == '__main__':
    harness.run()
