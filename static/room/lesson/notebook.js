/** Something to write or to talk about: it stays in this browser, or goes to the teacher of a class. */
import { h, set, setText } from "../dom.js";
import { gettext } from "../words.js";

function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** `send(text)`: in a class. The element, and `sent(text)`: what the teacher has. */
export function notebook(id, question, send) {
  const name = `clustersim.notes.${id}`;
  const field = h("textarea", {
    class: "field",
    rows: "3",
    "aria-label": question,
    oninput: () => {
      try {
        localStorage.setItem(name, field.value);
      } catch { /* storage may be forbidden: the text then lasts as long as the page */ }
    },
  });
  field.value = kept(name);
  const button = h(
    "button",
    { class: "button", type: "button", onclick: () => send(field.value) },
    gettext("Send it to the teacher"),
  );
  const state = h("p", { class: "hint", "aria-live": "polite" });
  const element = h(
    "section",
    { class: "reflect" },
    h("h3", {}, gettext("Explain")),
    h("p", { class: "say" }, question),
    field,
    send ? h("div", { class: "buttons" }, button) : null,
    state,
  );
  return {
    element,
    sent: (text) => {
      setText(
        state,
        !send
          ? gettext("For yourself: it stays in this browser. Then tell it to somebody.")
          : text
          ? gettext("The teacher has it. You can send it again, changed.")
          : gettext("The teacher may show it to everybody, without a name."),
      );
      set(button, "data-sent", text ? "" : null);
    },
  };
}

/** What the teacher shows of what others wrote. */
export function voices(texts) {
  if (!texts.length) return null;
  return h(
    "section",
    { class: "voices" },
    h("h3", {}, gettext("Some of you wrote")),
    ...texts.map((text) => h("blockquote", {}, text)),
  );
}
