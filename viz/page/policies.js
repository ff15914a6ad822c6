// Policies: which free block serves a request. Five loops over a list, and nothing else.
//
//     free list, bytes needed, cursor --choose--> a free block, or none
//
// Both the page's own allocators and its narration ask these. The list is in address order, but a
// list allocator's may have another: ties go to the first in it.

export const POLICIES = ['first', 'next', 'best', 'worst', 'good'];
/** Good fit walks no list. */
export const LIST_POLICIES = POLICIES.filter((policy) => policy !== 'good');

/** The first in the list that fits. */
function firstFit(list, needed) {
  return list.find((block) => block.size >= needed);
}

/** The same from the first block on that ends after the cursor, and round. */
function nextFit(list, needed, cursor) {
  const start = list.findIndex((block) => block.offset + block.size > cursor);
  return (start > 0 && firstFit(list.slice(start), needed)) || firstFit(list, needed);
}

/** The smallest that fits. */
function bestFit(list, needed) {
  let best;
  for (const block of list)
    if (block.size >= needed && (!best || block.size < best.size)) best = block;
  return best;
}

/** The largest. */
function worstFit(list, needed) {
  let worst;
  for (const block of list)
    if (block.size >= needed && (!worst || block.size > worst.size)) worst = block;
  return worst;
}

/** The lowest address in the first size class whose every block fits. */
function goodFit(list, needed) {
  const sure = goodClassThatFits(needed);
  let good;
  for (const block of list) {
    const own = goodClass(block.size);
    if (own >= sure && (!good || own < goodClass(good.size))) good = block;
  }
  return good ?? firstFit(list, needed); // what still fits is in the request's own class
}

const CHOOSERS = {first: firstFit, next: nextFit, best: bestFit, worst: worstFit, good: goodFit};

/** The free block that the policy takes from; undefined if none serves. */
export function choose(policy, list, needed, cursor) {
  return Object.hasOwn(CHOOSERS, policy) ? CHOOSERS[policy](list, needed, cursor) : undefined;
}

// ---- good fit's size classes: exact below 512 bytes, then 32 an octave

function octaveOf(size) {
  let octave = Math.floor(Math.log2(size));
  while (2 ** octave > size) --octave;
  while (2 ** (octave + 1) <= size) ++octave;
  return octave;
}

export function goodClass(size) {
  if (size < 512) return size;
  const octave = octaveOf(size); // 9 for 512 to 1023
  return 512 + (octave - 9) * 32 + Math.floor(size / 2 ** (octave - 5)) - 32;
}

/** The first class whose every block has at least this size. */
export function goodClassThatFits(size) {
  const own = goodClass(size);
  return size === 0 || goodClass(size - 1) < own ? own : own + 1;
}

/** "160 B", "1024 to 1055 B": the sizes of a class. */
export function goodClassText(number) {
  if (number < 512) return `${number} B`;
  const width = 2 ** (Math.floor((number - 512) / 32) + 4);
  const first = (32 + (number % 32)) * width;
  return `${first} to ${first + width - 1} B`;
}
