// Fold, of bytes: guards are written, checked and found damaged; bytes are recorded; freed blocks
// leave their guards behind. And since when damage is known, up to when all was known to be good.
import {GUARD} from './allocator.js';
import {BAD_SIZE, NO_GUARD, POISON, endOf, guardByteTold, guardsOf, lives} from './model.js';

const MOST_DAMAGES = 32;
const SHOWN = 16;

export function bytesOf(hex) {
  const bytes = new Uint8Array((hex ?? '').length >> 1);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const intact = (guard, call) => ({
  ...NO_GUARD,
  offset: guard.offset,
  size: guard.size,
  goodCall: call,
});

// ---- guards

/** Index of the block whose guard on that side the range can be; -1 if it can be none's. */
function ownerOf(m, {block: number, side, offset, size}) {
  const fits = (block) =>
    block &&
    lives(block) &&
    block.number === number &&
    (side === 'front'
      ? block.offset <= offset && offset + size <= block.payload
      : block.payload + block.requested <= offset && offset + size <= endOf(block));
  const index = m.indexAt(offset); // a block that moves has its number twice
  return size > 0 && fits(m.blocks[index]) ? index : -1;
}

function sized(m, index, side, {offset, size}) {
  m.told.forget(offset, size);
  return {...m.blocks[index][side], offset, size};
}

export function foldGuardWrite(m, e) {
  const index = ownerOf(m, e);
  if (index < 0) return BAD_SIZE;
  m.change(index, {[e.side]: intact(sized(m, index, e.side, e), e.call)});
  return undefined;
}

export function foldGuardCheck(m, e) {
  const index = ownerOf(m, e);
  if (index < 0) return BAD_SIZE;
  const guard = sized(m, index, e.side, e);
  if (e.damaged === 0) {
    m.change(index, {[e.side]: intact(guard, e.call)});
    return undefined;
  }
  ++m.found;
  const found = [...bytesOf(e.found).subarray(0, SHOWN)];
  m.change(index, {[e.side]: {...harmed(m, e, guard, e.side, e.block, e.damaged, e.first), found}});
  return undefined;
}

/** The guard with its damage, which is found now unless it was known. */
function harmed(m, e, guard, side, number, damaged, first) {
  if (guard.badCall !== null) return {...guard, damaged, first};
  const goodCall = m.knownGood(guard);
  found(m, {number, side, first, damaged, size: guard.size, goodCall, badCall: e.call});
  return {...guard, damaged, first, goodCall, badCall: e.call};
}

function found(m, damage) {
  ++m.damagedPlaces;
  m.damages = [...m.damages, damage].slice(-MOST_DAMAGES);
}

// ---- bytes that are told

export function foldBytes(m, e) {
  const bytes = bytesOf(e.hex);
  const end = e.offset + bytes.length;
  if (end > m.capacity) return BAD_SIZE;
  if (bytes.length === 0) return undefined;
  for (let i = Math.max(0, m.indexAt(e.offset)); i < m.blocks.length; ++i) {
    if (m.blocks[i].offset >= end) break;
    if (m.poison && !lives(m.blocks[i])) toldOverFree(m, e, m.blocks[i], bytes);
    for (const side of ['front', 'back']) {
      const guard = m.blocks[i][side];
      if (guard?.size > 0 && guard.offset < end && guard.offset + guard.size > e.offset)
        m.change(i, {[side]: toldOver(m, e, m.blocks[i], side, bytes)});
    }
  }
  m.told.tell(e.offset, bytes);
  return undefined;
}

/** Bytes are told over this guard: damage is known now, long before a check finds it. */
function toldOver(m, e, block, side, bytes) {
  const guard = block[side];
  const first = Math.max(guard.offset, e.offset);
  const last = Math.min(guard.offset + guard.size, e.offset + bytes.length);
  const told = bytes.subarray(first - e.offset, last - e.offset);
  if (told.every((byte) => byte === GUARD)) {
    if (last - first === guard.size) return intact(guard, e.call);
    if (guard.damaged === 0) return guard;
  }
  const seen = seeGuard(guard, (at) =>
    first <= at && at < last ? told[at - first] : (m.told.at(at) ?? guardByteTold(guard, at)),
  );
  if (seen.damaged === 0) return intact(guard, seen.allKnown ? e.call : guard.goodCall);
  const damaged = seen.allKnown ? seen.damaged : Math.max(seen.damaged, guard.damaged);
  return {...harmed(m, e, guard, side, block.number, damaged, seen.first), found: seen.found};
}

/** How many bytes of a guard differ, and the bytes from the first one on. */
function seeGuard(guard, known) {
  const seen = {damaged: 0, first: null, allKnown: true, found: []};
  let gapless = true;
  for (let at = guard.offset; at < guard.offset + guard.size; ++at) {
    const value = known(at);
    seen.allKnown &&= value !== undefined;
    if ((value ?? GUARD) !== GUARD) {
      ++seen.damaged;
      seen.first ??= at;
    }
    gapless &&= seen.first === null || value !== undefined;
    if (seen.first !== null && gapless && seen.found.length < SHOWN) seen.found.push(value);
  }
  return seen;
}

/** Bytes of poisoned memory are told: what is not 0xDD was written there after the free. */
function toldOverFree(m, e, block, bytes) {
  const end = Math.min(endOf(block), e.offset + bytes.length);
  const value = (at) => bytes[at - e.offset];
  for (let at = Math.max(block.offset, e.offset); at < end;) {
    const first = at;
    while (at < end && value(at) !== POISON) ++at;
    if (at > first)
      stain(m, e, {number: null, side: '', first, damaged: at - first, size: block.size});
    for (; at < end && value(at) === POISON; ++at) m.stains.delete(at);
  }
}

/** Free bytes that are not 0xDD. They stay so, and may be found again. */
function stain(m, e, damage) {
  const known = m.stains.get(damage.first);
  if (known) {
    const number = known.number ?? damage.number;
    m.stains.set(damage.first, {...known, damaged: damage.damaged, size: damage.size, number});
    return;
  }
  const owner = damage.number === null ? m.lastOwner(damage.first) : m.gone(damage.number);
  let goodCall = owner ? owner.cleanCall : null;
  if (m.lastCheck !== null)
    goodCall = goodCall === null ? m.lastCheck : Math.max(goodCall, m.lastCheck);
  const whole = {
    ...damage,
    number: owner ? owner.number : damage.number,
    goodCall,
    badCall: e.call,
  };
  m.stains.set(damage.first, whole);
  found(m, whole);
}

export function foldPoisonCheck(m, e) {
  if (e.offset + e.size > m.capacity) return BAD_SIZE;
  if (e.damaged === 0) {
    const block = m.at(e.offset);
    if (block?.quarantined)
      m.graves = m.graves.map((grave) =>
        grave === m.gone(block.number) ? {...grave, cleanCall: e.call} : grave,
      );
    return undefined;
  }
  ++m.writesAfterFree;
  ++m.found;
  stain(m, e, {
    number: e.block ?? null,
    side: '',
    first: e.first,
    damaged: e.damaged,
    size: e.size,
  });
  m.told.tell(e.first, bytesOf(e.found).subarray(0, e.offset + e.size - e.first));
  return undefined;
}

/** The bytes are somebody's, or are made good. */
export function forgetStains(m, offset, size) {
  for (const first of m.stains.keys())
    if (first >= offset && first < offset + size) m.stains.delete(first);
}

// ---- what a freed block leaves behind

/** What of its guards lies from `from` on becomes free memory. */
export function leaveGuards(m, block, from) {
  for (const guard of guardsOf(block)) {
    if (guard.goodCall === null && guard.badCall === null) continue;
    const begin = Math.max(guard.offset, from);
    const intactEnd = guard.damaged === 0 ? guard.offset + guard.size : guard.first;
    m.told.leave(begin, intactEnd - begin, 'guard');
    if (guard.damaged === 0) continue;
    const passed = Math.min(Math.max(guard.first, from) - guard.first, guard.found.length);
    m.told.tell(guard.first + passed, Uint8Array.from(guard.found.slice(passed)));
  }
}

/** A pool that fills fills what is given back. */
export function fillFreed(m, block, from) {
  const begin = Math.max(block.payload, from);
  const end = block.payload + block.requested;
  if (!m.fill || m.poison || begin >= end) return;
  m.told.forget(begin, end - begin);
  m.told.leave(begin, end - begin, 'fill');
}

/** A block is resized in place: what is behind it, or comes to it, is not known as it was. */
export function resizeBytes(m, was, now) {
  m.told.forget(was.back.offset, was.back.size);
  const [wasEnd, end] = [endOf(was), endOf(now)];
  if (end < wasEnd && m.poison) {
    m.told.forget(end, wasEnd - end);
  } else if (end < wasEnd) {
    leaveGuards(m, was, end);
    fillFreed(m, was, end);
  }
  if (wasEnd < end) m.told.forget(wasEnd, end - wasEnd);
  if (!m.fill) return; // else what the payload wins or loses is filled
  const payloads = [was, now].map((block) => block.payload + block.requested);
  const low = Math.min(...payloads);
  m.told.forget(low, Math.min(Math.max(...payloads), end) - low);
}
