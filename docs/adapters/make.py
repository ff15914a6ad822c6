#!/usr/bin/env python3
"""What the page about adapters shows of one example: pictures, the page to step through, figures.

    make.py NAME PROGRAM MEMPOOL_VIZ FOLDER

Runs the program twice, for the log that it writes of the moment that matters and, through
MEMPOOL_LOG, for the log of everything. PROGRAM '-' stands for one that was not built: then each
file says so. Nothing here knows a number: calls are looked for, figures are mempool-viz's.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MISSING = 'was not there when this site was built: run make deps-dev, then make docs'
MISSING_SVG = ('<svg xmlns="http://www.w3.org/2000/svg" width="720" height="40">'
               '<text x="8" y="25" font-family="sans-serif" font-size="15">{}</text></svg>\n')
MISSING_PAGE = ('<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{0}</title>'
                '<p>{0}</p>\n')


class Guest:
    """One program, its two logs, and where what is made of them goes."""

    def __init__(self, name, program, viz, target, scratch):
        self.viz, self.target, self.name = viz, Path(target), name
        self.log, self.whole = Path(scratch, name + '.jsonl'), Path(scratch, name + '.mplog')
        self.run(program, self.log)
        self.run(program, log=self.whole)
        self.events = [json.loads(line) for line in self.log.read_text().splitlines()[1:]]

    def run(self, program, *arguments, log=None):
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith('MEMPOOL_')}
        environment['MEMPOOL_OPTIONS'] = 'debug=off'
        if log:
            environment['MEMPOOL_LOG'] = str(log)
        subprocess.run([program, *arguments], env=environment, check=True,
                       stdout=subprocess.DEVNULL)

    def call(self, event, which=0):
        """The call of an event of that kind: the first, or another."""
        return [told['call'] for told in self.events if told['event'] == event][which]

    def says(self, *arguments):
        ran = subprocess.run([self.viz, *map(str, arguments)], check=True, capture_output=True,
                             text=True)
        return ran.stdout

    def path(self, suffix):
        return self.target / f'adapter-{self.name}{suffix}'

    def draw(self, suffix, call):
        self.says('diagram', self.log, '--step', call, '-o', self.path(suffix))

    def page(self, title, call):
        self.says('html', self.log, '--title', title, '--step', call, '-o', self.path('.html'))

    def carpet(self, *arguments):
        self.says('stats', self.whole, '--carpet', self.path('-carpet.png'), *arguments)

    def write(self, suffix, text):
        self.path(suffix).write_text(text, encoding='utf-8')

    def figures(self, *arguments):
        """The sums of stats, without the sizes; one paragraph."""
        return self.says('stats', self.whole, *arguments).split('\n\n')[0].rstrip() + '\n'


def words(guest):
    guest.draw('.svg', guest.call('note'))
    guest.draw('-arena.svg', guest.call('note', 1))
    guest.page('An index of words, an arena for each request', guest.call('note'))
    guest.write('-stats.txt', guest.figures())


def sqlite(guest):
    refused = guest.call('alloc_fail')
    guest.draw('.svg', refused)
    guest.page('SQLite in a pool of 512 KiB', refused)
    guest.carpet()
    why = guest.says('show', guest.log, '--step', refused).split('search')[0]
    guest.write('-why.txt', why.rstrip() + '\n')
    guest.write('-stats.txt', guest.figures())
    compared = guest.says('compare', guest.whole, '--policies', 'first,next,best,worst,good')
    guest.write('-policies.txt', compared.split('fails:')[0].rstrip() + '\n')


def lua(guest):
    guest.draw('-full.svg', guest.call('alloc_fail'))
    guest.draw('.svg', guest.call('alloc_fail', -1))
    guest.page('Lua in a pool of 48 KiB', guest.call('alloc_fail', -1))
    guest.carpet('--pool', 3)
    wanted = ('pool', 'calls', 'failures', 'peak', 'worst')
    pools = [[line.replace(' ' * 15 + 'worst', 'fragmentation  worst')
              for line in guest.figures('--pool', number).splitlines()
              if line.split()[0] in wanted] for number in (1, 2, 3, 4)]
    guest.write('-pools.txt', '\n\n'.join('\n'.join(lines) for lines in pools) + '\n')


# name: how it is made, and every file, so that one that is missing can be made up
GUESTS = {
    'words': (words, ['.svg', '-arena.svg', '.html', '-stats.txt']),
    'sqlite': (sqlite, ['.svg', '.html', '-carpet.png', '-why.txt', '-stats.txt',
                        '-policies.txt']),
    'lua': (lua, ['-full.svg', '.svg', '.html', '-carpet.png', '-pools.txt']),
}


def make_up(name, target):
    """Files that say that the program was not built."""
    text = f'{name} {MISSING}'
    forms = {'.svg': MISSING_SVG, '.html': MISSING_PAGE, '.txt': '{}\n', '.png': ''}
    for suffix in GUESTS[name][1]:
        path = Path(target, f'adapter-{name}{suffix}')
        path.write_text(forms[path.suffix].format(text), encoding='utf-8')


def main(name, program, viz, target):
    if program == '-':
        return make_up(name, target)
    with tempfile.TemporaryDirectory() as scratch:
        GUESTS[name][0](Guest(name, program, viz, target, scratch))


if __name__ == '__main__':
    main(*sys.argv[1:])
