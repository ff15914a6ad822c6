"""Dump: the annotated 64-column dump, as `mempool-viz dump` prints it for a snapshot of the pool.

    pool lines, the lists, the rows with their marks (rows.py), the key

viz/view/dump*.cpp print the same from a log, and a test compares the two. What differs: here
all bytes of live blocks are known, in a log no more than 1 MiB of them.
"""
from .damage import GUARD, Look
from .page import Page, Words, excerpt
from .rows import Rows

MOST_ENTRIES = 64  # of a list


class Sums:
    """What the blocks add up to."""

    def __init__(self, pool, blocks):
        live = [block for block in blocks if block.lives()]
        free = [block.size for block in blocks if not block.used]
        self.capacity = pool.capacity
        self.used = sum(block.size for block in live)
        self.payload = sum(block.requested for block in live)
        self.guards = sum(block.front + block.back for block in live if block.guard)
        self.padding = self.used - self.payload - self.guards
        self.quarantine = sum(block.size for block in blocks if block.quarantined)
        self.free = sum(free)
        self.largest = max(free, default=0)

    def fragmentation(self):
        """In percent; None if nothing is free."""
        if self.free == 0:
            return None
        missing = self.free - self.largest
        return (200 * missing + self.free) // (2 * self.free)

    def bytes_text(self):
        used = f'used {self.used}'
        if self.used:
            used += f' (payload {self.payload}'
            used += f' + guards {self.guards}' if self.guards else ''
            used += f' + padding {self.padding}' if self.padding else ''
            used += ')'
        if self.quarantine:
            used += f' + quarantine {self.quarantine}'
        return f'{self.capacity} B = {used} + free {self.free}'

    def fragmentation_text(self):
        if self.free == 0:
            return 'external fragmentation: nothing is free'
        return (f'external fragmentation = 1 - {self.largest}/{self.free} = '
                f'{self.fragmentation()} %')


class Dump:
    """The lines of one dump."""

    def __init__(self, walk, first=0, last=None):
        self.walk, self.pool = walk, walk.pool
        self.first = first
        self.last = self.pool.capacity if last is None else last
        self.whole = first == 0 and last is None
        self.page = Page(self.pool.capacity)
        self.look = Look(walk)
        self.hurt = {}  # by the offset of a block: its findings, by side
        for finding in self.look.findings:
            block = finding.block or walk.containing(finding.first)
            self.hurt.setdefault(block.offset, {})[finding.side] = finding
        live = any(block.lives() for block in walk.blocks)
        # A log of this state tells the bytes in one call, and looks at guards in the next.
        self.told_call = self.pool.calls + 2
        self.call = self.pool.calls + (3 if live else 2)

    def lines(self):
        if self.whole:
            self._header()
            self.page.lines.append('')
            self._lists()
            self.page.lines.append('')
        rows = Rows(self.walk, self.page, self.hurt)
        rows.write(self.first, min(self.last, self.pool.capacity))
        rows.key()
        return self.page.lines

    # ---- the pool
    def _header(self):
        pool, page = self.pool, self.page
        sums = Sums(pool, self.walk.blocks)
        line = Words(page, 'pool  ')
        for name, value in (('size', sums.capacity), ('used', sums.used),
                            ('payload', sums.payload), ('guards', sums.guards),
                            ('padding', sums.padding or None),
                            ('quarantine', sums.quarantine or None), ('free', sums.free),
                            ('largest', sums.largest)):
            if value is not None:
                line.word(f'{name}={value}')
        line.word('frag=none' if sums.free == 0 else f'frag={sums.fragmentation()}%')
        line.next_line()
        for word in (f'policy={pool.policy}-fit', 'order=address',
                     f'guard={pool.guard}x0xAB' if pool.guard else 'guard=off',
                     f'blocks={len(self.walk.blocks)}', f'call={self.call}', 'event=check'):
            line.word(word)
        line.next_line()
        limit = pool.settings['quarantine']
        for word in (f'id={pool.number}', f'align={pool.align}',
                     'fill=on' if pool.settings['fill'] else 'fill=off',
                     'poison=on' if pool.poison else '',
                     f'most-quarantine={limit}' if limit else '', f'last-call={self.call}',
                     f'name={clip(ascii_text(pool.name), 40)}' if pool.name else ''):
            if word:
                line.word(word)
        line.end()
        page.say('note', 'pool_check')
        page.say('note', sums.bytes_text())
        page.say('note', sums.fragmentation_text())

    # ---- the lists
    def _lists(self):
        blocks = self.walk.blocks

        def widest(texts):
            return max([4, *map(len, texts)])
        self.name_width = widest(block.name() for block in blocks)
        self.size_width = {lives: widest(str(b.size) for b in blocks if b.lives() == lives)
                           for lives in (False, True)}
        self.payload_width = widest(str(block.requested) for block in blocks)
        self._list('free', [block for block in blocks if not block.used])
        self._list('used', [block for block in blocks if block.lives()])
        self._list('quar', [block for block in blocks if block.quarantined])

    def _list(self, tag, blocks):
        shown = excerpt(len(blocks), MOST_ENTRIES, lambda i: blocks[i].offset in self.hurt)
        i = 0
        while i < len(blocks):
            if shown[i]:
                self._entry(tag, blocks[i])
                i += 1
                continue
            first = i
            while i < len(blocks) and not shown[i]:
                i += 1
            self._left_out(tag, blocks[first:i])

    def _left_out(self, tag, blocks):
        kind = {'free': 'free blocks', 'used': 'used blocks', 'quar': 'blocks in quarantine'}[tag]
        text = f'{len(blocks)} {kind}'
        if tag != 'quar':
            text += f', {self.page.offset(blocks[0].offset)}..{self.page.offset(blocks[-1].end)}'
        text += f', {sum(block.size for block in blocks)} B'
        damaged = sum(block.offset in self.hurt for block in blocks)
        self.page.say('fold', text + (f', {damaged} of them damaged' if damaged else ''))

    def _entry(self, tag, block):
        hurt = self.hurt.get(block.offset, {})
        line = Words(self.page, f'{tag}  {block.name().ljust(self.name_width)} ')
        line.word(f'off={self.page.offset(block.offset)}')
        line.word(f'size={block.size}', 5 + self.size_width[block.lives()])
        if block.quarantined:
            line.word(f'freed={self.pool.calls + 1}')
        if block.lives():
            line.word(f'payload={block.requested}', 8 + self.payload_width)
            line.word(f'user={self.page.offset(block.payload)}')
            guards = block.front + block.back
            line.word('guard=' + ('HIT' if hurt else 'ok' if block.guard and guards else 'none'))
            for side in ('front', 'back'):
                if side in hurt:
                    self._damage(line, hurt[side], side)
        if hurt:
            line.word('changed=hit')
        if 'free' in hurt:
            self._stain(line, hurt['free'])
        line.end()

    def _damage(self, line, finding, side):
        """'back[0..2] first=0x02A8 want=AB got=58 bad=42'"""
        block = finding.block
        start = block.offset if side == 'front' else block.payload_end
        bad = [i for i, byte in enumerate(finding.found) if byte != GUARD]
        span = str(finding.first - start)
        if len(bad) < finding.damaged:
            span += '..'
        elif len(bad) > 1:
            span += f'..{finding.first + bad[-1] - start}'
        line.next_line()
        line.word(f'{side}[{span}]')
        line.word(f'first={self.page.offset(finding.first)}')
        line.word('want=AB')
        line.word(f'got={finding.found[0]:02X}')
        line.word(f'bad={self.told_call}')

    def _stain(self, line, finding):
        line.next_line()
        line.word('written')
        line.word(f'first={self.page.offset(finding.first)}')
        line.word(f'count={finding.damaged}')
        line.word('want=DD')
        line.word(f'got={finding.found[0]:02X}')
        if finding.owner is not None:
            line.word(f'was=#{finding.owner.number}')
        line.word(f'bad={self.call}')


def ascii_text(text):
    return ''.join(c if c.isascii() else '~' for c in text)


def clip(text, width):
    return text if len(text) <= width else text[:width - 3] + '...'
