"""Rows: the bytes of the region, 64 a line, with a line of marks under each.

    data  0x01C0 |66666666~~~~~~~~~~~~~~~~0000000000000000...
    mark  0x01C0 |-#6----]GGGGGGGGGGGGGGGG[#17 56----------...

A row lies in pieces: the parts of blocks that it crosses. A cell is one byte as (shade, value); the
value is None where the byte is nobody's, or not known. Rows inside one piece whose cells are all
equal become one `fold` line; those of free blocks are not even read. Private to the dump.
"""
from .damage import GUARD, POISON
from .memory import Unreadable
from .page import WIDTH, Words, wrap

MOST_READ = 16 << 20  # bytes; behind them, rows inside one piece are passed over
SHADES = {'payload': '-', 'padding': 'p', 'guard': 'G', 'damaged': 'X', 'free': '.', 'quar': 'q'}
DRESS = {'payload': '[-]', 'free': '(.)', 'quar': '{q}'}
BLANK = (' ', None)


class Piece:
    """A part of a block, also where it reaches beyond the row."""
    __slots__ = ('part', 'begin', 'end', 'block')

    def __init__(self, part, begin, end, block):
        self.part, self.begin, self.end, self.block = part, begin, end, block

    def is_guard(self):
        return self.part in ('front', 'back')


def pieces_of(block):
    if not block.lives():
        return [Piece('quar' if block.used else 'free', block.offset, block.end, block)]
    behind = 'back' if block.guard else 'padding'
    edges = (('front', block.offset, block.payload), ('payload', block.payload, block.payload_end),
             (behind, block.payload_end, block.end))
    return [Piece(part, begin, end, block) for part, begin, end in edges if end > begin]


class Rows:
    """Writes rows to a page."""

    def __init__(self, walk, page, hurt):
        self.pool, self.blocks, self.page, self.hurt = walk.pool, walk.blocks, page, hurt
        self.drawn = set()  # what the key explains
        self.run = None     # [start, rows, cell, piece] that is held back
        self.at = 0         # the first block that ends behind the row
        self.bytes_read = 0

    def write(self, start, end):
        page = self.page
        page.lines.append((page.head('ruler') + ''.join(
            f'+0x{i:02X}'.ljust(16) for i in range(0, WIDTH, 16))).rstrip())
        page.lines.append(page.head('ruler') + '0123456789ABCDEF' * (WIDTH // 16))
        start -= start % WIDTH
        while start < end:
            start += self._take(start)
        self._flush()

    # ---- rows, or runs of them
    def _take(self, start):
        """Takes a row, or many that say the same; returns how many bytes."""
        while self.at < len(self.blocks) and self.blocks[self.at].end <= start:
            self.at += 1
        piece = next(piece for piece in pieces_of(self.blocks[self.at]) if piece.end > start)
        rows = (piece.end - start) // WIDTH if piece.begin < start else 0
        if rows == 0:
            self._flush()
            self._draw(start)
            return WIDTH
        hurt = self.hurt.get(piece.block.offset, {})
        if piece.part in ('free', 'quar') and 'free' not in hurt:
            self._hold(start, rows, self._cell(piece, start), piece)
            return rows * WIDTH
        if self.bytes_read > MOST_READ:
            self._flush()
            self.run = [start, rows, None, piece]
            self._flush()
            return rows * WIDTH
        self.bytes_read += WIDTH
        if self._all_alike(piece, start):
            self._hold(start, 1, self._cell(piece, start), piece)
        else:
            self._flush()
            self._draw(start)
        return WIDTH

    def _hold(self, start, rows, cell, piece):
        run = self.run
        if run is not None and run[2] == cell and run[3].block is piece.block \
                and run[3].part == piece.part:
            run[1] += rows
            return
        self._flush()
        self.run = [start, rows, cell, piece]

    def _flush(self):
        if self.run is None:
            return
        (start, rows, cell, piece), self.run = self.run, None
        if rows == 1 and cell is not None:
            self._draw(start)
            return
        page = self.page
        text = (f'{rows} {"line" if rows == 1 else "lines"}, {page.offset(start)}..'
                f'{page.offset(start + rows * WIDTH)}, all {self._content(cell, piece)}')
        head = page.head('fold', start)
        for line in wrap(text, WIDTH):
            page.boxed(head, line)
            head = page.under('fold')

    def _content(self, cell, piece):
        """'f12 free', "#6, 'a'", '#6 back guard'"""
        block, part = piece.block, piece.part
        value = 'not looked at'
        if cell is not None:
            value = 'not known' if cell[1] is None else f"'{chr(cell[1])}'" \
                if 0x20 <= cell[1] < 0x7F else f'0x{cell[1]:02X}'
        shade = 'damaged' if cell is not None and cell[0] == 'damaged' else part
        if shade == 'payload':
            return f'{block.name()}, {value}'
        if shade == 'padding':
            return f'{block.name()} padding'
        whose = {'free': f'{block.name()} free', 'quar': f'{block.name()} in quarantine'}.get(part)
        if shade == 'damaged':
            return f'{whose}, written after free: {value}' if whose else \
                f'{block.name()} {part} guard, damaged: {value}'
        if whose is None:
            return f'{block.name()} {part} guard' + ('' if cell and cell[1] is not None
                                                     else ', not known')
        return whose

    # ---- cells
    def _all_alike(self, piece, start):
        """True if all cells of a row inside one piece are."""
        if piece.part in ('free', 'quar'):
            cells = self._cells_of(piece, start, start + WIDTH)
            return cells.count(cells[0]) == WIDTH
        try:
            values = self.pool.read(start, WIDTH)
        except Unreadable:
            return True
        return values.count(values[0]) == WIDTH

    def _cell(self, piece, at):
        return self._cells_of(piece, at, at + 1)[0]

    def _cells_of(self, piece, begin, end):
        part = piece.part
        if part in ('free', 'quar'):
            return self._free_cells(piece, begin, end)
        try:
            values = self.pool.read(begin, end - begin)
        except Unreadable:
            values = [None] * (end - begin)
        if part in ('front', 'back'):
            return [('guard' if value in (GUARD, None) else 'damaged', value) for value in values]
        return [(part, value) for value in values]

    def _free_cells(self, piece, begin, end):
        """Nothing of them is known but what was found written after the free. None: as the pool
        left it; in a quarantine without poison nothing tells that: '?'."""
        cells = [(piece.part, None)] * (end - begin)
        finding = self.hurt.get(piece.block.offset, {}).get('free')
        if finding is not None:
            for i, value in enumerate(finding.found):
                at = finding.first + i
                if begin <= at < end and value != POISON:
                    cells[at - begin] = ('damaged', value)
        return cells

    def _row(self, start):
        """The pieces of a row, and its cells."""
        end = min(start + WIDTH, self.pool.capacity)
        pieces, cells = [], []
        i = self.at
        while i < len(self.blocks) and self.blocks[i].offset < end:
            for piece in pieces_of(self.blocks[i]):
                begin, last = max(piece.begin, start), min(piece.end, end)
                if begin < last:
                    pieces.append(piece)
                    cells += self._cells_of(piece, begin, last)
            i += 1
        return pieces, cells

    # ---- drawing
    def _draw(self, start):
        while self.at > 0 and self.blocks[self.at - 1].end > start:
            self.at -= 1  # a row that was held back
        pieces, cells = self._row(start)
        width = len(cells)
        data = ''.join(map(self._sign, cells)).ljust(WIDTH)
        marks = [SHADES.get('guard' if shade in ('front', 'back') else shade, ' ')
                 for shade, _ in cells]
        self.drawn.update(shade for shade, _ in cells)
        for piece in pieces:
            first = max(piece.begin - start, 0)
            last = min(piece.end - start, width)
            if any(shade == 'damaged' for shade, _ in cells[first:last]):
                self.drawn.add('hit' if piece.is_guard() else 'stained')
            if piece.part in DRESS:
                self._label(marks, piece, start, first, last, cells)
        self.page.boxed(self.page.head('data', start), data)
        self.page.boxed(self.page.head('mark', start), ''.join(marks))
        for piece in pieces:
            self._damage(piece, start, width, cells)

    def _sign(self, cell):
        shade, value = cell
        if value is None:
            if shade == 'free' or (shade == 'quar' and self.pool.poison):
                return '.'
            self.drawn.add('unknown')
            return '?'
        if 0x20 <= value < 0x7F:
            return chr(value)
        self.drawn.add('unprintable')
        return '~'

    def _label(self, marks, piece, start, first, last, cells):
        """[#17 56-----]   (f8 free 88....)   {#7q 48 HIT qqq}"""
        block = piece.block
        left, plain, right = DRESS[piece.part]
        begins, ends = piece.begin >= start, piece.end <= start + len(cells)
        if ends and cells[last - 1][0] != 'damaged':
            marks[last - 1] = right
        if begins and cells[first][0] != 'damaged':
            marks[first] = left
        used = piece.part == 'payload'
        clean = all(shade != 'damaged' for shade, _ in cells[first:last])
        filled = ' poison' if not used and self.pool.poison and clean else ''
        name = block.name()
        whole, told, sized = name + filled, name, name
        if begins:
            sized = f'{name} free {block.size}' if piece.part == 'free' else \
                f'{name} {block.requested if used else block.size}'
            told = sized + (' HIT' if block.offset in self.hurt else '')
            whole = told + filled
        label = self._put(marks, first + 1, last - 1 if ends else last, plain,
                          (whole, told, sized, name))
        if label.endswith(' poison'):
            self.drawn.add('poisoned')

    @staticmethod
    def _put(marks, first, last, plain, labels):
        """Puts the first label that fits into the first stretch without marks."""
        for label in labels:
            begin = first
            while begin < last:
                if marks[begin] != plain:
                    begin += 1
                    continue
                end = begin
                while end < last and marks[end] == plain:
                    end += 1
                if end - begin >= len(label):
                    marks[begin:begin + len(label)] = label
                    return label
                begin = end
        return ''

    # ---- damage, under its row
    def _damage(self, piece, start, width, cells):
        first, last = max(piece.begin - start, 0), min(piece.end - start, width)
        bad = [i for i in range(first, last) if cells[i][0] == 'damaged']
        if not bad or piece.part in ('payload', 'padding'):
            return
        finding = self.hurt.get(piece.block.offset, {}).get(
            piece.part if piece.is_guard() else 'free')
        if finding is None:
            return  # it came up since it was looked for
        self._hit(piece, finding, start, bad)
        zoomed = min(finding.first, start + bad[0]) // 16 * 16
        for group in range(start, start + width, 16):
            if any(group <= start + i < group + 16 for i in bad) and group - zoomed < 32:
                self._zoom(piece, start, group, bad, cells)

    def _names(self, piece):
        block = piece.block
        if piece.is_guard():
            return f'{block.name()} {piece.part} guard', f'{block.name()} {piece.part}'
        return f'{block.name()} written after free', f'{block.name()} written'

    def _hit(self, piece, finding, start, bad):
        """^^^ and, where there is room beside them, what it is about."""
        page = self.page
        whole, which = self._names(piece)
        texts = [whole, which]
        if finding.first >= start:
            count = f'{finding.damaged} of {finding.size} bytes'
            texts = [f'{whole}, {count}', f'{which}, {count}', which, piece.block.name()]
        text = next((text for text in texts if len(text) <= WIDTH), '')
        line = [' '] * WIDTH
        for i in bad:
            line[i] = '^'
        head = page.head('hit!', start + bad[0])
        beside = True
        if WIDTH - bad[-1] - 1 >= len(text) + 2:
            line[bad[-1] + 3:bad[-1] + 3 + len(text)] = text
        elif bad[0] >= len(text) + 2:
            line[bad[0] - 2 - len(text):bad[0] - 2] = text
        else:
            beside = False
        page.boxed(head, ''.join(line))
        if not beside:
            page.boxed(head, text)

    def _zoom(self, piece, start, group, bad, cells):
        """16 bytes in hex and, under them, which are bad."""
        page = self.page
        texts, carets = '', ''
        for at in range(group, group + 16):
            column = at - start
            if at >= self.pool.capacity:
                texts += '   '
            else:
                texts += self._hex(cells[column])
            carets += '^^ ' if column in bad else '   '
        room = WIDTH - len(texts) - 1
        label = next((t for t in (*self._names(piece), piece.block.name()) if len(t) <= room), '')
        page.boxed(page.head('zoom', group), f'{texts} {label}')
        page.boxed(page.under('zoom'), f'{carets} want {"AB" if piece.is_guard() else "DD"}')

    def _hex(self, cell):
        shade, value = cell
        if value is None:
            return 'DD ' if shade in ('free', 'quar') and self.pool.poison else '?? '
        return f'{value:02X} '

    def key(self):
        line = Words(self.page, 'key   ')
        for what, text in (('payload', '[--] used payload'), ('free', '(..) free'),
                           ('quar', '{qq} freed, in quarantine'), ('guard', 'G guard'),
                           ('hit', 'X guard damaged'), ('stained', 'X written after free'),
                           ('padding', 'p padding'), ('poisoned', 'poison: 0xDD'),
                           ('unknown', '? not known'), ('unprintable', '~ not printable')):
            if what in self.drawn:
                line.word(text + '  ')
        line.end()
