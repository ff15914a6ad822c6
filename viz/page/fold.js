// Fold: one event on its way into a model. What each event does to blocks, their numbers and sums.
//
//     model --apply(event)--> model        a text comes back if the event cannot be true
// How free blocks get their numbers: the first is f1; the rest of a split keeps the number, so
// that f8 stays f8 while blocks are cut off its low end; coalescing keeps the number of the left
// part. Any other freed block takes the next number, and gives it back if it is gone before the
// call is over. Guards, bytes and damage are fold_bytes.js's.
import {
  forgetStains,
  fillFreed,
  foldBytes,
  foldGuardCheck,
  foldGuardWrite,
  foldPoisonCheck,
  leaveGuards,
  resizeBytes,
} from './fold_bytes.js';
import {readListModel} from './list_model.js';
import {BAD_SIZE, NO_BLOCK, NO_GUARD, WRONG_USE, endOf, lives} from './model.js';

/** The only function that changes a model. */
export function apply(m, e) {
  if (e.call !== m.lastCall) m.found = 0;
  const fault = guarded(m, e);
  Object.assign(m, {lastSeq: e.seq, lastCall: e.call});
  return fault;
}

function guarded(m, e) {
  if (!['create', 'snapshot', 'dropped', 'end'].includes(e.event)) {
    if (m.destroyed) return 'the pool was destroyed before';
    if (!m.open) return 'the pool was neither created nor told in a snapshot before';
  }
  return Object.hasOwn(FOLDS, e.event) ? FOLDS[e.event](m, e) : undefined;
}

// ---- rows

/** listed: when it came into the free list, counted; the parts of a split have the whole one's. */
function freeBlock(m, e, offset, size, number, listed = m.nextListed++) {
  return {offset, size, number, listed, call: e.call, used: false};
}

/** A number that was taken in this call for a block that is already gone was never seen. */
function giveBackNumber(m, e, block) {
  if (block.number + 1 === m.nextFreeNumber && block.call === e.call) --m.nextFreeNumber;
}

function growPeak(m, e) {
  if (m.payloadBytes <= m.peakPayload) return;
  m.peakPayload = m.payloadBytes;
  m.peakCall = e.call;
}

/** Index of the used block of this number that starts there, or a text. */
function findLive(m, e) {
  const index = m.indexAt(e.offset);
  const block = m.blocks[index];
  if (!block || block.offset !== e.offset) return NO_BLOCK;
  return lives(block) && block.number === e.block ? index : WRONG_USE;
}

// ---- the pool

function openPool(m, e) {
  Object.assign(m, {
    capacity: e.capacity,
    align: e.align,
    policy: e.policy,
    guardSize: e.guards,
    basePage: Number(BigInt(e.base ?? 0) % 4096n),
    fill: Boolean(e.fill),
    poison: Boolean(e.poison),
    quarantine: e.quarantine ?? 0,
    name: e.name ?? '',
    model: e.model ?? '',
    list: readListModel(e.model),
    open: true,
  });
}

const isPool = ({capacity, align}) => capacity > 0 && Number.isInteger(Math.log2(align));

function create(m, e) {
  if (m.open || m.destroyed) return 'the pool was created before';
  if (!isPool(e)) return BAD_SIZE;
  openPool(m, e);
  m.replace(0, 0, freeBlock(m, e, 0, e.capacity, m.nextFreeNumber++));
  return undefined;
}

function forgetBlocks(m) {
  m.replace(0, m.blocks.length);
  m.live.clear();
  m.sites.clear();
  m.graves = [];
  m.stains.clear();
}

function snapshot(m, e) {
  if (m.destroyed) return 'the pool was destroyed before';
  if (!isPool(e)) return BAD_SIZE;
  forgetBlocks(m);
  m.told.forget(0, m.capacity);
  Object.assign(m, {
    history: [],
    historyLength: 0,
    lastCheck: null,
    nextFreeNumber: 1,
    nextNumber: e.allocs,
    cursor: null,
  });
  openPool(m, e);
  return undefined;
}

/** The next block of a snapshot: it starts where the last one ended. */
function block(m, e) {
  const last = m.blocks.at(-1);
  if (e.offset !== (last ? endOf(last) : 0) || !m.inRegion(e.offset, e.size)) return BAD_SIZE;
  const {offset, size} = e;
  if (e.block === undefined) {
    m.replace(m.blocks.length, 0, freeBlock(m, e, offset, size, m.nextFreeNumber++));
    return undefined;
  }
  const payload = e.payload ?? offset;
  const requested = e.requested ?? size;
  const end = payload + requested;
  const guarded = e.guard && !e.quarantined; // they are there, but nobody told their bytes
  const row = {
    offset,
    size,
    number: e.block,
    payload,
    requested,
    call: e.call,
    used: true,
    filled: false,
    quarantined: Boolean(e.quarantined),
    guard: e.guard ?? 0,
    front: guarded ? {...NO_GUARD, offset, size: payload - offset} : NO_GUARD,
    back: guarded ? {...NO_GUARD, offset: end, size: offset + size - end} : NO_GUARD,
  };
  m.replace(m.blocks.length, 0, row);
  if (!row.quarantined) m.live.set(e.block, offset);
  growPeak(m, e);
  return undefined;
}

function reset(m, e) {
  for (const each of m.blocks) if (lives(each)) leaveBehind(m, e, each);
  forgetBlocks(m);
  m.cursor = 0;
  m.replace(0, 0, freeBlock(m, e, 0, m.capacity, m.nextFreeNumber++));
}

// ---- free memory: cut it, unite it

//  [ ..... block ..... ]   =>   [ kept, the next number ][ rest, keeps its number ]
function cut(m, e, index, kept) {
  const {offset, size, number, listed} = m.blocks[index];
  const low = freeBlock(m, e, offset, kept, m.nextFreeNumber++, listed);
  m.replace(index, 1, low, freeBlock(m, e, offset + kept, size - kept, number, listed));
}

function split(m, e) {
  const index = m.indexAt(e.offset);
  const free = m.blocks[index];
  if (!free || free.offset !== e.offset) return NO_BLOCK;
  if (free.used) return WRONG_USE;
  const addsUp =
    e.size > 0 &&
    e.size < free.size &&
    e.rest_size === free.size - e.size &&
    e.rest_offset === e.offset + e.size;
  if (!addsUp) return BAD_SIZE;
  cut(m, e, index, e.size);
  return undefined;
}

//  [ left ][ right ]   =>   [ left, keeps its number ]      and it is listed anew
function unite(m, e, index) {
  const [left, right] = m.blocks.slice(index, index + 2);
  const listed = Math.max(left.listed, right.listed);
  m.replace(index, 2, {...left, size: left.size + right.size, listed, call: e.call});
}

function coalesce(m, e) {
  const index = m.indexAt(e.offset);
  const [left, right] = m.blocks.slice(index, index + 2);
  if (!left || !right || left.offset !== e.offset) return NO_BLOCK;
  if (left.used || right.used) return WRONG_USE;
  const neighbour = e.side === 'left' ? left : right;
  const addsUp =
    e.size === left.size + right.size &&
    neighbour.offset === e.with_offset &&
    neighbour.size === e.with_size;
  if (!addsUp) return BAD_SIZE;
  if (e.side === 'left') giveBackNumber(m, e, right);
  unite(m, e, index);
  return undefined;
}

/** Index of the first of the free blocks, without a gap between them, that hold the range. */
function freeRun(m, offset, size) {
  const first = m.indexAt(offset);
  for (let i = first; i >= 0 && i < m.blocks.length && !m.blocks[i].used; ++i)
    if (endOf(m.blocks[i]) >= offset + size) return first;
  return -1;
}

//  [ ........ free ........ ]   =>   [ gap ][ offset, size ][ rest ]
function carve(m, e, first, offset, size) {
  let index = first;
  while (endOf(m.blocks[index]) < offset + size) unite(m, e, index);
  const gap = offset - m.blocks[index].offset;
  if (gap > 0) cut(m, e, index++, gap);
  if (m.blocks[index].size > size) cut(m, e, index, size);
  return index;
}

// ---- blocks taken and given back

function alloc(m, e) {
  const inside = e.offset <= e.payload && e.payload + e.requested <= e.offset + e.size;
  if (!(e.size > 0) || !m.inRegion(e.offset, e.size) || !inside) return BAD_SIZE;
  const run = freeRun(m, e.offset, e.size);
  if (run < 0) return 'the block does not lie in free memory';
  const index = carve(m, e, run, e.offset, e.size);
  m.told.forget(e.offset, e.size);
  forgetStains(m, e.offset, e.size);
  // A number that lives already: the block moves, and until its `free` there are two of it.
  const old = m.liveBlock(e.block);
  if (old) m.told.copyWithin(old.payload, e.payload, Math.min(old.requested, e.requested));
  ++m[old ? 'reallocs' : 'allocs'];
  giveBackNumber(m, e, m.blocks[index]);
  m.replace(index, 1, {
    offset: e.offset,
    size: e.size,
    number: e.block,
    payload: e.payload,
    requested: e.requested,
    call: e.call,
    used: true,
    filled: m.fill && (!old || old.filled),
    quarantined: false,
    guard: m.guardSize,
    front: NO_GUARD,
    back: NO_GUARD,
  });
  m.live.set(e.block, e.offset);
  m.cursor = e.offset + e.size;
  m.nextNumber = Math.max(m.nextNumber, e.block + 1);
  growPeak(m, e);
  return undefined;
}

function allocFail(m, e) {
  ++m.failures;
  if (!m.live.has(e.block)) m.nextNumber = Math.max(m.nextNumber, e.block + 1);
}

/** A freed block's guards stay where they are; its pointer is remembered, for who reuses it. */
function leaveBehind(m, e, block) {
  m.remember(block.payload, block.number, e.call);
  m.bury(block, e.call);
  if (m.poison) m.told.forget(block.offset, block.size);
  else leaveGuards(m, block, block.offset);
}

/** Of a block that is freed, whatever becomes of its place. Its index, or a text. */
function endLife(m, e) {
  const index = findLive(m, e);
  if (typeof index === 'string') return index;
  const block = m.blocks[index];
  if (block.size !== e.size) return BAD_SIZE;
  leaveBehind(m, e, block);
  if (m.live.get(e.block) === block.offset) {
    // else it has moved
    m.live.delete(e.block);
    m.sites.delete(e.block);
    ++m.frees;
  }
  fillFreed(m, block, block.offset);
  return index;
}

function giveBack(m, e, index) {
  const {offset, size} = m.blocks[index];
  m.replace(index, 1, freeBlock(m, e, offset, size, m.nextFreeNumber++));
}

function free(m, e) {
  const index = endLife(m, e);
  if (typeof index === 'string') return index;
  giveBack(m, e, index);
  return undefined;
}

/** Freed, so it does not live any more; but its place is not free yet. */
function quarantine(m, e) {
  const index = endLife(m, e);
  if (typeof index === 'string') return index;
  m.change(index, {quarantined: true, front: NO_GUARD, back: NO_GUARD, call: e.call});
  return undefined;
}

function release(m, e) {
  const index = m.indexAt(e.offset);
  const block = m.blocks[index];
  if (!block || block.offset !== e.offset) return NO_BLOCK;
  if (!block.quarantined || block.number !== e.block) return WRONG_USE;
  if (block.size !== e.size) return BAD_SIZE;
  if (m.poison) {
    // what was written there is made good
    m.told.forget(e.offset, e.size);
    forgetStains(m, e.offset, e.size);
  }
  giveBack(m, e, index);
  return undefined;
}

//  grow    [ block ][ .. free .. ]   =>   [ .. block .. ][ free ]   the free block keeps its number
//  shrink  [ .. block .. ][ free ]   =>   [ block ][ .. free .. ]   so it does here
//          [ .. block .. ][ used ]   =>   [ block ][ tail ][ used ] the tail takes the next number
function resize(m, e) {
  const index = findLive(m, e);
  if (typeof index === 'string') return index;
  const was = m.blocks[index];
  const right = m.blocks[index + 1];
  const freeRight = right && !right.used ? right : undefined;
  const room = was.size + (freeRight?.size ?? 0);
  const addsUp =
    e.old_size === was.size &&
    e.size > 0 &&
    e.rest_size === room - e.size &&
    was.payload + e.requested <= e.offset + e.size;
  if (!addsUp) return BAD_SIZE;
  const now = {...was, size: e.size, requested: e.requested, call: e.call, back: NO_GUARD};
  const rows = [now];
  if (e.size === was.size && freeRight) rows.push(freeRight);
  else if (e.rest_size !== 0)
    rows.push(
      freeBlock(m, e, e.offset + e.size, e.rest_size, freeRight?.number ?? m.nextFreeNumber++),
    );
  m.replace(index, freeRight ? 2 : 1, ...rows);
  forgetStains(m, endOf(was), endOf(now) - endOf(was));
  resizeBytes(m, was, now);
  ++m.reallocs;
  growPeak(m, e);
  return undefined;
}

// ---- the rest

function leak(m, e) {
  const index = findLive(m, e);
  if (typeof index === 'string') return index;
  ++m.leakedBlocks;
  m.leakedBytes += m.blocks[index].requested;
  return undefined;
}

/** Everything was looked at, and what is bad was told before this event. */
function check(m, e) {
  if (e.violations === m.found) m.lastCheck = e.call;
  m.found = 0;
}

function site(m, e) {
  if (!m.live.has(e.block)) return NO_BLOCK;
  m.sites.set(e.block, {file: e.file ?? '', line: e.line});
  return undefined;
}

const FOLDS = {
  create,
  snapshot,
  block,
  reset,
  split,
  coalesce,
  alloc,
  alloc_fail: allocFail,
  free,
  quarantine,
  release,
  resize,
  leak,
  check,
  site,
  recorded: (m, e) => void (m.recorded = e.program || 'a program'),
  guards: (m, e) => void (e.ok && (m.guardSize = e.guard_size)),
  guard_write: foldGuardWrite,
  guard_check: foldGuardCheck,
  bytes: foldBytes,
  poison_check: foldPoisonCheck,
  misuse: (m) => void ++m.misuses,
  destroy: (m) => void Object.assign(m, {open: false, destroyed: true}),
};
