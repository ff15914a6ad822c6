// Tells damage, whenever a call finds or tells it: which bytes, whose, who gave them back; and the
// window, the two calls between which somebody wrote. Also where a block was asked for.
import {bytesOf} from './fold_bytes.js';
import {POISON, endOf, guardAt, holds} from './model.js';
import {countText, hexText, printable, windowText} from './words.js';

const MOST_SHOWN = 4;

/** "parser.c:118"; empty if the log does not tell. */
export function siteText(model, number) {
  const site = model.siteOf(number);
  if (!site) return '';
  if (site.file === '') return `line ${site.line}`;
  return site.line === 0 ? printable(site.file) : `${printable(site.file)}:${site.line}`;
}

export function saySite(t, model, number) {
  const site = siteText(model, number);
  if (site !== '') t.say(`#${number} was asked for at ${site}.`);
}

function askedText(t, number) {
  const site = siteText(t.frame.before, number) || siteText(t.frame.after, number);
  return site === '' ? '' : ` #${number} was asked for at ${site}.`;
}

/** "✗ Guard: the back guard of #9 has 3 of 8 bytes overwritten, ..." */
function guardText(t, number, side, guard) {
  let text =
    `✗ Guard: the ${side} guard of #${number} has ${guard.damaged} of ${guard.size} ` +
    `bytes overwritten, first at ${t.at(guard.first)}`;
  const found = guard.found.slice(0, Math.min(guard.damaged, MOST_SHOWN));
  if (found.length !== 0)
    text += ` (expected ${hexText(found.map(() => 0xab))}, found ${hexText(found)})`;
  return `${text}; ${windowText(guard.goodCall, guard.badCall)}.${askedText(t, number)}`;
}

/** The guard as this call's check found it: the block may be gone afterwards. */
function asChecked(t, e) {
  const block = t.frame.before.containing(e.offset);
  const known = block && block.front && guardAt(block, e.offset);
  return {
    damaged: e.damaged,
    size: e.size,
    first: e.first,
    found: [...bytesOf(e.found)],
    goodCall: known ? t.frame.before.knownGood(known) : null,
    badCall: known?.badCall ?? t.frame.call,
  };
}

// ---- writes after free

/** What the model knows of the damage that begins there: found now, or still there. */
function knownStain(t, e) {
  const {after, call} = t.frame;
  const newest = after.damages.findLast((each) => each.side === '' && each.first === e.first);
  return (
    newest ??
    after.stains.get(e.first) ?? {
      number: e.block ?? null,
      first: e.first,
      goodCall: null,
      badCall: call,
    }
  );
}

/** "byte 4 of #0, which was given back at call 3" */
function ownerText(t, number, at) {
  const {after} = t.frame;
  const grave = after.gone(number);
  const known = grave && holds(grave, at);
  const what =
    known && at >= grave.payload
      ? `byte ${at - grave.payload} of #${number}`
      : `a byte of #${number}`;
  const call = known ? grave.call : after.freedCall(number);
  return call === undefined ? what : `${what}, which was given back at call ${call}`;
}

/** "✗ Write after free: 1 of 32 free bytes is not DD, at 4 (expected DD, found 41): ..." */
function stainText(t, damage, found) {
  const one = damage.damaged === 1;
  let text =
    `✗ Write after free: ${damage.damaged} of ${damage.size} free bytes ` +
    `${one ? 'is' : 'are'} not DD, ${one ? 'at' : 'first at'} ${t.at(damage.first)}`;
  const shown = [...found].slice(0, Math.min(damage.damaged, MOST_SHOWN));
  if (shown.length !== 0)
    text += ` (expected ${hexText(shown.map(() => POISON))}, found ${hexText(shown)})`;
  if (damage.number !== null) text += `: ${ownerText(t, damage.number, damage.first)}`;
  return (
    `${text}; ${windowText(damage.goodCall, damage.badCall)}.` +
    (damage.number === null ? '' : askedText(t, damage.number))
  );
}

/** Damage that `bytes` events told before any check did. */
function sayTold(t, e, once) {
  const {after, call} = t.frame;
  const end = e.offset + e.hex.length / 2;
  const toldHere = (badCall, first) =>
    badCall === call && first >= e.offset && first < end && once(first);
  for (
    let block = after.containing(e.offset);
    block && block.offset < end;
    block = after.containing(endOf(block))
  )
    for (const side of ['front', 'back'])
      if (block[side]?.damaged && toldHere(block[side].badCall, block[side].first))
        t.say(guardText(t, block.number, side, block[side]));
  for (const damage of after.damages)
    if (damage.side === '' && toldHere(damage.badCall, damage.first))
      t.say(stainText(t, damage, bytesOf(e.hex).subarray(damage.first - e.offset)));
}

/** Damage that this call found or told, a sentence each. */
export function sayDamage(t) {
  const said = new Set(); // by the first bad byte: a call may look twice
  const once = (first) => !said.has(first) && Boolean(said.add(first));
  for (const e of t.frame.events) {
    if (e.event === 'guard_check' && e.damaged !== 0 && once(e.first))
      t.say(guardText(t, e.block, e.side, asChecked(t, e)));
    if (e.event === 'poison_check' && e.damaged !== 0 && once(e.first)) {
      const damage = {...knownStain(t, e), damaged: e.damaged, size: e.size};
      t.say(stainText(t, damage, bytesOf(e.found)));
    }
    if (e.event === 'bytes') sayTold(t, e, once);
  }
}

export function sayChecked(t, number) {
  const checks = t.frame.events.filter((e) => e.event === 'guard_check' && e.block === number);
  if (checks.length !== 0 && checks.every((e) => e.damaged === 0))
    t.say(`The guards of #${number} are checked: intact.`);
}

/** What `bytes` events recorded. */
export function sayBytes(t) {
  const sum = (values) => values.reduce((total, each) => total + each, 0);
  const told = t.frame.events.filter((e) => e.event === 'bytes');
  const size = sum(told.map((e) => e.hex.length / 2));
  const leftOut = sum(told.map((e) => e.left_out ?? 0));
  const fresh = sum(t.story.written.map((run) => run.size));
  if (size === 0) return;
  const news =
    fresh === 0
      ? '; all were known'
      : fresh === size
        ? ''
        : `; ${fresh} of them are new or changed`;
  t.say(`${countText(size, 'byte')} of the region are recorded${news}.`);
  if (leftOut !== 0) t.say(`${countText(leftOut, 'byte')} of live blocks are left out.`);
}
