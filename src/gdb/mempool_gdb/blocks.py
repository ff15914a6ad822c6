"""Blocks: the bitmaps and the slab of a pool, read into blocks in address order.

    page     start 1 0 0 1 0 1 ...   a block starts here       64 granules of the region
             free  0 0 0 1 0 0 ...   and it is free
             slots   0   2   0       size of the free block that starts in two granules
             heads   one for 16 granules: the first record of the used blocks there
    record   number, next of the 16, granule within them, guard, bytes behind the payload

What does not fit is noted in the words of the library's invariants (docs/invariants.md), numbered
as there, and reading goes on where it can. Each loop ends: granules only grow, a chain has at most
16 records, nothing is read outside of what pool.py has believed, and rubbish is given up on.
"""
from .memory import Trouble, Unreadable
from .pool import GRANULES_A_PAGE, PAGE_HEADS

GRANULES_A_HEAD = GRANULES_A_PAGE // PAGE_HEADS
PAGES_AT_ONCE = 1024
MOST_BROKEN = 10000
LARGE = 255  # what a slot says of a free block of 255 granules or more

INVARIANTS = {1: 'I1 tiles', 2: 'I2 coalesced', 3: 'I3 records', 4: 'I4 indexed', 5: 'I5 sums'}


class Block:
    """A block, used, free or in quarantine. A used one whose record is broken has number None."""
    __slots__ = ('offset', 'size', 'used', 'quarantined', 'number', 'payload', 'requested', 'guard',
                 'front', 'back', 'index')

    def __init__(self, offset, size, used):
        self.offset, self.size, self.used = offset, size, used
        self.quarantined = False
        self.number = None
        self.payload, self.requested = offset, 0
        self.guard = self.front = self.back = 0
        self.index = None

    @property
    def end(self):
        return self.offset + self.size

    @property
    def payload_end(self):
        return self.payload + self.requested

    def lives(self):
        return self.used and not self.quarantined

    def name(self):
        """'#17', 'f8', or '#7q': freed, in quarantine. A free block's number is its place among the
        free ones, as the viewer gives it to those of a snapshot."""
        if not self.used:
            return f'f{self.number}'
        if self.number is None:
            return '#?'
        return f'#{self.number}' + ('q' if self.quarantined else '')


class Broken:
    """An invariant that does not hold, with its witness."""

    def __init__(self, invariant, offset, what):
        self.invariant, self.offset, self.what = invariant, offset, what

    def text(self):
        return f'{self.what} ({INVARIANTS[self.invariant]})'


class Records:
    """The slab: chains of records, found by index."""

    def __init__(self, pool):
        self.memory = pool.memory
        self.struct = struct = pool.process.struct('mempool::engine::Record')
        self.base, self.count = pool.slab['records_'], pool.slab['count_']
        self.parts = []
        for name in ('number', 'next', 'place', 'guard', 'slack', 'quarantined'):
            bit, bits, _ = struct.field(name)
            self.parts.append((bit, (1 << bits) - 1))

    def chain(self, head):
        """(index, number, place, guard, slack, quarantined) of each record, and a sentence if the
        chain is broken."""
        found, size = [], self.struct.size
        while head != 0:
            if head > self.count:
                return found, f'a chain of records leads to record {head} of {self.count}'
            if len(found) == GRANULES_A_HEAD or any(head - 1 == known[0] for known in found):
                return found, 'a chain of records has no end'
            try:
                raw = self.memory.read(self.base + (head - 1) * size, size)
            except Unreadable as error:
                return found, f'a record cannot be read: {error}'
            whole = int.from_bytes(raw, 'little')
            number, following, *rest = [whole >> bit & mask for bit, mask in self.parts]
            found.append((head - 1, number, *rest))
            head = following
        return found, None


class Walk:
    """All blocks of a pool, and what is broken in its bookkeeping."""

    def __init__(self, pool):
        self.pool = pool
        self.blocks = []
        self.broken = []
        self.records_seen = 0
        self.records = Records(pool)
        page = pool.process.struct('mempool::engine::Page')
        self.page_size = page.size
        self.start_at, self.free_at = page.offset('start', 8), page.offset('free', 8)
        self.heads_at = page.offset('heads', 4 * PAGE_HEADS)
        self.slots_at = page.offset('slots', GRANULES_A_PAGE // 2)
        self.pages = pool.engine.inner('pages_')['pages_']
        self._read()

    def tiled(self):
        """True if blocks can be told from each other at all."""
        return not any(broken.invariant == 1 for broken in self.broken)

    def _hopeless(self):
        """More blocks than records allow (no two neighbours are free), or nothing that is right."""
        return len(self.blocks) > 2 * self.records.count + 2 or len(self.broken) >= MOST_BROKEN

    def _fail(self, invariant, granule, what):
        self.broken.append(Broken(invariant, self.pool.offset_at(granule), what))

    def _read(self):
        pool = self.pool
        free_blocks = 0
        last = None  # (granule, free, slot, record) of the block that has no end yet
        for start in self._starts():
            if self._hopeless():
                self._fail(1, start[0], f'{len(self.blocks)} blocks and {len(self.broken)} broken '
                                        'places are in front of this; the rest is not looked at')
                return
            if last is None and start[0] != pool.first:
                self._fail(1, pool.first, 'no block starts where the region does')
            if last is not None:
                free_blocks += self._add(last, start[0], free_blocks)
                if last[1] and start[1] and start[0] != pool.end:
                    self._fail(2, last[0], 'the block and its right neighbour are both free')
            last = start
        if last is None or last[0] != pool.wild or not last[1]:
            self._fail(1, pool.first if last is None else last[0],
                       'the block has no end in the region')
            if last is not None and last[0] < pool.wild:
                free_blocks += self._add(last, pool.wild, free_blocks)
        if pool.wild < pool.end:
            self._add((pool.wild, True, None, None), pool.end, free_blocks)
        self._recount()

    def _starts(self):
        """Each start up to the last free block's: granule, is it free, its slot, its record."""
        pool = self.pool
        last_page = pool.top // GRANULES_A_PAGE
        for number in range(0, last_page + 1, PAGES_AT_ONCE):
            count = min(PAGES_AT_ONCE, last_page + 1 - number)
            try:
                raw = pool.memory.read(self.pages + number * self.page_size, count * self.page_size)
            except Unreadable as error:
                raise Trouble(f'mempool: the bitmaps of {pool.title()} cannot be read: '
                              f'{error}') from None
            words = memoryview(raw).cast('Q')
            step = self.page_size // 8
            heads = self.heads_at // 8
            columns = [words[at::step].tolist()
                       for at in (self.start_at // 8, self.free_at // 8, heads, heads + 1)]
            for i, (start, free, low, high) in enumerate(zip(*columns)):
                if start | low | high:
                    yield from self._page(number + i, start, free, low | high << 64,
                                          raw[i * self.page_size:(i + 1) * self.page_size])

    def _page(self, number, start, free, heads, raw):
        pool = self.pool
        records = self._page_records(number, heads) if heads else {}
        while start:
            bit = (start & -start).bit_length() - 1
            start &= start - 1
            granule = number * GRANULES_A_PAGE + bit
            if pool.first <= granule <= pool.wild:
                yield (granule, bool(free >> bit & 1), raw[self.slots_at + bit // 2],
                       records.get(bit))

    def _page_records(self, number, heads):
        """The records of a page, by their granule within it; several of one granule: a list."""
        found = {}
        for i in range(PAGE_HEADS):
            chain, why = self.records.chain(heads >> 32 * i & 0xFFFFFFFF)
            granule = number * GRANULES_A_PAGE + i * GRANULES_A_HEAD
            if why is not None:
                self._fail(3, min(max(granule, self.pool.first), self.pool.end), why)
            self.records_seen += len(chain)
            for record in chain:
                found.setdefault(i * GRANULES_A_HEAD + record[2], []).append(record)
        return found

    def _add(self, start, end, free_blocks):
        """Adds the block from its start up to a granule; returns 1 if it is free."""
        granule, is_free, slot, records = start
        pool = self.pool
        block = Block(pool.offset_at(granule), end - granule << pool.shift, not is_free)
        self.blocks.append(block)
        if is_free:
            block.number = free_blocks + 1
            if slot is not None and slot != min(end - granule, LARGE):
                self._fail(4, granule, 'the index has another size for the free block')
            return 1
        if records is None or len(records) != 1:
            self._fail(3, granule, 'the used block has not one record')
            return 0
        self._describe(block, granule, records[0])
        return 0

    def _describe(self, block, granule, record):
        index, number, _, guard, slack, waits = record
        front = self.pool.front_of(guard)
        if front + slack > block.size or guard > 4096 or number >= self.pool.next_number:
            self._fail(3, granule, f'the record does not fit its block: number {number}, guard '
                                   f'{guard}, {slack} bytes behind the payload')
            return
        block.index, block.number, block.guard, block.quarantined = index, number, guard, waits != 0
        block.front = front
        block.back = slack if guard else 0
        block.payload = block.offset + front
        block.requested = block.size - front - slack

    def _recount(self):
        """I3: is a record left over? I5: are the counters right?"""
        pool = self.pool
        free = sum(block.size for block in self.blocks if not block.used)
        used = sum(block.used for block in self.blocks)
        known = [block for block in self.blocks if block.used and block.number is not None]
        if self.records_seen != used:
            self._fail(3, pool.first, f'there are {self.records_seen} records, and {used} used '
                                      'blocks')
        live = sum(block.requested for block in known if not block.quarantined)
        wrong = [f'{what} {counted}, recounted {real}' for what, counted, real in (
            ('free bytes', pool.free, free),
            ('used blocks', pool.live_blocks + pool.quarantine['count_'], used),
            ('live bytes', pool.live_bytes, live)) if counted != real]
        if wrong and len(known) == used:
            self._fail(5, pool.first, f'the counters differ from a recount: {"; ".join(wrong)}')

    # ---- looking blocks up
    def containing(self, offset):
        """The block that holds this byte of the region; None: the bitmaps have none."""
        low, high = 0, len(self.blocks)
        while low < high:
            middle = (low + high) // 2
            if self.blocks[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        found = self.blocks[low] if low < len(self.blocks) else None
        return found if found is not None and found.offset <= offset else None

    def live(self, number):
        for block in self.blocks:
            if block.number == number and block.lives():
                return block
        return None
