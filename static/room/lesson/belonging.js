/** Who one is in a class, one's own copy of its cluster for a task, and the ways out of both. */
import { byId, h, icon, settle } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

/** A form of the page, by the id of its template: what it posts carries the page's own token. */
const form = (id) => byId(id)?.content.cloneNode(true) ?? null;

/** The way into one's own copy, at a task of a class. */
export function ownCopy(own) {
  if (own.leads) {
    return h("p", { class: "hint" }, gettext("Each student does this in a copy of their own."));
  }
  return own.copy
    ? h(
      "a",
      { class: "button primary", href: `/rooms/${own.copy}/` },
      gettext("Back to my own copy"),
    )
    : form("own-copy");
}

/** Above everything else in a copy: whose it is, and how to get back. */
export function ofCopy(frame) {
  if (!frame.confined) return null;
  if (document.body.hasAttribute("data-presenting")) {
    const name = frame.whose ? pick(frame.whose) : "";
    return h(
      "p",
      { class: "owner" },
      icon("people"),
      " ",
      name ? fill(gettext("The work of %(name)s"), { name }) : gettext("A student's work"),
    );
  }
  return h(
    "p",
    { class: "owner" },
    icon("branches"),
    " ",
    frame.classOn
      ? gettext("The class has gone on.")
      : gettext("Your own copy: nobody else acts in it. The teacher sees how far you are."),
  );
}

export class Belonging {
  #does;
  #form = null;

  constructor(does) {
    this.#does = does;
  }

  /** At the foot of the pane. */
  draw(frame, own) {
    const { mode, left, confined, over, classOn } = frame;
    if (document.body.hasAttribute("data-presenting")) return null;
    if (left) {
      const main = confined && (over || classOn) ? " primary" : "";
      return h(
        "p",
        { class: "belonging" },
        h("a", { class: `button${main}`, href: `/rooms/${left}/` }, gettext("Back to the class")),
      );
    }
    if (mode === "alone" || own.leads || !this.#does.name) return null;
    settle(this.#footer, [
      own.name
        ? h("p", {}, fill(gettext("In this class you are %(name)s."), { name: pick(own.name) }))
        : null,
      frame.anonymous ? null : this.#named(own),
      own.code ? this.#coded(own) : null,
      form("explore"),
    ]);
    return this.#footer;
  }

  #footer = h("footer", { class: "belonging" });

  #code = null;
  /** The code by which answers given before and after a course are paired. */
  #coded(own) {
    if (this.#code) return this.#code;
    const field = h("input", { class: "field", maxlength: "40", value: own.code });
    this.#code = h(
      "form",
      {
        class: "nickname",
        onsubmit: (event) => {
          event.preventDefault();
          this.#does.name(own.nickname, own.mayBeNamed, field.value);
        },
      },
      h(
        "label",
        {},
        gettext("Your code: write it down for the second time, or type the one you have"),
        " ",
        field,
      ),
      h("button", { class: "button" }, gettext("Save")),
    );
    return this.#code;
  }

  #named(own) {
    if (this.#form) return this.#form;
    const field = h("input", {
      class: "field",
      maxlength: "40",
      autocomplete: "nickname",
      value: own.nickname,
    });
    const shown = h("input", { type: "checkbox", checked: own.mayBeNamed });
    const save = () => this.#does.name(field.value, shown.checked);
    shown.addEventListener("change", save);
    this.#form = h(
      "form",
      {
        class: "nickname",
        onsubmit: (event) => {
          event.preventDefault();
          save();
        },
      },
      h("label", {}, gettext("Nickname, if you like"), " ", field),
      h("button", { class: "button" }, gettext("Save")),
      h(
        "label",
        { class: "may-be-named" },
        shown,
        " ",
        gettext("My name may stand beside my work on the projector"),
      ),
    );
    return this.#form;
  }
}
