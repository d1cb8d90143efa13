/**
 * The stage: the control plane, the wires, the workload row, the nodes, the data plane, and what flies
 * between.
 */
import { Arrivals } from "../arrivals.js";
import { byId, hear, set } from "../dom.js";
import { Legend } from "../legend.js";
import { find } from "../selection.js";
import { Mirror } from "../mirror.js";
import { ControlPlane } from "../stage/control.js";
import { Flights } from "../stage/flights.js";
import { KubectlLine } from "../stage/kubectl.js";
import { Nodes } from "../stage/nodes.js";
import { Traffic } from "../stage/traffic.js";
import { Wires } from "../stage/wires.js";
import { Workloads } from "../stage/workloads.js";
import { inOrder } from "../store.js";
import { Transitions } from "../transitions.js";
import { mark as markPath } from "../why/light.js";

export class Stage {
  #page;
  #wires = new Wires(byId("gutter"), byId("wires"));
  #flights = new Flights(byId("flights"), this.#wires);
  #nodes = new Nodes(byId("nodes"));
  #control = new ControlPlane(byId("control"));
  #workloads = new Workloads(byId("workloads"));
  #kubectl = new KubectlLine(byId("kubectl"));
  traffic = new Traffic(byId("traffic"));
  mirror = new Mirror(byId("mirror"));
  legend = new Legend(byId("legend"), byId("legend-toggle"));
  transitions;
  /** Ticks on their way to the store: each waits until its messages have arrived. */
  arrivals;

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.#page = page;
    this.transitions = new Transitions(page.announcer);
    this.arrivals = new Arrivals(this.#flights, (frame) => page.store.tick(frame));
    const layout = new ResizeObserver(() => this.lay());
    for (const id of ["stage", "nodes", "control"]) layout.observe(byId(id));
    hear(byId("nodes"), "node", (name) => page.selection.select(name));
    hear(page.socket, "lesson", ({ requests }) => this.#speakOf(requests));
    byId("nodes").addEventListener("laid", () => this.lay());
    byId("nodes").addEventListener("click", (event) => {
      const node = event.target.closest("[data-node]");
      if (node && !event.target.closest("button")) page.selection.select(node.dataset.node);
    });
  }

  draw(view, now) {
    const { part, quiet } = this.#page.selection;
    this.#control.update(view);
    this.#workloads.update(view);
    const chosen = part && !quiet ? find(view, part)?.node ?? null : null;
    this.#nodes.update(view, chosen);
    const app = part && view.workloads[part]?.app;
    this.#page.closer.want(view, [...this.#nodes.close, ...(chosen ? [chosen] : [])], app ?? null);
    this.traffic.update(view);
    this.#wires.update(view);
    if (part) this.#kubectl.update(view, part, now);
    this.#page.selection.mark();
    markPath();
    this.#nodes.open(quiet ? null : part);
  }

  /** Lays the wires again: after anything that moves a card. */
  lay() {
    this.#wires.lay(this.#nodes.columns);
  }

  /** What is done to a node out of sight brings it into sight. */
  acted(events) {
    const node = events.findLast(({ kind, node }) => kind === "act" && node)?.node;
    if (node) this.#nodes.reveal(node);
  }

  frame(now) {
    this.#control.frame(now);
    this.#nodes.frame(now);
    this.#flights.frame();
  }

  /** Presses a button of the bar or lets it go; the stage has another layout afterwards. */
  toggled(id, on) {
    set(byId(id), "aria-pressed", String(on));
    this.lay();
  }

  #requests = false;
  /** Shows the data plane once the lesson has come to speak of it; who closes it then keeps it closed. */
  #speakOf(requests) {
    if (requests && !this.#requests && !this.traffic.shown) this.toggleTraffic();
    this.#requests = requests;
  }

  toggleTraffic() {
    this.toggled("traffic-toggle", this.traffic.toggle());
  }

  /** Selects the node in that place, from 1, and moves the focus there. */
  selectNode(number) {
    const { view } = this.#page.viewpoint;
    const node = inOrder(view.nodes)[number - 1]?.name;
    if (!node) return;
    this.#page.selection.select(node);
    byId("nodes").querySelector(`[data-part="${CSS.escape(node)}"]`)?.focus();
  }
}
