"""Strip: the region in one line, as mempool-viz draws it in a terminal.

    [G#1 80 G](f2 48.....)[#17 72    ]      used [..], free (..), G guard, X damaged
    {#3q 48:::}                             freed, in quarantine

To scale, with two exceptions that show. A block gets room for its name and size, or its name,
while there is room for all of them; one that is drawn too short for that shows `//`. With more
blocks than that, a column stands for all bytes under it: # used, . free, q quarantine, : more than
one of them, X damaged. viz/view/terminal_strip.cpp draws the same, and a test compares the two.
"""

COLUMNS = 72
KEY = '[..] used  (..) free  {::} in quarantine  G guard  X damaged  // cut short'
MANY_KEY = 'a column: # used  . free  q in quarantine  : several of them  X damaged'


class Card:
    """A block's piece of the strip."""

    def __init__(self, block, damaged, named):
        self.block = block
        self.hurt = set() if damaged is None else damaged  # of 'front', 'back', 'free'
        self.name = block.name() if named else ''
        self.sized = f'{self.name} {block.size}' if named else ''
        self.least = self.width = 0
        self.cut = False
        self.guards = True

    @property
    def stained(self):
        return 'free' in self.hurt

    def need(self, room):
        """Columns for name and size, the name, or nothing."""
        guards = 2 if self.block.front + self.block.back else 0
        if room == 'name and size':
            return len(self.sized) + guards + self.stained + 2
        return len(self.name) + (1 if self.hurt else 0) + 2 if room == 'name' else 1

    def text(self):
        width = self.width
        if width <= 1:
            sign = 'q' if self.block.quarantined else '.#'[self.block.used]
            return ('X' if self.hurt else sign)[:width]
        used = '{:}' if self.block.quarantined else '[ ]'
        left, plain, right = used if self.block.used else '(.)'
        inside = width - 2
        front, back = self._guard_columns(inside)
        room = inside - front - back
        label = next((text for text in (self.sized, self.name) if len(text) <= room), '')
        body = list(label + plain * (room - len(label)))
        text = (['X' if 'front' in self.hurt else 'G'] * front + body +
                ['X' if 'back' in self.hurt else 'G'] * back)
        if self.stained and room > 0:
            text[-1] = 'X'
        if self.cut and not self.block.used and room >= len(label) + 2:
            at = inside - (3 if self.stained else 2)
            text[at:at + 2] = '//'
        return left + ''.join(text) + right

    def _guard_columns(self, inside):
        block = self.block

        def share(size):
            return max(size * inside // block.size, 1) if size else 0
        front, back = share(block.front), share(block.back)
        if not self.guards or inside < len(self.name) + front + back:
            # Damage is drawn in any case, and goes before the name.
            front = 1 if 'front' in self.hurt and inside > 1 else 0
            back = 1 if 'back' in self.hurt else 0
        return front, min(back, inside - front)


def reserve(cards, room, columns):
    """Says what every card needs; False if that is too much for the strip."""
    for card in cards:
        card.guards = room == 'name and size'
        card.least = card.need(room)
    return sum(card.least for card in cards) <= (columns if room == 'name' else columns * 3 // 4)


def lay_out(cards, capacity, columns):
    """Columns for every card: its least, or its share of what the others leave, to scale."""
    fixed = [False] * len(cards)
    room, size = columns, capacity
    again = True
    while again:
        again = False
        for i, card in enumerate(cards):
            if fixed[i] or room * card.block.size >= card.least * size:
                continue
            fixed[i] = again = True
            room -= card.least
            size -= card.block.size
    # Shares are rounded so that they add up: each ends where their sum so far ends.
    exact = given = 0
    for i, card in enumerate(cards):
        if fixed[i]:
            card.width = card.least
        else:
            exact += room * card.block.size
            card.width = (2 * exact + size) // (2 * size) - given
            given += card.width
        card.cut = (card.width + 2) * capacity < columns * card.block.size


def columns_of(cards, capacity, columns):
    """Too many blocks for cards: what lies under each column."""
    under = [set() for _ in range(columns)]
    for card in cards:
        block = card.block
        sign = 'q' if block.quarantined else '#' if block.used else '.'
        first = block.offset * columns // capacity
        last = (block.end - 1) * columns // capacity
        for i in range(first, min(last, columns - 1) + 1):
            under[i].add('X' if card.hurt else sign)
            under[i].add(sign)
    return ''.join('X' if 'X' in signs else ':' if len(signs) > 1 else next(iter(signs), '?')
                   for signs in under)


def draw(blocks, capacity, damaged, columns=COLUMNS):
    """The strip, and the key to it. `damaged`: by the offset of a block, which sides are."""
    many = len(blocks) > columns
    cards = [Card(block, damaged.get(block.offset), not many) for block in blocks]
    if many or not any(reserve(cards, room, columns)
                       for room in ('name and size', 'name', 'nothing')):
        return columns_of(cards, capacity, columns), MANY_KEY
    lay_out(cards, capacity, columns)
    return ''.join(card.text() for card in cards), KEY
