// Inspected pool: the calls that only look, and what is told of wrong ones. A check finds damaged
// guards, a note shows the bytes of live blocks, the end of a pool shows what leaks.
//
//     Pool (allocator.js) <-- InspectedPool <-- WatchfulPool (watchful.js)
//                                           <-- ListPool (list_allocator.js)
import {Pool} from './allocator.js';
import {hex} from './sizes.js';

export class InspectedPool extends Pool {
  /** The pointer is not one of a live block: it is reported, and nothing is changed. */
  misuse(offset) {
    const block = this.blocks.find((each) => offset < each.offset + each.size);
    const inside = block !== undefined && this.lives(block);
    const kind = inside ? 'interior_free' : 'double_free';
    const number = inside ? block.number : this.lastOwner(offset);
    this.tell('misuse', {kind, offset, ...(number !== undefined && {block: number})});
  }

  check() {
    ++this.call;
    this.tellCheck();
  }

  tellCheck() {
    const damages = this.blocks.flatMap((block) => this.damagesOf(block));
    for (const {event, ...fields} of damages) this.tell(event, fields);
    const blocks = this.blocks.filter((block) => this.lives(block)).length;
    this.tell('check', {blocks, violations: damages.length});
  }

  damagesOf(block) {
    return this.guardChecks(block)
      .filter((check) => check.damaged)
      .map((check) => ({event: 'guard_check', ...check}));
  }

  /** `count` times `byte` from `begin` on, whoever's bytes they are; then a note with all bytes. */
  write(begin, count, byte, text) {
    this.bytes.fill(byte, begin, begin + count); // before the pool is called
    this.beginCall();
    this.tellNote(text);
  }

  note(text) {
    this.beginCall();
    this.tellNote(text);
  }

  /** A note shows the bytes of live blocks: neighbours together, at most 4096 an event. */
  tellNote(text) {
    this.tell('note', {text});
    const live = this.blocks.filter((block) => this.lives(block));
    const all = live.reduce((sum, block) => sum + block.size, 0);
    let left = Math.min(all, 2 ** 20);
    for (let i = 0; i < live.length && left !== 0; ++i) {
      let {offset} = live[i];
      while (i + 1 < live.length && live[i].offset + live[i].size === live[i + 1].offset) ++i;
      const end = Math.min(live[i].offset + live[i].size, offset + left);
      for (let size; offset < end; offset += size) {
        size = Math.min(end - offset, 4096);
        left -= size;
        const told = {offset, hex: hex(this.bytes.subarray(offset, offset + size))};
        this.tell('bytes', left === 0 && all > 2 ** 20 ? {...told, left_out: all - 2 ** 20} : told);
      }
    }
  }

  destroy() {
    this.beginCall();
    for (const block of this.blocks)
      if (this.lives(block)) this.checkGuards(block);
      else for (const {event, ...fields} of this.damagesOf(block)) this.tell(event, fields);
    const live = this.blocks.filter((block) => this.lives(block));
    for (const {number, offset, requested} of live)
      this.tell('leak', {block: number, offset, requested});
    this.tell('destroy', {
      live_blocks: live.length,
      live_bytes: live.reduce((sum, block) => sum + block.requested, 0),
    });
  }
}
