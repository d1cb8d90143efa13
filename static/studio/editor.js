/** The editor of a lesson's text: what is written is saved, and what is wrong is shown at its line. */
import { byId, every } from "../room/dom.js";

/** @type {any} */
const ace = Reflect.get(globalThis, "ace");
// Before the widget makes an editor: no worker from a blob, no style sheet written into the page.
ace.config.setDefaultValue("session", "useWorker", false);
ace.config.set("useStrictCSP", true);
const dark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : dark.matches;
}

/** What stands at a line in the lists beside the text. */
function annotations() {
  return every("#findings [data-line], #results .complaints [data-line]").map((place) => ({
    row: Number(place.dataset.line) - 1,
    column: Number(place.dataset.column) - 1,
    text: place.parentElement.querySelector("span").textContent,
    type: "error",
  }));
}

const completer = {
  identifierRegexps: [/[\w.-]/],
  getCompletions(_editor, _session, _place, _prefix, answer) {
    answer(null, JSON.parse(byId("words").textContent).map((word) => ({ ...word, score: 1 })));
  },
};

function begin(editor) {
  const form = byId("draft");
  const session = editor.getSession();
  const colour = () => editor.setTheme(`ace/theme/${isDark() ? "tomorrow_night" : "tomorrow"}`);
  colour();
  dark.addEventListener("change", colour);
  editor.setOptions({ fontSize: 14, scrollPastEnd: 0.3 });
  editor.completers = [completer];
  editor.textInput.getElement().setAttribute("aria-label", form.querySelector("label").textContent);
  editor.renderer.setPadding(8);
  session.on("change", () => form.dispatchEvent(new Event("written")));
  editor.commands.addCommand({
    name: "save",
    bindKey: { win: "Ctrl-S", mac: "Command-S" },
    exec: () => form.dispatchEvent(new Event("written")),
  });
  // Tab leaves the editor, so that nobody is caught in it; lines are indented with these keys.
  editor.commands.bindKeys({ "Tab": null, "Shift-Tab": null });
  editor.commands.addCommand({
    name: "indent further",
    bindKey: { win: "Ctrl-]", mac: "Command-]" },
    exec: "indent",
  });

  const show = () => session.setAnnotations(annotations());
  show();
  document.body.addEventListener("htmx:afterSettle", show);
  const go = (line, column) => {
    editor.gotoLine(line, column, true);
    editor.focus();
  };
  document.body.addEventListener("click", (event) => {
    const place = event.target instanceof Element && event.target.closest("[data-line]");
    if (!(place instanceof HTMLElement)) return;
    event.preventDefault();
    go(Number(place.dataset.line), Number(place.dataset.column) - 1);
  });
  const line = location.hash.match(/^#line-(\d+)$/);
  if (line) go(Number(line[1]), 0);
}

addEventListener("load", () => {
  /** @type {any} */
  const widget = document.querySelector(".django-ace-widget");
  if (widget?.editor) begin(widget.editor);
});
