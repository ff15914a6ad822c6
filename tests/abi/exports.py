#!/usr/bin/env python3
"""The shared library exports what the public headers declare, no more and no less.

    exports.py LIBRARY HEADER ...

Compares `nm -D` with the POOL_API functions of the headers, both ways, and the soname with the
one that programs are linked against. It does not look at libmempool.sym: a symbol that is missing
there is missing here.
"""
import re
import subprocess
import sys

SONAME = 'libmempool.so.0'


def declared(headers):
    """Names of the POOL_API functions that the headers declare."""
    names = set()
    for path in headers:
        with open(path, encoding='utf-8') as header:
            text = re.sub(r'/\*.*?\*/|#define[^\n]*', '', header.read(), flags=re.S)
        names |= set(re.findall(r'\bPOOL_API\b[^;(]*?\b(\w+)\s*\(', text))
    return names


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported(library):
    """Names that the library defines for others, without version nodes (type A) and suffixes."""
    rows = [line.split() for line in run('nm', '-D', '--defined-only', library).splitlines()]
    return {row[-1].split('@')[0] for row in rows if row[-2] != 'A'}


def main(library, *headers):
    in_headers, in_library = declared(headers), exported(library)
    findings = [f'{name} is declared but not exported: add it to src/libmempool.sym'
                for name in sorted(in_headers - in_library)]
    findings += [f'{name} is exported but not declared with POOL_API in a header'
                 for name in sorted(in_library - in_headers)]
    if not in_headers:
        findings.append('no POOL_API function found in ' + ', '.join(headers))
    found = re.search(r'\(SONAME\)[^\[]*\[([^\]]*)\]', run('readelf', '-d', library))
    if not found or found[1] != SONAME:
        findings.append(f'soname is {found[1] if found else "missing"}, not {SONAME}')
    for finding in findings:
        print(f'{library}: {finding}', file=sys.stderr)
    print(f'{len(in_headers & in_library)} functions declared and exported')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
