"""The index of a long log, end to end: it appears, it is used, it changes nothing that is seen, and
whatever is wrong with it is as if there were none. How it is written is tested in the specs."""
import os

import harness
from harness import case, expect, expect_equal, read, viz, write

LATE = ['--step', '190000']


def environment():
    """A home of the case's own: no index may reach the user's cache folder."""
    return {'HOME': os.path.abspath('home'), 'XDG_CACHE_HOME': ''}


def look(*arguments, status=0, **env):
    return viz(*arguments, status=status, **{**environment(), **env})


def long_log():
    """Writes a log of more events than lie between two keyframes, and returns its name."""
    blocks = 100000
    operations = []
    for number in range(blocks):
        operations.append(f'a {number} {16 + number * 7 % 90}')
        if number % 2:
            operations.append(f'f {number - 1}')
    for number in range(1, blocks, 2):
        operations.append(f'f {number}')
    header = ['1000000', str(blocks), str(len(operations)), '1']
    write('run.rep', '\n'.join(header + operations) + '\n')
    viz('replay', 'run.rep', '-o', 'run.jsonl')
    return 'run.jsonl'


def times(name):
    facts = os.stat(name)
    return facts.st_atime_ns, facts.st_mtime_ns


def damage_early(name):
    """Makes nonsense of an early line. The log's size and its time stay as they were."""
    then = times(name)
    with open(name, 'r+b') as file:
        file.seek(1 << 20)
        file.write(b'#' * 20)
    os.utime(name, ns=then)


@case('a long log gets an index; what is shown is the same without it, while it is made, and by it')
def same_views():
    log = long_log()
    moments = [['--step', '3'], LATE, ['--seq', '300000'], []]
    os.mkdir('run.jsonl.idx')  # now there is no place for it
    without = [look('show', log, *moment, HOME='').out for moment in moments]
    os.rmdir('run.jsonl.idx')
    for verb in ('show', 'diagram', 'dump'):
        expect_equal(look(verb, log, *LATE).out, look(verb, log, *LATE).out)
    expect(os.path.getsize('run.jsonl.idx') > 1000, 'an index')
    expect(not os.path.exists('home'), 'nothing in the home folder')
    expect_equal([look('show', log, *moment).out for moment in moments], without)


@case('by an index, what lies before its keyframe is not read again')
def used():
    log = long_log()
    whole = look('show', log, *LATE)
    damage_early(log)
    by_index = look('show', log, *LATE)
    expect_equal((by_index.out, by_index.err), (whole.out, whole.err))
    os.remove('run.jsonl.idx')
    expect('is skipped' in look('show', log, *LATE, status=1).err, 'the damage is seen')


@case('an index is not used for a log that has changed since')
def stale():
    log = long_log()
    look('show', log, *LATE)
    old = read('run.jsonl.idx')
    damage_early(log)
    os.utime(log)
    expect('is skipped' in look('show', log, *LATE, status=1).err, 'the damage is seen')
    expect(read('run.jsonl.idx') != old, 'a new index')


@case('a torn, rotten or foreign index is as none')
def useless():
    log = long_log()
    seen = look('show', log, *LATE).out
    good = read('run.jsonl.idx')
    rotten = bytearray(good)
    for at in range(100, len(rotten), 997):
        rotten[at] ^= 1
    for useless_index in (good[:-1], good[:500], bytes(rotten), b''):
        write('run.jsonl.idx', useless_index)
        expect_equal(look('show', log, *LATE).out, seen)
    write('run.jsonl.idx', 'my notes on this run\n')
    expect_equal(look('show', log, *LATE).out, seen)
    expect_equal(read('run.jsonl.idx'), b'my notes on this run\n')
    expect_equal(len(os.listdir('home/.cache/mempool')), 1)


@case('what is said of a damaged and cut log is the same by an index')
def same_messages():
    log = long_log()
    os.truncate(log, os.path.getsize(log) - 70)
    damage_early(log)
    first = look('show', log, status=1)
    expect('cut after event' in first.err and 'is skipped' in first.err, 'damage and the cut')
    again = look('show', log, status=1)
    os.remove('run.jsonl.idx')
    os.mkdir('run.jsonl.idx')
    without = look('show', log, status=1, HOME='')
    expect_equal((again.out, again.err), (first.out, first.err))
    expect_equal((without.out, without.err), (first.out, first.err))
    for moment in (['--step', '999999'], ['--pool', '5']):
        expect_equal(look('show', log, *moment, status=1).err,
                     look('show', log, *moment, status=1, HOME='').err)


@case('short logs, standard input and op lists get no index')
def no_index():
    log = harness.log()
    look('show', log)
    with open(long_log(), 'rb') as file:
        look('show', '-', stdin=file.read())
    look('show', '--ops', harness.OPS, *harness.POOL)
    expect_equal(sorted(os.listdir()), ['run.jsonl', 'run.rep'])


if __name__ == '__main__':
    harness.run()
