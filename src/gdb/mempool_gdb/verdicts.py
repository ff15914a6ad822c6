"""Verdicts: the commands about whole pools: mempool check, and snapshot, which writes a log.

What is looked for is in damage.py and blocks.py, what is written in log.py.
"""
import os
import tempfile

import gdb

from . import damage, log
from .blocks import Walk
from .command import Command, write
from .memory import Trouble
from .pool import Damaged, each_pool, find_pool
from .stack import inside_library

MOST_REPORTS = 200  # of a pool and a kind


class Check(Command):
    """Look for damage: in guards, poison, and the bookkeeping.

mempool check [POOL]

Compares every guard of a live block and every byte of poison, and holds the
bookkeeping against its invariants: I1 tiles, I2 coalesced, I3 records, I4
indexed (the size of each free block; the search tree above them is not looked
at), I5 sums. What is found is told in the words of the library's reports, with
offsets in bytes; $mempool_violations is how many. Without POOL all pools are
checked.
Example: mempool check net"""
    name = 'mempool check'

    def run(self, process, words):
        why = None
        gdb.set_convenience_variable('mempool_violations', None)  # until all is looked at
        if words:
            pools = [self.pool_and_rest(process, words, 0)[0]]
        else:
            pools, why = each_pool(process)
        write(f'mempool: note: {where_}' for where_ in inside_library())
        total = 0 if why is None else 1
        for pool in pools:
            total += self._check(pool)
        gdb.set_convenience_variable('mempool_violations', total)
        if why is not None:
            raise Trouble(f'mempool: {why}')
        if not pools:
            gdb.write('There are no pools.\n')

    def _check(self, pool):
        if isinstance(pool, Damaged):
            gdb.write(f'mempool: error: {pool.why}\n')
            return 1
        walk = Walk(pool)
        look = damage.Look(walk)
        for bad, report in ((walk.broken, damage.report_broken), (look.findings, damage.report)):
            for each in bad[:MOST_REPORTS]:
                write(report(pool, each))
            if len(bad) > MOST_REPORTS:
                write([f'mempool: note: {len(bad) - MOST_REPORTS} more; the last of them:',
                       *report(pool, bad[-1])])
        if look.unread:
            gdb.write(f'mempool: note: the bytes of {look.unread} blocks of {pool.title()} cannot '
                      'be read (a core file need not have them)\n')
        found = len(walk.broken) + len(look.findings)
        text = 'no violation' if found == 0 else '1 violation' if found == 1 else \
            f'{found} violations'
        live = sum(block.lives() for block in walk.blocks)
        gdb.write(f'{pool.title()}: {live} live {"block" if live == 1 else "blocks"} looked at: '
                  f'{text}\n')
        return found


class Snapshot(Command):
    """Write the pools as they are to a log for mempool-viz.

mempool snapshot FILE [POOL]

FILE is written as .jsonl. It holds the blocks, the bytes of live blocks (of a
pool at most 1048576 bytes of them) and what a check finds. Without POOL it
holds all pools. FILE is written whole or not at all.
Examples: mempool snapshot crash.jsonl
          shell mempool-viz dump crash.jsonl"""
    name = 'mempool snapshot'
    complete_as = gdb.COMPLETE_FILENAME

    def run(self, process, words):
        path = os.path.expanduser(words[0].strip('"')) if words else ''
        if not path or len(words) > 2:
            raise self.usage()
        if path.endswith('.mplog'):
            raise Trouble('mempool: a snapshot is written as .jsonl; "mempool-viz convert" makes '
                          'an .mplog of it')
        if len(words) == 2:
            pools, why = [find_pool(process, words[1])], None
        else:
            pools, why = each_pool(process)
        write(f'mempool: note: {text}' for text in (why, *inside_library()) if text)
        lines, told, refused = [log.HEADER], [], []
        for pool in pools:
            reason = self._tell(pool, lines, told)
            refused += [reason] if reason else []
        write(f'mempool: note: {reason}: it is left out' for reason in refused)
        if not told:
            raise Trouble('mempool: there is no pool that could be written; no file is made')
        lines.append(log.end_line(len(lines) - 1))
        save(path, lines)
        gdb.write(f'Wrote {", ".join(told)} to {path}: {len(lines) - 1} events.\n')

    def _tell(self, pool, lines, told):
        """Adds a pool's events; a sentence if its log would not be true."""
        if isinstance(pool, Damaged):
            return pool.why
        walk = Walk(pool)
        serious = [broken for broken in walk.broken if broken.invariant in (1, 2, 3)]
        if serious:
            return f'{pool.title()} is broken: {serious[0].text()} at offset {serious[0].offset}'
        events = log.PoolLog(walk, lines.append)
        events.tell_all()
        told.append(pool.title())
        if events.left_out:
            write([f'mempool: note: {events.left_out} bytes of live blocks are left out of '
                   f'{pool.title()}: a log tells 1 MiB at most'])
        if events.unread:
            write([f'mempool: note: {events.unread} bytes of {pool.title()} cannot be read (a core '
                   'file need not have them)'])
        return None


def save(path, lines):
    """All of it or nothing, where links lead; a device or pipe is written to, never replaced."""
    text = ''.join(lines).encode()
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, 'wb') as file:
                file.write(text)
        else:
            replace(os.path.realpath(path), text)
    except OSError as error:
        raise Trouble(f'mempool: {path} cannot be written: {error.strerror}') from None


def replace(path, text):
    """A new file is its owner's alone, as a log is; an old one keeps its mode."""
    handle, temporary = tempfile.mkstemp(prefix='.mempool-', dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, 'wb') as file:
            file.write(text)
        if os.path.exists(path):
            os.chmod(temporary, os.stat(path).st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
