"""Cut and damaged logs, end to end: the exit status and the sentences of product's promise. A torn
tail is the end of a log and no error; damage before the end is an error, told with its place, and
what is around it is shown. Every cut and every flip is tried in ../fire_spec.cpp."""
import harness
from harness import case, expect, expect_equal, expect_in, log, read, viz, write

VERBS = (['check'], ['show'], ['dump'], ['diagram'], ['convert', '-o', 'out.csv'])
OPS = '+100,+200,-0,!1:0*4=65,+50,@a note that is longer than one record'


def both(name='run'):
    """A log of these operations in both encodings: name, contents, where its events end."""
    log(f'{name}.jsonl', ops=OPS)
    viz('convert', f'{name}.jsonl', '-o', f'{name}.mplog')
    text, records = read(f'{name}.jsonl'), read(f'{name}.mplog')
    return (f'{name}.jsonl', text), (f'{name}.mplog', records)


def run_all(name, status, says):
    """Every verb has this status and says this, and nothing else; what they write is returned."""
    written = []
    for verb, *options in VERBS:
        ran = viz(verb, name, *options, status=status)
        expect_equal([line for line in ran.err.splitlines() if 'left out' not in line],
                     [f'mempool-viz: {line}' for line in says])
        written.append(read('out.csv') if options else ran.out)
    return written


def flip(contents, at, mask=1):
    return contents[:at] + bytes([contents[at] ^ mask]) + contents[at + 1:]


@case('a torn tail is the end of a log and no error; it is said after which event the log is cut')
def torn():
    for name, whole in both():
        events = int(viz('check', name).text.split()[1])
        for bytes_less in (1, 5, 20) if name.endswith('mplog') else (2, 5, 20):
            write(f'cut-{name}', whole[:-bytes_less])
            run_all(f'cut-{name}', 0,
                    [f'cut-{name}: cut after event {events - 1}: the log has no end'])
        expect_equal(viz('check', name).err, '')


@case('a log without its last event says the same, and shows what is there')
def no_end():
    (_, text), (_, records) = both()
    write('cut.jsonl', text[:text.rindex(b'{"seq"')])
    write('cut.mplog', records[:-32])
    events = int(viz('check', 'run.jsonl').text.split()[1]) - 1
    for name in ('cut.jsonl', 'cut.mplog'):
        cut = run_all(name, 0, [f'{name}: cut after event {events}: the log has no end'])
        expect_equal(cut[2], viz('dump', 'run.jsonl').out)


@case('damage before the end is an error, told with its line, and the events around it are shown')
def damaged_line():
    (_, text), _ = both()
    lines = text.splitlines(keepends=True)
    note = next(i for i, line in enumerate(lines) if b'"note"' in line)
    lines[note] = flip(lines[note], 3)
    write('bad.jsonl', b''.join(lines))
    written = run_all_damaged('bad.jsonl', f'bad.jsonl: line {note + 1}: ')
    expect_equal(written.count(b'\r\n'), len(lines) - 1)  # a row of names; no first line, no note


@case('damage before the end of a binary log is told with its record')
def damaged_record():
    _, (_, records) = both()
    at = next(at for at in range(64, len(records), 32) if records[at] == 241)  # text of a note
    write('bad.mplog', flip(records, at, 2))
    number = at // 32 - 1
    run_all_damaged('bad.mplog', f'bad.mplog: record {number - 1}: note: field "text" is not all')


def run_all_damaged(name, says):
    for verb, *options in VERBS:
        ran = viz(verb, name, *options, status=1)
        expect_in(f'mempool-viz: {says}', ran.err)
        expect_in('; it is skipped', ran.err)
        expect('has no end' not in ran.err, 'the end is there')
        if verb in ('show', 'dump', 'diagram'):
            expect_equal(ran.out, viz(verb, 'run.jsonl').out)
    return read('out.csv')


@case('an event of a later version is skipped and counted, and the status is good')
def unknown():
    (_, text), _ = both()
    lines = text.splitlines(keepends=True)
    lines.insert(2, b'{"seq":2,"pool":1,"call":0,"event":"teleport","to":"mars"}\n')
    write('later.jsonl', b''.join(lines))
    for verb in ('show', 'dump', 'diagram'):
        ran = viz(verb, 'later.jsonl')
        expect_equal(ran.err, 'mempool-viz: later.jsonl: events of kinds that this version does '
                              'not know are skipped: 1\n')
        expect_equal(ran.out, viz(verb, 'run.jsonl').out)


if __name__ == '__main__':
    harness.run()
