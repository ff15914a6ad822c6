"""GDB's view of libmempool: commands that read pools in a live process or a core file.

    looks, questions, verdicts, values     what is typed
    dump, rows, page, strip, log, damage   what is shown
    blocks, pool                           what the pool's fields say
    memory, stack                          the process

Loaded by libmempool.so.VERSION-gdb.py, which GDB finds beside the library (../auto_load.py.in).
docs/debugger.md is its manual.
"""
import gdb
import gdb.printing

from . import command, looks, questions, values, verdicts


def register(objfile=None):
    """Makes the commands, functions and the printer known; once more is once."""
    for made in (command.Mempool, looks.InfoMempool, looks.Map, looks.List, looks.Dumped,
                 questions.BlockAt, questions.Whereis, verdicts.Check, verdicts.Snapshot,
                 *values.ALL):
        made()
    gdb.printing.register_pretty_printer(objfile, values.printers(), replace=True)
