/** The control plane: etcd, the API server that everything goes through, the controllers, the scheduler. */
import { h, icon, keyed, set, setIcon, setText } from "../dom.js";
import { counted, fill, gettext, left } from "../words.js";
import { partGlyph, word } from "../states.js";

const TITLES = {
  etcd: "etcd",
  apiserver: "API server",
  "controller-manager": "controller-manager",
  scheduler: "scheduler",
};
const LIT_MS = 700;
/** So many nodes that wait for a rate limiter are drawn, in so many zones; all are counted. */
const DRAWN = 8;
const MOST_ZONES = 3;

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
  element.frame = (now) => lamps?.frame(now);
  element.update = (item) => {
    set(element, "data-state", item.state);
    setIcon(glyph, partGlyph(item.state));
    if (item.state !== "running") setText(summary, word(item.state));
    else if (lamps) lamps.update(item);
    else setText(summary, SUMMARIES[name](item));
  };
  return element;
}

/** Nodes that wait for the rate limiter of evictions or taints: a queue for each zone. */
class Limiter {
  #queues = h("span", { class: "limiter-queues" });
  #next = h("span", { class: "limiter-next" });
  #zones = [];
  element = h("span", { class: "limiter", hidden: true }, this.#queues, this.#next);

  update(zones) {
    this.#zones = zones;
    set(this.element, "hidden", !zones.length);
    if (!zones.length) return;
    const most = Math.max(2, Math.floor(DRAWN / zones.length));
    const shown = zones.slice(0, MOST_ZONES).map((zone) => ({ ...zone, most }));
    keyed(this.#queues, shown, ({ zone }) => zone, zoneQueue);
    const n = zones.reduce((sum, { waiting }) => sum + waiting, 0);
    const words = [
      counted("%(n)s node waits for the rate limiter", "%(n)s nodes wait for the rate limiter", { n }),
    ];
    if (zones.length > 1) words.push(...zones.map(({ zone, waiting }) => `${zone}: ${waiting}`));
    set(this.element, "title", words.join(" · "));
  }

  frame(now) {
    if (!this.#zones.length) return;
    const due = this.#zones.map(({ first }) => first).filter((first) => first !== null);
    setText(
      this.#next,
      due.length
        ? fill(gettext("next in %(left)s"), { left: left(Math.min(...due) - now) })
        : gettext("none gets through"),
    );
  }
}

/** The nodes of one zone that wait, the next one in front; all are counted, not all are drawn. */
function zoneQueue() {
  const places = h("span", { class: "limiter-places", "aria-hidden": "true" });
  const number = h("b", {});
  const name = h("span", {});
  const element = h("span", { class: "limiter-zone" }, name, places, number);
  element.update = ({ zone, waiting, most }) => {
    setText(name, zone);
    setText(number, waiting);
    keyed(
      places,
      Array.from({ length: Math.min(most, waiting) }, (_, place) => place),
      (place) => place,
      () => Object.assign(h("i", {}), { update() {} }),
    );
  };
  return element;
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
    const zones = item.zones ?? [];
    this.#limiter.update(zones);
    for (const element of [this.#said, this.#row]) set(element, "hidden", zones.length > 0);
    if (item.leader === false) setText(this.#said, gettext("waiting for the lease"));
    for (const loop of item.loops ?? []) {
      let lamp = this.#lamps.get(loop.name);
      if (!lamp) {
        lamp = { element: h("span", { class: "lamp", title: loop.name }), last: loop.lastActive, timer: 0 };
        this.#lamps.set(loop.name, lamp);
        this.#row.append(lamp.element);
      }
      if (loop.lastActive !== lamp.last) this.#light(lamp, loop);
      set(
        lamp.element,
        "title",
        loop.queue ? `${loop.name}: ${fill(gettext("queue %(n)s"), { n: loop.queue })}` : loop.name,
      );
    }
  }

  frame(now) {
    this.#limiter.frame(now);
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
      set(element, "hidden", !item);
      if (item && item !== element.item) element.update(item);
      element.item = item;
    }
  }

  frame(now) {
    for (const element of this.#boxes.values()) element.frame(now);
  }
}
