"""The facts of the lessons in docs/lessons, computed: where blocks lie, what fails, who notices.
If one of them changes, the lesson's text is wrong."""
import json

import harness
from harness import case, expect, expect_equal, expect_in, log, read, viz

LESSON = {
    2: ('+1,+16,+17,+100,-2,+30,+64,+10', 256, 16),
    3: ('+40,+10,+30,+10,-0,-2,+25,+12', 100, 1),
    4: ('+20,+20,+20,+20,+20,-1,-3,-0,-2,-4', 100, 1),
    5: ('+30,+20,+40,+50,+20,+10,+30,-0,-2,-4,-6,+100', 200, 1),
}


def events(ops, capacity, align, *more):
    log(ops=ops, pool=['--capacity', capacity, '--align', align, *more])
    return [json.loads(line) for line in read('run.jsonl').splitlines()[1:]]


def offsets(*lesson):
    """Where each allocation lies, in order of attempt; None if it failed."""
    return [event.get('offset') for event in events(*lesson)
            if event['event'] in ('alloc', 'alloc_fail')]


def says(ops, capacity, *more, step=None):
    moment = [] if step is None else ['--step', step]
    return ' '.join(viz('show', '--ops', ops, '--capacity', capacity, '--align', 1, *more,
                        *moment).text.split())


@case('lesson 1: at 0, 30, 50, 60; the fourth fits exactly, the fifth fails with nothing free')
def one():
    told = events('+30,+20,+10,+40,+1', 100, 1)
    expect_equal([e['offset'] for e in told if e['event'] == 'alloc'], [0, 30, 50, 60])
    expect_equal([e['call'] for e in told if e['event'] == 'split'], [1, 2, 3])
    expect_equal([e['free'] for e in told if e['event'] == 'alloc_fail'], [0])


@case('lesson 2: at 0, 16, 32, 64, 32, 176, 240; 221 bytes are asked of 256')
def two():
    expect_equal(offsets(*LESSON[2]), [0, 16, 32, 64, 32, 176, 240])
    live = says('+1,+16,+17,+100,-2,+30,+64,+10', 256, '--align', 16)
    expect_in('payload 221', live)
    eight = offsets(LESSON[2][0], 256, 8)
    expect_equal((eight[4], eight[6]), (152, 24))


@case('lesson 3: first fit takes 0, then 25; best fit 50, then 0')
def three():
    expect_equal(offsets(*LESSON[3])[-2:], [0, 25])
    expect_equal(offsets(*LESSON[3], '--policy', 'best')[-2:], [50, 0])
    for size, first, best in ((28, True, True), (29, True, False), (30, True, False),
                              (31, False, False)):
        for policy, fits in (('first', first), ('best', best)):
            more = offsets(LESSON[3][0] + f',+{size}', 100, 1, '--policy', policy)
            expect_equal(more[-1] is not None, fits)


@case('lesson 4: free blocks after each free are 1, 2, 2, 1, 1')
def four():
    found = []
    for step in range(6, 11):
        text = viz('show', '--ops', LESSON[4][0], '--capacity', 100, '--align', 1, '--step',
                   step).text
        found.append(int(text.split('free list')[1].split('block')[0].split()[-1]))
    expect_equal(found, [1, 2, 2, 1, 1])


@case('lesson 5: 120 bytes are free, the largest 40; only freeing #3 saves the request')
def five():
    told = events(*LESSON[5])
    failed = [e for e in told if e['event'] == 'alloc_fail']
    expect_equal([(e['free'], e['largest']) for e in failed], [(120, 40)])
    ops = LESSON[5][0].split(',')
    for number in (1, 3, 5):
        saved = offsets(','.join(ops[:-1] + [f'-{number}', ops[-1]]), 200, 1)[-1] is not None
        expect_equal(saved, number == 3)
    expect_in('1 - 40/120 = 67 %', says(LESSON[5][0], 200))


@case('lesson 6: A is served by first and worst, B by best and next, C by worst and next')
def six():
    lists = {'+30,+30,-0,+10,+20,+20': {'first', 'worst'}, '+20,+50,-0,+10,+20': {'best', 'next'},
             '+20,+10,-0,+10,+40,+20': {'worst', 'next'}}
    for ops, who in lists.items():
        served = {policy for policy in ('first', 'next', 'best', 'worst')
                  if None not in offsets(ops, 80, 1, '--policy', policy)}
        expect_equal(served, who)


@case('lesson 7: found at -0; found at -1, in the front guard of #1; never')
def seven():
    for at, call, side in ((24, 4, 'back'), (32, 5, 'front'), (40, None, None)):
        told = events(f'+24,+24,!0:{at}=88,-0,-1', 256, 1, '--guards', 8)
        found = [(e['call'], e['side']) for e in told
                 if e['event'] == 'guard_check' and e['damaged']]
        expect_equal(found, [] if call is None else [(call, side)])
    for guards, found in ((16, False), (17, True)):
        told = events('+24,+24,!0:40=88,-0', 256, 1, '--guards', guards)
        expect_equal(any(e['event'] == 'guard_check' and e['damaged'] and e['block'] == 0
                         for e in told), found)


@case('lesson 8: offsets 0, 32, 0, then 0; a stale free is caught before reuse and not after it')
def eight():
    expect_equal(offsets('+32,+32,-0,+32,-2,+16', 96, 1), [0, 32, 0, 0])

    def misuses(ops, *more):
        return [e['kind'] for e in events(ops, 96, 1, *more) if e['event'] == 'misuse']
    expect_equal(misuses('+32,+32,-0,-0'), ['double_free'])
    expect_equal(misuses('+32,+32,-0,+32,-0'), [])
    expect_equal(misuses('+32,+32,-0,+16,-0'), [])
    expect_equal(misuses('+32,+32,-0,+32,-0', '--quarantine', 64), ['double_free'])


@case('lesson 9: #1 leaks 20 bytes')
def nine():
    told = events('+10,+20,+30,-0,-2', 64, 1)
    expect_equal([(e['block'], e['requested']) for e in told if e['event'] == 'leak'], [(1, 20)])


@case('lesson 10: 80 at 0 and 20 at 80; right-only coalescing shows in five calls')
def ten():
    expect_equal(offsets('+20,+20,+20,+20,+20,-1,-3,-0,-2,+80,-4,+20', 100, 1)[-2:], [0, 80])
    expect_equal(offsets('+1,+1,-0,-1,+2', 2, 1), [0, 1, 0])


if __name__ == '__main__':
    harness.run()
