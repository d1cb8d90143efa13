/** The console: what was typed and what it printed, in one log, and a prompt below it. */
import { h, setText } from "../dom.js";
import { gettext, pick } from "../words.js";
import { copyText } from "./copy.js";
import { called } from "./places.js";
import { Prompt } from "./prompt.js";

const MOST_ENTRIES = 100;
const MOST_ROWS = 2000;
const LOOK_AGAIN_MS = 1000;
const EXAMPLES = ["kubectl get pods -o wide", "kubectl get nodes", "kubectl describe node n1", "ssh n1"];

export class Console {
  #root;
  #does;
  #where = "";
  /** What the shell remembers of the lines before. */
  #variables = {};
  #log = h("div", {
    class: "console-log",
    role: "log",
    tabindex: "0",
    "aria-label": gettext("What the console printed"),
  });
  #watching = null;
  #prompt;

  /**
   * `does`: `{ask(fields), acted(), leave()}`; `ask` resolves to a `console-output` frame or one of type
   * `lost`.
   */
  constructor(root, does) {
    this.#root = root;
    this.#does = does;
    const wider = h("button", {
      class: "button plain",
      "aria-pressed": "false",
      onclick: () => this.#widen(wider),
    }, gettext("Wider"));
    const clear = h("button", { class: "button plain", onclick: () => this.#clear() }, gettext("Clear"));
    const paste = h(
      "a",
      { class: "button plain", href: `${location.pathname}manifest/` },
      gettext("Long manifest"),
    );
    root.append(h("div", { class: "console-tools" }, wider, clear, paste), this.#log);
    this.#prompt = new Prompt(root, {
      run: (line) => this.#run(line),
      complete: (line) => this.#complete(line),
      leave: () => this.#leave(),
      interrupt: () => this.#interrupt(),
    });
    this.#welcome();
  }

  /** The tab is shown or hidden: it is wide only while it is. */
  shown(on) {
    if (on) this.#prompt.focus();
    else {
      this.#stop();
      this.#narrow();
    }
  }

  #welcome() {
    const tries = EXAMPLES.map((line) =>
      h("button", {
        class: "button plain console-example",
        lang: "en",
        translate: "no",
        onclick: () => this.#prompt.fill(line),
      }, line)
    );
    this.#log.append(
      h(
        "div",
        { class: "console-welcome" },
        h(
          "p",
          {},
          gettext(
            "Type what an administrator would type. Tab completes, Up brings back what you typed, Escape leaves.",
          ),
        ),
        ...tries,
      ),
    );
  }

  #clear() {
    this.#stop();
    this.#log.replaceChildren();
    this.#prompt.focus();
  }

  #leave() {
    if (!this.#interrupt()) this.#does.leave();
  }

  #widen(button) {
    const wide = this.#root.parentElement.toggleAttribute("data-wide");
    button.setAttribute("aria-pressed", wide);
  }

  #narrow() {
    this.#root.parentElement.removeAttribute("data-wide");
    this.#root.querySelector('[aria-pressed="true"]')?.setAttribute("aria-pressed", "false");
  }

  async #complete(line) {
    const answer = await this.#does.ask({ line, where: this.#where, complete: true });
    return answer.candidates ?? [];
  }

  async #run(line, shown = line) {
    this.#stop();
    this.#log.querySelector(".console-welcome")?.remove();
    const output = h("pre", { class: "console-output", lang: "en", translate: "no" });
    const note = h("p", { class: "console-note", hidden: true });
    const copy = h("button", {
      class: "button plain console-copy",
      hidden: true,
      onclick: () => this.#copy(output, copy),
    }, gettext("Copy"));
    const entry = h(
      "div",
      { class: "console-entry", "aria-busy": "true" },
      h(
        "div",
        { class: "console-head" },
        h(
          "pre",
          { class: "console-line", lang: "en", translate: "no" },
          h("span", { class: "console-where" }, this.#where ? `${called(this.#where)}# ` : "$ "),
          shown,
        ),
        copy,
      ),
      output,
      note,
    );
    this.#log.append(entry);
    while (this.#log.children.length > MOST_ENTRIES) this.#log.firstElementChild.remove();
    this.#toEnd();
    const answer = await this.#does.ask({ line, where: this.#where, variables: this.#variables });
    entry.removeAttribute("aria-busy");
    this.#show(answer, { output, note, copy, entry });
    this.#where = answer.where ?? this.#where;
    const before = this.#variables;
    this.#variables = answer.variables ?? before;
    this.#prompt.at(this.#where);
    this.#toEnd();
    if (answer.follow) this.#watch(line, { ...answer, variables: before }, { output, note, copy, entry });
    if (answer.edit) this.#edit(line.split("\n", 1)[0], answer.edit, entry);
    this.#does.acted();
  }

  #show(answer, { output, note, copy, entry }) {
    entry.toggleAttribute("data-failed", answer.type === "lost" || answer.ok === false);
    setText(output, answer.text ?? "");
    output.hidden = copy.hidden = !answer.text;
    const words = answer.type === "lost"
      ? gettext("There is no connection to the room; nothing was done.")
      : pick(answer.note);
    setText(note, words);
    note.hidden = !words;
  }

  /** `kubectl edit`: a small editor; what it holds goes on with the same line. */
  #edit(line, text, entry) {
    const area = h("textarea", {
      class: "console-editor",
      rows: "14",
      spellcheck: "false",
      lang: "en",
      translate: "no",
      "aria-label": gettext("Edit the object"),
    });
    area.value = text;
    const close = () => {
      form.remove();
      this.#prompt.focus();
    };
    const cancel = h(
      "button",
      { class: "button plain", type: "button", onclick: close },
      gettext("Cancel"),
    );
    const save = h("button", { class: "button", type: "submit" }, gettext("Save"));
    const does = h("div", { class: "console-edit-does" }, save, cancel);
    const form = h("form", { class: "console-edit" }, area, does);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      close();
      this.#run(`${line}\n${area.value.trim() || "#"}`, line);
    });
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close();
    });
    entry.append(form);
    area.focus();
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
    this.#toEnd();
  }

  /**
   * What goes on while simulated time passes (`get -w`, `rollout status`, `drain`): asks again and again for
   * what it has printed since, until it ends or is stopped. The server keeps nothing: where it stands comes
   * with each answer and goes back with the next question.
   */
  #watch(line, { follow, note: says, where, variables }, entry) {
    const watching = { timer: 0, ...entry, line, follow, where, variables };
    this.#watching = watching;
    setText(entry.note, [pick(says), gettext("Ctrl+C or Escape stops it.")].filter(Boolean).join(" "));
    entry.note.hidden = false;
    const again = async () => {
      const answer = await this.#does.ask({ line, follow: watching.follow, where, variables });
      if (this.#watching !== watching) return;
      if (answer.text && watching.follow.redraws) setText(entry.output, "");
      this.#append(answer.text, entry);
      if (answer.follow) {
        watching.follow = answer.follow;
        watching.timer = setTimeout(again, LOOK_AGAIN_MS);
      } else {
        this.#watching = null;
        this.#ended(answer, entry);
      }
    };
    watching.timer = setTimeout(again, LOOK_AGAIN_MS);
  }

  #append(text, { output, copy }) {
    if (!text) return;
    const atEnd = this.#atEnd();
    const rows = [output.textContent, text].filter(Boolean).join("\n").split("\n");
    setText(output, rows.slice(-MOST_ROWS).join("\n"));
    output.hidden = copy.hidden = false;
    if (atEnd) this.#toEnd();
  }

  #ended(answer, { note, entry }) {
    entry.toggleAttribute("data-failed", answer.type === "lost" || answer.ok === false);
    const words = answer.type === "lost" ? gettext("There is no connection to the room.") : pick(answer.note);
    setText(note, words);
    note.hidden = !words;
    this.#where = answer.where ?? this.#where;
    this.#variables = answer.variables ?? this.#variables;
    this.#prompt.at(this.#where);
    this.#does.acted();
  }

  /** Ctrl+C: ends what goes on, also what it set going in the cluster; whether there was something. */
  #interrupt() {
    const watching = this.#watching;
    if (!this.#stop()) return false;
    const { line, follow, where, variables } = watching;
    if (follow.acts?.length) {
      const asked = this.#does.ask({ line, follow, where, variables, interrupt: true });
      asked.then((answer) => this.#append(answer.text, watching));
    }
    return true;
  }

  /** Ends a watch; whether there was one. */
  #stop() {
    if (!this.#watching) return false;
    clearTimeout(this.#watching.timer);
    this.#watching.note.hidden = true;
    this.#watching = null;
    return true;
  }

  async #copy(output, button) {
    const done = await copyText(output.textContent);
    setText(button, done ? gettext("Copied") : gettext("Not copied"));
    setTimeout(() => setText(button, gettext("Copy")), 2000);
  }

  #atEnd() {
    return this.#log.scrollTop + this.#log.clientHeight > this.#log.scrollHeight - 24;
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
