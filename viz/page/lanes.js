// Lanes: the free list, the used list, the quarantine. Records near their blocks, in list order,
// joined to them; of a long list the dull parts are folded, with exact counts.
import {draw} from './dom.js';
import {endOf, lives, nameOf} from './model.js';
import {orderInWords} from './list_model.js';
import {BADGES, PAD, placedName, saves, selectable, text, widthOf} from './stage_parts.js';
import {countText} from './words.js';

const VERDICTS = {
  too_small: (look) => [`look ${look.ordinal}`, `${look.size} < ${look.least} ✗`],
  taken: (look) => [`look ${look.ordinal}`, `${look.size} ≥ ${look.least} ✓ taken`],
  passed: (look) => [`look ${look.ordinal}`, `${look.size} ≥ ${look.least}, passed`],
  lies_wrong: (look) => [`look ${look.ordinal}`, 'lies wrong ✗'],
  not_looked_at: () => ['', 'not looked at'],
};

/** sayings: what the title says besides, the longest first; the first that finds room is said. */
function laneFrame({width, big}, {y, height, below}, title, sayings, note, kind) {
  const fits = (words) => widthOf(title + words, big ? 24 : 14) + 3 * PAD < width;
  const said = sayings.find(fits) ?? '';
  const room =
    widthOf(title + said, big ? 24 : 14) + widthOf(note, big ? 20 : 12.5) + 4 * PAD < width;
  const words = below ? y + height - 8 : y + (big ? 24 : 18);
  return [
    draw('rect', {x: 1, y, width: width - 2, height, rx: 10, class: 'lane'}),
    draw(
      'text',
      {x: PAD, y: words, class: `lane-title ${kind}`},
      title,
      draw('tspan', {class: 'lane-said', dx: 8}, said),
    ),
    room && text(width - PAD, words, note, {class: 'note', 'text-anchor': 'end'}),
  ];
}

/** A list with an order of its own is not joined to the strip. */
const joined = (s, kind) => kind !== 'free' || !s.places;

/**
 * Records with places: [{words, width, x, block}], as near to their blocks as order allows; of a
 * list that is not joined to them, side by side.
 */
function place(s, records, kind) {
  const {width, x} = s;
  const [low, high] = [58 * Math.min(s.f, 1.3), width - 56 * Math.min(s.f, 1.3)];
  const gap = 16;
  const needed = records.reduce((sum, each) => sum + each.width + gap, 0);
  if (needed > high - low) return undefined;
  let left = low;
  for (const record of records) {
    const wish = joined(s, kind)
      ? x(record.block.offset + record.block.size / 2) - record.width / 2
      : left;
    record.x = Math.max(left, wish);
    left = record.x + record.width + gap;
  }
  let right = high;
  for (const record of records.toReversed()) {
    record.x = Math.min(record.x, right - record.width);
    right = record.x - gap;
  }
  return records;
}

/** What is kept of a list, most first: so many neighbours of what matters; short: no badges. */
const ROUNDS = [
  {around: Infinity},
  {around: Infinity, short: true},
  ...[6, 3, 2, 1, 0].map((around) => ({around})),
  {around: 0, short: true},
  {around: -1},
];

/** Folds the dull parts of a long list until the rest finds room; what matters goes last. */
function foldAndPlace(s, blocks, kind, recordOf) {
  const far = distances(s, blocks);
  for (const {around, short} of ROUNDS) {
    const kept = (i) =>
      far[i] < around ||
      (far[i] === 0 && around === 0) ||
      (around > 0 && (i < Math.min(around, 2) || i === blocks.length - 1));
    const records = [];
    for (const [i, block] of blocks.entries()) {
      const last = records.at(-1);
      if (kept(i)) records.push(recordOf(block, short));
      else if (last?.folded) last.folded.push(block);
      else records.push({folded: [block]});
    }
    const placed = place(
      s,
      records.map((record) => (record.folded ? folded(s, record) : record)),
      kind,
    );
    if (placed) return placed;
  }
  return [];
}

function folded(s, {folded: blocks}) {
  const words = `⋯ ${blocks.length} more`;
  const {offset} = blocks[0];
  return {
    folded: blocks,
    lines: [[words, 'size']],
    width: 16 + widthOf(words, 12 * s.f),
    block: {offset, size: endOf(blocks.at(-1)) - offset},
  };
}

/** Of each block, how many places away the nearest one is that matters. */
function distances(s, blocks) {
  const far = blocks.map((block) => (matters(s, block) ? 0 : blocks.length + 1));
  for (let i = 1; i < far.length; ++i) far[i] = Math.min(far[i], far[i - 1] + 1);
  for (let i = far.length - 2; i >= 0; --i) far[i] = Math.min(far[i], far[i + 1] + 1);
  return far;
}

function matters({story, selected}, block) {
  return story.changes.has(block.offset) || nameOf(block) === selected;
}

function drawLane(s, records, {y, height, stripEdge, toStrip, kind}) {
  const middle = y + height / 2;
  const ends = records.map((record) => [record.x, record.x + record.width]);
  const stops = [[PAD + 34 * s.f, PAD + 34 * s.f], ...ends, [s.width - PAD - 38 * s.f, 0]];
  const parts = [
    text(PAD, middle + 4 * s.f, 'head', {class: 'end'}),
    text(s.width - PAD, middle + 4 * s.f, 'NULL', {class: 'end', 'text-anchor': 'end'}),
  ];
  for (let i = 0; i + 1 < stops.length; ++i)
    parts.push(
      draw('line', {
        x1: stops[i][1],
        x2: stops[i + 1][0] - 1,
        y1: middle,
        y2: middle,
        class: `link ${kind}`,
        'marker-end': 'url(#arrow)',
      }),
    );
  for (const record of records) {
    const centre = record.x + record.width / 2;
    if (!record.folded && joined(s, kind))
      parts.push(
        draw('line', {
          x1: centre,
          y1: toStrip,
          x2: s.x(record.block.offset + record.block.size / 2),
          y2: stripEdge,
          class: `join ${kind}`,
        }),
      );
    parts.push(recordBox(s, record, y, height, kind));
  }
  return parts;
}

function recordBox(s, record, y, height, kind) {
  const lines = record.lines.filter(([words]) => words !== '');
  const step = 15 * s.f;
  let at = y + (height - lines.length * step) / 2 - 3.5 * s.f;
  const children = [
    draw('rect', {
      x: record.x,
      y: y + 1,
      width: record.width,
      height: height - 2,
      rx: 9 * s.f,
      class: 'record',
    }),
    ...lines.map(([words, look]) => {
      at += step;
      return text(record.x + record.width / 2, at, words, {class: look});
    }),
  ];
  if (record.folded) return draw('g', {class: `node folded ${kind}`}, ...children);
  const changed = s.story.changes.has(record.block.offset);
  const selected = s.selected === nameOf(record.block);
  return selectable(
    s,
    record.block,
    {
      'data-key': `node ${nameOf(record.block)}`,
      class: `node ${kind}${changed ? ' changed' : ''}${selected ? ' selected' : ''}`,
    },
    ...children,
  );
}

function recordOf(s, block, lines, short) {
  const mark = BADGES[s.story.changes.get(block.offset)?.mark];
  const badge = saves(s, block) ? 'SAVES' : mark;
  const name = badge && !short ? `${placedName(s, block)} ${badge}` : placedName(s, block);
  const all = [[name, 'name'], ...lines];
  const width =
    16 +
    Math.max(...all.map(([words, look]) => widthOf(words, (look === 'name' ? 16.5 : 12.5) * s.f)));
  return {block, lines: all, width};
}

export function freeLane(s) {
  const {model, story, lane, stripTop} = s;
  const blocks = model.freeList();
  const looks = new Map(story.trail.map((look) => [look.number, look]));
  const least = story.asItLies ? story.needed : story.room;
  const records = foldAndPlace(s, blocks, 'free', (block, short) => {
    const look = short ? undefined : looks.get(block.number);
    const said = look ? VERDICTS[look.verdict]({...look, least}) : [`${block.size} B`];
    return recordOf(
      s,
      block,
      said.map((words) => [words, 'size']),
      short,
    );
  });
  const searched =
    story.fits === undefined
      ? ''
      : ` – needed ${story.room ?? story.needed} B: ${story.fits} of ${story.trail.length} fit`;
  const order = model.list ? `${orderInWords(model.list.order)}: ` : '';
  const sum = `${order}${countText(blocks.length, 'block')}, ${model.freeBytes} B`;
  const said = [`${sum}${searched}`, sum];
  return [
    ...laneFrame(
      s,
      {y: 1, height: lane - 1},
      'free list',
      said,
      model.list ? '' : 'records (slab), outside the pool; both lists in address order',
      'free',
    ),
    ...drawLane(s, records, {
      y: s.big ? 32 : 25,
      height: lane - (s.big ? 38 : 31),
      stripEdge: stripTop,
      toStrip: lane - 7,
      kind: 'free',
    }),
  ];
}

export function usedLane(s) {
  const {model, usedTop, usedHeight, stripTop, strip} = s;
  const blocks = model.blocks.filter(lives);
  const records = foldAndPlace(s, blocks, 'used', (block, short) => recordOf(s, block, [], short));
  const said = [`${countText(blocks.length, 'block')}, ${model.usedBytes} B`];
  return [
    ...laneFrame(
      s,
      {y: usedTop, height: usedHeight, below: true},
      'used list',
      said,
      model.list ? '' : 'records (slab), outside the pool',
      'used',
    ),
    ...drawLane(s, records, {
      y: usedTop + 6,
      height: 28 * s.f,
      stripEdge: stripTop + strip + 22 * s.f + (s.big ? 0 : 15),
      toStrip: usedTop + 7,
      kind: 'used',
    }),
  ];
}

export function waitingLane(s) {
  const {model, waitTop, usedHeight} = s;
  if (model.quarantine === 0) return [];
  const blocks = model.inQuarantine();
  const records = foldAndPlace(s, blocks, 'waits', (block, short) => recordOf(s, block, [], short));
  const sum =
    `${countText(blocks.length, 'block')}, ${model.quarantinedBytes} of at most ` +
    `${model.quarantine} B`;
  const said = [`${sum}; the oldest leaves first`, sum];
  return [
    ...laneFrame(s, {y: waitTop, height: usedHeight, below: true}, 'quarantine', said, '', 'waits'),
    ...drawLane(s, records, {
      y: waitTop + 6,
      height: 28 * s.f,
      stripEdge: waitTop,
      toStrip: waitTop,
      kind: 'waits',
    }),
  ];
}
