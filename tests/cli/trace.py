"""mempool-viz convert to .trace.json, end to end: the file is read by Python's own json and held
against the log that it was made of. The viewers are not run here; the structure that they want is
checked: known phases, no slices that overlap on a row, counters in the order of time.
"""
import json
import os
import subprocess

import harness
from harness import (case, environment, expect, expect_equal, expect_in, log, read, refused, tool,
                     viz, write)


def trace(*arguments, status=0, name='run.jsonl', **env):
    """Converts and returns the trace, checked, and what was said on stderr."""
    ran = viz('convert', name, '-o', 'out.trace.json', *arguments, status=status, **env)
    made = json.loads(read('out.trace.json'))
    check_structure(made)
    return made, ran.err


def check_structure(made):
    rows, times = {}, {}
    for event in made['traceEvents']:
        expect_in(event['ph'], 'MXiC')
        if event['ph'] == 'M':
            continue
        place = (event['pid'], event['tid'])
        expect(event['ts'] >= 0, 'a time')
        if event['ph'] == 'X':
            expect(event['ts'] >= rows.get(place, 0), f'{event} begins after the one before it')
            rows[place] = event['ts'] + event['dur']
        else:
            place += (event['ph'], event['name'])
            expect(event['ts'] >= times.get(place, 0), f'{event} is in the order of time')
            times[place] = event['ts']
    named = {event['tid'] for event in made['traceEvents'] if event['name'] == 'thread_name'}
    expect({tid for _, tid in rows} <= named, 'rows that have names')


def of(made, phase, name=None):
    return [event for event in made['traceEvents']
            if event['ph'] == phase and name in (None, event['name'])]


def events(name='run.jsonl'):
    return [json.loads(line) for line in read(name).splitlines()[1:]]


def lives(name='run.jsonl'):
    """The blocks of a log without reallocs: number -> (from call, to call, size, offset)."""
    found, ends = {}, {}
    for event in events(name):
        if event['event'] == 'alloc':
            found[event['block']] = event
        if event['event'] == 'free':
            ends[event['block']] = event['call']
        last = event['call'] or (0 if event['pool'] else last)
    return {number: (event['call'], ends.get(number, last), event['size'], event['offset'])
            for number, event in found.items()}


@case('a trace has a slice for every block, from the call that took it to the one that freed it')
def slices():
    log()
    made, said = trace()
    expect_equal(said, '')
    found = {int(event['name'][1:]): event for event in of(made, 'X')}
    wanted = lives()
    expect_equal(sorted(found), sorted(wanted))
    for number, (begin, end, size, offset) in wanted.items():
        event = found[number]
        expect_equal((event['ts'], event['args']['size'], event['args']['offset']),
                     (begin, size, offset))
        if event['args']['end'] == 'freed':
            expect_equal(event['dur'], end - begin)
    expect_equal(found[1]['args']['end'], 'freed')
    expect_equal(found[0]['args']['end'], 'leaked')


@case('its counters are the figures after every call, and add up to the capacity')
def counters():
    log()
    made, _ = trace()
    sums = [event['args'] for event in of(made, 'C', 'bytes')]
    expect_equal([each['used'] for each in sums[:7]], [0, 100, 300, 600, 1000, 800, 850])
    expect(all(each['used'] + each['free'] == 1000 for each in sums), 'a capacity of 1000')
    expect_equal([each['args']['blocks'] for each in of(made, 'C', 'live')][:7],
                 [0, 1, 2, 3, 4, 3, 4])
    log(ops='+100,+100,+100,+700,-0,-2')
    made, _ = trace()
    expect_equal([each['args']['percent'] for each in of(made, 'C', 'fragmentation')][5:7], [0, 50])
    expect_equal([each['args']['bytes'] for each in of(made, 'C', 'largest free block')][5:7],
                 [100, 100])


@case('failures, misuse, damage, notes and leaks are instants that hold the event')
def instants():
    log(ops='+24,+24,!0:24*9=65,?,-1,-1,+9999,@a "note"', pool=['--guards', '8', '--capacity', 256])
    made, _ = trace()
    found = of(made, 'i')
    names = [event['name'] for event in found]
    for part in ('damage: back guard of #0', 'misuse: double_free', 'failure: too_large',
                 'note: a "note"', 'leak: #0'):
        expect(part in names, f'{part} in {names}')
    whole = events()
    expect(all(event['args'] in whole for event in found), 'the events of the log')
    expect(all(event['ts'] == event['args']['call'] for event in found), 'each at its call')


@case('a block that is resized in place or moved is a slice for each of its sizes')
def reallocs():
    log(ops='+100,~0:200,+100,~0:300')
    made, _ = trace()
    found = [(event['ts'], event['dur'], event['args']['size'], event['args']['offset'],
              event['args']['end']) for event in of(made, 'X', '#0')]
    expect_equal(found, [(1, 1, 100, 0, 'resized'), (2, 2, 200, 0, 'moved'),
                         (4, 1, 300, 300, 'leaked')])


@case('blocks that live at the same time lie on rows of their own, and rows are used again')
def rows():
    log(ops=','.join(f'+{size},-{at}' for at, size in enumerate(range(1, 40))) + ',+1,+2,+3')
    made, _ = trace()
    expect_equal(len({event['tid'] for event in of(made, 'X')}), 3)
    expect_equal(len(of(made, 'X')), 42)


@case('what the limit leaves out is said on stderr and in the file')
def limited():
    log()
    made, said = trace('--slices', '2')
    expect_equal(sorted(event['name'] for event in of(made, 'X')), ['#0', '#1'])
    sentence = '2 blocks drawn, 3 left out: at most 2 in all and 1000 at a time'
    expect_in('out.trace.json: ' + sentence, said)
    expect_in(sentence, made['otherData']['remarks'][0])
    expect_equal(of(made, 'C'), of(trace()[0], 'C'))


@case('a window of calls shows what lived in it')
def window():
    log()
    made, _ = trace('--from', '3', '--to', '4')
    expect_equal(sorted(event['name'] for event in of(made, 'X')), ['#0', '#1', '#2', '#3'])
    expect_equal([event['ts'] for event in of(made, 'C', 'live')], [3, 4])
    expect(all(event['args']['end'] == 'live at the end' for event in of(made, 'X')), 'live ones')


def two_pools():
    """A log of two pools: the second is the first one again, renumbered."""
    lines = read(log()).decode().splitlines(keepends=True)
    again = [line.replace('"pool":1,', '"pool":2,') for line in lines[1:-1]]
    end = json.dumps({**json.loads(lines[-1]), 'events': 2 * len(again)}) + '\n'
    return write('two.jsonl', ''.join([*lines[:-1], *again, end.replace(' ', '')]))


@case('every pool is a process, with rows that no other pool has')
def pools():
    made, said = trace(name=two_pools())
    expect_equal(said, '')
    rows = {pid: {event['tid'] for event in of(made, 'X') if event['pid'] == pid}
            for pid in (1, 2)}
    expect(rows[1] and rows[2] and not rows[1] & rows[2], f'rows apart: {rows}')
    names = [event['args']['name'] for event in of(made, 'M', 'process_name')]
    expect_equal(names, ['pool 1', 'pool 2'])


@case('time is the log\'s clock if it has one, else a microsecond a call, and the file says which')
def clock():
    log()
    expect_in('a microsecond is a call', trace()[0]['otherData']['time'])
    lines = read('run.jsonl').decode().splitlines()
    timed = [lines[0]]
    for at, line in enumerate(lines[1:-1]):
        head, tail = line.split(',"event":', 1)
        name, *rest = tail.split(',', 1)
        now = 1500 * at - (6000 if at >= 5 else 0)  # it turns back once
        timed.append(','.join([f'{head},"event":{name.rstrip("}")},"time":{now}', *rest]) +
                     ('' if rest else '}'))
    write('timed.jsonl', '\n'.join([*timed, lines[-1]]) + '\n')
    made, said = trace(name='timed.jsonl')
    expect_in("from the log's clock", made['otherData']['time'])
    expect_in('pool 1: 3 events had a time before', said)
    expect(any(event['ts'] % 1 == 0.5 for event in of(made, 'X') + of(made, 'i')),
           'halves of a microsecond')


@case('a trace of a log that is cut, damaged or hostile is a whole file, and says what is wrong')
def broken():
    whole = read(log(ops='+100,@</script>"\\\\\x01,-0'))
    trace()
    write('cut.jsonl', whole[:700])
    made, said = trace(name='cut.jsonl')
    expect_in('cut after event', said)
    expect_in('the log is cut after event', made['otherData']['remarks'][0])
    lines = whole.splitlines(keepends=True)
    write('odd.jsonl', b''.join([*lines[:2], b'nonsense\n', *lines[3:]]))
    made, said = trace(name='odd.jsonl', status=1)
    expect_in('left out: damaged lines 1', ' '.join(made['otherData']['remarks']))
    write('wild.jsonl', lines[0] + b'{"seq":1,"pool":4294967295,"call":"18446744073709551614",'
          b'"event":"alloc","block":0,"offset":0,"size":1,"payload":0,"requested":1}\n')
    made, said = trace(name='wild.jsonl')
    expect_equal(of(made, 'X') + of(made, 'C'), [])
    write('empty.jsonl', lines[0])
    expect_equal(trace(name='empty.jsonl')[0]['traceEvents'], [])


@case('no trace is left where there is no room for it, and the one before it stays')
def full():
    log()
    write('out.trace.json', 'before')
    done = subprocess.run(  # no file may be larger than 512 or 1024 bytes
        ['sh', '-c', 'trap "" XFSZ; ulimit -f 1; exec "$0" convert run.jsonl -o out.trace.json',
         tool()], capture_output=True, check=False, env=environment())
    expect_equal(done.returncode, 1)
    expect_in('out.trace.json', done.stderr.decode())
    refused('convert', 'run.jsonl', '-o', 'no/out.trace.json', says='no/out.trace.json')
    expect_equal(sorted(os.listdir()), ['out.trace.json', 'run.jsonl'])
    expect_equal(read('out.trace.json'), b'before')


@case('a long log gives a trace of bounded size, with counters from its first call to its last')
def long():
    count = 15000
    lines = ['{"mempool_log":1,"minor":0,"producer":"a test"}',
             '{"seq":1,"pool":1,"call":0,"event":"create","capacity":64,"align":1,'
             '"policy":"first","guards":0,"base":"0x0"}']
    for at in range(count):
        lines.append(f'{{"seq":{2 * at + 2},"pool":1,"call":{2 * at + 1},"event":"alloc",'
                     f'"block":{at},"offset":0,"size":16,"payload":0,"requested":16}}')
        lines.append(f'{{"seq":{2 * at + 3},"pool":1,"call":{2 * at + 2},"event":"free",'
                     f'"block":{at},"offset":0,"size":16}}')
    write('run.jsonl', '\n'.join(lines) + '\n')
    made, said = trace('--slices', '1000')
    expect_equal(len(of(made, 'X')), 1000)
    calls = [event['ts'] for event in of(made, 'C', 'live')]
    expect(5000 <= len(calls) <= 10000, f'{len(calls)} samples')
    expect_equal((calls[0], calls[-1]), (3, 2 * count))
    expect_in('its counters stand at one call in 4', said)
    expect(len(read('out.trace.json')) < 8_000_000, 'a file of bounded size')


if __name__ == '__main__':
    harness.run()
