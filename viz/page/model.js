// Model: one pool as its events describe it. The fold of the events is fold.js; this is what it
// folds into, and what can be asked of it.
//
// Blocks are rows in address order, and are replaced, never changed: so a copy of the array is a
// keyframe. It never guesses geometry; what it knows, an event said.
import {GUARD, roundUp} from './allocator.js';
import {inListOrder} from './list_model.js';
import {Told} from './told.js';

export const POISON = 0xdd;
export const NO_BLOCK = 'it names a block that is not there';
export const WRONG_USE = 'it takes a free block for a used one, or the other way round';
export const BAD_SIZE = 'its sizes and offsets fit neither each other nor the pool';
const FRESH = 0x30,
  FREED = 0x2e;
const MOST_GRAVES = 256;

const SUMS = {
  freeBytes: 0,
  freeBlocks: 0,
  usedBytes: 0,
  usedBlocks: 0,
  quarantinedBytes: 0,
  quarantinedBlocks: 0,
  payloadBytes: 0,
  guardBytes: 0,
  peakPayload: 0,
  peakCall: 0,
  allocs: 0,
  frees: 0,
  failures: 0,
  misuses: 0,
  writesAfterFree: 0,
  reallocs: 0,
  damagedPlaces: 0,
  leakedBlocks: 0,
  leakedBytes: 0,
};

export class Model {
  constructor() {
    Object.assign(this, {
      ...SUMS,
      capacity: 0,
      align: 1,
      basePage: 0,
      policy: '',
      guardSize: 0,
      fill: false,
      poison: false,
      quarantine: 0,
      name: '',
      model: '', // what kind of pool it is, if not the library's own
      list: undefined, // the same, understood: the classroom's list allocator
      recorded: '', // the program whose recorded calls these are
      open: false,
      destroyed: false,
      blocks: [],
      live: new Map(), // number -> offset of its block
      history: [],
      historyLength: 0,
      sites: new Map(),
      graves: [],
      told: new Told(),
      lastCheck: null,
      stains: new Map(),
      damages: [],
      found: 0,
      nextNumber: 0,
      nextFreeNumber: 1,
      nextListed: 0, // the next entry into the free list
      lastSeq: 0,
      lastCall: 0,
      cursor: 0,
    });
  }

  /** A keyframe: later events do not change it. */
  copy() {
    const copy = Object.assign(Object.create(Model.prototype), this);
    copy.blocks = this.blocks.slice();
    copy.live = new Map(this.live);
    copy.sites = new Map(this.sites);
    copy.graves = this.graves.slice();
    copy.stains = new Map(this.stains);
    copy.damages = this.damages.slice();
    copy.told = this.told.copy();
    return copy; // history is shared: it only grows, and every copy knows its own length
  }

  // ---- rows, for those that fold

  /** Adds a block to the sums (by 1), or takes it out of them (by -1). */
  count(block, by) {
    const kind = block.quarantined ? 'quarantined' : block.used ? 'used' : 'free';
    this[`${kind}Bytes`] += by * block.size;
    this[`${kind}Blocks`] += by;
    if (!lives(block)) return;
    this.payloadBytes += by * block.requested;
    this.guardBytes += by * (block.front.size + block.back.size);
  }

  /** Puts these rows in the place of `remove` rows. */
  replace(index, remove, ...rows) {
    for (let i = index; i < index + remove; ++i) this.count(this.blocks[i], -1);
    this.blocks.splice(index, remove, ...rows);
    for (const row of rows) this.count(row, 1);
  }

  /** A row becomes the same with changes. */
  change(index, changes) {
    this.replace(index, 1, {...this.blocks[index], ...changes});
  }

  // ---- blocks

  /** Index of the last block that starts at or before offset; -1 if none does. */
  indexAt(offset) {
    let low = 0,
      high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.blocks[middle].offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The block that starts there. */
  at(offset) {
    const block = this.blocks[this.indexAt(offset)];
    return block && block.offset === offset ? block : undefined;
  }

  containing(offset) {
    const block = this.blocks[this.indexAt(offset)];
    return block && offset < endOf(block) ? block : undefined;
  }

  liveBlock(number) {
    const offset = this.live.get(number);
    return offset === undefined ? undefined : this.at(offset);
  }

  inRegion(offset, size) {
    return offset >= 0 && size >= 0 && offset + size <= this.capacity;
  }

  /** In the order of the free list: by address, unless a list model says otherwise. */
  freeList() {
    const free = this.blocks.filter((block) => !block.used);
    return inListOrder(free, this.listOrder());
  }

  listOrder() {
    return this.list?.order ?? 'address';
  }

  /** A freed block coalesces with its free neighbours, at once. */
  coalesces() {
    return this.list?.coalesces ?? true;
  }

  /** Bytes in front of a payload that are neither guard nor free: a list model's header. */
  headerBytes() {
    return roundUp(this.list?.header ?? 0, this.align);
  }

  largestFree() {
    let largest = 0;
    for (const block of this.blocks) if (!block.used && block.size > largest) largest = block.size;
    return largest;
  }

  /** The blocks in quarantine, the oldest first. */
  inQuarantine() {
    if (this.quarantinedBlocks === 0) return [];
    return this.blocks.filter((block) => block.quarantined).sort((a, b) => a.call - b.call);
  }

  allHeaders() {
    const most = this.usedBytes - this.payloadBytes - this.guardBytes;
    return Math.min(this.usedBlocks * this.headerBytes(), most);
  }

  paddingBytes() {
    return this.usedBytes - this.payloadBytes - this.guardBytes - this.allHeaders();
  }

  // ---- what is gone

  remember(payload, number, call) {
    this.history[this.historyLength++] = {payload, number, call};
  }

  lastGone(matches) {
    for (let i = this.historyLength; i-- > 0;) if (matches(this.history[i])) return this.history[i];
    return undefined;
  }

  /** The block that went last of those whose payload started at this offset. */
  freed(payload) {
    return this.lastGone((entry) => entry.payload === payload);
  }

  freedCall(number) {
    return this.lastGone((entry) => entry.number === number)?.call;
  }

  bury(block, call) {
    const site = this.sites.get(block.number);
    if (!this.poison && !site) return;
    const {number, offset, size, payload} = block;
    this.graves.push({number, offset, size, payload, call, cleanCall: call, site});
    if (this.graves.length > MOST_GRAVES) this.graves.shift();
  }

  gone(number) {
    return this.graves.findLast((grave) => grave.number === number);
  }

  lastOwner(at) {
    return this.graves.findLast((grave) => holds(grave, at));
  }

  siteOf(number) {
    return this.sites.get(number) ?? this.gone(number)?.site;
  }

  // ---- damage

  /** The last call at which the guard was known to be intact, by a look at it or at everything. */
  knownGood(guard) {
    if (guard.badCall !== null || this.lastCheck === null) return guard.goodCall;
    return guard.goodCall === null ? this.lastCheck : Math.max(guard.goodCall, this.lastCheck);
  }

  /** The first known write into free bytes of this range. */
  stainIn(offset, size) {
    let first;
    for (const stain of this.stains.values())
      if (stain.first >= offset && stain.first < offset + size && !(first?.first < stain.first))
        first = stain;
    return first;
  }

  // ---- bytes

  /** {value, fill} of the byte at offset; undefined if it is not known. */
  byte(offset, block = this.containing(offset)) {
    const told = this.told.at(offset);
    if (told !== undefined) return {value: told, fill: false};
    if (!block) return undefined;
    if (!lives(block)) {
      const left = this.told.left(offset);
      if (left === 'guard') return {value: GUARD, fill: false};
      if (left === 'fill') return {value: FREED, fill: true};
      return this.poison ? {value: POISON, fill: true} : undefined;
    }
    const guard = guardAt(block, offset);
    if (guard) return this.guardByte(guard, offset);
    const inPayload = block.payload <= offset && offset < block.payload + block.requested;
    return block.filled && inPayload ? {value: FRESH, fill: true} : undefined;
  }

  guardByte(guard, offset) {
    let value = guardByteTold(guard, offset);
    if (value === undefined && guard.badCall === null && this.lastCheck !== null) value = GUARD;
    return value === undefined ? undefined : {value, fill: false};
  }

  /** A byte in free memory that a guard left behind, and nothing is known to have overwritten. */
  ghostGuard(offset) {
    return this.told.left(offset) === 'guard' && (this.told.at(offset) ?? GUARD) === GUARD;
  }
}

// ---- of one block

export const endOf = (block) => block.offset + block.size;
export const lives = (block) => block.used && !block.quarantined;
export const holds = (range, at) => range.offset <= at && at < range.offset + range.size;
export const nameOf = (block) =>
  `${block.used ? '#' : 'f'}${block.number}${block.quarantined ? 'q' : ''}`;

export const NO_GUARD = {
  offset: 0,
  size: 0,
  damaged: 0,
  first: null,
  goodCall: null,
  badCall: null,
  found: [],
};

/** The guards of a block, none of size 0. */
export function guardsOf(block) {
  return [block.front, block.back].filter((guard) => guard && guard.size !== 0);
}

export function guardAt(block, at) {
  return guardsOf(block).find((guard) => holds(guard, at));
}

/** The byte of a guard as far as writes and checks of it tell. */
export function guardByteTold(guard, at) {
  if (guard.goodCall === null && guard.badCall === null) return undefined;
  if (guard.damaged === 0 || at < guard.first) return GUARD;
  if (at - guard.first < guard.found.length) return guard.found[at - guard.first];
  // Behind the bytes that a check shows: intact only if those account for all the damage.
  const seen = guard.found.reduce((sum, byte) => sum + (byte !== GUARD), 0);
  return seen === guard.damaged ? GUARD : undefined;
}
