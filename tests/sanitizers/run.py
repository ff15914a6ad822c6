#!/usr/bin/env python3
"""Runs the program of planted bugs under a sanitizer, a process for each bug, and holds what is
said against what was planted: the kind of access, and the function that made it. A legal run must
say nothing. Prints TAP.

    run.py asan PROGRAM              PROGRAM is built with AddressSanitizer
    run.py valgrind PROGRAM VALGRIND
"""
import os
import re
import subprocess
import sys

# bug: how the bad access reads in a report
BUGS = {
    "overrun_read": "read_byte",
    "overrun_write": "write_byte",
    "underrun_read": "read_byte",
    "read_after_free": "read_byte",
    "write_after_reset": "write_byte",
    "read_after_shrink": "read_byte",
    "free_memory_read": "read_byte",
}
OPTIONS = ["", "fill=on", "poison=on,quarantine=1000", "check=every", "guards=8"]


def environment(options):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MEMPOOL_", "ASAN_OPTIONS"))}
    kept["ASAN_OPTIONS"] = "detect_leaks=0:halt_on_error=1:exitcode=9"
    if options:
        kept["MEMPOOL_OPTIONS"] = options
    return kept


def run(command, options=""):
    return subprocess.run(command, env=environment(options), capture_output=True, text=True,
                          timeout=300, errors="replace")


def asan_wants(bug, said):
    kind = "READ" if BUGS[bug] == "read_byte" else "WRITE"
    return [r"AddressSanitizer: use-after-poison", kind + r" of size 1", r" in " + BUGS[bug]]


def valgrind_wants(bug, said):
    if bug == "uninitialised_read":
        return [r"depends on uninitialised value", r"uninitialised_read"]
    kind = "read" if BUGS[bug] == "read_byte" else "write"
    return [rf"Invalid {kind} of size 1", rf": {BUGS[bug]} \("]


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def say(self, good, name, said=""):
        self.count += 1
        self.failed += 0 if good else 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            print(said[-3000:], file=sys.stderr)

    def close(self):
        print(f"1..{self.count}")


def main(tool, program, *rest):
    command = [program] if tool == "asan" else \
        [*rest, "-q", "--error-exitcode=9", "--leak-check=no", program]
    wants = asan_wants if tool == "asan" else valgrind_wants
    tap = Tap()
    bugs = list(BUGS) + (["uninitialised_read"] if tool != "asan" else [])
    for bug in bugs:
        for place in ([], ["in a buffer"]):
            ran = run([*command, bug, *place])
            missing = [want for want in wants(bug, ran.stderr) if not re.search(want, ran.stderr)]
            where = " of a pool in a buffer" if place else ""
            tap.say(ran.returncode != 0 and not missing, f"{bug}{where} is seen", ran.stderr)
    for options in OPTIONS:
        ran = run([*command, "none"], options)
        quiet = ran.returncode == 0 and "Sanitizer" not in ran.stderr and "==" not in ran.stderr
        tap.say(quiet, f"a legal run with '{options}' says nothing", ran.stderr)
    tap.close()
    sys.exit(1 if tap.failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
