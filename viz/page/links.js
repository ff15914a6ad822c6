// Links: what stands behind the # of the page's address, so that a moment, a list of operations or
// a question can be shared. '#call=42&block=17', '#cap=100&align=1&ops=+30,+20,-0',
// '#cap=100&model=list&order=lifo&coalesce=off&header=4&ops=+30,+20,-0'.
import {LIST_ORDERS, MOST_HEADER} from './list_model.js';
import {MOST_BYTES} from './ops.js';
import {POLICIES} from './policies.js';

const whole = (text, most) => {
  const number = /^\d+$/.test(text ?? '') ? Number(text) : NaN;
  return number <= most ? number : undefined;
};

/** {call, block, view, diff, event, quiz, run: {ops, settings}} as far as the fragment says. */
export function readLink(fragment) {
  const said = new Map();
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const [name, ...rest] = part.split('=');
    try {
      said.set(name, decodeURIComponent(rest.join('=')));
    } catch {
      said.set(name, rest.join('='));
    }
  }
  const link = {
    call: whole(said.get('call'), Number.MAX_SAFE_INTEGER),
    event: whole(said.get('event'), 100000),
    diff: whole(said.get('diff'), Number.MAX_SAFE_INTEGER),
    block: /^([#f]?\d+q?)$/.test(said.get('block') ?? '') ? said.get('block') : undefined,
    view: ['strip', 'dump', 'carpet'].includes(said.get('view')) ? said.get('view') : undefined,
    quiz: said.get('quiz') === '1',
    offsets: said.get('offsets') === 'hex' ? 'hex' : undefined,
  };
  if (/^\d/.test(link.block ?? '')) link.block = `#${link.block}`;
  if (said.has('ops')) link.run = {ops: said.get('ops'), settings: settingsOf(said)};
  return link;
}

function settingsOf(said) {
  const align = whole(said.get('align'), 4096) ?? 16;
  return {
    capacity: whole(said.get('cap'), MOST_BYTES) ?? 1024,
    align: Number.isInteger(Math.log2(align)) ? align : 16,
    policy: POLICIES.includes(said.get('policy')) ? said.get('policy') : 'first',
    guards: whole(said.get('guards'), 4096) ?? 0,
    fill: said.get('fill') === '1',
    poison: said.get('poison') === '1',
    quarantine: whole(said.get('quarantine'), MOST_BYTES) ?? 0,
    checkEvery: said.get('check') === 'every',
    list: listOf(said),
  };
}

/** A list allocator is asked for by name, or by any of its options. */
function listOf(said) {
  const asked = ['order', 'coalesce', 'header'].some((name) => said.has(name));
  if (said.get('model') !== 'list' && (said.has('model') || !asked)) return undefined;
  return {
    order: LIST_ORDERS.includes(said.get('order')) ? said.get('order') : 'address',
    coalesces: said.get('coalesce') !== 'off',
    header: whole(said.get('header'), MOST_HEADER) ?? 0,
  };
}

/** Commas and signs may stand as they are; the rest is escaped. */
const escape = (text) =>
  encodeURIComponent(text)
    .replace(/%2C/g, ',')
    .replace(/%2B/g, '+')
    .replace(/%3A/g, ':')
    .replace(/%3D/g, '=')
    .replace(/%40/g, '@')
    .replace(/%3F/g, '?');

function listParts({order, coalesces, header}) {
  const parts = ['model=list'];
  if (order !== 'address') parts.push(`order=${escape(order)}`);
  if (!coalesces) parts.push('coalesce=off');
  if (header) parts.push(`header=${header}`);
  return parts;
}

/** The fragment that leads back to this moment. */
export function writeLink({call, block, view, event, run, hex}) {
  const parts = [];
  if (run) {
    const {capacity, align, policy, guards, fill, poison, quarantine, checkEvery, list} =
      run.settings;
    parts.push(`cap=${capacity}`, `align=${align}`);
    if (policy !== 'first') parts.push(`policy=${policy}`);
    if (guards) parts.push(`guards=${guards}`);
    if (fill) parts.push('fill=1');
    if (poison) parts.push('poison=1');
    if (quarantine) parts.push(`quarantine=${quarantine}`);
    if (checkEvery) parts.push('check=every');
    if (list) parts.push(...listParts(list));
    parts.push(`ops=${escape(run.ops)}`);
  }
  parts.push(`call=${call}`);
  if (event !== undefined) parts.push(`event=${event}`);
  if (block) parts.push(`block=${block.replace('#', '')}`);
  if (view && view !== 'strip') parts.push(`view=${view}`);
  if (hex) parts.push('offsets=hex');
  return `#${parts.join('&')}`;
}
