#!/usr/bin/env python3
"""Puts the page's parts into a C++ file: page.html with the style and the scripts in their places.

    embed.py OUTPUT.cpp page.html page.css MODULE.js ...

Each module becomes a scope of its own in one script, in the order given: what it imports must have
come before. The page's policy (CSP) allows exactly this style and this script, by their hashes.
"""
import base64
import hashlib
import re
import sys
from pathlib import Path

IMPORT = re.compile(r"^import \{([^}]*)\} from '\./(\w+)\.js';\n", re.M)
EXPORT = re.compile(r'^export ((?:async )?(?:function|class|const|let) (\w+))', re.M)
CHUNK = 12000  # compilers have a limit on the length of a literal


def scope_of(path, known):
    """One module as `const from_name = (() => {...})();`, which returns what it exports."""
    def taken(match):
        names, module = match.groups()
        if module not in known:
            sys.exit(f'{path.name} imports {module}.js, which does not come before it')
        return f'const {{{names.strip().rstrip(",")}}} = from_{module};\n'
    text = path.read_text(encoding='utf-8')
    exported = [name for _, name in EXPORT.findall(text)]
    text = EXPORT.sub(r'\1', IMPORT.sub(taken, text))
    if re.search(r'^(import|export)\b', text, re.M):
        sys.exit(f'{path.name} imports or exports in a way that is not understood here')
    known.add(path.stem)
    returned = ', '.join(exported)
    return f'const from_{path.stem} = (() => {{\n{text}\nreturn {{{returned}}};\n}})();\n'


def script_of(paths):
    """All modules as one script."""
    known = set()
    scopes = '\n'.join(scope_of(path, known) for path in paths)
    script = f"\n(() => {{\n'use strict';\n{scopes}}})();\n"
    if '</script' in script or '<!--' in script:
        sys.exit('the script holds what would end its element')
    return script


def hash_of(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def literal(text):
    """A C++ expression for the text: raw literals, joined by the compiler."""
    pieces = [text[i:i + CHUNK] for i in range(0, len(text), CHUNK)] or ['']
    return '\n'.join(f'R"~page~({piece})~page~"' for piece in pieces)


def main():
    output, page, style, *modules = map(Path, sys.argv[1:])
    script = script_of(modules)
    style = style.read_text(encoding='utf-8')
    text = page.read_text(encoding='utf-8')
    text = re.sub(r'<!--.*?-->\n', '', text, count=1, flags=re.S)  # the template's own header
    for name, value in (('style-hash', hash_of(style)), ('script-hash', hash_of(script)),
                        ('style', style), ('script', script)):
        text = text.replace('{{' + name + '}}', value)
    before_title, rest = text.split('{{title}}')
    before_data, after_data = rest.split('{{data}}')
    parts = {'before_title': before_title, 'before_data': before_data, 'after_data': after_data}
    definitions = '\n'.join(f'const std::string_view {name} =\n{literal(value)};'
                            for name, value in parts.items())
    output.write_text('#include "page/parts.hpp"\n\nnamespace mempool::viz::page_parts {\n\n'
                      f'{definitions}\n\n}}  // namespace mempool::viz::page_parts\n',
                      encoding='utf-8')


if __name__ == '__main__':
    main()
