#!/usr/bin/env python3
"""Makes the seeds of the fuzz target read_recording: small recordings, whole and damaged, laid out
as src/record/format.h says.

    make_recordings.py     writes corpus/read_recording/ beside this file

A seed is where a fuzzer begins, no expectation.
"""
import struct
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / 'corpus' / 'read_recording'
ALLOC, FREE, REALLOC, DONE, FRAMES, MODULE, TEXT, MODULE_FILE = range(1, 9)


def rec(kind, a=0, b=0, c=0, thread=1, extra=0, log2=0):
    return struct.pack('<4Q', a, b, c, thread | extra << 32 | log2 << 48 | kind << 56)


def module(start, end, path):
    text = path.encode()
    pieces = [text[i:i + 24] for i in range(0, len(text), 24)]
    return [rec(MODULE, start, end, 0, 0, len(text)), rec(MODULE_FILE, 1000, 1, 0, 0),
            *(piece.ljust(24, b'\0') + struct.pack('<Q', len(piece) << 32 | TEXT << 56)
              for piece in pieces)]


def recording(records, slots=None, version=1, flags=0, error=0, dropped=0):
    body = b''.join(records)
    count = len(body) // 32 if slots is None else slots
    header = b'\x89MPREC\r\n' + struct.pack('<8I', version, 32, 4096, 7, 6, 1, flags, error)
    header = header.ljust(128, b'\0') + struct.pack('<Q', count)
    header = header.ljust(192, b'\0') + struct.pack('<3QI', dropped, 2, 0, 1)
    header = header.ljust(512, b'\0') + b'/usr/bin/prog'
    header = header.ljust(1536, b'\0') + b'prog\0--all\0\x1b[2J\0'
    return header.ljust(4096, b'\0') + body


SMALL = [rec(ALLOC, 4096, 24, 77), rec(ALLOC, 8192, 100, 78, log2=6), rec(FREE, 4096, 0, 79),
         rec(ALLOC, 4096, 60, 77), rec(REALLOC, 8192, 500, 80), rec(DONE, 12288, 500, 8192)]
SEEDS = {
    'small': recording(SMALL),
    'modules': recording([*module(0x1000, 0x2000, '/usr/lib/libsomething-with-a-name.so.6'),
                          rec(ALLOC, 64, 8, 0x1010), *SMALL]),
    'frames': recording([rec(ALLOC, 64, 8, 5, extra=4), rec(FRAMES, 6, 7, 8, 0),
                         rec(FRAMES, 9, 0, 0, 0), rec(FREE, 64, 0, 5, extra=2), rec(ALLOC, 64, 9)]),
    'threads': recording([rec(ALLOC, 64, 8), rec(REALLOC, 64, 80), rec(ALLOC, 64, 8, thread=2),
                          rec(REALLOC, 64, 0, thread=2), rec(DONE, 96, 80, 64),
                          rec(DONE, 0, 0, 64, thread=2), rec(REALLOC, 96, 2 ** 63)]),
    'forked': recording([rec(FREE, 32), rec(REALLOC, 48, 10), rec(DONE, 64, 10, 48)], flags=1),
    'reused': recording([rec(ALLOC, 64, 8), rec(ALLOC, 64, 9), rec(FREE, 64), rec(FREE, 64)]),
    'hostile': recording([rec(ALLOC, 2 ** 64 - 1, 2 ** 64 - 1, 2 ** 64 - 1, 2 ** 32 - 1, 65535,
                              255),
                          rec(MODULE, 0, 2 ** 64 - 1, 0, 0, 65535), rec(200, 1, 2, 3),
                          rec(ALLOC, 64, 2 ** 63), rec(REALLOC, 64, 2 ** 63)]),
    'unfinished': recording([rec(0), *SMALL[:2], rec(0), rec(0), *SMALL[2:]], dropped=3, flags=2),
    'beyond': recording(SMALL, slots=2 ** 63, flags=4, error=28),
    'cut': recording(SMALL)[:4096 + 70],
    'header': recording(SMALL)[:300],
    'later': recording(SMALL, version=2),
    'empty': b'',
}

if __name__ == '__main__':
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, contents in SEEDS.items():
        (CORPUS / name).write_bytes(contents)
    print(f'{len(SEEDS)} seeds')
