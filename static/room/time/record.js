/**
 * What is known of one branch: events, states and heartbeats of nodes, numbers of owners, requests. Loaded
 * from the server when a branch is first looked at, and continued from the ticks. Bounded; what is left out
 * is loaded again when it is asked for.
 */
import { after, beat, joined } from "./beats.js";

const EVENTS = 20_000;
const REQUESTS = 8_000;
/**
 * A tick that covers more than this may hold several heartbeats of a node, of which only the last is told.
 */
const COARSE = 9_000_000;

const stateOf = (node) => (!node.registered ? "gone" : node.ready === "True" ? "Ready" : "NotReady");

/** 1 for a node that is there and not Ready, else 0. */
export const isLost = (state) => (state === "Ready" || state === "gone" ? 0 : 1);

/** When the Ready condition last changed, by its own time stamp; null when that is of no use. */
const turned = ({ readySince }, now) => readySince !== null && readySince <= now ? readySince : null;

function totals(view) {
  const sum = { succeeded: 0, refused: 0, hung: 0 };
  for (const service of Object.values(view.services)) {
    for (const outcome of Object.keys(sum)) sum[outcome] += service[outcome];
  }
  return sum;
}

const numbers = ({ wants, active, ready }) => ({ wants, active, ready });
const equal = (a, b) => a.wants === b.wants && a.active === b.active && a.ready === b.ready;

export class RunRecord {
  /** In the order of their ids, which is the order of time. */
  events = [];
  byId = new Map();
  /** Id of an event -> ids of the events it caused. */
  effects = new Map();
  /** Node name -> `{beats: [{first, last, count}], spans: [{since, state}]}`. */
  nodes = new Map();
  /** Owner key -> `[{since, wants, active, ready}]`. */
  owners = new Map();
  requests = [];
  milestones = [];
  /** Grows with every change, so that whoever draws knows when to draw again. */
  version = 0;
  /** The same for the states of the nodes alone. */
  turns = 0;
  /** Since when nodes are known. */
  first = Infinity;
  /** Moment -> by how many the number of nodes that are not Ready changed then. */
  losses = new Map();
  head = 0;
  /** Up to that moment the server knows more: ticks came too far apart to tell everything, or were missed. */
  #coarse = -Infinity;
  #totals = null;
  #t = -Infinity;

  /** Everything the server knows of the branch; own later observations stay. */
  load({ until, head, events, nodes, heartbeats, owners, requests, milestones }) {
    this.add(events);
    for (const name of new Set([...Object.keys(nodes), ...Object.keys(heartbeats)])) {
      const row = this.nodes.get(name) ?? { beats: [], spans: [] };
      if (heartbeats[name]) row.beats = joined(heartbeats[name], row.beats, until);
      if (nodes[name]?.length) row.spans = [...nodes[name], ...after(row.spans, until, ({ since }) => since)];
      this.nodes.set(name, row);
    }
    for (const [key, items] of Object.entries(owners)) {
      this.owners.set(key, [...items, ...after(this.owners.get(key) ?? [], until, ({ since }) => since)]);
    }
    this.requests = [...requests, ...after(this.requests, until, ({ until: end }) => end)];
    this.milestones = milestones;
    this.head = Math.max(this.head, head);
    if (until >= this.#coarse) this.#coarse = -Infinity;
    this.version += 1;
    this.turns += 1;
    this.losses = new Map();
    for (const { spans } of this.nodes.values()) {
      spans.forEach((span, place) => this.#lose(span, spans[place - 1]));
    }
  }

  /** Whether the server knows more of what was before the last tick. */
  get coarse() {
    return this.#coarse > -Infinity;
  }

  /**
   * A snapshot of the room: a beginning, or a continuation after a break. It tells how things are, and little of
   * how they came to be so.
   */
  begin(view, t, events) {
    this.add(events);
    if (this.#t > -Infinity && t > this.#t) this.#coarse = t;
    this.#t = t;
    this.#totals = totals(view);
    for (const node of Object.values(view.nodes)) this.#see(node, t, turned(node, t) ?? t);
    for (const [key, owner] of Object.entries(view.workloads)) this.#own(key, owner, t);
    this.head = Math.max(this.head, t);
    this.version += 1;
  }

  tick({ t, changes, events, messages }, view) {
    for (const { kind, from, outcome, t: at, nodes } of messages) {
      const isBeat = kind === "heartbeat" && outcome === "ok" && !nodes;
      const row = isBeat && this.nodes.get(from.split("@")[1]);
      if (row) beat(row.beats, at);
    }
    for (const [name, at] of Object.entries(changes?.heard ?? {})) {
      const row = this.nodes.get(name);
      if (row && at !== null) beat(row.beats, at);
    }
    for (const [name, change] of Object.entries(changes?.nodes ?? {})) {
      if (change) this.#see(view.nodes[name], t, t);
      else this.#turn(this.nodes.get(name), { since: t, state: "gone" });
    }
    for (const [key, owner] of Object.entries(changes?.workloads ?? {})) {
      if (owner) this.#own(key, view.workloads[key], t);
    }
    this.#count(view, t);
    this.add(events);
    if (t - this.#t > COARSE) this.#coarse = t;
    this.#t = t;
    this.head = Math.max(this.head, t);
    this.version += 1;
  }

  /** Events that are not known yet; usually newer than all others. */
  add(events) {
    let sorted = true;
    for (const event of events) {
      if (this.byId.has(event.id)) continue;
      if (this.events.length && event.id < this.events.at(-1).id) sorted = false;
      this.events.push(event);
      this.byId.set(event.id, event);
      for (const cause of event.causes) {
        if (!this.effects.has(cause)) this.effects.set(cause, []);
        this.effects.get(cause).push(event.id);
      }
    }
    if (!sorted) this.events.sort((a, b) => a.id - b.id);
    while (this.events.length > EVENTS) {
      const { id } = this.events.shift();
      this.byId.delete(id);
      this.effects.delete(id);
    }
  }

  /** The events between two moments. */
  between(start, end) {
    return this.events.slice(this.#place(start), this.#place(end + 1));
  }

  #place(t) {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle].t < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #see(node, t, first) {
    const state = stateOf(node);
    const row = this.nodes.get(node.name) ?? { beats: [], spans: [] };
    this.nodes.set(node.name, row);
    if (node.lastHeartbeat !== null) beat(row.beats, node.lastHeartbeat);
    const last = row.spans.at(-1);
    if (last?.state !== state) {
      const since = last ? (state === "gone" ? null : turned(node, t)) ?? t : first;
      this.#turn(row, { since, state });
    }
  }

  #turn(row, span) {
    if (!row) return;
    this.#lose(span, row.spans.at(-1));
    row.spans.push(span);
    this.turns += 1;
  }

  #lose({ since, state }, before) {
    this.first = Math.min(this.first, since);
    const by = isLost(state) - (before ? isLost(before.state) : 0);
    if (by) this.losses.set(since, (this.losses.get(since) ?? 0) + by);
  }

  #own(key, owner, since) {
    const row = this.owners.get(key) ?? [];
    this.owners.set(key, row);
    if (!row.length || !equal(row.at(-1), owner)) row.push({ since, ...numbers(owner) });
  }

  #count(view, until) {
    const now = totals(view);
    const ended = { since: this.#t, until };
    for (const outcome of Object.keys(now)) ended[outcome] = now[outcome] - this.#totals[outcome];
    this.#totals = now;
    if (ended.succeeded > 0 || ended.refused > 0 || ended.hung > 0) this.requests.push(ended);
    if (this.requests.length > REQUESTS) this.requests.shift();
  }
}
