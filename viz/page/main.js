// Main: the page itself. Reads the data, draws every part from the state after every change, and
// joins buttons, keys and links to the moves.
//
//     data, or the op box --> events --> Timeline --> frame, story --> parts of the page
import {drawCalls, keepCurrentInSight} from './calls.js';
import {drawCarpet, drawCurve} from './curve.js';
import {button, byId, make, show} from './dom.js';
import {byteRuns, drawDump} from './dump.js';
import {drawHelp} from './help.js';
import {listenToKeys} from './keys.js';
import {readLink, writeLink} from './links.js';
import {lives, nameOf} from './model.js';
import {opsOfLog, opsText, play} from './ops.js';
import {Player} from './player.js';
import {Quiz, drawQuiz, readQuiz} from './quiz.js';
import {drawStage, legendOf} from './stage.js';
import {tell} from './story.js';
import {decode, firstDifference} from './timeline.js';
import {diffRows, drawTables, drawWhy} from './why.js';
import {printable} from './words.js';
import {drawWorkshop, runOps, withInserted} from './workshop.js';

const MOST_FOR_OPS = 20000;  // events of a log that is tried as an op list

const data = JSON.parse(byId('data').textContent);
const ask = new URLSearchParams(location.search);
const present = ask.get('present') === '1';
const embed = ask.get('embed') === '1';

const player = new Player(() => render());
const page = {
  run: undefined,       // the op list that is shown, if the page could run it
  original: undefined,  // the page's own events and run, once another is shown
  why: '',              // why the page's log is no op list
  problem: '', difference: '', differs: undefined, link: '', hint: false, shortcuts: true,
};
const {questions, why: quizProblem = ''} = readQuiz(data.quiz);
const quiz = new Quiz(questions);
player.hiddenFrom = () => page.original ? Infinity : quiz.open()?.call ?? Infinity;

// ---- what is shown

function viewOf() {
  const frame = player.timeline.frame(player.place, player.upto);
  const story = tell(frame, player.radix, data.kinds);
  return {frame, story, radix: player.radix, selected: player.selected, upto: player.upto,
          kinds: data.kinds, diff: diffOf(frame), select: (name) => player.select(name),
          toEvent: (upto) => player.go(player.place, upto)};
}

function diffOf(frame) {
  if (player.diffFrom === undefined) return undefined;
  const {timeline} = player;
  const place = player.diffFrom === 'before' ? player.place - 1 : player.diffFrom;
  if (place < 0) return undefined;
  const then = timeline.frame(place).after;
  return {call: timeline.callAt(place), rows: diffRows(then, frame.after, player.radix, nameOf)};
}

const widthOf = (element) => Math.max(280, Math.floor(element.clientWidth));

function drawLegend(model) {
  show(byId('legend'), legendOf(model).map(([box, words]) => make('span', {}, box, words)));
}

function timeView() {
  const {timeline, place, limit, stops, marks, hits} = player;
  return {timeline, place, limit, stops, marks, hits, hitSet: new Set(hits), differs: page.differs,
          go: (to) => player.go(to)};
}

function drawTime(sentence) {
  const view = timeView();
  const {place, timeline} = player;
  show(byId('calls'), drawCalls({...view, hits: view.hitSet}));
  keepCurrentInSight(byId('calls'));
  show(byId('curve'), drawCurve({...view, width: widthOf(byId('curve')), sentence,
                                 short: innerHeight < 700}));
  byId('find-count').value = player.query === '' ? '' : player.hits.length === 0 ? 'no hit' :
    `hit ${Math.max(0, player.hits.indexOf(place)) + 1} of ${player.hits.length}`;
  const names = [...player.marks].map(([name, at]) => `${name}: call ${timeline.callAt(at)}`);
  byId('position').textContent = `call ${player.call} of ${timeline.last}` +
    (player.upto === Infinity ? '' : `, event ${player.upto} of ${player.eventCount}`);
  byId('position').title = names.length === 0 ? '' : `marks – ${names.join(', ')}`;
}

function drawViews(view) {
  const {view: chosen} = player;
  document.body.dataset.view = chosen;
  byId('carpet-panel').hidden = chosen !== 'carpet';
  byId('bytes-panel').hidden = chosen === 'carpet' || present;
  for (const name of ['strip', 'dump', 'carpet'])
    byId(`view-${name}`).setAttribute('aria-pressed', String(name === chosen));
  if (chosen === 'carpet') show(byId('carpet'), drawCarpet({...timeView(), colours: colours()}));
  const changed = [...view.story.changes.keys()][0];
  const selected = view.frame.after.blocks.find((block) => nameOf(block) === player.selected);
  show(byId('dump'), drawDump({model: view.frame.after, story: view.story, narrow: innerWidth < 700,
                               selected: player.selected, select: view.select,
                               at: selected?.offset ?? changed ?? 0, unfolded: chosen === 'dump'}));
  if (byId('tables').open)
    show(byId('tables-body'), drawTables({...view, runs: byteRuns(view.frame.after)}));
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return {used: of('--used'), other: of('--used-other'), free: of('--card'), waits: of('--waits'), damaged: of('--damage')};
}

/** The one that a projector shows, and that is read aloud: what is wrong, or what was decided. */
function mainSentence({sentences}) {
  const aside = /^(Needs |Guards are written|The guards of |#\d+ was asked for)/;
  return sentences.find((each) => each.startsWith('✗')) ??
    sentences.find((each) => !aside.test(each)) ?? sentences[0] ?? '';
}

function drawSentence({story}) {
  show(byId('sentence'), make('h2', {class: 'call-title'}, story.title),
       present && make('p', {}, mainSentence(story)));

}

function drawTry(view) {
  const {run} = page;
  const hidden = !page.original && quiz.open() !== undefined;  // it tells what is to come
  byId('workshop').hidden = hidden;
  const live = run ? liveIndexes(view) : [];
  show(byId('workshop-body'), hidden ? [] : drawWorkshop({
    run, live, call: player.call, why: run ? '' : page.why, problem: page.problem,
    difference: page.difference, link: page.link, original: page.original,
    start: (text, settings) => start(text, settings), insert, share, reset: goHome,
  }));
}

/** Live blocks whose number in the op list is theirs: a free of them can be put in. */
function liveIndexes({frame}) {
  return frame.after.destroyed ? [] :
    frame.after.blocks.filter(lives).map((block) => block.number).sort((a, b) => a - b);
}

let announced = '';

function render() {
  const view = viewOf();
  const sentence = `${view.story.title}. ${mainSentence(view.story)}`;
  drawSentence(view);
  show(byId('stage'), drawStage({...view, width: widthOf(byId('stage')), big: present}));
  drawLegend(view.frame.after);
  show(byId('why'), drawWhy(view));
  show(byId('quiz'), page.original ? [] : drawQuiz({
    quiz, call: player.call, goTo: (call) => player.goToCall(call), commit, hint: page.hint,
    showHint,
  }));
  drawTime(sentence);
  drawViews(view);
  drawTry(view);
  const said = `Call ${player.call}: ${sentence}`;
  if (announced !== said) byId('announce').textContent = said;
  announced = said;
  byId('play').textContent = player.playing === 0 ? '▶ play' : '❚❚ pause';
  byId('play').setAttribute('aria-pressed', String(player.playing !== 0));
  writeAddress();
}

// ---- the address

function linkNow() {
  const shared = page.original || !data.ops ? page.run : undefined;
  return writeLink({
    call: player.call, block: player.selected, view: player.view, hex: player.radix === 'hex',
    event: player.upto === Infinity ? undefined : player.upto,
    run: page.original && shared ? {ops: shared.text, settings: shared.settings} : undefined,
  });
}

let written = location.hash;

function writeAddress() {
  written = linkNow();
  try {
    history.replaceState(null, '', written);
  } catch {
    // a sandboxed frame may not have an address: the page works without
  }
}

function followLink(fragment) {
  const link = readLink(fragment);
  if (link.offsets) player.radix = link.offsets;
  if (link.view) player.view = link.view;
  if (link.run) start(link.run.ops, link.run.settings, link.call ?? 0);
  if (link.quiz) quiz.on = questions.length !== 0;
  if (link.block) player.selected = link.block;
  if (link.diff !== undefined) player.diffFrom = player.timeline.placeOf(link.diff);
  player.goToCall(link.call ?? data.at, link.event);
  render();
}

// ---- runs: what the op box starts

function start(text, settings, call) {
  let run;
  try {
    run = runOps(text, settings);
  } catch (error) {
    page.problem = error.message;
    render();
    return;
  }
  const old = {timeline: player.timeline, run: page.run};
  page.original ??= {events: player.timeline.events, run: page.run};
  const where = call ?? Math.min(player.call, run.calls.length);
  page.run = run;
  page.problem = '';
  page.link = '';
  player.stops.clear();
  player.marks.clear();
  player.open(run.events, null);
  player.place = player.timeline.placeOf(where);
  compare(old, run);
  render();
}

/** Marks the first call that goes otherwise than in the run that was shown before. */
function compare(old, run) {
  page.differs = undefined;
  page.difference = '';
  if (!old.run) return;
  const [was, now] = [old.run.ops, run.ops].map((ops) => ops.map((op) => JSON.stringify(op)));
  let same = 0;
  while (same < was.length && was[same] === now[same]) ++same;
  const shift = now.length - was.length;
  const counterpart = (place) => {
    const at = run.calls[run_call(place)];
    if (at === undefined || (shift > 0 && at >= same && at < same + shift)) return undefined;
    const index = at < same ? at : at - shift;
    const found = old.run.calls.indexOf(index);
    return found < 0 ? undefined : old.timeline.placeOf(found);
  };
  const run_call = (place) => player.timeline.callAt(place);
  const found = firstDifference(old.timeline, player.timeline, counterpart);
  page.differs = found?.place;
  page.difference = found ? `Call ${run_call(found.place)} is the first that goes otherwise: ` +
    `${found.then || 'nothing'} before, ${found.here || 'nothing'} now.` :
    'No call that was there before goes otherwise.';
}

function insert(addition) {
  try {
    const text = withInserted(page.run, player.call, addition);
    start(text, page.run.settings, player.call + 1);
  } catch (error) {
    page.problem = error.message;
    render();
  }
}

function goHome() {
  const {events, run} = page.original;
  Object.assign(page, {original: undefined, run, difference: '', differs: undefined, problem: '',
                       link: ''});
  player.stops.clear();
  player.marks.clear();
  player.open(events, data.resume);
  render();
}

async function share() {
  const {run} = page;
  const fragment = run ? writeLink({call: player.call, block: player.selected, view: player.view,
                                    run: {ops: run.text, settings: run.settings}}) : linkNow();
  page.link = location.href.replace(/#.*$/, '') + fragment;
  render();
  try {
    await navigator.clipboard.writeText(page.link);
  } catch {
    // no clipboard here: the link stands in the box
  }
}

// ---- quiz

function commit(index, given) {
  const {call} = quiz.questions[index];
  quiz.commit(index, given);
  page.hint = false;
  player.goToCall(call);
  render();
}

function showHint() {
  page.hint = true;
  render();
}

function toggleQuiz() {
  quiz.on = !quiz.on && questions.length !== 0;
  if (player.place > player.limit) player.place = player.limit;
  render();
}

// ---- the other buttons

function setView(view) {
  player.view = view;
  render();
  const panel = {strip: 'stage-panel', dump: 'bytes-panel', carpet: 'carpet-panel'}[view];
  if (!present) byId(panel).scrollIntoView({block: 'nearest'});
}

function save() {
  const svg = byId('stage').querySelector('svg').cloneNode(true);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = document.querySelector('style').textContent;
  svg.prepend(style);
  const text = new XMLSerializer().serializeToString(svg);
  const link = make('a', {href: URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'})),
                          download: `call-${player.call}.svg`});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function askCall() {
  const field = byId('go-to');
  field.focus();
  field.select();
}

function remember(name, value) {
  try {
    localStorage.setItem(`mempool-page-${name}`, value);
  } catch {
    // storage may throw: then nothing is remembered
  }
}

function recall(name) {
  try {
    return localStorage.getItem(`mempool-page-${name}`);
  } catch {
    return null;
  }
}

function help() {
  drawHelp(byId('help'), {shortcuts: page.shortcuts, setShortcuts: (on) => {
    page.shortcuts = on;
    remember('shortcuts', on ? 'on' : 'off');
  }});
}

function toggleRadix() {
  player.radix = player.radix === 'dec' ? 'hex' : 'dec';
  byId('radix').textContent = player.radix;
  render();
}

function playOrPause() {
  if (player.playing === 0 && matchMedia('(prefers-reduced-motion: reduce)').matches) {
    player.next();  // nothing moves by itself
    return;
  }
  player.togglePlay();
}

function drawMoves() {
  const move = (id, label, says, run) => button(label, run, {
    id, title: says, 'aria-label': /[a-z]/.test(label) ? undefined : says});
  const goTo = make('form', {class: 'go-to', on: {submit: (event) => {
    event.preventDefault();
    const call = Number(byId('go-to').value);
    if (Number.isInteger(call)) player.goToCall(call);
    byId('go-to').value = '';
  }}}, make('input', {id: 'go-to', type: 'text', inputmode: 'numeric', size: 4,
                      'aria-label': 'Go to call', placeholder: 'go to'}));
  show(byId('moves'),
    make('span', {class: 'group'},
      move('first', '|◀', 'First call (Home)', () => player.go(0)),
      move('last-stop', '◀◀', 'Back to the last stop (r)', () => player.continue(-1)),
      move('back', '◀ back', 'Back one call (b)', () => player.back()),
      make('span', {id: 'position', class: 'position'}),
      move('next', 'next ▶', 'Next call (n)', () => player.next()),
      move('next-stop', '▶▶', 'On to the next stop (c)', () => player.continue(1)),
      move('last', '▶|', 'Last call (End)', () => player.go(Infinity))),
    make('span', {class: 'group fine'},
      move('back-event', '‹ event', 'Back one event (S)', () => player.backEvent()),
      move('next-event', 'event ›', 'One event on (s)', () => player.nextEvent()), goTo),
    make('span', {class: 'group more'},
      button('▶ play', playOrPause, {id: 'play', title: 'Play or pause (p)', 'aria-pressed': 'false'}),
      move('stop-here', '● stop', 'Set or clear a stop at this call (x)', () => player.toggleStop()),
      move('watch', 'watch', 'Stop where the selected block changes (w)', () => player.toggleWatch()),
      move('diff', 'diff', 'What changed since the call before, or a mark (d)', () => player.toggleDiff()),
      button(player.radix, toggleRadix, {id: 'radix', title: 'Offsets decimal or hexadecimal (o)'}),
      ...[['strip', 'picture', '1'], ['dump', 'all bytes', '2'], ['carpet', 'carpet', '3']].map(
        ([view, label, key]) => button(label, () => setView(view), {
          id: `view-${view}`, title: `Show: ${label} (${key})`, 'aria-pressed': 'false'})),
      questions.length > 0 && button('quiz', toggleQuiz, {id: 'quiz-switch', title: 'Quiz on or off (q)'}),
      move('save', 'svg', 'Save this picture as SVG (e)', save),
      move('help-button', '? keys', 'Keys and help (?)', help)));
}

// ---- start

function openData() {
  const events = decode(data);
  player.open(events, data.resume);
  if (data.ops) {
    const first = opsOfLog(events.length <= MOST_FOR_OPS ? events : []);
    const settings = first.settings ?? {...events[0]};
    try {
      const run = runOps(data.ops, settings);
      if (run.events.length === player.timeline.events.length) page.run = run;
    } catch (error) {
      page.why = error.message;
    }
    if (!page.run && first.why) page.why = first.why;
    return;
  }
  if (events.length > MOST_FOR_OPS) {
    page.why = `it has more than ${MOST_FOR_OPS} events`;
    return;
  }
  const {ops, settings, why = ''} = opsOfLog(events);
  page.why = why;
  if (ops) page.run = {...play(ops, settings), ops, settings, text: opsText(ops)};
}

function settle() {
  document.body.classList.toggle('present', present);
  document.body.classList.toggle('embed', embed);
  byId('title').textContent = printable(data.title);
  const create = player.timeline.events[0];
  byId('about').textContent = [data.source && printable(data.source),
    `${player.timeline.capacity} B, ${create.policy} fit, alignment ${create.align}`,
    create.guards ? `guards of ${create.guards} B` : ''].filter(Boolean).join(' · ');
  player.radix = data.hex ? 'hex' : 'dec';
  page.shortcuts = recall('shortcuts') !== 'off';
  const limits = ['from', 'to'].map((name) => ask.get(name));
  if (limits[0] !== null) player.limits[0] = player.timeline.placeOf(Number(limits[0]));
  if (limits[1] !== null) player.limits[1] = player.timeline.placeOf(Number(limits[1]));
  const notices = [data.leftOut && `Left out of this page: ${data.leftOut}.`, quizProblem,
    player.timeline.faults > 0 && `${player.timeline.faults} events do not fit what was before them; ` +
      '`mempool-viz check` says more.'].filter(Boolean);
  byId('notice').hidden = notices.length === 0;
  byId('notice').textContent = notices.join(' ');
}

openData();
settle();
drawMoves();
followLink(location.hash);
byId('radix').textContent = player.radix;
byId('find').addEventListener('submit', (event) => {
  event.preventDefault();
  player.find(byId('find-box').value);
});
byId('tables').addEventListener('toggle', () => render());
addEventListener('hashchange', () => {
  if (location.hash !== written) followLink(location.hash);
});
let resized = 0;
addEventListener('resize', () => {
  clearTimeout(resized);
  resized = setTimeout(render, 60);
});
listenToKeys({player, setView, askCall, help, save, toggleRadix, toggleQuiz, play: playOrPause,
              hint: showHint, askFind: () => byId('find-box').focus(),
              shortcuts: () => page.shortcuts});
