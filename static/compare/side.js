/**
 * One of the two runs: its name and settings, and its stage in small. A click on anything opens the run
 * there.
 */
import { h, set, setText } from "../room/dom.js";
import { clockText, fill, gettext, pick } from "../room/words.js";
import { ControlPlane } from "../room/stage/control.js";
import { Nodes } from "../room/stage/nodes.js";
import { Workloads } from "../room/stage/workloads.js";

export class Side {
  #name;
  #facts = h("p", { class: "side-facts" });
  #over = h("p", { class: "side-over", hidden: true }, gettext("It was not played as far: this is its end."));
  #settings = h("ul", { class: "side-settings" });
  #link = h("a", { class: "button" }, gettext("Open this moment"));
  #letter;
  #run = null;
  #t = 0;
  #elements = {
    workloads: h("div", { class: "workloads" }),
    control: h("div", { class: "control" }),
    nodes: h("div", { class: "nodes" }),
  };
  #stage = h("div", { class: "side-stage" }, ...Object.values(this.#elements));
  #control = new ControlPlane(this.#elements.control);
  #workloads = new Workloads(this.#elements.workloads);
  #nodes = new Nodes(this.#elements.nodes, true);

  constructor(root, letter) {
    this.#letter = letter.toUpperCase();
    this.#name = h("h2", { id: `name-${letter}` });
    root.append(
      h(
        "header",
        { class: "side-head" },
        h("span", { class: "side-letter", "aria-hidden": "true" }, this.#letter),
        h("div", {}, this.#name, this.#facts, this.#over),
        this.#link,
      ),
      this.#settings,
      this.#stage,
    );
    root.addEventListener("click", (event) => {
      const part = event.target.closest("[data-part]")?.dataset.part;
      if (part && this.#run) location.assign(this.#address(part));
    });
  }

  title(run) {
    return pick(run.name);
  }

  show(run, other, { t, nodes }) {
    this.#run = run;
    this.#t = t;
    setText(this.#name, this.title(run));
    setText(
      this.#facts,
      fill(gettext("%(release)s · room %(code)s · played to %(end)s"), {
        release: run.release,
        code: run.code,
        end: clockText(run.head),
      }),
    );
    this.#settings.replaceChildren(
      ...different(run, other).map(([component, flag, value]) =>
        h(
          "li",
          {},
          h("code", {}, value === undefined ? `--${flag}` : `--${flag}=${value}`),
          value === undefined ? ` ${gettext("default")} · ` : " ",
          component,
        )
      ),
    );
    this.#link.href = this.#address();
    this.#control.update(run.view);
    this.#workloads.update(run.view);
    this.#nodes.update(run.view);
    this.#nodes.frame(Math.min(t, run.head));
    set(this.#over, "hidden", t <= run.head);
    for (const card of this.#elements.nodes.querySelectorAll("[data-node]")) {
      set(card, "data-unlike", nodes.includes(card.dataset.node));
    }
  }

  #address(part) {
    const { code, branch, head } = this.#run;
    const query = new URLSearchParams({
      branch,
      t: String(Math.min(this.#t, head)),
      ...(part ? { select: part } : {}),
    });
    return `/rooms/${code}/?${query}`;
  }
}

/**
 * The settings in which a run differs from the other, as `[component, flag, value]`; no value: the default.
 */
function different(run, other) {
  const found = [];
  const names = new Set(
    [...Object.entries(run.settings), ...Object.entries(other.settings)].flatMap(([component, flags]) =>
      Object.keys(flags).map((flag) => `${component} ${flag}`)
    ),
  );
  for (const name of names) {
    const [component, flag] = name.split(" ");
    const value = run.settings[component]?.[flag];
    if (value !== other.settings[component]?.[flag]) found.push([component, flag, value]);
  }
  return found;
}
