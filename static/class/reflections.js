/** What students wrote about the present step, for the teacher to read and to show. */
import { h } from "../room/dom.js";
import { gettext, pick } from "../room/words.js";

export function reflections(all, show) {
  return all.map(({ id, name, text, shown }) =>
    h(
      "li",
      {},
      h("p", {}, text || "–"),
      h(
        "p",
        { class: "row" },
        h("span", { class: "hint" }, pick(name)),
        h("button", {
          class: "button",
          type: "button",
          "aria-pressed": String(shown),
          onclick: () => show(id, !shown),
        }, gettext("Show to everybody")),
      ),
    )
  );
}
