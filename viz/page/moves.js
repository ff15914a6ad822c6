// Moves: the bar of buttons at the top. Everything that has a key has its button here, and the
// other way round (keys.js).
import {button, byId, make, show} from './dom.js';

/** Draws the bar; actions are those of the keys. */
export function drawMoves(player, actions, hasQuiz) {
  const move = (id, label, says, run) =>
    button(label, run, {
      id,
      title: says,
      'aria-label': /[a-z×]/.test(label) ? undefined : says,
    });
  const goTo = make(
    'form',
    {
      class: 'go-to',
      on: {
        submit: (event) => {
          event.preventDefault();
          const call = Number(byId('go-to').value);
          if (Number.isInteger(call)) player.goToCall(call);
          byId('go-to').value = '';
        },
      },
    },
    make('input', {
      id: 'go-to',
      type: 'text',
      inputmode: 'numeric',
      size: 4,
      'aria-label': 'Go to call',
      placeholder: 'go to',
    }),
  );
  show(
    byId('moves'),
    make(
      'span',
      {class: 'group'},
      move('first', '|◀', 'First call (Home)', () => player.go(0)),
      move('last-stop', '◀◀', 'Back to the last stop (r)', () => player.continue(-1)),
      move('back', '◀ back', 'Back one call (b)', () => player.back()),
      make('span', {id: 'position', class: 'position'}),
      move('next', 'next ▶', 'Next call (n)', () => player.next()),
      move('next-stop', '▶▶', 'On to the next stop (c)', () => player.continue(1)),
      move('last', '▶|', 'Last call (End)', () => player.go(Infinity)),
    ),
    make(
      'span',
      {class: 'group fine'},
      move('back-event', '‹ event', 'Back one event (S)', () => player.backEvent()),
      make('span', {id: 'event-position', class: 'position'}),
      move('next-event', 'event ›', 'One event on (s)', () => player.nextEvent()),
      goTo,
    ),
    make(
      'span',
      {class: 'group more'},
      button('▶ play', actions.play, {
        id: 'play',
        title: 'Play or pause (p)',
        'aria-pressed': 'false',
      }),
      move('speed', '1×', 'Speed of playing (+ and -)', () =>
        player.setSpeed(player.speed >= 4 ? 1 / 8 : 2),
      ),
      move('stop-here', '● stop', 'Set or clear a stop at this call (x)', () =>
        player.toggleStop(),
      ),
      move('watch', 'watch', 'Stop where the selected block changes (w)', () =>
        player.toggleWatch(),
      ),
      move('mark', 'mark', 'Mark this call (m and a letter)', () => player.markNext()),
      make('span', {id: 'marks'}),
      move('diff', 'diff', 'What changed since the call before, or a mark (d)', () =>
        player.toggleDiff(),
      ),
      ...[
        ['strip', 'picture', '1'],
        ['dump', 'all bytes', '2'],
        ['carpet', 'carpet', '3'],
      ].map(([view, label, key]) =>
        button(label, () => actions.setView(view), {
          id: `view-${view}`,
          title: `Show: ${label} (${key})`,
          'aria-pressed': 'false',
        }),
      ),
      hasQuiz &&
        button('quiz', actions.toggleQuiz, {id: 'quiz-switch', title: 'Quiz on or off (q)'}),
      move('try', 'try it', 'Type operations, and what if (t)', actions.tryOut),
      move('help-button', '? keys', 'Keys and help (?)', actions.help),
    ),
  );
}

/** What the bar says of the state: where one is, what is switched on, which marks there are. */
export function updateMoves(player) {
  const {timeline, place, upto, marks, hits} = player;
  byId('position').textContent = `call ${player.call} of ${timeline.last}`;
  byId('event-position').textContent =
    upto === Infinity ? '–' : `${Math.min(upto, player.eventCount)} of ${player.eventCount}`;
  byId('play').textContent = player.playing === 0 ? '▶ play' : '❚❚ pause';
  byId('speed').textContent = `${player.speed}×`;
  const pressed = {
    play: player.playing !== 0,
    'stop-here': player.stops.has(place),
    watch: player.watched !== '',
    diff: player.diffFrom !== undefined,
  };
  for (const [id, on] of Object.entries(pressed)) byId(id).setAttribute('aria-pressed', String(on));
  show(
    byId('marks'),
    [...marks].map(([name, at]) =>
      button(name, () => player.go(at), {
        title: `To mark ${name}, call ${timeline.callAt(at)} (' ${name})`,
        'data-key': `mark ${name}`,
      }),
    ),
  );
  const hit = `hit ${Math.max(0, hits.indexOf(place)) + 1} of ${hits.length}`;
  byId('find-count').value = player.query === '' ? '' : hits.length === 0 ? 'no hit' : hit;
  for (const id of ['hit-back', 'hit-next']) byId(id).hidden = hits.length === 0;
}
