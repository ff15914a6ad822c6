"""mempool-viz step, end to end: in a batch, in a pipe and in a terminal. What commands answer is in
the specs; here: where it goes, exit statuses, and that a terminal is always given back."""
import os
import select
import shutil
import signal
import struct
import subprocess
import time

import harness
from harness import (NO_TERMINALS, case, environment, expect, expect_equal, expect_in,
                     has_terminals, log, read, refused, tool, viz, write)

NO_ROOM = '+30,+20,+40,+50,+20,+10,+30,-0,-2,-4,-6,+100'
LESSON = ['--ops', NO_ROOM, '--capacity', '200', '--align', '1']
LEAVE = b'\x1b[?1049l'  # the other screen is left


def batch(*commands, arguments=LESSON, **more):
    words = [word for command in commands for word in ('-ex', command)]
    return viz('step', *arguments, '--batch', *words, **more)


@case('a batch prints the answers of its commands, in order')
def in_order():
    text = batch('goto 12', 'explain frag').text
    expect_in('pool_alloc(100) fails', text)
    expect(text.index('fails') < text.index('1 - 40/120 = 67 %'), 'in order')


@case('a batch ends at the first command that fails, with status 1 and what it said')
def first_failure():
    ran = batch('goto 3', 'goto 99', 'goto 4', status=1)
    expect_in('call 3', ran.text)
    expect('call 4 ' not in ran.text, 'nothing behind the failure')
    expect_in('mempool-viz: there is no call 99; the log has calls 0 to 13', ran.err)


@case('a log is the same in a file of either encoding, from standard input and as an op list')
def everywhere():
    pool = ['--capacity', '200', '--align', '1']
    for name in ('run.jsonl', 'run.mplog'):
        log(name, NO_ROOM, pool)
        expect_equal(batch('goto 9', 'why', 'map', arguments=[name]).text,
                     batch('goto 9', 'why', 'map').text)
        expect_equal(batch('goto 9', 'why', 'map', arguments=['-'], stdin=read(name)).text,
                     batch('goto 9', 'why', 'map').text)


@case('commands come from a pipe, too; one that fails shows in the status, and the rest is run')
def pipe():
    ran = viz('step', *LESSON, stdin=b'goto 3\n\n# nothing\nnonsense\nback\nquit\nback\n', status=1)
    expect_in('call 3 ', ran.text)
    expect_in("there is no command 'nonsense'", ran.err)
    expect_in('call 2 ', ran.text)
    expect('call 1 ' not in ran.text, 'nothing behind quit')
    expect('(mempool)' not in ran.text, 'no prompt in a pipe')
    viz('step', *LESSON, stdin=b'next\nwhy\n')


@case('it begins where it is told to')
def begins():
    expect_in('call 11/13', batch('screen', arguments=[*LESSON, '--step', '11']).text)
    expect_in('call 4/13 event 2 of 2',
              batch('screen', arguments=[*LESSON, '--seq', '9']).text)
    refused('step', *LESSON, '--step', '77', '--batch', '-ex', 'why', says='there is no call 77')


@case('scripts are run by -x and by source, and sessions are saved')
def scripts():
    write('lesson.step', 'break fail\ncontinue\nmark end\nsave saved.step\n')
    expect_in('stopped: breakpoint 1, fail',
              viz('step', *LESSON, '--batch', '-x', 'lesson.step').text)
    expect_equal(read('saved.step').decode().splitlines()[1:], ['break fail', 'mark end 12'])
    batch('source saved.step', 'goto @end')


@case('a moment is exported as text and as a picture')
def export():
    batch('goto 12', 'export dump a.txt', 'export dot a.dot', 'export show b.txt')
    expect(read('a.dot').startswith(b'digraph'), 'DOT text')
    expect_equal(read('b.txt').decode(), viz('show', *LESSON, '--step', '12').text)
    if shutil.which('dot'):
        batch('export svg a.svg')
        expect(read('a.svg').startswith(b'<?xml'), 'an SVG picture')
    expect_in('cannot be written', batch('export dump /nowhere/a.txt', status=1).err)


@case('usage is told')
def usage():
    refused('step', says='a LOG is expected', status=2)
    refused('step', *LESSON, '--batch', says='--batch needs a command', status=2)
    refused('step', '-', '--plain', says='the log has to be a file', status=2)
    refused('step', '-', says='give --batch -ex CMD')
    refused('step', '/nowhere.jsonl', '--batch', '-ex', 'why', says='/nowhere.jsonl')


@case('a log that is cut is stepped through; one that is damaged too, and its status is bad')
def damaged():
    whole = read(log(ops=NO_ROOM, pool=['--capacity', '200', '--align', '1']))
    write('cut.jsonl', whole[:900])
    expect_in('cut after event', batch('goto last', arguments=['cut.jsonl']).err)
    lines = whole.splitlines(keepends=True)
    write('damaged.jsonl', b''.join([*lines[:-1], b'nonsense\n', lines[-1]]))
    expect_in('pool_alloc', batch('goto 3', arguments=['damaged.jsonl'], status=1).text)


@case('a long log is opened by its index: any call, forwards and backwards')
def long_log():
    operations = [f'a {i} {16 + i * 7 % 90}\nf {i}' for i in range(90000)]
    write('run.rep', '100000\n90000\n180000\n1\n' + '\n'.join(operations) + '\n')
    viz('replay', 'run.rep', '-o', 'run.jsonl')
    expect(os.stat('run.jsonl').st_size > 16 << 20, 'a long log')
    home = {'HOME': os.path.abspath('home'), 'XDG_CACHE_HOME': ''}
    commands = ['goto 170000', 'back', 'next 3', 'break alloc = 105', 'rcontinue', 'goto last']
    first = batch(*commands, arguments=['run.jsonl'], **home)
    expect(os.path.exists('run.jsonl.idx'), 'an index')
    expect_equal(batch(*commands, arguments=['run.jsonl'], **home).text, first.text)
    expect_in('stopped: breakpoint 1, alloc = 105', first.text)


# ---- in a terminal

class Tty:
    """mempool-viz step in a terminal of this size; what it draws is read until it shows a text."""

    def __init__(self, *arguments, program=None, columns=80, rows=24):
        import termios
        master, slave = os.openpty()
        self.master, self.slave, self.drawn = master, slave, b''
        self.resize(columns, rows)
        self.before = termios.tcgetattr(slave)
        self.child = os.fork()
        if self.child == 0:
            os.close(master)
            os.setsid()
            import fcntl
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(slave, number)
            words = program or [tool(), 'step', *arguments]
            os.execvpe(words[0], words, environment(LANG='C.UTF-8', TERM='xterm'))

    def resize(self, columns, rows):
        import fcntl
        import termios
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))

    def type(self, keys):
        os.write(self.master, keys)

    def shows(self, text, seconds=20):
        """Waits for it in what is drawn from now on."""
        wanted, end = text.encode(), time.monotonic() + seconds
        while wanted not in self.drawn:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise AssertionError(f'{text!r} was not drawn, but {self.drawn[-2000:]!r}')
            try:
                self.drawn += os.read(self.master, 65536)
            except OSError as error:
                raise AssertionError(f'{text!r} was not drawn, but {self.drawn!r}') from error
        self.drawn = self.drawn[self.drawn.index(wanted) + len(wanted):]

    def is_raw(self):
        import termios
        return not termios.tcgetattr(self.slave)[3] & termios.ICANON

    def ends(self):
        """The status, after it gave everything back."""
        import termios
        done = 0
        while True:  # what it draws has to be read, or it cannot end
            if not done:
                done, status = os.waitpid(self.child, os.WNOHANG)
            if select.select([self.master], [], [], 0 if done else 0.05)[0]:
                self.drawn += os.read(self.master, 65536)
            elif done:
                break
        expect_equal(termios.tcgetattr(self.slave), self.before)
        for end in (self.master, self.slave):
            os.close(end)
        return status


def in_terminal(sentence):
    return case(sentence, needs=has_terminals, lacks=NO_TERMINALS)


@in_terminal('in a terminal there is a screen; q gives the terminal back')
def screen():
    tty = Tty(*LESSON)
    tty.shows('call 0/13')
    expect(tty.is_raw(), 'raw mode')
    tty.type(b'n')
    tty.shows('call 1/13')
    tty.type(b'q')
    expect_equal(tty.ends(), 0)
    expect(LEAVE in tty.drawn, 'the screen that was there before')


@in_terminal('arrows may come in pieces, and many keys at once')
def pieces():
    tty = Tty(*LESSON)
    tty.shows('call 0/13')
    for byte in (b'\x1b', b'[', b'C'):
        tty.type(byte)
        time.sleep(0.01)
    tty.shows('call 1/13')
    tty.type(b'nn\x1b[Cbfail\rc')
    tty.shows('stopped: breakpoint 1, fail')
    tty.type(b':goto 5')
    tty.shows('(mempool) goto 5')
    tty.type(b'\x1b')  # an escape alone leaves the command line
    tty.shows('n next')
    tty.type(b'q')
    expect_equal(tty.ends(), 0)


@in_terminal('another size is another screen')
def resize():
    tty = Tty(*LESSON)
    tty.shows('call 0/13')
    tty.resize(132, 50)
    tty.shows('+-- why')
    tty.resize(30, 8)
    tty.shows('too small')
    tty.resize(80, 24)
    tty.shows('-- calls')
    tty.type(b'q')
    expect_equal(tty.ends(), 0)


@in_terminal('Ctrl-C, signals that end and a crash give the terminal back')
def ends():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT,
                   signal.SIGSEGV):
        tty = Tty(*LESSON)
        tty.shows('call 0/13')
        if number == signal.SIGINT:
            tty.type(b'\x03')
        else:
            os.kill(tty.child, number)
        status = tty.ends()
        expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == number, f'an end by {number!r}')
        expect(LEAVE in tty.drawn, f'the screen that was there before, after {number!r}')


@in_terminal('an export that was written leaves the signals as they were')
def export_then_signal():
    tty = Tty(*LESSON)
    tty.shows('call 0/13')
    tty.type(b':export show a.txt\r')
    tty.shows('a.txt is written')
    os.kill(tty.child, signal.SIGTERM)
    expect_equal(os.WTERMSIG(tty.ends()), signal.SIGTERM)
    expect(LEAVE in tty.drawn, 'the screen that was there before')


@in_terminal('Ctrl-Z stops it with the terminal given back, and fg takes it again')
def stop_and_go_on():
    if not shutil.which('bash'):
        return
    tty = Tty(program=['bash', '--norc', '--noprofile', '-i'])
    tty.type(f"PS1='sh''ell> '; {tool()} step {' '.join(LESSON)}\n".encode())
    tty.shows('call 0/13')
    tty.type(b'n')
    tty.shows('call 1/13')
    tty.type(b'\x1a')
    tty.shows('\x1b[?1049l')
    tty.shows('shell> ')
    tty.type(b'echo still here $((6 * 7))\n')
    tty.shows('still here 42')
    tty.type(b'fg\n')
    tty.shows('\x1b[?1049h')
    tty.shows('call 1/13')
    tty.type(b'n')
    tty.shows('call 2/13')
    tty.type(b'q')
    tty.shows('shell> ')
    tty.type(b'exit\n')
    while not os.waitpid(tty.child, os.WNOHANG)[0]:
        if select.select([tty.master], [], [], 0.05)[0]:
            try:
                os.read(tty.master, 65536)
            except OSError:
                pass


@in_terminal('a terminal without UTF-8 is written to in ASCII')
def ascii_terminal():
    tty = Tty(program=['env', 'LC_ALL=C', tool(), 'step', *LESSON, '--step', '1'])
    tty.shows('why: pool_alloc(30) -> #0 at 0')
    tty.type(b'q')
    expect_equal(tty.ends(), 0)


@in_terminal('with --plain a terminal is asked for lines')
def plain():
    tty = Tty(*LESSON, '--plain')
    tty.shows('(mempool) ')
    expect(not tty.is_raw(), 'lines')
    tty.type(b'goto 12\n')
    tty.shows('pool_alloc(100) fails')
    tty.type(b'quit\n')
    expect_equal(tty.ends(), 0)


# ---- in tmux, which is a terminal that can be looked at

def tmux(*words):
    """A server of the case's own: its socket lies in the case's folder."""
    done = subprocess.run(['tmux', '-f', '/dev/null', *words], check=True, capture_output=True,
                          timeout=20, env=environment(LANG='C.UTF-8', TMUX_TMPDIR=os.getcwd(),
                                                      TMUX=''))
    return done.stdout.decode()


def tmux_shows(wanted, seconds=20):
    """Waits until the pane shows exactly this, without spaces at the ends of lines."""
    end = time.monotonic() + seconds
    while True:
        shown = '\n'.join(line.rstrip() for line in tmux('capture-pane', '-p').splitlines())
        if shown.rstrip() == wanted.rstrip():
            return
        if time.monotonic() > end:
            expect_equal(shown, wanted)
        time.sleep(0.1)


def lines_of(*commands):
    """The last rows of a batch: what `screen` printed."""
    rows = int(commands[-1].split()[1])
    return '\n'.join(batch(*commands).text.splitlines()[-rows:])


@case('what tmux shows is what `screen` prints, at every size',
      needs=lambda: shutil.which('tmux') and has_terminals(),
      lacks=NO_TERMINALS if shutil.which('tmux') else 'no tmux here')
def in_tmux():
    program = ' '.join([tool(), 'step', *LESSON])
    try:
        tmux('new-session', '-d', '-x', '80', '-y', '24', f'{program}; cat')
        tmux_shows(lines_of('screen 24'))
        tmux('send-keys', 'n', 'Right', 's')
        tmux_shows(lines_of('goto 2', 'step', 'screen 24'))
        for columns, rows in ((100, 30), (132, 50), (80, 24)):
            tmux('resize-window', '-x', str(columns), '-y', str(rows))
            tmux_shows(lines_of('goto 2', 'step', f'set width {columns}', f'screen {rows}'))
        tmux('send-keys', 'b')
        tmux('send-keys', '-l', 'fail')
        tmux('send-keys', 'Enter', 'c')
        tmux_shows(lines_of('break fail', 'continue', 'screen 24'))
    finally:
        tmux('kill-server')


if __name__ == '__main__':
    harness.run()
