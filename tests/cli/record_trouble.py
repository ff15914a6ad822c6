"""mempool-viz record where things go wrong, or nearly: no room, no folder, closed streams, many
children, programs that clean up behind themselves. What goes well is record.py's.
"""
import os
import re
import subprocess

import harness
from harness import case, environment, expect, expect_equal, expect_in, tool, viz
from recording import RECORDER, SUBJECT, counts, record


def in_shell(script, **options):
    """Runs a line of sh in which "$viz" is the tool and "$subject" the program."""
    return subprocess.run(['sh', '-c', script], capture_output=True, text=True, check=False,
                          timeout=60, env=environment(MEMPOOL_RECORDER=RECORDER, viz=tool(),
                                                      subject=SUBJECT), **options)


@case('a recording that cannot be written has its own reason, and no other is made up')
def not_written():
    ran = record('-o', 'no/such/%p.mprec', '--', SUBJECT, 'keeps', status=1)
    expect_in('cannot be written: No such file or directory', ran.err)
    expect_in('nothing was recorded\n', ran.err)


@case('an earlier recording stays until there is a new one')
def stays():
    record('-o', 'a.mprec', '--', SUBJECT, 'keeps')
    record('-o', 'a.mprec', '--', 'no-such-program', status=127)
    expect_in('calls of   subject keeps', viz('replay', 'a.mprec').text)
    record('-o', 'a.mprec', '--', SUBJECT, 'execs', SUBJECT, 'corners')
    expect_equal(sorted(os.listdir('.')), ['a.1.mprec', 'a.mprec'])
    expect_in('calls of   subject corners', viz('replay', 'a.mprec').text)


@case('no empty file is left where there is no room for a recording')
def no_room():
    in_shell(f'ulimit -f 1; LD_PRELOAD="{RECORDER}" MEMPOOL_RECORD_FILE="$PWD/x.mprec" "$subject"')
    expect_equal(os.listdir('.'), [])


@case('where our own files may not be as large as they have to be, that is said')
def no_session():
    ran = in_shell('ulimit -f 1; "$viz" record -- "$subject" keeps')
    expect_equal(ran.returncode, 1)
    expect_in('no temporary file: File too large', ran.stderr)


@case('streams that are closed are closed to the program as well')
def closed_streams():
    ran = in_shell('"$viz" record -- ls /proc/self/fd <&-')
    alone = in_shell('ls /proc/self/fd <&-')
    expect_equal(ran.stdout, alone.stdout)


@case('a folder for temporary files may be named from here, and one that is not there is named')
def temporary_folder():
    os.mkdir('tmp')
    ran = record('--children', '--', 'sh', '-c', f'cd /; "{SUBJECT}" keeps; :', TMPDIR='tmp')
    expect_in('of subject keeps', ran.err)
    expect_equal(os.listdir('tmp'), [])
    ran = record('--', SUBJECT, 'keeps', TMPDIR='/no/such', status=1)
    expect_in('no temporary folder in /no/such: No such file or directory', ran.err)


@case('children are counted, however many there are')
def crowd():
    expect_in('4200 child processes were not recorded', record('--', SUBJECT, 'crowd', '4200').err)


@case('of many children the busiest are told of, and one goes on with the busiest')
def busiest():
    calls = ' '.join(f'"{SUBJECT}" many {20000 if i == 9 else 10};' for i in range(12))
    ran = record('--children', '--', 'sh', '-c', calls)
    busiest_file = re.search(r'(sh\.\d+\.mprec): 40\d\d\d calls', ran.err)
    expect(busiest_file, f'it is told of: {ran.err}')
    expect_in(f'next: mempool-viz replay {busiest_file[1]}', ran.err)


@case('a recording that the program took away is told of, and the others all the same')
def taken_away():
    ran = record('--children', '--', 'sh', '-c', f'"{SUBJECT}" keeps; rm -f sh.mprec; :')
    expect_in('cannot read', ran.err)
    expect_in('of subject keeps', ran.err)


@case('a free of NULL is no call, so none is missing behind the limit either')
def null_frees():
    ran = record('--max-events', '10', '--', SUBJECT, 'nulls')
    expect_equal(counts(ran.err)[0], 10)
    expect_in(' 10 later calls not recorded', ran.err)


@case('a program that writes over its environment keeps its recordings by name')
def overwritten_environment():
    subprocess.run([SUBJECT, 'title'], check=True, env=environment(
        LD_PRELOAD=RECORDER, MEMPOOL_RECORD_FILE=os.path.abspath('x-%p.mprec')))
    files = os.listdir('.')
    expect_equal(len(files), 2)
    expect(any('77777' in viz('replay', name).text for name in files), 'the child among them')


if __name__ == '__main__':
    harness.run()
