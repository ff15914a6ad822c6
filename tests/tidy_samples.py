"""What tidy.py --self-test plants: a small clean tree, and for each rule files that break it.

A sample is (rule, path, text). The rest of the tree stays clean, so a rule that cannot fail, or
one that sees what is not its business, is found out.
"""
TOP = '// What it is.\n// What it is not.\n// Where it sits.\n'
CODE = TOP + '#include "base/units.hpp"\n\n'
HEADER = TOP + '#pragma once\n'
API = '''/**
 * @file mempool.h
 * The API.
 */
#ifndef MEMPOOL_H
#define MEMPOOL_H
#include <stddef.h>
'''
SHORT = '\n'.join(['  ++n;'] * 68)
LONG = '\n'.join(['  ++n;'] * 70)

CLEAN = {
    'Makefile': 'all:\n\ttrue\n',
    'include/mempool.h': API + '/** Opens. */\nPOOL_API int pool_open(int n);\n#endif\n',
    'src/base/units.hpp': HEADER,
    'src/engine/engine.cpp': CODE + 'namespace a {\nstruct B {\n public:\n'
                             '  int f() { return 1; }\n};\n'
                             f'int g(int n) {{\n{SHORT}\n}}\n}}\n',
    'viz/view/dot_cards.cpp': CODE + '#include "model/frame.hpp"\n#include "view/dot.hpp"\n',
    'viz/view/views.cpp': CODE + '#include "view/dot.hpp"\n'
                          'auto table[] = {write_dot, write_dump};\n',
    'tests/open.cpp': TOP + 'TEST_CASE("a pool opens") { pool_open(1); }\n',
    'docs/glossary.md': "coalesce, not merge\n`a` and b's `c`, ``'d'``\n```sh\necho `'e'`\n```\n",
    'examples/first.c': TOP + '#include <mempool.h>\n#include <stdio.h>\n',
}

SAMPLES = [
    ('rule_columns', 'src/pool/a.cpp', CODE + '// ' + 'x' * 98 + '\n'),
    ('rule_lines', 'src/pool/a.cpp', CODE + 'int a;\n' * 400),
    ('rule_functions', 'src/pool/a.cpp', CODE + f'int g(int n)\n{{\n{LONG}\n}}\n'),
    ('rule_functions', 'src/pool/a.hpp', HEADER + f'struct A {{\n  A() {{\n{LONG}\n  }}\n}};\n'),
    ('rule_functions', 'tests/a.py', '"""A.\n\nB.\n"""\ndef f():\n' + '    print()\n' * 70),
    ('rule_header', 'src/pool/a.cpp', '#include "base/units.hpp"\n'),
    ('rule_header', 'src/pool/a.cpp', '// Too short.\nint a;\n'),
    ('rule_header', 'src/pool/a.cpp', '// On and on.\n' * 21 + 'int a;\n'),
    ('rule_guards', 'src/pool/a.hpp', TOP + 'int a;\n'),
    ('rule_includes', 'include/mempool/b.h', API + '#include <unistd.h>\n#endif\n'),
    ('rule_includes', 'src/engine/a.cpp', TOP + '#include "explain/narrate.hpp"\n'),
    ('rule_includes', 'src/engine/a.cpp', TOP + '#include "log/jsonl.hpp"\n'),
    ('rule_includes', 'src/engine/a.cpp', TOP + '#include <iostream>\n'),
    ('rule_includes', 'src/engine/a.cpp', TOP + '#include <chrono>\n'),
    ('rule_includes', 'src/base/a.hpp', HEADER + '#include "engine/engine.hpp"\n'),
    ('rule_includes', 'src/pool/a.cpp', TOP + '#include "log/file.hpp"\n'),
    ('rule_includes', 'src/pool/a.cpp', TOP + '#include "model/model.hpp"\n'),
    ('rule_includes', 'src/pool/a.cpp', TOP + '#include "../base/units.hpp"\n'),
    ('rule_includes', 'src/pool/a.cpp', TOP + '#include <fmt/core.h>\n'),
    ('rule_includes', 'src/log/a.cpp', TOP + '#include "engine/engine.hpp"\n'),
    ('rule_includes', 'viz/model/a.cpp', TOP + '#include "engine/engine.hpp"\n'),
    ('rule_includes', 'viz/view/a.cpp', TOP + '#include "model/timeline.hpp"\n'),
    ('rule_includes', 'viz/view/a.cpp', TOP + '#include "log/reader.hpp"\n'),
    ('rule_includes', 'viz/view/a.cpp', TOP + '#include <mempool.h>\n'),
    ('rule_includes', 'viz/workload/a.cpp', TOP + '#include "pool/pool.hpp"\n'),
    ('rule_includes', 'viz/commands.cpp', TOP + '#include "engine/engine.hpp"\n'),
    ('rule_includes', 'examples/a.c', TOP + '#include "pool/pool.hpp"\n'),
    ('rule_views', 'viz/view/dump.cpp', TOP + '#include "view/dot.hpp"\n'),
    ('rule_clock', 'viz/view/a.cpp', TOP + 'auto home = getenv("HOME");\n'),
    ('rule_words', 'src/pool/a.cpp', TOP + '// the blocks are merged\n'),
    ('rule_words', 'viz/view/a.cpp', TOP + 'int red_zone;\n'),
    ('rule_words', 'docs/a.md', 'A Canary sings.\n'),
    ('rule_leftovers', 'src/pool/a.cpp', TOP + '// TO' + 'DO: later\n'),
    ('rule_leftovers', 'docs/a.md', 'FIX' + 'ME\n'),
    ('rule_machine_paths', 'docs/a.md', 'See /ho' + 'me/ada/mempool.\n'),
    ('rule_dead_code', 'src/pool/a.cpp', TOP + '// free_bytes += size;\n'),
    ('rule_dead_code', 'src/pool/a.cpp', TOP + '//if (size > 3) {\n'),
    ('rule_quotes', 'docs/a.md', "Say `from 'a'` here.\n"),
    ('rule_whitespace', 'docs/a.md', 'space \n'),
    ('rule_whitespace', 'src/pool/a.cpp', TOP + '\tint a;\n'),
    ('rule_whitespace', 'src/pool/a.cpp', TOP + 'int a;'),
    ('rule_test_names', 'tests/a.cpp', TOP + 'TEST_CASE("guards 2") {}\n'),
    ('rule_api', 'include/mempool/b.h',
     API + '/** Shuts. */\nPOOL_API int pool_shut(int n);\n#endif\n'),
    ('rule_api', 'include/mempool/b.h', API + '\nPOOL_API int pool_open(int n);\n#endif\n'),
]
