/** Lights the path of a chain on the stage, and dims everything else. */
import { every } from "../dom.js";

const stage = document.getElementById("stage");

/** Part id -> its places in the chain, from 1. */
let path = new Map();

/** Lights the parts of some links; none: everything is as bright as ever. */
export function light(links) {
  path = new Map();
  links.forEach((link, place) => {
    for (const part of [link.part, link.by]) {
      if (!part) continue;
      if (!path.has(part)) path.set(part, []);
      if (path.get(part).at(-1) !== place + 1) path.get(part).push(place + 1);
    }
  });
  mark();
}

/** Marks the elements again: called after elements were made. */
export function mark() {
  if (!path.size && !stage.hasAttribute("data-path")) return;
  stage.toggleAttribute("data-path", path.size > 0);
  for (const element of every("[data-part], [data-wire]", stage)) {
    const places = path.get(element.dataset.part ?? partOf(element.dataset.wire));
    if (!places) delete element.dataset.lit;
    else if (element.dataset.lit !== places.join(" ")) element.dataset.lit = places.join(" ");
  }
}

/** Shows one link of the path, the one under the reader's hand. */
export function point(link) {
  for (const element of every("[data-pointed]", stage)) delete element.dataset.pointed;
  for (const part of link ? [link.part, link.by] : []) {
    if (part) {
      for (const element of every(`[data-part="${CSS.escape(part)}"]`, stage)) {
        element.dataset.pointed = "true";
      }
    }
  }
}

/** A wire carries the name of its process: "kubelet@n1". */
function partOf(process) {
  const [name, machine] = process.split("@");
  return machine ? `${machine}.${name}` : name;
}
