"""Values: a pool as GDB prints it, and functions for expressions and conditions of breakpoints.

    (gdb) print *net                              (gdb) break parse if $mempool_number(p) == 3
    $1 = pool 1 "net": 1008 bytes, ...            (gdb) x/16xb $mempool_payload(1, 3)
"""
import gdb
import gdb.printing

from .blocks import Walk
from .memory import Process, Trouble, Unreadable, in_sentences, type_of
from .pool import Pool, address_of, each_pool, pool_at, pool_named, pool_numbered


class PoolPrinter:
    """A MemoryPool in one line."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        if self.value.address is None:
            return '<a pool that lies nowhere>'
        try:
            pool = Pool(Process(), int(self.value.address))
            return (f'{pool.title()}: {pool.capacity} bytes, {pool.free} free, {pool.live_blocks} '
                    f'live blocks with {pool.live_bytes} bytes, {pool.policy} fit')
        except (gdb.GdbError, gdb.error, Unreadable) as error:
            return '<' + str(error).replace('mempool: ', '', 1) + '>'


def pool_of(process, value):
    """From what an expression may hold: a number, a name, or a pool."""
    code = value.type.strip_typedefs().code
    if code == gdb.TYPE_CODE_INT and 0 < int(value) < 1 << 20:
        return pool_numbered(process, int(value))
    if code == gdb.TYPE_CODE_ARRAY:
        return pool_named(process, value.string(errors='replace'))
    return pool_at(process, value)


class Function(gdb.Function):
    """A function that reads pools. Its documentation begins with how it is used."""

    def __init__(self):
        super().__init__(self.name)

    def invoke(self, *arguments):
        usage = self.__doc__.partition(':')[0]
        if len(arguments) != 1 + usage.count(','):
            raise Trouble(f'mempool: usage: {usage}')
        with in_sentences():
            return self.work(Process(), *arguments)


class PoolFunction(Function):
    """$mempool_pool(NUMBER or NAME): the pool, as a MemoryPool *.
Example: print *$mempool_pool(1)"""
    name = 'mempool_pool'

    def work(self, process, which):
        pool = pool_of(process, which)
        return gdb.Value(pool.address).cast(type_of('MemoryPool').pointer())


class BlocksFunction(Function):
    """$mempool_blocks(POOL): how many blocks live in a pool.
Example: break pool_alloc if $mempool_blocks(1) > 100"""
    name = 'mempool_blocks'

    def work(self, process, which):
        return pool_of(process, which).live_blocks


class PayloadFunction(Function):
    """$mempool_payload(POOL, N): the payload of block #N, as a char *; 0 if #N does not live.
Example: x/16xb $mempool_payload(1, 3)"""
    name = 'mempool_payload'

    def work(self, process, which, number):
        pool = pool_of(process, which)
        block = Walk(pool).live(int(number))
        address = 0 if block is None else pool.region + block.payload
        return gdb.Value(address).cast(type_of('char').pointer())


class NumberFunction(Function):
    """$mempool_number(ADDRESS): the number of the live block around it, or -1.
Example: break parse if $mempool_number(packet) == 3"""
    name = 'mempool_number'

    def work(self, process, address):
        at = address_of(address)
        for pool in each_pool(process)[0]:
            if isinstance(pool, Pool) and pool.holds(at):
                block = Walk(pool).containing(at - pool.region)
                lives = block is not None and block.lives() and block.number is not None
                return block.number if lives else -1
        return -1


ALL = (PoolFunction, BlocksFunction, PayloadFunction, NumberFunction)


def printers():
    found = gdb.printing.RegexpCollectionPrettyPrinter('mempool')
    found.add_printer('MemoryPool', '^MemoryPool$', PoolPrinter)
    return found
