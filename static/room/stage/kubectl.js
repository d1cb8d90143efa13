/** What kubectl prints now for the selected thing, always in sight. */
import { h, setText } from "../dom.js";
import { gettext } from "../words.js";
import { aged } from "../ages.js";
import { find } from "../selection.js";
import { inOrder } from "../store.js";

/** A longer table is cut off, as one would in a shell. */
const LONGEST = 100;

/** What is asked for where the nodes are seen from afar; null while it is not there. */
const rowsOf = ({ rows }, app) => (rows?.app === app ? rows.rows : null);

const allPods = (view) => inOrder(view.nodes).flatMap((node) => node.pods);

/** `{command, header, rows}` for a part; parts of a node print their node. */
function printed(view, part) {
  const found = find(view, part);
  if (!found) return null;
  if (found.kind === "pod") {
    return {
      command: `kubectl get pod ${found.name} -o wide`,
      header: view.podHeader,
      rows: [found.item.printed],
    };
  }
  if (found.node) {
    const node = view.nodes[found.node];
    return {
      command: `kubectl get node ${found.node}`,
      header: node.printedHeader,
      rows: node.registered ? [node.printed] : [],
      missing: `nodes "${found.node}"`,
    };
  }
  if (found.kind === "workload") {
    const rows = view.usual
      ? rowsOf(view, found.item.app)
      : allPods(view).filter((pod) => pod.app === found.item.app).map((pod) => pod.printed);
    return { command: `kubectl get pods -l app=${found.item.app} -o wide`, header: view.podHeader, rows };
  }
  return {
    command: "kubectl get nodes",
    header: inOrder(view.nodes)[0]?.printedHeader ?? "",
    rows: inOrder(view.nodes).filter((node) => node.registered).map((node) => node.printed),
  };
}

/** Pads the columns of header and rows to one another, as kubectl does. */
function table(header, rows) {
  const lines = [header, ...rows].map((line) => line.trim().split(/\s{2,}|\t/));
  const widths = [];
  for (const line of lines) {
    line.forEach((cell, place) => {
      widths[place] = Math.max(widths[place] ?? 0, cell.length);
    });
  }
  return lines.map((line) => line.map((cell, place) => cell.padEnd(widths[place])).join("   ").trimEnd());
}

/** What the command prints: its table, or why there is none, in kubectl's own words. */
/** @param {any} view @param {any} table @param {number} now */
function answer(view, { header, rows, missing }, now) {
  const { state, port } = view.control.apiserver;
  if (state !== "running") {
    return `The connection to the server localhost:${port} was refused - did you specify the right host or port?`;
  }
  if (rows.length) return table(header, rows.slice(0, LONGEST).map((row) => aged(row, now))).join("\n");
  return missing ? `Error from server (NotFound): ${missing} not found` : "No resources found.";
}

/** The same for a pod that is no longer there: one of its name that has come since, or none. */
function printedOfName(view, name) {
  const named = allPods(view).filter((pod) => pod.name === name);
  return {
    command: `kubectl get pod ${name} -o wide`,
    header: view.podHeader,
    rows: named.map((pod) => pod.printed),
    missing: `pods "${name}"`,
  };
}

export class KubectlLine {
  /** The pod that was selected last: its part, and its name. */
  #pod = { part: "", name: "" };
  #command = h("span", { class: "kubectl-command" });
  #output = h("pre", {
    class: "kubectl-output",
    tabindex: "0",
    "aria-label": gettext("what kubectl prints now"),
  });

  constructor(root) {
    root.append(
      h("p", {}, h("span", { class: "prompt", "aria-hidden": "true" }, "$ "), this.#command),
      this.#output,
    );
    root.setAttribute("translate", "no");
    root.setAttribute("lang", "en");
  }

  #printed(view, part) {
    const item = find(view, part);
    if (item?.kind === "pod") this.#pod = { part, name: item.name };
    // From afar not every pod is told: only near by is one that is missing gone.
    if (!item && !view.usual && this.#pod.part === part) return printedOfName(view, this.#pod.name);
    return printed(view, part);
  }

  /** `now`: the moment that is shown, in microseconds. */
  update(view, part, now) {
    const found = this.#printed(view, part);
    if (!found) return;
    const { command, rows } = found;
    if (!rows) {
      setText(this.#command, command);
      setText(this.#output, "…");
      return;
    }
    setText(this.#command, rows.length > LONGEST ? `${command} | head -n ${LONGEST + 1}` : command);
    setText(this.#output, answer(view, found, now));
  }
}
