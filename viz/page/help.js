// Help: the keys, as a table in a dialog, and the switch that turns single-key shortcuts off.
// What the keys do is keys.js's.
import {button, make, show} from './dom.js';

export const KEYS = [
  ['n → / b ←', 'next call, back one call'],
  ['s / S', 'one event on, back'],
  ['c / r', 'on, back to the next stop (or failure, or damage)'],
  ['f', 'to the end of this call'],
  ['Home / End', 'first, last call'],
  ['g', 'go to a call'],
  ['/', 'find; N next hit, P previous'],
  ['x', 'set or clear a stop here'],
  ['w', 'watch the selected block: stop where it changes'],
  ["m a / ' a", 'set mark a, go to mark a'],
  ['d', 'what changed since the call before, or since a mark'],
  ['p  + −', 'play, pause; faster, slower'],
  ['1 2 3', 'picture, bytes, carpet'],
  ['q / h', 'quiz on or off, hint'],
  ['o', 'offsets decimal or hexadecimal'],
  ['t', 'to the op box: operations, what-if, share'],
  ['e', 'save this picture as SVG'],
  ['?', 'this help'],
];

export function drawHelp(dialog, {shortcuts, setShortcuts}) {
  const box = make('input', {
    type: 'checkbox',
    checked: shortcuts,
    'data-key': 'shortcuts',
    on: {change: () => setShortcuts(box.checked)},
  });
  show(
    dialog,
    make('h2', {id: 'help-heading'}, 'Keys'),
    make(
      'table',
      {},
      make(
        'thead',
        {},
        make('tr', {}, make('th', {scope: 'col'}, 'key'), make('th', {scope: 'col'}, 'does')),
      ),
      make(
        'tbody',
        {},
        KEYS.map(([keys, does]) =>
          make('tr', {}, make('th', {scope: 'row'}, make('kbd', {}, keys)), make('td', {}, does)),
        ),
      ),
    ),
    make(
      'p',
      {},
      make('label', {}, box, ' Single-key shortcuts are on'),
      ' – all of them have buttons; ' + 'arrows, Home and End work on the slider in any case.',
    ),
    make(
      'p',
      {class: 'quiet'},
      'Blocks in the picture can be reached by Tab and chosen by Enter. ' +
        'Add ?present=1 to the address for a projector, ?embed=1 for a frame in another page.',
    ),
    button('Close', () => dialog.close(), {'data-key': 'close'}),
  );
  if (dialog.showModal && !dialog.open) dialog.showModal();
}
