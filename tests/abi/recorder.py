#!/usr/bin/env python3
"""The recorder is loaded into programs that know nothing of it: it may need libc alone, and may
export the functions that it takes the place of, and nothing else.

    recorder.py LIBRARY     exits 1 and names what does not hold
"""
import re
import subprocess
import sys

EXPORTED = {'malloc', 'calloc', 'realloc', 'reallocarray', 'free', 'posix_memalign',
            'aligned_alloc', 'memalign', 'valloc', 'pvalloc', 'malloc_usable_size'}
MAY_NEED = re.compile(r'(libc|libdl|libpthread|ld-linux[\w-]*|libc\.musl[\w-]*)\.so')
# In the path of malloc: nothing that may allocate or wait for a lock of libc's.
MAY_NOT_CALL = re.compile(r'^(printf|fprintf|snprintf|fopen|fwrite|fgets|pthread_mutex_lock|'
                          r'_Znwm|_Znam|__cxa_\w+|strdup|syslog)$')


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def names(library, kind):
    rows = [line.split() for line in run('nm', '-D', kind, library).splitlines()]
    return {row[-1].split('@')[0] for row in rows if row[-2] != 'w'} - {'__cxa_finalize'}


def main(library):
    exported = names(library, '--defined-only')
    needed = re.findall(r'\(NEEDED\)[^\[]*\[([^\]]*)\]', run('readelf', '-d', library))
    findings = [f'{name} is not exported' for name in sorted(EXPORTED - exported)]
    findings += [f'{name} is exported, and is none of malloc\'s' for name in
                 sorted(exported - EXPORTED)]
    findings += [f'{name} is needed' for name in needed if not MAY_NEED.match(name)]
    findings += [f'{name} is called' for name in sorted(names(library, '--undefined-only'))
                 if MAY_NOT_CALL.match(name)]
    for finding in findings:
        print(f'{library}: {finding}', file=sys.stderr)
    print(f'{len(exported)} functions, needs {", ".join(needed)}')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
