// Changes: what is not as it was. Marks for the blocks that are there after the call, and the runs
// of bytes that the call told. Follows the events one by one, as the blocks did.
import {bytesOf} from './fold_bytes.js';
import {endOf, lives} from './model.js';

/** t.story.changes: offset of a block after the call -> {mark, wasSize, parts}. */
export function markChanges(t) {
  const {changes} = t.story;
  for (const event of t.frame.events) MARKS[event.event]?.(changes, event, t.frame.before);
  markDamage(t);
  for (const offset of changes.keys()) if (!t.frame.after.at(offset)) changes.delete(offset);
}

const set = (changes, offset, mark, wasSize = 0, parts = []) =>
  changes.set(offset, {mark, wasSize, parts});

const MARKS = {
  split,
  coalesce,
  resize,
  alloc,
  free: (changes, e) => set(changes, e.offset, 'freed'),
  quarantine: (changes, e) => set(changes, e.offset, 'quarantined'),
  release: (changes, e) => set(changes, e.offset, 'freed'),
  reset: (changes) => set(changes, 0, 'freed'),
};

/** One part stays free, or both when the block is taken from the middle of a free one. */
function split(changes, e) {
  const was = changes.get(e.offset)?.wasSize ?? e.size + e.rest_size;
  set(changes, e.offset, 'rest', was);
  set(changes, e.rest_offset, 'rest', was);
}

/** What a split has left free so far in front of the block is its gap. */
function alloc(changes, e, before) {
  const left = Math.max(...[...changes.keys()].filter((offset) => offset < e.offset));
  if (changes.get(left)?.mark === 'rest') changes.get(left).mark = 'gap';
  set(changes, e.offset, before.live.has(e.block) ? 'moved' : 'fresh');
}

/** A part that coalesces later in the call is a part of what it coalesced into. */
function coalesce(changes, e) {
  const leftSize = e.side === 'left' ? e.with_size : e.size - e.with_size;
  const partsOf = (offset, size) => {
    const known = changes.get(offset);
    changes.delete(offset);
    return known?.mark === 'coalesced' ? known.parts : [size];
  };
  const left = partsOf(e.offset, leftSize);
  const right = partsOf(e.offset + leftSize, e.size - leftSize);
  set(changes, e.offset, 'coalesced', 0, [...left, ...right]);
}

//  grow    [ block ][ .. right .. ]   =>   [ .. block .. ][ rest ]
//  shrink  [ .. block .. ][ right ]   =>   [ block ][ tail + right ]
function resize(changes, e, before) {
  set(changes, e.offset, 'resized', e.size === e.old_size ? 0 : e.old_size);
  if (e.rest_size === 0 || e.size === e.old_size) return;
  const right = before.at(e.offset + e.old_size);
  const was = right && !right.used ? right.size : 0;
  if (e.size > e.old_size) set(changes, e.rest_offset, 'rest', was);
  else if (was === 0) set(changes, e.rest_offset, 'freed');
  else set(changes, e.rest_offset, 'coalesced', 0, [e.old_size - e.size, was]);
}

/** Guards and free bytes that are known to be damaged since this call, or were found so by it. */
function markDamage({frame: {events, after, call}, story: {changes}}) {
  const mark = (block) => {
    const known = lives(block) || after.stainIn(block.offset, block.size);
    const resized = changes.get(block.offset)?.mark === 'resized';
    if (known && !resized) set(changes, block.offset, 'found_damaged');
  };
  for (const e of events) {
    const block = after.containing(e.event === 'guard_check' ? e.offset : (e.first ?? 0));
    if (e.event === 'guard_check' && e.damaged !== 0 && block) mark(block);
    if (e.event === 'poison_check' && e.damaged !== 0 && block && !lives(block)) mark(block);
    if (e.event !== 'bytes') continue;
    const end = e.offset + e.hex.length / 2;
    for (
      let at = after.containing(e.offset);
      at && at.offset < end;
      at = after.containing(endOf(at))
    )
      if (
        at.front?.badCall === call ||
        at.back?.badCall === call ||
        after.stainIn(at.offset, at.size)?.badCall === call
      )
        mark(at);
  }
}

/** t.story.written: runs {offset, size} of bytes that the call told and that were not known so. */
export function markWritten({frame: {events, before, after}, story: {changes, written}}) {
  for (const e of events) {
    if (e.event !== 'bytes') continue;
    const bytes = bytesOf(e.hex);
    let block;
    for (let i = 0; i < bytes.length; ++i) {
      const offset = e.offset + i;
      if (!block || offset >= endOf(block)) block = before.containing(offset);
      const was = before.byte(offset, block);
      if (was?.value === bytes[i]) continue;
      const last = written.at(-1);
      if (last && last.offset + last.size === offset) ++last.size;
      else written.push({offset, size: 1});
      const now = was && after.containing(offset);
      if (now && !changes.has(now.offset)) set(changes, now.offset, 'written');
    }
  }
}
