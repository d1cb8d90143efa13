/** Which of very many nodes are looked for: by part of a name, by what is wrong with them, within one group. */
import { h, set, setText } from "../dom.js";
import { gettext } from "../words.js";
import { FILTERS, named } from "./interest.js";

export class NodeSearch {
  #field = h("input", {
    class: "field",
    id: "node-search",
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: gettext("node, zone or rack"),
    "aria-label": gettext("Search the nodes"),
  });
  #changed;
  #filters = new Map();
  #filter = "all";
  /** The key of the group that alone is looked at. */
  within = null;

  /** `changed`: called when other nodes are looked for. */
  constructor(changed) {
    this.#changed = changed;
    const buttons = FILTERS.map(([name, label]) => this.#filterButton(name, label()));
    this.element = h(
      "div",
      { class: "map-head" },
      this.#field,
      h("div", { class: "map-filters" }, ...buttons),
    );
    this.#field.addEventListener("input", changed);
  }

  #filterButton(name, label) {
    const number = h("b", {}, "");
    const button = h(
      "button",
      {
        class: "map-filter",
        type: "button",
        "data-item": true,
        "aria-pressed": String(name === "all"),
        onclick: () => this.#choose(name),
      },
      `${label} `,
      number,
    );
    this.#filters.set(name, { button, number });
    return button;
  }

  #choose(name) {
    this.#filter = name;
    for (const [other, { button }] of this.#filters) set(button, "aria-pressed", String(other === name));
    this.#changed();
  }

  /** Only the nodes of one group, or of all again. */
  only(key) {
    this.within = this.within === key ? null : key;
    this.#changed();
  }

  /** Tells how many nodes each filter finds; one that finds none is not offered. */
  count(summaries, everyone) {
    for (const [name, { button, number }] of this.#filters) {
      const n = name === "all" ? everyone : summaries.reduce((sum, group) => sum + group[name], 0);
      setText(number, n);
      set(button, "hidden", !n && this.#filter !== name);
    }
  }

  /** `{all, narrowed}`: the nodes that are looked for, and whether they are fewer than there are. */
  find(nodes, groups) {
    const text = this.#field.value.trim().toLowerCase();
    const [, , fits] = FILTERS.find(([name]) => name === this.#filter);
    const group = groups.find(({ key }) => key === this.within);
    const narrowed = Boolean(text || group) || this.#filter !== "all";
    if (!narrowed) return { all: nodes, narrowed };
    return { all: (group?.nodes ?? nodes).filter((node) => fits(node) && named(node, text)), narrowed };
  }
}
