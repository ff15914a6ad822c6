#!/usr/bin/env python3
"""The ABI as text, and whether it is still the one that was promised.

    describe.py check DESCRIPTION LIBRARY INCLUDE     exits 1 where they differ, and says how
    describe.py write DESCRIPTION LIBRARY INCLUDE     replaces the description
    describe.py self-test LIBRARY INCLUDE             plants changes and expects each to be seen

The description has the library's symbols with their versions, the functions' prototypes, every
public struct with the place, size and type of each member, and every enum value. They are read
from the headers as the C compiler sees them, so that none can be left out; sizes and places are
the compiler's own. It is of 64-bit systems. What may change is in docs/abi.md.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HEADERS = ('mempool.h', 'mempool/event.h', 'mempool/sink.h')
COMPILER = os.environ.get('CC', 'cc').split()


def run(*command, text=None):
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True,
                          text=True, check=False)
    if done.returncode:
        sys.exit(f'{command[0]}: {done.stderr}')
    return done.stdout


def seen_by_compiler(include):
    """What the public headers come to, without those of the system: text of one space a gap."""
    marked = run(*COMPILER, '-x', 'c', '-std=c11', '-E', '-I', include, '-',
                 text=''.join(f'#include <{header}>\n' for header in HEADERS))
    kept, ours = [], False
    for line in marked.splitlines():
        place = re.match(r'# \d+ "([^"]*)"', line)
        if place:
            ours = Path(place[1]).is_relative_to(include)
        elif ours:
            kept.append(line)
    text = ' '.join(kept).replace('__attribute__((visibility("default")))', 'API')
    return re.sub(r'\s+', ' ', text)


def structs(text):
    """Name of each struct to its members, as (type, name); a nested union counts as one."""
    found = {}
    for name, body in re.findall(r'typedef struct (\w+) \{((?:[^{}]|\{[^{}]*\})*)\} \1;', text):
        body = re.sub(r'\{[^{}]*\}', '', body)
        found[name] = [member(each) for each in body.split(';') if each.strip()]
    return found


def member(declaration):
    declaration = declaration.strip()
    pointer = re.match(r'(.*)\(\*(\w+)\)(\(.*\))$', declaration)  # to a function
    if pointer:
        return f'{pointer[1].strip()} (*){pointer[3]}', pointer[2]
    array = re.match(r'(.*?)(\w+)(\[\d+\])?$', declaration)
    return array[1].strip() + (array[3] or ''), array[2]


def layouts(text, include):
    """Lines for structs and enum values, from a program that the compiler lays out."""
    prints = []
    for name, members in structs(text).items():
        prints.append(f'P("struct {name} %zu", sizeof({name}));')
        for kind, field in members:
            prints.append(f'P("  {name}.{field} at %zu, %zu bytes: {kind}", '
                          f'offsetof({name}, {field}), sizeof((({name} *)0)->{field}));')
    for name, body in re.findall(r'typedef enum (\w+) \{([^{}]*)\} \1;', text):
        prints.append(f'P("enum {name} %zu", sizeof({name}));')
        for value in re.findall(r'(\w+) = \d+', body):
            prints.append(f'P("  {name}.{value} = %d", (int){value});')
    program = ''.join(f'#include <{header}>\n' for header in HEADERS) + (
        '#include <stdio.h>\n#define P(...) (printf(__VA_ARGS__), puts(""))\n'
        'int main(void) {\n' + '\n'.join(prints) + '\nreturn 0;\n}\n')
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, 'layout.c')
        source.write_text(program, encoding='utf-8')
        run(*COMPILER, '-std=c11', '-I', include, source, '-o', source.with_suffix(''))
        return run(source.with_suffix('')).splitlines()


def symbols(library):
    rows = [line.split() for line in run('nm', '-D', '--defined-only', library).splitlines()]
    return sorted(f'symbol {row[-1]}' for row in rows if row[-2] != 'A')


def describe(library, include):
    text = seen_by_compiler(include)
    prototypes = sorted(f'function {" ".join(found.split())}'
                        for found in re.findall(r'\bAPI ([^;{}]*\));', text))
    callbacks = sorted(f'callback {found}' for found in re.findall(r'typedef ([^;{}]*\));', text))
    return symbols(library) + prototypes + callbacks + layouts(text, include)


def differences(promised, now):
    """What breaks programs that are compiled already, and what is merely new."""
    broken = [line for line in promised if line not in set(now)]
    new = [line for line in now if line not in set(promised)]
    sizes = {line.rsplit(' ', 1)[0]: int(line.rsplit(' ', 1)[1]) for line in new
             if line.startswith('struct ')}
    # A struct that grew at its end: its members are all where they were, and whoever reads it
    # knows how much of it there is.
    grown = [line for line in broken if line.startswith('struct ')
             and sizes.get(line.rsplit(' ', 1)[0], 0) > int(line.rsplit(' ', 1)[1])
             and may_grow(line.split()[1], promised)]
    # The union of an event's fields grows with any of them; it must stay where it is.
    union = re.compile(r'  pool_event\.as at \d+,')
    grown += [line for line in broken if union.match(line)
              and any(other.startswith(union.match(line)[0]) for other in new)]
    return [line for line in broken if line not in grown], new


def may_grow(name, promised):
    """Structs that say their size, and events, which only the library makes and lends."""
    says = f'  {name}.struct_size at 0, 8 bytes: size_t' in promised
    return says or name.startswith('pool_event')


def compare(promised, now):
    broken, new = differences(promised, now)
    for line in broken:
        print(f'BROKEN, was promised: {line.strip()}', file=sys.stderr)
    for line in new:
        print(f'{"is now" if broken else "new"}: {line.strip()}', file=sys.stderr)
    if broken:
        print('Programs that are compiled already would break: see docs/abi.md.', file=sys.stderr)
    elif new:
        print('Nothing breaks. Promise it: tests/abi/describe.py write ...', file=sys.stderr)
    return 1 if promised != now else 0


def planted(include, file, old, new):
    """A copy of the headers with one change."""
    copy = Path(tempfile.mkdtemp(prefix='mempool-abi-'), 'include')
    shutil.copytree(include, copy)
    text = (copy / file).read_text(encoding='utf-8')
    if old not in text:
        sys.exit(f'self-test: {file} has no {old!r}')
    (copy / file).write_text(text.replace(old, new, 1), encoding='utf-8')
    return copy


PLANTS = (  # file, what is changed, into what; breaks
    ('mempool.h', '  int fill;  ', '  int early; int fill;  ', True),
    ('mempool.h', '  int capture;  ', '  int capture; long later;  ', False),
    ('mempool.h', 'uint8_t expected[16]', 'uint8_t expected[32]', True),
    ('mempool.h', 'int pool_reset(', 'long pool_reset(', True),
    ('mempool.h', 'POOL_ERRORS_ABORT = 2', 'POOL_ERRORS_ABORT = 4', True),
    ('mempool/event.h', 'V(BEST, best, 3)', 'V(BEST, best, 7)', True),
    ('mempool/event.h', 'V(GOOD, good, 5)', 'V(GOOD, good, 5) V(LAST, last, 6)', False),
    ('mempool/event.h', 'E(SPLIT, split, 4', 'E(SPLIT, split, 40', True),
    ('mempool/event.h', '  F(U64, rest_offset, BYTES, "the remainder',
     '  F(U64, early, BYTES, "") F(U64, rest_offset, BYTES, "the remainder', True),
    ('mempool/event.h', '  F(U64, rest_size, BYTES, "size of the remainder")',
     '  F(U64, rest_size, BYTES, "") F(U64, late, BYTES, "")', False),
    ('mempool/event.h', 'size_t size;  ', 'size_t size; size_t late;  ', True),
    ('mempool/sink.h', '  void *user;', '', True),
)


def self_test(library, include):
    promised = describe(library, include)
    if compare(promised, promised):
        sys.exit('self-test: what has not changed differs')
    for file, old, new, breaks in PLANTS:
        copy = planted(include, file, old, new)
        broken, added = differences(promised, describe(library, copy))
        shutil.rmtree(copy.parent)
        if bool(broken) != breaks or not (broken or added):
            sys.exit(f'self-test: {old!r} into {new!r} gives {broken}, new {added}')
    if not differences(promised, promised[1:])[0]:
        sys.exit('self-test: a symbol that is gone is not seen')
    if not differences(promised, [promised[0].replace('MEMPOOL_0', 'MEMPOOL_1'), *promised[1:]])[0]:
        sys.exit('self-test: a symbol of another version is not seen')
    print(f'{len(PLANTS) + 2} planted changes were seen')


def main(what, *arguments):
    if what == 'self-test':
        return self_test(arguments[0], Path(arguments[1]).resolve())
    description, library, include = Path(arguments[0]), arguments[1], Path(arguments[2]).resolve()
    now = describe(library, include)
    if what == 'write':
        description.write_text('\n'.join(now) + '\n', encoding='utf-8')
        return 0
    print(f'{len(now)} lines of the ABI are looked at')
    return compare(description.read_text(encoding='utf-8').splitlines(), now)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
