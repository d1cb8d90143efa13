/** What the timeline draws of the past: heartbeats, states of nodes, requests, and the events worth a mark. Bounded. */
import { moment } from "./words.js";

const BEATS = 2000;
const MARKS = 200;
const REQUESTS = 4000;
/** A tick that covers more than this may hold several heartbeats of a node, of which only the last is told. */
const COARSE = 9_000_000;
/** What happens to a node in the controllers' eyes; what they note on the way there is for the list of events. */
const TURNS = new Set(["mark-unknown", "evict-node", "cancel-eviction", "enter-master-disruption", "leave-master-disruption"]);

const worthMark = ({ kind, verb }) => kind === "act" || (kind === "decision" && TURNS.has(verb));

const stateOf = (node) => (!node.registered ? "gone" : node.ready === "True" ? "Ready" : "NotReady");

/** When the Ready condition last changed, by its own time stamp; null when that is of no use. */
function since(node, now) {
  const t = moment(node.conditions.find(({ type }) => type === "Ready")?.lastTransitionTime);
  return t !== null && t <= now ? t : null;
}

function totals(view) {
  const sum = { succeeded: 0, refused: 0, hung: 0 };
  for (const service of Object.values(view.services)) for (const outcome of Object.keys(sum)) sum[outcome] += service[outcome];
  return sum;
}

export class History {
  /** Node name -> `{beats: [{t, coarse}], spans: [{from, state}]}`. */
  nodes = new Map();
  marks = [];
  /** `{from, t, succeeded, refused, hung}` for every tick in which requests ended. */
  requests = [];
  #totals = null;
  #t = 0;
  #step = 0;

  /** Starts anew from a snapshot, keeping what is known of the same past; earlier things are known as far as the view tells. */
  begin(view, t, events) {
    if (t < this.#t) {
      this.nodes = new Map();
      this.requests = [];
    }
    this.#step = 0;
    for (const node of Object.values(view.nodes)) this.#see(node, t, since(node, t) ?? t);
    for (const name of this.nodes.keys()) if (!(name in view.nodes)) this.nodes.delete(name);
    this.marks = events.filter(worthMark);
    this.#totals = totals(view);
    this.#t = t;
  }

  tick({ t, changes, events, messages }, view) {
    this.#step = t - this.#t;
    this.#t = t;
    for (const { kind, from, outcome, t: at } of messages) {
      const row = kind === "heartbeat" && outcome === "ok" && this.nodes.get(from.split("@")[1]);
      if (row) this.#beat(row, at);
    }
    for (const [name, node] of Object.entries(changes.nodes ?? {})) {
      if (node === null) this.nodes.delete(name);
      else this.#see(node, t, t);
    }
    this.#count(view, t);
    this.marks.push(...events.filter(worthMark));
    this.marks.splice(0, this.marks.length - MARKS);
  }

  #see(node, t, first) {
    const state = stateOf(node);
    const row = this.nodes.get(node.name) ?? { beats: [], spans: [{ from: first, state }] };
    this.nodes.set(node.name, row);
    if (node.lastHeartbeat !== null) this.#beat(row, node.lastHeartbeat);
    if (row.spans.at(-1).state !== state) row.spans.push({ from: (state === "gone" ? null : since(node, t)) ?? t, state });
  }

  #beat(row, t) {
    const last = row.beats.at(-1);
    // The message and the time stamp it leaves are one heartbeat.
    if (last && t - last.t < 1_000_000) return;
    row.beats.push({ t, coarse: Boolean(last) && this.#step > COARSE && t - last.t < 2 * this.#step });
    if (row.beats.length > BEATS) row.beats.shift();
  }

  #count(view, t) {
    const now = totals(view);
    const ended = { from: t - this.#step, t };
    for (const outcome of Object.keys(now)) ended[outcome] = now[outcome] - this.#totals[outcome];
    this.#totals = now;
    if (ended.succeeded > 0 || ended.refused > 0 || ended.hung > 0) this.requests.push(ended);
    if (this.requests.length > REQUESTS) this.requests.shift();
  }
}
