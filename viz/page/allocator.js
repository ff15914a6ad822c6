// Allocator: a memory pool small enough to read in one sitting. Placement by a policy, splitting,
// immediate coalescing, guards and alignment; it hands out offsets, not addresses.
//
//     alloc, free, realloc --> events, exactly those that the library's pool tells
//
// It keeps one array of blocks in address order and walks it: right and readable, not fast. The
// policies are policies.js's. What looks at a pool (misuse, checks, notes) is inspected.js's, what
// watches over freed bytes (poison, quarantine) watchful.js's; list_allocator.js has another order
// of the free list.
import {choose} from './policies.js';
import {hex, neededExactly} from './sizes.js';

export const GUARD = 0xab;
export const FRESH = 0x30; // '0'
export const FREED = 0x2e; // '.'

export const roundUp = (size, align) => Math.ceil(size / align) * align;

export class Pool {
  /** tell(event) gets every event, in order; settings as a `create` event has them. */
  constructor(settings, tell) {
    Object.assign(this, {align: 16, policy: 'first', guards: 0, fill: false}, settings);
    this.capacity = roundUp(this.capacity, this.align);
    this.tellEvent = tell;
    this.bytes = new Uint8Array(this.capacity);
    this.blocks = [{offset: 0, size: this.capacity, used: false}];
    this.cursor = 0; // next fit's: the end of the last placement
    this.number = 0; // the next allocation's
    this.call = 0;
    this.records = Math.max(64, Math.floor(this.capacity / 256));
    this.tell('create', this.creation());
  }

  creation() {
    const {capacity, align, policy, guards} = this;
    return {capacity, align, policy, guards, base: '0x0', ...(this.fill && {fill: true})};
  }

  tell(event, fields) {
    this.tellEvent({event, call: this.call, ...fields});
  }

  beginCall() {
    ++this.call;
  }

  freeList() {
    return this.blocks.filter((block) => !block.used);
  }

  //  [ front guard, rounded up | requested | guard and padding ]   = one block, a multiple of align
  needed(requested, guard) {
    const sum = this.front(guard) + requested + guard;
    return Math.max(roundUp(sum, this.align), this.align);
  }

  /** Bytes of a block that lie in front of its payload. */
  front(guard) {
    return roundUp(guard, this.align);
  }

  // ---- alloc

  /** The payload's offset; undefined if nothing fits. */
  alloc(requested) {
    this.beginCall();
    return this.place(requested, this.number++);
  }

  place(requested, number) {
    if (!(requested <= this.capacity)) return this.fail(requested, number);
    const needed = this.needed(requested, this.guards);
    this.makeRoom(needed);
    const free = choose(this.policy, this.freeList(), needed, this.cursor);
    if (!free) return this.fail(requested, number);
    this.needRecord();
    this.lookAtReused(free.offset, needed);
    this.split(free, needed);
    return this.take(free, requested, number).payload;
  }

  //  [ ........ free ........ ]   =>   [ needed ][ ... rest ... ]
  split(free, needed) {
    const rest = {...free, offset: free.offset + needed, size: free.size - needed};
    if (rest.size === 0) return;
    this.blocks.splice(this.blocks.indexOf(free) + 1, 0, rest);
    free.size = needed;
    this.tell('split', {
      offset: free.offset,
      size: needed,
      rest_offset: rest.offset,
      rest_size: rest.size,
    });
  }

  /** The free block, which has exactly the size that is needed, is the caller's now. */
  take(block, requested, number) {
    const guard = this.guards;
    const payload = block.offset + this.front(guard);
    Object.assign(block, {used: true, number, guard, payload, requested});
    this.cursor = block.offset + block.size;
    this.writeGuards(block);
    if (this.fill) this.bytes.fill(FRESH, payload, payload + requested);
    this.tell('alloc', {block: number, offset: block.offset, size: block.size, payload, requested});
    this.tellGuards('guard_write', block);
    return block;
  }

  fail(requested, block) {
    const list = this.freeList();
    const free = list.reduce((sum, each) => sum + each.size, 0);
    const largest = list.reduce((most, each) => Math.max(most, each.size), 0);
    const small = requested <= 2 ** 50;
    const needed = small
      ? this.needed(requested, this.guards)
      : neededExactly(requested, this.front(this.guards), this.guards, this.align).needed;
    const reason =
      Number(needed) > this.capacity ? 'too_large' : free < needed ? 'full' : 'fragmented';
    this.tell('alloc_fail', {block, requested, needed, free, largest, reason});
  }

  /** Every used block has a record in the slab; when that is exhausted it doubles. */
  needRecord() {
    if (this.blocks.reduce((used, block) => used + block.used, 0) < this.records) return;
    this.tell('slab', {records: this.records, fallback: true});
    this.records *= 2;
  }

  // ---- free

  /** The live block whose payload starts there; undefined if there is none. */
  locate(pointer) {
    return this.blocks.find((block) => this.lives(block) && block.payload === pointer);
  }

  free(pointer) {
    this.beginCall();
    const block = this.locate(pointer);
    if (!block) return this.misuse(pointer);
    this.giveBack(block);
  }

  giveBack(block) {
    this.checkGuards(block);
    if (this.fill) this.bytes.fill(FREED, block.payload, block.payload + block.requested);
    this.tell('free', {block: block.number, offset: block.offset, size: block.size});
    this.coalesce(block);
  }

  //  [ left, free ][ block ][ right, free ]   =>   [ ........ one free block ........ ]
  /** The free block that it becomes. */
  coalesce(block) {
    let at = this.blocks.indexOf(block);
    let free = {offset: block.offset, size: block.size, used: false};
    const right = this.blocks[at + 1];
    if (right && !right.used) {
      free.size += right.size;
      this.blocks.splice(at + 1, 1);
      this.tell('coalesce', {
        offset: free.offset,
        size: free.size,
        with_offset: right.offset,
        with_size: right.size,
        side: 'right',
      });
    }
    const left = this.blocks[at - 1];
    if (left && !left.used) {
      free = {offset: left.offset, size: left.size + free.size, used: false};
      this.blocks.splice(--at, 1);
      this.tell('coalesce', {
        offset: free.offset,
        size: free.size,
        with_offset: left.offset,
        with_size: left.size,
        side: 'left',
      });
    }
    this.blocks[at] = free;
    return free;
  }

  // ---- realloc: in place if the room on the right suffices, else a new block with its number

  realloc(pointer, requested) {
    this.beginCall();
    const block = this.locate(pointer);
    if (!block) return this.misuse(pointer);
    if (this.resize(block, requested)) return pointer;
    const payload = this.place(requested, block.number);
    if (payload === undefined) return undefined;
    const end = block.payload + Math.min(requested, block.requested);
    this.bytes.copyWithin(payload, block.payload, end);
    this.giveBack(block);
    return payload;
  }

  //  [ block ][ .. right, free .. ]   =>   [ .... block .... ][ rest ]
  resize(block, requested) {
    if (!(requested <= this.capacity)) return false;
    const at = this.blocks.indexOf(block);
    const right = this.blocks[at + 1];
    const rightSize = right && !right.used ? right.size : 0;
    const size = this.needed(requested, block.guard);
    if (size > block.size + rightSize) return false;
    const old = {...block};
    const checks = this.guardChecks(block);
    const reuse = () =>
      size > old.size && this.lookAtReused(old.offset + old.size, size - old.size);
    if (checks.every((check) => !check.damaged)) reuse(); // damage is told first
    for (const check of checks) this.tell('guard_check', check);
    if (checks.some((check) => check.damaged)) reuse();
    Object.assign(block, {size, requested});
    const rest = {offset: block.offset + size, size: old.size + rightSize - size, used: false};
    this.blocks.splice(at + 1, rightSize === 0 ? 0 : 1, ...(rest.size === 0 ? [] : [rest]));
    this.fillResized(old, block);
    this.writeGuards(block);
    this.tell('resize', {
      block: block.number,
      offset: block.offset,
      size,
      old_size: old.size,
      requested,
      rest_offset: rest.size && rest.offset,
      rest_size: rest.size,
    });
    this.tellGuards('guard_write', block);
    return true;
  }

  fillResized(old, block) {
    const [was, is] = [old, block].map((each) => each.payload + each.requested);
    const end = block.offset + block.size;
    if (this.fill && is > was) this.bytes.fill(FRESH, was, is);
    if (this.fill && end < was) this.bytes.fill(FREED, end, was);
  }

  // ---- guards: bytes on either side of a payload that nobody should write to

  /** Front and back guard of a block; none if it has none. */
  guardsOf(block) {
    if (!block.guard) return [];
    const end = block.payload + block.requested;
    return [
      {side: 'front', offset: block.offset, size: block.payload - block.offset},
      {side: 'back', offset: end, size: block.offset + block.size - end},
    ];
  }

  writeGuards(block) {
    for (const {offset, size} of this.guardsOf(block))
      this.bytes.fill(GUARD, offset, offset + size);
  }

  tellGuards(event, block) {
    for (const guard of this.guardsOf(block)) this.tell(event, {block: block.number, ...guard});
  }

  guardChecks(block) {
    return this.guardsOf(block).map((guard) => ({
      block: block.number,
      ...guard,
      ...this.compare(guard, GUARD),
    }));
  }

  checkGuards(block) {
    for (const check of this.guardChecks(block)) this.tell('guard_check', check);
  }

  /** What stands where only `byte` should: how many differ, from where, and what is there. */
  compare({offset, size}, byte) {
    const seen = this.bytes.subarray(offset, offset + size);
    const first = seen.findIndex((each) => each !== byte);
    if (first < 0) return {damaged: 0};
    const shown = seen.subarray(first, first + 16);
    return {
      damaged: seen.reduce((sum, each) => sum + (each !== byte), 0),
      first: offset + first,
      expected: hex(shown.map(() => byte)),
      found: hex(shown),
    };
  }

  // ---- what others have more to say of: inspected.js, watchful.js
  misuse() {} // a pointer that is none of a live block has no effect
  lives(block) {
    return block.used;
  }
  makeRoom() {} // before a search: what waits may have to go
  lookAtReused() {} // bytes that are about to be handed out again
  lastOwner() {} // of a byte that is free
}
