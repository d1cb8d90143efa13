/**
 * Every action by key. Regions are reached by Tab, the items of a region by arrows: the nearest item in that
 * direction. Presenter remotes work: PageDown is the next event, PageUp pauses or plays.
 */
import { h } from "./dom.js";
import { gettext } from "./words.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STORED = "clustersim.keys";

/**
 * The nearest of `items` from `origin` in a direction; what lies straight ahead counts as nearer than what
 * lies aside.
 */
function nearest(origin, items, [dx, dy]) {
  const from = origin.getBoundingClientRect();
  let best = null;
  let bestCost = Infinity;
  for (const item of items) {
    if (item === origin) continue;
    const to = item.getBoundingClientRect();
    const x = to.left + to.width / 2 - from.left - from.width / 2;
    const y = to.top + to.height / 2 - from.top - from.height / 2;
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead < 4) continue;
    const cost = ahead + aside * 2;
    if (cost < bestCost) [best, bestCost] = [item, cost];
  }
  return best;
}

const itemsOf = (region) =>
  [...region.querySelectorAll("[data-item]")].filter((item) => !item.disabled && item.checkVisibility());

/** Gives each region one tab stop: the item that had the focus last. */
export function roving() {
  for (const region of document.querySelectorAll("[data-region]")) {
    const items = itemsOf(region);
    const current = items.find((item) => item.tabIndex === 0 && item.dataset.stop) ?? items.find((item) =>
      item.getAttribute("aria-selected") === "true" || item.getAttribute("aria-current")
    ) ?? items[0];
    for (const item of items) {
      const index = item === current ? 0 : -1;
      if (item.tabIndex !== index || !item.hasAttribute("tabindex")) {
        item.tabIndex = index;
      }
    }
  }
}

/** From a region itself, where a skip link leads, to its tab stop. */
function enter(region) {
  const stop = itemsOf(region).find((item) => item.tabIndex === 0);
  stop?.focus();
  return Boolean(stop);
}

function move(event) {
  if (ARROWS[event.key] && event.target.matches?.("[data-region]")) return enter(event.target);
  const item = event.target.closest?.("[data-item]");
  const region = item?.closest("[data-region]");
  if (!region || (item.tagName === "SELECT" && ARROWS[event.key]?.[1])) return false;
  const items = itemsOf(region);
  let next = null;
  if (ARROWS[event.key]) next = nearest(item, items, ARROWS[event.key]);
  else if (event.key === "Home") [next] = items;
  else if (event.key === "End") next = items.at(-1);
  if (!next) return false;
  for (const other of items) delete other.dataset.stop;
  next.dataset.stop = "true";
  for (const other of items) other.tabIndex = other === next ? 0 : -1;
  next.focus();
  return true;
}

export class Keyboard {
  #actions;
  #on;

  /** `actions`: `[{keys, label, run}]`; the first of the keys is the one that is taught. */
  constructor(actions) {
    this.#actions = actions;
    try {
      this.#on = localStorage.getItem(STORED) !== "off";
    } catch {
      this.#on = true;
    }
    document.addEventListener("keydown", (event) => this.#pressed(event));
    document.addEventListener("focusin", (event) => this.#stop(event));
  }

  #stop(event) {
    const item = event.target.closest?.("[data-item]");
    const region = item?.closest("[data-region]");
    if (!region) return;
    for (const other of itemsOf(region)) {
      if (other === item) other.dataset.stop = "true";
      else delete other.dataset.stop;
      other.tabIndex = other === item ? 0 : -1;
    }
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (move(event)) {
      event.preventDefault();
      return;
    }
    const { target } = event;
    const typing = target.matches?.("input:not([type=checkbox]), textarea, select");
    const pressing = event.key === " " && target.matches?.("button, [role=tab], input, summary, a");
    if (typing || pressing) return;
    const single = event.key.length === 1 && event.key !== "?";
    if (single && !this.#on) return;
    const action = this.#actions.find(({ keys }) => keys.includes(event.key));
    if (!action) return;
    event.preventDefault();
    action.run(event.key);
  }

  /** The dialog that lists the keys; single-key shortcuts can be switched off in it. */
  fillHelp(dialog) {
    const rows = this.#actions.map(({ keys, label }) =>
      h("div", {}, h("dt", {}, ...names(keys).map((name) => h("kbd", {}, name))), h("dd", {}, label))
    );
    const arrows = h(
      "div",
      {},
      h("dt", {}, h("kbd", {}, "Tab"), h("kbd", {}, "←↑↓→")),
      h("dd", {}, gettext("from region to region; from item to item in a region")),
    );
    const enter = h(
      "div",
      {},
      h("dt", {}, h("kbd", {}, "Enter")),
      h("dd", {}, gettext("select the focused thing: Inspect shows it and what can be done to it")),
    );
    const single = h("input", { type: "checkbox", onchange: (event) => this.#switch(event.target.checked) });
    single.checked = this.#on;
    dialog.replaceChildren(
      h(
        "form",
        { method: "dialog", class: "help-head" },
        h("h2", { id: "help-title" }, gettext("Keys")),
        h("button", { class: "button" }, gettext("Close")),
      ),
      h("dl", { class: "keys" }, arrows, enter, ...rows),
      h("label", { class: "keys-switch" }, single, gettext("single-key shortcuts")),
    );
  }

  #switch(on) {
    this.#on = on;
    try {
      localStorage.setItem(STORED, on ? "on" : "off");
    } catch { /* storage may be forbidden: the choice then lasts as long as the page */ }
  }
}

const NAMES = { " ": "Space", PageDown: "PgDn", PageUp: "PgUp", Escape: "Esc" };
const names = (
  keys,
) => (keys.length > 4 ? [`${keys[0]}–${keys.at(-1)}`] : keys.map((key) => NAMES[key] ?? key));
