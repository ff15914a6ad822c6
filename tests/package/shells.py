#!/usr/bin/env python3
"""Completions in real shells, and manual pages as man shows them, from a staged install.

    shells.py MEMPOOL_VIZ BUILD PREFIX LIBDIR VERSION [--tap]
"""
import os
import pty
import re
import select
import time

from installed import SOURCE, has, lacks, prefix, run, settings
from harness import (NO_TERMINALS, case, environment, expect, expect_equal, expect_in,
                     has_terminals, tool, viz, write)
from harness import run as run_cases

# What bash does at a tab, with the words of the line as arguments.
TAB = '''
source "$1"; shift
compopt() { :; }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
$(complete -p mempool-viz | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
'''


def bash(*words):
    """The completions of the last word."""
    script = prefix() / 'share/bash-completion/completions/mempool-viz'
    return run('bash', '--norc', '-c', TAB, 'bash', script, 'mempool-viz', *words).split()


def some_files():
    for name in ('run.jsonl', 'run.mplog', 'a.rep', 'b.rep.gz', 'c.svg', 'd.png', 'e.txt'):
        write(name, '')
    os.mkdir('folder')


def verbs():
    return re.findall(r'^  (\w+) +\S', viz('--help').text.partition('Verbs:')[2], re.M)


def options(verb):
    """The long names of a verb's options, as its page has them."""
    listed = viz(verb, '--help').text.partition('\nOptions:\n')[2].partition('\nExample:')[0]
    return {name for line in listed.splitlines() if re.match(r'  -', line)
            for name in re.findall(r'--[\w-]+', line[:20 + line[20:].find(' ')])}


@case('bash completes the verbs', needs=has('bash'), lacks=lacks('bash'))
def bash_verbs():
    expect_equal(set(bash('')) - {'help', '--help', '--version'}, set(verbs()))
    expect_equal(bash('dia'), ['diagram'])


@case('bash completes the options of each verb, which are those of its page',
      needs=has('bash'), lacks=lacks('bash'))
def bash_options():
    for verb in verbs():
        expect_equal(set(bash(verb, '--')) - {'--help'}, options(verb))


@case('bash completes values: one word, one of a list, behind a sign of equality',
      needs=has('bash'), lacks=lacks('bash'))
def bash_values():
    expect_equal(bash('show', 'run.jsonl', '--policy', ''),
                 ['first', 'next', 'best', 'worst', 'good'])
    expect_equal(bash('dump', '--offsets', '='), ['dec', 'hex', 'both'])
    expect_equal(bash('dump', '--offsets', '=', 'h'), ['hex'])
    expect_equal(bash('compare', '--policies', 'first,be'), ['first,best'])
    expect_in('moodle-xml', bash('quiz', '--format', ''))
    expect_in('ADDRSORT', bash('ostep', '-l', ''))
    expect_in('list', bash('duel', ''))
    expect_in('both-coalesce', bash('gen', '--want', 'bo'))
    expect_equal(bash('+100,-0', '--color', 'n'), ['never'])


@case('bash completes files by what the verb reads and writes', needs=has('bash'),
      lacks=lacks('bash'))
def bash_files():
    some_files()
    expect_equal(set(bash('dump', '')), {'folder', 'run.jsonl', 'run.mplog'})
    expect_equal(set(bash('replay', '')), {'folder', 'a.rep', 'b.rep.gz'})
    expect_equal(set(bash('diagram', 'run.jsonl', '-o', '')), {'folder', 'c.svg', 'd.png'})
    expect_in('e.txt', bash('show', 'run.jsonl', '-o', ''))


SETUP = """
fpath=(%s $fpath)
autoload -U compinit
compinit -u -D
mempool-viz() { print -r -- "got:$*:" }
print rea''dy
"""


def typed(line):
    """What zsh, with nothing of anybody's own, makes of a line at a tab: it is run, and shown."""
    write('setup.zsh', SETUP % (prefix() / 'share/zsh/site-functions'))
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe('zsh', ['zsh', '-f', '-i'], environment(TERM='dumb', PS1='$ ', LC_ALL='C'))
    seen = b''

    def until(pattern):
        nonlocal seen
        end = time.monotonic() + 20
        while not re.search(pattern, seen):
            if time.monotonic() > end or not select.select([terminal], [], [], 20)[0]:
                raise AssertionError(f'{pattern} is not in {seen.decode()}')
            seen += os.read(terminal, 4096)
        return re.search(pattern, seen)[1].decode()

    try:
        os.write(terminal, b'. ./setup.zsh\n')
        until(rb'(ready)')
        os.write(terminal, f'mempool-viz {line}\t\n'.encode())
        return until(rb'got:([^\r\n]*):\r')
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


@case('zsh completes verbs, options, values and files', lacks=NO_TERMINALS
      if not has_terminals() else lacks('zsh'),
      needs=lambda: has('zsh')() and has_terminals())
def zsh():
    some_files()
    expect_equal(typed('dia'), 'diagram')
    expect_equal(typed('dump --no-f'), 'dump --no-fold')
    expect_equal(typed('dump --offsets h'), 'dump --offsets hex')
    expect_equal(typed('show --policy wo'), 'show --policy worst')
    expect_equal(typed('dump run.j'), 'dump run.jsonl')
    expect_equal(typed('compare --policies first,be'), 'compare --policies first,best')
    expect_equal(typed('+100,-0 --color al'), '+100,-0 --color always')
    expect_equal(typed('duel firs'), 'duel first')


def pages():
    return sorted((prefix() / 'share/man').glob('man*/*'))


@case('there is a manual page for every public function, for the library and for the tool')
def every_function():
    names = {path.name for path in pages()}
    header = (SOURCE / 'include/mempool.h').read_text(encoding='utf-8')
    functions = set(re.findall(r'POOL_API [^;(]*?(pool_\w+)\(', header))
    expect_equal(names, {f'{name}.3' for name in functions} | {'mempool.3', 'mempool-viz.1'})


@case('man shows the pages, and has nothing to warn of', needs=has('man'), lacks=lacks('man'))
def man_shows():
    for path in pages():
        shown = run('man', '--warnings', '-l', '-Tascii', path, MANWIDTH='80', LC_ALL='C')
        shown = re.sub('.\b', '', shown)
        for title in ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'SEE ALSO'):
            expect_in(f'\n{title}\n', shown)
        expect(': warning' not in shown, f'no warning of {path.name}:\n{shown}')
        expect(not re.search(r'@(?!text)\w', shown), f'{path.name} has no mark-up left in it')


@case('man tells of what a function takes: structs, their choices, and what calls back',
      needs=has('man'), lacks=lacks('man'))
def man_tells():
    for name, told in (('pool_free', ('void pool_free(MemoryPool *pool, void *ptr);', 'EFAULT')),
                       ('pool_stats', ('peak_bytes',)),
                       ('pool_create_with', ('struct_size', 'POOL_BEST', 'POOL_ERRORS_ABORT')),
                       ('pool_set_error_handler', ('typedef void (*pool_error_fn)', 'EDEADLK',
                                                   'neighbour', 'POOL_ERROR_DOUBLE_FREE')),
                       ('pool_set_sink', ('end_call',)), ('mempool', ('policy=best',))):
        shown = run('man', name, **settings(MANWIDTH='80', LC_ALL='C'))
        for part in told:
            expect_in(part, re.sub('.\b', '', shown))


@case("mandoc's lint finds nothing", needs=has('mandoc'), lacks=lacks('mandoc'))
def mandoc_lint():
    expect_equal(run('mandoc', '-Tlint', '-W', 'warning', *pages()), '')


@case("the tool's manual page has every verb and every option")
def tool_page():
    page = (prefix() / 'share/man/man1/mempool-viz.1').read_text(encoding='utf-8')
    for verb in verbs():
        section = page.replace('\\-', '-').partition(f'\n.SH {verb}\n')[2].partition('\n.SH ')[0]
        for option in options(verb):
            expect_in(f'\\fB{option}\\fR', section)


if __name__ == '__main__':
    run_cases()
