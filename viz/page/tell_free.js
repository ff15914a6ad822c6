// Tells a free: the guards that were checked, the bytes given back and the neighbours they
// coalesced with; or that they wait in quarantine, and who left it.
import {endOf, lives, nameOf} from './model.js';
import {sayChecked, sayDamage, saySite} from './tell_damage.js';
import {countText, listText} from './words.js';

/** The name of a block that was free before or during the call. */
function freeName(t, offset, size) {
  for (const model of [t.frame.before, t.frame.after]) {
    const block = model.at(offset);
    if (block && !block.used && block.size === size) return nameOf(block);
  }
  return 'free memory';
}

/** Title and number, unless the free is a part of a pool_realloc(). */
function begin(t, number, whereTo) {
  if (t.story.op === 'realloc') return;
  Object.assign(t.story, {op: 'free', number, title: `pool_free(#${number})${whereTo}`});
}

/** The pool compares pointers, not histories: a stale one is as good as the new owner's. */
function sayStale(t, number, offset) {
  const {before} = t.frame;
  const block = before.at(offset);
  if (t.story.op !== 'free' || !block || !lives(block)) return;
  const old = before.freed(block.payload);
  if (!old || old.number === number) return;
  t.story.title += `, at the place of #${old.number}`;
  t.say(
    `The pointer was #${old.number}'s until call ${old.call}. If it is that old pointer which ` +
      `is freed here, #${number} loses its block, and the pool cannot tell.`,
  );
}

/** What the free itself coalesced with; what a release did comes before or after. */
function touched(t) {
  let ours = false;
  const touches = [];
  for (const e of t.frame.events) {
    if (e.event === 'free' || e.event === 'release') ours = e.event === 'free';
    if (e.event === 'coalesce' && ours)
      touches.push(
        `${freeName(t, e.with_offset, e.with_size)} (${e.with_size} B) on its ${e.side}`,
      );
  }
  return touches;
}

/** Of an allocator that does not coalesce: what it leaves apart. */
function leftApartText(model, freed) {
  const apart = [model.containing(freed.offset - 1), model.at(endOf(freed))]
    .filter((block) => block && !block.used)
    .map((block) => `${nameOf(block)} (${block.size} B)`);
  if (apart.length === 0) return '; no neighbour is free';
  return (
    `; ${listText(apart, 2, 'and')} beside it ${apart.length === 1 ? 'is' : 'are'} free, too, ` +
    'but this allocator does not coalesce'
  );
}

function freedText(t, e, now) {
  const {after} = t.frame;
  const freed = `${e.size} B freed at ${t.at(e.offset)}: they become ${nameOf(now)}`;
  if (!after.coalesces()) return `${freed}${leftApartText(after, now)}.`;
  const touches = touched(t);
  if (touches.length === 0) return `${freed}; no neighbour is free.`;
  return (
    `${e.size} B freed; it touches ${listText(touches, touches.length, 'and')}: ` +
    `coalesced to one block of ${now.size} B, ${nameOf(now)}.`
  );
}

//  [ left, free ][ block ][ right, free ]   =>   [ .... one free block .... ]
export function tellFree(t, e) {
  begin(t, e.block, '');
  sayChecked(t, e.block);
  sayDamage(t);
  const now = t.frame.after.containing(e.offset);
  if (!now) return;
  t.say(freedText(t, e, now));
  const {quarantine} = t.frame.before;
  if (quarantine !== 0 && e.size > quarantine)
    t.say(`It is larger than the quarantine of ${quarantine} B, so it does not wait there.`);
  sayStale(t, e.block, e.offset);
  if (t.story.op === 'free') saySite(t, t.frame.before, e.block);
}

//  [ block ]   =>   [ block, freed: waits ]   ...   =>   [ free ]
export function tellQuarantine(t, e) {
  begin(t, e.block, ' → quarantine');
  sayChecked(t, e.block);
  sayDamage(t);
  const {after} = t.frame;
  const waits = after.at(e.offset)?.quarantined;
  t.say(
    `#${e.block} is freed, but its ${e.size} B at ${t.at(e.offset)} are nobody's yet: they ` +
      `wait in quarantine${after.poison && waits ? ', poisoned' : ''}.`,
  );
  sayReleased(t, false);
  t.say(
    `The quarantine holds ${countText(after.quarantinedBlocks, 'block')}, ` +
      `${after.quarantinedBytes} of at most ${after.quarantine} B.`,
  );
  sayStale(t, e.block, e.offset);
  if (t.story.op === 'free') saySite(t, t.frame.before, e.block);
}

/** Blocks that left the quarantine. forRoom: an allocation needed their bytes. */
export function sayReleased(t, forRoom) {
  let left = [];
  for (const e of t.frame.events) {
    if (forRoom && (e.event === 'alloc' || e.event === 'alloc_fail')) break;
    if (e.event === 'quarantine') left = [];
    if (e.event === 'release') left.push(e);
  }
  if (left.length === 0) return;
  const who = listText(
    left.map((e) => `#${e.block} (${e.size} B)`),
    4,
    'and',
  );
  const bytes = left.reduce((sum, e) => sum + e.size, 0);
  const [leave, areFree] = left.length === 1 ? ['leaves', 'it is'] : ['leave', 'they are'];
  if (forRoom)
    t.say(`No free block was large enough, so the oldest ${leave} the quarantine: ${who}.`);
  else
    t.say(
      `${t.frame.after.quarantinedBytes + bytes} B would be over its limit of ` +
        `${t.frame.after.quarantine}, so the oldest ${leave}: ${who}; ${areFree} free now.`,
    );
}
