"""Log: a pool as it is, written as a log that mempool-viz reads: what the library writes when a log
opens on a pool in use (pool_log_open), the bytes are told (pool_dump), and the pool is checked
(pool_check), line for line.

    snapshot, block ...              call c + 1
    bytes ...                        call c + 2, if there are live blocks
    guard_check, poison_check, check the next call
    end

docs/log-format.md is the contract: at most 4096 bytes an event and 1 MiB of a pool; the last of the
events says what was left out.
"""
import json

from .damage import Look
from .memory import Unreadable

MOST_AN_EVENT = 4096
MOST_TOLD = 1 << 20
LARGEST_PLAIN = (1 << 53) - 1
HEADER = '{"mempool_log":1,"minor":0,"producer":"mempool gdb"}\n'


def value_text(value):
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        return str(value) if value <= LARGEST_PLAIN else f'"{value}"'
    return json.dumps(value, ensure_ascii=False)


def line(fields):
    """One event. What is None is left out, and what is False too: it is a mark."""
    return '{' + ','.join(f'"{name}":{value_text(value)}' for name, value in fields
                          if value is not None and value is not False) + '}\n'


class PoolLog:
    """The events of one pool, written one by one."""

    def __init__(self, walk, write):
        self.walk, self.pool, self.write = walk, walk.pool, write
        self.seq = 0
        self.call = walk.pool.calls
        self.left_out = 0  # bytes
        self.unread = 0    # bytes

    def tell(self, event, *fields):
        self.seq += 1
        self.write(line([('seq', self.seq), ('pool', self.pool.number), ('call', self.call),
                         ('event', event), *fields]))

    def tell_all(self):
        self._snapshot()
        self._bytes()
        self._check()

    def _snapshot(self):
        pool, settings = self.pool, self.pool.settings
        name = pool.raw_name
        self.call += 1
        self.tell('snapshot', ('capacity', pool.capacity), ('align', pool.align),
                  ('policy', pool.policy), ('guards', pool.guard),
                  ('base', f'{0 if settings["hide_addresses"] else pool.region:#x}'),
                  ('name', name.decode('utf-8', 'replace') if name else None),
                  ('fill', settings['fill'] != 0), ('allocs', pool.next_number),
                  ('blocks', len(self.walk.blocks)), ('poison', pool.poison),
                  ('quarantine', settings['quarantine'] or None),
                  ('capture', settings['capture'] != 0))
        for block in self.walk.blocks:
            if not block.used:
                self.tell('block', ('offset', block.offset), ('size', block.size))
                continue
            self.tell('block', ('block', block.number), ('offset', block.offset),
                      ('size', block.size), ('payload', block.payload),
                      ('requested', block.requested), ('guard', block.guard),
                      ('quarantined', block.quarantined))

    def _bytes(self):
        """Neighbouring live blocks are told together."""
        runs = []
        for block in self.walk.blocks:
            if not block.lives():
                continue
            if runs and runs[-1][1] == block.offset:
                runs[-1][1] = block.end
            else:
                runs.append([block.offset, block.end])
        live = sum(end - begin for begin, end in runs)
        left = min(live, MOST_TOLD)
        self.left_out = live - left
        if live:
            self.call += 1
        for begin, end in runs:
            end = min(end, begin + left)
            while begin < end:
                size = min(end - begin, MOST_AN_EVENT)
                left -= size
                self._tell_run(begin, size, self.left_out if left == 0 else 0)
                begin += size

    def _tell_run(self, offset, size, left_out):
        try:
            told = self.pool.read(offset, size).hex()
        except Unreadable:  # a core file need not have it
            self.unread += size
            return
        self.tell('bytes', ('offset', offset), ('hex', told), ('left_out', left_out or None))

    def _check(self):
        """Only if everything could be looked at: a reader takes a check as that."""
        look = Look(self.walk)
        if look.unread:
            return
        self.call += 1
        for found in look.findings:
            evidence = (('damaged', found.damaged), ('first', found.first),
                        ('expected', found.expected.hex()), ('found', found.found.hex()))
            if found.side == 'free':
                self.tell('poison_check', ('offset', found.offset), ('size', found.size), *evidence,
                          ('block', found.owner.number if found.owner else None))
            else:
                self.tell('guard_check', ('block', found.block.number), ('side', found.side),
                          ('offset', found.offset), ('size', found.size), *evidence)
        self.tell('check', ('blocks', self.pool.live_blocks),
                  ('violations', len(look.findings)))


def end_line(events):
    return line([('seq', 0), ('pool', 0), ('call', 0), ('event', 'end'), ('events', events),
                 ('dropped', 0)])

