"""mempool-viz convert, end to end: what comes out, and what is said of what does not. The formats
themselves are read by Python's own json and csv, which share no code with the tool."""
import csv
import io
import json

import harness
from harness import case, expect, expect_equal, expect_in, log, read, viz, write


@case('a log converted to a log is the same log')
def same():
    log(ops='+100,+200,-0,!1:0*4=65,?,@a note,-0')
    viz('convert', 'run.jsonl', '-o', 'again.jsonl')
    expect_equal(read('again.jsonl'), read('run.jsonl'))


@case('keys in any order, and keys that are not known, come out in their normal form')
def normal():
    lines = read(log()).decode().splitlines(keepends=True)
    event = json.loads(lines[2])
    event['later'] = 1
    lines[2] = json.dumps(dict(reversed(event.items()))) + '\n'
    write('odd.jsonl', ''.join(lines))
    viz('convert', 'odd.jsonl', '-o', 'normal.jsonl')
    expect_equal(read('normal.jsonl'), read('run.jsonl'))


@case('a log goes to binary and back without losing a byte, and is read the same from both')
def binary():
    operations = '+100,+200,-0,!1:0*4=65,?,@a note that is longer than one record,-0'
    log(ops=operations, pool=['--guards', '8'])
    viz('convert', 'run.jsonl', '-o', 'run.mplog')
    expect(read('run.mplog').startswith(b'MEMPOOL\n'), 'a binary log')
    viz('convert', 'run.mplog', '-o', 'again.jsonl')
    expect_equal(read('again.jsonl'), read('run.jsonl'))
    for verb in (['check'], ['show', '--step', '4'], ['dump', '--step', '4'], ['diagram']):
        text, records = (viz(verb[0], name, *verb[1:]) for name in ('run.jsonl', 'run.mplog'))
        expect_equal(records.out, text.out)
    expect_equal(viz('check', '-', stdin=read('run.mplog')).out, viz('check', 'run.jsonl').out)


@case('replay writes a binary log as it writes text')
def replayed():
    log('run.jsonl', ops='+100,+200,-0,+50')
    log('run.mplog', ops='+100,+200,-0,+50')
    viz('convert', 'run.mplog', '-o', 'again.jsonl')
    expect_equal(read('again.jsonl'), read('run.jsonl'))


@case('damage in a binary log is told with its record')
def damaged_record():
    whole = read(log('run.mplog'))
    write('hole.mplog', whole[:128] + bytes(32) + whole[160:])
    ran = viz('convert', 'hole.mplog', '-o', 'out.jsonl', status=1)
    expect_in('hole.mplog: record 3: nothing is written here; it is skipped', ran.err)
    expect_in('out.jsonl: left out: damaged records 1, unknown events 0', ran.err)
    write('cut.mplog', whole[:200])
    expect_in('cut.mplog: cut after event 4', viz('check', 'cut.mplog').err)


@case('what is left out is counted')
def loss():
    lines = read(log()).splitlines(keepends=True)
    new = b'{"seq":17,"pool":1,"call":8,"event":"tomorrow"}\n'
    write('odd.jsonl', b''.join(lines[:-1]) + new + b'nonsense\n' + lines[-1])
    ran = viz('convert', 'odd.jsonl', '-o', 'out.jsonl', status=1)
    expect_in('out.jsonl: left out: damaged lines 1, unknown events 1', ran.err)
    expect_equal(read('out.jsonl'), read('run.jsonl'))


@case('a log can be converted in its own place, and a cut one stays cut')
def in_place():
    whole = read(log())
    viz('convert', 'run.jsonl', '-o', 'run.jsonl')
    expect_equal(read('run.jsonl'), whole)
    write('cut.jsonl', whole[:700])
    expect_in('cut after event 6', viz('convert', 'cut.jsonl', '-o', 'out.jsonl').err)
    expect_in('cut after event 6', viz('check', 'out.jsonl').err)


@case('a table has a row for every event and a column for every field')
def table():
    log(ops=r'+100,@"a\, b",@=1+1,!0:0=65')
    viz('convert', 'run.jsonl', '-o', 'run.csv')
    expect(b'\r\n' in read('run.csv'), 'lines that end as RFC 4180 wants')
    rows = list(csv.DictReader(io.StringIO(read('run.csv').decode(), newline='')))
    events = [json.loads(line) for line in read('run.jsonl').splitlines()[1:]]
    expect_equal(len(rows), len(events))
    for row, event in zip(rows, events):
        for name, value in event.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            expect_equal(row[name], text)
        empty = [name for name in row if name not in event]
        expect(all(row[name] == '' for name in empty), 'nothing where the event has no such field')


@case('text in a table comes back as it was logged, whatever it would do to a table or a sheet')
def hostile_text():
    texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\ttab', 'a,b', 'say "x"', '"', 'two\r\nlines',
             'a\rb', 'a\nb', ' spaced ', '', ';', '\u001b[31m', '\u2028', '=cmd|\'/c x\'!A1,"']
    lines = read(log(ops='+1')).decode().splitlines()
    create, end = lines[1], json.loads(lines[-1])
    notes = [json.dumps({'seq': at + 2, 'pool': 1, 'call': at + 1, 'event': 'note', 'text': text})
             for at, text in enumerate(texts)]
    end['events'] = len(notes) + 1
    write('wild.jsonl', '\n'.join([lines[0], create, *notes, json.dumps(end)]) + '\n')
    viz('convert', 'wild.jsonl', '-o', 'wild.csv')
    table = read('wild.csv').decode()
    rows = list(csv.DictReader(io.StringIO(table, newline=''), strict=True))
    expect_equal([row['text'] for row in rows if row['event'] == 'note'], texts)
    widths = {len(row) for row in csv.reader(io.StringIO(table, newline=''), strict=True)}
    expect_equal(len(widths), 1)


@case('an op list can be converted without a log on disk')
def from_ops():
    log(ops='+1,-0', pool=[])
    viz('convert', '--ops', '+1,-0', '-o', 'out.jsonl')
    expect_equal(read('out.jsonl'), read('run.jsonl'))


if __name__ == '__main__':
    harness.run()
