// Narrate: one event as one sentence, from the list of events that the page was given: the
// library's own, so that log, terminal and page say the same.
//
// In a sentence {field} stands for a value; alternatives are parted by '|', and the first one whose
// fields are all there is said. {?field} asks for a field that is true or not 0, {?a>b} compares.
import {printable} from './words.js';

/** kinds: {alloc: {fields: [['block', 'U64'], ...], says: '...'}, ...} */
export function narrate(event, kinds) {
  const kind = Object.hasOwn(kinds, event.event) ? kinds[event.event] : undefined;
  if (!kind) return `an event of unknown kind ${printable(event.event)}`;
  for (const alternative of kind.says.split('|')) {
    const said = say(event, kind, alternative);
    if (said !== undefined) return said;
  }
  return '';
}

function say(event, kind, alternative) {
  let possible = true;
  const text = alternative.replace(/\{(\??)(\w+)(?:>(\w+))?\}/g, (_, asks, name, other) => {
    if (asks) possible &&= Number(event[name] ?? 0) > (other ? Number(event[other]) : 0);
    else possible &&= event[name] !== undefined;
    return asks || !possible ? '' : valueText(event[name], kind, name);
  });
  return possible ? text : undefined;
}

function valueText(value, kind, name) {
  const [, type] = kind.fields.find(([field]) => field === name);
  if (type === 'BYTES') return value.match(/../g)?.join(' ') ?? '';
  if (type === 'FLAG' || type === 'MARK') return value ? 'yes' : 'no';
  return printable(value);
}
