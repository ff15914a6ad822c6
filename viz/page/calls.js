// Calls: the list of all calls, a row each; of a long log the rows around the current one. A row
// is made of the call's events alone; it needs no pool.
import {make} from './dom.js';
import {labelOf, signOf} from './timeline.js';
import {printable} from './words.js';

const AROUND = 150;

function rowOf(view, place) {
  const {timeline, place: here, stops, hits, differs, go} = view;
  const current = place === here;
  const sign = signOf(timeline.figures[place]);
  const call = timeline.callAt(place);
  const label = printable(labelOf(timeline.eventsOf(place)));
  const aside = [
    sign === '✗' ? 'damage' : sign && 'failed or misused',
    stops.has(place) && 'stop',
    place === differs && 'goes otherwise',
  ]
    .filter(Boolean)
    .join(', ');
  return make(
    'li',
    {
      class: [
        current && 'current',
        hits.has(place) && 'hit',
        place === differs && 'differs',
        sign === '✗' && 'bad',
        sign === '!' && 'fail',
      ]
        .filter(Boolean)
        .join(' '),
    },
    make(
      'button',
      {
        type: 'button',
        'data-key': `call ${place}`,
        'aria-current': current ? 'step' : undefined,
        on: {click: () => go(place)},
      },
      make('span', {class: 'stop', 'aria-hidden': 'true'}, stops.has(place) ? '●' : ''),
      make('span', {class: 'number'}, String(call)),
      ' ',
      make('span', {class: 'label'}, label),
      make('span', {class: 'sign', 'aria-hidden': 'true'}, place === differs ? '◆' : sign),
      aside !== '' && make('span', {class: 'unseen'}, `, ${aside}`),
    ),
  );
}

function more(count, words, run) {
  return make(
    'li',
    {class: 'more'},
    make('button', {type: 'button', on: {click: run}}, `${count} ${words}`),
  );
}

/** The list's rows. In a quiz what is to come is not in it. */
export function drawCalls(view) {
  const {timeline, place, limit, go} = view;
  const last = Math.min(limit, timeline.length - 1);
  const from = Math.max(0, place - AROUND);
  const to = Math.min(last, place + AROUND);
  const rows = [];
  if (from > 0) rows.push(more(from, 'earlier', () => go(from)));
  for (let at = from; at <= to; ++at) rows.push(rowOf(view, at));
  if (to < last) rows.push(more(last - to, 'later', () => go(to)));
  if (last < timeline.length - 1)
    rows.push(make('li', {class: 'more quiet'}, 'then: answer first'));
  return rows;
}

/** Scrolls the list, and nothing else, so that the current row is seen. */
export function keepCurrentInSight(list) {
  const row = list.querySelector('.current');
  if (!row || list.scrollHeight <= list.clientHeight) return;
  const [top, bottom] = [
    row.offsetTop - list.offsetTop,
    row.offsetTop - list.offsetTop + row.offsetHeight,
  ];
  if (top < list.scrollTop + 40) list.scrollTop = Math.max(0, top - 60);
  else if (bottom > list.scrollTop + list.clientHeight - 40)
    list.scrollTop = bottom - list.clientHeight + 60;
}
