// Look trail: what a walk along the free list would have looked at before it took its block, and
// the words for it: by which rule the policy chose, what the other policies would have taken.
//
// Derived, not logged: the model before the call holds the list that was searched. The library's
// engine does not walk, so the sentences say "would".
import {roundUp} from './allocator.js';
import {orderInWords} from './list_model.js';
import {endOf} from './model.js';
import {
  LIST_POLICIES,
  POLICIES,
  choose,
  goodClass,
  goodClassText,
  goodClassThatFits,
} from './policies.js';
import {listText} from './words.js';

export const policyName = (policy) =>
  POLICIES.includes(policy)
    ? `${policy[0].toUpperCase()}${policy.slice(1)} fit`
    : 'An unknown policy';

/** "first fit", for the middle of a sentence. */
export const policyInWords = (policy) => {
  const name = policyName(policy);
  return `${name[0].toLowerCase()}${name.slice(1)}`;
};

/** "first fit over a list, newest first, not coalescing, headers of 8 B" */
export function policyText({policy, model, list}) {
  const name = policyInWords(policy);
  if (!list) return model === '' ? name : `${name} of a kind that is not known here`;
  let text = `${name} over a list, ${orderInWords(list.order)}`;
  if (!list.coalesces) text += ', not coalescing';
  if (list.header !== 0) text += `, headers of ${list.header} B`;
  return text;
}

/** Bytes of a block that lie in front of its payload: header, and guard rounded up. */
export const frontBytes = (model, guard) => model.headerBytes() + roundUp(guard, model.align);

/** Bytes of the block that serves a request. */
export function wholeBlock(model, requested, guard) {
  const sum = frontBytes(model, guard) + Number(requested) + guard;
  return Math.max(roundUp(sum, model.align), model.align);
}

/** What an allocation looks for: a whole block, perhaps with its payload at a certain multiple. */
export function wantedIn(model, needed, alignment) {
  const wanted = {needed, room: needed, alignment: 1, phase: 0};
  const asked =
    alignment > model.align && alignment <= 4096 && Number.isInteger(Math.log2(alignment));
  if (asked) {
    wanted.alignment = alignment;
    wanted.phase = model.basePage + frontBytes(model, model.guardSize);
    wanted.room = needed + alignment - model.align;
  }
  wanted.gap = (offset) => {
    const over = (offset + wanted.phase) % wanted.alignment;
    return over === 0 ? 0 : wanted.alignment - over;
  };
  wanted.fits = (offset, size) => size >= needed && size - needed >= wanted.gap(offset);
  return wanted;
}

/** The policy's block; when none has room for the largest gap, the lowest that fits as it lies. */
export function chooseWanted(policy, list, wanted, cursor) {
  const block = choose(policy, list, wanted.room, cursor);
  if (block || !POLICIES.includes(policy)) return block;
  return list.find((each) => wanted.fits(each.offset, each.size));
}

/** Fills in the story's trail. taken: offset of the block that was handed out; undefined: none. */
export function look(t, taken) {
  const {searched: before, story} = t;
  const list = before.freeList();
  const wanted = wantedIn(before, Number(story.needed), story.alignment);
  const from = taken === undefined ? undefined : before.containing(taken);
  story.room = wanted.room;
  story.asItLies = wanted.room !== wanted.needed && !list.some((each) => each.size >= wanted.room);
  story.fits = 0;
  const least = story.asItLies ? wanted.needed : wanted.room;
  for (const {number, offset, size} of list) {
    if (wanted.fits(offset, size)) ++story.fits;
    story.trail.push({
      number,
      offset,
      size,
      shortfall: Math.max(0, least - size),
      gap: wanted.gap(offset),
      ordinal: 0,
      place: story.trail.length + 1, // in the list
      verdict: offset === from?.offset ? 'taken' : 'not_looked_at',
    });
  }
  const cursorKnown = before.policy !== 'next' || before.cursor !== null;
  const explained =
    taken === undefined ||
    (cursorKnown && from === chooseWanted(before.policy, list, wanted, before.cursor));
  if (explained) {
    // else there was no walk that we could tell of
    const search = {before, list, wanted, from, asItLies: story.asItLies};
    story.walkStart = walkStart(search);
    for (const place of walk(search, story.walkStart)) {
      story.trail[place].verdict = verdict(search, list[place]);
      story.trail[place].ordinal = ++story.lookedAt;
    }
  }
  story.trail.sort((a, b) => a.offset - b.offset);
}

/** Where a walk starts: at the head of the list, or at next fit's cursor. */
function walkStart({before, list, asItLies}) {
  if (before.policy !== 'next' || before.cursor === null || asItLies) return 0;
  return Math.max(
    0,
    list.findIndex((block) => endOf(block) > before.cursor),
  );
}

/** What the walk looks at, in its order: places in the list. */
function walk({before, list, from, asItLies}, start) {
  const byPolicy = from !== undefined && !asItLies;
  const toTheEnd = byPolicy && (before.policy === 'best' || before.policy === 'worst');
  const oneClass = byPolicy && before.policy === 'good'; // it looks at no other class
  const looks = [];
  for (let i = 0; i < list.length; ++i) {
    const place = (start + i) % list.length;
    const block = list[place];
    if (!oneClass || goodClass(block.size) === goodClass(from.size)) looks.push(place);
    if (block === from && !toTheEnd) break;
  }
  return looks;
}

function verdict({wanted, from, asItLies}, block) {
  if (block === from) return 'taken';
  if (!asItLies) return block.size < wanted.room ? 'too_small' : 'passed';
  if (block.size < wanted.needed) return 'too_small';
  return wanted.fits(block.offset, block.size) ? 'passed' : 'lies_wrong';
}

/** The trail in the order of the walk. */
export function inWalkOrder({trail, walkStart: start}) {
  const list = trail.toSorted((a, b) => a.place - b.place);
  return [...list.slice(start), ...list.slice(0, start)];
}

// ---- the words

const inAddressOrder = (model) => model.listOrder() === 'address';

const RULES = {
  first: 'takes the lowest address that fits',
  next: 'goes on from the end of the last placement',
  best: 'takes the smallest block that fits',
  worst: 'takes the largest block',
  good: 'takes the lowest address in the first size class that surely fits',
};

function ruleText(model) {
  if (model.policy === 'first' && !inAddressOrder(model))
    return 'takes the first block of the list that fits';
  return RULES[model.policy] ?? 'takes what it takes';
}

function passedText(story) {
  const passed = inWalkOrder(story)
    .filter(({verdict: said}) => said === 'too_small' || said === 'lies_wrong')
    .map(({number, size}) => `f${number} (${size})`);
  return passed.length === 0 ? '' : `, passing ${listText(passed, 3, 'and')}`;
}

const looksText = (story) =>
  `a list walk would look at ${story.lookedAt} of ${story.trail.length} free blocks`;

function extremeText({story, searched}, taken, extreme) {
  const fit = story.trail.filter((each) => each.shortfall === 0).length;
  const asLarge = story.trail.filter((each) => each.size === taken.size).length;
  const ofEquals = inAddressOrder(searched) ? 'lowest' : 'first in the list';
  const name = `f${taken.number} (${taken.size} B)`;
  if (fit === 1) return `${name} is the only one that fits`;
  return (
    `${name} is the ${extreme} of ${fit} that fit` +
    (asLarge === 1 ? '' : `, and the ${ofEquals} of ${asLarge} of that size`)
  );
}

function classText(story, taken) {
  const own = goodClass(taken.size);
  const name = `f${taken.number} (${taken.size} B)`;
  const sure = goodClassThatFits(story.room);
  if (own < sure)
    return (
      `no such class has a free block, and ${name} is the lowest that fits in the ` +
      `request's own, ${goodClassText(own)}`
    );
  const members = story.trail.filter((each) => goodClass(each.size) === own).length;
  return (
    `for ${story.room} B, classes from ${goodClassText(sure)} up; the first with a free ` +
    `block is ${goodClassText(own)}, and ${name} is its ` +
    (members === 1 ? 'only one' : `lowest of ${members}`)
  );
}

function choiceText(t, taken) {
  const {
    story,
    searched: {policy, cursor},
  } = t;
  const rule = `${policyName(policy)} ${ruleText(t.searched)}`;
  if (story.trail.length === 1) return `${rule}: f${taken.number} is the only free block`;
  if (policy === 'best')
    return `${rule}: ${looksText(story)}; ${extremeText(t, taken, 'smallest')}`;
  if (policy === 'worst')
    return `${rule}: ${looksText(story)}; ${extremeText(t, taken, 'largest')}`;
  if (policy === 'good') return `${rule}: ${classText(story, taken)}`;
  if (policy !== 'next') return `${rule}: ${looksText(story)}${passedText(story)}`;
  const round = taken.place <= story.walkStart;
  const head = inAddressOrder(t.searched) ? 'the lowest address' : "the list's head";
  return (
    `${rule}, ${t.at(cursor)}: ${looksText(story)}${passedText(story)}` +
    (round ? `, and going on at ${head}` : '')
  );
}

function asItLiesText(story, taken) {
  const whole = taken.gap + story.needed;
  const fit =
    taken.gap === 0
      ? `no gap, and ${whole}`
      : `a gap of ${taken.gap} B, and ${taken.gap} + ${story.needed} = ${whole}`;
  return (
    `No free block has ${story.room} B, so the lowest one is taken in which the block fits ` +
    `as it lies: ${looksText(story)}${passedText(story)}; f${taken.number} needs ${fit} of its ` +
    `${taken.size} B`
  );
}

/** [{policy, block}]: what each of the other policies would have taken of the same list. */
export function otherChoices(t) {
  const {searched: before, story} = t;
  const list = before.freeList();
  const wanted = wantedIn(before, story.needed, story.alignment);
  return (before.list ? LIST_POLICIES : POLICIES)
    .filter((policy) => policy !== before.policy)
    .filter((policy) => policy !== 'next' || before.cursor !== null)
    .map((policy) => ({policy, block: chooseWanted(policy, list, wanted, before.cursor)}))
    .filter(({block}) => block);
}

/** "First and next fit would take f2 (48 B); worst fit would take it too." */
function sayCounterfactual(t, taken) {
  const groups = new Map([[taken.offset, []]]);
  for (const {policy, block} of t.story.others) {
    if (!groups.has(block.offset)) groups.set(block.offset, []);
    groups.get(block.offset).push(policy);
  }
  const sentence = [...groups]
    .filter(([, policies]) => policies.length !== 0)
    .map(([offset, policies]) => {
      const {number, size} = t.story.trail.find((each) => each.offset === offset);
      const what = offset === taken.offset ? 'it too' : `f${number} (${size} B)`;
      return `${listText(policies, 5, 'and')} fit would take ${what}`;
    })
    .join('; ');
  if (sentence !== '') t.say(`${sentence[0].toUpperCase()}${sentence.slice(1)}.`);
}

export function saySearch(t) {
  const {searched: before, story} = t;
  const taken = story.trail.find((each) => each.verdict === 'taken');
  if (!taken) return;
  if (story.lookedAt !== 0)
    t.say(`${story.asItLies ? asItLiesText(story, taken) : choiceText(t, taken)}.`);
  else if (before.policy === 'next' && before.cursor === null)
    t.say('Next fit goes on from the end of the last placement, which was before the log opened.');
  else
    t.say(
      `f${taken.number} is not what ${policyInWords(before.policy)} would take; ` +
        '`mempool-viz check` tells more.',
    );
  if (story.lookedAt === 0 || story.fits <= 1) return;
  story.others = otherChoices(t);
  sayCounterfactual(t, taken);
}
