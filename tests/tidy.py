#!/usr/bin/env python3
"""The house style, as a test: every rule is one function below that yields findings.

    tidy.py ROOT           prints file:line: message; exits 1 if there is any
    tidy.py --self-test    plants a violation of each rule and expects exactly that rule to see it

Not a formatter (.clang-format) and not a linter (.clang-tidy): these are the rules that neither of
them knows. How C++ text is read is in tidy_code.py, who may include whom in tidy_layers.py.
"""
import os
import re
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True  # before our own modules: the source tree stays as it is
import tidy_code as code  # noqa: E402
import tidy_layers as layers  # noqa: E402
import tidy_samples  # noqa: E402

# What a rule does not hold for, and why. The only place for exceptions.
EXEMPT = {
    'lines': {
        'include/mempool.h': 'the whole C API with its manual, most of it comment',
    },
    'words': {
        'docs/glossary.md': 'names the words that are not used',
    },
}

FOLDERS = ('include', 'src', 'viz', 'tests', 'examples', 'docs', '.ci')
SOURCES = ('.h', '.hpp', '.c', '.cpp', '.py', '.sh', '.js', '.css')
COLUMNS, FILE_LINES, FUNCTION_LINES = 100, 400, 70
HEADER_MIN, HEADER_MAX = 2, 20

SYNONYMS = re.compile(r'(?<![a-z])(merg(?:e|es|ed|ing)|red[ _-]?zones?|canar(?:y|ies)|'
                      r'fenceposts?)(?![a-z])', re.I)
LEFTOVERS = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b')
MACHINE_PATHS = re.compile(r'(?<![\w./$}-])/(?:work|root|home|Users)/')
DEAD_CODE = re.compile(r'^\s*//\s?(?:(?:if|for|while|switch) \(.*[;{]|return [\w.()]*;|'
                       r'[\w:.>*&\[\]-]+(?:\(.*\)| [+-]?= .+);)\s*$')


def read(root):
    """Path to text, for every file a rule may look at."""
    files = {}
    for path in [Path(root) / 'Makefile', *sorted(Path(root).glob('*.md'))]:
        if path.is_file():
            files[path.name] = path.read_text(encoding='utf-8')
    for folder in FOLDERS:
        for path in sorted((Path(root) / folder).rglob('*')):
            name = path.relative_to(root).as_posix()
            if path.is_file() and '/__pycache__/' not in name:
                try:
                    files[name] = path.read_text(encoding='utf-8')
                except UnicodeDecodeError:
                    pass  # data: traces, pictures
    return files


def sources(files, rule='', suffixes=SOURCES, folders=FOLDERS):
    for path, text in files.items():
        if path.endswith(suffixes) and path.split('/')[0] in folders \
                and path not in EXEMPT.get(rule, ()):
            yield path, text


def each_line(text):
    return enumerate(text.splitlines(), 1)


def line_of(text, position):
    return text.count('\n', 0, position) + 1


def rule_columns(files):
    for path, text in sources(files):
        for number, line in each_line(text):
            if len(line) > COLUMNS:
                yield path, number, f'{len(line)} columns, at most {COLUMNS}'


def rule_lines(files):
    for path, text in sources(files, 'lines'):
        count = text.count('\n')
        if count > FILE_LINES:
            yield path, count, f'{count} lines, at most {FILE_LINES}: split it by idea'


def rule_functions(files):
    for path, text in sources(files):
        for start, length, name in code.functions(path, text):
            if length > FUNCTION_LINES:
                yield path, start, f'{name} has {length} lines, at most {FUNCTION_LINES}'


def rule_header(files):
    for path, text in sources(files):
        count = code.header_comment(text)
        told_elsewhere = path.endswith('.cpp') and path[:-3] + 'hpp' in files
        least = 1 if told_elsewhere else HEADER_MIN
        if not least <= count <= HEADER_MAX:
            yield path, 1, (f'header comment of {count} lines, not {least} to {HEADER_MAX}: '
                            'what it is, what it is not, where it sits in the flow')


def rule_guards(files):
    for path, text in sources(files, suffixes=('.h', '.hpp')):
        if not re.search(r'^#pragma once$|^#ifndef (\w+)\n#define \1$', text, re.M):
            yield path, 1, 'no #pragma once and no include guard'


def rule_includes(files):
    for path, text in sources(files, suffixes=('.h', '.hpp', '.c', '.cpp')):
        for number, line in each_line(text):
            found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if found:
                reason = layers.refusal(path, found[2], found[1] == '"')
                if reason:
                    yield path, number, f'includes {found[2]}: {reason}'


def rule_views(files):
    """No view knows another: the table alone includes them all (dot_cards.cpp is part of dot)."""
    views = set(re.findall(r'\bwrite_(\w+)', files.get('viz/view/views.cpp', '')))
    for path, text in sources(files, suffixes=('.hpp', '.cpp'), folders=('viz',)):
        own = Path(path).stem.split('_')[0]
        if path.startswith('viz/view/') and own != 'views':
            for found in re.finditer(r'#include "view/(\w+)\.hpp"', text):
                if found[1] in views and found[1] != own:
                    yield path, line_of(text, found.start()), f'includes another view, {found[1]}'


def rule_clock(files):
    for path, text in sources(files, suffixes=('.hpp', '.cpp'), folders=('src', 'viz')):
        banned = layers.banned_call(path)
        for number, line in each_line(code.blank(text)) if banned else ():
            if banned.search(line):
                yield path, number, 'no clock and no environment here'


def rule_words(files):
    for path, text in files.items():
        if path.startswith(('src/', 'include/', 'viz/', 'docs/')) \
                and path not in EXEMPT['words']:
            for number, line in each_line(text):
                found = SYNONYMS.search(line)
                if found:
                    yield path, number, f'"{found[1]}": docs/glossary.md has the word we use'


def rule_leftovers(files):
    for path, text in files.items():
        for number, line in each_line(text):
            found = LEFTOVERS.search(line)
            if found:
                yield path, number, f'{found[1]}: do it or leave it'


def rule_machine_paths(files):
    for path, text in files.items():
        for number, line in each_line(text):
            if MACHINE_PATHS.search(line):
                yield path, number, 'a path of one machine'


def rule_dead_code(files):
    for path, text in sources(files, suffixes=('.h', '.hpp', '.c', '.cpp')):
        for number, line in each_line(text):
            if DEAD_CODE.match(line):
                yield path, number, 'commented-out code: version control remembers'


def rule_whitespace(files):
    for path, text in sources(files, suffixes=(*SOURCES, '.md', '.html', 'meson.build')):
        for number, line in each_line(text):
            if line != line.rstrip() or '\t' in line:
                yield path, number, 'tab, or space at the end of the line'
        if not text.endswith('\n'):
            yield path, line_of(text, len(text)), 'no newline at the end'


def rule_quotes(files):
    """For Doxygen a span of code ends at a single quote, unless two backquotes began it."""
    for path, text in sources(files, suffixes=('.md',), folders=('docs',)):
        outside = re.sub(r'^```.*?^```$', lambda block: '\n' * block[0].count('\n'), text,
                         flags=re.M | re.S)
        for number, line in each_line(outside):
            for ticks, code_span in re.findall(r'(`+)(.*?)\1', line):
                if ticks == '`' and "'" in code_span:
                    yield path, number, f"`{code_span}` has a quote in it: write it with ``"


def rule_test_names(files):
    for path, text in sources(files, suffixes=('.cpp',), folders=('tests',)):
        for found in re.finditer(r'\bTEST_CASE\(\s*"([^"]*)"', text):
            if re.search(r'(?<!\w)\d+(?!\w)', found[1]):
                yield path, line_of(text, found.start()), f'a number in a test name: {found[1]}'


def rule_api(files):
    callers = '\n'.join(code.blank(text) for _, text in
                        sources(files, suffixes=('.c', '.cpp', '.hpp'),
                                folders=('tests', 'examples')))
    for path, text in sources(files, suffixes=('.h',), folders=('include',)):
        for found in re.finditer(r'^POOL_API\b[^;(]*?\b(\w+)\s*\(', text, re.M):
            name, number = found[1], line_of(text, found.start())
            if not text[:found.start()].rstrip().endswith('*/'):
                yield path, number, f'{name} has no doc comment'
            if not re.search(rf'\b{name}\s*\(', callers):
                yield path, number, f'{name} is called by no test and no example'


RULES = [rule for name, rule in sorted(globals().items()) if name.startswith('rule_')]


def findings(root):
    files = read(root)
    return [(rule.__name__, f'{path}:{line}: {message}')
            for rule in RULES for path, line, message in rule(files)]


def plant(folder, files):
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding='utf-8')


def self_test():
    """A clean tree has no finding; each sample adds one file and is seen by its rule alone."""
    failed = 0
    seen = set()
    for rule, path, text in [('', '', ''), *tidy_samples.SAMPLES]:
        with tempfile.TemporaryDirectory() as folder:
            plant(folder, tidy_samples.CLEAN)
            if path:
                plant(folder, {path: text})
            got = findings(folder)
        wanted = {rule} if rule else set()
        if {name for name, _ in got} != wanted or not all(path in what for _, what in got):
            failed += 1
            print(f'self-test: {path or "the clean tree"}: wanted {rule or "nothing"}, got {got}',
                  file=sys.stderr)
        seen |= wanted
    for name in sorted({rule.__name__ for rule in RULES} - seen):
        failed += 1
        print(f'self-test: no sample for {name}', file=sys.stderr)
    return failed


def main(argument):
    if argument == '--self-test':
        return 1 if self_test() else 0
    if not os.path.isdir(os.path.join(argument, 'include')):
        sys.exit(f'{argument} has no folder include: not the root of the repository')
    found = findings(argument)
    for _, finding in found:
        print(finding, file=sys.stderr)
    return 1 if found else 0


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: tidy.py ROOT | --self-test')
    sys.exit(main(sys.argv[1]))
