/** Every state that is drawn: its glyph and style, its words. Never colour alone. */
import { believed, running } from "./numbers.js";
import { counted, gettext } from "./words.js";

/**
 * A pod as the API server believes it; `unready` prints 1/1 Running although its Ready condition is False.
 */
export function podState(pod) {
  if (pod.status === "Unknown" || pod.status === "NodeLost") return "unknown";
  if (pod.deleting || pod.status === "Terminating") return "terminating";
  if (pod.status === "Running") return pod.podReady ? "ok" : lost(pod) ? "unready" : "pending";
  if (pod.status === "Completed" || pod.phase === "Succeeded") return "off";
  if (pod.phase === "Pending" && !/Err|BackOff|Error/.test(pod.status)) return "pending";
  return "notready";
}

function lost(pod) {
  const [ready, wanted] = pod.readyText.split("/");
  return ready === wanted;
}

export const containerState = (container) => (container.state === "running" ? "running" : "off");

/** A process or machine part: running, stopped, hung, crash-looping. */
export const partGlyph = (state) => ({ running: "ok", stopped: "notready" })[state] ?? state;

export const nodeState = (node) => (!node.registered ? "off" : node.ready === "True" ? "ok" : "notready");

/** What a part of a node is called: the runtime has another name in other releases. */
export const partName = (node, part) => part === "docker" ? node.runtime : part;

/** How many pods the API server believes to be on the node, and how many containers run there. */
export function countsOf(node) {
  const pods = counted("%(n)s pod believed", "%(n)s pods believed", { n: believed(node) });
  return `${pods} · ${counted("%(n)s container runs", "%(n)s containers run", { n: running(node) })}`;
}

/** What kubectl prints in the STATUS column of the node. */
export function nodeWord(node) {
  if (!node.registered) return gettext("not registered");
  return node.printed?.trim().split(/\s+/)[1] ?? node.state;
}

const WORDS = {
  ok: () => gettext("ready"),
  pending: () => gettext("pending"),
  notready: () => gettext("not ready or failed"),
  unready: () => gettext("prints 1/1 Running, but its Ready condition is False"),
  unknown: () => gettext("unknown"),
  terminating: () => gettext("terminating"),
  off: () => gettext("off or ended"),
  running: () => gettext("running"),
  stopped: () => gettext("stopped"),
  hung: () => gettext("hung"),
  "crash-looping": () => gettext("crash-looping"),
};

export const word = (state) => WORDS[state]?.() ?? state;

/** What a part is at the moment, in one word that may follow "is"; "" where there is none. */
export function stateWord({ kind, item }) {
  if (kind === "node") return nodeWord(item);
  if (kind === "pod") return item.status;
  return kind !== "machine" && item.state ? word(item.state) : "";
}

const NETWORKS = {
  "cut": () => gettext("network cut"),
  "to-apiserver": () => gettext("cut off from the API server"),
  "to-kubelet": () => gettext("its kubelet cannot be reached"),
};

/** What is wrong with a machine's network, "" if nothing is. */
export const networkWord = (network) => NETWORKS[network]?.() ?? "";

/**
 * What is wrong with a node's parts, in words: "kubelet stopped", "network cut". `brief`: for a line that begins
 * with a cross, which says of a part that it is stopped.
 */
export function troubles(node, brief = false) {
  const found = [];
  if (node.machine.power === "off") found.push(gettext("power off"));
  if (networkWord(node.machine.network)) found.push(networkWord(node.machine.network));
  if (node.machine.power !== "off") {
    for (const [name, part] of Object.entries(node.parts)) {
      if (part.state === "running") continue;
      found.push(brief && part.state === "stopped" ? name : `${name} ${word(part.state)}`);
    }
  }
  return found;
}
