/**
 * Belief over reality, pod by pod: what the API server believes above the line, what docker really runs
 * below it. One column per pod UID, so that a pair stands together and a difference is seen as one.
 */
import { h, icon, keyed, set, setIcon, setText } from "../dom.js";
import { fill, gettext } from "../words.js";
import { believed, differing } from "../numbers.js";
import { containerState, podState, word } from "../states.js";

/**
 * Up to so many columns, how a card shows them: with both lines of a name, narrower, one line only, glyphs
 * only.
 */
/** @type {[number, string, number][]} */
const DENSITIES = [[3, "roomy", 3], [4, "snug", 4], [8, "tight", 4], [Infinity, "dots", 12]];

const densityOf = (count) => DENSITIES.find(([most]) => count <= most);

/** How many rows the pairs of a node take where they are glyphs only; 1 where they have names. */
export function rowsOf(node) {
  const count = columns(node).length;
  const [, density, abreast] = densityOf(count);
  return density === "dots" ? Math.ceil(count / abreast) : 1;
}

const DIFFERS = {
  orphan: () => gettext("orphan: a container runs whose pod is terminating or gone"),
  ghost: () => gettext("ghost: the status says running, nothing runs"),
  stale: () => gettext("stale: another container than the status says"),
};

/**
 * Columns of a card: `{uid, pod, container, differs}`, pods first in the order of the API, then containers
 * without a pod.
 */
export function columns(node) {
  const found = new Map(
    node.pods.map((pod) => [pod.uid, { uid: pod.uid, pod, container: null, differs: null }]),
  );
  for (const container of node.containers) {
    const column = found.get(container.podUid) ??
      { uid: container.podUid, pod: null, container: null, differs: null };
    if (!column.container || newer(container, column.container)) column.container = container;
    found.set(container.podUid, column);
  }
  for (const mark of node.differs) {
    const column = found.get(mark.podUid);
    if (column) column.differs = mark.kind;
  }
  return [...found.values()];
}

const newer = (a, b) =>
  (a.state === "running") > (b.state === "running") || (a.state === b.state && a.since > b.since);

const suffix = (name) => name.split("-").at(-1);
const stem = (name) => (name.includes("-") ? name.slice(0, name.lastIndexOf("-")) : name);

function chip(shape) {
  const glyph = icon("ok");
  const first = h("span", { class: "chip-app" });
  const second = h("code", { class: "chip-id" });
  const element = h(
    "button",
    { class: `chip ${shape}`, "data-item": true },
    glyph,
    h("span", { class: "chip-text" }, first, second),
  );
  element.say = (state, name, part, title) => {
    set(element, "data-state", state);
    set(element, "data-part", part);
    setIcon(glyph, state);
    setText(first, stem(name));
    setText(second, suffix(name));
    if (element.title !== title) {
      set(element, "title", title);
      element.setAttribute("aria-label", title);
    }
  };
  return element;
}

function column() {
  const pod = chip("pod");
  const container = chip("container");
  const gone = h("span", { class: "chip pod empty" });
  const nothing = h("span", { class: "chip container empty" });
  const element = h("div", { class: "pair" }, pod, gone, h("span", { class: "joint" }), nothing, container);
  element.update = (item) => {
    set(element, "data-differs", item.differs);
    set(pod, "hidden", !item.pod);
    set(gone, "hidden", Boolean(item.pod) || !item.differs);
    set(container, "hidden", !item.container);
    set(nothing, "hidden", Boolean(item.container) || !item.differs);
    setText(gone, gettext("gone"));
    setText(nothing, gettext("nothing"));
    const mark = item.differs ? `; ${DIFFERS[item.differs]()}` : "";
    if (item.pod) sayPod(pod, item.pod, mark);
    if (item.container) sayContainer(container, item, mark);
  };
  return element;
}

function sayPod(element, pod, mark) {
  const state = podState(pod);
  element.say(
    state,
    pod.name,
    `pod:${pod.uid}`,
    fill(gettext("pod %(name)s: %(ready)s %(status)s, %(word)s"), {
      name: pod.name,
      ready: pod.readyText,
      status: pod.status,
      word: word(state),
    }) + mark,
  );
}

function sayContainer(element, item, mark) {
  const { container, node } = item;
  const name = item.pod?.name ?? container.pod;
  element.say(
    containerState(container),
    name,
    item.pod ? `pod:${item.uid}` : `${node}.docker`,
    fill(gettext("container %(id)s of %(name)s: %(state)s"), {
      id: container.id.slice(0, 12),
      name,
      state: word(containerState(container)),
    }) + mark,
  );
}

export class BeliefReality {
  #pairs = h("div", { class: "pairs" });
  #mark = h("span", { class: "differs-mark" });
  #empty = h("p", { class: "no-pods" });

  constructor() {
    this.element = h(
      "div",
      { class: "belief" },
      this.#pairs,
      this.#empty,
      h("div", { class: "divide" }, this.#mark),
    );
  }

  update(node) {
    const items = columns(node);
    keyed(this.#pairs, items.map((item) => ({ ...item, node: node.name })), (item) => item.uid, column);
    const [, density, abreast] = densityOf(items.length);
    set(this.element, "data-density", density);
    this.#pairs.style.setProperty(
      "--columns",
      density === "dots" ? Math.min(items.length, abreast) : abreast,
    );
    const n = differing(node);
    set(this.element, "data-differs", n > 0);
    setText(this.#mark, n ? fill(gettext("differs: %(n)s"), { n }) : "");
    set(this.#empty, "hidden", items.length > 0);
    setText(this.#empty, believed(node) ? "…" : gettext("no pods"));
  }
}
