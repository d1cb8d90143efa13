/** What is worth a look at a node, how it really is, and what a reader searches for. */
import { differing } from "../numbers.js";
import { gettext } from "../words.js";

/** Whether everything on the node works: its machine, its network, its processes. */
export const works = ({ machine, parts }) =>
  machine.power === "on" && machine.network === "up" &&
  Object.values(parts).every(({ state }) => state === "running");

export const isLost = (node) => node.registered && node.ready !== "True";

/** Node -> what is found out about it; a node that changes is another object. */
const known = new WeakMap();

/**
 * What a map tells of a node. `worth`: the larger, the more there is to see: belief and reality that part, a
 * node that is lost or soon will be, a fault nobody knows of yet.
 * @returns {{lost: boolean, differs: boolean, broken: boolean, cordoned: boolean, worth: number}}
 */
export function looks(node) {
  let found = known.get(node);
  if (!found) {
    const [lost, differs, broken] = [isLost(node), differing(node) > 0, !works(node)];
    // A fault counts the same before and after the controller knows: cards stay while a wave of nodes is lost.
    const worth = (broken ? 8 : lost || !node.registered ? 2 : 0) + (differs ? 4 : 0) +
      (node.unschedulable ? 1 : 0);
    found = { lost, differs, broken, cordoned: node.unschedulable, worth };
    known.set(node, found);
  }
  return found;
}

/** The most interesting first, equal ones in their order. */
export const worstFirst = (nodes) =>
  nodes.filter((node) => looks(node).worth).sort((a, b) => looks(b).worth - looks(a).worth);

/** @type {[string, () => string, (node: any) => boolean][]} */
export const FILTERS = [
  ["all", () => gettext("all"), () => true],
  ["notready", () => gettext("NotReady"), (node) => looks(node).lost],
  ["differs", () => gettext("differs"), (node) => looks(node).differs],
  ["broken", () => gettext("broken"), (node) => looks(node).broken],
  ["cordoned", () => gettext("cordoned"), (node) => looks(node).cordoned],
];

/** Whether a node is what was typed: part of its name, of its zone or rack. */
export const named = (node, text) =>
  !text || [node.name, node.zone, node.rack].some((one) => one?.toLowerCase().includes(text));

/** A group as what is told of it, and how many of its nodes each filter finds. */
export function summary({ key, ends, rack, nodes }) {
  const found = {
    key,
    ends,
    rack,
    n: nodes.length,
    lost: 0,
    notready: 0,
    differs: 0,
    broken: 0,
    cordoned: 0,
  };
  for (const node of nodes) {
    const { lost, differs, broken, cordoned } = looks(node);
    if (lost || !node.registered) found.lost += 1;
    if (lost) found.notready += 1;
    if (differs) found.differs += 1;
    if (broken) found.broken += 1;
    if (cordoned) found.cordoned += 1;
  }
  return found;
}

/** Whether nothing of it is told otherwise. */
export const sameSummary = (a, b) =>
  a.n === b.n && a.lost === b.lost && a.differs === b.differs && a.key === b.key;
