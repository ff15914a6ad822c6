#!/usr/bin/env python3
"""The manual pages of section 3, from the comments in mempool.h and the headers that it includes.

    man.py --names mempool.h              the functions, one a line
    man.py mempool.h FOLDER VERSION DATE  writes mempool.3 and a page for each function

Not Doxygen: its pages are one a group, with the functions as links. A comment's text is taken as it
is; what is left of Doxygen's language (@p, @returns, `code`) becomes troff's.
"""
import re
import sys
from pathlib import Path

SECTIONS = {'returns': 'RETURN VALUE', 'emits': 'EVENTS', 'complexity': 'COST',
            'threads': 'THREADS'}


def plain(text):
    """Text that troff takes for text, with function names in bold and code in bold."""
    text = text.replace('\\', '\\e').replace('-', '\\-').replace("'", '\\(aq')
    text = text.replace('~', '\\(ti').replace('^', '\\(ha')
    text = re.sub(r'`([^`]*)`|\*(\w+)\*', lambda m: f'\\fB{m[1] or m[2]}\\fR', text)
    text = re.sub(r'@(?:p|c) (\w+)', r'\\fI\1\\fR', text)
    text = re.sub(r'(?<![\w\\])(pool_\w+)\(\)', r'\\fB\1\\fR()', text)
    return '\n'.join(re.sub(r"^([.'])", r'\\&\1', line.strip()) for line in text.split('\n'))


def uncommented(comment):
    lines = [re.sub(r'^\s*\*? ?', '', line) for line in comment.strip().split('\n')]
    return '\n'.join(lines).strip()


def parts(comment):
    """A comment as (text, [(parameter, meaning)], {section: text})."""
    text, parameters, sections = [], [], {}
    target = text
    for line in uncommented(comment).split('\n'):
        braces = re.match(r'@(emits|complexity|threads)\{(.*)$', line)
        tag = braces or re.match(r'@(param|returns)\s+(.*)$', line)
        if tag and tag[1] == 'param':
            name, _, meaning = tag[2].partition(' ')
            target = [meaning]
            parameters.append((name, target))
        elif tag:
            target = sections.setdefault(tag[1], [])
            target.append(tag[2])
        elif not line.strip() and target is not text:
            target = text
            text.append('')
        else:
            target.append(line)
    joined = {name: '\n'.join(lines).strip() for name, lines in sections.items()}
    for name in ('emits', 'complexity', 'threads'):
        if name in joined:
            joined[name] = joined[name].rstrip('}')
    return ('\n'.join(text).strip(),
            [(name, ' '.join(' '.join(lines).split())) for name, lines in parameters], joined)


def sentence(text):
    """What stands before the first full stop, as a page's NAME has it."""
    first = ' '.join(re.split(r'\.(?:\s|$)', text, maxsplit=1)[0].split())
    return first[0].lower() + first[1:]


def paragraphs(text):
    parts = [part.strip() for part in re.split(r'\n\s*\n', text)]
    return '\n.PP\n'.join(plain(part) for part in parts if part)


def functions(header):
    """Groups in order, each (title, [(name, comment, prototype)])."""
    groups = []
    pattern = re.compile(r'@defgroup \w+ ([^\n]*)|'
                         r'/\*\*((?:(?!\*/).)*)\*/\s*POOL_API ([^;]*?(pool_\w+)\([^;]*);', re.S)
    for found in pattern.finditer(header):
        if found[1]:
            groups.append((found[1].strip(), []))
        else:
            groups[-1][1].append((found[4], found[2], ' '.join(found[3].split())))
    return groups


def top(name, says, release):
    """Title and NAME. Words are not parted at line ends: they are names that are looked for."""
    version, date = release
    return (f'.TH {name.upper()} 3 "{date}" "Mempool {version}" "Mempool"\n.nh\n.ad l\n'
            f'.SH NAME\n{name} \\- {plain(says)}\n')


def synopsis(declaration):
    """Bold, broken between arguments where it would be long."""
    lines, line = [], ''
    for word in (declaration + ';').split(', '):
        piece = word if word.endswith(');') else word + ','
        if line and len(line) + len(piece) > 70:
            lines.append(line)
            line = '    '
        line += piece if not line.strip() else ' ' + piece
    lines.append(line)
    return '\n'.join('\\fB' + plain_keeping_indent(each) + '\\fR' for each in lines)


def plain_keeping_indent(line):
    indent = line[:len(line) - len(line.lstrip())]
    return indent + plain(line)


def types(header):
    """The header's callbacks, name to comment and declaration, its structs, name to [(member,
    meaning)] with their text, and its enums, name to [(constant, meaning)]."""
    callbacks = {found[3]: (found[1], found[2]) for found in
                 re.finditer(r'/\*\*((?:(?!\*/).)*)\*/\s*(typedef [^;{}]*\(\*(\w+)\)\([^;]*\));',
                             header, re.S)}
    structs = {}
    for found in re.finditer(r'typedef struct (\w+) \{(.*?)\n\} \1;', header, re.S):
        rows = re.finditer(r'(?:\(\*(\w+)\)\([^;]*\)|(\w+(?:\[\d+\])?));\s*/\*\*<(.*?)\*/',
                           found[2], re.S)
        structs[found[1]] = (found[2], [(row[1] or row[2], ' '.join(row[3].split()))
                                        for row in rows])
    return callbacks, structs, enums(header)


def enums(header):
    """An enum's constants stand in it, with a comment or none, or in a list that a macro reads."""
    found = {}
    for name, body in re.findall(r'typedef enum (\w+) \{(.*?)\} \1;', header, re.S):
        found[name] = re.findall(r'(\w+) = \d+,?(?:\s*/\*\*<(.*?)\*/)?', body)
        listed = re.match(r'\s*(\w+)\((\w+)\)', body)
        if listed:
            prefix = re.search(rf'#define {listed[2]}\(.*?\) (\w+)##', header)[1]
            rows = re.search(rf'#define {listed[1]}\((\w)\)((?:.*\\\n)*.*)', header)
            found[name] = [(prefix + word, '')
                           for word in re.findall(rf'\b{rows[1]}\((\w+),', rows[2])]
    return found


def members(kind, name, rows):
    out = f'.SS {kind} {plain(name)}\n'
    if not any(says for _, says in rows):
        return out + ', '.join(f'\\fI{plain(each)}\\fR' for each, _ in rows) + '\n'
    return out + ''.join(f'.TP\n\\fI{plain(each)}\\fR\n{plain(says)}\n' for each, says in rows)


def named(names, text):
    return [name for name in names if re.search(rf'\b{name}\b', text)]


def page(function, group, header, release):
    name, comment, prototype = function
    text, parameters, sections = parts(comment)
    callbacks, structs, choices = types(header)
    called = [callbacks[fn][1] for fn in named(callbacks, prototype)]
    shown = '\n.PP\n'.join(synopsis(line) for line in [*called, prototype])
    out = top(name, sentence(text), release)
    files = ['mempool.h'] + ['mempool/sink.h'] * ('struct pool_sink' in prototype)
    includes = '\n'.join(f'\\fB#include <{file}>\\fR' for file in files)
    out += f'.SH SYNOPSIS\n.nf\n{includes}\n.PP\n{shown}\n.fi\n'
    out += f'.SH DESCRIPTION\n{paragraphs(text)}\n'
    for parameter, meaning in parameters:
        out += f'.TP\n\\fI{plain(parameter)}\\fR\n{plain(meaning)}\n'
    for fn in named(callbacks, prototype):
        out += f'.TP\n\\fI{fn}\\fR\n{paragraphs(uncommented(callbacks[fn][0]))}\n'
    told = ' '.join([*called, prototype, comment])
    for struct in named(structs, ' '.join([*called, prototype])):
        out += members('struct', struct, structs[struct][1])
        told += structs[struct][0]
    for choice in named(choices, told):
        out += members('enum', choice, choices[choice])
    for key, title in SECTIONS.items():
        if sections.get(key):
            out += f'.SH {title}\n{paragraphs(sections[key])}\n'
    others = [other for other, _, _ in group if other != name]
    return out + see_also(['mempool', *others])


def see_also(names):
    rows = [f'.BR {plain(name)} (3)' for name in names] + ['.BR mempool\\-viz (1)']
    return '.SH SEE ALSO\n' + ',\n'.join(rows) + '\n'


def overview(header, groups, release):
    """mempool.3: what the header says at its top, and what functions there are."""
    comment = uncommented(re.match(r'\s*/\*\*(.*?)\*/', header, re.S)[1])
    comment = re.sub(r'^@file.*\n', '', comment)
    front, _, conventions = comment.partition('Conventions, for every function:')
    out = top('mempool', 'a memory-pool allocator you can watch', release)
    out += '.SH SYNOPSIS\n.nf\n\\fB#include <mempool.h>\\fR\n.PP\n'
    out += plain('cc program.c $(pkg-config --cflags --libs mempool)') + '\n.fi\n'
    out += f'.SH DESCRIPTION\n{paragraphs(front.partition(chr(10))[2])}\n'
    for title, members in groups:
        if members:
            out += f'.SS {plain(title)}\n'
        for name, text, _ in members:
            out += f'.TP\n.BR {plain(name)} (3)\n{plain(sentence(parts(text)[0]))}\n'
    out += '.SH CONVENTIONS\nFor every function:\n'
    for number, text in re.findall(r'^ *(\d)\. (.*?)(?=^ *\d\. |\Z)', conventions, re.S | re.M):
        out += f'.IP {number}. 4\n{plain(text.strip())}\n'
    out += ('.SH ENVIRONMENT\n.TP\n\\fBMEMPOOL_LOG\\fR\nfile that the events of every pool go to, '
            '.jsonl or .mplog; %p is the process id\n.TP\n\\fBMEMPOOL_OPTIONS\\fR\noptions of '
            'every pool that leaves them open, such as align=1,policy=best,fill=on: the members of '
            'pool_options, see\n.BR pool_create_with (3)\n')
    return out + see_also(['pool_create', 'pool_alloc', 'pool_free'])


def main(arguments):
    if arguments[0] == '--names':
        header = Path(arguments[1]).read_text(encoding='utf-8')
        print('\n'.join(name for _, members in functions(header) for name, _, _ in members))
        return
    header = ''.join(Path(Path(arguments[0]).parent, file).read_text(encoding='utf-8')
                     for file in ('mempool.h', 'mempool/event.h', 'mempool/sink.h'))
    folder, release = arguments[1], arguments[2:]
    groups = functions(header)
    Path(folder, 'mempool.3').write_text(overview(header, groups, release), encoding='utf-8')
    for _, group in groups:
        for function in group:
            Path(folder, function[0] + '.3').write_text(page(function, group, header, release),
                                                        encoding='utf-8')


if __name__ == '__main__':
    main(sys.argv[1:])
