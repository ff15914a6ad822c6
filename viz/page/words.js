// Words: numbers, lists and sums as the sentences say them, and text from a program made safe.
// Knows a model, no call.

/** "1 block", "2 blocks". */
export const countText = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** An offset: 472 or 0x1D8. */
export const offsetText = (offset, radix) =>
  radix === 'hex' ? `0x${offset.toString(16).toUpperCase()}` : `${offset}`;

/** "f2 (48), f5 (40) and 58 more": at most `most` of them, joined as a list in English. */
export function listText(items, most, lastWord) {
  const shown = items.slice(0, most);
  const more = items.length - shown.length;
  if (more !== 0) return `${shown.join(', ')} ${lastWord} ${more} more`;
  const last = shown.pop();
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} ${lastWord} ${last}`;
}

export const hexText = (bytes) =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

/** Text from outside: '~' for what is no character, and for every control character. */
export function printable(text) {
  return String(text ?? '').replace(/[\u0000-\u001F\u007F-\u009F\uFFFE\uFFFF]|\p{Cs}/gu, '~');
}

// ---- sums, with the terms that they are made of

/** [['payload', 528], ...]: the parts of the region that add up to its capacity. */
export function partsOf(model) {
  const parts = [
    ['payload', model.payloadBytes],
    ['guards', model.guardBytes],
    ['headers', model.allHeaders()],
    ['padding', model.paddingBytes()],
    ['quarantine', model.quarantinedBytes],
    ['free', model.freeBytes],
  ];
  return parts.filter(([, bytes]) => bytes !== 0);
}

/** "1024 B = used 656 (payload 528 + guards 128) + free 368" */
export function sumOfBytes(model) {
  let used = `used ${model.usedBytes}`;
  if (model.usedBytes !== 0) {
    used += ` (payload ${model.payloadBytes}`;
    if (model.guardBytes !== 0) used += ` + guards ${model.guardBytes}`;
    if (model.allHeaders() !== 0) used += ` + headers ${model.allHeaders()}`;
    if (model.paddingBytes() !== 0) used += ` + padding ${model.paddingBytes()}`;
    used += ')';
  }
  if (model.quarantinedBytes !== 0) used += ` + quarantine ${model.quarantinedBytes}`;
  return `${model.capacity} B = ${used} + free ${model.freeBytes}`;
}

/** "external fragmentation = 1 - 192/368 = 48 %" */
export function sumOfFragmentation(model) {
  if (model.freeBytes === 0) return 'external fragmentation: nothing is free';
  const largest = model.largestFree();
  const percent = Math.round((1 - largest / model.freeBytes) * 100);
  return `external fragmentation = 1 - ${largest}/${model.freeBytes} = ${percent} %`;
}

/** "good at call 31, bad at call 42: written between them" */
export function windowText(goodCall, badCall) {
  if (goodCall === null) return `never seen good, bad at call ${badCall}`;
  if (goodCall === badCall) return `good, then bad within call ${badCall}`;
  return `good at call ${goodCall}, bad at call ${badCall}: written between them`;
}

/** Whose calls these are, of a page that was made from a recording. */
export function recordedText(program) {
  return `These are the recorded calls of ${printable(program)} in this pool, not its own heap.`;
}
