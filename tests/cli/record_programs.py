"""mempool-viz record over programs of the machine, end to end: each is recorded, replayed and
drawn, and prints and returns what it does alone. Small programs of the build are record.py's.
"""
import os
import shutil
import subprocess
import sys

import harness
from harness import case, expect, expect_in, viz, write
from recording import has, record, same_as_unwatched


@case('git log is recorded, replayed and drawn', needs=has('git'), lacks='no git here')
def git():
    subprocess.run(['git', 'init', '-q', 'r'], check=True)
    git_at = ['git', '-C', 'r', '-c', 'user.name=A', '-c', 'user.email=a@b']
    for word in ('one', 'two'):
        subprocess.run([*git_at, 'commit', '-q', '--allow-empty', '-m', word], check=True)
    same_as_unwatched('git', '-C', 'r', 'log', '--oneline', name='git.mprec')
    viz('html', 'run.mplog', '-o', 'git.html')


@case('python3 is recorded, replayed and drawn')
def python():
    same_as_unwatched('/usr/bin/python3' if os.path.exists('/usr/bin/python3') else sys.executable,
                      '-c', 'import json; print(json.dumps({"a": [1, 2, 3]}))', name='py.mprec')
    viz('html', 'run.mplog', '-o', 'py.html')


@case('gcc and the programs that it starts are recorded', needs=has('gcc'), lacks='no gcc here')
def gcc():
    write('one.c', 'int one(void) { return 1; }\n')
    ran = record('--children', '-o', 'gcc.mprec', '--', 'gcc', '-c', 'one.c')
    expect(os.path.exists('one.o'), 'the object file')
    expect_in(' of cc1 ', ran.err)


@case('sqlite3 is recorded', needs=has('sqlite3'), lacks='no sqlite3 here')
def sqlite():
    same_as_unwatched('sqlite3', ':memory:', 'create table t(x); insert into t values (1),(2); '
                      'select sum(x) from t;', name='sqlite.mprec')


@case('dot is recorded', needs=has('dot'), lacks='dot is not installed')
def dot():
    write('a.dot', 'digraph { a -> b -> c; a -> c }\n')
    same_as_unwatched('dot', '-Tsvg', 'a.dot', name='dot.mprec')


@case('node is recorded', needs=has('node'), lacks='node is not installed')
def node():
    same_as_unwatched('node', '-e', 'console.log([1, 2, 3].map((x) => x * x))', name='node.mprec')


if __name__ == '__main__':
    harness.run()
