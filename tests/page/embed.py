"""The build step that makes one script of the page's modules: that it joins them as they are meant,
and refuses what it cannot do right. What the scripts do is for the other tests here.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

EMBED = sys.argv[1]
PAGE = ('<!-- header -->\n<p>{{title}} {{style-hash}} {{script-hash}} {{style}} {{script}} '
        '{{data}}</p>')


def embed(folder, **modules):
    """(status, stderr, the C++ file) of modules in the order given."""
    for name, text in {'page.html': PAGE, 'page.css': 'p{}', **{
            f'{name}.js': text for name, text in modules.items()}}.items():
        (folder / name).write_text(text, encoding='utf-8')
    output = folder / 'out.cpp'
    files = ['page.html', 'page.css', *(f'{name}.js' for name in modules)]
    done = subprocess.run([sys.executable, EMBED, output, *(folder / file for file in files)],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, output.read_text() if output.exists() else ''


def joins_modules(folder):
    status, _, text = embed(folder, a='export const one = 1;\n',
                            b="import {one} from './a.js';\nconst two = one + one;\n")
    return status == 0 and 'const {one} = from_a;' in text and 'sha256-' in text


def refuses_wrong_order(folder):
    status, error, _ = embed(folder, b="import {one} from './a.js';\n", a='export const one = 1;\n')
    return status == 1 and 'does not come before it' in error


def refuses_other_exports(folder):
    status, error, _ = embed(folder, a='export default 1;\n')
    return status == 1 and 'not understood' in error


def refuses_an_end_of_script(folder):
    status, error, _ = embed(folder, a="export const one = '</script>';\n")
    return status == 1 and 'end its element' in error


CASES = {
    'modules become one script, each in its own scope': joins_modules,
    'a module that imports what comes after it is refused': refuses_wrong_order,
    'an export that is not understood is refused': refuses_other_exports,
    'a text that would end the script element is refused': refuses_an_end_of_script,
}

print('TAP version 13')
for number, (sentence, case) in enumerate(CASES.items(), 1):
    with tempfile.TemporaryDirectory() as scratch:
        print(f'{"ok" if case(Path(scratch)) else "not ok"} {number} - {sentence}')
print(f'1..{len(CASES)}')
