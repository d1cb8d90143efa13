/** Who is in the class: present, answered, how far with the task; and who owns which node. */
import { every, h, icon, set } from "../room/dom.js";
import { fill, gettext, pick } from "../room/words.js";

/** Seconds at one hint after which somebody seems to be stuck. */
const STUCK = 60;

const minutes = (seconds) =>
  seconds < 90
    ? fill(gettext("%(n)s s"), { n: Math.round(seconds) })
    : fill(gettext("%(n)s min"), { n: Math.round(seconds / 60) });

function progress({ task, hint, since }, hints) {
  if (task === "done") return h("span", { class: "task-state" }, icon("ok"), " ", gettext("done"));
  if (!task) return null;
  const at = hint === null
    ? gettext("at work")
    : fill(gettext("at hint %(n)s, for %(time)s"), { n: hint + 1, time: minutes(since) });
  return h(
    "span",
    {
      class: "task-state",
      "data-stuck": String(since > STUCK),
      title: hints[hint] ? pick(hints[hint]) : null,
    },
    since > STUCK ? icon("note") : null,
    " ",
    at,
  );
}

/** What was drawn for somebody in a blind step, and whether they found it. */
function drawn({ cause, right }) {
  if (!cause) return null;
  return h(
    "span",
    { class: "cause", "data-right": right === null ? null : String(right) },
    right === null ? null : icon(right ? "ok" : "note"),
    " ",
    right === null ? null : h("b", {}, right ? gettext("found:") : gettext("not found:")),
    " ",
    pick(cause),
  );
}

export class Students {
  #list;
  #sum;
  #board;
  #does;
  #dragged = 0;
  #frame = null;

  /** `does`: `{show(student), assign(student, node)}`. */
  constructor({ list, sum, board }, does) {
    this.#list = list;
    this.#sum = sum;
    this.#board = board;
    this.#does = does;
  }

  draw(frame, mode) {
    const student = document.activeElement?.closest("[data-student]")?.getAttribute("data-student");
    const control = document.activeElement?.className;
    this.#list.replaceChildren(...frame.students.map((student) => this.#student(student, frame)));
    this.#sum.replaceChildren(...this.#summary(frame));
    set(this.#board, "hidden", mode !== "roles");
    if (mode === "roles") this.#nodes(frame);
    if (!student) return;
    const again = every(`[data-student="${student}"] *`, document).find(({ className }) =>
      className === control
    );
    again?.focus();
  }

  #student(student, { hints, showing }) {
    const { id, name, node, here, answered, copy } = student;
    const shown = copy !== "" && copy === showing;
    return h(
      "li",
      { "data-here": String(here), "data-student": id, title: here ? null : gettext("not here now") },
      answered ? icon("ok") : null,
      h("span", { class: "who" }, node ? `${pick(name)} · ${node}` : pick(name)),
      answered ? h("span", { class: "visually-hidden" }, gettext("has answered")) : null,
      progress(student, hints),
      drawn(student),
      copy
        ? h(
          "span",
          { class: "row" },
          h("a", { class: "button look", href: `/rooms/${copy}/`, target: "copy" }, gettext("Look")),
          h("button", {
            class: "button show",
            type: "button",
            "aria-pressed": String(shown),
            onclick: () => this.#does.show(shown ? 0 : id),
          }, gettext("Project")),
        )
        : null,
    );
  }

  /** How far the class is: done, at which hint, not begun. */
  #summary({ students, hints }) {
    const begun = students.filter(({ task }) => task);
    if (!begun.length) return [];
    const done = begun.filter(({ task }) => task === "done").length;
    const at = hints.map((text, place) => ({
      text,
      count: begun.filter(({ task, hint }) => task !== "done" && hint === place).length,
    }));
    return [
      h("p", {}, fill(gettext("%(done)s of %(all)s have done it"), { done, all: students.length })),
      ...at.filter(({ count }) => count).map(({ text, count }) =>
        h("p", { class: "hint" }, fill(gettext("%(n)s at: %(hint)s"), { n: count, hint: pick(text) }))
      ),
    ];
  }

  /** While something is dragged the board stays as it is. */
  #nodes(frame) {
    this.#frame = frame;
    if (this.#dragged) return;
    const { students, nodes } = frame;
    const place = (node) =>
      h(
        "section",
        {
          class: "node-place",
          "data-node": node,
          ondragover: (event) => event.preventDefault(),
          ondrop: (event) => {
            event.preventDefault();
            if (this.#dragged) this.#does.assign(this.#dragged, node);
          },
        },
        h("h3", {}, node || gettext("without a node")),
        h("ul", {}, ...students.filter((one) => one.node === node).map((one) => this.#owner(one, nodes))),
      );
    this.#board.querySelector(".node-places").replaceChildren(...["", ...nodes].map(place));
  }

  /** Dragged with the mouse, or moved with the choice beside the name. */
  #owner({ id, name, node }, nodes) {
    const choice = h(
      "select",
      {
        class: "field node-choice",
        "aria-label": fill(gettext("Node of %(name)s"), { name: pick(name) }),
        onchange: () => this.#does.assign(id, choice.value),
      },
      ...["", ...nodes].map((one) => h("option", { value: one, selected: one === node }, one || "–")),
    );
    return h(
      "li",
      {
        draggable: "true",
        "data-student": id,
        ondragstart: (event) => {
          this.#dragged = id;
          event.dataTransfer.setData("text/plain", pick(name));
        },
        ondragend: () => {
          this.#dragged = 0;
          this.#nodes(this.#frame);
        },
      },
      h("span", { class: "who" }, pick(name)),
      choice,
    );
  }
}
