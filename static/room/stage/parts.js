/** What several cards of a node have: its state as a pill, and its parts as small handles. */
import { h, icon, set, setIcon, setText } from "../dom.js";
import { gettext } from "../words.js";
import { nodeState, nodeWord, partGlyph, partName, word } from "../states.js";

/** A longer name is written smaller. */
const SHORT = 5;
/**
 * A longer name has its middle cut out where there is no room; so many letters of the end of its host are always
 * in sight, "1-23" of "ip-10-0-1-23.ec2.internal".
 */
const WHOLE = 8;
const TAIL = 4;

/** A name without its domain. */
export const hostOf = (name) => name.split(".", 1)[0];

function named(name) {
  const host = hostOf(name);
  const tail = name.length > WHOLE ? Math.max(0, host.length - TAIL) : host.length;
  return [
    h("span", { class: "name-start" }, name.slice(0, tail)),
    h("span", { class: "name-end" }, name.slice(tail, host.length)),
    h("span", { class: "name-domain" }, name.slice(host.length)),
  ];
}

/** The handle of a node: its name. */
export function nameHandle(name) {
  const long = name.length > SHORT;
  return h(
    "button",
    { class: "node-name", "data-part": name, "data-item": true, "data-long": long, title: long && name },
    ...named(name),
  );
}

/** The name of a node on a tile. */
export const tileName = (name) => h("span", { class: "tile-name" }, ...named(name));

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
