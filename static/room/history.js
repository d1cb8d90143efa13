/** What the timeline draws of the past: heartbeats seen, states of nodes, and the events worth a mark. Bounded. */

const BEATS = 2000;
const MARKS = 200;
/** Time stamps of objects count from here: t = 0 of every run. */
const EPOCH = Date.parse("2017-09-26T07:00:00Z");

export class History {
  nodes = new Map();
  marks = [];

  /** Starts anew from a snapshot. What was before it is known only as far as the view tells. */
  begin(view, t, events) {
    const known = this.nodes;
    this.nodes = new Map();
    for (const node of Object.values(view.nodes)) {
      const before = known.get(node.name);
      this.nodes.set(node.name, before && before.last <= t ? before : { beats: [], spans: [{ from: since(node) ?? t, state: stateOf(node) }], last: t });
      this.#see(node, t);
    }
    this.marks = events.filter(worthMark);
  }

  tick({ t, changes, events, messages }) {
    for (const { kind, from, outcome, t: at } of messages ?? []) {
      const node = kind === "heartbeat" && outcome === "ok" && this.nodes.get(from.split("@")[1]);
      if (node) this.#beat(node, at);
    }
    for (const [name, node] of Object.entries(changes?.nodes ?? {})) {
      if (node === null) this.nodes.delete(name);
      else this.#see(node, t);
    }
    this.marks.push(...events.filter(worthMark));
    if (this.marks.length > MARKS) this.marks.splice(0, this.marks.length - MARKS);
  }

  #see(node, t) {
    const row = this.nodes.get(node.name) ?? { beats: [], spans: [{ from: t, state: stateOf(node) }], last: t };
    this.nodes.set(node.name, row);
    row.last = t;
    if (node.lastHeartbeat !== null) this.#beat(row, node.lastHeartbeat);
    const state = stateOf(node);
    if (row.spans.at(-1).state !== state) row.spans.push({ from: since(node, t) ?? t, state });
  }

  #beat(row, t) {
    const last = row.beats.at(-1);
    // A heartbeat and the pass that saw it are one mark.
    if (last !== undefined && t - last < 1_000_000) return;
    row.beats.push(t);
    if (row.beats.length > BEATS) row.beats.shift();
  }
}

/** What happens to a node in the controllers' eyes; what they note on the way there is for the list of events. */
const TURNS = new Set(["mark-unknown", "mark-not-ready", "evict-node", "cancel-eviction", "disruption"]);
const worthMark = ({ kind, object, verb }) => kind === "act" || (kind === "decision" && object.startsWith("nodes/") && TURNS.has(verb));

const stateOf = (node) => (node.ready === "True" ? "Ready" : "NotReady");

/** When the Ready condition last changed, by its own time stamp (whole seconds); null when the stamp is of no use. */
function since(node, now = Infinity) {
  const stamp = node.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
  const t = stamp ? (Date.parse(stamp) - EPOCH) * 1000 : NaN;
  return Number.isFinite(t) && t <= now ? t : null;
}
