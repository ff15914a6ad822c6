"""Run by GDB, in a process stopped in looked_at() of pools.c: writes rubbish into the bookkeeping
of its pools, gives every command, puts back what was there, and so on for $rounds rounds.

Prints a line for each answer that is no answer: an error that is not a sentence of the commands'
own. The rubbish is the same in every run.
"""
import random
import struct

import gdb

COMMANDS = ('info mempool', 'mempool check', 'mempool list all[{0}]', 'mempool dump all[{0}]',
            'mempool map all[{0}]', 'mempool block all[{0}] #0', 'mempool whereis hello',
            'mempool snapshot smashed.jsonl', 'print *all[{0}]', 'print $mempool_number(kept)',
            'mempool list {1} all')
RECORD, RECORDS = 16, 64
MOST_BITMAPS = 4096


def places(pool):
    """The pool itself, its bitmaps, its slab: first address and size."""
    bitmaps = min(int(pool['metadata_bytes_']), MOST_BITMAPS)
    return ((int(pool.address), pool.type.sizeof), (int(pool['metadata_']), bitmaps),
            (int(pool['slab_']['records_']), RECORD * RECORDS))


def rubbish(draw, old):
    number = int.from_bytes(old, 'little')
    return draw.choice((0, 1, 2**64 - 1, 2**63, 0x41414141, draw.getrandbits(64),
                        draw.getrandbits(20), number ^ 1 << draw.randrange(64),
                        number + draw.randrange(1, 4))) % 2**64


def smash(draw, pool):
    """Writes rubbish, and returns what was there."""
    process = gdb.selected_inferior()
    first, size = draw.choice(places(pool))
    was = []
    for _ in range(draw.choice((1, 1, 1, 2, 5))):
        at = first + draw.randrange(size - 8) // draw.choice((1, 8, 8)) * 8 % (size - 8)
        old = bytes(process.read_memory(at, 8))
        process.write_memory(at, struct.pack('<Q', rubbish(draw, old)))
        was.append((at, old))
    return was


def main(rounds):
    draw = random.Random(7)
    for _ in range(rounds):
        which = draw.randrange(7)
        was = smash(draw, gdb.parse_and_eval(f'*all[{which}]'))
        for command in COMMANDS:
            command = command.format(which, which + 1)
            try:
                answer = gdb.execute(command, to_string=True)
            except gdb.error as error:
                answer = str(error) if str(error).startswith('mempool: ') else f'ODD {error}'
            if answer.startswith('ODD') or 'makes no sense' in answer or not answer:
                print(f'ODD {command}: {answer} (after {was})')
        for at, old in reversed(was):
            gdb.selected_inferior().write_memory(at, old)
    print(f'{rounds} rounds')


main(int(gdb.convenience_variable('rounds')))
