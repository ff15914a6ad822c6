#!/usr/bin/env python3
"""Your own allocator, and the log that tells what it does: copy the first half, write the second.

    python3 student.py 100 '+20,+20,-0,+30' > student.jsonl     capacity, then +size and -number
    mempool-viz grade student.jsonl --rules first,coalesce

The log needs four events: create, alloc, alloc_fail, free. --bug 1 to 3 plants the mistakes of
lesson 10, to see what the grader says to them.
"""
import json
import sys


# ---- the emitter: one line an event; `call` counts the calls, `seq` the events

class Log:
    def __init__(self, out, capacity, align):
        self.out, self.seq, self.call = out, 0, 0
        self.write({'mempool_log': 1, 'producer': 'student.py'})
        self.event('create', capacity=capacity, align=align, policy='first', guards=0, base='0x0')

    def write(self, line):
        self.out.write(json.dumps(line, separators=(',', ':')) + '\n')

    def event(self, name, **fields):
        self.seq += 1
        self.write({'seq': self.seq, 'pool': 1, 'call': self.call, 'event': name, **fields})
        self.call += 1

    def alloc(self, number, offset, size, payload, requested):
        """size is that of the whole block, payload where the bytes begin that the caller gets."""
        self.event('alloc', block=number, offset=offset, size=size, payload=payload,
                   requested=requested)

    def fail(self, number, requested, needed, free, largest):
        self.event('alloc_fail', block=number, requested=requested, needed=needed, free=free,
                   largest=largest, reason='full' if free < needed else 'fragmented')

    def free(self, number, offset, size):
        self.event('free', block=number, offset=offset, size=size)

    def end(self):
        self.write({'seq': 0, 'pool': 0, 'call': 0, 'event': 'end', 'events': self.seq,
                    'dropped': 0})


# ---- the allocator: a free list in address order, first fit

class Allocator:
    def __init__(self, capacity, log, bug=0):
        self.log, self.bug = log, bug   # 1 never coalesces, 2 only left, 3 no split
        self.holes = [(0, capacity)]    # offset, size
        self.live = {}                  # number -> (offset, size)
        self.numbers = 0

    def alloc(self, requested):
        number, size = self.numbers, max(requested, 1)
        self.numbers += 1
        for i, (offset, room) in enumerate(self.holes):
            if room >= size:
                taken = room if self.bug == 3 else size
                self.holes[i:i + 1] = [(offset + taken, room - taken)] if room > taken else []
                self.live[number] = (offset, taken)
                self.log.alloc(number, offset, taken, offset, requested)
                return
        rooms = [room for _, room in self.holes]
        self.log.fail(number, requested, size, sum(rooms), max(rooms, default=0))

    def free(self, number):
        if number not in self.live:
            return
        offset, size = self.live.pop(number)
        self.log.free(number, offset, size)
        self.holes = sorted(self.holes + [(offset, size)])
        i = self.holes.index((offset, size))
        if self.bug in (0, 3) and i + 1 < len(self.holes):
            self.coalesce(i)
        if self.bug != 1 and i > 0:
            self.coalesce(i - 1)

    def coalesce(self, i):
        (offset, size), (behind, more) = self.holes[i:i + 2]
        if offset + size == behind:
            self.holes[i:i + 2] = [(offset, size + more)]


def main(arguments):
    bug = int(arguments[1]) if arguments[:1] == ['--bug'] else 0
    capacity, ops = arguments[2:] if bug else arguments
    log = Log(sys.stdout, int(capacity), 1)
    allocator = Allocator(int(capacity), log, bug)
    for op in ops.split(','):
        (allocator.alloc if op[0] == '+' else allocator.free)(int(op[1:]))
    log.end()


if __name__ == '__main__':
    main(sys.argv[1:])
