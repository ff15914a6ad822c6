// DOM: making elements, from values only: text is text, never markup. The one place that does.
// It knows nothing of pools.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on')
      for (const [kind, run] of Object.entries(value)) element.addEventListener(kind, run);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(
    ...children
      .flat()
      .filter((child) => child !== undefined && child !== null && child !== false)
      .map((child) => (child instanceof Node ? child : String(child))),
  );
  return element;
}

/** An HTML element; `on` holds its listeners. */
export function make(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function draw(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

export const byId = (id) => document.getElementById(id);

/**
 * New contents for a part of the page. What had the focus keeps it: the new element with the same
 * data-key gets it.
 */
export function show(element, ...children) {
  const key = element.contains(document.activeElement)
    ? document.activeElement.dataset?.key
    : undefined;
  element.replaceChildren(...children.flat().filter(Boolean));
  if (key === undefined) return;
  const again = [...element.querySelectorAll('[data-key]')].find(
    (each) => each.dataset.key === key,
  );
  (again ?? byId('why-panel')).focus({preventScroll: true});
}

export function button(label, run, attributes = {}) {
  return make('button', {type: 'button', ...attributes, on: {click: run}}, label);
}

/** A number and its unit stay on one line. */
const together = (words) => String(words).replace(/(\d) B\b/g, '$1\u00A0B');

export function table(caption, headings, rows) {
  return make(
    'table',
    {},
    make('caption', {}, caption),
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        headings.map((each) => make('th', {scope: 'col'}, each)),
      ),
    ),
    make(
      'tbody',
      {},
      rows.map((row) =>
        make(
          'tr',
          {},
          row.map((cell, i) =>
            i === 0 ? make('th', {scope: 'row'}, together(cell)) : make('td', {}, together(cell)),
          ),
        ),
      ),
    ),
  );
}
