"""mempool-viz record, end to end: small programs of this build are recorded, replayed and drawn,
and notice nothing of it. How a recording is read in detail is in recording_spec.cpp.

    record.py MEMPOOL-VIZ --tap RECORDER SUBJECT STATIC EARLIER
"""
import os
import re
import shutil
import signal
import struct
import subprocess

import harness
from harness import case, environment, expect, expect_equal, expect_in, read, refused, tool, viz, \
    write
from recording import EARLIER, RECORDER, STATIC, SUBJECT, counts, has, of_kind, record, replay


@case('three commands lead from a program to its page, and each names the next')
def three_commands():
    first = record('--', SUBJECT, 'keeps')
    expect_in('next: mempool-viz replay subject.mprec -o subject.mplog', first.err)
    second = viz('replay', 'subject.mprec', '-o', 'subject.mplog')
    expect_in('next: mempool-viz html subject.mplog -o subject.html', second.err)
    viz('html', 'subject.mplog', '-o', 'subject.html')
    expect_in(b'subject keeps', read('subject.html'))


@case('one command leads from a program to its page')
def one_command():
    ran = record('--html', 'page.html', '--policy', 'best', '--', SUBJECT, 'keeps')
    expect_in('page.html: the page', ran.err)
    page = read('page.html')
    expect_in(b'"subject keeps"', page)
    expect_in(b'"best"', page)
    expect_equal(sorted(os.listdir('.')), ['page.html', 'subject.mprec'])


@case('a page and every view of a recording say that it is not the program\'s own heap')
def not_its_own():
    record('--', SUBJECT, 'keeps')
    events = replay('subject.mprec')
    expect_equal(events[1]['event'], 'recorded')
    expect_equal(events[1]['program'], 'subject keeps')
    sentence = 'the recorded calls of subject keeps in this pool, not its own heap'
    for view in (('show', 'run.jsonl'), ('stats', 'run.jsonl'), ('dump', 'run.jsonl'),
                 ('compare', 'run.jsonl', '--no-smallest'), ('compare', 'subject.mprec'),
                 ('step', 'run.jsonl', '--batch', '-ex', 'goto 0', '-ex', 'why')):
        expect_in(sentence, ' '.join(viz(*view).text.replace('note', ' ').split()))
    expect_in('recorded calls of subject keeps', viz('diagram', 'run.jsonl').text)


@case('every function of malloc is a call, with odd sizes and alignments as they were')
def corners():
    ran = record('--', SUBJECT, 'corners')
    calls, allocs, reallocs, frees = counts(ran.err)
    expect_equal((allocs, reallocs, frees), (12, 5, 9))
    expect_equal(calls, 26)
    events = replay('subject.mprec')
    asked = [event['requested'] for event in events if event['event'] in ('alloc', 'resize')]
    for size in (0, 150, 77, 770000, 128, 100, 10, 4096, 24, 33):
        expect(size in asked, f'{size} among {asked}')
    alignments = [event['alignment'] for event in of_kind(events, 'alloc') if 'alignment' in event]
    expect_equal(alignments, [64, 256, 4096, 4096, 1024])
    expect_equal([event['requested'] for event in of_kind(events, 'alloc_fail')],
                 [str(2**63 - 1), str(2**64 - 1), str(2**63 - 1)])
    expect_equal(of_kind(events, 'leak'), [])


@case('what a program never frees is live at the end, with the place that asked for it')
def leaks():
    record('--', SUBJECT, 'keeps')
    events = replay('subject.mprec')
    expect_equal([leak['requested'] for leak in of_kind(events, 'leak')][-2:], [111, 222])
    number = of_kind(events, 'leak')[-2]['block']
    text = viz('step', 'run.jsonl', '--batch', '-ex', 'goto last', '-ex', f'who #{number}').text
    expect_in('asked for', text)
    expect_in('subject', text)


@case('call sites are functions and lines where the program has them',
      needs=lambda: has('llvm-symbolizer')() or has('addr2line')(), lacks='no symbolizer here')
def names():
    record('--sites', '--', SUBJECT, 'keeps')
    sites = [site['file'] for site in of_kind(replay('subject.mprec'), 'site')]
    expect(any(re.search(r'keep_two\(\) subject\.c:\d+, from main\(\) subject\.c:\d+$', site)
               for site in sites), f'keep_two() among {sites}')
    record('--', SUBJECT, 'keeps')
    events = of_kind(replay('subject.mprec'), 'site')
    expect(any(event['file'] == 'keep_two() subject.c' and event['line'] > 100
               for event in events), f'a line among {events}')


@case('without a symbolizer a call site is its module and offset')
def no_names():
    record('--', SUBJECT, 'keeps')
    viz('replay', 'subject.mprec', '-o', 'run.jsonl', MEMPOOL_SYMBOLIZER='')
    expect(re.search(rb'"file":"subject\+0x[0-9a-f]+"', read('run.jsonl')), 'a module and offset')


@case('a module that has changed since has no names, and that is said')
def changed():
    shutil.copy(SUBJECT, 'copy')
    record('--', './copy', 'keeps')
    with open('copy', 'ab') as file:
        file.write(b'longer')
    ran = viz('replay', 'copy.mprec', '-o', 'run.jsonl')
    expect_in('is not the file that was recorded', ran.err)
    expect(re.search(rb'"file":"copy\+0x[0-9a-f]+"', read('run.jsonl')), 'a module and offset')


@case('threads that hand each other blocks keep one order, in which no block lives twice')
def threads():
    ran = record('--', SUBJECT, 'threads')
    expect_in('by 5 threads', ran.err)
    for word in ('nobody saw', 'before the recording', 'not finished', 'damaged'):
        expect(word not in ran.err, f'no word of it: {ran.err}')
    expect(counts(ran.err)[1] >= 80000, 'all allocations')
    ran = viz('replay', 'subject.mprec', '-o', 'run.mplog')
    expect_in('misuse     0\n', ran.text)
    viz('check', 'run.mplog')


@case('a child is told of, and recorded when it is asked for')
def children():
    ran = record('--', SUBJECT, 'forks')
    expect_in('1 child process was not recorded: --children', ran.err)
    expect_equal(os.listdir('.'), ['subject.mprec'])
    ran = record('--children', '--', SUBJECT, 'forks')
    files = sorted(os.listdir('.'))
    expect_equal(len(files), 2)
    expect(re.fullmatch(r'subject\.\d+\.mprec', files[0]), f'a name with the pid: {files}')
    expect_in('1 free of blocks from before the recording left out', ran.err)
    ran = viz('replay', files[0])
    expect_in('at the end 100 blocks live (20000 bytes)\n', ran.text)


@case('a name may hold the pid')
def pid_in_name():
    ran = record('--children', '-o', 'x-%p.mprec', '--', SUBJECT, 'forks')
    files = os.listdir('.')
    expect_equal(len(files), 2)
    expect(all(re.fullmatch(r'x-\d+\.mprec', name) for name in files), f'two pids: {files}')
    expect_in('next: mempool-viz replay x-', ran.err)


@case('a program that becomes another keeps its recording aside, and the other has the name')
def execs():
    ran = record('-o', 'a.mprec', '--', SUBJECT, 'execs', SUBJECT, 'keeps')
    expect_equal(sorted(os.listdir('.')), ['a.1.mprec', 'a.mprec'])
    expect_in('a.1.mprec: ', ran.err)
    asked = {event['requested'] for event in of_kind(replay('a.mprec'), 'alloc')}
    expect({111, 222} <= asked and 4321 not in asked, f'the second program: {asked}')
    expect_in('4321', viz('replay', 'a.1.mprec').text + ' '.join(
        str(event.get('requested')) for event in replay('a.1.mprec')))


@case('behind a wrapper one goes on with the program that it led to, however busy it was itself',
      needs=has('bash'), lacks='no bash here')
def wrapper():
    ran = record('-o', 'b.mprec', '--', 'bash', '-c', f'exec "{SUBJECT}" keeps')
    calls = {name: int(count) for name, count in re.findall(r'(\S+): (\d+) calls', ran.err)}
    expect(calls['b.1.mprec'] > calls['b.mprec'], f'bash is the busier one: {calls}')
    expect_in('next: mempool-viz replay b.mprec -o b.mplog', ran.err)


@case('every process of a pipeline has a recording when children are asked for',
      needs=has('bash', 'sort', 'uniq'), lacks='no bash here')
def pipeline():
    ran = record('--children', '-o', 'p.mprec', '--', 'bash', '-c',
                 'printf "b\\na\\nb\\n" | sort | uniq -c')
    expect_equal(ran.text.split(), ['1', 'a', '2', 'b'])
    programs = ' '.join(re.findall(r' of (\w+)', ran.err))
    for program in ('bash', 'sort', 'uniq'):
        expect_in(program, programs)
    for name in os.listdir('.'):
        if name.endswith('.mprec'):
            expect_in('misuse     0\n', viz('replay', name).text)


@case('a killed program leaves what it had called, to the last call, and its signal is passed on')
def killed():
    ran = record('--', SUBJECT, 'dies', status=-signal.SIGKILL)
    allocs, frees = counts(ran.err)[1::2]
    expect(50001 <= allocs <= 50010 and frees >= 33000, f'all calls: {allocs}, {frees}')
    expect(os.path.getsize('subject.mprec') < 4096 + 32 * (allocs + frees + 200), 'no room left')
    expect_in('misuse     0\n', viz('replay', 'subject.mprec').text)


@case('Ctrl-C and a signal to the tool reach the program, whose status is passed on')
def signals():
    for sent, to_group in ((signal.SIGINT, True), (signal.SIGTERM, False)):
        process = subprocess.Popen([tool(), 'record', '--', SUBJECT, 'waits'], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   start_new_session=True,
                                   env=environment(MEMPOOL_RECORDER=RECORDER))
        expect_equal(process.stdout.readline(), 'waiting\n')
        if to_group:
            os.killpg(process.pid, sent)
        else:
            process.send_signal(sent)
        out, err = process.communicate(timeout=30)
        expect_equal(out, 'interrupted\n')
        expect_equal(process.returncode, sent + 40)
        expect_in('subject.mprec: ', err)


@case('statuses are the program\'s; what cannot be started has a shell\'s')
def statuses():
    record('--', 'sh', '-c', 'exit 42', status=42)
    ran = record('--', 'no-such-program', status=127)
    expect_in('no-such-program: there is no such program', ran.err)
    write('file', 'no program')
    expect_in('./file: ', record('--', './file', status=126).err)
    expect_equal([name for name in os.listdir('.') if 'no-such' in name], [])


@case('a static program runs as ever, and why it has no recording is said',
      needs=lambda: os.access(STATIC, os.X_OK), lacks='no static programs here')
def static():
    ran = record('--', STATIC, status=1)
    expect_equal(ran.text, 'unwatched\n')
    expect_in('nothing was recorded: ', ran.err)
    expect_in('is linked statically', ran.err)
    expect_equal(record('--', STATIC, 'fails', status=5).text, 'unwatched\n')
    expect_equal(os.listdir('.'), [])


@case('recording stops after as many calls as are asked for, and counts the others')
def limit():
    ran = record('--max-events', '1000', '--', SUBJECT, 'many', '5000')
    expect_equal(counts(ran.err)[0], 1000)
    found = re.search(r'(\d+) later calls not recorded: as many as were asked for', ran.err)
    expect(found and int(found[1]) >= 9000, f'the rest is counted: {ran.err}')


@case('where the file cannot grow, recording stops, and the program goes on')
def full():
    command = f'ulimit -f 2048; exec "{tool()}" record -- "{SUBJECT}" many 200000'
    ran = subprocess.run(['bash', '-c', command], capture_output=True, text=True, check=False,
                         env=environment(MEMPOOL_RECORDER=RECORDER), timeout=60)
    expect_equal(ran.returncode, 0)
    expect_in('the recording ends early, for its file could not grow', ran.stderr)
    expect_in('later calls not recorded', ran.stderr)
    expect(os.path.getsize('subject.mprec') <= 2048 * 1024, 'no more than was allowed')
    viz('replay', 'subject.mprec')


@case('an earlier preload stays, and is called')
def earlier():
    ran = record('--', SUBJECT, 'keeps', LD_PRELOAD=EARLIER,  # into the tool as well
                 ASAN_OPTIONS='allow_user_poisoning=0:verify_asan_link_order=0')
    expect_equal(set(ran.text.split('\n')), {'earlier: called', ''})
    expect(counts(ran.err)[1] >= 2, 'and the calls are recorded')


@case('errno, odd arguments and results are what they are without the recorder')
def errnos():
    record('--', SUBJECT, 'errnos')
    record('--', SUBJECT, 'corners')


@case('an earlier recording gives way, any other file does not')
def overwrites():
    record('-o', 'a.mprec', '--', SUBJECT, 'keeps')
    record('-o', 'a.mprec', '--', SUBJECT, 'corners')
    write('notes.txt', 'mine')
    ran = record('-o', 'notes.txt', '--', SUBJECT, 'keeps', status=1)
    expect_in('is there, and is no recording', ran.err)
    expect_equal(read('notes.txt'), b'mine')
    expect_in('cannot be written', record('-o', 'no/such/x', '--', SUBJECT, status=1).err)


@case('the recorder is looked for, and what is wrong with it is said')
def recorder():
    ran = viz('record', '--', SUBJECT, status=1, MEMPOOL_RECORDER='/no/such.so')
    expect_in("MEMPOOL_RECORDER names '/no/such.so', which cannot be read", ran.err)
    viz('record', '--', SUBJECT, 'keeps')  # of this build
    os.mkdir('a folder')
    link = shutil.copy(RECORDER, 'a folder/recorder.so')
    expect(counts(viz('record', '--', SUBJECT, 'keeps', MEMPOOL_RECORDER=link).err)[1] >= 2,
           'a name with a blank')


@case('a recorder that is asked for by name needs no tool')
def by_name():
    subprocess.run([SUBJECT, 'keeps'], check=True, env=environment(
        LD_PRELOAD=RECORDER, MEMPOOL_RECORD_FILE=os.path.abspath('own.mprec')))
    expect_in('calls of   subject keeps', viz('replay', 'own.mprec').text)


@case('usage errors say what is expected, and pool options are for a page')
def usage():
    refused('record', says='a program is expected', status=2)
    refused('record', '--policy', 'best', '--', 'ls', says='--policy is for --html', status=2)
    refused('record', '--max-events', '0', '--', 'ls', says='at least 1', status=2)
    refused('record', '--sites', '99', '--', 'ls', says='--sites', status=2)
    refused('record', '--childen', '--', 'ls', says='did you mean --children', status=2)
    expect_in('-- PROG ARGS', viz('record', '--help').text)


@case('the two dashes may be left out, and the program keeps its own options')
def no_dashes():
    expect_equal(record('sh', '-c', 'echo "$0 $1"', '-o', '--html').text, '-o --html\n')


@case('whatever takes a trace takes a recording, and whatever takes a log, too')
def everywhere():
    record('-o', 'a.mprec', '--', SUBJECT, 'corners')
    expect_in('a.mprec: ', viz('compare', 'a.mprec', '--policies', 'first,best').text)
    viz('duel', 'first', 'worst', '--on', 'a.mprec')
    expect_in('calls', viz('stats', 'a.mprec', '--policy', 'good').text)
    expect_in('pool', viz('show', 'a.mprec', '--step', '3').text)
    viz('html', 'a.mprec', '-o', 'a.html')
    for policy in ('next', 'best', 'worst', 'good'):
        replay('a.mprec', '--policy', policy, '--guards', '8', '--align', '64')
    replay('a.mprec', '--model', 'list')
    with open('a.mprec', 'rb') as file:
        ran = subprocess.run([tool(), 'replay', '-'], stdin=file, capture_output=True, check=True)
    expect_in(b'calls of   subject corners', ran.stdout)


@case('a long recording is replayed, and the page of its peak is named')
def long():
    record('-o', 'long.mprec', '--', SUBJECT, 'threads')
    ran = viz('replay', 'long.mprec', '-o', 'long.mplog')
    found = re.search(r'next: mempool-viz (html .*) \(the calls around the peak\)', ran.err)
    expect(found, f'a window: {ran.err}')
    viz(*found[1].split())
    expect(os.path.getsize('long.html') > 500000, 'a page')


def header(name):
    return bytearray(read(name))


@case('what is no whole recording is told apart from one that is cut')
def hostile():
    record('-o', 'a.mprec', '--', SUBJECT, 'keeps')
    whole = header('a.mprec')
    write('cut', whole[:1000])
    refused('replay', 'cut', says='cut within its header')
    write('cut', whole[:4096 + 32 * 7 + 5])
    viz('replay', 'cut')
    later = header('a.mprec')
    struct.pack_into('<I', later, 8, 2)
    write('later', later)
    refused('replay', 'later', says='is a recording of version 2')


if __name__ == '__main__':
    harness.run()
