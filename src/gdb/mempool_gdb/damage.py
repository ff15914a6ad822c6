"""Damage: guards and poison that somebody wrote to, told in the words of the library's own reports.

    mempool: error: write past the end of a block: block #3 (13 bytes) of pool 1 "net", pointer ...
    mempool:   2 of the 19 guard bytes behind the payload differ, the first at ... 13 ...
    mempool:   expected ab ab
    mempool:   found    21 00
    mempool:   allocated at parser.c:118 (event 31); nothing was changed

What pool_check() would find, in the same order, found by looking only. (src/pool/damage.cpp and
report.cpp say the same of a pool of their own process.)
"""
from .memory import Unreadable
from .pool import NONE, Site

GUARD = 0xAB
POISON = 0xDD
MOST_SHOWN = 16  # bytes of evidence
AT_ONCE = 1 << 20

KINDS = {'front': 'write before the start of a block', 'back': 'write past the end of a block',
         'free': 'write after free'}


class Finding:
    """Bytes that should all be alike, and are not."""

    def __init__(self, side, offset, size):
        self.side = side  # 'front', 'back', or 'free' for bytes that nobody has
        self.offset, self.size = offset, size  # what was compared
        self.damaged, self.first = 0, None  # the first of them: offset in the region
        self.found = b''
        self.block = None     # whose guard it is, or None
        self.neighbour = None
        self.owner = None     # whose the freed bytes were, if it is remembered

    @property
    def expected(self):
        return bytes([POISON if self.side == 'free' else GUARD]) * len(self.found)


def compare(pool, side, offset, size):
    """A Finding with what differs; damaged == 0: nothing does. May be Unreadable."""
    finding = Finding(side, offset, size)
    wanted = POISON if side == 'free' else GUARD
    for at in range(offset, offset + size, AT_ONCE):
        run = pool.read(at, min(AT_ONCE, offset + size - at))
        bad = len(run) - run.count(wanted)
        if bad == 0:
            continue
        alike = bytes([wanted])
        if finding.damaged == 0:
            finding.first = at + len(run) - len(run.lstrip(alike))
            finding.found = pool.read(finding.first,
                                      min(MOST_SHOWN, offset + size - finding.first))
        finding.damaged += bad
    return finding


def compare_guard(pool, block, side):
    if side == 'front':
        finding = compare(pool, side, block.offset, block.front)
    else:
        finding = compare(pool, side, block.payload_end, block.back)
    finding.block = block
    return finding


def guards_damaged(pool, block):
    """The findings of a live block's guards that are damaged."""
    if block.guard == 0:
        return []
    intact = bytes([GUARD])
    if pool.read(block.offset, block.front) == intact * block.front and \
            pool.read(block.payload_end, block.back) == intact * block.back:
        return []
    both = [compare_guard(pool, block, side) for side in ('front', 'back')]
    return [finding for finding in both if finding.damaged]


class Look:
    """All damage of a pool, in address order, and what could not be looked at."""

    def __init__(self, walk):
        self.walk, self.pool = walk, walk.pool
        self.findings = []
        self.unread = 0  # blocks
        for i, block in enumerate(walk.blocks):
            try:
                self._look(i, block)
            except Unreadable:
                self.unread += 1

    def _look(self, i, block):
        pool = self.pool
        if block.lives():
            for finding in guards_damaged(pool, block):
                finding.neighbour = self._neighbour(i, finding.side)
                self.findings.append(finding)
        elif pool.poison:
            finding = compare(pool, 'free', block.offset, block.size)
            if finding.damaged:
                finding.owner = pool.last_owner(finding.first)
                self.findings.append(finding)

    def _neighbour(self, i, side):
        """The block whose guard beside this one is damaged too: one write may have hit both."""
        other = i + 1 if side == 'back' else i - 1
        if not 0 <= other < len(self.walk.blocks):
            return None
        block = self.walk.blocks[other]
        if not block.lives() or block.guard == 0:
            return None
        facing = compare_guard(self.pool, block, 'front' if side == 'back' else 'back')
        return block if facing.damaged else None


# ---- words

def report(pool, finding):
    """The lines that the library would write on stderr."""
    block, owner = finding.block, finding.owner
    told = block or owner
    lines = [f'mempool: error: {KINDS[finding.side]}: ' +
             (f'block #{told.number} ({told.requested} bytes) of ' if told else 'in ') +
             pool.title() +
             (f', pointer {pool.region + told.payload:#x}' if told else '') +
             f', offset {finding.first}']
    lines.append('mempool:   ' + extent(finding, told))
    lines.append('mempool:   expected ' + finding.expected.hex(' '))
    lines.append('mempool:   found    ' + finding.found.hex(' '))
    if finding.neighbour is not None:
        lines.append(f'mempool:   the guard of #{finding.neighbour.number} beside it is damaged '
                     'too: the write may have come from either block')
    site = Site(None)
    if block is not None:
        site = pool.site_of(block.index, block.number)
    elif owner is not None:
        site = owner.site
    lines.append('mempool:   ' + history(site, owner) + 'nothing was changed')
    return lines


def extent(finding, told):
    """How much differs, and where the first of it lies."""
    free = finding.side == 'free'
    where = {'front': ' guard bytes in front of the payload', 'free': ' free bytes',
             'back': ' guard bytes behind the payload'}[finding.side]
    verb = 'differs' if finding.damaged == 1 else 'differ'
    text = f'{finding.damaged} of the {finding.size}{where} {verb}, the first at '
    if told is None:
        return text + f'offset {finding.first}'
    at = finding.first - told.payload
    text += f'payload offset {at}'
    if finding.side == 'back':
        text += f' ({at - told.requested} bytes past its end)'
    return text + (f' of what was #{told.number}' if free else '')


def history(site, owner=None):
    """'allocated at parser.c:118 (event 31); freed by event 40; ': what is known."""
    text = ''
    if site.file is not None or site.seq != NONE:
        text = 'allocated'
        if site.file is not None:
            text += f' at {site.file}:{site.line}'
        if site.seq != NONE:
            text += f' (event {site.seq})' if site.file is not None else f' by event {site.seq}'
        text += '; '
    if owner is not None and owner.freed_seq != NONE:
        text += f'freed by event {owner.freed_seq}; '
    return text


def report_broken(pool, broken):
    """The same for bookkeeping that is broken."""
    return [f'mempool: error: broken bookkeeping: in {pool.title()}, offset {broken.offset}',
            f'mempool:   {broken.text()}']
