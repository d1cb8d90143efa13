/**
 * A blind step: what is wrong was drawn, and the stage is covered until somebody commits to a cause with a
 * command that shows it. And its counterpart: a fault made for somebody else.
 */
import { called } from "../console/places.js";
import { h, icon, set, settle } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

const typedAs = ({ line, where }) => (where ? `${called(where)}$ ${line}` : `$ ${line}`);

/** The causes to choose from, or room for one's own words. */
function causes(diagnosis, changed) {
  if (!diagnosis.causes.length) {
    const field = h("textarea", {
      class: "field",
      rows: "2",
      maxlength: "300",
      oninput: changed,
    });
    return {
      element: h("label", { class: "own-words" }, gettext("What is wrong"), field),
      read: () => field.value.trim(),
    };
  }
  const radios = diagnosis.causes.map(({ id, text }) => {
    const radio = h("input", { type: "radio", name: "cause", value: id, onchange: changed });
    return { radio, element: h("label", { class: "option" }, radio, h("span", {}, pick(text))) };
  });
  return {
    element: h(
      "div",
      { class: "options", role: "radiogroup", "aria-label": gettext("What is wrong") },
      ...radios.map(({ element }) => element),
    ),
    read: () => radios.find(({ radio }) => radio.checked)?.radio.value ?? "",
  };
}

export class Diagnosis {
  #does;
  #key = "";
  #form = null;

  /** `does`: `{commit(cause, line, where), handOver(text)}`. */
  constructor(does) {
    this.#does = does;
  }

  /** What is to be found out here, or what came of it. */
  draw({ diagnosis, step, ownCopy }, own) {
    if (!diagnosis) {
      this.#key = "";
      return null;
    }
    const parts = [h("h3", { class: "say" }, pick(diagnosis.text))];
    if (ownCopy) {
      parts.push(
        h("ul", { class: "options-read" }, ...diagnosis.causes.map(({ text }) => h("li", {}, pick(text)))),
      );
    } else if (diagnosis.outcome) parts.push(outcome(diagnosis.outcome));
    else if (!diagnosis.ripe) {
      parts.push(h("p", { class: "hint" }, gettext("The fault is at work. You can look in a moment.")));
    } else parts.push(this.#committing(diagnosis, step, own));
    settle(this.#section, parts);
    return this.#section;
  }

  #section = h("section", { class: "diagnosis" });

  #committing(diagnosis, step, own) {
    const key = `${step} ${diagnosis.causes.map(({ id }) => id)}`;
    if (this.#key !== key || !this.#form) {
      this.#key = key;
      this.#form = this.#build(diagnosis);
    }
    this.#form.update(own);
    return this.#form.element;
  }

  #build(diagnosis) {
    let typed = [];
    let leads = false;
    const send = h("button", { class: "button primary" }, gettext("Commit to this cause"));
    const evidence = h("select", { class: "field", onchange: () => changed() });
    const none = h(
      "p",
      { class: "hint" },
      gettext("Look around on the console. What you type there can be your evidence."),
    );
    const chosen = causes(diagnosis, () => changed());
    const changed = () => {
      send.disabled = !leads || !chosen.read() || !typed[evidence.selectedIndex - 1];
    };
    const element = h(
      "form",
      {
        class: "question",
        onsubmit: (event) => {
          event.preventDefault();
          const found = typed[evidence.selectedIndex - 1];
          if (found) this.#does.commit(chosen.read(), found.line, found.where);
        },
      },
      chosen.element,
      h("label", { class: "own-words" }, gettext("The command that tells it apart"), evidence),
      none,
      h("div", { class: "buttons" }, send),
      h("p", { class: "hint" }, gettext("You commit once. Then everything is shown.")),
    );
    const update = (own) => {
      const lines = own.typed;
      const before = typed[evidence.selectedIndex - 1];
      typed = lines;
      leads = own.leads;
      evidence.replaceChildren(
        h("option", { value: "" }, gettext("choose …")),
        ...lines.map((line) => h("option", {}, typedAs(line))),
      );
      const same = lines.findIndex(({ line, where }) => line === before?.line && where === before?.where);
      evidence.selectedIndex = same + 1;
      set(none, "hidden", lines.length > 0);
      changed();
    };
    return { element, update };
  }

  /** A fault to make for somebody else. */
  challenge({ challenge, ownCopy }, own) {
    if (!challenge) return null;
    const { text, ripe, code } = challenge;
    const parts = [h("h3", {}, gettext("Your turn")), h("p", { class: "say" }, pick(text))];
    if (code) {
      parts.push(
        h(
          "p",
          { class: "show" },
          icon("ok"),
          " ",
          h(
            "span",
            {},
            gettext("Handed over. Your neighbour joins with this code:"),
            " ",
            h("code", {}, code),
          ),
        ),
      );
    } else if (ripe && !ownCopy) parts.push(this.#handing(own));
    settle(this.#task, parts);
    return this.#task;
  }

  #task = h("section", { class: "task" });

  #handed = null;
  #leads = false;
  #handing(own) {
    this.#leads = own.leads;
    if (this.#handed) return this.#handed;
    const field = h("textarea", { class: "field", rows: "2", maxlength: "300", required: true });
    this.#handed = h(
      "form",
      {
        class: "question",
        onsubmit: (event) => {
          event.preventDefault();
          if (field.value.trim() && this.#leads) this.#does.handOver(field.value.trim());
        },
      },
      h("label", { class: "own-words" }, gettext("What you did, for afterwards"), field),
      h("div", { class: "buttons" }, h("button", { class: "button primary" }, gettext("Hand it over"))),
    );
    return this.#handed;
  }
}

/** What was committed to, beside what was drawn. */
function outcome({ right, tells, drawn, chosen, line, where, output, reply, explain, command, on, shows }) {
  const row = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  const said = right === null
    ? null
    : right
    ? (tells
      ? gettext("Right, and your evidence shows it.")
      : gettext("Right, but your evidence fits others, too."))
    : gettext("It was something else.");
  return h(
    "section",
    { class: "outcome-box", "data-right": String(right ?? true) },
    h(
      "dl",
      {},
      row(gettext("you said"), pick(chosen)),
      row(gettext("it was"), pick(drawn)),
    ),
    said && h("p", { class: "verdict" }, icon(right && tells ? "ok" : "note"), " ", said),
    reply ? h("p", { class: "reply" }, pick(reply)) : null,
    explain ? h("p", { class: "explain" }, pick(explain)) : null,
    command
      ? h(
        "p",
        {},
        fill(gettext("What tells it apart: %(command)s shows"), {
          command: typedAs({ line: command, where: on }),
        }),
        " ",
        h("code", {}, shows),
      )
      : null,
    h(
      "details",
      {},
      h("summary", {}, gettext("Your evidence")),
      h("pre", { class: "evidence" }, `${typedAs({ line, where })}\n${output}`),
    ),
  );
}
