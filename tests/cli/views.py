"""mempool-viz show, dump, diagram and bare op lists, end to end. How the views look in detail is
tested in their own specs; here: which moment they show, where it goes, and that it is whole."""
import os
import shutil
import xml.etree.ElementTree as xml

import harness
from harness import (NO_TERMINALS, OPS, POOL, case, environment, expect, expect_equal, expect_in,
                     has_terminals, log, read, refused, tool, viz, write)

SVG = '{http://www.w3.org/2000/svg}'


def has_dot():
    return shutil.which('dot') is not None


@case('show, dump and diagram show a call of a log')
def a_call():
    log()
    for verb in ('show', 'dump', 'diagram'):
        early, late = (viz(verb, 'run.jsonl', '--step', step).text for step in (1, 6))
        expect(early != late, f'{verb}: two calls that differ')
        expect('#4' in late and '#4' not in early, f'{verb}: #4 only where it is')


@case('an op list shows its last operation, as the log of it does')
def last_operation():
    log()
    for verb in ('show', 'dump', 'diagram'):
        expect_equal(viz(verb, '--ops', OPS, *POOL).text,
                     viz(verb, 'run.jsonl', '--step', '6').text)


@case('a log comes from standard input too')
def standard_input():
    whole = read(log())
    expect_equal(viz('show', '-', stdin=whole).text, viz('show', 'run.jsonl').text)


@case('a bare op list is shown in the terminal, quoted or not')
def bare():
    text = viz('+100,+200,-0,+50').text
    expect_in('#2', text)
    for number in (1, 2, 3, 4):
        expect_in(f'call {number}  pool_', text)
    expect_equal(viz('+100', '+200', '-0', '+50').text, text)
    expect(viz('+100,+200,-0,+50', '--step', '1').text != text, 'another call')


@case('no line of a dump is wider than a terminal')
def narrow():
    log(ops=OPS + ',?,@a note,-0', pool=[*POOL, '--fill'])
    for step in range(11):
        for width in (64, 32):
            text = viz('dump', 'run.jsonl', '--step', step, '--width', width).text
            expect(text.endswith('\n'), 'a newline at the end')
            for line in text.splitlines():
                expect(len(line) <= 79, f'79 columns at most: {line}')


@case('an event can be shown in place of a call')
def one_event():
    log()
    expect(viz('show', 'run.jsonl', '--seq', '2').text != viz('show', 'run.jsonl').text,
           'another moment')


@case('a moment that is not there is answered with those that are')
def no_such_moment():
    log()
    refused('show', 'run.jsonl', '--step', '77', says='there is no call 77')
    refused('dump', 'run.jsonl', '--seq', '77', says='there is no event 77')
    refused('diagram', 'run.jsonl', '--pool', '2', says='there is no pool 2')


@case('of several pools the lowest is shown and the others are named')
def several_pools():
    lines = read(log()).splitlines(keepends=True)
    second = b''.join(lines[1:-1]).replace(b'"pool":1', b'"pool":2')
    write('two.jsonl', b''.join(lines[:-1]) + second + lines[-1])
    ran = viz('show', 'two.jsonl')
    expect_in('pool 1 is shown; the log also holds 2 (--pool ID)', ran.err)
    expect_equal(viz('show', 'two.jsonl', '--pool', '2').err, '')


@case('a log that is cut is shown with a warning; one that is damaged is shown and bad')
def cut_and_damaged():
    whole = read(log())
    write('cut.jsonl', whole[:700])
    ran = viz('show', 'cut.jsonl')
    expect_in('cut.jsonl: cut after event 6', ran.err)
    expect_in('#1', ran.text)
    lines = whole.splitlines(keepends=True)
    write('damaged.jsonl', b''.join(lines[:-1]) + b'nonsense\n' + lines[-1])
    ran = viz('show', 'damaged.jsonl', status=1)
    expect_in('damaged.jsonl: line 18: ', ran.err)
    expect(ran.out != b'', 'the picture all the same')


@case('a dump marks what changed since another call')
def diff():
    log(ops='+100,!0:0*4=65,!0:0*4=66')
    text = viz('dump', 'run.jsonl', '--step', '3', '--diff', '2').text
    expect_in('BBBB', text)
    expect_in('chng', text)
    whole = read('run.jsonl')
    expect_equal(viz('dump', '-', '--step', '3', '--diff', '2', stdin=whole).text, text)


@case('what is to be said about a log is said once, however many of its calls are shown')
def said_once():
    write('cut.jsonl', read(log())[:700])
    warning = 'mempool-viz: cut.jsonl: cut after event 6: the log has no end\n'
    many = (('dump', '--step', '2', '--diff', '1'), ('quiz', '--count', '3', '--format', 'md'),
            ('diagram', '--steps', '0..2', '-o', 'frames'))
    for verb, *arguments in many:
        ran = viz(verb, 'cut.jsonl', *arguments)
        expect_equal(ran.err, warning)
    refused = viz('diagram', 'cut.jsonl', '--steps', '1..99', '-o', 'frames', status=1)
    expect_in('; there is no call', refused.err)


@case('there is no colour in a pipe, unless it is asked for')
def no_colour():
    log()
    expect('\x1b' not in viz('dump', 'run.jsonl').text, 'no colour in a pipe')
    expect('\x1b' in viz('dump', 'run.jsonl', '--color', 'always').text, 'colour when asked for')


@case('a terminal gets colour, unless NO_COLOR is set', needs=has_terminals, lacks=NO_TERMINALS)
def colour():
    log()
    expect(b'\x1b' in on_a_terminal('dump', 'run.jsonl'), 'colour on a terminal')
    expect(b'\x1b' not in on_a_terminal('dump', 'run.jsonl', NO_COLOR='1'), 'none with NO_COLOR')
    expect(b'\x1b' in on_a_terminal('dump', 'run.jsonl', '--color', 'always', NO_COLOR='1'),
           'who asks for it gets it')


def on_a_terminal(*arguments, **env):
    """Runs mempool-viz with a pseudo-terminal as standard output and error; what it wrote there."""
    import pty
    child, terminal = pty.fork()
    if child == 0:
        os.execve(tool(), [tool(), *arguments], environment(**env))
    written = b''
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the other side is closed
            piece = b''
        if not piece:
            break
        written += piece
    os.close(terminal)
    os.waitpid(child, 0)
    return written


@case('DOT text goes to a pipe or a file')
def dot_text():
    log()
    text = viz('diagram', 'run.jsonl').text
    expect(text.startswith('digraph'), 'DOT text')
    viz('diagram', 'run.jsonl', '-o', 'run.dot')
    expect_equal(read('run.dot').decode(), text)


@case('DOT text does not go to a terminal', needs=has_terminals, lacks=NO_TERMINALS)
def dot_on_a_terminal():
    log()
    expect_in(b'DOT text is not for a terminal: say -o FILE.svg',
              on_a_terminal('diagram', 'run.jsonl'))


@case('Graphviz makes SVG, PNG and PDF of it', needs=has_dot)
def pictures():
    log()
    for name, start in (('a.svg', b'<?xml'), ('a.png', b'\x89PNG'), ('a.pdf', b'%PDF')):
        for look in ('doc', 'slide'):
            viz('diagram', 'run.jsonl', '--step', '6', '--for', look, '-o', name)
            expect(read(name).startswith(start), f'{name} starts with {start!r}')
    expect_equal(sorted(os.listdir()), ['a.pdf', 'a.png', 'a.svg', 'run.jsonl'])


@case('an SVG picture says in words what it shows', needs=has_dot)
def caption():
    viz('diagram', '--ops', '+100,+200,-0,+5000', *POOL, '-o', 'a.svg')
    root = xml.parse('a.svg').getroot()
    expect_equal(root.get('role'), 'group')
    expect_equal(root.get('aria-labelledby'), 'title desc')
    expect_in('pool_alloc(5000)', root.find(f'{SVG}title').text)
    expect(root.find(f'{SVG}desc').text, 'a description')


@case('without Graphviz the DOT text is kept and it is said how to get it')
def no_graphviz():
    log()
    for number, env in enumerate(({'MEMPOOL_DOT': '/nonexistent'}, {'PATH': ''})):
        ran = refused('diagram', 'run.jsonl', '-o', f'{number}.svg', says='Graphviz draws', **env)
        expect_in(f'The DOT text is in {number}.dot', ran.err)
        expect(read(f'{number}.dot').startswith(b'digraph'), 'DOT text')
        expect(not os.path.exists(f'{number}.svg'), 'no picture')


@case('a Graphviz that fails leaves no picture, and what it said is told')
def failing_graphviz():
    log()
    write('dot', '#!/bin/sh\necho half a picture\necho "Error: lost edge" >&2\nexit 1\n')
    os.chmod('dot', 0o755)
    write('run.png', 'the earlier picture')
    refused('diagram', 'run.jsonl', '-o', 'run.png', says='Error: lost edge',
            MEMPOOL_DOT=os.path.abspath('dot'))
    expect_equal(read('run.png'), b'the earlier picture')


if __name__ == '__main__':
    harness.run()
