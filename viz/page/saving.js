// Saving: what leaves the page or outlives it: a picture as a file, a setting in the browser's
// storage. Storage may throw, in a sandboxed frame for one; then nothing is remembered.
import {make} from './dom.js';

/** The picture as a file of its own, with the page's style in it. */
export function savePicture(picture, call) {
  const svg = picture.cloneNode(true);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = document.querySelector('style').textContent;
  svg.prepend(style);
  const text = new XMLSerializer().serializeToString(svg);
  const link = make('a', {
    href: URL.createObjectURL(new Blob([text], {type: 'image/svg+xml'})),
    download: `call-${call}.svg`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function remember(name, value) {
  try {
    localStorage.setItem(`mempool-page-${name}`, value);
  } catch {
    // nothing is remembered
  }
}

export function recall(name) {
  try {
    return localStorage.getItem(`mempool-page-${name}`);
  } catch {
    return null;
  }
}
