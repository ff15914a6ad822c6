// Parts of the stage: what region and lists have in common. Words with their widths, marks, and
// blocks that can be chosen. Private to the stage.
import {draw} from './dom.js';
import {endOf, guardsOf, lives, nameOf} from './model.js';
import {offsetText} from './words.js';

export const PAD = 12;

/** What a mark is called on a record: short, and black on white. */
export const BADGES = {
  fresh: 'NEW',
  moved: 'MOVED',
  rest: 'REST',
  gap: 'GAP',
  freed: 'FREED',
  quarantined: 'WAITS',
  coalesced: 'COALESCED',
  resized: 'RESIZED',
  written: 'WRITTEN',
  found_damaged: 'DAMAGED',
};

export const text = (x, y, words, attributes = {}) => draw('text', {x, y, ...attributes}, words);

/** "f2"; "1. f2" where the free list has an order of its own. */
export const placedName = ({places}, block) => {
  const place = block.used ? undefined : places?.get(block.offset);
  return place === undefined ? nameOf(block) : `${place}. ${nameOf(block)}`;
};

/** Width that words take up, near enough. */
export const widthOf = (words, fontSize) => String(words).length * fontSize * 0.6;

export function describe(s, block) {
  const {radix, story} = s;
  const change = story.changes.get(block.offset);
  const kind = block.quarantined ? 'in quarantine' : block.used ? 'used' : 'free';
  const asked = lives(block) ? `, ${block.requested} asked for` : '';
  const damage = isDamaged(s.model, block) ? ', damaged' : '';
  const badge = change ? `, ${BADGES[change.mark].toLowerCase()}` : '';
  const place = block.used ? undefined : s.places?.get(block.offset);
  return (
    `${nameOf(block)}: ${kind}${place ? `, number ${place} in its list` : ''}, ` +
    `${block.size} bytes, ${offsetText(block.offset, radix)} to ` +
    `${offsetText(endOf(block), radix)}${asked}${damage}${badge}` +
    (saves(s, block) ? ', freeing it would have made room' : '')
  );
}

/** Freeing it would have made room for the request that failed. */
export function saves({story}, block) {
  return lives(block) && story.saviours.includes(block.number);
}

export function isDamaged(model, block) {
  return lives(block)
    ? guardsOf(block).some((guard) => guard.damaged !== 0)
    : model.stainIn(block.offset, block.size) !== undefined;
}

export function selectable(s, block, attributes, ...children) {
  const name = nameOf(block);
  const choose = () => s.select(name);
  return draw(
    'g',
    {
      ...attributes,
      tabindex: 0,
      role: 'button',
      'data-block': name,
      'aria-pressed': s.selected === name ? 'true' : 'false',
      on: {
        click: choose,
        keydown: (event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          choose();
        },
      },
    },
    draw('title', {}, describe(s, block)),
    ...children,
  );
}
