/** Before something is done in the past: what that does, and whether it is meant. */
import { h } from "../dom.js";
import { clockText, fill, gettext } from "../words.js";

export class ForkDialog {
  #dialog;
  #branches;
  #clock;

  constructor(dialog, branches, clock) {
    this.#dialog = dialog;
    this.#branches = branches;
    this.#clock = clock;
  }

  /** Asks; resolves to the name of the new branch ("" for none given), or null when it is not meant. */
  ask({ t, branch, head }, what = "") {
    // The room has gone on since somebody began to look at the moment.
    const end = branch === this.#branches.current ? this.#clock.now() : head;
    const values = { t: clockText(t), name: this.#branches.name(branch), head: clockText(end) };
    const name = h("input", { class: "field", name: "name", maxlength: 80, autocomplete: "off" });
    this.#dialog.replaceChildren(
      h(
        "form",
        { method: "dialog", class: "fork-form" },
        h(
          "h2",
          { id: "fork-title" },
          what
            ? fill(gettext("%(what)s, at %(t)s?"), { ...values, what })
            : fill(gettext("Begin a branch at %(t)s?"), values),
        ),
        h(
          "p",
          {},
          gettext(
            "You look at the past. What is done here begins a branch: the room goes there, for everybody in it.",
          ),
        ),
        h(
          "p",
          {},
          fill(
            gettext(
              '"%(name)s" is kept as it was, up to %(head)s. The room can go back to it at any time, under Branches.',
            ),
            values,
          ),
        ),
        what ? null : h("label", { class: "argument" }, gettext("name of the branch"), name),
        h(
          "div",
          { class: "fork-buttons" },
          h("button", { class: "button primary", value: "yes" }, gettext("Begin the branch")),
          h("button", { class: "button", value: "no" }, gettext("Leave everything as it is")),
        ),
      ),
    );
    this.#dialog.returnValue = "no";
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#dialog.addEventListener(
        "close",
        () => resolve(this.#dialog.returnValue === "yes" ? name.value.trim() : null),
        { once: true },
      );
    });
  }
}
