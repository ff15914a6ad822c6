"""mempool-viz diagram --steps and --blank, end to end: slides, the picture that moves, and drawings
to complete. That nothing jumps is dot_sequence_spec.cpp's."""
import os
import shutil
import struct
import xml.etree.ElementTree as xml

import harness
from harness import case, environment, expect, expect_equal, log, read, refused, tool, viz

OPS = '+100,+200,+300,-1,+50,-0,+120,-2'


def drawn(sentence):
    return case(sentence, needs=lambda: shutil.which('dot') is not None, lacks='Graphviz')


def png_size(name):
    return struct.unpack('>II', read(name)[16:24])


@drawn('a folder gets a picture a call, all of one size')
def folder():
    log(ops=OPS)
    for look in ('doc', 'slide'):
        viz('diagram', 'run.jsonl', '--steps', '3..8', '--for', look, '--format', 'png', '-o', look)
        files = sorted(os.listdir(look))
        expect_equal(files, [f'call-000{i}.png' for i in range(3, 9)])
        expect_equal(len({png_size(f'{look}/{name}') for name in files}), 1)


@drawn('frames are pictures of their own: their calls, titles and descriptions')
def frames():
    log(ops=OPS)
    viz('diagram', 'run.jsonl', '--steps', '4..5', '-o', 'deep/in/folders')
    for call, title in ((4, 'pool_free(#1)'), (5, 'pool_alloc(50) → #3 at 100')):
        root = xml.fromstring(read(f'deep/in/folders/call-000{call}.svg'))
        expect_equal(root.find('{http://www.w3.org/2000/svg}title').text, title)


@drawn('one moving picture is valid XML with every call in it, and asks nobody for anything')
def moving():
    log(ops=OPS)
    viz('diagram', 'run.jsonl', '--steps', '1..8', '-o', 'all.svg')
    text = read('all.svg').decode()
    root = xml.fromstring(text)
    ids = [node.get('id') for node in root.iter() if node.get('id')]
    expect_equal(len(ids), len(set(ids)))
    for call in range(1, 9):
        expect(f'id="frame{call}"' in text, f'frame {call}')
    expect('http' not in text.replace('http://www.w3.org/', ''), 'no address')


@case('DOT text of a sequence needs no Graphviz')
def dots():
    log(ops=OPS)
    viz('diagram', 'run.jsonl', '--steps', '0..2', '--format', 'dot', '-o', 'dots', PATH='/nowhere')
    expect_equal(sorted(os.listdir('dots')), [f'call-000{i}.dot' for i in range(3)])


@case('without Graphviz the DOT text of each frame is kept, and it is said once')
def no_graphviz():
    log(ops=OPS)
    ran = refused('diagram', 'run.jsonl', '--steps', '1..2', '-o', 'out', says='not drawn',
                  PATH='/nowhere')
    expect_equal(ran.err.count('not drawn'), 1)
    expect_equal(os.listdir('out'), ['call-0001.dot'])
    refused('diagram', 'run.jsonl', '--steps', '1..2', '-o', 'out.svg', says='dot', PATH='/nowhere')
    expect(not os.path.exists('out.svg'), 'no half a picture')


@case('a range that is none, or that the log has not, is refused with what there is')
def ranges():
    log(ops=OPS)
    for text in ('3', '5..3', 'a..b', '..', '1..-2'):
        refused('diagram', 'run.jsonl', '--steps', text, '-o', 'x', status=2, says='range of calls')
    refused('diagram', 'run.jsonl', '--steps', '8..99', '-o', 'x', says='call')
    refused('diagram', 'run.jsonl', '--steps', '0..1000000', '-o', 'x', says='too many')
    refused('diagram', 'run.jsonl', '--steps', '1..2', status=2, says='-o FOLDER')
    refused('diagram', 'run.jsonl', '--steps', '1..2', '--step', '1', '-o', 'x', status=2,
            says='not both')
    refused('diagram', 'run.jsonl', '--steps', '1..2', '-o', 'x.png', status=2, says='--format png')
    refused('diagram', '-', '--steps', '1..2', '-o', 'x', status=2, says='standard input')
    expect(not os.path.exists('x'), 'nothing was made')


@case('a folder that cannot be made is said')
def no_folder():
    log(ops=OPS)
    with open('file', 'w', encoding='utf-8'):
        pass
    refused('diagram', 'run.jsonl', '--steps', '1..2', '-o', 'file/sub', says='file/sub')


@drawn('a drawing to complete comes with its key, and gives nothing away')
def blank():
    log(ops=OPS)
    for what in ('lists', 'sizes', 'all'):
        viz('diagram', 'run.jsonl', '--step', '5', '--blank', what, '-o', f'{what}.svg')
        sheet, key = read(f'{what}.svg').decode(), read(f'{what}-key.svg').decode()
        expect('was 200' in key, 'the key has the answers')
        expect('→ #3 at 100' not in sheet, 'the result is not told')
        expect('is split' not in sheet, 'nor is the story')
    refused('diagram', 'run.jsonl', '--blank', 'all', status=2, says='-o FILE')
    refused('diagram', 'run.jsonl', '--blank', 'some', '-o', 'x.svg', status=2, says='lists')


if __name__ == '__main__':
    harness.run()
