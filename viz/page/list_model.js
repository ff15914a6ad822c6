// List model: what `create` says of a pool that is the classroom's list allocator, in one text:
// "list order=lifo coalesce=off header=8". And the orders that its free list may have.
//
// Free blocks know when they came into the list (listed, counted): what a split leaves is as old as
// the block that was cut, what a freed block coalesces to is new.

const byAge = (a, b) => a.listed - b.listed;

const ORDERS = {
  address: {words: 'lowest address first', compare: (a, b) => a.offset - b.offset},
  lifo: {words: 'newest first', compare: (a, b) => byAge(b, a)},
  fifo: {words: 'oldest first', compare: byAge},
  'size+': {words: 'smallest first', compare: (a, b) => a.size - b.size || byAge(a, b)},
  'size-': {words: 'largest first', compare: (a, b) => b.size - a.size || byAge(a, b)},
};
export const LIST_ORDERS = Object.keys(ORDERS);
export const MOST_HEADER = 4096;

/** Free blocks, which are in address order, in the order of the list. */
export function inListOrder(blocks, order) {
  return order === 'address' ? blocks : blocks.toSorted(ORDERS[order].compare);
}

/** "newest first" */
export const orderInWords = (order) => ORDERS[order].words;

/** list: {order, coalesces, header: bytes in front of each payload, in the region}. */
export const listModelText = ({order, coalesces, header}) =>
  `list order=${order} coalesce=${coalesces ? 'on' : 'off'} header=${header}`;

const TEXT = /^list order=(address|lifo|fifo|size\+|size-) coalesce=(on|off) header=(\d+)$/;

/** undefined if the text is not of a list allocator as we know it. */
export function readListModel(text = '') {
  const [, order, coalesce, digits] = text.match(TEXT) ?? [];
  const header = Number(digits);
  return header <= MOST_HEADER ? {order, coalesces: coalesce === 'on', header} : undefined;
}
