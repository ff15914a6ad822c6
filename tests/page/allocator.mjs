// The page's own allocator, fold and narration against the library, on random op lists: the same
// events, the same blocks, bytes and sums after every call, the same words.
//
//     node allocator.mjs PLAYS PAGE_SOURCE TOOL
import {spawnSync} from 'node:child_process';
import {deepStrictEqual, ok, strictEqual} from 'node:assert';
import {isDeepStrictEqual} from 'node:util';
import {check, load, randomizer, run} from './harness.mjs';

const [, , plays, source, tool] = process.argv;
const page = await load(
  source,
  'ops.js',
  'story.js',
  'narrate.js',
  'timeline.js',
  'model.js',
  'fold.js',
  'words.js',
  'policies.js',
);
const made = spawnSync(tool, ['html', '--ops', '+1'], {encoding: 'utf8'}).stdout;
const {kinds} = JSON.parse(made.match(/id="data">(.*?)<\/script>/s)[1]); // the list of events
const LISTS = 2500;
const WILD = 600;

// ---- random op lists, small pools, so that much happens

const POLICIES = ['first', 'next', 'best', 'worst', 'good'];

function randomSettings(random) {
  const align = random.from([1, 1, 8, 16, 16, 64]);
  return {
    capacity: random.from([64, 100, 256, 512, 1000, 2048, 5000]),
    align,
    policy: random.from(POLICIES),
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

function randomList(random, capacity) {
  const ops = [];
  let made = 0;
  const length = random.below(150) === 0 ? 220 : 4 + random.below(40);
  for (let i = 0; i < length; ++i) {
    ops.push(randomOp(random, capacity, made));
    if (ops.at(-1)[0] === '+') ++made;
  }
  return ops.join(',');
}

function setting({capacity, align, policy, guards, fill, poison, quarantine, checkEvery}, ops) {
  return [capacity, align, policy, guards, +fill, +poison, quarantine, +checkEvery, ops].join(' ');
}

// ---- what the library says

function askLibrary(lines) {
  const done = spawnSync(plays, {input: lines.join('\n'), maxBuffer: 2 ** 30, encoding: 'utf8'});
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

const random = randomizer(20240711);
const lists = Array.from({length: LISTS}, () => {
  const settings = randomSettings(random);
  return {settings, ops: randomList(random, settings.capacity)};
});
lists.push({
  settings: {
    capacity: 30000,
    align: 1,
    policy: 'first',
    guards: 0,
    fill: true,
    poison: false,
    quarantine: 0,
    checkEvery: false,
  },
  ops: '+12000,+9000,!0:0*5=65,+8,-1,?',
});
lists.push({settings: {...lists.at(-1).settings, capacity: 2048}, ops: `${'+1,'.repeat(140)}-3`});
let answers;
const library = () =>
  (answers ??= askLibrary(lists.map(({settings, ops}) => setting(settings, ops))));

function where(at, call) {
  return `${setting(lists[at].settings, lists[at].ops)}, call ${call}`;
}

check("the page's allocator tells the library's events, list by list, field by field", () => {
  for (const [at, answer] of library().entries()) {
    const {settings, ops} = lists[at];
    const played = page.play(page.parseOps(ops), settings).events;
    const count = Math.max(played.length, answer.events.length);
    for (let i = 0; i < count; ++i) {
      const {pool, ...wanted} = answer.events[i] ?? {};
      deepStrictEqual(played[i], wanted, where(at, wanted.call));
    }
  }
});

function framesOf(events) {
  const frames = [];
  let model = new page.Model();
  for (let i = 0; i < events.length;) {
    const {call} = events[i];
    const before = model.copy();
    const first = i;
    for (; i < events.length && events[i].call === call; ++i)
      strictEqual(page.apply(model, events[i]), undefined, `call ${call}`);
    frames.push({before, events: events.slice(first, i), after: model.copy(), call});
  }
  return frames;
}

const rowsOf = (model) => model.blocks.map((each) => [page.nameOf(each), each.offset, each.size]);

function bytesOf(model) {
  const bytes = [];
  for (let at = 0; at < Math.min(model.capacity, 512); ++at)
    bytes.push(model.byte(at)?.value.toString(16).padStart(2, '0') ?? '..');
  return bytes.join('');
}

check("the page folds events to the tool's blocks, names, bytes and sums", () => {
  for (const [at, answer] of library().entries())
    for (const [i, frame] of framesOf(answer.events).entries()) {
      const wanted = answer.stories[i];
      deepStrictEqual(rowsOf(frame.after), wanted.blocks, where(at, frame.call));
      if (at % 4 === 0) strictEqual(bytesOf(frame.after), wanted.bytes, where(at, frame.call));
      deepStrictEqual(
        [page.sumOfBytes(frame.after), page.sumOfFragmentation(frame.after)],
        wanted.sums,
        where(at, frame.call),
      );
    }
});

check("the page tells every call in the tool's words, with its look trail and its marks", () => {
  for (const [at, answer] of library().entries())
    for (const [i, frame] of framesOf(answer.events).entries()) {
      const wanted = answer.stories[i];
      const story = page.tell(frame, frame.call % 2 === 0 ? 'dec' : 'hex', kinds);
      strictEqual(story.title, wanted.title, where(at, frame.call));
      deepStrictEqual(story.sentences, wanted.sentences, where(at, frame.call));
      const trail = story.trail.map(({number, offset, size, ordinal, shortfall, verdict}) => [
        number,
        offset,
        size,
        ordinal,
        wanted.trail.length === 0 ? 0 : shortfall,
        verdict,
      ]);
      if (!wanted.trail.some((look) => look[4] > Number.MAX_SAFE_INTEGER))
        deepStrictEqual(trail, wanted.trail, where(at, frame.call));
      const changes = [...story.changes]
        .sort(([a], [b]) => a - b)
        .map(([offset, {mark, wasSize, parts}]) => [offset, mark, wasSize, parts]);
      deepStrictEqual(changes, wanted.changes, where(at, frame.call));
    }
});

check('the page folds and tells logs of programs that do what no op list can', () => {
  const done = spawnSync(plays, ['1', String(WILD)], {maxBuffer: 2 ** 30, encoding: 'utf8'});
  strictEqual(done.status, 0, done.stderr);
  const seen = new Set();
  for (const [at, answer] of readAnswers(done.stdout).entries())
    for (const [i, frame] of framesOf(answer.events).entries()) {
      const wanted = answer.stories[i];
      const what = `wild program ${at + 1}, call ${frame.call}`;
      for (const event of frame.events) seen.add(event.event);
      const story = page.tell(frame, frame.call % 2 === 0 ? 'dec' : 'hex', kinds);
      strictEqual(story.title, wanted.title, what);
      deepStrictEqual(story.sentences, wanted.sentences, what);
      deepStrictEqual(
        frame.events.map((event) => page.narrate(event, kinds)),
        wanted.said,
        what,
      );
      deepStrictEqual(rowsOf(frame.after), wanted.blocks, what);
      strictEqual(bytesOf(frame.after), wanted.bytes, what);
    }
  for (const kind of ['snapshot', 'block', 'guards', 'reset', 'site', 'misuse', 'release', 'bytes'])
    ok(seen.has(kind), kind);
});

check('a log that is an op list gives its operations back, and they the same log', () => {
  let back = 0;
  for (const [at, answer] of library().entries()) {
    const {ops, settings, why} = page.opsOfLog(answer.events);
    if (why) continue;
    const again = page.play(page.parseOps(page.opsText(ops)), settings).events;
    deepStrictEqual(
      again,
      answer.events.map(({pool, ...event}) => event),
      where(at, 0),
    );
    ++back;
  }
  ok(back > LISTS * 0.9, `${back} of ${LISTS} lists come back`);
});

check('random lists reach every kind of event that an op list can tell', () => {
  const seen = new Set(library().flatMap(({events}) => events.map((event) => event.event)));
  for (const kind of [
    'create',
    'alloc',
    'alloc_fail',
    'split',
    'free',
    'coalesce',
    'resize',
    'guard_write',
    'guard_check',
    'misuse',
    'slab',
    'check',
    'bytes',
    'note',
    'leak',
    'destroy',
    'poison_check',
    'quarantine',
    'release',
  ])
    ok(seen.has(kind), kind);
});

check(
  'going back shows the pool as it was: any call, in any order, is what going there gives',
  () => {
    const chance = randomizer(11);
    for (const extra of [{fill: true}, {poison: true, quarantine: 300}, {guards: 8}]) {
      const ops = Array.from({length: 120}, () => randomList(chance, 2000)).map((list, i, lists) =>
        shifted(list, lists.slice(0, i)),
      );
      const {events} = page.play(page.parseOps(ops.join(',')), {
        ...randomSettings(chance),
        capacity: 2000,
        ...extra,
      });
      const timeline = new page.Timeline(events);
      const seen = (frame) =>
        JSON.stringify([
          rowsOf(frame.after),
          bytesOf(frame.after),
          page.sumOfBytes(frame.before),
          page.tell(frame, 'dec', kinds).sentences,
        ]);
      const forwards = framesOf(events).map(seen);
      ok(timeline.keyframes.length > 3, `${timeline.keyframes.length} keyframes`);
      for (let i = 0; i < 300; ++i) {
        const place = chance.below(timeline.length);
        strictEqual(seen(timeline.frame(place)), forwards[place], `call ${place}`);
      }
    }
  },
);

/** A list that follows others: its allocations are numbered on. */
function shifted(list, before) {
  const made = before.flatMap((each) => page.parseOps(each)).filter(({act}) => act === 'alloc');
  return page.opsText(
    page
      .parseOps(list)
      .map((op) =>
        op.index === undefined || op.act === 'alloc' ? op : {...op, index: op.index + made.length},
      ),
  );
}

check('a log that tells nonsense is folded and told without an exception', () => {
  const chance = randomizer(7);
  const values = [0, 1, 7, 64, 1000, 2 ** 32, 2 ** 52, 2 ** 53 - 1];
  const mutated = (events) =>
    events
      .filter(() => chance.below(20) !== 0)
      .map((event) => {
        const names = Object.keys(event).filter((name) => typeof event[name] === 'number');
        const name = chance.from(names);
        const kept = chance.below(4) !== 0 || name === 'seq' || name === 'call';
        return kept ? event : {...event, [name]: chance.from(values)};
      });
  let faults = 0;
  for (const {events} of library().slice(0, 400)) {
    const timeline = new page.Timeline(mutated(events));
    for (let place = 0; place < timeline.length; ++place) {
      const frame = timeline.frame(place);
      page.tell(frame, 'dec', kinds);
      page.sumOfFragmentation(frame.after);
    }
    faults += timeline.faults;
    page.opsOfLog(mutated(events));
  }
  ok(faults > 400, `${faults} events do not fit`);
});

check('an op list that is wrong is refused with the operation and the reason', () => {
  const refusals = {
    '': /empty/,
    '+': /size is expected/,
    '+1,,': /operation/,
    '-0': /no allocation 0/,
    '+1,~0:0': /at least 1/,
    '+1 +2,': /last comma/,
    '+1x': /comma is expected/,
    '+1,!0:1=256': /0 to 255/,
    '*3': /starts with one of/,
  };
  for (const [list, says] of Object.entries(refusals)) {
    let said = '';
    try {
      page.parseOps(list);
    } catch (error) {
      said = error.message;
    }
    ok(says.test(said), `${list}: ${said}`);
  }
});

check('a fault planted in a policy, the split or the coalescing is seen by the comparison', () => {
  const some = library().slice(0, 300);
  const differs = (plant) =>
    some.some((answer, at) => {
      const {settings, ops} = lists[at];
      return !isDeepStrictEqual(
        page.play(page.parseOps(ops), {...settings, ...plant}).events,
        answer.events.map(({pool, ...event}) => event),
      );
    });
  ok(!differs({}), 'without a fault nothing differs');
  const other = {first: 'next', next: 'first', best: 'first', worst: 'best', good: 'worst'};
  for (const policy of POLICIES)
    ok(
      some.some((answer, at) => {
        const {settings, ops} = lists[at];
        if (settings.policy !== policy) return false;
        const events = page.play(page.parseOps(ops), {...settings, policy: other[policy]}).events;
        return events.some((event, i) => i > 0 && event.offset !== answer.events[i]?.offset);
      }),
      `${policy} fit is told from ${other[policy]} fit`,
    );
  ok(differs({guards: 1}), 'guards');
  ok(differs({split() {}}), 'split');
  ok(
    differs({
      coalesce(block) {
        this.blocks[this.blocks.indexOf(block)] = {
          offset: block.offset,
          size: block.size,
          used: false,
        };
      },
    }),
    'coalesce',
  );
});

await run();
