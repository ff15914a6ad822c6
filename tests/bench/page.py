#!/usr/bin/env python3
"""Fills in the tables of docs/performance.md from a run of the benchmarks.

    page.py RESULTS.json docs/performance.md

Between `<!-- table: NAME -->` and `<!-- end -->` the page is written by this program, from what
mempool-bench --json wrote: no number is copied by hand. What stands outside is left as it is.
"""
import json
import math
import re
import sys

OWN = ('first', 'next', 'best', 'worst', 'good', 'guarded', 'mplog', 'jsonl')
PEERS = ('first', 'boost-rbtree', 'boost-offset', 'boost-seq', 'tbb-fixed', 'pmr-pool', 'glibc',
         'mimalloc', 'jemalloc', 'loop')
FIXED = ('first', 'next', 'best', 'worst', 'good', 'guarded', 'boost-rbtree', 'boost-seq',
         'tbb-fixed')


def number(value):
    """As in the tables of the program: a place after the point below 100, and "-" for nothing."""
    if not value:
        return '-'
    return f'{value:.1f}' if value < 100 else f'{value:.0f}'


def count(value):
    """Thousands apart, by a thin space that does not break."""
    return f'{value:,}'.replace(',', '\u202f')


def markdown(heads, rows):
    """A table, all but the first column to the right."""
    lines = [heads, ['---'] + ['---:'] * (len(heads) - 1), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines)


class Run:
    """A run of the benchmarks, and one method for each table of the page."""

    def __init__(self, results):
        self.results = results
        self.programs = results['programs']
        self.known = {peer['name'] for peer in results['peers']}

    def figures(self, program):
        return {figure['peer']: figure for figure in program['figures']}

    def by_program(self, columns, figure, groups=('recorded', 'generated', 'steady')):
        """Programs down, peers across; a mean over the recorded ones above."""
        columns = [name for name in columns if name in self.known]
        rows, recorded = [], []
        for program in self.programs:
            if program['group'] not in groups:
                continue
            found = self.figures(program)
            values = [figure(found[name], program) for name in columns]
            rows.append([program['name'], *map(number, values)])
            if program['group'] == 'recorded':
                recorded.append(values)
        if recorded and len(recorded) > 1:
            rows.insert(0, ['**mean, recorded**', *(f'**{number(mean(column))}**'
                                                    for column in zip(*recorded))])
        return markdown(['program', *columns], rows)

    def table_bars(self):
        rows = []
        for bar in self.results['bars']:
            measured = f"{bar['value']:.2f}{bar['unit']}" if bar['value'] else '-'
            verdict = bar['verdict'].replace(' %', '\u202f%')
            rows.append([bar['claim'], measured, f"{bar['most']:g}{bar['unit']}",
                         f'**{verdict}**' if verdict == 'met' else verdict])
        return markdown(['ratio', 'measured', 'at most', 'verdict'], rows)

    def table_peers(self):
        return self.by_program(PEERS, lambda figure, _: figure.get('ns'))

    def table_lab(self):
        return self.by_program(PEERS, lambda figure, _: figure.get('ns'), ('lab',))

    def table_own(self):
        return self.by_program(OWN, lambda figure, _: figure.get('ns'))

    def table_tail(self):
        columns = [name for name in ('first', 'good', 'guarded', 'mplog', *PEERS[1:-1])
                   if name not in ('boost-offset',)]
        return self.by_program(columns, lambda figure, _: round(figure.get('tail', 0)))

    def table_instructions(self):
        if not any(figure.get('instructions') for program in self.programs
                   for figure in program['figures']):
            return 'Not counted in this run.'
        columns = ('first', 'next', 'best', 'worst', 'good', 'guarded', *PEERS[1:-2], 'jemalloc')
        return self.by_program(columns, lambda figure, _: figure.get('instructions'),
                               ('recorded', 'generated'))

    def table_room(self):
        def share(figure, program):
            return 100 * program['peak_payload'] / figure['smallest'] \
                if figure.get('smallest') else None
        return self.by_program(FIXED, share)

    def table_room_whole(self):
        def share(figure, program):
            return 100 * program['peak_payload'] / (figure['smallest'] + figure['metadata']) \
                if figure.get('smallest') else None
        return self.by_program(FIXED, share)

    def table_singles(self):
        return markdown(['what', 'ns'], [[single['name'], number(single['ns'])]
                                         for single in self.results['singles']])

    def table_metadata(self):
        rows = []
        for one in self.results['overheads']:
            rows.append([count(one['capacity']), count(one['empty']), count(one['full']),
                         count(one['live_blocks']),
                         f"{100 * (one['full'] - one['records']) / one['capacity']:.2f}%",
                         f"{one['records'] / one['live_blocks']:.1f}"])
        return markdown(['region', 'metadata, empty', 'metadata, full', 'blocks', 'fixed share',
                         'bytes a block'], rows)

    def table_programs(self):
        return markdown(['program', 'operations', 'most live blocks', 'most live bytes'],
                        [[program['name'], count(program['operations']),
                          count(program['peak_blocks']), count(program['peak_payload'])]
                         for program in self.programs])

    def table_machine(self):
        machine = self.results['machine']
        where = ', a virtual machine that others share' if machine['virtual'] else ''
        return markdown(['what', 'here'], [
            ['processor', f"{machine['processor']}, {machine['cores']} cores{where}"],
            ['system', machine['system']],
            ['compiler', f"{machine['compiler']}, {machine['flags']}, no -march"],
            ['library', f"Mempool {machine['library']}, the shared library"],
            ['clock of single operations', f"{self.results['tick_cost']:.0f} ns, taken off each"],
        ])

    def table_missing(self):
        """Peer and reason, with the programs that they hold for."""
        found = {}
        for program in self.programs:
            for figure in program['figures']:
                if 'missing' in figure:
                    found.setdefault((figure['peer'], figure['missing']), []).append(
                        program['name'])
        if not found:
            return 'Every peer completed every program.'
        every = len(self.programs)
        return markdown(['peer', 'why there is no figure', 'programs'], [
            [peer, why, 'every one' if len(names) == every else ', '.join(names)]
            for (peer, why), names in sorted(found.items())])


def mean(values):
    """Geometric; none if a program is missing, as means over different programs do not compare."""
    if not all(values):
        return None
    return math.exp(sum(math.log(value) for value in values) / len(values))


def fill_in(page, run):
    def table(found):
        return f'{found[1]}\n\n{getattr(run, "table_" + found[2])()}\n\n<!-- end -->'
    return re.sub(r'(<!-- table: (\w+) -->).*?<!-- end -->', table, page, flags=re.S)


def main(results, path):
    with open(results, encoding='utf-8') as file:
        run = Run(json.load(file))
    with open(path, encoding='utf-8') as file:
        page = file.read()
    filled = fill_in(page, run)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(filled)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit('usage: page.py RESULTS.json PAGE.md')
    main(*sys.argv[1:])
