"""Looks: the commands that show pools: info mempool, mempool map, list and dump.

What they show is drawn by strip.py and dump.py; lists are written here.
"""
import gdb

from . import damage, strip
from .blocks import Walk
from .command import Command, notes, number_of, write
from .dump import Dump, Sums
from .memory import Trouble
from .pool import Damaged, Pool, each_pool
from .questions import find_block, guards_text

MOST_ROWS = 200  # of a list, unless all are asked for


class InfoMempool(Command):
    """List the pools of the process, in the order of their creation.

info mempool

The first column is what other commands take as POOL; the name, or any
expression for the pool's address, does as well. Sizes are in bytes: "used"
counts whole blocks that live, guards and padding too. What neither is used nor
free waits in quarantine. "blocks" are those that live.
Example: info mempool"""
    name = 'info mempool'
    complete_as = gdb.COMPLETE_NONE

    def run(self, process, words):
        if words:
            raise self.usage()
        pools, why = each_pool(process)
        rows = [('num', 'capacity', 'used', 'free', 'blocks', 'policy', 'align', 'guards',
                 'address', 'name')]
        for pool in pools:
            if isinstance(pool, Pool):
                rows.append((str(pool.number), str(pool.capacity), str(pool.used), str(pool.free),
                             str(pool.live_blocks), pool.policy, str(pool.align),
                             str(pool.guard or 'off'), f'{pool.address:#x}', pool.name or ''))
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows if pools else ():
            cells = [cell.ljust(width) if i in (5, 8, 9) else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths))]
            gdb.write('  '.join(cells).rstrip() + '\n')
        if not pools and why is None:
            gdb.write('There are no pools.\n')
        write(f'mempool: note: {pool.why}' for pool in pools if isinstance(pool, Damaged))
        if why is not None:
            raise Trouble(f'mempool: {why}')


class Map(Command):
    """Draw a pool's region in one line of 80 columns, to scale.

mempool map [POOL]

[#3 48] is block #3 with 48 bytes, (f1 200...) a free block. Widths are to
scale, except that each block has room for its name as long as all have.
Example: mempool map 1"""
    name = 'mempool map'

    def run(self, process, words):
        pool, _ = self.pool_and_rest(process, words, 0)
        walk = Walk(pool)
        hurt = {}
        look = damage.Look(walk)
        for finding in look.findings:
            block = finding.block or walk.containing(finding.first)
            hurt.setdefault(block.offset, set()).add(finding.side)
        drawn, key = strip.draw(walk.blocks, pool.capacity, hurt)
        sums = Sums(pool, walk.blocks)
        write([*notes(pool, walk), f'{pool.title()}: {sums.bytes_text()}', f' map  |{drawn}|',
               f'       {key}'])


class List(Command):
    """List a pool's blocks in the order of their addresses.

mempool list [POOL] [used|free|quarantine] [all]

Sizes are in bytes; offsets are hexadecimal and count from the start of the
region. "asked" is what the caller asked for, "address" where the payload
starts, "guards" whether they are intact now, "from" the line of source, which
is known of blocks that POOL_ALLOC gave. Of a long list the first 200 blocks
are shown, with "all" all of them.
Example: mempool list 1 used all"""
    name = 'mempool list'
    KINDS = {'used': lambda block: block.lives(), 'free': lambda block: not block.used,
             'quarantine': lambda block: block.quarantined}

    @staticmethod
    def owns(word):
        return word in List.KINDS

    def run(self, process, words):
        everything = words[-1:] == ['all']
        pool, rest = self.pool_and_rest(process, words[:-1] if everything else words, 1)
        if rest and rest[0] not in self.KINDS:
            raise self.usage()
        walk = Walk(pool)
        chosen = [block for block in walk.blocks if not rest or self.KINDS[rest[0]](block)]
        sums = Sums(pool, walk.blocks)
        write([*notes(pool, walk),
               f'{pool.title()} at {pool.region:#x}: {sums.bytes_text()}'])
        rows = [('offset', 'size', 'block', 'asked', 'address', 'guards', 'from')]
        rows += [self._row(pool, block) for block in
                 (chosen if everything else chosen[:MOST_ROWS])]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        for row in rows:
            gdb.write('  '.join(
                cell.rjust(width) if i in (1, 3) else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, widths))).rstrip() + '\n')
        left = len(chosen) - len(rows) + 1
        if left > 0:
            gdb.write(f'({left} more; "mempool list {pool.number} {rest[0] + " " if rest else ""}'
                      'all" lists them)\n')

    def _row(self, pool, block):
        offset = f'{block.offset:#06x}'
        if not block.lives() or block.number is None:
            return (offset, str(block.size), block.name(),
                    str(block.requested) if block.quarantined else '', '', '',
                    'its record is broken' if block.number is None else '')
        return (offset, str(block.size), block.name(), str(block.requested),
                f'{pool.region + block.payload:#x}', guards_text(pool, block),
                pool.site_of(block.index, block.number).text())


class Dumped(Command):
    """Print a pool's bytes, 64 a line, with marks under each line.

mempool dump [[POOL] #N | POOL [FROM [SIZE]]]

This is what "mempool-viz dump" prints of a log of the pool. The lists of free,
used and quarantined blocks come first. Offsets are hexadecimal and count from
the start of the region, sizes are in bytes. With #N only the lines that block
#N crosses are printed, with FROM (an offset, or an address) the lines from
there on, SIZE bytes of them (256).
Examples: mempool dump 1
          mempool dump net #3
          mempool dump net 0x400 128"""
    name = 'mempool dump'

    def run(self, process, words):
        pool, rest = self.pool_and_rest(process, words, 2)
        walk = Walk(pool)
        write(notes(pool, walk))
        if not walk.tiled():
            raise Trouble('mempool: the blocks cannot be told from each other; the plain bytes: '
                          f'x/{pool.capacity}xb {pool.region:#x}')
        if not rest:
            write(Dump(walk).lines())
            return
        if rest[0].startswith('#'):
            if len(rest) > 1:
                raise self.usage()
            block = find_block(walk, rest[0])
            write(Dump(walk, block.offset, block.end).lines())
            return
        first = number_of(rest[0])
        first -= pool.region if pool.holds(first) else 0
        if first >= pool.capacity:
            raise Trouble(f'mempool: {pool.title()} has {pool.capacity} bytes: '
                          f'{rest[0]} is behind its end')
        write(Dump(walk, first, first + (number_of(rest[1]) if len(rest) > 1 else 256)).lines())
