/**
 * Nodes on less room than a full card takes: compact cards, small ones with belief over reality as marks,
 * tiles with state and counts.
 */
import { h, icon, keyed, set, setIcon, setText } from "../dom.js";
import { believed, differing, running } from "../numbers.js";
import { fill, gettext } from "../words.js";
import { dueWords, levelOf, Rings, ringWords } from "../rings.js";
import { containerState, countsOf, nodeState, nodeWord, podState, troubles } from "../states.js";
import { columns } from "./chips.js";
import { works } from "./interest.js";
import { minis, nameHandle, statePill, tileName } from "./parts.js";

/** Letters of a name beside which a brief card has room for a number. */
const SHORT = 4;

/** A pod over its container as glyphs. */
export function square() {
  const pod = h("button", { class: "dot pod", "data-item": true });
  const container = h("span", { class: "dot container" });
  const element = h("div", { class: "dot-pair" }, pod, container);
  element.update = ({ uid, pod: believed, container: real, differs }) => {
    set(element, "data-differs", differs);
    pod.style.visibility = believed ? "visible" : "hidden";
    container.style.visibility = real ? "visible" : "hidden";
    if (believed) {
      set(pod, "data-state", podState(believed));
      set(pod, "data-part", `pod:${uid}`);
      set(pod, "aria-label", `${believed.name} ${believed.readyText} ${believed.status}`);
      set(pod, "title", pod.getAttribute("aria-label"));
      const glyph = podState(believed);
      if (pod.firstElementChild) setIcon(pod, glyph);
      else pod.append(icon(glyph));
    }
    if (real) {
      set(container, "data-state", containerState(real));
      if (!container.firstElementChild) container.append(icon("running"));
      setIcon(container, containerState(real));
    }
  };
  return element;
}

/** A compact card: ring, state, parts as small handles, pods and containers as squares in two rows. */
export function compactCard({ node }) {
  const { name } = node;
  const rings = new Rings();
  const pill = statePill();
  const due = h("p", { class: "ring-second" });
  const squares = h("div", { class: "dots" });
  const mark = h("span", { class: "differs-mark", role: "img" });
  const handles = minis(node);
  const element = h(
    "article",
    {
      class: "node compact",
      "data-node": name,
      "data-endpoint": `node@${name}`,
      "aria-label": fill(gettext("node %(name)s"), { name }),
    },
    h(
      "header",
      { class: "node-head" },
      nameHandle(name),
      pill,
      mark,
    ),
    h(
      "div",
      { class: "vital" },
      rings.element,
      h(
        "div",
        { class: "vital-text" },
        due,
        handles,
      ),
    ),
    squares,
  );
  let shown = null;
  let deadlines = {};
  element.update = (item) => {
    const { node } = item;
    shown = node;
    ({ deadlines } = item);
    set(element, "data-state", nodeState(node));
    pill.update(node);
    set(element, "title", troubles(node).join(" · "));
    const n = differing(node);
    setText(mark, n ? `≠ ${n}` : "");
    set(mark, "aria-label", n ? fill(gettext("differs: %(n)s"), { n }) : null);
    handles.update(node);
    rings.update(node, deadlines);
    keyed(squares, columns(node), (item) => item.uid, square);
  };
  element.frame = (now, words) => {
    if (!shown) return;
    rings.frame(now);
    if (words) setText(due, ringWords(shown, deadlines, now)[shown.ready === "True" ? 0 : 1]);
  };
  return element;
}

/** A pod over its container as two marks without a glyph: filled when well, outlined or dashed when not. */
function mark() {
  const pod = h("span", { class: "mark pod" });
  const container = h("span", { class: "mark container" });
  const element = h("span", { class: "mark-pair" }, pod, container);
  element.update = ({ pod: believed, container: real }) => {
    set(pod, "data-state", believed ? podState(believed) : "none");
    set(container, "data-state", real ? containerState(real) : "none");
  };
  return element;
}

/** A small card: a tile with belief over reality in it. */
export function smallCard(item) {
  const element = tile(item);
  const marks = h("span", { class: "marks" });
  element.classList.add("small");
  element.append(marks);
  const { update } = element;
  element.update = (item) => {
    update(item);
    keyed(marks, columns(item.node), ({ uid }) => uid, mark);
  };
  return element;
}

/** A node beside the map, of several in a row: a small card that says what is due, or else what is wrong. */
export function briefCard(item) {
  const { name } = item.node;
  const element = smallCard(item);
  const due = h("span", { class: "brief-due" });
  const counts = element.querySelector(".tile-counts");
  element.classList.add("brief");
  element.insertBefore(due, element.querySelector(".marks"));
  const { update, frame } = element;
  let shown = item;
  element.update = (next) => {
    shown = next;
    update(next);
    const n = differing(next.node);
    // Where a name is long, there is no room for a number beside it, and the name is worth more.
    setText(counts, n ? (name.length > SHORT ? "≠" : `≠${n}`) : "");
  };
  element.frame = (now, words) => {
    if (!words) return;
    frame(now);
    const { node, deadlines } = shown;
    const [wrong] = troubles(node, true);
    setText(due, dueWords(node, deadlines, now) || (wrong ? `✕ ${wrong}` : ""));
  };
  return element;
}

/** A tile: state and counts, and as a level how far its deadline has come. */
export function tile({ node: { name } }) {
  const glyph = icon("ok");
  const counts = h("span", { class: "tile-counts" });
  const element = h(
    "button",
    { class: "tile", "data-part": name, "data-item": true, "data-node": name },
    glyph,
    tileName(name),
    counts,
  );
  let shown = null;
  let deadlines = {};
  element.update = (item) => {
    const { node } = item;
    shown = node;
    ({ deadlines } = item);
    const state = nodeState(node);
    set(element, "data-state", state);
    set(element, "data-differs", differing(node) > 0);
    set(element, "data-broken", !works(node));
    setIcon(glyph, state);
    setText(counts, `${believed(node)}/${running(node)}`);
    set(element, "title", [`${name}: ${nodeWord(node)}`, countsOf(node), ...troubles(node)].join(" · "));
    set(element, "aria-label", element.title);
  };
  let drawn = "";
  element.frame = (now) => {
    const due = shown && levelOf(shown, deadlines, now);
    const level = due ? `${due.kind} ${Math.round(due.share * 100)}` : "";
    if (level === drawn) return;
    drawn = level;
    set(element, "data-due", due?.kind);
    element.style.setProperty("--due", due ? due.share.toFixed(2) : "0");
  };
  return element;
}
