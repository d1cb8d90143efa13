/** The rows of the causal timeline, and the row an event belongs to: where it was done. */
import { differing } from "../numbers.js";
import { works } from "../stage/interest.js";
import { cutsOf } from "../stage/telling.js";
import { CONTROL_PLANE, inOrder } from "../store.js";
import { counted, fill, gettext } from "../words.js";

/**
 * What happens to a node in the controllers' eyes; what they note on the way there is only a mark in their
 * row.
 */
const TURNS = new Set([
  "mark-unknown",
  "evict-node",
  "cancel-eviction",
  "enter-master-disruption",
  "leave-master-disruption",
]);

/** Worth a sentence in the row of events. */
export const isTurn = ({ kind, verb }) => kind === "act" || (kind === "decision" && TURNS.has(verb));

/**
 * The row of an event by its actor: a component of the control plane, a node, or whoever acts from outside.
 */
function laneOf({ actor, kind, node }) {
  const [name, machine] = actor.split("@");
  if (kind === "act") return "events";
  if (machine) return `node/${machine}`;
  if (CONTROL_PLANE.includes(name)) return `control/${name}`;
  return node ? `node/${node}` : "events";
}

/** So many nodes are always all shown; owners give way to them. */
const ALWAYS = 3;
const GROUP = 18;

const deviates = (node) => node.ready !== "True" || differing(node) > 0 || !works(node);
/** Items by key -> the keys in their order, for as long as the items are the same. */
const keys = new WeakMap();

function keysOf(items) {
  if (!keys.has(items)) keys.set(items, Object.keys(items).sort());
  return keys.get(items);
}
const sum = (lanes) => lanes.reduce((total, { height }) => total + height, 0);

/**
 * Of more nodes than fit, those that get a row of their own: the selected one, what deviates, then the first
 * ones; in the order of their names.
 */
function chosen(all, most, selected) {
  const places = new Set();
  for (const wanted of [({ name }) => name === selected, deviates, () => true]) {
    for (let place = 0; place < all.length && places.size < most; place += 1) {
      if (wanted(all[place])) places.add(place);
    }
  }
  return [...places].sort((a, b) => a - b).map((place) => all[place]);
}

function controlRows(view, tall) {
  if (!tall) return [{ key: "control", kind: "control", label: gettext("control"), height: 15 }];
  return CONTROL_PLANE.filter((name) => name in view.control)
    .map((name) => ({ key: `control/${name}`, kind: "control", label: name, height: 20 }));
}

/** Letters of the end of a name, which is shown with its beginning. */
const END = 5;

/** A long name by what tells it from the others. */
const briefly = ([beginning, telling]) => beginning && telling.length > END ? telling : "";

/** Those with most pods, in the order of their names. */
function ownerRows({ workloads }, tall, most) {
  const large = keysOf(workloads).toSorted((a, b) => workloads[b].wants - workloads[a].wants).slice(0, most);
  const cuts = cutsOf([...new Set(keysOf(workloads).map((key) => workloads[key].name))]);
  return large.sort().map((key) => {
    const { name } = workloads[key];
    const brief = briefly(cuts.get(name));
    return { key, kind: "owner", label: name, brief, height: tall ? 20 : 14 };
  });
}

function lastRows(tall, traffic) {
  const rows = [{ key: "events", kind: "events", label: gettext("events"), height: 20 }];
  if (traffic || tall) {
    rows.unshift({ key: "traffic", kind: "traffic", label: gettext("requests"), height: tall ? 34 : 18 });
  }
  return rows;
}

const nodeRow = (node, height) => ({
  key: `node/${node.name}`,
  kind: "node",
  label: node.name,
  node,
  height,
});

/** The rows of the nodes on so much room: all of them, or some and the others as one group. */
function nodeRows(all, room, { least, largest, selected, expanded, first }) {
  const most = Math.max(all.length <= ALWAYS ? ALWAYS : 1, Math.floor(room / least));
  if (all.length <= most) {
    const each = Math.min(largest, Math.max(10, room / Math.max(1, all.length)));
    return { rows: all.map((node) => nodeRow(node, each)), first: 0 };
  }
  if (expanded) {
    const begin = Math.max(0, Math.min(first, all.length - most));
    return { rows: all.slice(begin, begin + most).map((node) => nodeRow(node, least)), first: begin };
  }
  const singles = chosen(all, Math.max(0, Math.floor((room - GROUP) / least)), selected);
  const n = all.length - singles.length;
  const label = singles.length
    ? fill(gettext("%(n)s others"), { n })
    : counted("%(n)s node", "%(n)s nodes", { n });
  return {
    rows: [
      ...singles.map((node) => nodeRow(node, least)),
      { key: "group", kind: "group", label, brief: `+${n}`, all, singles, height: GROUP },
    ],
    first: 0,
  };
}

/**
 * `{lanes: [{key, kind, label, top, height}], first}` for a height in pixels. `tall` gives every component
 * and owner a row of its own, else the control plane shares one; `expanded` gives every node one, from the
 * `first` on, as many as fit.
 */
export function layOut(view, { top, height, unit, tall, traffic, selected, expanded, first }) {
  const all = inOrder(view.nodes);
  const least = tall ? 16 : 14;
  const [control, last] = [controlRows(view, tall), lastRows(tall, traffic)];
  let owners = ownerRows(view, tall, tall && !expanded ? 12 : 2);
  const room = () => height / unit - sum([...control, ...owners, ...last]);
  const wanted = Math.min(all.length, ALWAYS) * least + (all.length > ALWAYS && !tall ? GROUP : 0);
  while (owners.length && room() < wanted) owners = ownerRows(view, tall, owners.length - 1);
  const largest = tall ? 34 : 30;
  const nodes = nodeRows(all, room(), { least, largest, selected, expanded, first });
  const rows = [...control, ...owners, ...nodes.rows, ...last];
  const stretch = Math.max(1, Math.min(tall ? 1.6 : 1.1, height / unit / sum(rows)));
  let y = top;
  const lanes = rows.map((lane) => {
    const placed = { ...lane, top: y, height: lane.height * unit * stretch };
    y += placed.height;
    return placed;
  });
  return { lanes, bottom: y, first: nodes.first };
}

/** The lane that draws an event, by its key; the components share one while the timeline is low. */
export function laneIn(lanes, event) {
  const key = laneOf(event);
  return lanes.get(key) ?? (key.startsWith("control/") ? lanes.get("control") : null);
}
