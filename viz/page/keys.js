// Keys: one letter, one move. Dead while a field has the focus, and switched off when asked.
//
// Left, Right, Home and End belong to the slider when it has the focus, whatever is switched off.

const MOVES = {
  n: ({player}) => player.next(),
  ArrowRight: ({player}) => player.next(),
  b: ({player}) => player.back(),
  ArrowLeft: ({player}) => player.back(),
  s: ({player}) => player.nextEvent(),
  S: ({player}) => player.backEvent(),
  c: ({player}) => player.continue(1),
  r: ({player}) => player.continue(-1),
  f: ({player}) => player.finish(),
  Home: ({player}) => player.go(0),
  End: ({player}) => player.go(Infinity),
  N: ({player}) => player.nextHit(1),
  P: ({player}) => player.nextHit(-1),
  x: ({player}) => player.toggleStop(),
  w: ({player}) => player.toggleWatch(),
  d: ({player}) => player.toggleDiff(),
  p: ({play}) => play(),
  '+': ({player}) => player.setSpeed(2),
  '-': ({player}) => player.setSpeed(0.5),
  1: ({setView}) => setView('strip'),
  2: ({setView}) => setView('dump'),
  3: ({setView}) => setView('carpet'),
  t: ({tryOut}) => tryOut(),
  g: ({askCall}) => askCall(),
  '/': ({askFind}) => askFind(),
  o: ({toggleRadix}) => toggleRadix(),
  q: ({toggleQuiz}) => toggleQuiz(),
  h: ({hint}) => hint(),
  e: ({save}) => save(),
  '?': ({help}) => help(),
};
const ON_SLIDER = new Set([
  'ArrowRight',
  'ArrowLeft',
  'Home',
  'End',
  'ArrowUp',
  'ArrowDown',
  'PageUp',
  'PageDown',
]);
const SLIDER = {
  ArrowUp: MOVES.ArrowRight,
  ArrowDown: MOVES.ArrowLeft,
  PageUp: ({player}) => player.go(player.place + 10),
  PageDown: ({player}) => player.go(player.place - 10),
};

function inField(target) {
  return Boolean(target.closest?.('input, textarea, select, dialog'));
}

/** actions: what the moves above name. */
export function listenToKeys(actions) {
  let pending = '';
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    const onSlider = event.target.getAttribute?.('role') === 'slider' && ON_SLIDER.has(event.key);
    if (!onSlider && !actions.shortcuts()) return;
    if (pending !== '' && /^[a-z0-9]$/i.test(event.key)) {
      if (pending === 'm') actions.player.setMark(event.key);
      else actions.player.goToMark(event.key);
      pending = '';
      event.preventDefault();
      return;
    }
    pending = event.key === 'm' || event.key === "'" ? event.key : '';
    const move =
      (onSlider && SLIDER[event.key]) || (Object.hasOwn(MOVES, event.key) && MOVES[event.key]);
    if (!move && pending === '') return;
    event.preventDefault();
    if (move) move(actions);
  });
}
