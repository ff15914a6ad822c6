"""mempool-viz where allocators are set against each other and runs are summed up: compare, duel,
gen, stats, ostep, and the classroom's list allocator behind every verb."""
import os
import random
import re
import struct
import subprocess
import time
import xml.etree.ElementTree as tree
import zlib

import harness
from harness import (OPS, POOL, case, environment, expect, expect_equal, expect_in, log, read,
                     refused, tool, viz, write)

LESSON = '+30,+30,-0,+10,+20,+20'
SMALL = ['--capacity', '80', '--align', '1']


def words(svg):
    """The texts of an SVG, one below the other."""
    return '\n'.join(node.text or '' for node in tree.fromstring(svg).iter()
                     if node.tag.endswith('text'))


def rows(text):
    """The rows of compare's table, by name."""
    return {line.split()[0]: line.split()[1:] for line in text.splitlines()
            if re.match(r' +\S+ +\d+ +\d+ ', line)}


@case('compare says what fails, how much room each policy needs, and where they part')
def compares():
    text = viz('compare', '--ops', LESSON, *SMALL, '--policies', 'first,best,worst').text
    table = rows(text)
    expect_equal(table['first'][:3], ['0', '80', '80'])
    expect_equal(table['best'][:3], ['1', '70', '90'])
    expect_in('call 4', text)
    expect_in(' best  ! |', text)
    expect(all(len(line) <= 80 for line in text.splitlines()), 'no line over 80 columns')


@case('compare holds list models and pools against each other')
def compares_models():
    table = rows(viz('compare', '--ops', '+50,+50,-0,-1,+100', '--capacity', '100', '--align', '1',
                     '--policies', 'first,list,list:lifo:apart').text)
    expect_equal([table[name][0] for name in ('first', 'list', 'list:lifo:apart')], ['0', '0', '1'])


@case('compare draws the curves of all into one picture, each with a dash and letters of its own')
def plots():
    viz('compare', '--ops', LESSON + ',-1,+5,-2,+9', *SMALL, '--plot', 'frag.svg')
    svg = read('frag.svg').decode()
    for name in ('A  first', 'B  next', 'C  best', 'D  worst', 'E  good'):
        expect_in(name, words(svg))
    for dash in range(5):
        expect_in(f'thin dash{dash}', svg)
    expect_in('<desc>', svg)


@case('compare takes a recorded trace, and the calls of a log')
def compares_files():
    write('t.rep', '0\n3\n5\n1\na 0 512\na 1 128\nr 0 640\nf 1\na 2 16\n')
    expect_in('5 operations', viz('compare', 't.rep').text)
    refused('compare', 'nothing.rep', says='cannot read nothing.rep')
    write('aligned.jsonl', read(log('run.jsonl')).decode().replace(
        '"requested":50}', '"requested":50,"alignment":64}'))
    first = viz('compare', 'run.jsonl', '--no-smallest').text
    expect_in('6 operations', first)
    expect_in('1000 bytes', first)
    expect_in('6 operations', viz('compare', 'aligned.jsonl', '--no-smallest').text)


@case('a duel prints its list first, and that list does what is said of it')
def duels():
    for a, b in (('first', 'best'), ('worst', 'next'), ('good', 'best'), ('list:lifo', 'first')):
        started = time.monotonic()
        text = viz('duel', a, b).text
        expect(time.monotonic() - started < 5, f'{a} over {b} is found soon')
        ops = text.splitlines()[0]
        expect_in('shortest, proved', text)
        capacity = re.search(r'^(\d+) bytes', text, re.MULTILINE).group(1)
        table = rows(viz('compare', '--ops', ops, '--capacity', capacity, '--align', '1',
                         '--policies', f'{a},{b}').text)
        expect_equal([table[a][0], table[b][0]], ['0', '1'])
    expect_equal(viz('duel', 'best', 'first', '--capacity', '32').text.splitlines()[0],
                 '+8,+20,-0,+4,+8')


@case('a duel that nobody wins, and one that cannot be fought, are told')
def no_duel():
    refused('duel', 'first', 'first', says='both are the same')
    refused('duel', 'first', 'best', '--capacity', '1m', says='a smaller --capacity')
    refused('duel', 'first', 'list', says='no list was found that first fit serves')
    refused('duel', 'first', 'best', '--align', '16', '--capacity', '16', says='larger --capacity')
    refused('duel', 'first', 'best', '--guards', '4000', '--capacity', '100', says='--capacity')


@case('a duel on a trace shows the first call at which two policies part, both sides')
def duel_on():
    write('t.rep', '0\n5\n6\n1\na 0 30\na 1 30\nf 0\na 2 10\na 3 20\na 4 20\n')
    text = viz('duel', 'first', 'best', '--on', 't.rep', *SMALL).text
    expect_in('part at call 4', text)
    expect_in(' first:', text)
    expect_in(' best:', text)
    expect_in('place every block of it alike',
              viz('duel', 'first', 'list', '--on', 't.rep', *SMALL).text)


@case('gen prints the same list for the same seed, and the list shows what was wanted')
def generates():
    wants = 'both-coalesce,first!=best,one-fail'
    ops = viz('gen', '--seed', '7', '--want', wants).text.strip()
    expect_equal(viz('gen', '--seed', '7', '--want', wants).text.strip(), ops)
    expect_equal(ops, '+35,+15,-0,+40,+15,-1,+40,-3,+10,-2,+5,+25')
    table = viz('compare', '--ops', ops, '--capacity', '100', '--align', '1').text
    expect_equal(rows(table)['first'][0], '1')
    expect(rows(table)['best'][6:] != ['never'], 'first and best part')
    for line in viz('gen', '--wants').text.splitlines():
        word = line.split()[0]
        if 'P' not in word:
            viz('gen', '--want', word, '--calls', '10')
    refused('gen', '--want', 'no-fail,one-fail', '--calls', '3', says='no list of 3 calls')


@case('stats says the sums, the sizes, the failures by their reasons, and what leaks')
def stats():
    text = viz('stats', '--ops', '+40,+20,+40,-0,-2,+60,+200,+8,+100', '--capacity', '100',
               '--align', '1').text
    for part in ('1 too_large', '1 full', '1 fragmented', '1 - 40/80 = 50 %', 'sizes asked for',
                 '100 B = used 28 (payload 28) + free 72'):
        expect_in(part, text)
    log('run.jsonl')
    text = viz('stats', 'run.jsonl', '--between', '2:6', '--leaks').text
    expect_in('taken after call 2 and alive at call 6: 3 blocks, 750 B', text)
    expect_in('leaked: 4 blocks, 850 B', text)
    expect_equal(viz('stats', '-', stdin=read('run.jsonl')).text, viz('stats', 'run.jsonl').text)


def grey(name):
    """Width, height and rows of a grey PNG, its checksums held against its chunks."""
    data = read(name)
    expect_equal(data[:8], b'\x89PNG\r\n\x1a\n')
    at, parts = 8, {}
    while at < len(data):
        size, = struct.unpack('>I', data[at:at + 4])
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        expect_equal(struct.unpack('>I', data[at + 8 + size:at + 12 + size])[0],
                     zlib.crc32(kind + body))
        parts[kind] = body
        at += 12 + size
    width, height = struct.unpack('>II', parts[b'IHDR'][:8])
    rows_ = zlib.decompress(parts[b'IDAT'])
    expect_equal(len(rows_), height * (width + 1))
    return width, height, [rows_[y * (width + 1) + 1:(y + 1) * (width + 1)] for y in range(height)]


@case('the carpet shows the region over the calls, offset 0 at the bottom')
def carpet():
    viz('stats', '--ops', '+50,+25,-0', '--capacity', '100', '--align', '1', '--carpet', 'c.png')
    width, height, points = grey('c.png')
    columns = 5  # creation, three calls, the end

    def dark(call, share):
        return points[height - 1 - int(share * height)][int((call + .5) * width / columns)] == 70
    expect_equal([dark(call, .2) for call in range(5)], [False, True, True, False, False])
    expect_equal([dark(call, .6) for call in range(5)], [False, False, True, True, True])
    viz('stats', '--ops', '+50,+25,-0', '--capacity', '100', '--align', '1', '--carpet', 'c.svg',
        '--plot', 'p.svg')
    for name in ('used', 'free', 'offset', 'call', '100'):
        expect_in(name, words(read('c.svg')))
    expect_in('data:image/png;base64,', read('c.svg').decode())
    expect_in('1 - 50/75 = 33 %', words(read('p.svg')))


@case('a million events are drawn as small as a thousand, and in seconds')
def million():
    ops = ['20000', '700', '300000', '1']
    source = random.Random(5)
    live = []
    number = 0
    while len(ops) < 300004:
        if len(live) < 600 and (not live or source.random() < .55):
            ops.append(f'a {number % 700} {source.randint(1, 2000)}')
            live.append(number % 700)
            number += 1
            while number % 700 in live:
                number += 1
        else:
            ops.append(f'f {live.pop(source.randrange(len(live)))}')
    write('big.rep', '\n'.join(ops) + '\n')
    viz('replay', 'big.rep', '-o', 'big.mplog')
    started = time.monotonic()
    viz('stats', 'big.mplog', '--carpet', 'big.svg', '--plot', 'plot.svg')
    expect(time.monotonic() - started < 20, 'it is drawn within seconds')
    expect(os.path.getsize('big.svg') < 400_000, f'{os.path.getsize("big.svg")} bytes are few')
    expect(os.path.getsize('plot.svg') < 20_000, 'a curve has few points')


@case('ostep makes the operations that Python makes of the same seed')
def python_agrees():
    def operations(seed, count, most, percent):
        source = random.Random(seed)
        live, made, number = [], [], 0
        while len(made) < count:
            if source.random() < percent / 100.0:
                made.append(f'#{number} = alloc({int(source.random() * most) + 1})')
                live.append(number)
                number += 1
            elif live:
                made.append(f'free(#{live.pop(int(source.random() * len(live)))})')
        return made
    for seed in (0, 1, 2, 42, 2**32 - 1, 2**32, 2**63 + 5):
        for count, most, percent in ((10, 10, 50), (60, 300, 30), (40, 7, 90)):
            text = viz('ostep', '-s', seed, '-n', count, '-r', most, '-P', percent,
                       '-S', 1000000).text
            found = re.findall(r'^ *\d+\. (.*?) +returns', text, re.MULTILINE)
            expect_equal(found, operations(seed, count, most, percent))


@case('ostep asks without -c, and answers with reasons with it')
def ostep():
    asked = viz('ostep', '-n', '3').text
    expect_equal(asked.count('returns ?'), 3)
    expect('why' not in asked, 'no answer is given away')
    told = viz('ostep', '-A', '+10,+200,-1,-0,-0', '-H', '4', '-p', 'FIRST', '-c').text
    expect_equal(re.findall(r'returns (.*)', told),
                 ['1004, after 1 look', '-1, after 1 look', 'nothing: #1 could not be had', '0',
                  '-1'])
    expect_in('the list then: 1000(14) 1014(86)', told)
    expect_in('Needs 4 header + 10 = 14 B.', told)
    expect(all(len(line) <= 80 for line in told.splitlines()), 'no line over 80 columns')


@case('ostep is right where the homework program errs')
def ostep_right():
    # Blocks that are neighbours in the region, but not in the list, coalesce.
    told = viz('ostep', '-A', '+20,+10,+5,+10,-0,-1', '-l', 'SIZESORT+', '-C', '-c').text
    expect_in('the list then: 1000(30) 1045(55)', told)
    # A list in order of size is so after a split, too.
    told = viz('ostep', '-A', '+20,+5,+30,+5,-0,-2,+25', '-l', 'SIZESORT-', '-p', 'WORST',
               '-c').text
    expect_in('the list then: ', told)
    lists = re.findall(r'the list then: (.*)', told)
    for text in lists:
        sizes = [int(size) for size in re.findall(r'\((\d+)\)', text)]
        expect_equal(sizes, sorted(sizes, reverse=True))


@case('a run of the list allocator is a log like any other, for every verb')
def list_logs():
    model = ['--order', 'lifo', '--coalesce', 'off', '--header', '8']
    viz('replay', '--ops', OPS, *POOL, *model, '-o', 'list.jsonl')
    viz('replay', '--ops', OPS, *POOL, *model, '-o', 'list.mplog')
    expect_in('"model":"list order=lifo coalesce=off header=8"', read('list.jsonl').decode())
    viz('convert', 'list.mplog', '-o', 'back.jsonl')
    expect_equal(read('back.jsonl'), read('list.jsonl'))
    for name in ('list.jsonl', 'list.mplog'):
        expect_in('left out R12 resize', viz('check', name).text)
        expect_in('newest first', viz('show', name).text)
        expect_in('order=lifo coalesce=off header=8', viz('dump', name).text)
        expect_in('free list newest first', viz('diagram', name).text)
        expect_in('headers of 8 B', viz('stats', name).text)
    log('pool.jsonl')
    expect('"model"' not in read('pool.jsonl').decode(), 'a pool is of no kind')


@case('a log that names a model of its own is shown, and checked by what any allocator keeps')
def unknown_model():
    viz('replay', '--ops', OPS, *POOL, '--model', 'list', '-o', 'list.jsonl')
    for text in ('tree', 'list order=up coalesce=on header=0', 'x' * 5000, '\\u001b[31m'):
        write('odd.jsonl', read('list.jsonl').decode().replace(
            'list order=address coalesce=on header=0', text))
        expect_in('of a kind that is not known here', viz('check', 'odd.jsonl').text)
        expect_in('of a kind that is not known here', viz('show', 'odd.jsonl').text)
        expect('\x1b' not in viz('show', 'odd.jsonl').text, 'no escape reaches the terminal')
        refused('compare', 'odd.jsonl', says='of a kind that is not known here')


@case('no picture is left where the folder is not there or the disk is full')
def full():
    refused('stats', '--ops', '+1', '--plot', 'no/x.svg', says='no/x.svg')
    refused('compare', '--ops', '+1', '--plot', 'no/x.svg', says='no/x.svg')
    expect_equal(os.listdir(), [])
    done = subprocess.run([tool(), 'duel', 'first', 'best'], stdout=subprocess.PIPE, check=False,
                          env=environment(NO_COLOR='1'))
    expect(b'\x1b' not in done.stdout, 'a pipe gets no colours')


if __name__ == '__main__':
    harness.run()
