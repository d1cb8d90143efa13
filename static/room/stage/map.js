/**
 * Very many nodes: a map by zone and rack on which every node keeps its place, what is worst as cards beside
 * it, and a search. Belief over reality down to the single cell.
 */
import { h, set, setText } from "../dom.js";
import { counted, gettext } from "../words.js";
import { Beside } from "./beside.js";
import { groupsOf } from "./groups.js";
import { summary, worstFirst } from "./interest.js";
import { MapPicture } from "./picture.js";
import { NodeSearch } from "./search.js";

/** So many of the most interesting nodes are cards. */
const CARDS = 10;

export class FleetMap {
  #search = new NodeSearch(() => this.#show());
  #picture = new MapPicture((key) => this.#search.only(key));
  #beside = new Beside(() => this.#show());
  #told = h("p", { class: "map-told" });
  #view = null;
  #all = null;
  #groups = [];
  #selected = null;
  #acted = null;
  /** The names of the nodes that are cards. */
  close = [];

  constructor() {
    const parts = [this.#search.element, this.#picture.element, this.#told, this.#beside.element];
    this.element = h("div", { class: "map" }, ...parts);
  }

  update(view, all, selected) {
    const before = this.#view;
    if (selected !== this.#selected) this.#acted = null;
    else if (all === this.#all && view.deadlines === before?.deadlines) {
      this.#view = view;
      return;
    }
    [this.#view, this.#selected] = [view, selected];
    if (all !== this.#all) this.#regroup(all);
    this.#picture.renew(view.deadlines, selected);
    this.#show();
  }

  /** The nodes, or their states, have changed. */
  #regroup(all) {
    this.#all = all;
    this.#groups = groupsOf(all);
    const summaries = this.#groups.map(summary);
    this.#picture.regroup(this.#groups, summaries);
    this.#search.count(summaries, all.length);
  }

  /** Something was done to a node: its card is the first, until something else is done or selected. */
  acted(name) {
    this.#acted = name;
    this.#show();
  }

  /** The cards beside the map, and what is said of the nodes without one. */
  #show() {
    if (!this.#all) return;
    const { all, narrowed } = this.#search.find(this.#all, this.#groups);
    this.#picture.match(narrowed ? new Set(all) : null, this.#search.within);
    const chosen = this.#view.nodes[this.#selected] ?? this.#view.nodes[this.#acted];
    const worst = worstFirst(all);
    const wanted = new Set([...(chosen ? [chosen] : []), ...worst, ...(narrowed ? all : [])]);
    const some = [...wanted].slice(0, CARDS);
    if (!some.length) some.push(this.#all[0]);
    const shown = this.#beside.show(this.#view, some, chosen, narrowed);
    this.close = shown.map(({ name }) => name);
    setText(this.#told, this.#tell(all, narrowed, shown.length, worst.length));
    set(this.#told, "title", this.#told.textContent);
  }

  #tell(all, narrowed, cards, worst) {
    const rest = this.#all.length - cards;
    const parts = [];
    if (narrowed) parts.push(counted("%(n)s node found", "%(n)s nodes found", { n: all.length }));
    else if (!worst) parts.push(gettext("All are Ready and agree with what runs."));
    parts.push(
      this.#picture.single
        ? counted("%(n)s node only on the map", "%(n)s nodes only on the map", { n: rest })
        : counted("%(n)s node not drawn singly", "%(n)s nodes not drawn singly", { n: rest }),
    );
    return parts.join(" · ");
  }

  /** Where the columns of groups are, for the wires: `[{x, names}]`, from left to right, in pixels. */
  columns() {
    return this.#picture.columns();
  }

  frame(now, words) {
    this.#beside.frame(now, words);
    this.#picture.frame(now);
  }
}
