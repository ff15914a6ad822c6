// Stage: the pool as a picture. The region to true scale, the free list above it, the used list
// below it, each record near its block; what the call changed has a thick black edge.
//
//     free list   head -> f2 -> f1 -> NULL          records (slab), outside the pool
//                         :      :
//     region      [ #0 ][ f2 ][ #2 ][ f1 ]          everything lies at the same x for the whole page
//                    :           :
//     used list   head -> #0 -> #2 -> NULL
import {draw} from './dom.js';
import {endOf, guardsOf, lives, nameOf} from './model.js';
import {countText, offsetText} from './words.js';

const PAD = 12;

/** What a mark is called on a record: short, and black on white. */
const BADGES = {
  fresh: 'NEW', moved: 'MOVED', rest: 'REST', gap: 'GAP', freed: 'FREED', quarantined: 'WAITS',
  coalesced: 'COALESCED', resized: 'RESIZED', written: 'WRITTEN', found_damaged: 'DAMAGED',
};

const VERDICTS = {
  too_small: (look) => [`look ${look.ordinal}`, `${look.size} < ${look.least} ✗`],
  taken: (look) => [`look ${look.ordinal}`, `${look.size} ≥ ${look.least} ✓ taken`],
  passed: (look) => [`look ${look.ordinal}`, `${look.size} ≥ ${look.least}, passed`],
  lies_wrong: (look) => [`look ${look.ordinal}`, 'lies wrong ✗'],
  not_looked_at: () => ['', 'not looked at'],
};

/** The picture; view: {width, frame, story, radix, selected, big, select}. */
export function drawStage(view) {
  const size = measures(view);
  const s = {...view, ...size, model: view.frame.after, x: scaleOf(view)};
  const parts = [...region(s), ...before(s), ...freeLane(s), ...usedLane(s), ...waitingLane(s)];
  return draw('svg', {viewBox: `0 0 ${view.width} ${s.height}`, width: view.width, height: s.height,
                      class: 'stage', role: 'group', 'aria-label': 'Free list, region, used list'},
              hatches(), parts);
}

/** Heights are the same for every call of a page, so that nothing jumps. */
function measures({big, frame}) {
  const f = big ? 1.75 : 1;
  const lane = 30 + 56 * f;
  const strip = Math.round(74 * f);
  const stripTop = lane + 26;
  const used = stripTop + strip + 22 * f + 22 + (big ? 0 : 20);
  const low = 14 + 46 * f;  // a lane of records with one line
  const waits = frame.after.quarantine === 0 ? 0 : low + 10;
  return {f, lane, strip, stripTop, usedTop: used, usedHeight: low, waitTop: used + low + 10,
          height: used + low + 2 + waits};
}

function scaleOf({width, frame}) {
  const inner = width - 2 * PAD;
  return (offset) => PAD + inner * offset / Math.max(1, frame.after.capacity);
}

const hatches = () => draw('defs', {},
  draw('pattern', {id: 'hatch', width: 8, height: 8, patternUnits: 'userSpaceOnUse',
                   patternTransform: 'rotate(45)'},
       draw('line', {x1: 0, y1: 0, x2: 0, y2: 8, class: 'hatch'})),
  draw('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
                  orient: 'auto-start-reverse'}, draw('path', {d: 'M0 0 8 4 0 8z', class: 'arrow'})));

const text = (x, y, words, attributes = {}) => draw('text', {x, y, ...attributes}, words);

/** Width that words take up, near enough. */
const widthOf = (words, fontSize) => String(words).length * fontSize * 0.6;

// ---- the region

const MOST_CARDS = 600;

function region(s) {
  const {model, stripTop, strip, width, f} = s;
  const frame = draw('rect', {x: PAD, y: stripTop, width: width - 2 * PAD, height: strip,
                              class: 'region'});
  const cards = cardsOf(s).map((card) => card.blocks ? crowd(s, card) : cardOf(s, card));
  return [frame, ...cards, ...ticks(s),
          model.destroyed && text(width / 2, stripTop + strip / 2 + 6 * f, 'destroyed',
                                  {class: 'over'})].filter(Boolean);
}

/** Blocks, and where very many lie side by side, crowds of them. */
function cardsOf({model, x, story, selected}) {
  if (model.blocks.length <= MOST_CARDS) return model.blocks;
  const cards = [];
  for (const block of model.blocks) {
    const tiny = x(endOf(block)) - x(block.offset) < 2.5 && !story.changes.has(block.offset) &&
      nameOf(block) !== selected;
    const last = cards.at(-1);
    if (!tiny) cards.push(block);
    else if (last?.blocks && x(endOf(block)) - x(last.offset) < 12) last.blocks.push(block);
    else cards.push({offset: block.offset, blocks: [block]});
  }
  return cards;
}

function crowd({x, stripTop, strip, f}, {offset, blocks}) {
  const used = blocks.filter((block) => block.used).length;
  const width = Math.max(1, x(endOf(blocks.at(-1))) - x(offset));
  const share = used / blocks.length;
  return draw('g', {class: 'crowd'},
    draw('title', {}, `${countText(blocks.length, 'block')}: ${used} used, ${blocks.length - used} free`),
    draw('rect', {x: x(offset), y: stripTop, width, height: strip, class: 'card',
                  'fill-opacity': 0.25 + 0.75 * share, 'stroke-width': f}));
}

function describe(s, block) {
  const {radix, story} = s;
  const change = story.changes.get(block.offset);
  const kind = block.quarantined ? 'in quarantine' : block.used ? 'used' : 'free';
  const asked = lives(block) ? `, ${block.requested} asked for` : '';
  const damage = isDamaged(s.model, block) ? ', damaged' : '';
  const badge = change ? `, ${BADGES[change.mark].toLowerCase()}` : '';
  return `${nameOf(block)}: ${kind}, ${block.size} bytes, ${offsetText(block.offset, radix)} to ` +
    `${offsetText(endOf(block), radix)}${asked}${damage}${badge}`;
}

export function isDamaged(model, block) {
  return lives(block) ? guardsOf(block).some((guard) => guard.damaged !== 0) :
    model.stainIn(block.offset, block.size) !== undefined;
}

function selectable(s, block, attributes, ...children) {
  const name = nameOf(block);
  const choose = () => s.select(name);
  return draw('g', {...attributes, tabindex: 0, role: 'button', 'data-block': name,
                    'aria-pressed': s.selected === name ? 'true' : 'false',
                    on: {click: choose, keydown: (event) => {
                      if (event.key !== 'Enter' && event.key !== ' ') return;
                      event.preventDefault();
                      choose();
                    }}}, draw('title', {}, describe(s, block)), ...children);
}

function cardOf(s, block) {
  const {x, stripTop: y, strip: height, story, selected, f} = s;
  const left = x(block.offset);
  const width = Math.max(1.5, x(endOf(block)) - left);
  const change = story.changes.get(block.offset);
  const kind = block.quarantined ? 'waits' : block.used ? 'used' : 'free';
  const damaged = isDamaged(s.model, block);
  const inset = change ? 1.75 : 0.75;  // a thick edge lies in its own card
  const parts = [
    draw('rect', {x: left, y, width, height, class: 'card'}),
    kind === 'free' && draw('rect', {x: left, y, width, height, class: 'hatched'}),
    ...guardRects(s, block),
    ...ghosts(s, change, block),
    draw('rect', {x: left + inset, y: y + inset, width: Math.max(0.5, width - 2 * inset),
                  height: height - 2 * inset, class: 'edge'}),
    ...cardWords(s, block, left, width, change),
    damaged && !lives(block) && width > 8 && text(left + width - 4, y + 15 * f, '✗', {class: 'sign', 'text-anchor': 'end'}),
  ];
  return selectable(s, block, {
    'data-key': `card ${nameOf(block)}`,
    class: `block ${kind}${change ? ' changed' : ''}${damaged ? ' damaged' : ''}` +
      `${selected === nameOf(block) ? ' selected' : ''}`,
  }, ...parts);
}

function guardRects({x, stripTop, strip, f}, block) {
  if (!lives(block)) return [];
  return guardsOf(block).flatMap((guard) => {
    const left = x(guard.offset);
    const width = Math.max(1, x(guard.offset + guard.size) - left);
    const bad = guard.damaged !== 0;
    return [draw('rect', {x: left, y: stripTop, width, height: strip,
                          class: bad ? 'guard bad' : 'guard'}),
            width >= 9 && text(left + width / 2, stripTop + strip / 2 + 4 * f, bad ? 'X' : 'G',
                               {class: 'letter'})];
  });
}

/** A coalesced block shows the edges of its parts. */
function ghosts({x, stripTop, strip}, change, block) {
  if (change?.mark !== 'coalesced') return [];
  let at = block.offset;
  return change.parts.slice(0, -1).map((part) => {
    at += part;
    return draw('line', {x1: x(at), x2: x(at), y1: stripTop + 4, y2: stripTop + strip - 4,
                         class: 'ghost'});
  });
}

function cardWords(s, block, left, width, change) {
  const {stripTop, strip, f, x} = s;
  const inside = lives(block) ? guardsOf(block) : [];
  const from = inside[0] ? Math.max(left, x(inside[0].offset + inside[0].size)) : left;
  const to = inside[1] ? Math.min(left + width, x(inside[1].offset)) : left + width;
  const middle = (from + to) / 2;
  const room = to - from - 2;
  const lines = [[nameOf(block), 'name', 17]];
  lines.push([`${lives(block) && block.requested !== block.size ? block.requested : block.size} B`,
              'size', 13]);
  const was = change?.mark === 'coalesced' ? change.parts.join(' + ') :
    change?.wasSize ? `was ${change.wasSize}` : '';
  if (was !== '') lines.push([was, 'size', 12]);
  const fitting = lines.filter(([words, , size]) => widthOf(words, size * f) <= room);
  if (!fitting.includes(lines[0])) return tight(s, block, middle, room);
  const total = fitting.reduce((sum, [, , size]) => sum + size * f * 1.2, 0);
  let y = stripTop + (strip - total) / 2;
  return fitting.map(([words, kind, size]) => {
    y += size * f * 1.2;
    return text(middle, y - size * f * 0.25, words, {class: kind});
  });
}

/** A name on its side, where it does not fit upright. */
function tight({stripTop, strip, f}, block, middle, room) {
  if (room < 11 * f) return [];
  const y = stripTop + strip / 2;
  return [text(middle + 4.5 * f, y, nameOf(block),
               {class: 'size', transform: `rotate(-90 ${middle + 4.5 * f} ${y})`})];
}

/** Offsets under the strip: of every block, as far as they find room; the ends always. */
function ticks({model, x, stripTop, strip, width, radix, f, story}) {
  const y = stripTop + strip;
  const size = 12 * f;
  const marks = [];
  const end = offsetText(model.capacity, radix);
  let free = PAD - 2;
  const limit = width - PAD - widthOf(end, size) - 6;
  const offsets = model.blocks.map((block) => block.offset);
  for (const offset of offsets) {
    const words = offsetText(offset, radix);
    const at = x(offset);
    const important = story.changes.has(offset);
    marks.push(draw('line', {x1: at, x2: at, y1: y, y2: y + 4, class: 'tick'}));
    if (at < free || at + widthOf(words, size) > limit) continue;
    marks.push(text(at, y + 4 + size, words, {class: important ? 'offset strong' : 'offset'}));
    free = at + widthOf(words, size) + 6;
    if (marks.length > 200) break;
  }
  marks.push(draw('line', {x1: x(model.capacity), x2: x(model.capacity), y1: y, y2: y + 4,
                           class: 'tick'}),
             text(width - PAD, y + 4 + size, end, {class: 'offset', 'text-anchor': 'end'}));
  return marks;
}

/** The region as the call found it, as a thin bar: same scale, same edges. */
function before(s) {
  const {x, stripTop, strip, f, big, frame} = s;
  if (big) return [];
  const y = stripTop + strip + 22 * f;
  if (frame.before.blocks.length > MOST_CARDS || frame.before.blocks.length === 0) return [];
  return [draw('g', {class: 'before', role: 'img', 'aria-label': 'The region before this call'},
    ...frame.before.blocks.flatMap((block) => {
      const left = x(block.offset);
      const width = Math.max(1, x(endOf(block)) - left);
      const kind = block.quarantined ? 'waits' : block.used ? 'used' : 'free';
      const name = nameOf(block);
      return [draw('rect', {x: left, y, width, height: 13, class: `bar ${kind}`}),
              width > widthOf(name, 11) + 4 &&
                text(left + width / 2, y + 10.5, name, {class: 'tiny'})];
    })), text(s.width - PAD, y + 26, 'before this call', {class: 'note', 'text-anchor': 'end'})];
}

// ---- the lists: records near their blocks, in list order, joined to them

/** sayings: what the title says besides, the longest first; the first that finds room is said. */
function laneFrame({width, big}, {y, height, below}, title, sayings, note, kind) {
  const fits = (words) => widthOf(title + words, big ? 24 : 14) + 3 * PAD < width;
  const said = sayings.find(fits) ?? '';
  const room = widthOf(title + said, big ? 24 : 14) + widthOf(note, big ? 20 : 12.5) + 4 * PAD < width;
  const words = below ? y + height - 8 : y + (big ? 24 : 18);
  return [draw('rect', {x: 1, y, width: width - 2, height, rx: 10, class: 'lane'}),
          draw('text', {x: PAD, y: words, class: `lane-title ${kind}`}, title,
               draw('tspan', {class: 'lane-said', dx: 8}, said)),
          room && text(width - PAD, words, note, {class: 'note', 'text-anchor': 'end'})];
}

/** Records with places: [{words, width, x, block}], as near to their blocks as order allows. */
function place(s, records) {
  const {width, x} = s;
  const [low, high] = [58 * Math.min(s.f, 1.3), width - 56 * Math.min(s.f, 1.3)];
  const gap = 16;
  const needed = records.reduce((sum, each) => sum + each.width + gap, 0);
  if (needed > high - low) return undefined;
  let left = low;
  for (const record of records) {
    const wish = record.block ? x(record.block.offset + record.block.size / 2) - record.width / 2 : left;
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

/** Folds the dull parts of a long list until the rest finds room; what matters stays. */
function foldAndPlace(s, blocks, recordOf) {
  for (const around of [Infinity, 6, 3, 2, 1, 0]) {
    const keep = blocks.map((block, i) => around === Infinity || matters(s, block) ||
      (around > 0 && (i < Math.min(around, 2) || i >= blocks.length - Math.min(around, 1) ||
       blocks.some((other, j) => Math.abs(i - j) < around && matters(s, other)))));
    const records = [];
    for (const [i, block] of blocks.entries()) {
      const last = records.at(-1);
      if (keep[i]) records.push(recordOf(block));
      else if (last?.folded) last.folded.push(block);
      else records.push({folded: [block], width: 0});
    }
    for (const record of records) {
      if (!record.folded) continue;
      record.lines = [['⋯', 'name'], [`${record.folded.length} more`, 'size']];
      record.width = 14 + widthOf(record.lines[1][0], 12 * s.f);
      record.block = {offset: record.folded[0].offset,
                      size: endOf(record.folded.at(-1)) - record.folded[0].offset};
    }
    const placed = place(s, records);
    if (placed) return placed;
  }
  return [];
}

function matters({story, selected}, block) {
  return story.changes.has(block.offset) || nameOf(block) === selected;
}

function drawLane(s, records, {y, height, stripEdge, toStrip, kind}) {
  const middle = y + height / 2;
  const ends = records.map((record) => [record.x, record.x + record.width]);
  const stops = [[PAD + 34 * s.f, PAD + 34 * s.f], ...ends, [s.width - PAD - 38 * s.f, 0]];
  const parts = [text(PAD, middle + 4 * s.f, 'head', {class: 'end'}),
                 text(s.width - PAD, middle + 4 * s.f, 'NULL', {class: 'end', 'text-anchor': 'end'})];
  for (let i = 0; i + 1 < stops.length; ++i)
    parts.push(draw('line', {x1: stops[i][1], x2: stops[i + 1][0] - 1, y1: middle, y2: middle,
                             class: `link ${kind}`, 'marker-end': 'url(#arrow)'}));
  for (const record of records) {
    const centre = record.x + record.width / 2;
    if (!record.folded)
      parts.push(draw('line', {x1: centre, y1: toStrip, x2: s.x(record.block.offset + record.block.size / 2),
                               y2: stripEdge, class: `join ${kind}`}));
    parts.push(recordBox(s, record, y, height, kind));
  }
  return parts;
}

function recordBox(s, record, y, height, kind) {
  const lines = record.lines.filter(([words]) => words !== '');
  const step = 15 * s.f;
  let at = y + (height - lines.length * step) / 2 - 3.5 * s.f;
  const children = [
    draw('rect', {x: record.x, y: y + 1, width: record.width, height: height - 2, rx: 9 * s.f,
                  class: 'record'}),
    ...lines.map(([words, look]) => {
      at += step;
      return text(record.x + record.width / 2, at, words, {class: look});
    })];
  if (record.folded) return draw('g', {class: `node folded ${kind}`}, ...children);
  const changed = s.story.changes.has(record.block.offset);
  const selected = s.selected === nameOf(record.block);
  return selectable(s, record.block, {
    'data-key': `node ${nameOf(record.block)}`,
    class: `node ${kind}${changed ? ' changed' : ''}${selected ? ' selected' : ''}`}, ...children);
}

function recordOf(s, block, lines) {
  const badge = BADGES[s.story.changes.get(block.offset)?.mark];
  const name = badge ? `${nameOf(block)} ${badge}` : nameOf(block);
  const all = [[name, 'name'], ...lines];
  const width = 16 + Math.max(...all.map(([words, look]) =>
    widthOf(words, (look === 'name' ? 16.5 : 12.5) * s.f)));
  return {block, lines: all, width};
}

function freeLane(s) {
  const {model, story, lane, stripTop} = s;
  const blocks = model.freeList();
  const looks = new Map(story.trail.map((look) => [look.number, look]));
  const least = story.asItLies ? story.needed : story.room;
  const records = foldAndPlace(s, blocks, (block) => {
    const look = looks.get(block.number);
    const said = look ? VERDICTS[look.verdict]({...look, least}) : [];
    return recordOf(s, block, [...said.map((words) => [words, 'size']),
                               said.length === 0 && [`${block.size} B`, 'size']].filter(Boolean));
  });
  const searched = story.fits === undefined ? '' :
    ` – needed ${story.room ?? story.needed} B: ${story.fits} of ${story.trail.length} fit`;
  const sum = `${countText(blocks.length, 'block')}, ${model.freeBytes} B`;
  const said = [`${sum}${searched}`, sum];
  return [...laneFrame(s, {y: 1, height: lane - 1}, 'free list', said,
                       'records (slab), outside the pool; both lists in address order', 'free'),
          ...drawLane(s, records, {y: s.big ? 32 : 25, height: lane - (s.big ? 38 : 31),
                                   stripEdge: stripTop, toStrip: lane - 7, kind: 'free'})];
}

function usedLane(s) {
  const {model, usedTop, usedHeight, stripTop, strip} = s;
  const blocks = model.blocks.filter(lives);
  const records = foldAndPlace(s, blocks, (block) => recordOf(s, block, []));
  const said = [`${countText(blocks.length, 'block')}, ${model.usedBytes} B`];
  return [...laneFrame(s, {y: usedTop, height: usedHeight, below: true}, 'used list', said,
                       'records (slab), outside the pool', 'used'),
          ...drawLane(s, records, {y: usedTop + 6, height: 28 * s.f,
                                   stripEdge: stripTop + strip + 22 * s.f + (s.big ? 0 : 15),
                                   toStrip: usedTop + 7, kind: 'used'})];
}

function waitingLane(s) {
  const {model, waitTop, usedHeight} = s;
  if (model.quarantine === 0) return [];
  const blocks = model.inQuarantine();
  const records = foldAndPlace(s, blocks, (block) => recordOf(s, block, []));
  const sum = `${countText(blocks.length, 'block')}, ${model.quarantinedBytes} of at most ` +
    `${model.quarantine} B`;
  const said = [`${sum}; the oldest leaves first`, sum];
  return [...laneFrame(s, {y: waitTop, height: usedHeight, below: true}, 'quarantine', said, '', 'waits'),
          ...drawLane(s, records, {y: waitTop + 6, height: 28 * s.f, stripEdge: waitTop,
                                   toStrip: waitTop, kind: 'waits'})];
}

// ---- what the colours mean

export function legendOf(model) {
  const box = (kind, ...children) => draw('svg', {class: 'stage swatch', width: 26, height: 18,
                                                  'aria-hidden': 'true'}, ...children);
  const card = (kind, letter) => box(kind, draw('g', {class: `block ${kind}`},
    draw('rect', {x: 1, y: 1, width: 24, height: 16, class: letter ? `guard ${kind}` : 'card'}),
    kind.startsWith('free') && draw('rect', {x: 1, y: 1, width: 24, height: 16, class: 'hatched'}),
    !letter && draw('rect', {x: 2, y: 2, width: 22, height: 14, class: 'edge'}),
    letter && text(13, 14, letter, {class: 'letter'})));
  const entries = [[card('used'), 'used block'], [card('free'), 'free block'],
                   [card('changed'), 'changed by this call']];
  if (model.guardSize !== 0 || model.guardBytes !== 0)
    entries.push([card('', 'G'), 'guard'], [card('bad', 'X'), 'damaged']);
  if (model.quarantine !== 0) entries.push([card('waits'), 'in quarantine']);
  return entries;
}
