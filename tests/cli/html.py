"""mempool-viz html: the page as a file, its events, its windows, what it refuses.

What a browser makes of it is tests/page's to test.
"""
import json
import os
import re

from harness import case, expect, expect_equal, expect_in, log, read, refused, run, viz, write

SMALL = ['--capacity', '1000', '--align', '1']


def data_of(name):
    """What the page carries: its events and what is said of them."""
    text = read(name).decode()
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return json.loads(found.group(1))


@case('a page carries the events of a log, row by row, and the list that names their fields')
def events():
    log()
    viz('html', 'run.jsonl', '-o', 'page.html')
    data = data_of('page.html')
    lines = [json.loads(line) for line in read('run.jsonl').decode().splitlines()[1:-1]]
    names = {kind['code']: (name, kind) for name, kind in data['kinds'].items()}
    rows = [row for row in data['events'] if row[0] != 0]
    expect_equal(len(rows), len(lines))
    for row, line in zip(rows, lines):
        name, kind = names[row[0]]
        expect_equal((name, row[1]), (line['event'], line['call']))
        for (field, _), value in zip(kind['fields'], row[2:]):
            if value is not None and field not in ('ok', 'enabled'):
                expect_equal(value, line[field])


@case('a page holds all it needs: no address, no import, and a policy against everything else')
def contained():
    viz('html', '--ops', '+100,+200,-0', *SMALL, '-o', 'page.html')
    text = read('page.html').decode()
    expect(not re.search(r'(src|href)="(?!data:|#)', text), 'nothing is fetched')
    expect_in("default-src 'none'; script-src 'sha256-", text)
    for word in ('eval(', 'fetch(', 'XMLHttpRequest', '@import', '@font-face', 'innerHTML'):
        expect(word not in text, f'no {word}')


@case('text from a log cannot end the element that it stands in')
def hostile():
    viz('replay', '--ops', '@</script><b>,+1', *SMALL, '-o', 'run.jsonl')
    viz('html', 'run.jsonl', '--title', '</title><b>&"\x07', '-o', 'page.html')
    text = read('page.html').decode()
    expect_equal(text.count('</script>'), 2)
    expect_in('<title>&lt;/title&gt;&lt;b&gt;&amp;&quot;~</title>', text)
    expect_equal(data_of('page.html')['title'], '</title><b>&"\x07')


@case('a window of calls begins with the pool as it was, and says what is left out')
def window():
    log()
    ran = viz('html', 'run.jsonl', '--from', '4', '--to', '5', '-o', 'page.html')
    expect_in('left out of the page: calls 0 to 3, calls 6 to 7', ran.err)
    data = data_of('page.html')
    expect_in('calls 0 to 3', data['leftOut'])
    codes = [data['kinds'][name]['code'] for name in ('snapshot', 'block')]
    expect_equal([row[0] for row in data['events'] if row[0] in codes], [codes[0], codes[1]] +
                 [codes[1]] * (len([r for r in data['events'] if r[0] == codes[1]]) - 1))
    expect_equal(max(row[1] for row in data['events'] if row[0] != 0), 5)
    refused('html', 'run.jsonl', '--from', '90', '-o', 'no.html', says='there is no call 90')
    refused('html', 'run.jsonl', '--from', '5', '--to', '4', '-o', 'no.html', status=2,
            says='--from 5 is after --to 4')


def calls_of(page):
    """The first and last call of a page's events."""
    calls = [row[1] for row in data_of(page)['events'] if row[0] != 0]
    return calls[0], calls[-1]


@case('of a log that is too long for a page a window is shown, and what is left out is said')
def too_long():
    operations = '\n'.join(f'{"af"[i % 2]} {i // 2}{" 48" if i % 2 == 0 else ""}'
                           for i in range(130000))
    write('many.rep', f'4096\n65000\n130000\n1\n{operations}\n')
    viz('replay', 'many.rep', '-o', 'many.mplog')
    ran = viz('html', 'many.mplog', '-o', 'page.html')
    first, last = calls_of('page.html')
    expect_equal(first, 0)
    expect(20000 < last < 50000, 'as much as opens at once')
    said = f'left out of the page: calls {last + 1} to 130001'
    expect_in(said, ran.err)
    expect_equal(data_of('page.html')['leftOut'], said[22:])
    viz('html', 'many.mplog', '--step', '120000', '-o', 'page.html')
    first, last = calls_of('page.html')
    expect(first < 120000 <= last, 'a window with the call that is asked for')
    expect_equal(data_of('page.html')['at'], 120000)
    viz('html', 'many.mplog', '--from', '1000', '--to', '2000', '-o', 'page.html')
    expect_equal(calls_of('page.html'), (999, 2000))
    viz('html', 'many.mplog', '--from', '1000', '-o', 'page.html')
    expect(calls_of('page.html')[1] > 100000, 'as much as a page holds')
    piped = viz('html', '-', '--step', '120000', stdin=read('many.mplog'))
    expect_in('left out of the page: calls 0 to', piped.err)


@case('of several pools the lowest is taken, or the one that is named; the others are said')
def pools():
    lines = ['{"mempool_log":1,"minor":0,"producer":"x"}']
    for pool in (3, 2):
        lines.append(f'{{"seq":1,"pool":{pool},"call":0,"event":"create","capacity":{pool}00,'
                     '"align":1,"policy":"first","guards":0,"base":"0x0"}')
    write('two.jsonl', '\n'.join(lines) + '\n')
    expect_in('left out of the page: pool 3', viz('html', 'two.jsonl', '-o', 'page.html').err)
    expect_equal(data_of('page.html')['events'][1][2], 200)
    viz('html', 'two.jsonl', '--pool', '3', '-o', 'page.html')
    expect_equal(data_of('page.html')['events'][1][2], 300)
    refused('html', 'two.jsonl', '--pool', '7', '-o', 'no.html', says='there is no pool 7')


@case('a quiz goes into the page as it is, and what is no quiz is refused')
def quiz():
    questions = [{'call': 1, 'question': '</script>?', 'accept': ['1']}]
    write('quiz.json', json.dumps(questions))
    viz('html', '--ops', '+1', '--quiz', 'quiz.json', '-o', 'page.html')
    expect_equal(json.loads(data_of('page.html')['quiz']), questions)
    write('bad.json', '{}')
    refused('html', '--ops', '+1', '--quiz', 'bad.json', '-o', 'no.html', says='a JSON array')
    refused('html', '--ops', '+1', '--quiz', 'none.json', '-o', 'no.html', says='none.json')


@case('binary logs and op lists give the same rows as text')
def encodings():
    log()
    viz('convert', 'run.jsonl', '-o', 'run.mplog')
    for source, page in ((['run.jsonl'], 'a.html'), (['run.mplog'], 'b.html')):
        viz('html', *source, '-o', page)
    expect_equal(data_of('a.html')['events'], data_of('b.html')['events'])


if __name__ == '__main__':
    run()
