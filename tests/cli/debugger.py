"""GDB's commands for pools, end to end, beside what the library says of the same pools (pool_walk,
its logs, its reports) and what mempool-viz shows of them; and the questions that they answer.

Pools that are smashed are debugger_smashed.py's.
"""
import os
import re

import harness
from debugging import (HELD, LIBRARY, POOLS, Session, answers, events, expect_answers, gdb_case,
                       session, stopped)
from harness import expect, expect_equal, expect_in, read, viz, write


# ---- against the library and the viewer

@gdb_case('info mempool lists the pools with what the program made them')
def _():
    rows = [line.split(None, 9) for line in session(False).live['info mempool'].splitlines()]
    expect_equal(rows[0], 'num capacity used free blocks policy align guards address name'.split())
    expect_equal([(row[0], row[1], *row[5:8]) for row in rows[1:]], [
        ('1', '1008', 'first', '16', '8'), ('2', '1000', 'best', '1', '3'),
        ('3', '9024', 'worst', '64', '100'), ('4', '4000', 'next', '16', 'off'),
        ('5', '40000', 'good', '8', 'off'), ('6', '1984', 'first', '32', 'off'),
        ('7', '5001216', 'first', '4096', 'off')])
    expect_equal([row[9] if len(row) > 9 else '' for row in rows[1:]],
                 ['net', 'bytes', 'coarse "64"', 'waiting', '', 'buffer', 'empty'])


@gdb_case('a snapshot is what the library writes when a log opens, line for line')
def _():
    for damage in (False, True):
        ran = session(damage)
        for i in POOLS:
            expect_equal(events(ran.path(f'live{i}.jsonl')), events(ran.path(f'w{i}.jsonl')))


@gdb_case('a dump is what mempool-viz dump prints of the snapshot')
def _():
    for damage in (False, True):
        ran = session(damage)
        for i in POOLS[:-1] if damage else POOLS:  # of the last one a log does not tell all
            expect_equal(ran.live[f'mempool dump {i}'].splitlines(),
                         viz('dump', ran.path(f'live{i}.jsonl')).text.strip('\n').splitlines())


@gdb_case('a map is the strip that mempool-viz draws')
def _():
    ran = session(False)
    for i in POOLS:
        screen = viz('step', ran.path(f'live{i}.jsonl'), '--batch', '-ex', 'screen').text
        drawn = re.search(r'^ map +\|.*\|', screen, re.M)[0]
        expect_equal(re.search(r'^ map +\|.*\|', ran.live[f'mempool map {i}'], re.M)[0], drawn)
        expect(len(drawn) == 80, f'80 columns, not {len(drawn)}')


@gdb_case('a list has the blocks that pool_walk visits')
def _():
    ran = session(False)
    for i in POOLS:
        listed = []
        for line in ran.live[f'mempool list {i} all'].splitlines()[2:]:
            words = line.split()
            used = {'f': '0', '#': '2' if words[2].endswith('q') else '1'}[words[2][0]]
            listed.append([str(i), str(int(words[0], 16)), words[1], used] +
                          ([words[2].strip('#q'), words[3]] if used != '0' else ['-1', '0']))
        walked = [[*row[:5], row[6]] for row in ran.walk if row[0] == str(i)]
        expect_equal(listed, walked)


@gdb_case('a list names the line that asked for a block, if it is known')
def _():
    ran = session(False)
    froms = {line.split()[2]: line.split()[6:] for line in
             ran.live['mempool list 1 all'].splitlines()[2:]}
    expect(re.fullmatch(r'.*pools\.c:\d+', froms['#0'][0]), f'a line of pools.c in {froms}')
    expect_equal(froms['#2'], [])
    expect('pools.c' not in ran.live['mempool list 6 all'], 'no line of a block that is gone')


@gdb_case('a check reports damage in the words of the library')
def _():
    found = session(True).live['mempool check'].splitlines()
    reports = [line for line in found if re.match('mempool: error|mempool:  ', line)]
    expect_equal(reports, [line.replace('the pool is destroyed', 'nothing was changed')
                           for line in session(True).reports])
    expect_equal(len(reports), 3 * 5 + 2 * 6)
    expect('  the guard of #3 beside it is damaged too' in '\n'.join(reports), 'both guards')
    expect_equal([line for line in found if 'looked at' in line][:4], [
        'pool 1 "net": 2 live blocks looked at: 2 violations',
        'pool 2 "bytes": 5 live blocks looked at: 2 violations',
        'pool 3 "coarse "64"": 3 live blocks looked at: no violation',
        'pool 4 "waiting": 8 live blocks looked at: 1 violation'])


@gdb_case('a pool in which nothing is wrong has no violation')
def _():
    for line in session(False).live['mempool check'].splitlines():
        expect(line.endswith('no violation'), f'no violation in {line}')


@gdb_case('a core file tells the same as the process')
def _():
    for damage in (False, True):
        ran = session(damage)
        for command in Session.COMMANDS:
            expect_equal(ran.core[command], ran.live[command])
        for i in POOLS:
            expect_equal(events(ran.path(f'core{i}.jsonl')), events(ran.path(f'live{i}.jsonl')))


@gdb_case('every verb reads a snapshot, and check believes it')
def _():
    ran = session(True)
    expect_in('7 pools', viz('check', ran.path('all.jsonl')).text)
    for i in POOLS:
        viz('check', ran.path(f'live{i}.jsonl'))
    one = ran.path('live1.jsonl')
    expect_in('#0', viz('show', one).text)
    expect_in('X guard damaged', viz('dump', one).text)
    viz('stats', one)
    viz('html', one, '-o', 'page.html')
    viz('diagram', one, '-o', 'picture.dot')
    viz('convert', one, '-o', 'log.mplog')
    expect_in('#0', viz('step', one, '--batch', '-ex', 'who #0').text)


# ---- questions

@gdb_case('whereis says what an address is part of, and how far in')
def _():
    questions = {
        'hello + 5': 'is byte 5 of the payload of #0 (13 bytes) in pool 1 "net", offset 0x0015',
        'hello + 14': 'is in the back guard of #0 (13 bytes) in pool 1 "net", offset 0x001e: '
                      '1 bytes past the end of the payload',
        'hello - 1': 'is in the front guard of #0 (13 bytes) in pool 1 "net", offset 0x000f: '
                     '1 bytes before the payload',
        'stale + 2': 'is byte 18 of the free block f1 (64 bytes) in pool 1 "net", offset 0x0042\n'
                     '  byte 2 of what was #1',
        'buffer': 'is byte 0 of the payload of #0 (4 bytes) in pool 6 "buffer", offset 0x0000',
        'buffer + 4': 'is in the padding of #0 (4 bytes) in pool 6 "buffer", offset 0x0004: '
                      '0 bytes past the end of the payload',
        'buffer + 1990': 'is in no pool that can be read',
        'main': 'is in no pool that can be read',
        'all[3]': 'is in the bookkeeping of pool 4 "waiting": byte 0 of the pool itself',
        'all[0]->slab_.records_ + 1': 'is in the bookkeeping of pool 1 "net": byte 16 of its slab',
        'all[0]->engine_.pages_.pages_': 'is in the bookkeeping of pool 1 "net": byte 0 of its '
                                         'bitmaps',
        '0': 'is in no pool that can be read',
        '0xdddddddddddddde5': 'poison: it was read from bytes that were given back',
        '0xabababababababab': 'guard bytes: it was read from outside of a payload'}
    expect_answers({f'mempool whereis {where}': what for where, what in questions.items()})


@gdb_case('block tells of a number, or of an address inside, and reports its damage')
def _():
    expect_answers({
        'mempool block 1 #0': (
            '#0 of pool 1 "net" lives: 48 bytes at offset 0x0000', 'payload: 13 bytes at 0x',
            'guards: 16 bytes in front, 19 behind: HIT back', 'allocated at ',
            "left: the region's edge\n  right: f1, 64 bytes",
            '2 of the 19 guard bytes behind the payload differ'),
        'mempool block net hello + 13': '#0 of pool 1 "net" lives',
        'mempool block 1 #1': '#1 of pool 1 "net" does not live any more',
        'mempool block 1 #99': '#99 of pool 1 "net" was never asked for: the next number is #3',
        'mempool block 1 main': 'is not in the region of pool 1',
        'mempool block 4 #1': '#1 of pool 4 "waiting" is freed, and waits in quarantine',
        'mempool block 1 2': "a block's number is written #3",
        'mempool block': 'usage',
        'mempool block "net" kept': '1 of the 16 guard bytes in front of the payload differs',
        'mempool whereis late': 'is byte 0 of #12q (64 bytes), freed and in quarantine, in pool 4',
    }, damage=True)


@gdb_case('a pool is named by number, name or expression, and what is none is refused')
def _():
    expect_answers({
        'mempool map net': 'pool 1 "net": 1008 B',
        'mempool map all[0]': 'pool 1 "net": 1008 B',
        'mempool map *all[0]': 'pool 1 "net": 1008 B',
        'mempool map "coarse \\"64\\""': 'pool 3 "coarse "64"": 9024 B',
        'mempool map': 'which pool? The process has 7',
        'mempool map 9': 'there is no pool 9; there are: pool 1 "net", ',
        'mempool map nobody': 'there is no pool "nobody"',
        'mempool map hello': 'is no pool, or a damaged one',
        'mempool map 0': 'there is no pool 0',
        'mempool map 1 2': 'usage: mempool map [POOL]',
        'mempool list 1 wrong': 'usage: mempool list',
        'mempool map *hello': 'there is no pool',
        'mempool map 77777777': 'there is no pool',
        'mempool map all': 'is no pool, or a damaged one',  # its first byte is that of a dead pool
        'mempool map $nothing': 'what has no value is no address; "info mempool" lists the pools',
        'mempool map \u00b2': 'there is no pool "\u00b2"'})


@gdb_case('a pool is found in what holds it, and one that was destroyed is told')
def _():
    told = answers([f'source {LIBRARY}-gdb.py', 'break pool_party', 'run', 'mempool check', 'up',
                    'mempool map pool', 'mempool map pointer', 'mempool map memory',
                    'mempool map &memory', 'mempool map unique', 'mempool map closed'], HELD)
    expect_equal(told[3].splitlines(), [f'pool {i}: 0 live blocks looked at: no violation'
                                        for i in (1, 2)])  # and no note: pool_party is not ours
    for answer in told[5:9]:
        expect_in('pool 1: 1008 B', answer)
    expect_in('pool 2: 2000 B', told[9])
    expect_in(' was destroyed', told[10])


@gdb_case('the only pool there is need not be named, and among several one must be')
def _():
    told = answers(['break pool_create', 'ignore 1 1', 'run', 'mempool map', 'mempool list',
                    'mempool list free', 'mempool list free all', 'mempool list all',
                    'mempool list used', 'mempool dump #0', 'mempool block #0'], HELD)[3:]
    expect_in('pool 1: 1008 B', told[0])
    expect_in('f1', told[1])
    for answer in told[2:5]:
        expect_equal(answer, told[1])
    expect('f1' not in told[5], 'no block is used')
    for answer in told[6:]:
        expect_in('#0 of pool 1 was never asked for', answer)
    for answer in stopped('mempool list used', 'mempool list all', 'mempool dump #0'):
        expect_in('which pool? The process has 7', answer)


@gdb_case('who is given too much or too little says how it is used')
def _():
    expect_answers({
        'info mempool 1': 'usage: info mempool',
        'mempool nothing 1': 'there is no "mempool nothing"; "help mempool" has what there is',
        'mempool dump #1 1 2': 'usage: mempool dump [',
        'mempool dump 1 #0 1': 'usage: mempool dump [',
        'print $mempool_payload(1)': 'usage: $mempool_payload(POOL, N)',
        'print $mempool_pool()': 'usage: $mempool_pool(NUMBER or NAME)',
        'mempool snapshot ""': 'usage: mempool snapshot FILE',
        'print $mempool_pool("\\377")': 'there is no pool "',
        'mempool block 1 #\u00b2': 'is no number of a block'})


@gdb_case('a program in another language has its pools looked at, and keeps its language')
def _():
    for language in ('ada', 'fortran', 'pascal', 'rust'):
        expect_answers({
            f'set language {language}': '',
            'mempool map net': 'pool 1 "net": 1008 B',
            'mempool whereis hello': 'is byte 0 of the payload of #0',
            'print $mempool_blocks(1)': '= 2',
            'show language': f'is "{language}"'})


@gdb_case('nothing is called in the process, whatever is typed')
def _():
    told = stopped('mempool whereis "text"', 'mempool map pool_create(8)',
                   'print $mempool_number("text")', 'show may-call-functions', 'info mempool')
    expect_in('is not in the memory of the process', told[0])
    expect_in('pool_create(8) calls the process, which these commands never do', told[1])
    expect_in('is not in the memory of the process', told[2])
    expect_in('is on', told[3])
    expect_equal(len(told[4].splitlines()), 8)


@gdb_case('a dump can be of one block or of a part')
def _():
    told = stopped('mempool dump 1 #2', 'mempool dump 1 0x80 10', 'mempool dump 1 kept 1',
                   'mempool dump 1 5000', 'mempool dump 1 #1')
    offsets = [re.findall(r'^data +(0x\w+)', answer, re.M) for answer in told]
    expect_equal(offsets[:3], [['0x0040', '0x0080', '0x00C0'], ['0x0080'], ['0x0080']])
    expect('used  #0' not in told[0], 'no lists')
    expect_in('is behind its end', told[3])
    expect_in('does not live', told[4])


@gdb_case('functions serve expressions, and a pool prints as a line')
def _():
    told = stopped('print *all[0]', 'print $mempool_number(kept + 3)',
                   'print $mempool_number(stale)',
                   'print $mempool_payload("net", 0) == hello', 'print $mempool_payload(1, 1)',
                   'print $mempool_blocks(all[4])', 'print $mempool_pool(2) == all[1]',
                   'print $mempool_pool("nobody")', 'print *(MemoryPool *)main')
    expect_equal(told[0].split(' = ')[1], 'pool 1 "net": 1008 bytes, 832 free, 2 live blocks with '
                                          '113 bytes, first fit')
    expect_equal([answer.split(' = ')[1] for answer in told[1:7]],
                 ['2', '-1', '1', '0x0', '101', '1'])
    expect_in('there is no pool', told[7])
    expect_in('is no pool, or a damaged one', told[8])


@gdb_case('help tells each command, its units and an example, in 79 columns')
def _():
    verbs = ('map', 'list', 'dump', 'block', 'whereis', 'check', 'snapshot')
    told = answers(['set height 0', 'help mempool', 'help info mempool',
                    *(f'help mempool {verb}' for verb in verbs)],
                   '-iex', f'source {LIBRARY}-gdb.py')[1:]
    for answer in told:
        expect_in('Example', answer)
        expect(max(map(len, answer.splitlines())) <= 79, f'at most 79 columns:\n{answer}')
    for answer in told[:-1]:
        expect_in('bytes', answer)
    for verb in verbs:
        expect_in(f'mempool {verb} -- ', told[0])


@gdb_case('a snapshot is written whole or not at all')
def _():
    write('kept.jsonl', 'kept')
    os.mkdir('folder')
    os.symlink('kept.jsonl', 'link')
    os.mkfifo('pipe')
    reader = os.open('pipe', os.O_RDONLY | os.O_NONBLOCK)
    told = stopped('mempool snapshot nowhere/x.jsonl', 'mempool snapshot x.mplog',
                   'mempool snapshot kept.jsonl 99', 'mempool snapshot', 'mempool snapshot kept 1',
                   'mempool snapshot folder 1', 'shell cp kept.jsonl was',
                   'mempool snapshot link 2', 'mempool snapshot pipe 1')
    expect_in('nowhere/x.jsonl cannot be written: No such file', told[0])
    expect_in('mempool-viz convert', told[1])
    expect_in('there is no pool 99', told[2])
    expect_in('usage: mempool snapshot FILE [POOL]', told[3])
    expect_equal(read('was'), b'kept')
    expect_in('Wrote pool 1 "net" to kept: ', told[4])
    expect_in('folder cannot be written: Is a directory', told[5])
    expect(os.path.islink('link'), 'a link stays one')
    expect_in(b'"name":"bytes"', read('kept.jsonl'))
    expect_equal(os.read(reader, 1 << 16), read('kept'))  # a pipe, or a device, stays what it is
    os.close(reader)
    expect_equal(sorted(os.listdir()), ['err.txt', 'folder', 'kept', 'kept.jsonl', 'link',
                                        'out.txt', 'pipe', 'was'])


if __name__ == '__main__':
    harness.run()
