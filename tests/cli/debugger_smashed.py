"""GDB's commands where things are wrong: bookkeeping that is smashed, a list of pools that leads
nowhere, a process in the middle of a call, no process, no debug information.

Whatever it is, each command answers in a sentence, and soon. The corruption is done by GDB itself.
"""
import os
import re
import shutil
import subprocess

import harness
from debugging import HELD, LIBRARY, PROGRAM, answers, gdb_case, stopped
from harness import expect, expect_equal, expect_in

# What is smashed, and a sentence that mempool check says then. `net` is pool 1 from within.
SMASHED = (
    ('net->engine_.wild_ = 70', 'the block has no end in the region (I1 tiles)'),
    ('net->engine_.wild_ = 4000000000', 'is no pool, or a damaged one: its last free block'),
    ('net->engine_.free_ = 7', 'the counters differ from a recount: free bytes 112, recounted 832'),
    ('net->live_blocks_ = 5', 'used blocks 5, recounted 2 (I5 sums)'),
    ('net->live_bytes_ = 1', 'live bytes 1, recounted 113 (I5 sums)'),
    ('net->capacity_ = -16', 'its capacity is 18446744073709551600 in one place and 1008'),
    ('net->region_ = 0x414141410000', 'the bytes of 2 blocks of pool 1 "net" cannot be read'),
    ('net->shift_ = 60', 'its alignment is 16 and its shift 60'),
    ('net->settings_.policy = 99', 'its policy is number 99'),
    ('net->engine_.pages_.pages_ = 0', 'its bitmaps lie outside of its bookkeeping'),
    ('net->engine_.pages_.pages_[1].start = 0', 'the block has no end in the region (I1 tiles)'),
    ('net->engine_.pages_.pages_[1].start = -1', 'the used block has not one record (I3 records)'),
    ('net->engine_.pages_.pages_[1].free = 0', 'the used block has not one record (I3 records)'),
    ('net->engine_.pages_.pages_[1].free = -1', 'the block and its right neighbour are both free'),
    ('net->engine_.pages_.pages_[1].slots[1] = 9', 'the index has another size for the free block'),
    ('net->engine_.pages_.pages_[1].heads[0] = 0', 'there are 0 records, and 2 used blocks'),
    ('net->engine_.pages_.pages_[1].heads[3] = 1', 'there are 3 records, and 2 used blocks'),
    ('net->slab_.records_ = 0x4141414141414141', 'the memory at 0x41414141414141'),
    ('net->slab_.records_[0].next = 1', 'a chain of records has no end (I3 records)'),
    ('net->slab_.records_[0].next = 77777', 'leads to record 77777 of 64 (I3 records)'),
    ('net->slab_.records_[0].guard = 4000', 'the record does not fit its block: number 0, guard'),
    ('net->slab_.records_[0].number = 1000', 'the record does not fit its block: number 1000'),
    ('net->slab_.records_[0].slack = 9000', 'the record does not fit its block'),
)


@gdb_case('bookkeeping that is smashed is told in a sentence, by every command')
def _():
    commands = ['set var $net = all[0]']
    for change, _ in SMASHED:
        place, value = change.replace('net->', '$net->').split(' = ')
        if value.startswith('0x') or place.endswith('pages_'):
            value = f'(void *){value}'
        commands += [f'set var $kept = {place}', f'set var {place} = {value}', 'mempool check',
                     'mempool list all[0]', 'mempool dump all[0]', 'mempool map all[0]',
                     'mempool whereis hello', 'mempool snapshot lost.jsonl all[0]', 'print *$net',
                     f'set var {place} = $kept']
    told = stopped(*commands, 'mempool check all[0]')
    for i, (change, wanted) in enumerate(SMASHED):
        expect_in(wanted, told[1 + 10 * i + 2])
        for answer in told[1 + 10 * i + 3:1 + 10 * i + 9]:
            expect(answer.strip(), f'an answer to each command after {change}')
        if re.search(r'I[123] ', told[1 + 10 * i + 2]):
            expect_in('it is left out\nmempool: there is no pool that could be written',
                      told[1 + 10 * i + 7])
    expect_in('no violation', told[-1])


@gdb_case('whatever is written into the bookkeeping, each answer is a sentence')
def _():
    smash = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../gdb/smash.py')
    told = stopped('set var $rounds = 60', f'source {smash}', 'mempool check')
    expect_equal(told[1], '60 rounds')
    expect(told[2].count('no violation') == 7, 'all is as it was')


@gdb_case('bitmaps that are all rubbish are given up on')
def _():
    starts = [f'all[1]->engine_.pages_.pages_[{page}].start' for page in range(1, 4)]
    told = stopped(*(f'set var {start} = -1' for start in starts), 'mempool check 2',
                   'mempool map 2', 'mempool list 2', 'mempool whereis all[1]->region_ + 900')[3:]
    expect_in(' blocks and ', told[0])
    expect_in('the rest is not looked at (I1 tiles)', told[0])
    for answer in told[1:3]:
        expect_in('the bookkeeping of pool 2 "bytes" is broken', answer)
    expect_in(' map  |', told[1])
    expect_in('its bookkeeping is broken there', told[3])


@gdb_case('a list of pools that is damaged is told, and ends')
def _():
    told = stopped('set var $older = all[2]->older', 'set var all[2]->older = all[5]',
                   'info mempool', 'mempool check',
                   'set var all[2]->older = (void *)0x41414141', 'info mempool',
                   'mempool whereis hello', 'mempool map 1', 'mempool map all[0]',
                   'set var all[2]->older = (void *)main', 'info mempool',
                   'mempool snapshot x.jsonl', 'set var all[2]->older = $older', 'mempool check',
                   'set var all[2]->older = all[5]', 'mempool check', 'print $mempool_violations',
                   'mempool check 99', 'print $mempool_violations')
    expect_in('the list of pools is damaged: it comes back to 0x', told[2])
    expect_in('coarse', told[2])
    expect_in('is damaged', told[3])
    expect_in('it leads to 0x41414141, which cannot be read', told[5])
    expect_in('in no pool that can be read (the list of pools is damaged', told[6])
    expect_in('there is no pool 1', told[7])
    expect_in('pool 1 "net": 1008 B', told[8])
    expect_in('is no pool, or a damaged one', told[10])
    expect_in('Wrote pool 3', told[11])
    expect_in('pool 1 "net": 2 live blocks looked at: no violation', told[13])
    expect_in(' = 1', told[16])   # a script that asks for it sees that not all is well
    expect_in(' = void', told[18])


@gdb_case('inside a call of the library it says that things may be half done')
def _():
    told = stopped('break mempool::Pool::dump', 'continue', 'mempool check 1', 'info mempool')
    expect_in('note: thread 1 is inside pool_dump: what is shown may be half done', told[2])
    told = answers([f'source {LIBRARY}-gdb.py', 'run 2> err.txt', 'backtrace', 'mempool check'],
                   HELD)
    expect_in('mempool::allocator<char>::allocate', told[2])  # of the program's, from mempool.hpp
    expect('note' not in told[3], f'no note in {told[3]}')


@gdb_case('without a process, without pools, or without debug information it says so')
def _():
    script = f'source {LIBRARY}-gdb.py'
    expect_in('there is no process', answers([script, 'info mempool'], PROGRAM)[1])
    told = answers([script, 'break main', 'run', 'info mempool', 'mempool check', 'mempool map',
                    'mempool snapshot x.jsonl'], PROGRAM)
    expect_equal(told[3:5], ['There are no pools.', 'There are no pools.'])
    expect_in('the process has no pool', told[5])
    expect_in('no file is made', told[6])
    expect(not os.path.exists('x.jsonl'), 'no file')
    expect_in('there is no Mempool in this process',
              answers([script, 'break _exit', 'run', 'info mempool'], shutil.which('true'))[3])
    bare = os.path.abspath(os.path.basename(LIBRARY))
    subprocess.run(['strip', '-g', '-o', bare, LIBRARY], check=True)
    os.symlink(bare, re.sub(r'(\.so\.\d+).*', r'\1', bare))
    shutil.copy(f'{LIBRARY}-gdb.py', f'{bare}-gdb.py')
    told = stopped('info mempool', 'mempool map 1', 'print $mempool_number(hello)', library=bare)
    for answer in told:
        expect_in('libmempool was built without debug information', answer)


if __name__ == '__main__':
    harness.run()
