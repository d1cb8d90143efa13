/** A node in full: name and state, rings, belief over reality, and its parts as handles of their own. */
import { h, icon, set, setIcon, setText } from "../dom.js";
import { differing } from "../numbers.js";
import { counted, fill, gettext } from "../words.js";
import { dueWords, Rings, ringWords } from "../rings.js";
import { countsOf, networkWord, nodeState, partGlyph, partName, troubles, word } from "../states.js";
import { BeliefReality, WHOLE } from "./chips.js";
import { nameHandle, statePill } from "./parts.js";

/** A handle of a process on the node; its glyph appears when it does anything but run. */
function partHandle(node, name) {
  const glyph = icon("ok", "badge");
  const label = h("span", {}, name);
  const element = h(
    "button",
    {
      class: `part part-${name}`,
      "data-item": true,
      "data-part": `${node}.${name}`,
      "data-endpoint": `${name}@${node}`,
    },
    label,
    glyph,
  );
  element.update = (part, called = name) => {
    set(element, "data-state", part.state);
    setIcon(glyph, partGlyph(part.state));
    setText(label, called);
    set(
      element,
      "title",
      fill(gettext("%(part)s on %(node)s: %(state)s"), {
        part: called,
        node,
        state: word(part.state),
      }),
    );
  };
  return element;
}

function machineHandle(node) {
  const glyph = icon("machine");
  const fault = icon("notready", "badge");
  const element = h(
    "button",
    { class: "part part-machine", "data-item": true, "data-part": `${node}.machine` },
    glyph,
    h("span", {}, gettext("machine")),
    fault,
  );
  element.update = (machine) => {
    const state = machine.power === "off" ? "off" : machine.network === "up" ? "running" : "cut";
    set(element, "data-state", state);
    const words = {
      off: gettext("power off"),
      cut: networkWord(machine.network),
      running: gettext("power on, network up"),
    };
    set(
      element,
      "title",
      fill(gettext("machine %(node)s: %(state)s, kernel %(kernel)s"), {
        node,
        state: words[state],
        kernel: machine.kernel,
      }),
    );
  };
  return element;
}

/** Rem of a card that are taken by other things than its pods. */
const TAKEN = { wide: 1.6875, high: 11.75, tall: 14.625 };
/** Rem: a card that may be higher has larger rings and more air. */
export const WHOLE_TALL = 22;
/** Rem: on a narrower card only the due moment is told, without the whole length. */
const BRIEF = 14.5;
/** Letters that have room beside the rings in their own size, where the card is no larger than it has to be. */
const SHORT = 23;
/** However low the card, there is as much room for its pods. */
const LEAST = 6.125;

class NodeCard {
  #node = null;
  #item = null;
  /** @type {any} */
  #deadlines = {};
  #rings = new Rings();
  #pill = statePill();
  #belief = new BeliefReality();
  #first = h("p", { class: "ring-first" });
  #second = h("p", { class: "ring-second" });
  #third = h("p", { class: "ring-third" });
  #words = h("p", { class: "in-words" });
  #rules = h("span", { class: "rules" });
  #really = h("h3", { class: "row-label" });
  #parts;
  #size;

  /** `size`: `{wide, high, most}` of the card in rem, null where it is one of a list or of a column. */
  constructor(name, size) {
    this.#size = size;
    this.#parts = {
      kubelet: partHandle(name, "kubelet"),
      "kube-proxy": partHandle(name, "kube-proxy"),
      docker: partHandle(name, "docker"),
    };
    this.machine = machineHandle(name);
    this.element = h(
      "article",
      { class: "node", "aria-label": fill(gettext("node %(name)s"), { name }), "data-node": name },
      h("div", { class: "sockets" }, this.#parts.kubelet, this.#parts["kube-proxy"]),
      h(
        "header",
        { class: "node-head" },
        nameHandle(name),
        this.#pill,
        this.machine,
      ),
      h(
        "div",
        { class: "vital" },
        this.#rings.element,
        h("div", { class: "vital-text" }, this.#first, this.#second, this.#third, this.#words),
      ),
      h("h3", { class: "row-label" }, gettext("API server believes")),
      this.#belief.element,
      h(
        "div",
        { class: "docker-row" },
        this.#really,
        this.#parts.docker,
      ),
    );
    this.#parts["kube-proxy"].firstElementChild.after(this.#rules);
    this.element.update = (item) => this.#update(item);
    this.element.frame = (now, words) => this.#frame(now, words);
    this.element.fit = (size) => this.#fit(size);
  }

  /** The card is of another size. */
  #fit(size) {
    this.#size = size;
    if (this.#node) this.#drawPods();
  }

  #drawPods() {
    if (!this.#size) return this.#belief.update(this.#item);
    const { wide, most } = this.#size;
    const high = most - (most < WHOLE_TALL ? TAKEN.high : TAKEN.tall);
    const room = { wide: wide - TAKEN.wide, high: Math.max(LEAST, high), bound: true };
    this.#belief.update(this.#item, room, WHOLE);
  }

  #update(item) {
    const { node, deadlines } = item;
    this.#item = item;
    this.#node = node;
    this.#deadlines = deadlines;
    set(this.element, "data-state", nodeState(node));
    set(this.element, "data-power", node.machine.power);
    set(this.element, "data-network", node.machine.network);
    for (const [name, handle] of Object.entries(this.#parts)) {
      handle.update(node.parts[name], partName(node, name));
    }
    setText(this.#really, fill(gettext("%(runtime)s really runs"), { runtime: node.runtime }));
    this.machine.update(node.machine);
    this.#pill.update(node);
    this.#rings.update(node, this.#deadlines);
    this.#drawPods();
    const wrong = troubles(node);
    if (node.unschedulable) wrong.push(gettext("cordoned"));
    if (this.#deadlines.eviction?.originKind === "transition") wrong.push(gettext("counted from NotReady"));
    setText(this.#third, wrong.join(" · "));
    const n = differing(node);
    const differs = n ? ` · ${fill(gettext("differs: %(n)s"), { n })}` : "";
    setText(this.#words, countsOf(node) + differs);
    setText(this.#rules, counted("%(n)s rule", "%(n)s rules", { n: node.parts["kube-proxy"].rules ?? 0 }));
  }

  #frame(now, words) {
    if (!this.#node) return;
    this.#rings.frame(now);
    if (!words) return;
    const [first, second] = ringWords(this.#node, this.#deadlines, now);
    const brief = this.#size && this.#size.wide < BRIEF ? dueWords(this.#node, this.#deadlines, now) : "";
    setText(this.#first, first);
    set(this.#first, "data-long", first.length > SHORT);
    setText(this.#second, brief || second);
    set(this.#second, "title", second);
    set(this.#second, "data-long", !brief && Boolean(this.#deadlines.eviction?.frozen));
  }
}

/** `size`: `{wide, high, most}` of the card in rem, null where it is one of a list or of a column. */
export function card(item, size = null) {
  return new NodeCard(item.node.name, size).element;
}
