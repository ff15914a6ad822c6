// The page's own allocators, fold and narration against the library and the classroom's list
// allocator, on random op lists: the same events, the same blocks, bytes and sums after every call,
// the same words.
//
//     node allocator.mjs PLAYS PAGE_SOURCE TOOL
import {deepStrictEqual, ok, strictEqual} from 'node:assert';
import {isDeepStrictEqual} from 'node:util';
import {check, randomizer, run} from './harness.mjs';
import * as library from './library.mjs';

const {bytesOf, framesOf, kinds, offsetsOf, page, randomList, rowsOf, setting} = library;
const LISTS = 2500;
const LISTS_A_KIND = 8; // of list allocators
const WILD = 600;

const random = randomizer(20240711);
const lists = [
  ...Array.from({length: LISTS}, () => library.randomSettings(random)),
  ...library.listSettings(random, LISTS_A_KIND),
].map((settings) => ({settings, ops: randomList(random, settings.capacity)}));
const large = {...library.PLAIN, capacity: 30000, align: 1, policy: 'first', fill: true};
const largeList = {...large, fill: false, list: {order: 'lifo', coalesces: true, header: 8}};
const many = `${'+1,'.repeat(140)}-3`;
lists.push(
  {settings: large, ops: '+12000,+9000,!0:0*5=65,+8,-1,?'},
  {settings: {...large, capacity: 2048}, ops: many},
  {settings: {...largeList, capacity: 2048}, ops: many},
  {settings: {...largeList, capacity: 2 ** 20 + 1}, ops: '+9000,@its bytes are not told,-0'},
);
let asked;
const answers = () =>
  (asked ??= library.askLibrary(lists.map(({settings, ops}) => setting(settings, ops))));

function where(at, call) {
  return `${setting(lists[at].settings, lists[at].ops)}, call ${call}`;
}

check("the page's allocator tells the library's events, list by list, field by field", () => {
  for (const [at, answer] of answers().entries()) {
    const {settings, ops} = lists[at];
    const played = page.play(page.parseOps(ops), settings).events;
    const count = Math.max(played.length, answer.events.length);
    for (let i = 0; i < count; ++i) {
      const {pool, ...wanted} = answer.events[i] ?? {};
      deepStrictEqual(played[i], wanted, where(at, wanted.call));
    }
  }
});

check("the page folds events to the tool's blocks, names, lists, bytes and sums", () => {
  for (const [at, answer] of answers().entries())
    for (const [i, frame] of framesOf(answer.events).entries()) {
      const wanted = answer.stories[i];
      deepStrictEqual(rowsOf(frame.after), wanted.blocks, where(at, frame.call));
      deepStrictEqual(offsetsOf(frame.after.freeList()), wanted.list, where(at, frame.call));
      if (at % 4 === 0) strictEqual(bytesOf(frame.after), wanted.bytes, where(at, frame.call));
      deepStrictEqual(
        [page.sumOfBytes(frame.after), page.sumOfFragmentation(frame.after)],
        wanted.sums,
        where(at, frame.call),
      );
    }
});

check("the page tells every call in the tool's words, with its look trail and its marks", () => {
  for (const [at, answer] of answers().entries())
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
      if (!wanted.trail.some((look) => look[4] > Number.MAX_SAFE_INTEGER - 8192))
        deepStrictEqual(trail, wanted.trail, where(at, frame.call));
      const changes = [...story.changes]
        .sort(([a], [b]) => a - b)
        .map(([offset, {mark, wasSize, parts}]) => [offset, mark, wasSize, parts]);
      deepStrictEqual(changes, wanted.changes, where(at, frame.call));
    }
});

check('the page folds and tells logs of programs that do what no op list can', () => {
  const seen = new Set();
  for (const [at, answer] of library.askWild(WILD).entries())
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
  for (const [at, answer] of answers().entries()) {
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
  ok(back > lists.length * 0.9, `${back} of ${lists.length} lists come back`);
});

check('random lists reach every kind of event that an op list can tell', () => {
  const seen = new Set(answers().flatMap(({events}) => events.map((event) => event.event)));
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
    const kinds_of_pool = [
      {fill: true},
      {poison: true, quarantine: 300},
      {guards: 8},
      {policy: 'next', list: {order: 'size-', coalesces: false, header: 4}},
      {policy: 'first', list: {order: 'lifo', coalesces: true, header: 0}},
    ];
    for (const extra of kinds_of_pool) {
      const ops = Array.from({length: 120}, () => randomList(chance, 2000)).map((list, i, lists) =>
        shifted(list, lists.slice(0, i)),
      );
      const {events} = page.play(page.parseOps(ops.join(',')), {
        ...library.randomSettings(chance),
        capacity: 2000,
        ...extra,
      });
      const timeline = new page.Timeline(events);
      const seen = (frame) =>
        JSON.stringify([
          rowsOf(frame.after),
          offsetsOf(frame.after.freeList()),
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

check('a page that begins midway has the list as it was, and goes on with it', () => {
  const ofLists = lists.flatMap(({settings}, at) => (settings.list && at % 40 === 0 ? [at] : []));
  for (const at of ofLists) {
    const {events} = answers()[at];
    const frames = framesOf(events);
    const begin = frames.length >> 1;
    const {after} = frames[begin];
    const timeline = new page.Timeline(...midway(after, events));
    for (let place = begin; place < frames.length; ++place)
      deepStrictEqual(
        offsetsOf(timeline.frame(place - begin).after.freeList()),
        offsetsOf(frames[place].after.freeList()),
        where(at, frames[place].call),
      );
  }
});

/** What the tool writes in place of what made a pool so: PageEvents::begin_at(). */
function midway(model, events) {
  const {capacity, align, policy, lastSeq: seq, lastCall: call} = model;
  const about = {seq, call, capacity, align, policy, guards: 0, allocs: model.nextNumber};
  const rows = model.blocks.map(({used, number, offset, size, payload, requested}) => ({
    ...{event: 'block', seq, call, offset, size},
    ...(used && {block: number, payload, requested, guard: 0}),
  }));
  const free = model.blocks.filter((block) => !block.used);
  const {nextFreeNumber: nextFree, cursor, nextListed, model: kind} = model;
  const resume = {
    ...{nextFree, cursor, nextListed, model: kind},
    freeNumbers: free.map(({number}) => number),
    listed: free.map(({listed}) => listed),
  };
  const later = events.filter((event) => event.call > call);
  return [[{event: 'snapshot', ...about}, ...rows, ...later], resume];
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
  for (const {events} of answers().filter((_, at) => at % 10 === 0)) {
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
  const some = answers().slice(0, 300);
  const differs = (plant) => some.some((_, at) => isOther(at, plant));
  ok(!differs({}), 'without a fault nothing differs');
  const other = {first: 'next', next: 'first', best: 'first', worst: 'best', good: 'worst'};
  for (const policy of page.POLICIES)
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

/** Played with a fault: is it told from what the library said? */
function isOther(at, plant) {
  const {settings, ops} = lists[at];
  return !isDeepStrictEqual(
    page.play(page.parseOps(ops), {...settings, ...plant}).events.slice(1),
    answers()
      [at].events.slice(1)
      .map(({pool, ...event}) => event),
  );
}

check("a fault planted in the list allocator's order, header or coalescing is seen, too", () => {
  const seen = (faulty, meant = () => true) =>
    lists.some(
      ({settings}, at) =>
        settings.list && meant(settings.list) && isOther(at, {list: faulty(settings.list)}),
    );
  for (const order of page.LIST_ORDERS)
    for (const other of page.LIST_ORDERS.filter((each) => each !== order))
      ok(
        seen(
          (list) => ({...list, order: other}),
          (list) => list.order === order,
        ),
        `${order} is told from ${other}`,
      );
  ok(seen((list) => ({...list, coalesces: !list.coalesces})), 'coalescing');
  ok(seen((list) => ({...list, header: list.header + 1})), 'header');
  const planted = (plant) => lists.some(({settings}, at) => settings.list && isOther(at, plant));
  const alike = lists.findIndex(({settings}) => settings.list);
  ok(!isOther(alike, {}), 'without a fault nothing differs');
  ok(planted({coalesce() {}}), 'a block that stays used');
  ok(planted({resize: (block, requested) => requested <= block.requested}), 'resizing in place');
});

await run();
