// Player: which call is shown, and how one gets to another. State and moves only; what is seen is
// drawn by main.js from this state, all of it, after every change.
import {nameOf} from './model.js';
import {Timeline, findCalls} from './timeline.js';

export class Player {
  constructor(changed) {
    Object.assign(this, {
      changed,
      place: 0,
      upto: Infinity,
      selected: '',
      stops: new Set(),
      watched: '',
      marks: new Map(),
      hits: [],
      query: '',
      diffFrom: undefined,
      view: 'strip',
      radix: 'dec',
      playing: 0,
      speed: 1,
      limits: [0, Infinity],
    });
  }

  open(events, resume) {
    this.timeline = new Timeline(events, resume);
    this.hits = this.query === '' ? [] : findCalls(this.timeline, this.query);
    this.place = Math.min(this.place, this.timeline.length - 1);
    this.upto = Infinity;
  }

  get call() {
    return this.timeline.callAt(this.place);
  }

  /** The last place that may be seen: a quiz hides what follows its open question. */
  get limit() {
    const hidden = this.hiddenFrom?.() ?? Infinity;
    return Math.min(
      this.timeline.length - 1,
      this.limits[1],
      hidden === Infinity ? Infinity : this.timeline.placeOf(hidden) - 1,
    );
  }

  go(place, upto = Infinity) {
    const to = Math.max(this.limits[0], Math.min(this.limit, Math.round(place)));
    const same = to === this.place && upto === this.upto;
    this.place = to;
    this.upto = place > to ? Infinity : upto;
    if (!same || place > this.limit) this.changed();
  }

  goToCall(call, event) {
    this.go(this.timeline.placeOf(call), event ?? Infinity);
  }

  next() {
    if (this.upto !== Infinity) this.go(this.place);
    else this.go(this.place + 1);
  }

  back() {
    this.go(this.place - 1);
  }

  // ---- the finer grain

  get eventCount() {
    return this.timeline.eventsOf(this.place).length;
  }

  nextEvent() {
    if (this.upto === Infinity || this.upto >= this.eventCount) {
      if (this.place < this.limit) this.go(this.place + 1, 1);
    } else {
      this.go(this.place, this.upto + 1);
    }
  }

  backEvent() {
    const at = this.upto === Infinity ? this.eventCount : this.upto;
    if (at > 1) this.go(this.place, at - 1);
    else if (this.place > this.limits[0])
      this.go(this.place - 1, this.timeline.eventsOf(this.place - 1).length);
  }

  finish() {
    this.go(this.place);
  }

  // ---- stops

  toggleStop() {
    if (!this.stops.delete(this.place)) this.stops.add(this.place);
    this.changed();
  }

  toggleWatch() {
    this.watched = this.watched === this.selected ? '' : this.selected;
    this.changed();
  }

  /** A stop, a change of the watched block; failures and damage when neither is set. */
  isStop(place) {
    if (this.stops.has(place)) return true;
    if (this.watched !== '' && this.touches(place, this.watched)) return true;
    const figure = this.timeline.figures[place];
    return (
      this.stops.size === 0 &&
      this.watched === '' &&
      (figure.failed || figure.damaged || figure.misused)
    );
  }

  touches(place, name) {
    if (name.startsWith('#'))
      return this.timeline
        .eventsOf(place)
        .some((event) => event.block === Number(name.slice(1).replace('q', '')));
    const {before, after} = this.timeline.frame(place);
    const of = (model) => model.blocks.find((block) => nameOf(block) === name);
    const [was, is] = [of(before), of(after)];
    return was?.offset !== is?.offset || was?.size !== is?.size;
  }

  continue(by) {
    for (let place = this.place + by; place >= this.limits[0] && place <= this.limit; place += by)
      if (this.isStop(place)) return this.go(place);
    return this.go(by > 0 ? this.limit : this.limits[0]);
  }

  // ---- finding, marks, differences

  find(query) {
    this.query = query;
    this.hits = findCalls(this.timeline, query).filter((place) => place <= this.limit);
    const hit = this.hits.find((place) => place >= this.place) ?? this.hits[0];
    if (hit === undefined || hit === this.place) this.changed();
    else this.go(hit);
  }

  nextHit(by) {
    const hit =
      by > 0
        ? (this.hits.find((place) => place > this.place) ?? this.hits[0])
        : (this.hits.findLast((place) => place < this.place) ?? this.hits.at(-1));
    if (hit !== undefined) this.go(hit);
  }

  setMark(name) {
    this.marks.set(name, this.place);
    this.changed();
  }

  /** Marks this call with the first letter that is not in use. */
  markNext() {
    const free = [...'abcdefghijklmnopqrstuvwxyz'].find((name) => !this.marks.has(name));
    if (free) this.setMark(free);
  }

  goToMark(name) {
    if (this.marks.has(name)) this.go(this.marks.get(name));
  }

  toggleDiff() {
    if (this.diffFrom !== undefined) this.diffFrom = undefined;
    else this.diffFrom = this.marks.size === 0 ? 'before' : [...this.marks.values()].at(-1);
    this.changed();
  }

  select(name) {
    this.selected = this.selected === name ? '' : name;
    this.changed();
  }

  // ---- playing

  togglePlay() {
    if (this.playing !== 0) return this.pause();
    this.playing = setInterval(() => {
      if (this.place >= this.limit) this.pause();
      else this.next();
    }, 1600 / this.speed);
    return this.changed();
  }

  pause() {
    clearInterval(this.playing);
    this.playing = 0;
    this.changed();
  }

  setSpeed(by) {
    this.speed = Math.max(0.25, Math.min(4, this.speed * by));
    if (this.playing === 0) {
      this.changed();
      return;
    }
    clearInterval(this.playing);
    this.playing = 0;
    this.togglePlay();
  }
}
