/** The legend, one key away: only the states that are on the stage now. */
import { h, icon } from "./dom.js";
import { gettext } from "./words.js";
import { word } from "./states.js";

const STATES = [
  "ok",
  "pending",
  "unready",
  "notready",
  "unknown",
  "terminating",
  "off",
  "running",
  "hung",
  "crash-looping",
];

export class Legend {
  #root;
  #toggle;

  constructor(root, toggle) {
    this.#root = root;
    this.#toggle = toggle;
  }

  toggle() {
    this.#root.hidden = !this.#root.hidden;
    this.#toggle.setAttribute("aria-expanded", !this.#root.hidden);
    this.update();
  }

  update() {
    if (this.#root.hidden) return;
    const shown = [...document.querySelectorAll("#stage use")]
      .filter((use) => use.checkVisibility({ visibilityProperty: true }))
      .map((use) => use.getAttribute("href").slice(3));
    const present = STATES.filter((state) => shown.includes(state));
    const rows = present.map((state) => h("li", { "data-state": state }, icon(state), word(state)));
    const shapes = [
      h("li", {}, h("span", { class: "shape stadium" }), gettext("a pod, as the API server believes it")),
      h("li", {}, h("span", { class: "shape square" }), gettext("a container, as its runtime runs it")),
      h(
        "li",
        {},
        h("span", { class: "shape ring" }),
        gettext("inner ring: age of the last heartbeat; outer: time to eviction"),
      ),
    ];
    if (document.querySelector("#nodes .chip[data-version]")) {
      shapes.push(
        h(
          "li",
          {},
          h("span", { class: "shape underlined" }, "x7f2k"),
          gettext("underlined: of a newer ReplicaSet of the same Deployment"),
        ),
      );
    }
    if (document.querySelector("#nodes .map")) {
      shapes.push(
        h(
          "li",
          {},
          h("span", { class: "shape cell" }),
          gettext("a node on the map: above what the API server believes, below what is really there"),
        ),
      );
    }
    this.#root.replaceChildren(h("h2", {}, gettext("Legend")), h("ul", {}, ...rows, ...shapes));
  }
}
