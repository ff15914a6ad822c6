"""Packs the documentation site, lessons first, into a zip that works without a network.

    zip.py SITE FILE.zip

The zip has one folder; its start.html leads to the lessons. Times are left out, so that the same
site gives the same bytes.
"""
import sys
import zipfile
from pathlib import Path

START = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Mempool: lessons</title>
<meta http-equiv="refresh" content="0; url=lessons.html"></head>
<body><p><a href="lessons.html">The lessons</a></p></body></html>
"""


def add(archive, name, contents):
    entry = zipfile.ZipInfo(f'mempool-lessons/{name}', (2000, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, contents)


def main(site, target):
    files = sorted(path for path in Path(site).rglob('*') if path.is_file())
    if not any(path.name == 'lessons.html' for path in files):
        sys.exit(f'{site}: there are no lessons in it')
    with zipfile.ZipFile(target, 'w') as archive:
        add(archive, 'start.html', START)
        for path in files:
            add(archive, path.relative_to(site).as_posix(), path.read_bytes())


if __name__ == '__main__':
    main(*sys.argv[1:])
