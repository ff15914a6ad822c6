// Story: what one call did and why, worked out from the pool before it, its events and the pool
// after it. The words are the tool's own (`mempool-viz show`), and tested to be.
//
//     frame --tell--> {title, sentences, trail, changes, ...} --> panels
import {markChanges, markWritten} from './changes.js';
import {apply} from './fold.js';
import {policyText} from './look.js';
import {lives, nameOf} from './model.js';
import {tellAlloc, tellAllocFail, tellResize} from './tell_alloc.js';
import {sayBytes, sayDamage, saySite, siteText} from './tell_damage.js';
import {tellFree, tellQuarantine} from './tell_free.js';
import {narrate} from './narrate.js';
import {countText, listText, offsetText, printable, recordedText} from './words.js';

/** frame: {before, events, after, call}. kinds: the list of events, for those with no own words. */
export function tell(frame, radix, kinds) {
  const story = {
    op: 'other',
    title: `call ${frame.call}`,
    sentences: [],
    trail: [],
    walkStart: 0,
    lookedAt: 0,
    changes: new Map(),
    written: [],
    saviours: [],
    others: [],
  };
  const t = {
    frame,
    story,
    kinds,
    searched: withReleased(frame), // what was released for the search is free
    find: (kind) => frame.events.find((event) => event.event === kind),
    at: (offset) => offsetText(offset, radix),
    say: (sentence) => void story.sentences.push(sentence),
  };
  markChanges(t);
  markWritten(t);
  tellCall(t);
  if (!t.find('free') && !t.find('quarantine')) sayDamage(t); // a free tells it before it goes on
  sayBytes(t);
  return story;
}

function withReleased(frame) {
  const search = frame.events.findIndex((e) => ['split', 'alloc', 'alloc_fail'].includes(e.event));
  const earlier = frame.events.slice(0, Math.max(0, search));
  if (!earlier.some((e) => e.event === 'release')) return frame.before;
  const model = frame.before.copy();
  for (const event of earlier) apply(model, event);
  return model;
}

/** In this order: a call is told by its main event. */
const TELLERS = [
  ['resize', tellResize],
  ['alloc_fail', tellAllocFail],
  ['misuse', tellMisuse],
  ['guards', tellGuards],
  ['reset', tellReset],
  ['destroy', tellDestroy],
  ['leak', tellDestroy],
  ['note', tellNote],
  ['check', tellCheck],
  ['guard_check', tellCheck],
  ['bytes', tellDump],
];

function tellCall(t) {
  if (t.find('create')) return tellCreate(t, t.find('create'));
  if (t.find('snapshot')) return tellSnapshot(t, t.find('snapshot'));
  const alloc = t.find('alloc');
  if (alloc) tellAlloc(t, alloc); // a pool_realloc() that moves is told by its free, too
  if (t.find('free')) return tellFree(t, t.find('free'));
  if (t.find('quarantine')) return tellQuarantine(t, t.find('quarantine'));
  if (alloc) return undefined;
  for (const [kind, teller] of TELLERS) if (t.find(kind)) return teller(t, t.find(kind));
  for (const event of t.frame.events) t.say(narrate(event, t.kinds));
  return undefined;
}

// ---- the pool

function settingsText(model) {
  const guards = model.guardSize === 0 ? 'no guards' : `guards of ${model.guardSize} B`;
  return `alignment ${model.align}, ${policyText(model)}, ${guards}`;
}

const namedText = (model) =>
  model.name === '' ? 'The pool' : `The pool "${printable(model.name)}"`;

function tellCreate(t, e) {
  const {after} = t.frame;
  Object.assign(t.story, {op: 'create', title: `pool_create(${e.capacity})`});
  t.say(
    `${namedText(after)} opens with ${e.capacity} B, all in one free block: ` +
      `${settingsText(after)}.`,
  );
  if (after.recorded !== '') t.say(recordedText(after.recorded));
  if (e.fill) t.say("Fresh payload is filled with '0', freed payload with '.'.");
  if (e.poison)
    t.say('Free bytes are DD, and are looked at before they are used: a write after free shows.');
  if (after.quarantine !== 0)
    t.say(
      `Freed blocks wait in quarantine, up to ${after.quarantine} B of them, before they are ` +
        'free.',
    );
}

function tellSnapshot(t, e) {
  const {after} = t.frame;
  Object.assign(t.story, {op: 'snapshot', title: 'the log opens on a pool in use'});
  t.say(
    `${namedText(after)} has ${e.capacity} B: ${settingsText(after)}. ` +
      `${countText(after.usedBlocks, 'block')} live and ${after.freeBlocks} free; ` +
      `${countText(e.allocs, 'allocation')} had been tried.`,
  );
  if (after.quarantinedBlocks !== 0)
    t.say(
      `${after.quarantinedBlocks} more, ${after.quarantinedBytes} B, ` +
        `${after.quarantinedBlocks === 1 ? 'is' : 'are'} in quarantine: ` +
        'freed, but kept from reuse.',
    );
}

function tellReset(t, e) {
  Object.assign(t.story, {op: 'reset', title: 'pool_reset'});
  const whole = t.frame.after.at(0);
  t.say(`Everything is free again, in one block${whole ? `, ${nameOf(whole)}` : ''}.`);
  t.say(
    `${countText(e.live_blocks, 'block')} (${e.live_bytes} B asked for) ` +
      `${e.live_blocks === 1 ? 'was' : 'were'} live; pointers into the pool are dead.`,
  );
}

function tellDestroy(t) {
  Object.assign(t.story, {op: 'destroy', title: 'pool_destroy'});
  const leaks = t.frame.events.filter((e) => e.event === 'leak');
  if (leaks.length === 0) return t.say('Everything is released; nothing leaks.');
  const named = leaks.map((e) => {
    const site = siteText(t.frame.before, e.block);
    return `#${e.block} (${e.requested} B${site === '' ? '' : `, ${site}`})`;
  });
  const bytes = leaks.reduce((sum, e) => sum + e.requested, 0);
  return t.say(
    `${countText(leaks.length, 'block')} (${bytes} B asked for) ` +
      `${leaks.length === 1 ? 'was' : 'were'} never freed: ${listText(named, 8, 'and')}.`,
  );
}

function tellGuards(t, e) {
  t.story.op = 'guards';
  if (!e.ok) {
    const live = t.frame.before.usedBlocks;
    t.story.title = 'pool_disable_guards fails';
    t.say(
      `Refused: ${live === 1 ? '1 block is' : `${live} blocks are`} live. The guards stay as ` +
        'they are.',
    );
  } else if (e.enabled) {
    t.story.title = `pool_enable_guards(${e.guard_size})`;
    t.say(
      `Later blocks get guards of ${e.guard_size} B on either side; blocks already live stay ` +
        'as they are.',
    );
  } else {
    t.story.title = 'pool_disable_guards';
    t.say('Later blocks get no guards.');
  }
}

// ---- calls that hand nothing out

function tellCheck(t, e) {
  Object.assign(t.story, {op: 'check', title: 'pool_check'});
  if (e.event !== 'check') return;
  const blocks = e.blocks === 1 ? '1 live block is' : `${e.blocks} live blocks are`;
  const what = e.violations === 0 ? 'no violation' : countText(e.violations, 'violation');
  t.say(`${blocks} looked at: ${what}.`);
}

function tellNote(t, e) {
  const text = printable(e.text);
  Object.assign(t.story, {op: 'note', title: text === '' ? 'an empty note' : `note: ${text}`});
  if (e.file !== undefined && e.line !== undefined)
    t.say(`Noted at ${printable(e.file)}:${e.line}.`);
}

function tellDump(t) {
  Object.assign(t.story, {op: 'dump', title: 'pool_dump'});
}

// ---- misuse

function tellMisuse(t, e) {
  const freed =
    e.kind === 'double_free' && e.offset !== undefined ? t.frame.before.freed(e.offset) : undefined;
  Object.assign(t.story, {op: 'misuse', number: freed?.number ?? e.block});
  const said = misused(t, e);
  if (said) {
    t.story.title = `pool_free(...): ${said[0]}`;
    t.say(`${said[1]}.`);
  } else if (e.kind === 'bad_argument') {
    t.story.title = 'misuse: bad argument';
    t.say('An argument of the call is out of range.');
  } else {
    t.story.title = `misuse: ${printable(e.kind)}`;
  }
  t.say('It is reported, and nothing is changed.');
  if (t.story.number !== undefined) saySite(t, t.frame.before, t.story.number);
}

/** [title, sentence] */
function misused(t, e) {
  const where = e.offset === undefined ? 'The pointer' : `Offset ${t.at(e.offset)}`;
  switch (e.kind) {
    case 'double_free':
      return doubleFree(t, e);
    case 'interior_free':
      return interiorFree(t, e);
    case 'foreign_free':
      return ["a pointer that is not the pool's", `${where} was never handed out by this pool`];
    case 'wrong_pool':
      return [
        'a pointer of another pool',
        "The pointer lies in another pool's region: it must be freed there",
      ];
    default:
      return undefined;
  }
}

/** The event may not know whose pointer it was; the model does, until the place is reused. */
function doubleFree(t, e) {
  const {before} = t.frame;
  const freed = e.offset === undefined ? undefined : before.freed(e.offset);
  if (!freed)
    return [
      e.block === undefined ? 'double free' : `double free of #${e.block}`,
      'The pointer lies in free memory: it was freed before, or never handed out',
    ];
  const there = before.containing(e.offset);
  const fate = before.live.has(freed.number) ? 'moved away' : 'was given back';
  let sentence =
    `Offset ${t.at(e.offset)} was the pointer of #${freed.number}, which ${fate} at ` +
    `call ${freed.call}`;
  if (there?.quarantined && there.payload === e.offset)
    sentence +=
      `; #${there.number} lies in quarantine since call ${there.call}: ` + 'caught before reuse';
  return [`double free of #${freed.number}`, sentence];
}

function interiorFree(t, e) {
  const block = e.offset === undefined ? undefined : t.frame.before.containing(e.offset);
  const title = `a pointer into the middle of ${e.block === undefined ? 'a block' : `#${e.block}`}`;
  if (!block) return [title, 'The pointer is not the one that pool_alloc returned'];
  const at = `Offset ${t.at(e.offset)} lies`;
  if (block.quarantined)
    return [
      title,
      `${at} inside #${block.number}, which lies in quarantine since call ${block.call}`,
    ];
  if (!lives(block)) return [title, `${at} in free memory, in ${nameOf(block)}`];
  return [
    title,
    `${at} inside ${nameOf(block)}, ${insideText(t, block, e.offset)}: only the ` +
      'pointer that pool_alloc returned can be freed',
  ];
}

function insideText(t, block, offset) {
  if (offset < block.payload) return 'in its front guard';
  if (offset < block.payload + block.requested || block.back.size === 0)
    return (
      `${countText(offset - block.payload, 'byte')} behind its first byte at ` +
      `${t.at(block.payload)}`
    );
  return 'in its back guard';
}

/** The one that a projector shows, and that is read aloud: what is wrong, or what was decided. */
export function mainSentence({sentences}) {
  const aside = /^(Needs |Guards are written|The guards of |#\d+ was asked for)/;
  return (
    sentences.find((each) => each.startsWith('✗')) ??
    sentences.find((each) => !aside.test(each)) ??
    sentences[0] ??
    ''
  );
}
