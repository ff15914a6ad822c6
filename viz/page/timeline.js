// Timeline: all calls of a pool, and the pool at any of them. Events are folded forwards; to go
// back there are keyframes, and the fold goes on from the nearest one.
//
//     rows of the page --decode--> events --Timeline--> frame(call), figures of every call
import {apply} from './fold.js';
import {readListModel} from './list_model.js';
import {Model, lives} from './model.js';

const BETWEEN_KEYFRAMES = 512;

/** Numbers that are too large to count with are text; what cannot be had is told exactly. */
function valueOf(value, type, event) {
  if (type === 'FLAG' || type === 'MARK') return value === 1;
  const number = (type === 'U64' || type === 'OPT') && event !== 'alloc_fail';
  return number ? Number(value) : value;
}

/** The page's rows as events. data: {kinds, events, resume}, as the tool wrote them. */
export function decode({kinds, events: rows}) {
  const byCode = new Map(Object.entries(kinds).map(([name, kind]) => [kind.code, [name, kind]]));
  const events = [];
  let seq = 0;
  for (const [code, call, ...values] of rows) {
    if (code === 0) {
      seq = call - 1;
      continue;
    }
    const [name, kind] = byCode.get(code);
    const event = {seq: ++seq, call, event: name};
    for (const [i, [field, type]] of kind.fields.entries())
      if (values[i] !== undefined && values[i] !== null)
        event[field] = valueOf(values[i], type, name);
    events.push(event);
  }
  return events;
}

export class Timeline {
  /** resume: what the snapshot that a window begins with does not tell. */
  constructor(events, resume = null) {
    this.events = events.filter((event) => event.event !== 'end');
    this.resume = resume;
    this.starts = []; // index of each call's first event
    this.events.forEach((event, i) => {
      if (i === 0 || this.events[i - 1].call !== event.call) this.starts.push(i);
    });
    this.first = this.events[0]?.call ?? 0;
    this.last = this.events.at(-1)?.call ?? 0;
    this.places = new Map(this.starts.map((start, place) => [this.events[start].call, place]));
    this.keyframes = []; // {place, model}: the pool before the call at that place
    this.faults = 0;
    this.survey();
  }

  get length() {
    return this.starts.length;
  }

  callAt(place) {
    return this.events[this.starts[place]].call;
  }

  /** The place of a call among the calls that are there: the nearest one. */
  placeOf(call) {
    const place = this.places.get(call);
    if (place !== undefined) return place;
    return call < this.first ? 0 : this.length - 1;
  }

  eventsOf(place) {
    return this.events.slice(this.starts[place], this.starts[place + 1]);
  }

  apply(model, event) {
    if (apply(model, event) !== undefined) ++this.faults;
    if (this.resume && event.event === 'block') this.takeUp(model);
  }

  /** After the blocks of a snapshot: numbers and counts go on where they were. */
  takeUp(model) {
    const {freeNumbers, listed, model: kind, cursor, nextFree, ...counts} = this.resume;
    if (model.freeBlocks !== freeNumbers.length || model.nextFreeNumber > nextFree + 1) return;
    const last = model.blocks.at(-1);
    if (last.offset + last.size !== model.capacity) return;
    let next = -1;
    model.blocks = model.blocks.map((block) =>
      block.used ? block : {...block, number: freeNumbers[++next], listed: listed[next]},
    );
    const {peak: peakPayload, ...others} = counts;
    Object.assign(model, {
      model: kind,
      list: readListModel(kind),
      cursor,
      nextFreeNumber: nextFree,
      peakPayload,
      ...others,
    });
  }

  /** One pass over everything: keyframes, and what curve and lists show of every call. */
  survey() {
    const model = new Model();
    this.figures = [];
    let since = Infinity;
    let reached = 0;
    for (let place = 0; place < this.length; ++place) {
      const end = this.starts[place + 1] ?? this.events.length;
      const enough = Math.max(BETWEEN_KEYFRAMES, 4 * model.blocks.length);
      if (since >= enough) {
        this.keyframes.push({place, model: model.copy()});
        since = 0;
      }
      since += end - this.starts[place];
      const damagedBefore = model.damagedPlaces;
      for (let i = this.starts[place]; i < end; ++i) this.apply(model, this.events[i]);
      this.figures.push(this.figureOf(model, place, model.damagedPlaces > damagedBefore));
      const last = model.blocks.at(-1);
      if (last) reached = Math.max(reached, last.used ? model.capacity : last.offset);
    }
    this.reached = reached; // no block ever lay beyond it
    this.capacity = model.capacity;
  }

  figureOf(model, place, newDamage) {
    const flags = new Set(this.eventsOf(place).map((event) => event.event));
    const damaged = newDamage || this.eventsOf(place).some((event) => event.damaged > 0);
    return {
      free: model.freeBytes,
      largest: model.largestFree(),
      used: model.usedBytes,
      failed: flags.has('alloc_fail'),
      misused: flags.has('misuse'),
      damaged,
    };
  }

  /** The pool before the call at this place. */
  before(place) {
    const near = this.held && this.held.place <= place ? this.held : undefined;
    const keyframe = this.keyframes.findLast((each) => each.place <= place);
    const from = near && near.place >= keyframe.place ? near : keyframe;
    const model = from.model.copy();
    const end = this.starts[place] ?? this.events.length;
    for (let i = this.starts[from.place]; i < end; ++i) this.applyQuietly(model, this.events[i]);
    this.held = {place, model};
    return model.copy();
  }

  applyQuietly(model, event) {
    const {faults} = this;
    this.apply(model, event);
    this.faults = faults;
  }

  /** The call at this place, or its first `upto` events only: {before, events, after, call}. */
  frame(place, upto = Infinity) {
    const before = this.before(place);
    const all = this.eventsOf(place);
    const events = all.slice(0, upto);
    const after = before.copy();
    for (const event of events) this.applyQuietly(after, event);
    return {before, events, after, call: this.callAt(place), all};
  }
}

// ---- one call in a few words, for lists; from its events alone

export function labelOf(events) {
  const find = (kind) => events.find((event) => event.event === kind);
  const [took, failed, gave, resized] = ['alloc', 'alloc_fail', 'free', 'resize'].map(find);
  const waits = find('quarantine');
  if (find('create')) return `create ${find('create').capacity} B`;
  if (find('snapshot')) return 'the pool as it was';
  if (took && (gave || waits)) return `realloc #${took.block} to ${took.requested} B: moves`;
  if (took) return `alloc ${took.requested} B: #${took.block}`;
  if (resized) return `realloc #${resized.block} to ${resized.requested} B`;
  if (failed) return `alloc ${failed.requested} B: #${failed.block} fails`;
  if (gave) return `free #${gave.block}`;
  if (waits) return `free #${waits.block}: waits`;
  if (find('misuse')) return `misuse: ${find('misuse').kind.replace(/_/g, ' ')}`;
  if (find('note')) return `note: ${find('note').text ?? ''}`;
  if (find('destroy')) return 'destroy';
  if (find('check')) return 'check';
  return events[0].event.replace(/_/g, ' ');
}

/** What was found wrong in a call: '✗' damage, '!' failure or misuse, '' nothing. */
export function signOf({damaged, failed, misused}) {
  return damaged ? '✗' : failed || misused ? '!' : '';
}

// ---- searching

const COMPARE = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
};

/** Places of the calls that a query means: "alloc >= 64", "#9", "fail", "guard", any word. */
export function findCalls(timeline, query) {
  const matches = matcherOf(query.trim().toLowerCase());
  const hits = [];
  for (let place = 0; place < timeline.length; ++place)
    if (matches(timeline.eventsOf(place), timeline.figures[place])) hits.push(place);
  return hits;
}

function matcherOf(query) {
  const sized = query.match(/^(alloc|free|realloc|fail)\s*(>=|<=|>|<|=)\s*(\d+)$/);
  if (sized) {
    const [, kind, sign, text] = sized;
    const sizeIn = {
      alloc: ['alloc', 'requested'],
      free: ['free', 'size'],
      realloc: ['resize', 'requested'],
      fail: ['alloc_fail', 'requested'],
    }[kind];
    return (events) =>
      events.some(
        (event) =>
          event.event === sizeIn[0] && COMPARE[sign](Number(event[sizeIn[1]]), Number(text)),
      );
  }
  const numbered = query.match(/^#(\d+)$/);
  if (numbered) return (events) => events.some((event) => event.block === Number(numbered[1]));
  if (query === '') return () => false;
  if (query === 'fail') return (_, figure) => figure.failed;
  if (query === 'guard' || query === 'damage') return (_, figure) => figure.damaged;
  return (events) =>
    events.some((event) => event.event.includes(query)) ||
    labelOf(events).toLowerCase().includes(query);
}

// ---- two runs side by side

/** What a call came to, if it is one that places a block. */
function outcomeOf(events) {
  const event = events.find(({event: kind}) => ['alloc', 'alloc_fail', 'resize'].includes(kind));
  if (!event) return '';
  return event.event === 'alloc_fail' ? 'fails' : `at ${event.payload ?? event.offset}`;
}

/**
 * The first call of `now` that goes otherwise than its counterpart in `was`; undefined: none does.
 * counterpart(place) is that call's place in `was`, undefined if it has none.
 */
export function firstDifference(was, now, counterpart) {
  for (let place = 0; place < now.length; ++place) {
    const old = counterpart(place);
    if (old === undefined || old >= was.length) continue;
    const [then, here] = [outcomeOf(was.eventsOf(old)), outcomeOf(now.eventsOf(place))];
    if (then !== here) return {place, then, here};
  }
  return undefined;
}

/** What is where a column of the carpet shows it. */
export function stateAt(block) {
  if (!block.used) return 'free';
  if (!lives(block)) return 'waits';
  return block.front.damaged || block.back.damaged ? 'damaged' : 'used';
}
