/** The room as last heard: the snapshot's view with the changes of later ticks applied over it. */
import { afar, counted, unfolded } from "./numbers.js";

/** The components of the control plane, in the order in which they are shown. */
export const CONTROL_PLANE = ["etcd", "apiserver", "controller-manager", "scheduler"];

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
    if (changes?.[section]) next[section] = merged(view[section], changes[section], false, view.usual);
  }
  return next;
}

/**
 * Items with changes of them, or the changes of two ticks as those of one: what a node was told of is told together.
 * @param {any} items
 * @param {any} changes
 * @param {boolean} keep whether what is gone is kept as null
 * @param {any} usual what nodes have in common that are told from afar
 */
export function merged(items, changes, keep = false, usual = null) {
  const found = { ...items };
  let others = false;
  for (const [key, item] of Object.entries(changes)) {
    others ||= item === null || !(key in found);
    if (item === null && !keep) delete found[key];
    else found[key] = item === null || !found[key] ? begun(item, usual) : told(found[key], item);
  }
  if (!others) keepOrder(items, found, changes);
  return found;
}

/** Something new; a node among very many is seen from afar. */
const begun = (item, usual) => (usual && item && "believed" in item ? afar(item) : item);

/** Of an item only what changed of it is told, and of the pods of a node what changed of each, by their uid. */
function told(before, now) {
  if (before.far) return { ...before, ...counted(now) };
  if (!now.pods || !before.pods) return { ...before, ...now };
  const known = new Map(before.pods.map((pod) => [pod.uid, pod]));
  // A tick that was on its way while the node was looked at closer may tell of a pod that is gone since.
  const pods = now.pods.map((pod) => ({ ...known.get(pod.uid), ...pod })).filter(({ name }) => name);
  return { ...before, ...now, pods };
}

/**
 * The items with others in place of some.
 * @param {any} items
 * @param {any} others
 */
export function replaced(items, others) {
  const found = { ...items, ...others };
  keepOrder(items, found, others);
  return found;
}

/**
 * Signs of life of many nodes, which come together. Nothing else changes with them, so they are written into
 * the items that there are: whoever draws one of thousands sees them, and nobody has to look at all.
 */
function renew({ nodes, deadlines }, { heard, seen }) {
  for (const [name, at] of Object.entries(heard ?? {})) {
    if (nodes[name]) nodes[name].lastHeartbeat = at;
  }
  for (const { origin, due, nodes: names } of seen ?? []) {
    for (const name of names) {
      const grace = deadlines[`grace/${name}`];
      if (grace) [grace.origin, grace.due] = [origin, due];
    }
  }
}

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
    this.view = unfolded(frame.view);
    this.branch = frame.branch;
    this.pace(frame);
    this.#say("snapshot", { ...frame, view: this.view });
  }

  tick(frame) {
    this.view = changed(this.view, frame.changes);
    if (frame.changes) renew(this.view, frame.changes);
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
    const names = sorted(Object.keys(items));
    const places = new Map(names.map((name, place) => [name, place]));
    found = { list: names.map((key) => items[key]), places };
    ordered.set(items, found);
  }
  return found.list;
}

/** The same keys with other items for some of them: their order is known, if it was. */
function keepOrder(before, now, changes) {
  const known = ordered.get(before);
  if (!known) return;
  const list = known.list.slice();
  for (const key of Object.keys(changes)) list[known.places.get(key)] = now[key];
  ordered.set(now, { list, places: known.places });
}

/**
 * Deadlines of one node by kind: `{grace, eviction}`.
 * @returns {any}
 */
export const deadlinesOf = ({ deadlines }, node) => ({
  grace: deadlines[`grace/${node}`],
  eviction: deadlines[`eviction/${node}`],
});

/**
 * A node with its deadlines: what a card, a tile or a cell of the map is drawn from. `names`: of pods, for
 * cards that name them.
 */
export const itemOf = (view, node, names) => ({
  node,
  deadlines: deadlinesOf(view, node.name),
  names,
});

/** Whether nothing has changed between two of them. */
export const sameItem = (a, b) =>
  a.node === b.node && a.names === b.names && a.deadlines.grace === b.deadlines.grace &&
  a.deadlines.eviction === b.deadlines.eviction;
