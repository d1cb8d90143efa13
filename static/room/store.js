/** The room as last heard: the snapshot's view with the changes of later ticks applied over it. */

const SECTIONS = ["control", "nodes", "deadlines", "workloads", "services"];

export class Store extends EventTarget {
  view = null;
  speed = 1;
  rate = 0;
  playing = false;
  ease = false;
  eased = false;
  t = 0;
  branch = null;

  snapshot(frame) {
    this.view = frame.view;
    this.branch = frame.branch;
    this.pace(frame);
    this.#say("snapshot", frame);
  }

  tick(frame) {
    for (const section of SECTIONS) {
      const changes = frame.changes?.[section];
      if (!changes) continue;
      const items = { ...this.view[section] };
      for (const [key, item] of Object.entries(changes)) {
        if (item === null) delete items[key];
        else items[key] = item;
      }
      this.view = { ...this.view, [section]: items };
    }
    this.#say("tick", frame);
  }

  /** Where and how fast the room is; known when a frame is heard, before its effects show. */
  pace({ t, rate, speed, playing, ease, eased }) {
    Object.assign(this, { t, rate, speed, playing, ease, eased });
  }

  #say(type, frame) {
    this.dispatchEvent(new CustomEvent(type, { detail: frame }));
  }
}

/** Names in an order people expect: n2 before n10. */
const collator = new Intl.Collator("en", { numeric: true });
export const inOrder = (items) => Object.keys(items).sort(collator.compare).map((key) => items[key]);

/** Deadlines by node and kind, made once for each state of them. */
const byNode = new WeakMap();
const NONE = {};

/** Deadlines of one node by kind: `{grace, eviction}`. */
/** @returns {any} */
export function deadlinesOf({ deadlines }, node) {
  let index = byNode.get(deadlines);
  if (!index) {
    index = new Map();
    for (const deadline of Object.values(deadlines)) {
      if (!index.has(deadline.node)) index.set(deadline.node, {});
      index.get(deadline.node)[deadline.kind] = deadline;
    }
    byNode.set(deadlines, index);
  }
  return index.get(node) ?? NONE;
}
