"""Stack: is a thread inside of the library? Then a pool may be in the middle of a call, and what
looks damaged may only be half done. Frames are read, nothing is called.
"""
import gdb

MOST_FRAMES = 40
MOST_THREADS = 64


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
    """The outermost call of the library that a thread is in, unless it runs the program's code
    from there (a handler, a sink)."""
    try:
        thread.switch()
        frame, call = gdb.newest_frame(), None
        for _ in range(MOST_FRAMES):
            if frame is None:
                break
            name = frame.name() or ''
            inside = name.startswith(('pool_', 'mempool::'))
            if not inside and call is None and frame.function() is not None:
                return None  # the program's own code
            if inside and name.startswith('pool_'):
                call = name
            elif inside:
                call = call or name
            frame = frame.older()
        return call
    except gdb.error:
        return None
