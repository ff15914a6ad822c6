// Watchful pool: what watches over bytes that are nobody's. Freed bytes are poisoned, freed blocks
// wait in quarantine, all bytes are looked at in every call; each only if it is asked for.
//
//     live --free--> [ poisoned ] --> quarantine --...--> released --> free, coalesced
//
// It changes nothing of where blocks are placed.
import {FREED} from './allocator.js';
import {InspectedPool} from './inspected.js';

const POISON = 0xdd;
const MOST_REMEMBERED = 256;

export class WatchfulPool extends InspectedPool {
  constructor(settings, tell) {
    super({poison: false, quarantine: 0, checkEvery: false, ...settings}, tell);
    if (this.poison) this.bytes.fill(POISON);
    this.waiting = []; // in quarantine, the oldest first
    this.freed = []; // the last blocks that were freed, for those who free them again
  }

  creation() {
    return {
      ...super.creation(),
      ...(this.poison && {poison: true}),
      ...(this.quarantine && {quarantine: this.quarantine}),
    };
  }

  lives(block) {
    return block.used && !block.quarantined;
  }

  beginCall() {
    super.beginCall();
    if (this.checkEvery) this.tellCheck();
  }

  // ---- freed bytes

  remember({number, offset, size}) {
    this.freed.push({number, offset, size});
    if (this.freed.length > MOST_REMEMBERED) this.freed.shift();
  }

  /** The block that had this byte last, as far as is known. */
  lastOwner(at) {
    return this.freed.findLast(({offset, size}) => at >= offset && at < offset + size)?.number;
  }

  wipe(offset, size) {
    if (this.poison) this.bytes.fill(POISON, offset, offset + size);
  }

  lookAtPoison(offset, size) {
    const seen = this.compare({offset, size}, POISON);
    const owner = seen.damaged ? this.lastOwner(seen.first) : undefined;
    return {offset, size, ...seen, ...(owner !== undefined && {block: owner})};
  }

  /** Bytes that are about to be handed out again. */
  lookAtReused(offset, size) {
    if (this.poison) this.tell('poison_check', this.lookAtPoison(offset, size));
  }

  // ---- free

  giveBack(block) {
    this.checkGuards(block);
    if (this.poison) this.wipe(block.offset, block.size);
    else if (this.fill) this.bytes.fill(FREED, block.payload, block.payload + block.requested);
    this.remember(block);
    const waits = this.quarantine !== 0 && block.size <= this.quarantine;
    const {number, offset, size} = block;
    this.tell(waits ? 'quarantine' : 'free', {block: number, offset, size});
    if (waits) {
      block.quarantined = true;
      this.waiting.push(block);
    } else {
      this.coalesce(block);
    }
    while (this.waitingBytes() > this.quarantine) this.release();
  }

  waitingBytes() {
    return this.waiting.reduce((sum, block) => sum + block.size, 0);
  }

  /** The block that waits longest is free now. */
  release() {
    const block = this.waiting.shift();
    const {number, offset, size} = block;
    this.lookAtReused(offset, size);
    this.tell('release', {block: number, offset, size});
    this.wipe(offset, size);
    this.coalesce(block);
  }

  /** Nothing is refused because of the quarantine. */
  makeRoom(needed) {
    const fits = () => this.blocks.some((block) => !block.used && block.size >= needed);
    while (this.waiting.length !== 0 && !fits()) this.release();
  }

  /** What leaves the quarantine may be the room on the right. */
  resize(block, requested) {
    if (super.resize(block, requested)) return true;
    if (!(requested <= this.capacity)) return false;
    const needed = this.needed(requested, this.guards);
    const fits = () => this.blocks.some((each) => !each.used && each.size >= needed);
    while (this.waiting.length !== 0 && !fits()) {
      this.release();
      if (super.resize(block, requested)) return true;
    }
    return false;
  }

  fillResized(old, block) {
    super.fillResized(old, block);
    const end = block.offset + block.size;
    this.wipe(end, Math.max(0, old.offset + old.size - end));
  }

  damagesOf(block) {
    if (this.lives(block)) return super.damagesOf(block);
    if (!this.poison) return [];
    const seen = this.lookAtPoison(block.offset, block.size);
    return seen.damaged ? [{event: 'poison_check', ...seen}] : [];
  }
}
