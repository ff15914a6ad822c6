"""Stack: is a thread inside of the library? Then a pool may be in the middle of a call, and what
looks damaged may only be half done. Frames are read, nothing is called.

    #0 memcpy   #1 mempool::Pool::move   #2 pool_realloc   #3 main       inside pool_realloc
    #0 handler  #1 mempool::Pool::report #2 pool_free      #3 main       not: the pool is whole
    #0 abort    #1 mempool::allocator<int>::allocate       #2 main       not: the program's header
    #0 pool_party                        #1 main                         not: a name of its own
"""
import os

import gdb

from .memory import in_our_language

MOST_FRAMES = 40
MOST_THREADS = 64
HEADERS = ('mempool::pool::', 'mempool::resource::', 'mempool::allocator<', 'mempool::deleter<',
           'mempool::make_unique<')  # of mempool.hpp: compiled into the program
SYSTEM = ('libc.', 'libc-', 'libpthread', 'libstdc++', 'libc++', 'libgcc', 'ld-', 'linux-vdso')


def inside_library():
    """A sentence for each thread that is."""
    selected = gdb.selected_thread()
    if selected is None:
        return []
    try:
        frame = gdb.selected_frame()
    except gdb.error:
        frame = None
    sentences = []
    try:
        for thread in list(gdb.selected_inferior().threads())[:MOST_THREADS]:
            name = _call_of(thread)
            if name is not None:
                sentences.append(f'thread {thread.num} is inside {name}: what is shown may be '
                                 'half done')
    finally:
        selected.switch()
        if frame is not None and frame.is_valid():
            frame.select()
    return sentences


def _call_of(thread):
    """The call of the library that a thread is in; None: it is in none, or in the program's own
    code that the library runs or reports to, when pools are whole."""
    try:
        thread.switch()
        frame, call = gdb.newest_frame(), None
        for _ in range(MOST_FRAMES):
            if frame is None:
                break
            name = frame.name() or ''
            if name.startswith('mempool::Pool::report'):
                return None
            if _of_the_api(frame, name):
                return name
            if name.startswith('mempool::') and not name.startswith(HEADERS):
                call = name
            elif call is not None or not _of_the_system(frame):
                break
            frame = frame.older()
        return call
    except gdb.error:
        return None


def _of_the_api(frame, name):
    """True for the functions of mempool.h: they lie in one file, pool_create among them."""
    if not name.startswith('pool_') or frame.function() is None:
        return False
    with in_our_language():
        known = gdb.lookup_global_symbol('pool_create')
    return known is None or frame.function().symtab.filename == known.symtab.filename


def _of_the_system(frame):
    library = os.path.basename(gdb.solib_name(frame.pc()) or '')
    return library.startswith(SYSTEM)
