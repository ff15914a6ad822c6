#!/usr/bin/env python3
"""Adds up Meson's test logs to one plain line: N passed, N failed.

    .ci/count.py [--failed NAME ...] TESTLOG.json ...

Counts every case of a TAP stream, and each other test as one. It reads testlog.json and not the
JUnit file, which leaves out timeouts and bad plans. Whatever did not run is a failure: a skipped
test, a TAP stream without a case (a mistyped reporter), a log that is missing or empty. What
failed is named on stderr. --failed adds a failure that has no log, such as a build. A case that
is skipped for one of the reasons in MAY_LACK counts neither way, and is named too.
"""
import json
import re
import sys

GOOD = ('OK', 'EXPECTEDFAIL')
MAY_LACK = ('no pseudo-terminals here',  # a chroot without /dev/pts
            'no tmux here',
            'git log is recorded, and there is no history here',  # a source archive
            'gdb is not installed', 'gdb has no Python', 'gdb cannot start programs here',
            # programs to be recorded, and what finds their names
            'no git here', 'no gcc here', 'no bash here', 'no sqlite3 here', 'no symbolizer here',
            'dot is not installed', 'no static programs here',
            # what make deps-page gets, and a test run does without
            'node is not installed', 'there is no Chromium', 'there is no Firefox',
            'axe-core is not installed (npm install axe-core)',
            'DuckDB is not installed (make deps-page)',
            # what make deps-dev gets, for two of the examples
            'sqlite3 is not installed', 'lua5.4 is not installed',
            # what make deps-dev gets, for the page of queries
            'jq is not installed',
            # and for the tests of what is packaged
            'cmake is not installed', 'zsh is not installed', 'man is not installed',
            'mandoc is not installed', 'pkg-config is not installed', 'bash is not installed')


def cases(stdout):
    """The cases of a TAP stream as (good, name); empty if it is none. None: need not have run."""
    if not stdout.startswith('TAP version'):
        return []
    found = re.findall(r'^(not ok|ok)\b *\d* *-? *([^\n]*)', stdout, re.M)
    return [(judge(word, name), name) for word, name in found]


def judge(word, name):
    """True, False, or None for a case that was skipped for a reason that may be."""
    skipped = re.search(r'#\s*skip\s*(.*)', name, re.I)
    if skipped:
        return None if skipped[1] in MAY_LACK else False
    return word == 'ok'


def count_test(test):
    """One test of a log: how many cases passed, and the names of those that failed."""
    name, result = test['name'], test['result']
    ran = cases(test.get('stdout') or '')
    failed = [f'{name}: {case}' for good, case in ran if good is False]
    passed = sum(good is True for good, _ in ran)
    for good, case in ran:
        if good is None:
            print(f'not run: {name}: {case}', file=sys.stderr)
    may_skip = result == 'SKIP' and ran and all(good is None for good, _ in ran)
    if result not in GOOD and not failed and not may_skip:
        failed = [f'{name}: {result}']  # killed, timed out, skipped, a plan that does not add up
    elif not ran and not failed:
        passed = 1
    return passed, failed


def count_log(path):
    """One log; a log that cannot be read, or holds no test, is one failure."""
    passed, failed = 0, []
    try:
        with open(path, encoding='utf-8') as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except (OSError, ValueError) as error:
        return 0, [f'{path}: {error}']
    for test in tests:
        good, bad = count_test(test)
        passed += good
        failed += bad
    return passed, failed if tests else [f'{path}: no test ran']


def self_test():
    """Every trap that was met, as (result, stdout, passed, failed)."""
    tap = 'TAP version 13\n'
    for result, stdout, passed, failed in (
            ('OK', '', 1, 0), ('FAIL', '', 0, 1), ('TIMEOUT', '', 0, 1), ('SKIP', '', 0, 1),
            ('EXPECTEDFAIL', '', 1, 0), ('UNEXPECTEDPASS', '', 0, 1),
            ('OK', tap + 'ok 1 - a\nok 2 - b\n1..2\n', 2, 0),
            ('FAIL', tap + 'ok 1 - a\nnot ok 2 - b\n1..2\n', 1, 1),
            ('ERROR', tap + 'ok 1 - a\n', 1, 1),                    # killed by a signal
            ('ERROR', tap + 'ok 1 - a\n1..3\n', 1, 1),              # a plan that does not add up
            ('SKIP', tap + '1..0\n', 0, 1),                         # no case matched
            ('OK', tap + 'ok 1 - a # SKIP no time\n1..1\n', 0, 1),
            ('OK', tap + 'ok 1 - a\nok 2 - b # SKIP no pseudo-terminals here\n1..2\n', 1, 0),
            ('SKIP', tap + 'ok 1 - a # SKIP node is not installed\n1..1\n', 0, 0),
            ('OK', 'ok, this is no TAP\n', 1, 0)):
        got = count_test({'name': 't', 'result': result, 'stdout': stdout})
        if (got[0], len(got[1])) != (passed, failed):
            sys.exit(f'self-test: {result} {stdout!r} gives {got}')
    if count_log('/nonexistent')[0] or len(count_log('/nonexistent')[1]) != 1:
        sys.exit('self-test: a missing log is not one failure')


def main(arguments):
    if arguments == ['--self-test']:
        return self_test()
    passed, failed, logs = 0, [], []
    while arguments:
        first = arguments.pop(0)
        if first == '--failed':
            failed.append(arguments.pop(0))
        else:
            logs.append(first)
    for log in logs:
        good, bad = count_log(log)
        passed += good
        failed += bad
    for name in failed:
        print(f'failed: {name}', file=sys.stderr)
    sys.stderr.flush()
    print(f'{passed} passed, {len(failed)} failed', flush=True)
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
