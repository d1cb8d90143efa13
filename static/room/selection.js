/** The one thing that is selected: a part id such as `n1`, `n1.kubelet`, `pod:<uid>`, `rc/default/tomcat`. */
import { every, set } from "./dom.js";
import { partName } from "./states.js";

export class Selection extends EventTarget {
  part = null;
  quiet = true;

  constructor() {
    super();
    document.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target).closest("[data-part]");
      if (target) this.select(target.getAttribute("data-part"));
    });
  }

  /** Selects a part; quietly when the reader did not ask for it, so that nothing opens. */
  select(part, quiet = false) {
    this.part = part;
    this.quiet = quiet;
    this.mark();
    this.dispatchEvent(new CustomEvent("change", { detail: { part, quiet } }));
  }

  /** Marks every element that stands for the selected part; called again after elements were made. */
  mark() {
    const wanted = this.part === null ? [] : every(`[data-part="${CSS.escape(this.part)}"]`);
    for (const element of every("[data-part][aria-current]")) {
      if (!wanted.includes(element)) element.removeAttribute("aria-current");
    }
    for (const element of wanted) set(element, "aria-current", "true");
  }
}

/** What a part id names: `{kind, node, name, item}`, or null when the view no longer holds it. */
export function find(view, part) {
  if (part in view.control) return { kind: "control", name: part, item: view.control[part] };
  if (part.startsWith("pod:")) return findPod(view, part.slice(4));
  if (part in view.workloads) {
    return { kind: "workload", name: view.workloads[part].name, item: view.workloads[part] };
  }
  if (part.startsWith("svc/")) {
    const item = view.services[part.slice(4)];
    return item ? { kind: "service", name: item.name, item } : null;
  }
  if (part === "client") return { kind: "client", name: "client", item: {} };
  const [node, piece] = part.split(/\.(.*)/);
  const item = view.nodes[node];
  if (!item) return null;
  if (!piece) return { kind: "node", node, name: node, item };
  return {
    kind: piece,
    node,
    name: partName(item, piece),
    item: piece === "machine" ? item.machine : item.parts[piece],
  };
}

function findPod(view, uid) {
  for (const node of Object.values(view.nodes)) {
    const item = node.pods.find((pod) => pod.uid === uid);
    if (item) return { kind: "pod", node: node.name, name: item.name, item };
  }
  for (const workload of Object.values(view.workloads)) {
    const item = workload.pending.find((pod) => pod.uid === uid);
    if (item) return { kind: "pod", node: null, name: item.name, item };
  }
  return null;
}
