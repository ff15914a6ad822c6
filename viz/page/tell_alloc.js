// Tells an allocation: what was needed, what was searched, what was taken; or why nothing was, and
// which free would have helped. And a pool_realloc(), in place or not.
//
// Every number comes from an event or from the model before it; sums are written out.
import {frontBytes, look, saySearch, wantedIn, wholeBlock} from './look.js';
import {endOf, lives, nameOf} from './model.js';
import {sayChecked, saySite} from './tell_damage.js';
import {neededExactly} from './sizes.js';
import {sayReleased} from './tell_free.js';
import {countText, listText} from './words.js';

/** "56 + 2×8 guard = 72 B (rounded up to 16: 80 B)". The sum that makes a block of a request. */
function needText(model, guard, requested, needed) {
  const {align} = model;
  const front = frontBytes(model, guard);
  const exact = neededExactly(requested, front, guard, align);
  if (!exact.countable) return 'more bytes than can be counted';
  const {sum} = exact;
  let text = `${requested} B`;
  if (guard !== 0 && front === guard) text = `${requested} + 2×${guard} guard = ${sum} B`;
  else if (guard === 0 && front !== 0) text = `${front} header + ${requested} = ${sum} B`;
  else if (guard !== 0)
    text = `${front} front guard + ${requested} + ${guard} back guard = ${sum} B`;
  if (sum === needed) return text;
  if (sum === 0) return `0 B, but every block has at least ${needed} B`;
  if (exact.needed === needed) return `${text} (rounded up to ${align}: ${needed} B)`;
  return `${needed} B for ${requested} B of payload`;
}

function sayNeed(t, guard) {
  const {story, searched} = t;
  let text = `Needs ${needText(searched, guard, story.requested, story.needed)}.`;
  const gap = story.room === undefined ? 0 : story.room - story.needed;
  if (story.alignment !== undefined && gap > 0)
    text +=
      ` At a multiple of ${story.alignment}, a gap of up to ${gap} B may be needed in front ` +
      `of it: ${story.needed} + ${gap} = ${story.room} B are looked for.`;
  t.say(text);
}

//  [ .......... from .......... ]   =>   [ gap ][ block ][ rest ]
function saySplit(t, e) {
  const from = t.searched.containing(e.offset);
  if (!from || from.used) return;
  const gap = e.offset - from.offset;
  const rest = from.size - gap - e.size;
  const name = nameOf(from);
  if (rest < 0)
    return t.say(`#${e.block} takes several free blocks that were coalesced without an event.`);
  if (gap === 0 && rest === 0)
    return t.say(`${name} (${from.size} B) fits exactly: nothing is split off.`);
  let sentence = `${name} (${from.size} B) is split: ${e.size} B for #${e.block}`;
  if (gap !== 0) {
    const inFront = t.frame.after.at(from.offset);
    const named = inFront && !inFront.used && inFront.size === gap;
    sentence += `, ${gap} B in front of it stay free${named ? ` as ${nameOf(inFront)}` : ''}`;
  }
  if (rest !== 0) sentence += `, ${rest} B stay free as ${name}`;
  t.say(`${sentence}.`);
}

function saySlab(t) {
  const slab = t.find('slab');
  if (!slab) return;
  const records = countText(slab.records, 'record');
  t.say(
    slab.fallback
      ? `The slab is exhausted: ${records} come from a fallback allocation.`
      : `The slab gets ${records}.`,
  );
}

function sayGuards(t) {
  const bytes = {front: 0, back: 0};
  for (const e of t.frame.events) if (e.event === 'guard_write') bytes[e.side] += e.size;
  if (bytes.front + bytes.back !== 0)
    t.say(
      `Guards are written: ${bytes.front} B of AB before the payload, ${bytes.back} B after it.`,
    );
}

const callText = (requested, alignment) =>
  alignment === undefined
    ? `pool_alloc(${requested})`
    : `pool_aligned_alloc(${alignment}, ${requested})`;

export function tellAlloc(t, e) {
  const {story} = t;
  const old = t.searched.liveBlock(e.block);
  Object.assign(story, {
    op: old ? 'realloc' : 'alloc',
    number: e.block,
    requested: e.requested,
    needed: e.size,
    alignment: e.alignment,
  });
  story.title = old
    ? `pool_realloc(#${e.block}, ${e.requested}) → moved to ${t.at(e.payload)}`
    : `${callText(e.requested, e.alignment)} → #${e.block} at ${t.at(e.payload)}`;
  if (old) {
    sayWhyNotInPlace(t, old);
    t.say('It moves: a new block is taken, the payload copied, the old block given back.');
  }
  look(t, e.offset);
  sayNeed(t, t.searched.guardSize);
  sayReleased(t, true);
  saySearch(t);
  saySplit(t, e);
  saySlab(t);
  sayGuards(t);
  saySite(t, t.frame.after, e.block);
}

// ---- why there was no room

const minus = (a, b) => {
  const difference = BigInt(a) - BigInt(b);
  return `${difference > 0n ? difference : 0} short`;
};

function reasonText(t, e) {
  const largest = e.largest >= Number(e.needed);
  switch (e.reason) {
    case 'too_large':
      return `The whole region has ${t.searched.capacity} B: this can never be served.`;
    case 'full':
      return `Only ${e.free} B are free (${minus(e.needed, e.free)}): the pool is full.`;
    case 'no_record':
      return 'Free memory there is, but no record for another block could be had.';
    default:
      break;
  }
  if (largest && t.story.alignment !== undefined)
    return (
      `Free blocks of ${e.needed} B there are, but with the payload at a multiple of ` +
      `${t.story.alignment} the block fits into none of them.`
    );
  if (largest) return 'A free block would fit; the log does not say what was wrong.';
  const block = t.searched.blocks.find((each) => !each.used && each.size === e.largest);
  const apart = largestRun(t.searched) >= Number(e.needed);
  return (
    `No single free block has ${e.needed} B: the largest${block ? `, ${nameOf(block)},` : ''} ` +
    `has ${e.largest} (${minus(e.needed, e.largest)}), though ${e.free} are free: external ` +
    `fragmentation${apart ? ', for free neighbours were not coalesced' : ''}.`
  );
}

/** The most free bytes without a used one between them: they may be several blocks. */
function largestRun(model) {
  let largest = 0,
    run = 0;
  for (const block of model.blocks) {
    run = block.used ? 0 : run + block.size;
    largest = Math.max(largest, run);
  }
  return largest;
}

/** What would be free in one piece if this block were freed. */
function freedPiece(model, index) {
  const block = model.blocks[index];
  const [left, right] = [model.blocks[index - 1], model.blocks[index + 1]];
  const piece = {offset: block.offset, size: block.size};
  if (!model.coalesces()) return piece;
  if (left && !left.used) {
    piece.offset = left.offset;
    piece.size += left.size;
  }
  if (right && !right.used) piece.size += right.size;
  return piece;
}

/** story.saviours: the single frees that would have made room. */
function saySaviours(t, resized) {
  const {searched: before, story} = t;
  const wanted = wantedIn(before, Number(story.needed), story.alignment);
  const letsGrow = (piece) =>
    resized &&
    piece.offset === endOf(resized) &&
    resized.size + piece.size >= wholeBlock(before, story.requested, resized.guard);
  story.saviours = [];
  const said = [];
  for (const [index, block] of before.blocks.entries()) {
    if (!lives(block) || block.number === story.number) continue;
    const piece = freedPiece(before, index);
    const grows = letsGrow(piece);
    if (!grows && !wanted.fits(piece.offset, piece.size)) continue;
    const joined = piece.size === block.size ? '' : ' with its free neighbours';
    const where = grows ? ', right where it is to grow' : '';
    story.saviours.push(block.number);
    said.push({name: nameOf(block), what: `(${piece.size} B${joined}${where})`});
  }
  const alone = said.length === 1 ? ' alone' : '';
  const texts = said.map(({name, what}) => `${name}${alone} ${what}`);
  if (before.usedBlocks === 0) return;
  t.say(
    said.length === 0
      ? 'No single free would have made room.'
      : `Freeing ${listText(texts, 3, 'or')} would have made room.`,
  );
}

export function tellAllocFail(t, e) {
  const {story} = t;
  const old = t.searched.liveBlock(e.block);
  Object.assign(story, {
    op: old ? 'realloc_fail' : 'alloc_fail',
    number: e.block,
    requested: e.requested,
    needed: e.needed,
    alignment: e.alignment,
  });
  story.title = old
    ? `pool_realloc(#${e.block}, ${e.requested}) fails`
    : `${callText(e.requested, e.alignment)} fails`;
  if (e.reason !== 'no_record') look(t, undefined);
  if (old) sayWhyNotInPlace(t, old);
  if (e.needed !== e.requested) sayNeed(t, t.searched.guardSize);
  sayReleased(t, true);
  t.say(reasonText(t, e));
  if (old) t.say(`#${e.block} stays as it is.`);
  if (e.reason === 'full' || e.reason === 'fragmented') saySaviours(t, old);
}

// ---- pool_realloc()

function rightText(right) {
  if (!right) return 'it lies at the end of the region';
  if (right.used) return `${nameOf(right)} lies on its right`;
  return `${nameOf(right)} on its right has only ${right.size} B`;
}

function sayWhyNotInPlace(t, old) {
  const right = t.frame.before.at(endOf(old));
  const {before} = t.frame;
  const inPlace = wholeBlock(before, t.story.requested, old.guard);
  const front = frontBytes(before, old.guard);
  const exact = neededExactly(t.story.requested, front, old.guard, before.align);
  const room = old.size + (right && !right.used ? right.size : 0);
  if (inPlace <= room) return t.say(`${nameOf(old)} had ${old.requested} B asked for.`);
  return t.say(
    `${nameOf(old)} cannot grow in place: it has ${old.size} B and would need ` +
      `${exact.needed}, and ${rightText(right)}.`,
  );
}

//  [ block ][ .. right .. ]   =>   [ .. block .. ][ rest ]
function grownText(t, e) {
  const right = t.frame.before.at(e.offset + e.old_size);
  const into = right ? `${nameOf(right)} (${right.size} B)` : 'the free block';
  const left =
    e.rest_size === 0
      ? 'all of it is used up'
      : `${e.rest_size} B of it stay free, at ${t.at(e.rest_offset)}`;
  return (
    `#${e.block} grows in place from ${e.old_size} to ${e.size} B, into ${into} on its ` +
    `right: ${left}.`
  );
}

//  [ .. block .. ][ right ]   =>   [ block ][ ... rest ... ]
function shrunkText(t, e) {
  const right = t.frame.before.at(e.offset + e.old_size);
  const rest = t.frame.after.at(e.offset + e.size);
  const text =
    `#${e.block} shrinks in place from ${e.old_size} to ${e.size} B: the ` +
    `${e.old_size - e.size} B at its end`;
  if (right && !right.used)
    return (
      `${text} coalesce with ${nameOf(right)} (${right.size} B) on its right, to ` +
      `${e.rest_size} B at ${t.at(e.rest_offset)}.`
    );
  return `${text} are free${rest ? ` as ${nameOf(rest)}` : ''}, at ${t.at(e.rest_offset)}.`;
}

export function tellResize(t, e) {
  Object.assign(t.story, {
    op: 'realloc',
    number: e.block,
    requested: e.requested,
    needed: e.size,
    title: `pool_realloc(#${e.block}, ${e.requested}) → resized in place`,
  });
  const old = t.frame.before.at(e.offset);
  if (!old?.used) return;
  sayNeed(t, old.guard);
  sayChecked(t, e.block);
  if (e.size > e.old_size) t.say(grownText(t, e));
  else if (e.size < e.old_size) t.say(shrunkText(t, e));
  else
    t.say(
      `#${e.block} keeps its ${e.size} B, which serve the new size as well: only what was ` +
        `asked for changes, from ${old.requested} to ${e.requested} B.`,
    );
  sayGuards(t);
}
