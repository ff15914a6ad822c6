"""Page: what lines of the dump have in common: their heads, their words, their folding.

    data  0x01C0 |66666666~~~~~~~~....        tag, offset, bar; content in columns 15 to 78
    pool  size=1024 used=656 payload=528      words, as many in a line as fit

Private to the dump (dump.py, rows.py).
"""

MOST_LINE = 79
WIDTH = 64


def wrap(text, width):
    """The words of a text in lines of at most so many columns."""
    lines, line = [], ''
    for word in text.split(' '):
        if len(line) + len(word) > width and line.strip():
            lines.append(line.rstrip())
            line = ''
        line += word + ' '
    return lines + [line.rstrip()] if line.strip() else lines


class Page:
    """The lines that have been written."""

    def __init__(self, capacity):
        self.digits = max(4, len(f'{max(capacity, 1) - 1:x}'))
        self.lines = []

    def offset(self, at):
        return f'0x{at:0{self.digits}X}'

    def head(self, tag, at=None):
        """'data  0x01C0 |', or without an offset and a bar: 'ruler         '."""
        if at is None:
            return tag.ljust(len(self.head('data', 0)))
        text = tag + ('  ' if self.digits == 4 else ' ')
        text += self.offset(at) if self.digits <= 6 else f'{at:0{max(self.digits, 8)}X}'
        return text.ljust(13) + '|'

    def boxed(self, head, text):
        self.lines.append(head + text[:WIDTH].ljust(WIDTH) + '|')

    def under(self, tag):
        """A head with a bar and no offset."""
        return self.head(tag)[:-1] + '|'

    def say(self, tag, text):
        self.lines += [tag.ljust(6) + line for line in wrap(text, MOST_LINE - 6)]


class Words:
    """A line of words; what does not fit goes on in the next one, under the same head."""

    def __init__(self, page, head):
        self.page, self.first, self.line = page, head, head

    def word(self, text, width=0):
        if len(self.line) + len(text) > MOST_LINE and self.line != self.first:
            self.next_line()
        room = max(MOST_LINE - len(self.line), 0)
        if len(text) > room:
            text = text[:max(room - 3, 0)] + '...'[:room]
        self.line += text.ljust(width) + ' '

    def next_line(self):
        if self.line != self.first:
            self.page.lines.append(self.line.rstrip())
            self.line = self.first

    end = next_line


def excerpt(count, most, matters):
    """Which entries of a long list are shown: its ends, and what matters with what is beside it."""
    if count <= most:
        return [True] * count
    shown = [False] * count
    total = 0

    def show(i):
        nonlocal total
        if 0 <= i < count and not shown[i]:
            shown[i] = True
            total += 1

    def show_ends(upto):
        i = 0
        while total < upto:
            show(i)
            show(count - 1 - i)
            i += 1
    show_ends(most // 2)
    for i in range(count):
        if total + 3 > most:
            break
        if matters(i):
            for beside in (i - 1, i, i + 1):
                show(beside)
    show_ends(most)
    for i in range(1, count - 1):
        if shown[i - 1] and shown[i + 1]:
            shown[i] = True
    return shown
