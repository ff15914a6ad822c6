// Ops: op lists, as the tool takes them: +size allocates, -i frees, ~i:size reallocates,
// !i:offset*count=byte writes, ? checks, @text notes.
//
//     text --parseOps--> operations --play--> calls on a pool --> events
//                    <--opText--     <--opsOfEvents-- (a recorded log, if it can be one)
import {ListPool} from './list_allocator.js';
import {readListModel} from './list_model.js';
import {LIST_POLICIES} from './policies.js';
import {WatchfulPool} from './watchful.js';

export const MOST_BYTES = 2 ** 26; // of a region that the page makes

/** Operations of a list; throws an Error that says which one is wrong, and why. */
export function parseOps(text) {
  const ops = [];
  let allocations = 0;
  for (let rest = text.trimStart(), position = 1; rest !== ''; ++position) {
    const {op, length, why} = parseOne(rest, allocations);
    if (why) {
      const shown = rest.match(/^.[^,\s]*/s)[0];
      throw new Error(`op ${position}, '${shown.slice(0, 24)}': ${why}`);
    }
    if (op.act === 'alloc') op.index = allocations++;
    ops.push(op);
    rest = afterOp(rest.slice(length), position);
  }
  if (ops.length === 0) throw new Error('the op list is empty: +size allocates, -i frees #i');
  return ops;
}

function afterOp(rest, position) {
  const [separator] = rest.match(/^\s*,?\s*/);
  if (separator === '' && rest !== '')
    throw new Error(`op ${position}: a comma is expected after the operation`);
  if (separator.includes(',') && rest.length === separator.length)
    throw new Error(`op ${position + 1}: an operation is expected after the last comma`);
  return rest.slice(separator.length);
}

const NUMBER = '0[xX][0-9a-fA-F]+|[0-9]+';
const FORMS = {
  '+': [
    `^\\+(${NUMBER})`,
    (m) => ({act: 'alloc', size: sizeOf(m[1])}),
    "a size is expected after '+'",
  ],
  '-': [
    `^-(${NUMBER})`,
    (m) => ({act: 'free', index: Number(m[1])}),
    "the number of an allocation is expected after '-'",
  ],
  '~': [
    `^~(${NUMBER}):(${NUMBER})`,
    (m) => ({act: 'realloc', index: Number(m[1]), size: sizeOf(m[2])}),
    'a number, a colon and a size are expected, as in ~0:200',
  ],
  '!': [
    `^!(${NUMBER}):(-?)(${NUMBER})(?:\\*(${NUMBER}))?=(?:'([\\x20-\\x7E])'|(${NUMBER}))`,
    (m) => ({
      act: 'write',
      index: Number(m[1]),
      offset: Number(m[3]) * (m[2] ? -1 : 1),
      count: m[4] === undefined ? 1 : Number(m[4]),
      byte: m[5] === undefined ? Number(m[6]) : m[5].charCodeAt(0),
    }),
    "an offset and a byte are expected, as in !0:16='X'",
  ],
  '?': ['^\\?', () => ({act: 'check'}), ''],
  '@': [
    '^@((?:\\\\[,\\\\]|[^,])+)',
    (m) => ({act: 'note', text: m[1].replace(/\s+$/, '').replace(/\\([,\\])/g, '$1')}),
    "a text is expected after '@'",
  ],
};

function parseOne(rest, allocations) {
  const form = FORMS[rest[0]];
  if (!form) return {why: 'an operation starts with one of + - ~ ! ? @'};
  const match = rest.match(new RegExp(form[0]));
  if (!match) return {why: form[2]};
  const op = form[1](match);
  return {op, length: match[0].length, why: whyNot(op, allocations)};
}

function whyNot(op, allocations) {
  if (op.index !== undefined && op.index >= allocations)
    return (
      `there is no allocation ${op.index} yet` +
      (allocations === 0 ? '' : `: those before it are 0 to ${allocations - 1}`)
    );
  if (op.act === 'realloc' && op.size === 0) return 'the size must be at least 1';
  if (op.act === 'note' && op.text === '') return FORMS['@'][2];
  if (op.act !== 'write') return '';
  if (op.count === 0) return 'the count must be at least 1';
  return op.byte > 255 ? 'a byte is expected: 0 to 255' : '';
}

/** A size that numbers do not count exactly stays decimal text. */
function sizeOf(digits) {
  const exact = BigInt(digits);
  return exact > Number.MAX_SAFE_INTEGER ? String(exact) : Number(exact);
}

export function opText(op) {
  switch (op.act) {
    case 'alloc':
      return `+${op.size}`;
    case 'free':
      return `-${op.index}`;
    case 'realloc':
      return `~${op.index}:${op.size}`;
    case 'check':
      return '?';
    case 'note':
      return `@${op.text.replace(/[,\\]/g, '\\$&')}`;
    default: {
      const count = op.count === 1 ? '' : `*${op.count}`;
      return `!${op.index}:${op.offset}${count}=${op.byte}`;
    }
  }
}

export function opsText(ops) {
  return ops.map(opText).join(',');
}

/**
 * Carries the operations out on a pool of its own and returns {events, calls}: calls[k] is the
 * operation that call k is. What an allocation that failed would need is skipped, as the tool does.
 */
export function play(ops, settings) {
  const events = [];
  const pool = new (settings.list ? ListPool : WatchfulPool)(settings, (event) => {
    events.push({seq: events.length + 1, ...event});
  });
  const pointers = [];
  const calls = [undefined];
  for (const [at, op] of ops.entries()) {
    if (op.index !== undefined && op.act !== 'alloc' && pointers[op.index] === undefined) continue;
    calls.push(at);
    carryOut(pool, op, pointers);
  }
  pool.destroy();
  return {events, calls, capacity: pool.capacity};
}

function carryOut(pool, op, pointers) {
  const pointer = pointers[op.index];
  switch (op.act) {
    case 'alloc':
      pointers[op.index] = pool.alloc(op.size);
      return;
    case 'free':
      pool.free(pointer);
      return;
    case 'realloc':
      pointers[op.index] = pool.realloc(pointer, op.size) ?? pointer;
      return;
    case 'check':
      pool.check();
      return;
    case 'note':
      pool.note(op.text);
      return;
    default:
      write(pool, op, pointer);
  }
}

/** Of a write, what lies inside of the region is made. */
function write(pool, op, pointer) {
  const {index, byte, count: wanted} = op;
  const begin = Math.max(0, pointer + op.offset);
  const end = Math.max(begin, Math.min(pool.capacity, pointer + op.offset + wanted));
  const count = end - begin;
  const value = byte.toString(16).toUpperCase().padStart(2, '0');
  let text = `${count} x 0x${value} written through #${index} at byte ${op.offset}`;
  if (count !== wanted) text += `; ${wanted - count} more would lie outside of the region`;
  pool.write(begin, count, byte, text);
}

// ---- from events back to operations

/**
 * {ops, settings} of a log that an op list can make again, or {why} it cannot. It needs the whole
 * life of a pool; what comes back has been run, and told the same events.
 */
export function opsOfLog(events) {
  if (events[0]?.event !== 'create')
    return {why: "the log does not begin with the pool's creation"};
  const settings = settingsOf(events);
  if (events[0].model !== undefined && !settings.list)
    return {why: 'its pool is of a kind that is not known here'};
  if (!isPossible(settings)) return {why: 'its pool is not one that the page can make'};
  const {ops, why} = opsOfCalls(groupCalls(events));
  if (why) return {why};
  const again = play(ops, settings).events;
  const told = events.filter(({event}) => !ABOUT_THE_CALLER.has(event));
  const odd = told.findIndex((event, i) => !sameEvent(event, again[i]));
  if (odd >= 0) return {why: `call ${told[odd].call} cannot be made again by an operation`};
  return {ops, settings};
}

/** What a log says of its pool. A look at everything in the first call is one in every call. */
export function settingsOf(events) {
  const {capacity, align, policy, guards, fill, poison, quarantine, model} = events[0];
  const first = events.filter(({call}) => call === 1);
  const looks = first.some(({event}) => event === 'check') && first.length > 1;
  return {
    capacity,
    align,
    policy,
    guards,
    fill: Boolean(fill),
    poison: Boolean(poison),
    quarantine: quarantine ?? 0,
    checkEvery: looks,
    list: readListModel(model),
  };
}

function isPossible({capacity, align, policy, guards, list}) {
  const aligned = Number.isInteger(Math.log2(align)) && align <= 4096;
  const walked = !list || LIST_POLICIES.includes(policy);
  return aligned && walked && capacity > 0 && capacity <= MOST_BYTES && guards <= 4096;
}

// What an op list does not know: who called, and that the log is over.
const ABOUT_THE_CALLER = new Set(['end', 'site', 'recorded']);
const NOT_COMPARED = new Set(['seq', 'pool', 'base', 'name', 'time', 'capture']);

function sameEvent(a, b) {
  if (!b) return a.event === 'destroy' || a.event === 'leak';
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => NOT_COMPARED.has(name) || a[name] === b[name]);
}

function groupCalls(events) {
  const calls = [];
  for (const event of events) {
    if (calls.at(-1)?.[0].call === event.call) calls.at(-1).push(event);
    else calls.push([event]);
  }
  return calls;
}

function opsOfCalls(calls) {
  const ops = [];
  const known = {names: new Map(), pointers: []}; // number -> index; index -> payload
  for (const call of calls) {
    const op = opOfCall(call, known);
    if (typeof op === 'string') return {why: `call ${call[0].call} ${op}`};
    if (!op) continue;
    if ('index' in op && op.index === undefined)
      return {why: `call ${call[0].call} names a block that was never asked for`};
    const took = call.find(({event}) => event.startsWith('alloc'));
    if (op.act === 'alloc') {
      op.index = known.pointers.length;
      known.names.set(took.block, op.index);
      known.pointers.push(took.payload);
    } else if (took?.payload !== undefined) {
      known.pointers[op.index] = took.payload;
    }
    ops.push(op);
  }
  return ops.length === 0 ? {why: 'the log makes no calls'} : {ops};
}

const PASSED_OVER = new Set(['create', 'destroy', 'end']);
const NO_OPERATION = {
  guards: 'changes the guards, and no operation does that',
  reset: 'resets the pool, and no operation does that',
  snapshot: 'is a snapshot: what was before it is not told',
  dropped: 'is missing from the log',
};

/** One call's operation; undefined for none, a text for why there cannot be one. */
function opOfCall(call, {names, pointers}) {
  const find = (kind) => call.find((event) => event.event === kind);
  for (const event of call) if (NO_OPERATION[event.event]) return NO_OPERATION[event.event];
  const took = find('alloc') ?? find('alloc_fail');
  const gave = find('free') ?? find('quarantine');
  if (took?.alignment !== undefined) return 'asks for an alignment, and no operation does that';
  const resized = find('resize') ?? (took && names.has(took.block) ? took : undefined);
  if (resized) return {act: 'realloc', index: names.get(resized.block), size: resized.requested};
  if (took) return {act: 'alloc', size: took.requested};
  if (gave) return {act: 'free', index: names.get(gave.block)};
  if (find('misuse')) return misuseOp(find('misuse'), pointers);
  if (find('note')) return noteOp(find('note'));
  if (call.some((event) => PASSED_OVER.has(event.event))) return undefined;
  return find('check') ? {act: 'check'} : 'is none that an operation makes';
}

/** Any pointer to that place will do: the pool compares pointers, not histories. */
function misuseOp({kind, offset}, pointers) {
  const index = offset === undefined ? -1 : pointers.indexOf(offset);
  return index < 0
    ? `is misuse (${kind}) by a pointer that the log does not tell`
    : {act: 'free', index};
}

const WRITTEN =
  /^(\d+) x 0x([0-9A-F]{2}) written through #(\d+) at byte (-?\d+)(?:; (\d+) more .*)?$/;

/** The note of a write says what was written, so that it can be written again. */
function noteOp({text = '', file}) {
  const said = text.match(WRITTEN);
  if (text === '' || file !== undefined) return 'is a note that an op list cannot make';
  if (!said) return {act: 'note', text};
  const [count, index, offset, more] = [said[1], said[3], said[4], said[5] ?? 0].map(Number);
  return {act: 'write', index, offset, count: count + more, byte: parseInt(said[2], 16)};
}
