// Region: the strip, to true scale, with its offsets; and the same as the call found it, as a thin
// bar. Where very many blocks lie side by side they are drawn as crowds.
import {draw} from './dom.js';
import {endOf, guardsOf, lives, nameOf} from './model.js';
import {PAD, isDamaged, placedName, selectable, text, widthOf} from './stage_parts.js';
import {countText, offsetText} from './words.js';

const MOST_CARDS = 600;

export function region(s) {
  const {model, stripTop, strip, width, f} = s;
  const frame = draw('rect', {
    x: PAD,
    y: stripTop,
    width: width - 2 * PAD,
    height: strip,
    class: 'region',
  });
  const cards = cardsOf(s).map((card) => (card.blocks ? crowd(s, card) : cardOf(s, card)));
  return [
    frame,
    ...cards,
    ...ticks(s),
    ...breakMark(s),
    model.destroyed && text(width / 2, stripTop + strip / 2 + 6 * f, 'destroyed', {class: 'over'}),
  ].filter(Boolean);
}

/** From here on the scale is another. */
function breakMark({x, stripTop, strip, f}) {
  if (x.breakAt === undefined) return [];
  const [left, top, bottom] = [x.breakAt, stripTop - 5, stripTop + strip + 5];
  const zigzag = (from) =>
    `M${from} ${bottom} l6 ${(top - bottom) / 2} l-6 0 l6 ${(top - bottom) / 2}`;
  return [
    draw('path', {
      d: `${zigzag(left)} h7 l-6 ${(bottom - top) / 2} l6 0 l-6 ${(bottom - top) / 2} z`,
      class: 'break',
    }),
    draw('path', {d: zigzag(left), class: 'break-line'}),
    draw('path', {d: zigzag(left + 7), class: 'break-line'}),
    text(left + 4, top - 4 * f, 'not to scale →', {class: 'note middle'}),
  ];
}

/** Blocks, and where very many lie side by side, crowds of them. */
function cardsOf({model, x, story, selected}) {
  if (model.blocks.length <= MOST_CARDS) return model.blocks;
  const cards = [];
  for (const block of model.blocks) {
    const tiny =
      x(endOf(block)) - x(block.offset) < 2.5 &&
      !story.changes.has(block.offset) &&
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
  return draw(
    'g',
    {class: 'crowd'},
    draw(
      'title',
      {},
      `${countText(blocks.length, 'block')}: ${used} used, ${blocks.length - used} free`,
    ),
    draw('rect', {
      x: x(offset),
      y: stripTop,
      width,
      height: strip,
      class: 'card',
      'fill-opacity': 0.25 + 0.75 * share,
      'stroke-width': f,
    }),
  );
}

function cardOf(s, block) {
  const {x, stripTop: y, strip: height, story, selected, f} = s;
  const left = x(block.offset);
  const width = Math.max(1.5, x(endOf(block)) - left);
  const change = story.changes.get(block.offset);
  const kind = block.quarantined ? 'waits' : block.used ? 'used' : 'free';
  const damaged = isDamaged(s.model, block);
  const inset = change ? 1.75 : 0.75; // a thick edge lies in its own card
  const parts = [
    draw('rect', {x: left, y, width, height, class: 'card'}),
    kind === 'free' && draw('rect', {x: left, y, width, height, class: 'hatched'}),
    ...guardRects(s, block),
    ...headerRect(s, block),
    ...ghosts(s, change, block),
    draw('rect', {
      x: left + inset,
      y: y + inset,
      width: Math.max(0.5, width - 2 * inset),
      height: height - 2 * inset,
      class: 'edge',
    }),
    ...cardWords(s, block, left, width, change),
    damaged &&
      !lives(block) &&
      width > 8 &&
      text(left + width - 4, y + 15 * f, '✗', {class: 'sign', 'text-anchor': 'end'}),
  ];
  return selectable(
    s,
    block,
    {
      'data-key': `card ${nameOf(block)}`,
      class:
        `block ${kind}${change ? ' changed' : ''}${damaged ? ' damaged' : ''}` +
        `${selected === nameOf(block) ? ' selected' : ''}`,
    },
    ...parts,
  );
}

function guardRects({x, stripTop, strip, f}, block) {
  if (!lives(block)) return [];
  return guardsOf(block).flatMap((guard) => {
    const left = x(guard.offset);
    const width = Math.max(1, x(guard.offset + guard.size) - left);
    const bad = guard.damaged !== 0;
    return [
      draw('rect', {
        x: left,
        y: stripTop,
        width,
        height: strip,
        class: bad ? 'guard bad' : 'guard',
      }),
      width >= 9 &&
        text(left + width / 2, stripTop + strip / 2 + 4 * f, bad ? 'X' : 'G', {class: 'letter'}),
    ];
  });
}

function headerRect({model, x, stripTop, strip, f}, block) {
  if (!lives(block) || model.headerBytes() === 0) return [];
  const left = x(block.offset);
  const width = Math.max(1, x(block.payload) - left);
  return [
    draw('rect', {x: left, y: stripTop, width, height: strip, class: 'guard header'}),
    width >= 10 * f &&
      text(left + width / 2, stripTop + strip / 2 + 4 * f, 'H', {class: 'letter'}),
  ];
}

/** A coalesced block shows the edges of its parts. */
function ghosts({x, stripTop, strip}, change, block) {
  if (change?.mark !== 'coalesced') return [];
  let at = block.offset;
  return change.parts.slice(0, -1).map((part) => {
    at += part;
    return draw('line', {
      x1: x(at),
      x2: x(at),
      y1: stripTop + 4,
      y2: stripTop + strip - 4,
      class: 'ghost',
    });
  });
}

function cardWords(s, block, left, width, change) {
  const {stripTop, strip, f, x} = s;
  const inside = lives(block) ? guardsOf(block) : [];
  const from = lives(block) ? Math.max(left, x(block.payload)) : left;
  const end = inside[1] ? Math.min(left + width, x(inside[1].offset)) : left + width;
  const to = from < x.breakAt ? Math.min(end, x.breakAt - 6) : end;
  const middle = (from + to) / 2;
  const room = to - from - 2;
  const lines = [[placedName(s, block), 'name', 17]];
  // Between guards stands the payload; else the whole block, and what was asked for if it is less.
  lines.push([`${inside.length !== 0 ? block.requested : block.size} B`, 'size', 13]);
  if (lives(block) && inside.length === 0 && block.requested !== block.size)
    lines.push([`asked ${block.requested}`, 'size', 12]);
  const was =
    change?.mark === 'coalesced'
      ? change.parts.join(' + ')
      : change?.wasSize
        ? `was ${change.wasSize}`
        : '';
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
function tight(s, block, middle, room) {
  const {stripTop, strip, f} = s;
  if (room < 11 * f) return [];
  const y = stripTop + strip / 2;
  return [
    text(middle + 4.5 * f, y, placedName(s, block), {
      class: 'size',
      transform: `rotate(-90 ${middle + 4.5 * f} ${y})`,
    }),
  ];
}

/** Offsets under the strip: of every block, as far as they find room; the ends always. */
function ticks({model, x, stripTop, strip, width, radix, f, story}) {
  const y = stripTop + strip;
  const size = 12 * f;
  const marks = [];
  const end = offsetText(model.capacity, radix);
  let free = PAD - 2;
  let seen = -2;
  const limit = width - PAD - widthOf(end, size) - 6;
  const offsets = model.blocks.map((block) => block.offset);
  for (const offset of offsets) {
    const words = offsetText(offset, radix);
    const at = x(offset);
    const important = story.changes.has(offset);
    if (at < seen + 2) continue;
    seen = at;
    marks.push(draw('line', {x1: at, x2: at, y1: y, y2: y + 4, class: 'tick'}));
    if (at < free || at + widthOf(words, size) > limit) continue;
    marks.push(text(at, y + 4 + size, words, {class: important ? 'offset strong' : 'offset'}));
    free = at + widthOf(words, size) + 6;
  }
  marks.push(
    draw('line', {x1: x(model.capacity), x2: x(model.capacity), y1: y, y2: y + 4, class: 'tick'}),
    text(width - PAD, y + 4 + size, end, {class: 'offset', 'text-anchor': 'end'}),
  );
  return marks;
}

/** The region as the call found it, as a thin bar: same scale, same edges. */
export function before(s) {
  const {x, stripTop, strip, f, big, frame} = s;
  if (big) return [];
  const y = stripTop + strip + 22 * f;
  if (frame.before.blocks.length > MOST_CARDS || frame.before.blocks.length === 0) return [];
  return [
    draw(
      'g',
      {class: 'before', role: 'img', 'aria-label': 'The region before this call'},
      ...frame.before.blocks.flatMap((block) => {
        const left = x(block.offset);
        const width = Math.max(1, x(endOf(block)) - left);
        const kind = block.quarantined ? 'waits' : block.used ? 'used' : 'free';
        const name = nameOf(block);
        return [
          draw('rect', {x: left, y, width, height: 13, class: `bar ${kind}`}),
          width > widthOf(name, 11) + 4 && text(left + width / 2, y + 10.5, name, {class: 'tiny'}),
        ];
      }),
    ),
    text(s.width - PAD, y + 26, 'before this call', {class: 'note', 'text-anchor': 'end'}),
  ];
}
