// Runs: which operations are shown, and what becomes of them. The page's own log, as operations if
// it can be said so; then whatever the op box or a link starts in its place, until one goes home.
import {writeLink} from './links.js';
import {opsOfLog, opsText, play, settingsOf} from './ops.js';
import {compareRuns, runOps, withInserted} from './workshop.js';

const MOST_FOR_OPS = 20000; // events of a log that is tried as an op list

export class Runs {
  /** changed() is called after every change of what is shown. */
  constructor(player, data, changed) {
    Object.assign(this, {player, data, changed});
    this.run = undefined; // the op list that is shown, if the page could run it
    this.original = undefined; // the page's own events and run, once another is shown
    this.why = ''; // why the page's log is no op list
    this.clear();
  }

  clear() {
    Object.assign(this, {problem: '', difference: '', differs: undefined, link: ''});
  }

  /** Shows the page's own events, and finds the operations that make them. */
  open(events) {
    this.player.open(events, this.data.resume);
    if (events.length > MOST_FOR_OPS) {
      this.why = `it has more than ${MOST_FOR_OPS} events`;
    } else if (this.data.ops) {
      const run = runOps(this.data.ops, settingsOf(events));
      if (run.events.length === this.player.timeline.events.length) this.run = run;
      else this.why = 'the page cannot make its pool again';
    } else {
      const {ops, settings, why = ''} = opsOfLog(events);
      this.why = why;
      if (ops) this.run = {...play(ops, settings), ops, settings, text: opsText(ops)};
    }
  }

  start(text, settings, call) {
    this.attempt(() => {
      const run = runOps(text, settings);
      const old = {timeline: this.player.timeline, run: this.run};
      this.original ??= {events: this.player.timeline.events, run: this.run};
      const where = call ?? Math.min(this.player.call, run.calls.length);
      this.show(run, run.events, null);
      this.player.place = this.player.timeline.placeOf(where);
      Object.assign(this, compareRuns(old, {timeline: this.player.timeline, run}));
    });
  }

  insert(addition) {
    this.attempt(() => {
      const {run, player} = this;
      this.start(withInserted(run, player.call, addition), run.settings, player.call + 1);
    });
  }

  goHome() {
    const {events, run} = this.original;
    this.original = undefined;
    this.show(run, events, this.data.resume);
    this.changed();
  }

  show(run, events, resume) {
    this.clear();
    this.run = run;
    this.player.stops.clear();
    this.player.marks.clear();
    this.player.diffFrom = undefined;
    this.player.open(events, resume);
  }

  /** What is wrong with an op list is said, and nothing else happens. */
  attempt(work) {
    try {
      work();
    } catch (error) {
      this.problem = error.message;
    }
    this.changed();
  }

  // ---- links

  /** The fragment that leads here again; withOps: also on a page that shows another log. */
  fragment(withOps) {
    const {call, selected: block, view, radix, upto} = this.player;
    const run = this.run && withOps ? {ops: this.run.text, settings: this.run.settings} : undefined;
    const event = upto === Infinity ? undefined : upto;
    return writeLink({call, block, view, event, run, hex: radix === 'hex'});
  }

  async share() {
    this.link = location.href.replace(/#.*$/, '') + this.fragment(true);
    this.changed();
    try {
      await navigator.clipboard.writeText(this.link);
    } catch {
      // no clipboard here: the link stands in the box
    }
  }
}
