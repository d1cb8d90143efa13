/** What several cards of a node have: its state as a pill, and its parts as small handles. */
import { h, icon, set, setIcon, setText } from "../dom.js";
import { gettext } from "../words.js";
import { nodeState, nodeWord, partGlyph, partName, word } from "../states.js";

const PARTS = ["kubelet", "kube-proxy", "docker"];

/** State of the node as a glyph and a word. */
export function statePill() {
  const glyph = icon("ok");
  const text = h("span", {});
  const element = h("span", { class: "pill" }, glyph, text);
  element.update = (node) => {
    const state = nodeState(node);
    set(element, "data-state", state);
    setIcon(glyph, state);
    setText(text, nodeWord(node).replace(",SchedulingDisabled", ""));
  };
  return element;
}

/** A process of the node as a letter, or as its name where there is room for that. */
function mini(node, part) {
  const called = partName(node, part);
  const glyph = icon("ok");
  const element = h(
    "button",
    { class: "part mini", "data-item": true, "data-part": `${node.name}.${part}`, "aria-label": called },
    h("span", { class: "short" }, called.replace("kube-", "").slice(0, 1).toUpperCase()),
    h("span", { class: "long" }, called),
    glyph,
  );
  element.update = (node) => {
    const { state } = node.parts[part];
    set(element, "data-state", state);
    setIcon(glyph, partGlyph(state));
    set(element, "title", `${partName(node, part)} · ${word(state)}`);
  };
  return element;
}

function miniMachine(name) {
  const element = h(
    "button",
    {
      class: "part mini part-machine",
      "data-item": true,
      "data-part": `${name}.machine`,
      "aria-label": gettext("machine"),
      title: gettext("machine"),
    },
    icon("machine"),
    h("span", { class: "long" }, gettext("machine")),
  );
  element.update = ({ machine: { power, network } }) =>
    set(element, "data-state", power === "off" ? "off" : network === "up" ? "running" : "cut");
  return element;
}

/** The parts of a node as small handles. */
export function minis(node) {
  const handles = [...PARTS.map((part) => mini(node, part)), miniMachine(node.name)];
  const element = h("div", { class: "minis" }, ...handles);
  element.update = (node) => {
    for (const handle of handles) handle.update(node);
  };
  return element;
}
