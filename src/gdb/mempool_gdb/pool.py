"""Pool: one pool of the process as its fields say, and which pools there are.

A field may hold anything: the process is looked at because something is wrong with it. So a pool is
believed only if its numbers fit each other, and then nothing that is read through them is larger
than they allow. Blocks are blocks.py's, their bytes damage.py's.
"""
import gdb

from .memory import Trouble, Unreadable, View, evaluated, printable

NONE = (1 << 64) - 1
MOST_POOLS = 10000  # of a list that may be damaged
MOST_ALIGNMENT = 4096
POLICIES = {1: 'first', 2: 'next', 3: 'best', 4: 'worst', 5: 'good'}  # codes are never reused
DEAD = 16  # the bit of the gate that says that the pool was destroyed
GRANULES_A_PAGE = 64  # a bit each in the words of a page
PAGE_HEADS = 4
LISTED = '; "info mempool" lists the pools'


class Site:
    """Where a block was asked for, as far as it is known."""

    def __init__(self, view):
        self.seq = NONE if view is None else view['seq']
        self.file = None
        self.line = 0 if view is None else view['line']
        if view is not None and view['file'] != 0:
            try:
                self.file = view.memory.text(view['file'], 1024)
            except Unreadable:
                self.file = None

    def text(self):
        """'parser.c:118', or nothing."""
        return f'{self.file}:{self.line}' if self.file else ''


class Freed:
    """A block that was freed lately."""

    def __init__(self, view):
        for name in ('number', 'offset', 'size', 'payload', 'requested', 'freed_seq'):
            setattr(self, name, view[name])
        self.site = Site(view.inner('site'))


class Pool:
    """A pool that can be believed: Trouble from its making says why one cannot."""

    def __init__(self, process, address):
        self.process = process
        self.memory = process.memory
        self.address = address
        try:
            self.view = view = process.view('MemoryPool', address)
        except Unreadable:
            raise Trouble(f'mempool: there is no pool at {address:#x}: the memory cannot be '
                          'read') from None
        self.number = view.inner('watch_')['pool']
        self.region = view['region_']
        self.capacity = view['capacity_']
        self.shift = view['shift_']
        self.guard = view['guard_']
        self.next_number = view['next_number_']
        self.live_blocks = view['live_blocks_']
        self.live_bytes = view['live_bytes_']
        self.settings = settings = view.inner('settings_')
        self.align = settings['align']
        self.poison = settings['poison'] != 0
        self.quarantine = view.inner('quarantine_')
        self.engine = view.inner('engine_')
        self.slab = view.inner('slab_')
        self.first = GRANULES_A_PAGE  # the page before the region's is a sentinel's
        self.wild, self.end = self.engine['wild_'], self.engine['end_']
        self.top, self.free_granules = self.engine['top_'], self.engine['free_']
        self._believe()
        self.policy = POLICIES[settings['policy']]
        self._name = settings.string('name')

    def _believe(self):
        """Trouble unless the numbers fit each other."""
        if self._buried():
            raise Trouble(f'mempool: the pool at {self.address:#x} was destroyed')
        page = self.process.struct('mempool::engine::Page')
        pages = (self.end // GRANULES_A_PAGE + 2) * page.size
        inside = self.engine.inner('pages_')['pages_'] - self.view['metadata_']
        for good, why in (
                (self.shift <= 12 and self.align == 1 << self.shift,
                 f'its alignment is {self.align} and its shift {self.shift}'),
                (self.capacity != 0 and self.capacity % (1 << (self.shift & 15)) == 0 and
                 self.capacity == self.settings['capacity'],
                 f'its capacity is {self.capacity} in one place and '
                 f'{self.settings["capacity"]} in another'),
                (self.end == self.first + (self.capacity >> (self.shift & 63)),
                 f'its {self.capacity} bytes end at granule {self.end}'),
                (self.region + self.capacity <= 1 << 64, f'its region lies at {self.region:#x}'),
                (self.first <= self.wild <= self.top <= self.end,
                 f'its last free block begins at granule {self.wild}, its high-water mark is '
                 f'{self.top}, its end {self.end}'),
                (self.settings['policy'] in POLICIES,
                 f'its policy is number {self.settings["policy"]}'),
                (0 <= inside and inside + pages <= self.view['metadata_bytes_'],
                 'its bitmaps lie outside of its bookkeeping'),
                (self.guard <= MOST_ALIGNMENT, f'its guards are of {self.guard} bytes')):
            if not good:
                raise Trouble(f'mempool: what lies at {self.address:#x} is no pool, or a damaged '
                              f'one: {why}')

    def _buried(self):
        """Is this one of the last pools that were destroyed? Their gates are as new, but dead."""
        gate = self.view.inner('gate_')
        return gate['bits_'] == DEAD and gate['errors_'] in (1, 2, 3) and \
            not any(gate[name] for name in ('mutex_', 'owner_', 'frame_', 'runner_'))

    # ---- what reports and tables say of it
    @property
    def name(self):
        """Printable; None if it has no name."""
        return printable(self._name) if self._name else None

    @property
    def raw_name(self):
        return self._name

    def title(self):
        """'pool 1 "net"', as reports have it."""
        return f'pool {self.number}' + (f' "{self.name}"' if self.name else '')

    @property
    def free(self):
        return self.free_granules << self.shift

    @property
    def quarantined(self):
        """Bytes that are freed and wait."""
        return self.quarantine['bytes_']

    @property
    def used(self):
        return max(self.capacity - self.free - self.quarantined, 0)

    @property
    def calls(self):
        """The number of the last call, as events count them."""
        allocs = self.next_number - self.view['failed_numbers_']
        frees = allocs - self.live_blocks - self.view['forgotten_blocks_']
        return (self.next_number + frees + self.view['other_calls_']) & NONE

    # ---- places
    def offset_at(self, granule):
        return granule - self.first << self.shift

    def front_of(self, guard):
        return guard + self.align - 1 & -self.align

    def holds(self, address):
        return self.region <= address < self.region + self.capacity

    def read(self, offset, size):
        return self.memory.read(self.region + offset, size)

    def bookkeeping(self, address):
        """Which part of the bookkeeping an address lies in; None: in none."""
        slab = self.slab['count_'] * self.process.struct('mempool::engine::Record').size
        for start, size, what in (
                (self.address, self.view.struct.size, 'the pool itself (counters and settings)'),
                (self.view['metadata_'], self.view['metadata_bytes_'], 'its bitmaps and index'),
                (self.slab['records_'], slab, 'its slab, the records of live blocks')):
            if start <= address < start + size:
                return what, address - start
        return None

    # ---- where blocks came from, and whose freed bytes were
    def site_of(self, index, number):
        """Of the live block with this number, whose record is the index-th."""
        sites = self.view.inner('sites_')
        if sites['live_'] == 0 or index >= sites['records_']:
            return Site(None)
        live = self.process.struct('mempool::Sites::Live')
        try:
            view = View(self.memory, live, sites['live_'] + index * live.size)
        except Unreadable:
            return Site(None)
        known = view['number_and_1'] == number + 1
        return Site(view.inner('site') if known else None)

    def last_owner(self, offset):
        """The block that had this byte last, as far as is remembered."""
        sites = self.view.inner('sites_')
        buried, most = sites['buried_'], 256
        freed = self.process.struct('mempool::Sites::Freed')
        if sites['live_'] == 0:
            return None
        for i in range(buried, max(buried - most, 0), -1):
            try:
                view = View(self.memory, freed, sites['freed_'] + (i - 1) % most * freed.size)
            except Unreadable:
                return None
            if view['offset'] <= offset < view['offset'] + view['size']:
                return Freed(view)
        return None


class Damaged:
    """A pool of the list that cannot be believed."""

    def __init__(self, address, why):
        self.address = address
        self.why = why


def each_pool(process):
    """The pools of the process, in the order of their creation, and a sentence if the list of them
    is damaged, else None. What is no pool is Damaged."""
    found, why = [], None
    seen = set()
    older = process.struct('mempool::Pool').offset('older', 8)
    for address in process.static(process.NEWEST):
        while address != 0 and why is None:
            if address in seen:
                why = f'it comes back to {address:#x}'
            elif len(seen) == MOST_POOLS:
                why = f'it has more than {MOST_POOLS} pools'
            else:
                seen.add(address)
                try:
                    found.append(Pool(process, address))
                except Trouble as trouble:
                    found.append(Damaged(address, str(trouble).replace('mempool: ', '', 1)))
                try:
                    address = int.from_bytes(process.memory.read(address + older, 8), 'little')
                except Unreadable:
                    why = f'it leads to {address:#x}, which cannot be read'
    found.sort(key=lambda pool: getattr(pool, 'number', 1 << 32))
    if why is not None:
        why = f'the list of pools is damaged: {why}; older pools may be missing'
    return found, why


def find_pool(process, text):
    """The pool that a word names: its number, its name, or an expression for its address."""
    if text.isdecimal():
        return pool_numbered(process, int(text))
    if text[:1] == '"':
        return pool_named(process, text[1:].removesuffix('"').replace('\\"', '"'))
    if gdb_knows_not(text):
        return pool_named(process, text)
    return pool_at(process, evaluated(text))


def pool_numbered(process, number):
    return _pool_that(process, str(number), lambda pool: pool.number == number)


def pool_named(process, name):
    return _pool_that(process, f'"{printable(name)}"', lambda pool: pool.name == name)


def _pool_that(process, text, fits):
    pools, why = each_pool(process)
    good = [pool for pool in pools if isinstance(pool, Pool)]
    for pool in good:
        if fits(pool):
            return pool
    there = ', '.join(pool.title() for pool in good) or 'none'
    more = [pool.why for pool in pools if isinstance(pool, Damaged)] + ([why] if why else [])
    raise Trouble(f'mempool: there is no pool {text}; there are: {there}' +
                  ''.join(f'\nmempool: note: {each}' for each in more))


def gdb_knows_not(text):
    """True if a word is no expression: it may be a pool's name."""
    try:
        evaluated(text)
        return False
    except gdb.MemoryError as error:
        raise Trouble(f'mempool: {text}: {error}') from None
    except gdb.error:
        return True


REFERENCES = (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF)
PLACED = (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_FUNC, gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)


def without_reference(value):
    """A value, or what it refers to, and the type of that."""
    kind = value.type.strip_typedefs()
    if kind.code in REFERENCES:
        value = value.referenced_value()
        kind = value.type.strip_typedefs()
    return value, kind


def address_of(value):
    """The number that a value means as an address: where an array or object lies, or itself."""
    value, kind = without_reference(value)
    if kind.code == gdb.TYPE_CODE_VOID:
        raise Trouble('mempool: what has no value is no address')
    if kind.code in PLACED:
        value = value.address
        if value is None:
            raise Trouble(f'mempool: a {kind} that is not in the memory of the process has no '
                          'address there')
    return int(value) & NONE


def holder(kind):
    """The one field of a struct that has to do with a pool; None: there is none, or several."""
    if kind.code != gdb.TYPE_CODE_STRUCT or kind.name == 'MemoryPool':
        return None
    fields = [field for field in kind.fields()
              if hasattr(field, 'bitpos') and 'MemoryPool' in str(field.type)]
    return fields[0] if len(fields) == 1 else None


def pool_at(process, value):
    """The pool that a value of the program's means: a pointer, an address, the pool itself, or a
    C++ object that holds just the pointer, or a pointer to one."""
    value, kind = without_reference(value)
    if kind.code == gdb.TYPE_CODE_PTR and holder(kind.target().strip_typedefs()):
        value, kind = without_reference(value.dereference())
    while kind.code == gdb.TYPE_CODE_STRUCT and kind.name != 'MemoryPool':
        if holder(kind) is None:
            raise Trouble(f'mempool: a {kind} is no pool{LISTED}')
        value, kind = without_reference(value[holder(kind)])
    try:
        return Pool(process, address_of(value))
    except Trouble as trouble:
        raise Trouble(f'{trouble}{LISTED}') from None


def the_only_pool(process):
    """For commands that were given no pool."""
    pools, why = each_pool(process)
    good = [pool for pool in pools if isinstance(pool, Pool)]
    if len(good) == 1 and len(pools) == 1 and why is None:
        return good[0]
    if not pools:
        raise Trouble('mempool: the process has no pool')
    raise Trouble(f'mempool: which pool? The process has {len(pools)}{LISTED}')
