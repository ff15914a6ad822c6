// What the library says: random op lists, and the logs and stories that it makes of them; and the
// page's own modules, to be held against it. For allocator.mjs; not a test itself.
import {spawnSync} from 'node:child_process';
import {strictEqual} from 'node:assert';
import {load} from './harness.mjs';

const [, , plays, source, tool] = process.argv;
export const page = await load(
  source,
  'ops.js',
  'story.js',
  'narrate.js',
  'timeline.js',
  'model.js',
  'fold.js',
  'words.js',
  'policies.js',
  'list_model.js',
);
const made = spawnSync(tool, ['html', '--ops', '+1'], {encoding: 'utf8'}).stdout;
/** The list of events. */
export const {kinds} = JSON.parse(made.match(/id="data">(.*?)<\/script>/s)[1]);

// ---- random op lists, small pools, so that much happens

export const PLAIN = {guards: 0, fill: false, poison: false, quarantine: 0, checkEvery: false};

const randomSize = (random) => ({
  capacity: random.from([64, 100, 256, 512, 1000, 2048, 5000]),
  align: random.from([1, 1, 8, 16, 16, 64]),
});

export function randomSettings(random) {
  return {
    ...randomSize(random),
    policy: random.from(page.POLICIES),
    guards: random.from([0, 0, 0, 8, 16, 3]),
    fill: random.below(4) === 0,
    poison: random.below(4) === 0,
    quarantine: random.from([0, 0, 0, 0, 48, 200]),
    checkEvery: random.below(8) === 0,
  };
}

function randomOp(random, capacity, made) {
  const index = random.below(made);
  const size = () =>
    random.from([
      random.below((capacity / 4) | 0),
      random.below(40),
      1 + random.below((capacity / 2) | 0),
      0,
      random.below(60) === 0 ? '18446744073709551615' : 16,
      random.below(60) === 0 ? 2 ** 53 : 24,
    ]);
  switch (made === 0 ? 0 : random.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return `+${size()}`;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
      return `-${index}`;
    case 10:
      return `~${index}:${size() || 1}`;
    case 11: {
      const far = random.below(6) === 0;
      const offset = far ? random.below(2 * capacity) - capacity : random.below(48) - 8;
      const count = random.from(['', '*3', `*${1 + random.below(24)}`]);
      return `!${index}:${offset}${count}=${random.from(['65', "'X'", '0xAB', '0xdd', '0'])}`;
    }
    case 12:
      return '?';
    default:
      return random.from(['@a note', '@with\\, a comma', '+1', '?']);
  }
}

export function randomList(random, capacity) {
  const ops = [];
  let made = 0;
  const length = random.below(150) === 0 ? 220 : 4 + random.below(40);
  for (let i = 0; i < length; ++i) {
    ops.push(randomOp(random, capacity, made));
    if (ops.at(-1)[0] === '+') ++made;
  }
  return ops.join(',');
}

/** Settings of list allocators: every policy, order and header, coalescing or not, `count` each. */
export function listSettings(random, count) {
  const all = [];
  for (const policy of page.LIST_POLICIES)
    for (const order of page.LIST_ORDERS)
      for (const coalesces of [true, false])
        for (const header of [0, 4, 9])
          for (let i = 0; i < count; ++i)
            all.push({...PLAIN, ...randomSize(random), policy, list: {order, coalesces, header}});
  return all;
}

export function setting(settings, ops) {
  const {capacity, align, policy, guards, fill, poison, quarantine, checkEvery, list} = settings;
  const model = list ? page.listModelText(list).replace(/ /g, ',') : 'pool';
  const watched = [guards, +fill, +poison, quarantine, +checkEvery];
  return [capacity, align, policy, ...watched, model, ops].join(' ');
}

// ---- what the library says

/** Of op lists, a setting() each. */
export const askLibrary = (lines) => ask([], lines.join('\n'));

/** Of so many programs that do what no op list can. */
export const askWild = (count) => ask(['1', String(count)], '');

function ask(options, input) {
  const done = spawnSync(plays, options, {input, maxBuffer: 2 ** 30, encoding: 'utf8'});
  strictEqual(done.status, 0, done.stderr);
  return readAnswers(done.stdout);
}

/** {events, stories} of each log. */
function readAnswers(text) {
  const answers = [];
  let answer = {events: [], stories: []};
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('{"mempool_log"')) continue;
    const said = JSON.parse(line);
    if (said.done) {
      answers.push(answer);
      answer = {events: [], stories: []};
    } else if (said.story !== undefined) answer.stories.push(said);
    else if (said.event !== 'end') answer.events.push(said);
  }
  return answers;
}

export function framesOf(events) {
  const frames = [];
  const model = new page.Model();
  let before = model.copy();
  for (let i = 0; i < events.length;) {
    const {call} = events[i];
    const first = i;
    for (; i < events.length && events[i].call === call; ++i)
      strictEqual(page.apply(model, events[i]), undefined, `call ${call}`);
    const after = model.copy();
    frames.push({before, events: events.slice(first, i), after, call});
    before = after;
  }
  return frames;
}

export const offsetsOf = (list) => list.map((block) => block.offset);
export const rowsOf = (model) =>
  model.blocks.map((each) => [page.nameOf(each), each.offset, each.size]);

export function bytesOf(model) {
  const bytes = [];
  for (let at = 0; at < Math.min(model.capacity, 512); ++at)
    bytes.push(model.byte(at)?.value.toString(16).padStart(2, '0') ?? '..');
  return bytes.join('');
}
