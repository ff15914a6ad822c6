// Sizes and bytes as a log writes them: bytes as hex digits, and numbers beyond those that a
// browser counts exactly as decimal text. Knows no pool.

export function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

const MOST = 2n ** 64n - 1n;
const atMost = (size) => (size > MOST ? MOST : size);

/** A size as a log has it: numbers count exactly up to 2^53 - 1, so larger ones are text. */
export const wide = (size) => (size > Number.MAX_SAFE_INTEGER ? String(size) : Number(size));

/** Pool.needed() of requests that numbers do not count exactly; as the library's, it saturates. */
export function neededExactly(requested, front, back, align) {
  const up = (size) => (atMost(size + BigInt(align - 1)) / BigInt(align)) * BigInt(align);
  const sum = atMost(BigInt(front) + BigInt(requested) + BigInt(back));
  return {sum: wide(sum), needed: wide(up(sum)), countable: sum !== MOST};
}
