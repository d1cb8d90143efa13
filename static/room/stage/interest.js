/** What is worth a look at a node, how it really is, and what a reader searches for. */
import { gettext } from "../words.js";

/** Whether everything on the node works: its machine, its network, its processes. */
export const works = ({ machine, parts }) =>
  machine.power === "on" && machine.network === "up" &&
  Object.values(parts).every(({ state }) => state === "running");

export const isLost = (node) => node.registered && node.ready !== "True";

/**
 * The larger, the more there is to see: belief and reality that part, a node that is lost or soon will be, a
 * fault nobody knows of yet.
 */
export function interest(node) {
  return (works(node) ? 0 : 8) + (node.differs.length ? 4 : 0) + (isLost(node) || !node.registered ? 2 : 0) +
    (node.unschedulable ? 1 : 0);
}

/** The most interesting first, equal ones in their order. */
export function worstFirst(nodes) {
  return nodes.map((node, place) => ({ node, place, worth: interest(node) }))
    .filter(({ worth }) => worth)
    .sort((a, b) => b.worth - a.worth || a.place - b.place).map(({ node }) => node);
}

/** @type {[string, () => string, (node: any) => boolean][]} */
export const FILTERS = [
  ["all", () => gettext("all"), () => true],
  ["notready", () => gettext("NotReady"), (node) => isLost(node)],
  ["differs", () => gettext("differs"), (node) => node.differs.length > 0],
  ["broken", () => gettext("broken"), (node) => !works(node)],
  ["cordoned", () => gettext("cordoned"), (node) => node.unschedulable],
];

/** Whether a node is what was typed: part of its name, of its zone or rack. */
export const named = (node, text) =>
  !text || [node.name, node.zone, node.rack].some((one) => one?.toLowerCase().includes(text));
