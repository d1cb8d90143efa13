/** The control plane: etcd, the API server that everything goes through, the controllers, the scheduler. */
import { h, icon, keyed, set, setIcon, setText } from "../dom.js";
import { counted, fill, gettext } from "../words.js";
import { partGlyph, word } from "../states.js";

const TITLES = {
  etcd: "etcd",
  apiserver: "API server",
  "controller-manager": "controller-manager",
  scheduler: "scheduler",
};
const LIT_MS = 700;
/** The loops whose nodes wait for a rate limiter, one by one. */
const LIMITED = new Set(["node-eviction", "node-tainting"]);
/** So many of those that wait are drawn; all are counted. */
const DRAWN = 12;

const SUMMARIES = {
  etcd: (item) => fill(gettext("revision %(n)s"), { n: item.revision }),
  apiserver: (item) => {
    const { nodes = 0, pods = 0 } = item.objects ?? {};
    return [
      counted("%(n)s node", "%(n)s nodes", { n: nodes }),
      counted("%(n)s pod", "%(n)s pods", { n: pods }),
      counted("%(n)s watch", "%(n)s watches", { n: item.watches }),
    ].join(" · ");
  },
  scheduler: (item) => fill(gettext("queue %(n)s"), { n: item.queue }),
};

function box(name) {
  const title = h("strong", { class: "box-name" }, TITLES[name]);
  const glyph = icon("notready", "badge");
  const summary = h("span", { class: "box-line" });
  const element = h(
    "button",
    { class: `box box-${name}`, "data-part": name, "data-item": true, "data-endpoint": name },
    h("span", { class: "box-title" }, title, glyph),
    summary,
  );
  const lamps = name === "controller-manager" ? new Lamps(summary) : null;
  element.update = (item) => {
    set(element, "data-state", item.state);
    setIcon(glyph, partGlyph(item.state));
    if (item.state !== "running") setText(summary, word(item.state));
    else if (lamps) lamps.update(item);
    else setText(summary, SUMMARIES[name](item));
  };
  return element;
}

/** Nodes that wait for the rate limiter of evictions or taints, as a queue. */
class Limiter {
  #places = h("span", { class: "limiter-places", "aria-hidden": "true" });
  #number = h("b", {});
  element = h("span", { class: "limiter", hidden: true }, this.#places, this.#number);

  update(waiting) {
    this.element.hidden = !waiting;
    if (!waiting) return;
    keyed(
      this.#places,
      Array.from({ length: Math.min(DRAWN, waiting) }, (_, place) => place),
      (place) => place,
      () => Object.assign(h("i", {}), { update() {} }),
    );
    setText(this.#number, waiting);
    this.element.title = counted(
      "%(n)s node waits for the rate limiter",
      "%(n)s nodes wait for the rate limiter",
      { n: waiting },
    );
  }
}

/** One lamp per control loop; it lights while the loop acts, and the line names the last one that did. */
class Lamps {
  #line;
  #row = h("span", { class: "lamps" });
  #said = h("span", { class: "lamp-name" });
  #lamps = new Map();
  #limiter = new Limiter();

  constructor(line) {
    this.#line = line;
  }

  update(item) {
    if (this.#row.parentElement !== this.#line) {
      this.#line.replaceChildren(this.#row, this.#limiter.element, this.#said);
    }
    const waiting = (item.loops ?? []).filter(({ name }) => LIMITED.has(name))
      .reduce((sum, { queue }) => sum + queue, 0);
    this.#limiter.update(waiting);
    this.#said.hidden = waiting > 0;
    if (item.leader === false) setText(this.#said, gettext("waiting for the lease"));
    for (const loop of item.loops ?? []) {
      let lamp = this.#lamps.get(loop.name);
      if (!lamp) {
        lamp = { element: h("span", { class: "lamp", title: loop.name }), last: loop.lastActive, timer: 0 };
        this.#lamps.set(loop.name, lamp);
        this.#row.append(lamp.element);
      }
      if (loop.lastActive !== lamp.last) this.#light(lamp, loop);
      lamp.element.title = loop.queue
        ? `${loop.name}: ${fill(gettext("queue %(n)s"), { n: loop.queue })}`
        : loop.name;
    }
  }

  #light(lamp, loop) {
    lamp.last = loop.lastActive;
    lamp.element.classList.add("lit");
    const name = loop.name.replace(/-controller$/, "");
    setText(this.#said, loop.queue ? `${name} · ${loop.queue}` : name);
    clearTimeout(lamp.timer);
    lamp.timer = setTimeout(() => lamp.element.classList.remove("lit"), LIT_MS);
  }
}

export class ControlPlane {
  #boxes = new Map();

  constructor(root) {
    for (const name of Object.keys(TITLES)) this.#boxes.set(name, box(name));
    root.append(...this.#boxes.values());
  }

  update(view) {
    for (const [name, element] of this.#boxes) {
      const item = view.control[name];
      element.hidden = !item;
      if (item) element.update(item);
    }
  }
}
