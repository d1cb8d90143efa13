/** The rows of the causal timeline, and the row an event belongs to: where it was done. */
import { inOrder } from "../store.js";
import { gettext } from "../words.js";

const CONTROL = ["etcd", "apiserver", "controller-manager", "scheduler"];
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
export function laneOf({ actor, kind, node }) {
  const [name, machine] = actor.split("@");
  if (kind === "act") return "events";
  if (machine) return `node/${machine}`;
  if (CONTROL.includes(name)) return `control/${name}`;
  return node ? `node/${node}` : "events";
}

/** As many nodes as fit; those in trouble are never left out before healthy ones. */
function chosen(view, most) {
  const all = inOrder(view.nodes);
  if (all.length <= most) return all;
  const odd = all.filter((node) => node.ready !== "True");
  const some = new Set([...odd, ...all].slice(0, most));
  return all.filter((node) => some.has(node));
}

/**
 * `{lanes: [{key, kind, label, top, height}], missing}` for a height in pixels; `tall` gives every component
 * and owner a row of its own, else the control plane shares one.
 */
export function layOut(view, { top, height, unit, tall, traffic }) {
  const fixed = tall
    ? CONTROL.filter((name) => name in view.control).map((name) => ({
      key: `control/${name}`,
      kind: "control",
      label: name,
      height: 20,
    }))
    : [{ key: "control", kind: "control", label: gettext("control"), height: 15 }];
  const owners = Object.keys(view.workloads).sort().slice(0, tall ? 12 : 2)
    .map((key) => ({ key, kind: "owner", label: view.workloads[key].name, height: tall ? 20 : 13 }));
  const last = [{ key: "events", kind: "events", label: gettext("events"), height: 20 }];
  if (traffic || tall) {
    last.unshift({ key: "traffic", kind: "traffic", label: gettext("requests"), height: tall ? 34 : 18 });
  }
  const left = height / unit - [...fixed, ...owners, ...last].reduce((sum, lane) => sum + lane.height, 0);
  const least = tall ? 16 : 14;
  const nodes = chosen(view, Math.max(1, Math.floor(left / least)));
  const each = Math.min(tall ? 34 : 30, Math.max(10, left / Math.max(1, nodes.length)));
  const stretch = tall
    ? Math.min(
      1.6,
      height / unit /
        (each * nodes.length + [...fixed, ...owners, ...last].reduce((sum, lane) => sum + lane.height, 0)),
    )
    : 1;
  const rows = nodes.map((node) => ({
    key: `node/${node.name}`,
    kind: "node",
    label: node.name,
    node,
    height: each,
  }));
  let y = top;
  const lanes = [...fixed, ...owners, ...rows, ...last].map((lane) => {
    const placed = { ...lane, top: y, height: lane.height * unit * stretch };
    y += placed.height;
    return placed;
  });
  return { lanes, bottom: y, missing: Object.keys(view.nodes).length - nodes.length };
}

/** The lane that draws an event, by its key; the components share one while the timeline is low. */
export function laneIn(lanes, event) {
  const key = laneOf(event);
  return lanes.get(key) ?? (key.startsWith("control/") ? lanes.get("control") : null);
}
