"""Memory: what the process has at an address, and how the debug information lays it out.

    process --read--> bytes --Struct--> fields by name

The only module that reads the process, live or from a core file. It never calls into it, nor lets
what is typed (without_calls). Sizes and places of fields come from the library's debug information;
nothing is assumed of them. Whatever is not readable is an Unreadable, with its address; nothing
here loops over what it reads.
"""
import contextlib

import gdb

CHUNK_BITS = 16
CHUNK = 1 << CHUNK_BITS
PAGE = 4096
MOST_CHUNKS = 256  # kept: 16 MiB


class Trouble(gdb.GdbError):
    """What GDB prints as one sentence, with nothing of Python around it."""


class Unreadable(Exception):
    """Memory that the process does not have, or that a core file left out."""

    def __init__(self, address):
        super().__init__(f'the memory at {address:#x} cannot be read')


@contextlib.contextmanager
def setting(name, value):
    """Meanwhile this setting of GDB's is another, if this GDB has it."""
    try:
        was = gdb.parameter(name)
    except RuntimeError:
        yield
        return
    was = {True: 'on', False: 'off'}.get(was, was)
    if was == value:
        yield
        return
    gdb.execute(f'set {name} {value}', to_string=True)
    try:
        yield
    finally:
        gdb.execute(f'set {name} {was}', to_string=True)


def without_calls():
    """Meanwhile an expression that would call the process, as `"text"` does for its room, fails."""
    return setting('may-call-functions', 'off')


def in_our_language():
    """Meanwhile names are the library's: where the program is in Ada or Go, GDB finds none of
    them. What is typed stays in the language of the program."""
    return setting('language', 'c++')


def evaluated(text):
    """What GDB makes of an expression; gdb.error: it is none."""
    try:
        return gdb.parse_and_eval(text)
    except gdb.error as error:
        if 'may-call-functions' not in str(error):
            raise
        raise Trouble(f'mempool: {text} calls the process, which these commands never do; "print" '
                      'it, then give them $') from None


@contextlib.contextmanager
def in_sentences():
    """Around all that is typed: nothing is called, and what goes wrong becomes one sentence."""
    try:
        with without_calls():
            yield
    except gdb.GdbError:
        raise
    except (Unreadable, gdb.error) as error:
        raise Trouble(f'mempool: {error}') from None
    except Exception as error:  # what cannot be thought of, either
        raise Trouble(f'mempool: what is there makes no sense ({type(error).__name__}: '
                      f'{error})') from None


class Memory:
    """The bytes of the selected process, kept for as long as one command runs."""

    def __init__(self):
        self.inferior = gdb.selected_inferior()
        self.chunks = {}

    def read(self, address, size):
        """All of these bytes, or Unreadable."""
        if address < 0 or address + size > 1 << 64:
            raise Unreadable(address)
        chunk = self._chunk(address >> CHUNK_BITS)
        at = address & (CHUNK - 1)
        if isinstance(chunk, bytes) and at + size <= CHUNK:
            return chunk[at:at + size]
        parts = []
        while size > 0:
            part = self._part(address, size)
            parts.append(part)
            address += len(part)
            size -= len(part)
        return b''.join(parts)

    def _part(self, address, size):
        chunk = self._chunk(address >> CHUNK_BITS)
        at = address & (CHUNK - 1)
        if isinstance(chunk, bytes):
            return chunk[at:at + size]
        page = chunk.get(at // PAGE)
        if page is None:
            raise Unreadable(address)
        return page[at % PAGE:at % PAGE + size]

    def _chunk(self, number):
        """The bytes of a chunk; if not all can be read, those pages of it that can."""
        chunk = self.chunks.get(number)
        if chunk is None:
            if len(self.chunks) >= MOST_CHUNKS:
                self.chunks.clear()
            chunk = self._read(number << CHUNK_BITS, CHUNK)
            if chunk is None:
                pages = {i: self._read((number << CHUNK_BITS) + i * PAGE, PAGE)
                         for i in range(CHUNK // PAGE)}
                chunk = {i: page for i, page in pages.items() if page is not None}
            self.chunks[number] = chunk
        return chunk

    def _read(self, address, size):
        try:
            return bytes(self.inferior.read_memory(address, size))
        except (gdb.error, OverflowError, ValueError):
            return None

    def text(self, address, most=4096):
        """The C string there, cut at so many bytes."""
        taken = b''
        while len(taken) < most:
            part = self._part(address + len(taken), min(256, most - len(taken)))
            end = part.find(0)
            taken += part if end < 0 else part[:end]
            if end >= 0:
                break
        return printable(taken)


def printable(text):
    """Text of the program's, fit for a terminal: one line, no control characters."""
    if isinstance(text, bytes):
        text = text.decode('utf-8', 'replace')
    return ''.join(c if c.isprintable() else '~' for c in text)


def type_of(name):
    """A type of the library or of C; gdb.error: there is none of that name."""
    with in_our_language():
        return gdb.lookup_type(name)


class Struct:
    """A type of the library: where its fields lie, in bits, those of its bases among them."""

    def __init__(self, name, found):
        self.name = name
        self.size = found.sizeof
        self.fields = {}
        self._add(found, 0)

    def _add(self, found, base):
        for field in found.fields():
            if not hasattr(field, 'bitpos'):
                continue  # a static member
            kind = field.type.strip_typedefs()
            if field.is_base_class:
                self._add(kind, base + field.bitpos)
            else:
                bits = field.bitsize or 8 * kind.sizeof
                self.fields[field.name] = (base + field.bitpos, bits, kind)

    def field(self, name):
        try:
            return self.fields[name]
        except KeyError:
            raise Trouble(f'mempool: {self.name} of this library has no {name}: these commands '
                          'and the library are of different versions') from None

    def offset(self, name, size=None):
        """Where a field lies, in bytes. With a size, it has to have that."""
        bit, bits, _ = self.field(name)
        if size is not None and bits != 8 * size:
            raise Trouble(f'mempool: {name} of {self.name} has {bits} bits in this library, '
                          f'not {8 * size}: these commands are of another version')
        return bit // 8

    def number(self, raw, name):
        """The value of a field, read as a number, whatever its type."""
        bit, bits, _ = self.field(name)
        first, last = bit // 8, (bit + bits + 7) // 8
        return int.from_bytes(raw[first:last], 'little') >> bit % 8 & (1 << bits) - 1


class View:
    """A struct at an address: its bytes, read once."""

    def __init__(self, memory, struct, address, raw=None):
        self.memory = memory
        self.struct = struct
        self.address = address
        self.raw = memory.read(address, struct.size) if raw is None else raw

    def __getitem__(self, name):
        return self.struct.number(self.raw, name)

    def inner(self, name):
        """A member that is a struct itself."""
        bit, _, kind = self.struct.field(name)
        struct = Struct(str(kind), kind)
        at = bit // 8
        return View(self.memory, struct, self.address + at, self.raw[at:at + struct.size])

    def string(self, name, most=4096):
        """The text of a std::string; None if it cannot be had."""
        try:
            text = self.inner(name)
            size = text['_M_string_length']
            return self.memory.read(text.inner('_M_dataplus')['_M_p'], min(size, most))
        except (Trouble, Unreadable):
            return None


class Process:
    """One look at the process: its memory and the library's types. Lives for one command."""

    NEWEST = 'mempool::registry::(anonymous namespace)::newest'

    def __init__(self):
        self.memory = Memory()
        self.structs = {}
        if 'big' in gdb.execute('show endian', to_string=True).rsplit('currently', 1)[-1]:
            raise Trouble('mempool: big-endian processes cannot be read')

    def struct(self, name):
        found = self.structs.get(name)
        if found is None:
            found = self.structs[name] = Struct(name, self._type(name))
        return found

    def view(self, name, address):
        return View(self.memory, self.struct(name), address)

    def _type(self, name):
        try:
            found = type_of(name).strip_typedefs()
            if found.fields():
                return found
        except (gdb.error, TypeError):
            pass
        raise Trouble(explain_missing())

    def static(self, name):
        """The values of a static variable, one for each copy of the library. Of one that was
        linked with LTO, GDB has a symbol without a place besides."""
        with in_our_language():
            values = [symbol.value() for symbol in gdb.lookup_static_symbols(name)]
        placed = [int(value) for value in values if not value.is_optimized_out]
        if not placed:
            raise Trouble(explain_missing())
        return placed


def explain_missing():
    """Why nothing is known of pools: no process, no library, or one without debug information."""
    if gdb.selected_inferior().pid == 0:
        return 'mempool: there is no process: start the program, or load its core file, first'
    try:
        with in_our_language():
            gdb.parse_and_eval('(long)&pool_create')
    except gdb.error:
        return 'mempool: there is no Mempool in this process, or its libraries are not loaded yet'
    return ('mempool: libmempool was built without debug information, so the fields of a pool '
            'cannot be found; build it with -g (Meson: --buildtype=debugoptimized), or give GDB '
            'its separate debug file (symbol-file, or set debug-file-directory)')
