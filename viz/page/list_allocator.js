// List allocator: the classroom's, as a textbook has it. One list of free blocks, searched from its
// head, in an order of its own; a header in front of every payload; coalescing or not.
//
//     free list   head --> (96, 40) --> (0, 16) --> NULL            here: newest first
//     region      ( 0 16 )[ header | #1's payload ]( 96 40 )[ header | #4's payload ]
//
// It differs from the pool in what stands here, and tells the events of `mempool-viz --model list`.
import {roundUp} from './allocator.js';
import {InspectedPool} from './inspected.js';
import {inListOrder, listModelText} from './list_model.js';

const MOST_NOTED = 2 ** 20; // bytes of a region that notes show

export class ListPool extends InspectedPool {
  /** settings.list: {order, coalesces, header}. There are neither guards nor fill. */
  constructor(settings, tell) {
    super({...settings, guards: 0, fill: false}, tell);
    this.listed = 0; // the last entry into the list
    this.blocks[0].listed = 0;
  }

  creation() {
    return {...super.creation(), model: listModelText(this.list)};
  }

  freeList() {
    return inListOrder(super.freeList(), this.list.order);
  }

  //  [ header, rounded up | requested | padding ]   = one block, a multiple of align
  front() {
    return roundUp(this.list.header, this.align);
  }

  /** What it becomes is new in the list. */
  coalesce(block) {
    const {coalesces} = this.list;
    const free = coalesces ? super.coalesce(block) : Object.assign(block, {used: false});
    free.listed = ++this.listed;
    return free;
  }

  resize() {
    return false; // a block that is reallocated always moves
  }

  needRecord() {} // there is no slab: what is known of a block is in its header

  tellNote(text) {
    if (this.capacity <= MOST_NOTED) super.tellNote(text);
    else this.tell('note', {text});
  }
}
