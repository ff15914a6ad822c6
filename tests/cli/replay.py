"""mempool-viz replay and check, end to end: what a run says, and what its log holds. How lists and
traces are read in detail is in the specs (workload_spec.cpp)."""
import gzip
import json
import os

import harness
from harness import OPS, POOL, case, expect, expect_equal, expect_in, log, read, viz, write

TRACE = '20000\n3\n7\n1\na 0 512\na 1 128\nr 0 640\na 2 16\nf 1\nf -1\nf 0\n'


def events(name):
    return [json.loads(line) for line in read(name).splitlines()[1:]]


@case('an op list gives the offsets that can be worked out on paper')
def offsets():
    log()
    found = [event['offset'] for event in events('run.jsonl') if event['event'] == 'alloc']
    expect_equal(found, [0, 100, 300, 600, 100])


@case('the summary says what became of the operations')
def summary():
    text = viz('replay', '--ops', '+100,-0,-0,+5000,-1,+7', *POOL).text
    for line in ('trace      op list: 6 operations\n', 'capacity   1000 bytes: as asked for\n',
                 'pool       alignment 1, first fit, no guards\n', 'executed   5 operations\n',
                 'skipped    1: their allocation had failed\n', 'allocs     2\n',
                 'failures   1 (1 too_large), first at call 4\n', 'frees      1\n',
                 'misuse     1\n', 'peak       100 payload bytes, first at call 1\n',
                 'at the end 1 block live (7 bytes)\n'):
        expect_in(line, text)


@case('a trace is replayed, plain, compressed or from standard input')
def traces():
    write('plain.rep', TRACE)
    write('packed', gzip.compress(TRACE.encode()))
    logs = []
    for number, source in enumerate(('plain.rep', 'packed', '-')):
        ran = viz('replay', source, '-o', f'{number}.jsonl', stdin=TRACE.encode())
        expect_in('skipped    1 frees of NULL, which are no calls\n', ran.text)
        expect_in('capacity   20000 bytes: the heap size that the trace suggests\n', ran.text)
        logs.append(read(f'{number}.jsonl'))
    expect(logs[0] == logs[1] == logs[2], 'three times the same log')


@case('the same operations give the same log, byte by byte, whatever the environment says')
def same():
    first = read(log('first.jsonl'))
    viz('replay', '--ops', OPS, *POOL, '-o', 'second.jsonl', MEMPOOL_OPTIONS='align=64,guards=8',
        MEMPOOL_LOG='other.jsonl')
    expect_equal(read('second.jsonl'), first)
    expect(not os.path.exists('other.jsonl'), 'no log that the environment asks for')
    expect_in(b'"base":"0x0"', first)


@case('misuse is in the log and the summary, and nothing is reported on stderr')
def quiet():
    ran = viz('replay', '--ops', '+10,!0:10*3=88,-0,-0', '--guards', '8', '-o', 'run.jsonl')
    expect_in('misuse     2\n', ran.text)
    expect_equal(ran.err, '')
    kinds = [event['event'] for event in events('run.jsonl')]
    expect('misuse' in kinds and 'note' in kinds, 'both events')


@case('a log that is kept is told with its size, and it holds what a check wants')
def checked():
    ran = viz('replay', '--ops', '+100,+200,-0,~1:50,?,@half,-1', '--guards', '8', '-o', 'a.jsonl')
    expect_in(f'a.jsonl: {len(events("a.jsonl")) - 1} events, {len(read("a.jsonl"))} bytes\n',
              ran.text)
    expect_equal(viz('check', 'a.jsonl').text,
                 f'ok: {len(events("a.jsonl"))} events, 9 calls, 1 pool; '
                 'at the end 0 blocks (0 bytes) live\n')


@case('leaks do not fail a check, and it reads standard input and op lists too')
def leaks():
    expected = 'ok: 17 events, 8 calls, 1 pool; at the end 4 blocks (850 bytes) live\n'
    expect_equal(viz('check', log()).text, expected)
    expect_equal(viz('check', '-', stdin=read('run.jsonl')).text, expected)
    expect_equal(viz('check', '--ops', OPS, *POOL).text, expected)


@case('a check names the first rule that does not hold, and its line')
def broken():
    lines = read(log()).splitlines(keepends=True)
    write('gap.jsonl', b''.join(lines[:4] + lines[5:]))
    ran = viz('check', 'gap.jsonl', status=1)
    expect_in('gap.jsonl: line 5 ', ran.err)
    expect_equal(ran.out, b'')
    moved = read('run.jsonl').replace(b'"offset":600,"size":400', b'"offset":500,"size":400')
    write('moved.jsonl', moved)
    expect_in('moved.jsonl: line 9 ', viz('check', 'moved.jsonl', status=1).err)


@case('every policy serves the same request in another place, and a check holds each to its own')
def policies():
    ops = '+1500,+200,+1020,+200,+1004,+200,+2500,+200,-0,-2,-4,-6,+1000'
    places = {'first': 0, 'next': 6824, 'best': 2920, 'worst': 4124, 'good': 1700}
    for policy, place in places.items():
        pool = ('--capacity', '8000', '--align', '1', '--policy', policy)
        expect_in(f', {policy} fit,', viz('replay', '--ops', ops, *pool, '-o', 'run.jsonl').text)
        expect_equal([event['offset'] for event in events('run.jsonl')
                      if event['event'] == 'alloc'][-1], place)
        viz('check', 'run.jsonl')
        expect_in(f'pool_alloc(1000) → #8 at {place}\n', viz(ops, *pool, '--step', '13').text)
        for other in places.keys() - {policy}:
            write('other.jsonl', read('run.jsonl').replace(policy.encode(), other.encode(), 1))
            expect_in(f'R7 placement: {other} fit', viz('check', 'other.jsonl', status=1).err)


@case('a log that is cut is checked as far as it goes, and one that is damaged is bad')
def damaged():
    whole = read(log())
    write('cut.jsonl', whole[:700])
    ran = viz('check', 'cut.jsonl')
    expect_in('cut.jsonl: cut after event 6', ran.err)
    expect_in('ok: 6 events', ran.text)
    lines = whole.splitlines(keepends=True)
    write('damaged.jsonl', b''.join(lines[:-1]) + b'{"seq":\n' + lines[-1])
    expect_in('damaged.jsonl: line 18: ', viz('check', 'damaged.jsonl', status=1).err)


if __name__ == '__main__':
    harness.run()
