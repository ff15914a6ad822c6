// Stage: the pool as a picture. The region to true scale, the free list above it, the used list
// below it, each record near its block; what the call changed has a thick black edge.
//
//     free list   head -> f2 -> f1 -> NULL          records (slab), outside the pool
//                         :      :
//     region      [ #0 ][ f2 ][ #2 ][ f1 ]          every byte has one x for the whole page
//                    :           :
//     used list   head -> #0 -> #2 -> NULL
//
// Where the free list has an order of its own, its records and their blocks are numbered instead.
import {draw, make} from './dom.js';
import {freeLane, usedLane, waitingLane} from './lanes.js';
import {before, region} from './region.js';
import {PAD, text} from './stage_parts.js';

/** The picture; view: {width, frame, story, radix, selected, big, select}. */
export function drawStage(view) {
  const size = measures(view);
  const model = view.frame.after;
  const s = {...view, ...size, model, x: scaleOf(view), places: placesOf(model)};
  const parts = [...region(s), ...before(s), ...freeLane(s), ...usedLane(s), ...waitingLane(s)];
  return draw(
    'svg',
    {
      viewBox: `0 0 ${view.width} ${s.height}`,
      width: view.width,
      height: s.height,
      class: 'stage',
      role: 'group',
      'aria-label': 'Free list, region, used list',
    },
    hatches(),
    parts,
  );
}

/** Places in the free list by offset, from 1; none of one that is in the order of the strip. */
function placesOf(model) {
  if (model.listOrder() === 'address') return undefined;
  return new Map(model.freeList().map((block, i) => [block.offset, i + 1]));
}

/** Heights are the same for every call of a page, so that nothing jumps. */
function measures({big, frame}) {
  const f = big ? 1.75 : 1;
  const lane = 30 + 56 * f;
  const strip = Math.round(74 * f);
  const stripTop = lane + 26;
  const used = stripTop + strip + 22 * f + 22 + (big ? 0 : 20);
  const low = 14 + 46 * f; // a lane of records with one line
  const waits = frame.after.quarantine === 0 ? 0 : low + 10;
  return {
    f,
    lane,
    strip,
    stripTop,
    usedTop: used,
    usedHeight: low,
    waitTop: used + low + 10,
    height: used + low + 2 + waits,
  };
}

/**
 * One scale for all calls of the page. Where most of the region is never used, the scale breaks
 * behind what is, and the break is marked.
 */
function scaleOf({width, frame, reached}) {
  const inner = width - 2 * PAD;
  const capacity = Math.max(1, frame.after.capacity);
  const cut = reached * 1.1;
  if (reached === 0 || cut > capacity * 0.4) return (offset) => PAD + (inner * offset) / capacity;
  const scale = (offset) =>
    offset <= cut
      ? PAD + (inner * 0.9 * offset) / cut
      : PAD + inner * (0.9 + (0.1 * (offset - cut)) / (capacity - cut));
  return Object.assign(scale, {breakAt: PAD + inner * 0.93});
}

const hatches = () =>
  draw(
    'defs',
    {},
    draw(
      'pattern',
      {
        id: 'hatch',
        width: 8,
        height: 8,
        patternUnits: 'userSpaceOnUse',
        patternTransform: 'rotate(45)',
      },
      draw('line', {x1: 0, y1: 0, x2: 0, y2: 8, class: 'hatch'}),
    ),
    draw(
      'marker',
      {
        id: 'arrow',
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 7,
        markerHeight: 7,
        orient: 'auto-start-reverse',
      },
      draw('path', {d: 'M0 0 8 4 0 8z', class: 'arrow'}),
    ),
  );

// ---- what the colours mean

export function legendOf(model, story) {
  const box = (kind, ...children) =>
    draw('svg', {class: 'stage swatch', width: 26, height: 18, 'aria-hidden': 'true'}, ...children);
  const card = (kind, letter) =>
    box(
      kind,
      draw(
        'g',
        {class: `block ${kind}`},
        draw('rect', {x: 1, y: 1, width: 24, height: 16, class: letter ? `guard ${kind}` : 'card'}),
        kind.startsWith('free') &&
          draw('rect', {x: 1, y: 1, width: 24, height: 16, class: 'hatched'}),
        !letter && draw('rect', {x: 2, y: 2, width: 22, height: 14, class: 'edge'}),
        letter && text(13, 14, letter, {class: 'letter'}),
      ),
    );
  const entries = [
    [card('used'), 'used block'],
    [card('free'), 'free block'],
    [card('changed'), 'changed by this call'],
  ];
  if (model.guardSize !== 0 || model.guardBytes !== 0)
    entries.push([card('', 'G'), 'guard'], [card('bad', 'X'), 'damaged']);
  if (model.headerBytes() !== 0) entries.push([card('header', 'H'), 'header']);
  if (model.listOrder() !== 'address')
    entries.push([make('b', {}, '1. 2. …'), 'place in the free list']);
  if (story.saviours.length !== 0)
    entries.push([make('b', {}, 'SAVES'), 'freeing it would have made room']);
  if (model.quarantine !== 0) entries.push([card('waits'), 'in quarantine']);
  return entries;
}
