// Dump: the bytes of the region, 64 a line, with a line of marks under each: [payload], (free),
// {in quarantine}, G guard, X damaged, g a guard left behind, h header, ? not known. 32 on small
// screens.
import {make} from './dom.js';
import {endOf, guardAt, lives, nameOf} from './model.js';

const MOST_LINES = 128; // of the whole dump
const FEW_LINES = 24; // beside the picture

const hexOffset = (offset, digits) =>
  `0x${offset.toString(16).toUpperCase().padStart(digits, '0')}`;

/** Which letter of the mark row a byte has, and how it is coloured. */
function classOf(model, block, at) {
  if (!lives(block)) {
    const stain = model.stainIn(block.offset, block.size);
    if (stain && isStained(model, at)) return 'x';
    if (block.quarantined) return 'q';
    return model.ghostGuard(at) ? 'o' : 'f';
  }
  const guard = guardAt(block, at);
  if (!guard && at < block.payload) return model.headerBytes() !== 0 ? 'h' : 'p';
  if (!guard) return at < block.payload + block.requested ? 'u' : 'p';
  if (guard.damaged === 0 || at < guard.first) return 'g';
  const byte = model.byte(at, block);
  return byte !== undefined && byte.value === 0xab ? 'g' : 'x';
}

function isStained(model, at) {
  for (const {first, damaged} of model.stains.values())
    if (at >= first && at < first + Math.max(1, damaged))
      return (model.byte(at)?.value ?? 0xdd) !== 0xdd;
  return false;
}

const LETTERS = {g: 'G', x: 'X', o: 'g', p: 'p', h: 'h'};
const BRACKETS = {u: '[]-', f: '().', q: '{}~'};

/** The name and size that stand in a span of the mark row, where they find room. */
function labelOfSpan(block, badge) {
  if (!block.used) return `${nameOf(block)} free ${block.size}${badge}`;
  return `${nameOf(block)} ${block.requested}${badge}`;
}

/** One line: a cell a byte, {data, mark, kind, block, changed}. */
function cellsOf(view, from, columns) {
  const {model, written, badges} = view;
  const end = Math.min(from + columns, model.capacity);
  const cells = [];
  let block = model.containing(from);
  for (let at = from; at < end; ++at) {
    if (at >= endOf(block)) block = model.containing(at);
    const byte = model.byte(at, block);
    const kind = classOf(model, block, at);
    cells.push({
      block,
      kind,
      mark: LETTERS[kind] ?? BRACKETS[kind][2],
      byte,
      data:
        byte === undefined
          ? kind === 'f' || kind === 'q'
            ? '.'
            : '?'
          : byte.value >= 0x20 && byte.value < 0x7f
            ? String.fromCharCode(byte.value)
            : '~',
      changed: written.some((run) => at >= run.offset && at < run.offset + run.size),
    });
  }
  markSpans(cells, from, badges);
  return cells;
}

/** Brackets and labels of the spans of one line. */
function markSpans(cells, from, badges) {
  for (let i = 0; i < cells.length;) {
    const {kind, block} = cells[i];
    let to = i;
    while (to < cells.length && cells[to].kind === kind && cells[to].block === block) ++to;
    const brackets = BRACKETS[kind];
    if (brackets) {
      const [first, last] = spanOf(block, kind);
      const opens = from + i <= first;
      const closes = from + to >= last;
      if (opens) cells[i].mark = brackets[0];
      if (closes) cells[to - 1].mark = brackets[1];
      write(
        cells,
        i + 1,
        to - (closes ? 1 : 0),
        opens
          ? [labelOfSpan(block, badges.get(block.offset) ?? ''), nameOf(block)]
          : [nameOf(block)],
      );
    }
    i = to;
  }
}

/** A used block's payload, or all of one that is not. */
function spanOf(block, kind) {
  return kind === 'u'
    ? [block.payload, block.payload + block.requested]
    : [block.offset, endOf(block)];
}

function write(cells, from, to, labels) {
  const label = labels.find((each) => each.length <= to - from);
  for (let i = 0; label !== undefined && i < label.length; ++i) cells[from + i].mark = label[i];
}

/** A whole line of one block with one byte over and over: folds with its like. */
function uniformOf(cells) {
  const {block, kind, data} = cells[0];
  const same = cells.every(
    (each) => each.block === block && each.kind === kind && each.data === data && !each.changed,
  );
  return same ? `${nameOf(block)} ${kind} ${data}` : '';
}

/** Lines and folds, at most MOST_LINES, from the line that is wanted on. */
function linesOf(view, columns) {
  const {model} = view;
  const total = Math.ceil(model.capacity / columns);
  const most = view.unfolded ? MOST_LINES : FEW_LINES;
  const wanted = total > most * 2 ? Math.max(0, Math.floor(view.at / columns) - 4) : 0;
  const lines = [];
  let line = wanted;
  for (; line < total && lines.length < most; ++line) {
    const from = line * columns;
    const block = model.containing(from);
    const whole = Math.floor((endOf(block) - from) / columns);
    const cells = cellsOf(view, from, columns);
    const folds = !view.unfolded && uniformOf(cells) !== '' && cells.length === columns;
    let run = 1;
    while (
      folds &&
      run < whole &&
      uniformOf(cellsOf(view, from + run * columns, columns)) === uniformOf(cells)
    )
      ++run;
    if (run < 3) {
      lines.push({from, cells});
    } else {
      lines.push(
        {from, cells},
        {from: from + columns, folded: run - 1, block, to: from + run * columns},
      );
      line += run - 1;
    }
  }
  return {lines, first: wanted, next: line, total};
}

function row(cells, what, view) {
  const spans = [];
  for (let i = 0; i < cells.length;) {
    const {kind, block, changed} = cells[i];
    let words = '';
    for (
      ;
      i < cells.length &&
      cells[i].kind === kind &&
      cells[i].block === block &&
      cells[i].changed === changed;
      ++i
    )
      words += cells[i][what];
    const selected = view.selected === nameOf(block) ? ' selected' : '';
    spans.push(
      make(
        'span',
        {class: `b-${kind}${changed ? ' changed' : ''}${selected}`, 'data-block': nameOf(block)},
        words,
      ),
    );
  }
  return spans;
}

function zoomOf(view, cells, from, digits) {
  const bad = cells.findIndex((each) => each.kind === 'x');
  if (bad < 0) return [];
  const many = view.narrow ? 8 : 16;
  const first = Math.max(0, Math.min(bad - 3, cells.length - many));
  const shown = cells.slice(first, first + many);
  const hex = shown.map(({byte}) =>
    byte === undefined ? '??' : byte.value.toString(16).toUpperCase().padStart(2, '0'),
  );
  const carets = shown
    .map(({kind}) => (kind === 'x' ? '^^' : '  '))
    .join(' ')
    .trimEnd();
  return [
    make('div', {class: 'zoom'}, `zoom  ${hexOffset(from + first, digits)}  ${hex.join(' ')}`),
    make('div', {class: 'zoom'}, ' '.repeat(6 + digits + 4) + carets),
  ];
}

/** The panel's contents. view: {model, story, selected, at, select, narrow, unfolded}. */
export function drawDump(view) {
  const columns = view.narrow ? 32 : 64;
  const digits = Math.max(4, Math.max(0, view.model.capacity - 1).toString(16).length);
  const badges = new Map(
    [...view.story.changes].map(([offset, {mark}]) => [
      offset,
      {fresh: ' NEW', rest: ' REST', freed: ' FREED', moved: ' MOVED'}[mark] ?? '',
    ]),
  );
  const full = {...view, written: view.story.written, badges};
  const {lines, first, next, total} = linesOf(full, columns);
  const indent = ' '.repeat(6 + 2 + digits + 2);
  const tens = Array.from({length: columns / 16}, (_, i) =>
    `+0x${(16 * i).toString(16).toUpperCase().padStart(2, '0')}`.padEnd(16),
  )
    .join('')
    .trimEnd();
  const pre = make(
    'div',
    {
      class: `dump${view.narrow ? ' narrow' : ''}`,
      'aria-hidden': 'true',
      on: {
        click: (event) => {
          const name = event.target.dataset?.block;
          if (name) view.select(name);
        },
      },
    },
    make('div', {class: 'ruler'}, indent + tens),
    ...lines.flatMap((line) =>
      line.folded
        ? [
            make(
              'div',
              {class: 'fold'},
              `fold  ${hexOffset(line.from, digits)}  ${line.folded} ` +
                `${view.narrow ? 'lines' : 'more lines like this'}, ` +
                `to ${hexOffset(line.to, digits)}, all ` +
                `${nameOf(line.block)}`,
            ),
          ]
        : [
            make(
              'div',
              {},
              `data  ${hexOffset(line.from, digits)} |`,
              ...row(line.cells, 'data', view),
              '|',
            ),
            make(
              'div',
              {class: 'marks'},
              `mark  ${hexOffset(line.from, digits)} |`,
              ...row(line.cells, 'mark', view),
              '|',
            ),
            ...zoomOf(view, line.cells, line.from, digits),
          ],
    ),
  );
  const rest =
    first > 0 || next < total
      ? make(
          'p',
          {class: 'quiet'},
          `Shown: lines ${first + 1} to ${next} of ${total}. Choose a block to ` +
            'see the bytes around it.',
        )
      : undefined;
  return [
    pre,
    rest,
    make(
      'p',
      {class: 'quiet key'},
      '[--] payload  (..) free  ' +
        (view.model.list
          ? 'h header  '
          : 'G guard  X damaged  g guard left behind  ') +
        'p padding  ? not known  ~ not printable',
    ),
  ].filter(Boolean);
}

/** The bytes for a table: runs of bytes of one kind. */
export function byteRuns(model) {
  const KINDS = {
    u: 'payload',
    f: 'free',
    q: 'in quarantine',
    g: 'guard',
    x: 'damaged',
    o: 'free, a guard left behind',
    p: 'padding',
    h: 'header',
  };
  const runs = [];
  const end = Math.min(model.capacity, 65536);
  for (let at = 0; at < end; ++at) {
    const last = runs.at(-1);
    const block = last && at < endOf(last.block) ? last.block : model.containing(at);
    const kind = classOf(model, block, at);
    const value = model.byte(at, block)?.value;
    if (last && last.block === block && last.kind === KINDS[kind] && last.value === value)
      ++last.size;
    else runs.push({block, kind: KINDS[kind], value, offset: at, size: 1});
    if (runs.length > 400) break;
  }
  return runs;
}
