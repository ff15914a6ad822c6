"""mempool-viz grade, end to end: the example allocators in C and Python, right and with each of
their bugs. What each rule asks is grade_spec.cpp's."""
import json
import os
import subprocess
import sys

import harness
from harness import case, expect, expect_equal, expect_in, log, read, refused, viz, write

STUDENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../examples/student')
LESSON = ('100', '+20,+20,+20,+20,+20,-1,-3,-0,-2,+80,-4,+20')
BUGS = {1: ('coalesce', 10, 'never coalesces'),
        2: ('coalesce', 10, 'coalesces with the left neighbour only'),
        3: ('split', 1, 'does not split free blocks')}


def in_python(bug):
    arguments = ['--bug', str(bug)] if bug else []
    made = subprocess.run([sys.executable, f'{STUDENT}/student.py', *arguments, *LESSON],
                          capture_output=True, check=True)
    return write(f'python-{bug}.jsonl', made.stdout)


def in_c(bug):
    subprocess.run([os.environ.get('CC', 'cc'), '-std=c11', '-Wall', '-Wextra', '-Werror',
                    f'-DBUG={bug}', f'{STUDENT}/student.c', '-o', f'student-{bug}'], check=True)
    made = subprocess.run([f'./student-{bug}', *LESSON], capture_output=True, check=True)
    return write(f'c-{bug}.jsonl', made.stdout)


@case('the right allocators hold every rule, and check finds nothing in their logs')
def right():
    for name in (in_c(0), in_python(0)):
        ran = viz('grade', name, '--rules', 'first,coalesce,split')
        expect_in('6 of 6 rules hold, over 12 calls', ran.text)
        viz('check', name, '--no-policy')


@case('each bug breaks its rule at its call, and is named')
def bugs():
    for bug, (rule, call, says) in BUGS.items():
        for name in (in_c(bug), in_python(bug)):
            ran = viz('grade', name, '--rules', 'first,coalesce,split', status=1)
            expect_in(f'The first broken rule: {rule}, at call {call}.', ran.text)
            expect_in(says, ran.text)
            expect_in(f'\ncall {call}  pool_alloc', ran.text)
            told = json.loads(viz('grade', name, '--rules', 'first,coalesce,split', '--format',
                                  'json', status=1).text)
            expect_equal([r['call'] for r in told['rules'] if not r['holds']], [call])
            expect(says in told['suspects'], told['suspects'])


@case('the pool at the first broken rule is drawn, and nothing where every rule holds')
def drawn():
    viz('grade', in_python(1), '--picture', 'broken.svg', status=1)
    picture = read('broken.svg').decode()
    expect_in('<svg', picture)
    expect_in('pool_alloc(80) fails', picture)
    ran = viz('grade', in_python(0), '--picture', 'none.svg')
    expect_in('none.svg: not drawn: every rule holds', ran.err)
    expect(not os.path.exists('none.svg'), 'no picture')
    refused('grade', in_python(1), '--picture', 'broken.gif', status=2, says='ends in .svg')
    piped = viz('grade', '-', '--picture', 'piped.dot', stdin=read(in_python(1)), status=1)
    expect_in('The first broken rule', piped.text)
    expect_in('digraph', read('piped.dot').decode())


@case('the pool passes its own rules; another policy than asked does not')
def pool():
    log(ops='+40,+10,+30,+10,-0,-2,+25,+12', pool=['--capacity', '100', '--align', '1',
                                                   '--policy', 'best'])
    viz('grade', 'run.jsonl', '--rules', 'best,coalesce,split')
    ran = viz('grade', 'run.jsonl', '--rules', 'first', status=1)
    expect_in('uses best fit', ran.text)
    viz('grade', '--ops', '+1,+2,-0', '--rules', 'first,coalesce,split,align=16')


@case('what is no rule, no log or nothing to judge is refused')
def refusals():
    log()
    refused('grade', 'run.jsonl', '--rules', 'frist', status=2, says="'frist' is no rule")
    write('empty.jsonl', '{"mempool_log":1}\n')
    refused('grade', 'empty.jsonl', says='empty.jsonl: the log holds no events')
    refused('grade', 'nowhere.jsonl', says='nowhere.jsonl')
    refused('grade', '--ops', '@a note', says='nothing to judge')


if __name__ == '__main__':
    harness.run()
