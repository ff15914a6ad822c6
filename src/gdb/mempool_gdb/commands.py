"""Commands: what a user of GDB types: `info mempool`, `mempool map POOL` and the others.

    line --Arguments--> pool --Walk--> blocks --view--> lines

Each command looks at the process once, writes lines, and forgets. Nothing here changes the process.
How the help reads is here too: what it does, its units, an example.
"""
import os
import tempfile

import gdb

from . import damage, log, strip
from .blocks import Walk
from .dump import Dump, Sums
from .memory import Process, Trouble, Unreadable
from .pool import Damaged, Pool, each_pool, find_pool, the_only_pool
from .stack import inside_library

MOST_ROWS = 200  # of a list, unless all are asked for


def write(lines):
    for line in lines:
        gdb.write(line + '\n')


def split(text):
    """The words of a command; quotes stay, for a pool's name, and blanks in brackets part nothing."""
    words, word, depth, quoted = [], '', 0, False
    for c in text:
        quoted ^= c == '"'
        depth += (c in '([') - (c in ')]')
        if c == ' ' and depth <= 0 and not quoted:
            if word:
                words.append(word)
            word = ''
        else:
            word += c
    return words + [word] if word else words


def number_of(text):
    """An address or offset: whatever GDB can work out."""
    try:
        value = gdb.parse_and_eval(text)
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_ARRAY:
            value = value.address
        return int(value) & (1 << 64) - 1
    except gdb.error as error:
        raise Trouble(f'mempool: {text}: {error}') from None


def notes(pool, walk):
    """What has to be known before anything of this pool is believed."""
    lines = [f'mempool: note: {where}' for where in inside_library()]
    if walk.broken:
        more = f', and {len(walk.broken) - 1} more' if len(walk.broken) > 1 else ''
        lines.append(f'mempool: note: the bookkeeping of {pool.title()} is broken: '
                     f'{walk.broken[0].text()} at offset {walk.broken[0].offset}{more}; '
                     '"mempool check" has it all')
    return lines


class Command(gdb.Command):
    """A command of these. Its class says its name; what goes wrong becomes one sentence."""
    name = ''
    kind = gdb.COMMAND_DATA
    complete_as = gdb.COMPLETE_EXPRESSION

    def __init__(self):
        super().__init__(self.name, self.kind, self.complete_as)

    def invoke(self, text, from_tty):
        self.dont_repeat()
        try:
            self.run(Process(), split(text))
        except Unreadable as error:
            raise Trouble(f'mempool: {error}') from None
        except gdb.GdbError:
            raise
        except gdb.error as error:
            raise Trouble(f'mempool: {error}') from None
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError,
                MemoryError) as error:
            raise Trouble(f'mempool: what is there makes no sense ({type(error).__name__}: '
                          f'{error})') from None

    def run(self, process, words):
        raise NotImplementedError

    def usage(self):
        return Trouble(f'mempool: usage: {self.__doc__.splitlines()[2]}')

    def pool_and_rest(self, process, words, rest):
        """The pool of the first word, or the only one there is; and at most so many words more."""
        if not words:
            return the_only_pool(process), []
        if len(words) > 1 + rest:
            raise self.usage()
        return find_pool(process, words[0]), words[1:]


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
            raise Trouble(why)


class Mempool(Command):
    """Commands about the pools of libmempool: what is where, and what is damaged.

mempool map|list|dump|block|whereis|check|snapshot ...

They read the memory of a live process or of a core file, and never call into
it. POOL is a pool's number ("info mempool" lists them), its name (in quotes if
it is a name of the program's too), or an expression for its address; it may be
left out where the process has one pool. Sizes are in bytes, offsets count from
the start of the pool's region.
Example: mempool check 1"""
    name = 'mempool'

    def __init__(self):
        gdb.Command.__init__(self, self.name, self.kind, gdb.COMPLETE_NONE, True)

    def run(self, process, words):
        gdb.execute('help mempool')


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

mempool list [POOL [used|free|quarantine] [all]]

Sizes are in bytes; offsets are hexadecimal and count from the start of the
region. "asked" is what the caller asked for, "address" where the payload
starts, "guards" whether they are intact now, "from" the line of source, which
is known of blocks that POOL_ALLOC gave. Of a long list the first 200 blocks are
shown, with "all" all of them.
Example: mempool list 1 used all"""
    name = 'mempool list'
    KINDS = {'used': lambda block: block.lives(), 'free': lambda block: not block.used,
             'quarantine': lambda block: block.quarantined}

    def run(self, process, words):
        everything = words[-1:] == ['all'] and len(words) > 1
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


def guards_text(pool, block):
    """'ok', 'HIT front', 'none'"""
    if block.guard == 0:
        return 'none'
    try:
        found = damage.guards_damaged(pool, block)
    except Unreadable:
        return '?'
    return 'HIT ' + '+'.join(finding.side for finding in found) if found else 'ok'


class DumpCommand(Command):
    """Print a pool's bytes, 64 a line, with marks under each: what mempool-viz dump prints.

mempool dump [POOL [#N | FROM [SIZE]]]

The lists of free, used and quarantined blocks come first. Offsets are
hexadecimal and count from the start of the region, sizes are in bytes. With #N
only the lines that block #N crosses are printed, with FROM (an offset, or an
address) the lines from there on, SIZE bytes of them (256).
Examples: mempool dump 1
          mempool dump net #3
          mempool dump net 0x400 128"""
    name = 'mempool dump'

    def run(self, process, words):
        pool, rest = self.pool_and_rest(process, words, 2)
        walk = Walk(pool)
        write(notes(pool, walk))
        if not walk.tiled():
            raise Trouble('mempool: the blocks cannot be told from each other: nothing to dump')
        if not rest:
            write(Dump(walk).lines())
            return
        if rest[0].startswith('#'):
            block = find_block(walk, rest[0])
            write(Dump(walk, block.offset, block.end).lines())
            return
        first = number_of(rest[0])
        first -= pool.region if pool.holds(first) else 0
        if first >= pool.capacity:
            raise Trouble(f'mempool: {pool.title()} has {pool.capacity} bytes: '
                          f'{rest[0]} is behind its end')
        write(Dump(walk, first, first + (number_of(rest[1]) if len(rest) > 1 else 256)).lines())


def find_block(walk, text):
    """The live block '#3', or the block that holds an address."""
    pool = walk.pool
    if text.startswith('#'):
        if not text[1:].isdigit():
            raise Trouble(f'mempool: {text} is no number of a block; #3 is one')
        block = walk.live(int(text[1:]))
        if block is not None:
            return block
        waits = any(each.number == int(text[1:]) and each.quarantined for each in walk.blocks)
        if waits:
            why = 'is freed, and waits in quarantine'
        elif int(text[1:]) >= pool.next_number:
            why = f'was never asked for: the next number is #{pool.next_number}'
        else:
            why = 'does not live any more, or its allocation failed'
        raise Trouble(f'mempool: {text} of {pool.title()} {why}')
    address = number_of(text)
    block = walk.containing(address - pool.region) if pool.holds(address) else None
    if block is None:
        raise Trouble(f'mempool: {address:#x} is not in the region of {pool.title()}, '
                      f'{pool.region:#x}..{pool.region + pool.capacity:#x}' +
                      ('; a block\'s number is written #3' if address < pool.next_number else ''))
    return block


def block_lines(walk, block):
    """All that is known of a block."""
    pool = walk.pool
    state = 'lives' if block.lives() else 'waits in quarantine' if block.used else 'is free'
    lines = [f'{block.name()} of {pool.title()} {state}: {block.size} bytes at offset '
             f'{block.offset:#06x}, {pool.region + block.offset:#x}..'
             f'{pool.region + block.end:#x}']
    if block.used and block.number is None:
        lines.append('  its record is broken: nothing more is known')
    elif block.used:
        lines.append(f'  payload: {block.requested} bytes at {pool.region + block.payload:#x} '
                     f'(offset {block.payload:#06x})')
    if block.lives() and block.guard:
        lines.append(f'  guards: {block.front} bytes in front, {block.back} behind: '
                     f'{guards_text(pool, block)}')
    elif block.lives() and block.number is not None:
        lines.append(f'  no guards; {block.size - block.requested} bytes of padding')
    if block.lives() and block.number is not None:
        known = damage.history(pool.site_of(block.index, block.number))
        lines += ['  ' + known.rstrip('; ')] if known else []
    for which, at in (('left', block.offset - 1), ('right', block.end)):
        other = walk.containing(at) if 0 <= at < pool.capacity else None
        lines.append(f'  {which}: ' + (f'{other.name()}, {other.size} bytes' if other else
                                       "the region's edge"))
    return lines


class BlockCommand(Command):
    """Say all that is known of a block.

mempool block [POOL] #N|ADDRESS

#N is the number of an allocation, ADDRESS any expression for an address inside
of the block or of its guards. Sizes are in bytes. If the block is damaged, the
library's report of it follows.
Examples: mempool block 1 #3
          mempool block net packet->data"""
    name = 'mempool block'

    def run(self, process, words):
        if not 1 <= len(words) <= 2:
            raise self.usage()
        pool = find_pool(process, words[0]) if len(words) == 2 else the_only_pool(process)
        walk = Walk(pool)
        block = find_block(walk, words[-1])
        write([*notes(pool, walk), *block_lines(walk, block)])
        for finding in damage.Look(walk).findings:
            if (finding.block or walk.containing(finding.first)) is block:
                write(damage.report(pool, finding))


class Whereis(Command):
    """Say which pool and block an address lies in, and how far in.

mempool whereis ADDRESS

ADDRESS is any expression of the program's. It may lie in a payload, a guard, in
padding, in a free block, or in the bookkeeping of a pool. Distances are in
bytes.
Example: mempool whereis buffer + 13"""
    name = 'mempool whereis'

    def run(self, process, words):
        if not words:
            raise self.usage()
        address = number_of(' '.join(words))
        pools, why = each_pool(process)
        for pool in pools:
            if isinstance(pool, Pool) and pool.holds(address):
                walk = Walk(pool)
                write([*notes(pool, walk), f'{address:#x} {where(walk, address - pool.region)}'])
                return
        for pool in pools:
            inside = pool.bookkeeping(address) if isinstance(pool, Pool) else None
            if inside is not None:
                write([f'{address:#x} is in the bookkeeping of {pool.title()}: byte {inside[1]} '
                       f'of {inside[0]}'])
                return
        gdb.write(f'{address:#x} is in no pool that can be read'
                  f'{" (" + why + ")" if why else ""}\n')


def where(walk, offset):
    """'is byte 5 of the payload of #3 (13 bytes) in pool 1 "net", offset 0x0015'"""
    pool = walk.pool
    block = walk.containing(offset)
    place = f'{pool.title()}, offset {offset:#06x}'
    if block is None or (block.used and block.number is None):
        return f'is in {place}; its bookkeeping is broken there'
    if not block.used:
        text = f'is byte {offset - block.offset} of the free block {block.name()} ' \
               f'({block.size} bytes) in {place}'
        owner = pool.last_owner(offset)
        if owner is not None:
            text += f'; byte {offset - owner.payload} of what was #{owner.number}'
            known = damage.history(owner.site, owner)
            text += f' ({known.rstrip("; ")})' if known else ''
        return text
    name = f'{block.name()} ({block.requested} bytes)'
    if block.quarantined:
        return f'is byte {offset - block.payload} of {name}, freed and in quarantine, in {place}'
    if offset < block.payload:
        return f'is in the front guard of {name} in {place}: {block.payload - offset} bytes ' \
               'before the payload'
    if offset < block.payload_end:
        return f'is byte {offset - block.payload} of the payload of {name} in {place}'
    part = 'back guard' if block.guard else 'padding'
    return f'is in the {part} of {name} in {place}: {offset - block.payload_end} bytes past the ' \
           'end of the payload'


class Check(Command):
    """Look for damage: guards, poison, and the bookkeeping itself.

mempool check [POOL]

Compares every guard of a live block and every byte of poison, and holds the
bookkeeping against its invariants: I1 tiles, I2 coalesced, I3 records, I4
indexed (the size of each free block; the search tree above them is not looked
at), I5 sums. What is found is told in the words of the library's reports, and
$mempool_violations is how many. Without POOL all pools are checked.
Example: mempool check net"""
    name = 'mempool check'

    def run(self, process, words):
        why = None
        if words:
            pools = [self.pool_and_rest(process, words, 0)[0]]
        else:
            pools, why = each_pool(process)
        write(f'mempool: note: {where_}' for where_ in inside_library())
        total = 0
        for pool in pools:
            total += self._check(pool)
        gdb.set_convenience_variable('mempool_violations', total)
        if why is not None:
            raise Trouble(why)
        if not pools:
            gdb.write('There are no pools.\n')

    def _check(self, pool):
        if isinstance(pool, Damaged):
            gdb.write(f'mempool: error: {pool.why}\n')
            return 1
        walk = Walk(pool)
        look = damage.Look(walk)
        for broken in walk.broken[:MOST_ROWS]:
            write(damage.report_broken(pool, broken))
        for finding in look.findings[:MOST_ROWS]:
            write(damage.report(pool, finding))
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
    """Write the pools as they are to a log that every verb of mempool-viz reads.

mempool snapshot FILE [POOL]

FILE is written as .jsonl. It holds the blocks, the bytes of live blocks (of a
pool at most 1048576 bytes of them) and what a check finds. Without POOL it
holds all pools. FILE is written whole or not at all.
Examples: mempool snapshot crash.jsonl
          shell mempool-viz dump crash.jsonl"""
    name = 'mempool snapshot'
    complete_as = gdb.COMPLETE_FILENAME

    def run(self, process, words):
        if not 1 <= len(words) <= 2:
            raise self.usage()
        path = os.path.expanduser(words[0].strip('"'))
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
    """All of it or nothing."""
    folder = os.path.dirname(path) or '.'
    try:
        handle, temporary = tempfile.mkstemp(prefix='.mempool-', dir=folder)
        try:
            with os.fdopen(handle, 'w', encoding='utf-8', newline='\n') as file:
                file.writelines(lines)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise Trouble(f'mempool: {path} cannot be written: {error.strerror}') from None


ALL = (InfoMempool, Mempool, Map, List, DumpCommand, BlockCommand, Whereis, Check, Snapshot)
