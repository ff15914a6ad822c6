#!/usr/bin/env python3
"""Runs mempool-bench --quick and looks at the shape of what it writes. Never at a time.

    smoke.py MEMPOOL-BENCH PAGE.PY
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ALWAYS_THERE = ('first', 'glibc', 'pmr-pool')  # needs nothing but the library and C++


def check(condition, what):
    if not condition:
        sys.exit(f'smoke: {what}')


def table(text, title):
    """The lines of a table, as lists of words, its heading first."""
    found = re.search(re.escape(title) + r'\n\n(.*?)\n\n', text + '\n\n', re.S)
    check(found, f'no table "{title}"')
    return [line.split() for line in found[1].split('\n')]


def check_text(text):
    programs = [line[0] for line in table(text, 'Programs')[1:]]
    check(programs == ['lifo-64', 'fifo-64', 'fragmenter', 'steady-1k'], f'programs: {programs}')
    lines = table(text, 'Nanoseconds per operation: first fit and its peers')[-4:]
    check([line[0] for line in lines] == programs, 'a program has no line')
    check(len({len(line) for line in lines}) == 1, 'a line lacks a figure')
    check(all(float(line[1]) > 0 for line in lines), 'first fit has no time')
    check(len(table(text, 'Bars')) > 10, 'too few bars')
    for line in table(text, 'Bars')[1:]:
        check(re.search(r'(met|missed by \d+ %|not measured)$', ' '.join(line)), f'bar: {line}')


def check_json(results):
    check({peer['name'] for peer in results['peers']}.issuperset(ALWAYS_THERE), 'peers')
    for program in results['programs']:
        figures = {figure['peer']: figure for figure in program['figures']}
        check(len(figures) == len(results['peers']), f'{program["name"]}: a peer has no entry')
        for name in ALWAYS_THERE:
            check(figures[name].get('ns', 0) > 0, f'{program["name"]}: {name} has no time')
        check(figures['first']['smallest'] >= program['peak_payload'], 'a region below the payload')
        check(all(figure.get('ns') or figure.get('missing') for figure in figures.values()),
              f'{program["name"]}: neither a figure nor a reason')
    check(len(results['overheads']) == 3 and results['singles'], 'what is measured by itself')


def main(bench, page_maker):
    with tempfile.TemporaryDirectory() as folder:
        results, plot, page = (os.path.join(folder, name) for name in ('r.json', 'p.svg', 'p.md'))
        run = subprocess.run([bench, '--quick', '--json', results, '--svg', plot],
                             capture_output=True, text=True, check=False)
        check(run.returncode == 0, f'exit status {run.returncode}: {run.stderr}')
        check_text(run.stdout)
        with open(results, encoding='utf-8') as file:
            check_json(json.load(file))
        for kind in ('peers', 'growth'):
            root = xml.parse(plot.replace('.svg', f'-{kind}.svg')).getroot()
            check(root.tag.endswith('svg'), f'{kind}: no SVG')
        with open(page, 'w', encoding='utf-8') as file:
            file.write('before <!-- table: peers --> old <!-- end --> after')
        subprocess.run([sys.executable, page_maker, results, page], check=True)
        with open(page, encoding='utf-8') as file:
            text = file.read()
        check('| fifo-64 |' in text and 'old' not in text and text.endswith('after'), 'page')
    bad = subprocess.run([bench, '--only', 'nobody'], capture_output=True, text=True, check=False)
    check(bad.returncode == 2 and 'nobody' in bad.stderr, 'a peer that does not exist')


if __name__ == '__main__':
    main(*sys.argv[1:])
