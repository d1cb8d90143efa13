/**
 * Belief over reality, pod by pod: what the API server believes above the line, what docker really runs
 * below it. One column per pod UID, so that a pair stands together and a difference is seen as one.
 */
import { h, icon, keyed, set, setIcon, setText } from "../dom.js";
import { fill, gettext } from "../words.js";
import { believed, differing } from "../numbers.js";
import { containerState, podState, word } from "../states.js";
import { ownerOf, stemOf } from "./names.js";

/**
 * How pods can be drawn: `name`; `wide`, `high`: rem that one pod over its container takes, with the air
 * beside and below it. Roomy: both lines of a name; snug: both, narrower; tight: one line; thin: one line over
 * a bar; dots: glyphs only, which may be small.
 * @typedef {{name: string, small?: boolean, wide: number, high: number}} Density
 */
/** The densities of a whole card, the richest first. */
export const WHOLE = [
  { name: "roomy", wide: 5.125, high: 5.75 },
  { name: "snug", wide: 3.875, high: 5.75 },
  { name: "tight", wide: 3.6875, high: 3.625 },
  { name: "thin", wide: 3.6875, high: 2.375 },
  { name: "dots", wide: 1.375, high: 2.75 },
  { name: "dots", small: true, wide: 1, high: 1.9375 },
];
/** Where cards stand below each other, names take two rows at most; and the least room that such a card has. */
const LISTED = WHOLE.filter(({ name, small }) => name !== "thin" && !small);
const ROOM = { wide: 16.25, high: 7.25, bound: false };
/** The air beside the last one is not needed. */
const AIR = 0.375;

/**
 * The richest of some densities in which so many pods have room: `{density, small, abreast, rows, fits}`. The last of
 * them where none has.
 */
export function arrange(count, room = ROOM, densities = LISTED) {
  const ways = densities.map(({ name, small = false, wide, high }) => {
    const abreast = Math.max(1, Math.floor((room.wide + AIR) / wide));
    const rows = Math.max(1, Math.ceil(count / abreast));
    return { density: name, small, abreast, rows, fits: rows * high <= room.high };
  });
  return ways.find(({ fits }) => fits) ?? ways.at(-1);
}

/** How many columns there are: names are whole where few pods share the room. */
function columnsOf(count, { density, abreast }) {
  if (density === "dots") return Math.min(count, abreast);
  return density === "roomy" ? Math.min(abreast, Math.max(2, count)) : abreast;
}

/** How many rows the pairs of a node take where they are glyphs only; 1 where they have names. */
export function rowsOf(node) {
  const { density, rows } = arrange(columns(node).length);
  return density === "dots" ? rows : 1;
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

/** What tells a name from others has at most so many letters if it is only its end. */
const END = 5;
/** What tells a pod from its siblings is a number where it has fewer letters: then the name is always shown whole. */
const ORDINAL = 4;

function chip(shape) {
  const glyph = icon("ok");
  const start = h("span", { class: "chip-start" });
  const end = h("span", { class: "chip-end" });
  const rest = h("span", { class: "chip-hash" });
  const first = h("span", { class: "chip-app" }, h("span", { class: "chip-name" }, start, end), rest);
  const second = h("code", { class: "chip-id" });
  const element = h(
    "button",
    { class: `chip ${shape}`, "data-item": true },
    glyph,
    h("span", { class: "chip-text" }, first, second),
  );
  element.say = (state, { name, pod, version, cuts }, part, title) => {
    set(element, "data-state", state);
    set(element, "data-part", part);
    setIcon(glyph, state);
    const owner = ownerOf(name, pod, version !== undefined);
    const [beginning, telling] = cuts?.get(owner.name) ?? [owner.name, ""];
    setText(start, beginning);
    setText(end, telling);
    setText(rest, owner.hash);
    set(element, "data-long", telling ? (telling.length > END ? "part" : "end") : null);
    set(element, "data-version", version || null);
    setText(second, suffix(name));
    set(element, "data-ordinal", suffix(name).length < ORDINAL);
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
    const name = item.pod?.name ?? item.container?.pod;
    const named = {
      name,
      pod: item.pod,
      version: item.names?.places.get(stemOf(name)),
      cuts: item.names?.cuts,
    };
    if (item.pod) sayPod(pod, named, mark);
    if (item.container) sayContainer(container, item, named, mark);
  };
  return element;
}

function sayPod(element, named, mark) {
  const { pod } = named;
  const state = podState(pod);
  element.say(
    state,
    named,
    `pod:${pod.uid}`,
    fill(gettext("pod %(name)s: %(ready)s %(status)s, %(word)s"), {
      name: pod.name,
      ready: pod.readyText,
      status: pod.status,
      word: word(state),
    }) + mark,
  );
}

function sayContainer(element, item, named, mark) {
  const { container, node } = item;
  element.say(
    containerState(container),
    named,
    item.pod ? `pod:${item.uid}` : `${node}.docker`,
    fill(gettext("container %(id)s of %(name)s: %(state)s"), {
      id: container.id.slice(0, 12),
      name: named.name,
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

  /** `room`: `{wide, high}` in rem for the pods, `bound` if there is no more; `densities`: how they may be drawn. */
  update({ node, names }, room = ROOM, densities = LISTED) {
    const items = columns(node).map((item) => ({ ...item, node: node.name, names }));
    keyed(this.#pairs, items, (item) => item.uid, column);
    const way = arrange(items.length, room, densities);
    set(this.element, "data-density", way.density);
    set(this.element, "data-small", way.small);
    set(this.element, "data-rows", way.rows > 1);
    const over = room.bound && !way.fits;
    set(this.element, "data-over", over);
    this.#pairs.style.maxHeight = over ? `${room.high}rem` : "";
    this.#pairs.style.setProperty("--columns", columnsOf(items.length, way));
    const n = differing(node);
    set(this.element, "data-differs", n > 0);
    setText(this.#mark, n ? fill(gettext("differs: %(n)s"), { n }) : "");
    set(this.#empty, "hidden", items.length > 0);
    setText(this.#empty, believed(node) ? "…" : gettext("no pods"));
  }
}
