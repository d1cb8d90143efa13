/** Something to write or to talk about; what is written stays in this browser. */
import { h } from "../dom.js";
import { gettext } from "../words.js";

function kept(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

export function notebook(id, question) {
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
  return h(
    "section",
    { class: "reflect" },
    h("h3", {}, gettext("Explain")),
    h("p", { class: "say" }, question),
    field,
    h("p", { class: "hint" }, gettext("For yourself: it stays in this browser. Then tell it to somebody.")),
  );
}
