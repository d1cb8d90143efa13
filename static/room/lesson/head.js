/** The head of the step pane: the lesson's name, how far it has come, and the steps to choose from. */
import { h, set, setText } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

const WHAT = {
  say: () => gettext("look"),
  ask: () => gettext("question"),
  run: () => gettext("run"),
  task: () => gettext("your turn"),
  diagnosis: () => gettext("diagnosis"),
  challenge: () => gettext("your turn"),
  reflect: () => gettext("explain"),
};

export class StepHead {
  #move;
  #step = -1;
  #title = h("h2", { class: "lesson-title", tabindex: "-1" });
  #count = h("label", { class: "step-count" });
  #steps = h("select", {
    class: "field step-select",
    onchange: () => this.#move(Number(this.#steps.value)),
  });
  #again = h(
    "button",
    {
      class: "button plain",
      title: gettext("This step again"),
      onclick: () => this.#move(this.#step),
    },
    h("span", { "aria-hidden": "true" }, "↺"),
    h("span", { class: "visually-hidden" }, gettext("This step again")),
  );
  #bar = h("div", { class: "step-bar", "aria-hidden": "true" });

  /** `move(step)`: goes to a step; `time`: what tells how much time is left. */
  constructor(move, time) {
    this.#move = move;
    this.#count.append(h("span", { class: "visually-hidden" }, gettext("Step")), this.#steps);
    const nav = h("div", { class: "lesson-nav" }, this.#count, this.#again);
    this.element = h("header", { class: "lesson-head" }, this.#title, this.#bar, nav, time);
  }

  /** `leads`: whether this viewer may move the class. */
  draw({ title, steps, step, confined }, leads) {
    this.#step = step;
    setText(this.#title, pick(title));
    set(this.#title, "title", pick(title));
    set(this.#title, "data-begun", step >= 0);
    const stops = steps.map(({ what, planned }, place) => ({ what, planned, place }))
      .filter(({ planned, place }) => planned || place === step);
    if (this.#bar.children.length !== stops.length) this.#bar.replaceChildren(...stops.map(() => h("i")));
    [...this.#bar.children].forEach((mark, n) =>
      set(mark, "data-state", stops[n].place < step ? "done" : stops[n].place === step ? "here" : null)
    );
    const options = stops.map(({ what, place }, n) =>
      h(
        "option",
        { value: place },
        fill(gettext("Step %(n)s of %(all)s: %(what)s"), {
          n: n + 1,
          all: stops.length,
          what: WHAT[what](),
        }),
      )
    );
    if (step < 0) {
      options.unshift(h("option", { value: -1, disabled: true }, gettext("Before the first step")));
    }
    this.#steps.replaceChildren(...options);
    this.#steps.value = String(step);
    this.#steps.disabled = !leads || confined;
    this.#again.hidden = !leads || step < 0;
  }
}
