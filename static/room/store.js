/** The room as last heard: the snapshot's view with the changes of later ticks applied over it. */

export const SECTIONS = ["control", "nodes", "deadlines", "workloads", "services"];

/**
 * The view after the changes of a tick.
 * @param {any} view
 * @param {any} changes
 * @returns {any}
 */
export function changed(view, changes) {
  const next = { ...view };
  for (const section of SECTIONS) {
    if (changes?.[section]) next[section] = merged(view[section], changes[section]);
  }
  return next;
}

/**
 * Items with changes of them, or the changes of two ticks as those of one: what a node was told of is told together.
 * @param {any} items
 * @param {any} changes
 * @param {boolean} keep whether what is gone is kept as null
 */
export function merged(items, changes, keep = false) {
  const found = { ...items };
  for (const [key, item] of Object.entries(changes)) {
    if (item === null && !keep) delete found[key];
    else found[key] = item === null || !found[key] ? item : told(found[key], item);
  }
  return found;
}

/** Of an item only what changed of it is told, and of the pods of a node what changed of each, by their uid. */
function told(before, now) {
  if (!now.pods || !before.pods) return { ...before, ...now };
  const known = new Map(before.pods.map((pod) => [pod.uid, pod]));
  return { ...before, ...now, pods: now.pods.map((pod) => ({ ...known.get(pod.uid), ...pod })) };
}

/**
 * Each message for itself: those that are equal but for the node come as one, with a `*` for its name, and
 * not with the time of each.
 */
export const each = (messages) =>
  messages.flatMap(({ nodes, ...message }) =>
    nodes
      ? nodes.map((node) => ({
        ...message,
        t: null,
        from: message.from.replace("*", node),
        to: message.to.replace("*", node),
        label: message.label.replace(/\*$/, node),
      }))
      : message
  );

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
    this.view = changed(this.view, frame.changes);
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
/** Names as they came -> in order. They seldom change, and sorting a thousand takes longer than a tick may. */
const orders = new Map();
const ORDERS = 8;

function sorted(names) {
  const key = names.join();
  if (!orders.has(key)) {
    if (orders.size === ORDERS) orders.clear();
    orders.set(key, names.sort(collator.compare));
  }
  return orders.get(key);
}

/** Items by key -> in order, for as long as they are the same. */
const ordered = new WeakMap();

/** Items by key in the order of their keys: the same array for the same items, to be read only. */
export function inOrder(items) {
  let found = ordered.get(items);
  if (!found) {
    found = sorted(Object.keys(items)).map((key) => items[key]);
    ordered.set(items, found);
  }
  return found;
}

/**
 * Deadlines of one node by kind: `{grace, eviction}`.
 * @returns {any}
 */
export const deadlinesOf = ({ deadlines }, node) => ({
  grace: deadlines[`grace/${node}`],
  eviction: deadlines[`eviction/${node}`],
});

/** A node with its deadlines: what a card, a tile or a cell of the map is drawn from. */
export const itemOf = (view, node) => ({ node, deadlines: deadlinesOf(view, node.name) });

/** Whether nothing has changed between two of them. */
export const sameItem = (a, b) =>
  a.node === b.node && a.deadlines.grace === b.deadlines.grace &&
  a.deadlines.eviction === b.deadlines.eviction;
