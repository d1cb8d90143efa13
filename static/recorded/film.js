/** A recording as it stands in the page: the view at any moment, and what was asked about then. */

import { changed, merged, SECTIONS } from "../room/store.js";

/** A view is kept every so many ticks, so that going back is quick. */
const KEPT_EVERY = 64;
/** Events that a snapshot brings. */
const RECENT = 200;

/** The last of `[[time, value], ...]` that is not later than `t`. */
const last = (list, t) => list?.findLast(([since]) => since <= t)?.[1];

export class Film {
  #data;
  #kept = [];

  constructor(data) {
    this.#data = data;
  }

  get start() {
    return this.#data.start;
  }

  get until() {
    return this.#data.until;
  }

  get lesson() {
    return this.#data.lesson;
  }

  get ticks() {
    return this.#data.ticks;
  }

  /** How many ticks are over at `t`. */
  place(t) {
    let [low, high] = [0, this.ticks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ticks[middle].t <= t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The view after so many ticks. */
  view(place) {
    let view = this.#data.view;
    const kept = Math.floor(place / KEPT_EVERY);
    for (let one = 0; one < kept; one += 1) {
      this.#kept[one] ??= this.#after(view, one * KEPT_EVERY, (one + 1) * KEPT_EVERY);
      view = this.#kept[one];
    }
    return this.#after(view, kept * KEPT_EVERY, place);
  }

  #after(view, from, to) {
    return this.ticks.slice(from, to).reduce((found, { changes }) => changed(found, changes), view);
  }

  /** The newest events after so many ticks, the oldest first. */
  events(place) {
    const known = [...this.#data.events, ...this.ticks.slice(0, place).flatMap((one) => one.events)];
    return known.slice(-RECENT);
  }

  /** Several ticks as one. */
  between(from, to) {
    const ticks = this.ticks.slice(from, to);
    const changes = {};
    for (const section of SECTIONS) {
      const all = ticks.map((one) => one.changes?.[section]).filter(Boolean);
      if (all.length) changes[section] = all.reduce((some, more) => merged(some, more, true), {});
    }
    return {
      changes,
      events: ticks.flatMap((one) => one.events),
      messages: ticks.flatMap((one) => one.messages),
    };
  }

  /** The event before or after `t` at which one would stop: `[time, id]`. */
  stop(t, direction) {
    const { stops } = this.#data;
    return direction === "previous" ? stops.findLast(([when]) => when < t) : stops.find(([when]) => when > t);
  }

  /** What the timeline draws, as far as `t` and so many ticks. */
  timeline(t, place) {
    const { timeline } = this.#data;
    const newest = this.events(place).at(-1)?.id ?? 0;
    const before = (list, when) => list.filter((one) => when(one) <= t);
    const rows = (all, when) =>
      Object.fromEntries(Object.entries(all).map(([name, list]) => [name, before(list, when)]));
    return {
      ...timeline,
      until: t,
      head: t,
      events: timeline.events.filter((one) => one.t < t || one.id <= newest),
      nodes: rows(timeline.nodes, (one) => one.since),
      heartbeats: rows(timeline.heartbeats, (one) => one.last),
      owners: rows(timeline.owners, (one) => one.since),
      requests: before(timeline.requests, (one) => one.until),
      milestones: before(timeline.milestones, (one) => one.t),
    };
  }

  /** What a part was at `t`; null if it was not there. */
  part(part, t) {
    return this.#data.table[last(this.#data.parts[part], t)] ?? null;
  }

  /** The chain of causes of an event, or of the newest one about an object at `t`; null if there is none. */
  why({ event, object }, t) {
    const chain = this.#data.whys[event ?? last(this.#data.about[object], t)];
    return chain ? chain.map((place) => this.#data.table[place]) : null;
  }

  /** What was about to happen to a part, and since when that was known; null if nothing is known. */
  armed(part, t) {
    const found = this.#data.armed[part]?.findLast(([since]) => since <= t);
    return found ? { t: found[0], armed: this.#data.table[found[1]] } : null;
  }
}
