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
import {readLink} from './links.js';
import {policyText} from './look.js';
import {lives, nameOf} from './model.js';
import {drawMoves, updateMoves} from './moves.js';
import {narrate} from './narrate.js';
import {Player} from './player.js';
import {Runs} from './runs.js';
import {recall, remember, savePicture} from './saving.js';
import {Quiz, drawQuiz, readQuiz} from './quiz.js';
import {drawStage, legendOf} from './stage.js';
import {mainSentence, tell} from './story.js';
import {decode} from './timeline.js';
import {diffRows, drawTables, drawWhy} from './why.js';
import {printable, recordedText} from './words.js';
import {drawWorkshop} from './workshop.js';

const data = JSON.parse(byId('data').textContent);
const ask = new URLSearchParams(location.search);
const present = ask.get('present') === '1';
const embed = ask.get('embed') === '1';

const player = new Player(() => render());
const runs = new Runs(player, data, () => render());
const page = {hint: false, shortcuts: true};
const {questions, why: quizProblem = ''} = readQuiz(data.quiz);
let quiz = new Quiz([]);
player.hiddenFrom = () => (runs.original ? Infinity : (quiz.open()?.call ?? Infinity));

// ---- what is shown

const storyOf = (frame) => tell(frame, player.radix, data.kinds);

function viewOf() {
  const frame = player.timeline.frame(player.place, player.upto);
  const story = storyOf(frame);
  const whole = player.upto === Infinity ? story : storyOf(player.timeline.frame(player.place));
  return {
    frame,
    story,
    title: whole.title,
    radix: player.radix,
    selected: player.selected,
    upto: player.upto,
    kinds: data.kinds,
    reached: player.timeline.reached,
    diff: diffOf(frame),
    select: choose,
    toEvent: (upto) => player.go(player.place, upto),
  };
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

function drawLegend({frame, story}) {
  const entries = legendOf(frame.after, story).map(([box, words]) => make('span', {}, box, words));
  const radix = {title: 'Offsets decimal or hexadecimal (o)', 'data-key': 'radix', id: 'radix'};
  const save = {title: 'Save this picture as SVG (e)', 'data-key': 'save'};
  show(
    byId('legend'),
    entries,
    make(
      'span',
      {class: 'tools'},
      button(`offsets: ${player.radix}`, toggleRadix, radix),
      button('save svg', actions.save, save),
    ),
  );
}

function timeView() {
  const {timeline, place, limit, stops, marks, hits} = player;
  return {
    timeline,
    place,
    limit,
    stops,
    marks,
    hits,
    hitSet: new Set(hits),
    differs: runs.differs,
    go: (to) => player.go(to),
  };
}

function drawTime(sentence) {
  const view = timeView();
  show(byId('calls'), drawCalls({...view, hits: view.hitSet}));
  keepCurrentInSight(byId('calls'));
  show(
    byId('curve'),
    drawCurve({...view, width: widthOf(byId('curve')), sentence, short: innerHeight < 700}),
  );
  updateMoves(player);
}

function drawViews(view) {
  const {view: chosen} = player;
  document.body.dataset.view = chosen;
  byId('carpet-panel').hidden = chosen !== 'carpet';
  byId('bytes-panel').hidden = chosen === 'carpet' || present;
  for (const name of ['strip', 'dump', 'carpet'])
    byId(`view-${name}`).setAttribute('aria-pressed', String(name === chosen));
  if (chosen === 'carpet') show(byId('carpet'), drawCarpet(timeView()));
  const changed = [...view.story.changes.keys()][0];
  const selected = view.frame.after.blocks.find((block) => nameOf(block) === player.selected);
  show(
    byId('dump'),
    drawDump({
      model: view.frame.after,
      story: view.story,
      narrow: innerWidth < 700,
      selected: player.selected,
      select: view.select,
      at: selected?.offset ?? changed ?? 0,
      unfolded: chosen === 'dump',
    }),
  );
  if (byId('tables').open)
    show(byId('tables-body'), drawTables({...view, runs: byteRuns(view.frame.after)}));
}

/** Where the events are from, and in what pool they happened. */
function drawAbout({frame: {after: pool}}) {
  byId('about').textContent = [
    runs.original ? 'tried here' : printable(data.source),
    `${pool.capacity} B, ${policyText(pool)}, alignment ${pool.align}`,
    pool.guardSize ? `guards of ${pool.guardSize} B` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

function drawSentence({story, title}) {
  show(
    byId('sentence'),
    make('h2', {class: 'call-title'}, title),
    present && make('p', {}, mainSentence(story)),
  );
}

function drawTry(view) {
  const {run} = runs;
  const hidden = !runs.original && quiz.open() !== undefined; // it tells what is to come
  byId('workshop').hidden = hidden;
  const live = run ? liveIndexes(view) : [];
  show(
    byId('workshop-body'),
    hidden
      ? []
      : drawWorkshop({
          run,
          live,
          call: player.call,
          why: run ? '' : runs.why,
          problem: runs.problem,
          difference: runs.difference,
          link: runs.link,
          original: runs.original,
          start: (text, settings) => runs.start(text, settings),
          insert: (addition) => runs.insert(addition),
          share: () => runs.share(),
          reset: () => runs.goHome(),
        }),
  );
}

/** Live blocks whose number in the op list is theirs: a free of them can be put in. */
function liveIndexes({frame}) {
  return frame.after.destroyed
    ? []
    : frame.after.blocks
        .filter(lives)
        .map((block) => block.number)
        .sort((a, b) => a - b);
}

let announced = '';

function render() {
  const view = viewOf();
  const one = player.upto <= view.frame.all.length ? view.frame.all[player.upto - 1] : undefined;
  const sentence = one
    ? `event ${player.upto}: ${narrate(one, data.kinds)}`
    : `${view.title}. ${mainSentence(view.story)}`;
  drawAbout(view);
  drawSentence(view);
  show(byId('stage'), drawStage({...view, width: widthOf(byId('stage')), big: present}));
  drawLegend(view);
  show(byId('why'), drawWhy(view));
  show(
    byId('quiz'),
    runs.original
      ? []
      : drawQuiz({
          quiz,
          call: player.call,
          goTo: (call) => player.goToCall(call),
          commit,
          hint: page.hint,
          showHint,
        }),
  );
  drawTime(sentence);
  drawViews(view);
  drawTry(view);
  const said = `Call ${player.call}: ${sentence}`;
  if (announced !== said) byId('announce').textContent = said;
  announced = said;
  writeAddress();
}

// ---- the address

let written = location.hash;

function writeAddress() {
  written = runs.fragment(runs.original !== undefined);
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
  if (link.run) runs.start(link.run.ops, link.run.settings, link.call ?? 0);
  if (link.quiz) quiz.on = quiz.questions.length !== 0;
  if (link.block) player.selected = link.block;
  if (link.diff !== undefined) player.diffFrom = player.timeline.placeOf(link.diff);
  player.goToCall(link.call ?? data.at, link.event);
  render();
}

// ---- quiz

/** A block that is chosen while a question asks for one is the answer, until it is committed. */
function choose(name) {
  player.select(name);
  const label = [...document.querySelectorAll('#quiz .choice')].find((each) =>
    each.textContent.trim().startsWith(`${name} `),
  );
  if (label) label.querySelector('input').checked = true;
}

function commit(index, given) {
  const {call} = quiz.questions[index];
  page.hint = false;
  if (quiz.commit(index, given)) player.goToCall(call);
  render();
}

function showHint() {
  page.hint = true;
  render();
}

function toggleQuiz() {
  quiz.on = !quiz.on && quiz.questions.length !== 0;
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

/** The op box, ready to be typed in. */
function tryOut() {
  const field = document.querySelector('.op-box textarea');
  if (!field) return;
  byId('workshop').scrollIntoView({block: 'nearest'});
  field.focus({preventScroll: true});
}

function askCall() {
  const field = byId('go-to');
  field.focus();
  field.select();
}

function help() {
  drawHelp(byId('help'), {
    shortcuts: page.shortcuts,
    setShortcuts: (on) => {
      page.shortcuts = on;
      remember('shortcuts', on ? 'on' : 'off');
    },
  });
}

function toggleRadix() {
  player.radix = player.radix === 'dec' ? 'hex' : 'dec';
  render();
}

function playOrPause() {
  if (player.playing === 0 && matchMedia('(prefers-reduced-motion: reduce)').matches) {
    player.next(); // nothing moves by itself
    return;
  }
  player.togglePlay();
}

// ---- start

function settle() {
  document.body.classList.toggle('present', present);
  document.body.classList.toggle('embed', embed);
  byId('title').textContent = printable(data.title);
  player.radix = data.hex ? 'hex' : 'dec';
  page.shortcuts = recall('shortcuts') !== 'off';
  const limits = ['from', 'to'].map((name) => ask.get(name));
  if (limits[0] !== null) player.limits[0] = player.timeline.placeOf(Number(limits[0]));
  if (limits[1] !== null) player.limits[1] = player.timeline.placeOf(Number(limits[1]));
  const notices = [
    data.recorded && recordedText(data.recorded),
    data.leftOut && `Left out of this page: ${data.leftOut}.`,
    quizProblem,
    player.timeline.faults > 0 &&
      `${player.timeline.faults} events do not fit what was before them; ` +
        '`mempool-viz check` says more.',
  ].filter(Boolean);
  byId('notice').hidden = notices.length === 0;
  byId('notice').textContent = notices.join(' ');
}

const actions = {
  player,
  setView,
  askCall,
  tryOut,
  help,
  toggleRadix,
  toggleQuiz,
  play: playOrPause,
  hint: showHint,
  save: () => savePicture(byId('stage').querySelector('svg'), player.call),
  askFind: () => byId('find-box').focus(),
  shortcuts: () => page.shortcuts,
};

runs.open(decode(data));
quiz = Quiz.about(player.timeline, questions);
settle();
drawMoves(player, actions, quiz.questions.length > 0);
followLink(location.hash);
byId('find').addEventListener('submit', (event) => {
  event.preventDefault();
  player.find(byId('find-box').value);
});
byId('hit-back').addEventListener('click', () => player.nextHit(-1));
byId('hit-next').addEventListener('click', () => player.nextHit(1));
byId('tables').addEventListener('toggle', () => render());
addEventListener('hashchange', () => {
  if (location.hash !== written) followLink(location.hash);
});
let resized = 0;
addEventListener('resize', () => {
  clearTimeout(resized);
  resized = setTimeout(render, 60);
});
listenToKeys(actions);
