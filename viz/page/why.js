// Why: the panel that tells one call: title, sentences, the look table, what other policies would
// have taken, which free would have helped, the sums with their terms, damage and its window.
import {make, table} from './dom.js';
import {inWalkOrder} from './look.js';
import {lives} from './model.js';
import {narrate} from './narrate.js';
import {countText, offsetText, partsOf, sumOfBytes, sumOfFragmentation} from './words.js';

const VERDICT_WORDS = {
  too_small: (look) => `✗ ${look.shortfall} short`,
  taken: () => '✓ taken',
  passed: () => 'fits, passed over',
  lies_wrong: () => 'large enough, but not as it lies',
  not_looked_at: () => 'not looked at',
};
const MOST_LOOKS = 40;

function lookTable({story, frame, radix}) {
  if (story.trail.length === 0) return undefined;
  const looks = inWalkOrder(story);
  const shown =
    looks.length <= MOST_LOOKS
      ? looks
      : looks.filter((look) => look.ordinal !== 0).slice(-MOST_LOOKS);
  const failed = !story.trail.some((look) => look.verdict === 'taken');
  const rows = shown.map((look) => [
    look.ordinal === 0 ? '–' : String(look.ordinal),
    `f${look.number}`,
    offsetText(look.offset, radix),
    `${look.size} B`,
    VERDICT_WORDS[look.verdict](look),
  ]);
  const what = `A list walk for ${story.room ?? story.needed} B, ${frame.before.policy} fit`;
  const made = table(what, ['look', 'block', 'at', 'size', 'verdict'], rows);
  made.classList.add('looks');
  [...made.tBodies[0].rows].forEach((row, i) => row.classList.add(`look-${shown[i].verdict}`));
  const unlooked = looks.filter((look) => look.ordinal === 0 && !shown.includes(look)).length;
  const left = looks.length - shown.length - unlooked;
  return [
    made,
    left > 0 && make('p', {class: 'quiet'}, `${left} looks before these are not shown.`),
    unlooked > 0 && make('p', {class: 'quiet'}, `${unlooked} more are not looked at.`),
    failed && story.trail.length > 0 && make('p', {class: 'quiet'}, 'No block is large enough.'),
  ];
}

/** What each policy takes from this very list. */
function policyTable({story, frame}) {
  const taken = story.trail.find((look) => look.verdict === 'taken');
  if (!taken || story.others.length === 0) return undefined;
  const rows = [
    [`${frame.before.policy} fit`, `f${taken.number}`, `${taken.size} B`, 'this pool'],
    ...story.others.map(({policy, block}) => [
      `${policy} fit`,
      `f${block.number}`,
      `${block.size} B`,
      block.offset === taken.offset ? 'the same' : 'another',
    ]),
  ];
  return make(
    'details',
    {open: true},
    make('summary', {}, 'What each policy would take'),
    table('From this very list', ['policy', 'takes', 'of', 'which is'], rows),
  );
}

/** Bars of the sum: every byte of the region is one of these. */
function sumsOf({frame, radix}) {
  const model = frame.after;
  const parts = partsOf(model);
  const bar = make('div', {class: 'sum-bar', role: 'img', 'aria-label': sumOfBytes(model)});
  for (const [kind, bytes] of parts) {
    const part = make('span', {class: `part ${kind}`, title: `${kind} ${bytes} B`});
    part.style.setProperty('flex-grow', String(bytes));
    bar.append(part);
  }
  const said =
    frame.before.capacity !== 0 && frame.before.freeBytes !== model.freeBytes
      ? `free was ${frame.before.freeBytes} B before`
      : '';
  return [
    make('h3', {}, 'Sums'),
    bar,
    make('p', {class: 'sum'}, sumOfBytes(model)),
    make('p', {class: 'sum'}, sumOfFragmentation(model).replace(' %', '\u00A0%')),
    make(
      'p',
      {class: 'quiet'},
      [`peak of payload ${model.peakPayload} B, at call ` + `${model.peakCall}`, said]
        .filter(Boolean)
        .join('; '),
    ),
    ...damageOf(model, radix),
  ];
}

function damageOf(model, radix) {
  if (model.damages.length === 0) return [];
  const rows = model.damages.map((damage) => [
    damage.side === ''
      ? damage.number === null
        ? 'free memory'
        : `freed bytes of #${damage.number}`
      : `${damage.side} guard of #${damage.number}`,
    `${damage.damaged} of ${damage.size} B at ${offsetText(damage.first, radix)}`,
    damage.goodCall === null ? 'never' : `call ${damage.goodCall}`,
    `call ${damage.badCall}`,
  ]);
  return [table('Damage found so far', ['what', 'bytes', 'last good', 'first bad'], rows)];
}

function eventsOf({frame, kinds, upto, toEvent}) {
  const items = frame.all.map((event, i) =>
    make(
      'li',
      {
        class: i < upto ? 'past' : 'coming',
        'aria-current': i + 1 === upto ? 'step' : undefined,
      },
      make(
        'button',
        {type: 'button', 'data-key': `event ${i}`, on: {click: () => toEvent(i + 1)}},
        make('b', {}, event.event.replace(/_/g, ' ')),
        ' ',
        narrate(event, kinds),
      ),
    ),
  );
  return make(
    'details',
    {open: upto <= frame.all.length},
    make('summary', {}, countText(frame.all.length, 'event')),
    make('ol', {class: 'micro'}, items),
  );
}

function diffOf({diff, radix}) {
  if (!diff) return undefined;
  const rows = diff.rows.map(({name, then, now}) => [name, then, now]);
  return [
    make('h3', {}, `What changed since call ${diff.call}`),
    rows.length === 0
      ? make('p', {}, 'Nothing.')
      : table(
          `Blocks and sums, call ${diff.call} and now (offsets ${radix})`,
          ['what', 'then', 'now'],
          rows,
        ),
  ];
}

/** Blocks and sums that are not as they were. */
export function diffRows(then, now, radix, nameOf) {
  const textOf = (block) => `${offsetText(block.offset, radix)}, ${block.size} B`;
  const was = new Map(then.blocks.map((block) => [nameOf(block), textOf(block)]));
  const is = new Map(now.blocks.map((block) => [nameOf(block), textOf(block)]));
  const names = [...new Set([...is.keys(), ...was.keys()])];
  const rows = names
    .filter((name) => was.get(name) !== is.get(name))
    .map((name) => ({name, then: was.get(name) ?? 'not there', now: is.get(name) ?? 'gone'}));
  for (const [name, key] of [
    ['free', 'freeBytes'],
    ['used', 'usedBytes'],
    ['payload', 'payloadBytes'],
    ['guards', 'guardBytes'],
    ['in quarantine', 'quarantinedBytes'],
  ])
    if (then[key] !== now[key]) rows.push({name, then: `${then[key]} B`, now: `${now[key]} B`});
  return rows.slice(0, 200);
}

/** The panel's contents. */
export function drawWhy(view) {
  const {story, frame, upto} = view;
  const one = upto <= frame.all.length && upto > 0 ? frame.all[upto - 1] : undefined;
  const title = one && `Event ${upto} of ${frame.all.length}: ${one.event.replace(/_/g, ' ')}`;
  const sentences = one ? [narrate(one, view.kinds)] : story.sentences;
  return [
    make('h2', {}, one ? title : 'What happened, and why'),
    ...sentences.map((sentence) =>
      make(
        'p',
        {
          class: sentence.startsWith('✗') ? 'damage' : undefined,
        },
        sentence,
      ),
    ),
    ...(one ? [] : [lookTable(view), policyTable(view)].flat()),
    ...(diffOf(view) ?? []),
    ...sumsOf(view),
    eventsOf(view),
  ].filter(Boolean);
}

// ---- the same as tables, for those who hear the page

export function drawTables({frame, radix, runs}) {
  const model = frame.after;
  const at = (offset) => offsetText(offset, radix);
  const nameOf = (block) =>
    `${block.used ? '#' : 'f'}${block.number}${block.quarantined ? 'q' : ''}`;
  const rowOf = (block) => [
    nameOf(block),
    block.quarantined ? 'in quarantine' : block.used ? 'used' : 'free',
    `${block.size} B`,
    at(block.offset),
    at(block.offset + block.size),
    block.used ? `${block.requested} B at ${at(block.payload)}` : '',
    block.used && block.guard
      ? `${block.guard} B${block.front.damaged || block.back.damaged ? ', damaged' : ''}`
      : '',
  ];
  const headings = ['block', 'state', 'size', 'from', 'to', 'payload', 'guards'];
  const most = 500;
  return [
    table(
      `The region, ${countText(model.blocks.length, 'block')}, in address order`,
      headings,
      model.blocks.slice(0, most).map(rowOf),
    ),
    table(
      'The free list, in list order',
      ['block', 'size', 'from'],
      model
        .freeList()
        .slice(0, most)
        .map((block) => [nameOf(block), `${block.size} B`, at(block.offset)]),
    ),
    table(
      'The used list, in list order',
      ['block', 'size', 'from'],
      model.blocks
        .filter(lives)
        .slice(0, most)
        .map((block) => [nameOf(block), `${block.size} B`, at(block.offset)]),
    ),
    table(
      'The bytes, in runs that are alike',
      ['from', 'bytes', 'what', 'value'],
      runs.map((run) => [
        at(run.offset),
        String(run.size),
        `${run.kind}, ${nameOf(run.block)}`,
        run.value === undefined
          ? 'not known'
          : run.value.toString(16).toUpperCase().padStart(2, '0'),
      ]),
    ),
  ];
}
