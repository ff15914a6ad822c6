// Told: what the log has told of the region's bytes. A memory of values; it knows no blocks.
//
// A byte is known when a `bytes` event gave it, or when a freed block left a guard or its fill
// there. It lies in pages that copies share until one of them writes (keyframes are copies).

const PAGE = 4096;
const MOST_PAGES = 4096; // 16 MiB of the region; what is told beyond them is not kept
const TOLD = 1,
  GUARD_LEFT = 2,
  FILL_LEFT = 4;

export class Told {
  constructor() {
    this.pages = new Map(); // number -> {value, state}
    this.own = new Set(); // of those, the ones that no copy shares
  }

  copy() {
    const copy = new Told();
    copy.pages = new Map(this.pages);
    this.own.clear();
    return copy;
  }

  /** These bytes stand at offset now. */
  tell(offset, bytes) {
    this.change(offset, bytes.length, true, (page, from, to, done) => {
      page.value.set(bytes.subarray(done, done + to - from), from);
      for (let i = from; i < to; ++i) page.state[i] |= TOLD;
    });
  }

  /** Somebody takes the range or writes it anew: nothing is known of it. */
  forget(offset, size) {
    this.change(offset, size, false, (page, from, to) => page.state.fill(0, from, to));
  }

  /** A freed block leaves this behind: its guard, or what fills freed payload. */
  leave(offset, size, what) {
    const state = what === 'guard' ? GUARD_LEFT : FILL_LEFT;
    this.change(offset, size, true, (page, from, to) => page.state.fill(state, from, to));
  }

  /** What is told of [from, from + size) stands at `to` as well. */
  copyWithin(from, to, size) {
    for (const number of this.pagesIn(from, size)) {
      const begin = Math.max(from, number * PAGE);
      const end = Math.min(from + size, (number + 1) * PAGE);
      for (let at = begin; at < end; ++at) {
        const value = this.at(at);
        if (value !== undefined) this.tell(to + at - from, Uint8Array.of(value));
      }
    }
  }

  /** The byte that was told; undefined if none was. */
  at(offset) {
    const page = this.pages.get(Math.floor(offset / PAGE));
    return page && page.state[offset % PAGE] & TOLD ? page.value[offset % PAGE] : undefined;
  }

  /** What was left at offset, whether or not it has been told again since. */
  left(offset) {
    const state = this.pages.get(Math.floor(offset / PAGE))?.state[offset % PAGE] ?? 0;
    return state & GUARD_LEFT ? 'guard' : state & FILL_LEFT ? 'fill' : '';
  }

  pagesIn(offset, size) {
    if (size <= 0 || this.pages.size === 0) return [];
    const first = Math.floor(offset / PAGE);
    const last = Math.floor((offset + size - 1) / PAGE);
    return [...this.pages.keys()].filter((number) => first <= number && number <= last);
  }

  /** Calls visit(page, from, to, bytes done before) for each page of the range, to write. */
  change(offset, size, make, visit) {
    const numbers = make ? range(offset, size) : this.pagesIn(offset, size);
    for (const number of numbers) {
      const page = this.writable(number, make);
      if (!page) continue;
      const from = Math.max(offset, number * PAGE);
      const to = Math.min(offset + size, (number + 1) * PAGE);
      visit(page, from - number * PAGE, to - number * PAGE, from - offset);
    }
  }

  writable(number, make) {
    let page = this.pages.get(number);
    if (page && this.own.has(number)) return page;
    if (!page && (!make || this.pages.size >= MOST_PAGES)) return undefined;
    page = page
      ? {value: page.value.slice(), state: page.state.slice()}
      : {value: new Uint8Array(PAGE), state: new Uint8Array(PAGE)};
    this.pages.set(number, page);
    this.own.add(number);
    return page;
  }
}

function range(offset, size) {
  if (size <= 0) return [];
  const first = Math.floor(offset / PAGE);
  const count = Math.min(Math.floor((offset + size - 1) / PAGE) - first + 1, MOST_PAGES);
  return Array.from({length: count}, (_, i) => first + i);
}
