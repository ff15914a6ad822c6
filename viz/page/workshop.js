// Workshop: the op box. A list of operations, the pool that they run in, and what if one of them
// were another; the page's own allocators run it (allocator.js, list_allocator.js), and it is shown
// like any log.
import {button, make} from './dom.js';
import {LIST_ORDERS, MOST_HEADER} from './list_model.js';
import {MOST_BYTES, opText, opsText, parseOps, play} from './ops.js';
import {LIST_POLICIES, POLICIES} from './policies.js';
import {firstDifference} from './timeline.js';

export const DEFAULTS = {
  capacity: 1000,
  align: 1,
  policy: 'first',
  guards: 0,
  fill: false,
  poison: false,
  quarantine: 0,
  checkEvery: false,
  list: undefined, // a list allocator in the pool's place: {order, coalesces, header}
};
const LIST_DEFAULTS = {order: 'lifo', coalesces: true, header: 0};
const MOST_OPS = 20000;
const MOST_SMALL = 16 * 2 ** 20;

/** {ops, calls, events, settings, text}; throws an Error that says what is wrong. */
export function runOps(text, settings) {
  const ops = parseOps(text);
  if (ops.length > MOST_OPS) throw new Error(`a page runs at most ${MOST_OPS} operations`);
  if (settings.list && !LIST_POLICIES.includes(settings.policy))
    throw new Error('good fit walks no list; a list allocator has first, next, best and worst');
  if (!settings.list && settings.align < 8 && settings.capacity > MOST_SMALL)
    throw new Error('alignments under 8 are for pools up to 16 MiB');
  return {...play(ops, settings), ops, settings, text};
}

/** The list with an operation put in after call `call`. */
export function withInserted(run, call, addition) {
  const at = call === 0 ? 0 : (run.calls[call] ?? run.ops.length - 1) + 1;
  const texts = run.ops.map(opText);
  texts.splice(at, 0, addition);
  return renumbered(run, at, addition) ?? texts.join(',');
}

/** An allocation that comes in between takes a number: later ones move up by one. */
function renumbered(run, at, addition) {
  const added = parseOpsAfter(run, at, addition).filter((op) => op.act === 'alloc').length;
  if (added === 0) return undefined;
  const first = run.ops.slice(0, at).filter((op) => op.act === 'alloc').length;
  const shifted = run.ops
    .slice(at)
    .map((op) => (op.act !== 'alloc' && op.index >= first ? {...op, index: op.index + added} : op));
  return [opsText(run.ops.slice(0, at)), addition, opsText(shifted)].filter(Boolean).join(',');
}

function parseOpsAfter(run, at, addition) {
  const before = opsText(run.ops.slice(0, at));
  return parseOps(before === '' ? addition : `${before},${addition}`).slice(at);
}

/**
 * {differs, difference}: the first call that goes otherwise than in the run before, in words.
 * old, now: {run, timeline}. Operations are the same up to where one was put in, and after it.
 */
export function compareRuns(old, now) {
  if (!old.run) return {differs: undefined, difference: ''};
  const [before, after] = [old.run.ops, now.run.ops].map((ops) => ops.map(opText));
  let same = 0;
  while (same < before.length && before[same] === after[same]) ++same;
  const shift = after.length - before.length;
  const counterpart = (place) => {
    const at = now.run.calls[now.timeline.callAt(place)];
    if (at === undefined || (shift > 0 && at >= same && at < same + shift)) return undefined;
    const call = old.run.calls.indexOf(at < same ? at : at - shift);
    return call < 0 ? undefined : old.timeline.placeOf(call);
  };
  const found = firstDifference(old.timeline, now.timeline, counterpart);
  if (!found)
    return {differs: undefined, difference: 'No call that was there before goes otherwise.'};
  return {
    differs: found.place,
    difference:
      `Call ${now.timeline.callAt(found.place)} is the first that goes otherwise: ` +
      `${found.then || 'nothing'} before, ${found.here || 'nothing'} now.`,
  };
}

const number = (name, label, value, most) =>
  make(
    'label',
    {},
    `${label} `,
    make('input', {
      type: 'number',
      name,
      min: name === 'capacity' ? 1 : 0,
      max: most,
      value,
      'data-key': `field ${name}`,
    }),
  );

const choice = (name, label, value, values) =>
  make(
    'label',
    {},
    `${label} `,
    make(
      'select',
      {name, 'data-key': `field ${name}`},
      values.map((each) =>
        make('option', {value: each, selected: String(each) === String(value)}, String(each)),
      ),
    ),
  );

const tick = (name, label, value) =>
  make(
    'label',
    {class: 'tick'},
    make('input', {type: 'checkbox', name, checked: value, 'data-key': `field ${name}`}),
    ` ${label}`,
  );

/** What the form says. */
function formSettings(form) {
  const field = (name) => form.elements[name];
  const numberOf = (name, least, most) =>
    Math.max(least, Math.min(most, Math.floor(Number(field(name).value) || 0)));
  const common = {
    ...DEFAULTS,
    capacity: numberOf('capacity', 1, MOST_BYTES),
    align: Number(field('align').value),
    policy: field('policy').value,
  };
  if (field('model').value === 'list') {
    const [order, coalesces] = [field('order').value, field('coalesces').checked];
    return {...common, list: {order, coalesces, header: numberOf('header', 0, MOST_HEADER)}};
  }
  return {
    ...common,
    guards: numberOf('guards', 0, 4096),
    fill: field('fill').checked,
    poison: field('poison').checked,
    quarantine: numberOf('quarantine', 0, Infinity),
    checkEvery: field('checkEvery').checked,
  };
}

/** The fields of the pool or of the list allocator; those of the other are hidden. */
function modelFields(settings) {
  const list = settings.list ?? LIST_DEFAULTS;
  const ofPool = make(
    'span',
    {class: 'fields', hidden: settings.list !== undefined},
    number('guards', 'guards', settings.guards, 4096),
    number('quarantine', 'quarantine', settings.quarantine, MOST_BYTES),
    tick('fill', 'fill', settings.fill),
    tick('poison', 'poison', settings.poison),
    tick('checkEvery', 'check every call', settings.checkEvery),
  );
  const ofList = make(
    'span',
    {class: 'fields', hidden: settings.list === undefined},
    choice('order', 'free list', list.order, LIST_ORDERS),
    tick('coalesces', 'coalesce', list.coalesces),
    number('header', 'header', list.header, MOST_HEADER),
  );
  const model = choice('model', 'allocator', settings.list ? 'list' : 'pool', ['pool', 'list']);
  model.addEventListener('change', (event) => {
    const isList = event.target.value === 'list';
    ofPool.hidden = isList;
    ofList.hidden = !isList;
  });
  return [model, ofPool, ofList];
}

/** view: {run, why, call, live, run_, insert, share, reset, original, difference, problem} */
export function drawWorkshop(view) {
  const {run, why, problem} = view;
  const settings = {...DEFAULTS, ...run?.settings};
  const form = make(
    'form',
    {
      class: 'op-box',
      on: {
        submit: (event) => {
          event.preventDefault();
          view.start(form.elements.ops.value, formSettings(form));
        },
      },
    },
    make(
      'label',
      {class: 'ops'},
      make('span', {}, 'Operations'),
      make(
        'textarea',
        {
          name: 'ops',
          rows: 2,
          spellcheck: 'false',
          autocomplete: 'off',
          'data-key': 'field ops',
          'aria-describedby': 'ops-help',
        },
        run?.text ?? '+30,+20,+10,-1,+15',
      ),
    ),
    make(
      'div',
      {class: 'fields'},
      number('capacity', 'capacity', settings.capacity, MOST_BYTES),
      choice('align', 'alignment', settings.align, [1, 2, 4, 8, 16, 32, 64, 128, 256]),
      choice('policy', 'policy', settings.policy, POLICIES),
      ...modelFields(settings),
      make('button', {type: 'submit', class: 'strong', 'data-key': 'run'}, 'Run'),
      button('Share', view.share, {'data-key': 'share'}),
      view.original && button("Back to the page's own", view.reset, {'data-key': 'reset'}),
    ),
  );
  return [
    form,
    make(
      'p',
      {id: 'ops-help', class: 'quiet'},
      '+100 allocates, -1 frees #1 (numbered from 0), ' +
        '~1:200 reallocates, !1:100*3=65 writes 3 bytes, ? checks, @text notes. The page runs ' +
        'them with allocators of its own, which tell the same events as the library and its ' +
        'list allocator.',
    ),
    problem && make('p', {class: 'problem', role: 'alert'}, problem),
    why &&
      make(
        'p',
        {class: 'quiet'},
        `What-if is for op lists, and this log is none: ${why}. ` +
          'The box runs a list of its own.',
      ),
    run && whatIf(view),
    view.difference && make('p', {class: 'difference', role: 'status'}, '◆ ', view.difference),
    view.link &&
      make(
        'label',
        {class: 'link'},
        'Link ',
        make('input', {
          type: 'text',
          readonly: true,
          value: view.link,
          'data-key': 'link',
          on: {focus: (event) => event.target.select()},
        }),
      ),
  ].filter(Boolean);
}

function whatIf({call, live, insert}) {
  const box = make('input', {
    type: 'text',
    name: 'addition',
    'aria-label': 'Operation to put in here',
    placeholder: '+40',
    size: 8,
    autocomplete: 'off',
    spellcheck: 'false',
    'data-key': 'addition',
  });
  return make(
    'form',
    {
      class: 'what-if',
      on: {
        submit: (event) => {
          event.preventDefault();
          if (box.value.trim() !== '') insert(box.value.trim());
        },
      },
    },
    make('span', {}, `What if, after call ${call}, `),
    ...live
      .slice(0, 12)
      .map((index) =>
        button(`#${index} is freed`, () => insert(`-${index}`), {'data-key': `what-if ${index}`}),
      ),
    make('span', {}, live.length > 0 ? ' or ' : ''),
    box,
    make('button', {type: 'submit', 'data-key': 'insert'}, 'is done here'),
  );
}
