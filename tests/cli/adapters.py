"""What docs/adapters says of the programs in a pool, looked for in their logs. If one of these
changes, because a library has, the page's text is wrong.

    adapters.py MEMPOOL_VIZ WORDS SQLITE LUA      '-' for a program that was not built
"""
import json
import os
import subprocess
import sys

import harness
from harness import case, expect, expect_equal, read, viz

PROGRAMS = {name: path if path == '-' else os.path.abspath(path)
            for name, path in zip(('words', 'sqlite', 'lua'), sys.argv[2:])}
BASE = {'MEMPOOL_OPTIONS': 'debug=off'}


def built(name):
    return lambda: PROGRAMS[name] != '-'


def moment(name):
    """The events of the log that the program writes itself."""
    subprocess.run([PROGRAMS[name], 'log.jsonl'], env=harness.environment(**BASE), check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    return [json.loads(line) for line in read('log.jsonl').splitlines()[1:]]


def whole(name):
    """The log of all that the program does."""
    subprocess.run([PROGRAMS[name]], env=harness.environment(MEMPOOL_LOG='all.mplog', **BASE),
                   check=True, stdout=subprocess.DEVNULL, timeout=60)
    return 'all.mplog'


def only(events, kind):
    return [event for event in events if event['event'] == kind]


@case('words: an index is a block for each node and list, or a few through a monotonic resource')
def index():
    events = moment('words')
    live = [event['live_blocks'] for event in only(events, 'reset')]
    expect(live[0] > 70, f'more than seventy blocks when the first request ends, not {live[0]}')
    expect_equal(live[1], 0)  # the monotonic resource has given its blocks back
    notes = [event['call'] for event in only(events, 'note')]
    resets = [event['call'] for event in only(events, 'reset')]
    few = [event for event in only(events, 'alloc') if resets[0] < event['call'] < notes[1]]
    expect(1 < len(few) < 6, f'a few blocks, not {len(few)}')
    sizes = [event['requested'] for event in few]
    expect_equal(sizes, sorted(sizes))


@case('words: what requests leave behind is not freed, it is gone with a reset')
def resets():
    events = moment('words')
    expect_equal(len(only(events, 'reset')), 4)
    expect(len(only(events, 'free')) < len(only(events, 'alloc')) / 4, 'few blocks are freed')
    expect_equal([event['reason'] for event in only(events, 'alloc_fail')], ['full'])


@case('sqlite: the refusal is for want of a large block, with several times as much free',
      built('sqlite'), 'sqlite3 is not installed')
def refusal():
    events = moment('sqlite')
    fail = only(events, 'alloc_fail')[0]
    expect_equal(fail['reason'], 'fragmented')
    expect(fail['free'] > 2 * fail['needed'], f'enough is free: {fail}')
    expect_equal(only(events, 'alloc_fail'), [fail])
    expect(len(events) < 2000, 'the log is of the moment')


@case('sqlite: best and good fit need least, next and worst fit a quarter of a region more',
      built('sqlite'), 'sqlite3 is not installed')
def policies():
    table = viz('compare', whole('sqlite'), '--policies', 'first,next,best,worst,good').text
    rows = table.split('fails:')[0].splitlines()[3:8]  # a line a policy, under the title
    needs = {row[0]: int(row[3]) for row in map(str.split, rows)}
    region = 512 * 1024
    expect(max(needs['best'], needs['good']) < 1.05 * region, f'best and good are close: {needs}')
    expect(min(needs['next'], needs['worst']) > 1.25 * region, f'next and worst are not: {needs}')


@case('lua: the first refusal finds the pool full, the last one finds it in pieces',
      built('lua'), 'lua5.4 is not installed')
def garbage():
    events = moment('lua')
    fails = only(events, 'alloc_fail')
    expect_equal((fails[0]['reason'], fails[-1]['reason']), ('full', 'fragmented'))
    expect(fails[0]['free'] < 49152 / 20, 'next to nothing is free at first')
    expect(fails[-1]['free'] > fails[-1]['needed'], 'in the end there are enough bytes')
    expect(fails[-1]['largest'] < fails[-1]['needed'] / 2, 'and no free block is nearly as large')
    between = [event for event in only(events, 'free')
               if fails[0]['call'] < event['call'] < fails[-1]['call']]
    expect(len(between) > 50, f'garbage is collected in between: {len(between)} blocks')


@case('lua: of four pools three refuse, and the one between is saved by collections',
      built('lua'), 'lua5.4 is not installed')
def sizes():
    log = whole('lua')
    failures = [int(viz('stats', log, '--pool', number).text.split('failures')[1].split()[0]
                    .rstrip(':')) for number in (1, 2, 3, 4)]
    expect(failures[0] > 0 and failures[2] > 0, f'the first and the third refuse: {failures}')
    expect(failures[1] > 1 and failures[3] == 0, f'the second for good, the last not: {failures}')


if __name__ == '__main__':
    harness.run()
