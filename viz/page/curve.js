// Curve: free bytes, the largest free block and fragmentation over all calls, with axes; and the
// scrubber under it, with ticks for failures, damage, stops, marks and search hits. The carpet:
// every byte at every call, as a raster that costs the same for a thousand calls and a million.
import {draw, make} from './dom.js';
import {endOf} from './model.js';
import {signOf, stateAt} from './timeline.js';

const LEFT = 62,
  RIGHT = 44,
  TOP = 8,
  TRACK = 24;

/** x of a place among the calls. */
function placer(width, length) {
  const inner = width - LEFT - RIGHT;
  return (place) => LEFT + inner * (length <= 1 ? 0 : place / (length - 1));
}

function pointsOf(figures, last, x, y, value) {
  const points = [];
  const every = Math.max(1, Math.floor(figures.length / 1500));
  for (let place = 0; place <= last; ++place) {
    if (place % every !== 0 && place !== last) continue;
    if (place > 0) points.push(`${x(place).toFixed(1)},${y(value(figures[place - 1])).toFixed(1)}`);
    points.push(`${x(place).toFixed(1)},${y(value(figures[place])).toFixed(1)}`);
  }
  return points.join(' ');
}

function niceSize(bytes) {
  const short = (value, unit) => `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
  if (bytes >= 2 ** 20) return short(bytes / 2 ** 20, 'MiB');
  return bytes >= 10240 ? short(Math.round(bytes / 102.4) / 10, 'KiB') : `${bytes} B`;
}

function axes(view, y, height) {
  const {width, timeline, x} = view;
  const parts = [];
  for (const share of [0, 0.5, 1]) {
    const at = y(timeline.capacity * share);
    parts.push(
      draw('line', {x1: LEFT, x2: width - RIGHT, y1: at, y2: at, class: 'grid'}),
      draw(
        'text',
        {x: LEFT - 6, y: at + 4, 'text-anchor': 'end', class: 'axis'},
        share === 0 ? '0' : niceSize(Math.round(timeline.capacity * share)),
      ),
      draw('text', {x: width - RIGHT + 6, y: at + 4, class: 'axis'}, `${share * 100} %`),
    );
  }
  const room = Math.max(1, Math.floor((width - LEFT - RIGHT) / 70));
  const step = niceStep((timeline.last - timeline.first) / room);
  const label = (place) =>
    draw(
      'text',
      {x: x(place), y: TOP + height + TRACK + 15, 'text-anchor': 'middle', class: 'axis'},
      String(timeline.callAt(place)),
    );
  const first = Math.ceil(timeline.first / step) * step;
  for (let call = first; call <= timeline.last - step / 2; call += step)
    parts.push(label(timeline.placeOf(call)));
  parts.push(label(timeline.length - 1));
  return parts;
}

/** 1, 2, 5, 10, 20 ...: the first that is at least this. */
function niceStep(least) {
  for (let ten = 1; ; ten *= 10)
    for (const step of [ten, 2 * ten, 5 * ten]) if (step >= least) return step;
}

const share = (figure) => (figure.free === 0 ? 0 : 1 - figure.largest / figure.free);

function ticksOf({timeline, x, limit, stops, marks, hits, differs}, top) {
  const ticks = [];
  const add = (place, kind, sign, y) => {
    if (place > limit) return;
    ticks.push(
      draw('text', {x: x(place), y, 'text-anchor': 'middle', class: `tick-${kind}`}, sign),
    );
  };
  let drawn = 0;
  for (let place = 0; place < timeline.length && drawn < 1200; ++place) {
    const sign = signOf(timeline.figures[place]);
    if (sign === '') continue;
    ++drawn;
    add(place, sign === '✗' ? 'bad' : 'fail', sign, top + 11);
  }
  for (const place of hits.slice(0, 1200))
    if (place <= limit)
      ticks.push(
        draw('line', {x1: x(place), x2: x(place), y1: top + 12, y2: top + 20, class: 'tick-hit'}),
      );
  for (const place of stops) add(place, 'stop', '●', top + 21);
  for (const [name, place] of marks) add(place, 'mark', name, top + 22);
  if (differs !== undefined) add(differs, 'differs', '◆', top + 11);
  return ticks;
}

/** view: {width, timeline, place, limit, stops, marks, hits, differs, go, sentence}. */
export function drawCurve(view) {
  const {width, timeline, place, limit, go} = view;
  const height = view.short ? 64 : 92;
  const x = placer(width, timeline.length);
  const y = (bytes) => TOP + height * (1 - bytes / Math.max(1, timeline.capacity));
  const full = {...view, x};
  const figure = timeline.figures[place];
  const known = Math.min(limit, timeline.length - 1);
  const line = (kind, value) =>
    draw('polyline', {
      class: `line ${kind}`,
      points: pointsOf(timeline.figures, known, x, y, value),
    });
  const track = TOP + height;
  const here = x(place);
  const svg = draw(
    'svg',
    {
      viewBox: `0 0 ${width} ${track + TRACK + 20}`,
      width,
      height: track + TRACK + 20,
      class: 'curve',
      'aria-hidden': 'true',
    },
    axes(full, y, height),
    line('fragmentation', (each) => share(each) * timeline.capacity),
    line('largest', (each) => each.largest),
    line('free', (each) => each.free),
    draw('rect', {
      x: LEFT - 6,
      y: track + 2,
      width: width - LEFT - RIGHT + 12,
      height: TRACK - 4,
      rx: 5,
      class: 'track',
    }),
    ticksOf(full, track),
    draw('line', {x1: here, x2: here, y1: TOP, y2: track + TRACK, class: 'now'}),
    draw('circle', {cx: here, cy: track + TRACK / 2, r: 7, class: 'thumb'}),
    [
      ['free', figure.free],
      ['largest', figure.largest],
    ].map(([kind, bytes]) =>
      draw('circle', {cx: here, cy: y(bytes), r: 3.5, class: `dot ${kind}`}),
    ),
  );
  const placeAt = (event) => {
    const box = slider.getBoundingClientRect();
    const inner = (box.width * (width - LEFT - RIGHT)) / width;
    const at = (event.clientX - box.left - (box.width * LEFT) / width) / Math.max(1, inner);
    return Math.round(Math.max(0, Math.min(1, at)) * (timeline.length - 1));
  };
  const slider = make(
    'div',
    {
      class: 'slider',
      role: 'slider',
      tabindex: 0,
      'data-key': 'slider',
      'aria-label': 'Call',
      'aria-valuemin': timeline.first,
      'aria-valuemax': timeline.last,
      'aria-valuenow': timeline.callAt(place),
      'aria-valuetext': view.sentence,
      on: {
        pointerdown: (event) => {
          slider.focus();
          go(placeAt(event));
          const move = (moved) => go(placeAt(moved));
          const up = () => {
            removeEventListener('pointermove', move);
            removeEventListener('pointerup', up);
          };
          addEventListener('pointermove', move);
          addEventListener('pointerup', up);
        },
      },
    },
    svg,
  );
  return [keyOf(figure), slider];
}

function keyOf(figure) {
  const percent = Math.round(share(figure) * 100);
  const entry = (kind, words) =>
    make(
      'span',
      {class: `entry ${kind}`},
      draw(
        'svg',
        {width: 22, height: 10, 'aria-hidden': 'true', class: 'curve'},
        draw('line', {x1: 0, x2: 22, y1: 5, y2: 5, class: `line ${kind}`}),
      ),
      words,
    );
  return make(
    'p',
    {class: 'curve-key'},
    entry('free', `free ${figure.free} B`),
    entry('largest', `largest free block ${figure.largest} B`),
    entry('fragmentation', `fragmentation ${percent} %`),
  );
}

// ---- the carpet: offset down, call across

const COLUMNS = 1024,
  ROWS = 512;

/** The page's colours, for a canvas, which knows no style. */
function coloursNow() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    used: of('--used'),
    other: of('--used-other'),
    free: of('--card'),
    waits: of('--waits'),
    damaged: of('--damage'),
  };
}

/** Draws a canvas of at most 1024 x 512 cells. */
export function drawCarpet({timeline, place, limit, go}) {
  const colours = coloursNow();
  const columns = Math.min(COLUMNS, timeline.length);
  // What no block ever reached is left out if it is most of the region.
  const whole = timeline.reached * 1.1 > timeline.capacity * 0.4;
  const extent = whole ? Math.max(1, timeline.capacity) : Math.ceil(timeline.reached * 1.1);
  const rows = Math.min(ROWS, extent);
  const canvas = make('canvas', {
    width: columns,
    height: rows,
    class: 'carpet',
    role: 'img',
    'aria-label':
      `Which bytes are used at which of ${timeline.length} calls; the curve and the ` +
      'tables say the same in numbers',
    on: {
      click: (event) => {
        const box = canvas.getBoundingClientRect();
        go(Math.floor(((event.clientX - box.left) / box.width) * timeline.length));
      },
    },
  });
  const pen = canvas.getContext('2d');
  if (!pen) return [canvas];
  for (let column = 0; column < columns; ++column) {
    const at = columns <= 1 ? 0 : Math.round((column * (timeline.length - 1)) / (columns - 1));
    if (at > limit) break;
    paintColumn(pen, column, timeline.frame(at).after, rows / extent, colours);
  }
  const now = make('div', {class: 'carpet-now', 'aria-hidden': 'true'});
  now.style.setProperty('left', `${(100 * (place + 0.5)) / timeline.length}%`);
  const ends = [0, extent / 2, extent].map((offset) =>
    make('span', {}, offset === 0 ? '0' : niceSize(Math.round(offset))),
  );
  return [
    make(
      'div',
      {class: 'carpet-row'},
      make('div', {class: 'carpet-axis'}, ends),
      make('div', {class: 'carpet-frame'}, canvas, now),
    ),
    make(
      'p',
      {class: 'quiet'},
      'Across: calls, as above. Down: offsets. White is free; neighbours have two blues; ' +
        `fragmentation shows as weave.${whole ? '' : ' Offsets beyond were never used.'}`,
    ),
  ];
}

function paintColumn(pen, column, model, scale, colours) {
  for (const block of model.blocks) {
    const from = Math.floor(block.offset * scale);
    const to = Math.max(from + 1, Math.ceil(endOf(block) * scale));
    const state = stateAt(block);
    pen.fillStyle = colours[state === 'used' && block.number % 2 === 1 ? 'other' : state];
    pen.fillRect(column, from, 1, to - from);
  }
}
