#!/usr/bin/env python3
"""Runs one misuse program in a process of its own and compares what it says on stderr, to the
letter, with expected/NAME.txt. Addresses there are written PTR. The exit status says whether the
program saw the errno it should; `aborting` has to die by SIGABRT."""
import os
import pathlib
import re
import signal
import subprocess
import sys

program = pathlib.Path(sys.argv[1])
expected = pathlib.Path(__file__).parent / "expected" / (program.name + ".txt")
environment = {k: v for k, v in os.environ.items() if not k.startswith("MEMPOOL_")}
# Built with the sanitizer, the pool is to see the damage, not the sanitizer.
environment["ASAN_OPTIONS"] = "allow_user_poisoning=0"
environment["MEMPOOL_OPTIONS"] = "debug=off"  # in case the library was built with POOL_DEBUG
run = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=60)
said = re.sub(r"0x[0-9a-f]+", "PTR", run.stderr)
wanted_status = -signal.SIGABRT if program.name == "aborting" else 0
if run.returncode != wanted_status or said != expected.read_text():
    print(f"exit status {run.returncode}, wanted {wanted_status}", file=sys.stderr)
    print(f"it said:\n{said}\nwanted:\n{expected.read_text()}", file=sys.stderr)
    sys.exit(1)
