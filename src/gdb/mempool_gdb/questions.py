"""Questions: the commands about one place: mempool block and whereis.

A place is a block's number or an address; what is known of it is said in a few lines.
"""
import gdb

from . import damage
from .blocks import Walk
from .command import Command, notes, number_of, write
from .memory import Trouble, Unreadable
from .pool import Pool, each_pool, find_pool, the_only_pool


def find_block(walk, text):
    """The live block '#3', or the block that holds an address."""
    pool = walk.pool
    if text.startswith('#'):
        if not text[1:].isdecimal():
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


def guards_text(pool, block):
    """'ok', 'HIT front', 'none'"""
    if block.guard == 0:
        return 'none'
    try:
        found = damage.guards_damaged(pool, block)
    except Unreadable:
        return '?'
    return 'HIT ' + '+'.join(finding.side for finding in found) if found else 'ok'


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


class BlockAt(Command):
    """Say all that is known of a block.

mempool block [POOL] #N|ADDRESS

#N is the number of an allocation, ADDRESS any expression for an address inside
of the block or of its guards. Sizes are in bytes. If the block is damaged, the
library's report of it follows.
Examples: mempool block 1 #3
          mempool block net packet->data"""
    name = 'mempool block'

    def run(self, process, words):
        if not words:
            raise self.usage()
        pool = find_pool(process, words[0]) if len(words) > 1 else the_only_pool(process)
        walk = Walk(pool)
        block = find_block(walk, ' '.join(words[1:] or words))
        write([*notes(pool, walk), *block_lines(walk, block)])
        for finding in damage.Look(walk).findings:
            if (finding.block or walk.containing(finding.first)) is block:
                write(damage.report(pool, finding))


class Whereis(Command):
    """Say which pool and block an address lies in, and how far in.

mempool whereis ADDRESS

ADDRESS is any expression of the program's. It may lie in a payload, a guard,
in padding, in a free block, or in the bookkeeping of a pool. Distances are in
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
                  f'{" (" + why + ")" if why else ""}{hint(address)}\n')


# Bytes that the library writes, and what a pointer made of them was read from.
WRITTEN = {0xDD: 'poison: it was read from bytes that were given back',
           0xAB: 'guard bytes: it was read from outside of a payload',
           0x30: 'fill: it was read from a payload that nobody has written to',
           0x2E: 'fill: it was read from bytes that were given back'}


def hint(address):
    """For an address that is not one: the bytes of a pointer, plus a member's offset."""
    high = set((address >> 16).to_bytes(6, 'big'))
    told = WRITTEN.get(high.pop()) if len(high) == 1 else None
    return f'\n  its bytes look like {told}' if told else ''


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
            text += f'\n  byte {offset - owner.payload} of what was #{owner.number}'
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
