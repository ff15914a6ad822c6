"""Command: what the commands have in common, and `mempool` itself, which they belong to.

    line --split--> words --find_pool--> pool --Walk--> blocks --view--> lines

Each command looks at the process once, writes lines, and forgets; nothing changes the process. The
commands are classes in looks.py, questions.py and verdicts.py, and the help of one is the
documentation of its class: what it does, its units, an example.
"""
import gdb

from .memory import Process, Trouble, evaluated, in_sentences
from .pool import address_of, find_pool, the_only_pool
from .stack import inside_library


def write(lines):
    for line in lines:
        gdb.write(line + '\n')


def split(text):
    """The words of a command. Blanks in quotes or brackets part nothing."""
    words, word, depth, quoted = [], '', 0, False
    for c in text:
        quoted ^= c == '"' and word[-1:] != '\\'
        depth += (c in '([') - (c in ')]')
        if c == ' ' and depth <= 0 and not quoted:
            if word:
                words.append(word)
            word = ''
        else:
            word += c
    return words + [word] if word else words


def number_of(text):
    """An address or offset: whatever GDB can work out."""
    try:
        return address_of(evaluated(text))
    except gdb.error as error:
        raise Trouble(f'mempool: {text}: {error}') from None


def notes(pool, walk):
    """What has to be known before anything of this pool is believed."""
    lines = [f'mempool: note: {where}' for where in inside_library()]
    if walk.broken:
        more = f', and {len(walk.broken) - 1} more' if len(walk.broken) > 1 else ''
        lines.append(f'mempool: note: the bookkeeping of {pool.title()} is broken: '
                     f'{walk.broken[0].text()} at offset {walk.broken[0].offset}{more}; '
                     '"mempool check" has it all')
    return lines


class Command(gdb.Command):
    """A command of these. Its class says its name; what goes wrong becomes one sentence."""
    name = ''
    kind = gdb.COMMAND_DATA
    complete_as = gdb.COMPLETE_EXPRESSION

    def __init__(self):
        super().__init__(self.name, self.kind, self.complete_as)

    def invoke(self, text, from_tty):
        self.dont_repeat()
        with in_sentences():
            self.run(Process(), split(text))

    def run(self, process, words):
        raise NotImplementedError

    def usage(self):
        return Trouble(f'mempool: usage: {self.__doc__.splitlines()[2]}')

    @staticmethod
    def owns(word):
        """Is this a word of the command's own, and no pool? Then the pool was left out."""
        return word.startswith('#')

    def pool_and_rest(self, process, words, rest):
        """The pool of the first word, or the only one there is; and at most so many words more."""
        left_out = not words or self.owns(words[0])
        named, words = ([], words) if left_out else (words[:1], words[1:])
        if len(words) > rest:
            raise self.usage()
        return find_pool(process, *named) if named else the_only_pool(process), words


class Mempool(Command):
    """Commands about the pools of libmempool: what is where, and what is damaged.

mempool map|list|dump|block|whereis|check|snapshot ...

They read the memory of a live process or of a core file, and never call into
it. POOL is a pool's number ("info mempool" lists them), its name (in quotes if
it is a name of the program's too), or an expression for its address; it may be
left out where the process has one pool. Sizes are in bytes, offsets count from
the start of the pool's region.
Example: mempool check 1"""
    name = 'mempool'

    def __init__(self):
        gdb.Command.__init__(self, self.name, self.kind, gdb.COMPLETE_NONE, True)

    def invoke(self, text, from_tty):
        self.dont_repeat()
        if text:
            raise Trouble(f'mempool: there is no "mempool {split(text)[0]}"; "help mempool" has '
                          'what there is')
        gdb.execute('help mempool')
