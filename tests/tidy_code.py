"""How tidy.py reads source text: without comments and strings, by function, from its top.

Not a parser: C and C++ are read by brackets, which is enough to measure functions in code that
clang-format has laid out.
"""
import ast
import re

NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|\bR"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'
                      r"(?<!\w)'(?:\\.|[^'\\\n])+'", re.S)
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.M)
ACCESS = re.compile(r'^\s*(?:(?:public|private|protected)\s*:\s*)+')


def keep_newlines(found):
    return re.sub(r'[^\n]', ' ', found[0])


def blank(text):
    """The text with comments and strings blanked out; every line keeps its number."""
    return NOT_CODE.sub(keep_newlines, text)


def kind_of(head):
    """What an opening bracket outside of functions opens, from the text before it."""
    if re.search(r'\bnamespace\b|\bextern\s*$', head):
        return 'scope'
    if '(' in head:
        return 'function'
    return 'scope' if re.search(r'\b(?:class|struct|union|enum)\b', head) else 'value'


def bracketed_functions(text):
    """Functions of C or C++ text as (first line, lines, name)."""
    text = DIRECTIVE.sub(keep_newlines, blank(text))
    stack, boundary = [], 0  # of (kind, first line, name)
    for found in re.finditer(r'[{};]', text):
        mark, at = found[0], found.start()
        if mark == '{':
            head = text[boundary:at]
            skipped = len(ACCESS.match(head)[0]) if ACCESS.match(head) else 0
            skipped += len(head[skipped:]) - len(head[skipped:].lstrip())
            outer = all(kind == 'scope' for kind, _, _ in stack)
            kind = kind_of(head) if outer else 'inner'
            name = re.search(r'([~\w:]+)\s*\(', head)
            stack.append((kind, text.count('\n', 0, boundary + skipped) + 1,
                          name[1] if name else 'function'))
        elif mark == '}' and stack:
            kind, first, name = stack.pop()
            if kind == 'function':
                yield first, text.count('\n', 0, at) + 2 - first, name
        boundary = at + 1


def functions(path, text):
    if path.endswith('.py'):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                yield node.lineno, node.end_lineno - node.lineno + 1, node.name
    elif path.endswith(('.h', '.hpp', '.c', '.cpp')):
        yield from bracketed_functions(text)


def header_comment(text):
    """Lines of the comment a file opens with; a first line for the shell is not counted."""
    text = re.sub(r'\A#![^\n]*\n', '', text)
    for pattern in (r'\A/\*.*?\*/', r'\A"""(?s:.*?)"""', r'\A(?://[^\n]*\n)+', r'\A(?:#[^\n]*\n)+'):
        found = re.match(pattern, text, re.S if '*' == pattern[4:5] else 0)
        if found:
            return found[0].rstrip('\n').count('\n') + 1
    return 0
