/**
 * Where one types. Enter runs the line, Shift and Enter begin another one (for a manifest), Up and Down go
 * through what was typed, Tab completes, Escape leaves.
 */
import { h, set, setText } from "../dom.js";
import { gettext } from "../words.js";
import { Lines } from "./lines.js";
import { called } from "./places.js";

const LONGEST = 256 * 1024;
/** A place with more letters stands above the line: names of pods leave no room to type in. */
const SHORT = 8;

/** A line to begin with: on the workstation, on a machine, in a container. */
function example(where) {
  if (!where) return "kubectl get pods";
  return where.includes("/") ? "ls -l" : "systemctl status kubelet";
}

/** What the candidates begin with in common. */
function common(words) {
  let [start] = words;
  for (const word of words) while (!word.startsWith(start)) start = start.slice(0, -1);
  return start;
}

export class Prompt {
  #lines = new Lines();
  #where = h("span", { class: "console-where", "aria-hidden": "true" });
  #input = h("textarea", {
    id: "console-input",
    class: "console-input",
    rows: "1",
    maxlength: LONGEST,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    lang: "en",
    enterkeyhint: "send",
  });
  #candidates = h("p", { class: "console-candidates", role: "status", lang: "en", translate: "no" });
  #does;

  /** `does`: `{run(line), complete(line), leave(), interrupt()}`. */
  constructor(root, does) {
    this.#does = does;
    const form = h(
      "form",
      { class: "console-form" },
      this.#where,
      this.#input,
      h("button", { class: "button", type: "submit" }, gettext("Run")),
    );
    root.append(this.#candidates, form);
    this.at("");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    this.#input.addEventListener("keydown", (event) => this.#pressed(event));
    this.#input.addEventListener("input", () => {
      setText(this.#candidates, "");
      this.#grow();
    });
  }

  /** Shows where one is: on the workstation, on a node or in a container. */
  at(where) {
    const name = called(where) || gettext("workstation");
    setText(this.#where, where ? `${called(where)}#` : "$");
    set(this.#where, "data-long", name.length > SHORT);
    set(this.#input, "placeholder", example(where));
    this.#input.setAttribute("aria-label", `${gettext("Command line")}: ${name}`);
  }

  focus() {
    this.#input.focus();
  }

  fill(line) {
    this.#put(line);
    this.focus();
  }

  #run() {
    const line = this.#input.value.trim();
    setText(this.#candidates, "");
    if (!line) return;
    this.#lines.add(line);
    this.#put("");
    this.#does.run(line);
  }

  #put(text) {
    this.#input.value = text;
    this.#input.setSelectionRange(text.length, text.length);
    this.#grow();
  }

  #grow() {
    this.#input.style.height = "";
    this.#input.style.height = `${this.#input.scrollHeight + 2}px`;
  }

  #pressed(event) {
    if (event.isComposing) return;
    const { key, shiftKey, ctrlKey } = event;
    const { value, selectionStart, selectionEnd } = this.#input;
    const atEnd = selectionStart === value.length && selectionEnd === value.length;
    if (key === "Enter" && !shiftKey) this.#run();
    else if (key === "ArrowUp" && !value.slice(0, selectionStart).includes("\n")) this.#step(-1);
    else if (key === "ArrowDown" && !value.slice(selectionEnd).includes("\n")) this.#step(1);
    else if (key === "Tab" && !shiftKey && value.trim() && atEnd) this.#complete();
    else if (key === "Escape") this.#does.leave();
    else if (ctrlKey && key === "c" && selectionStart === selectionEnd) this.#interrupt();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(direction) {
    const line = this.#lines.step(direction, this.#input.value);
    if (line !== null) this.#put(line);
  }

  #interrupt() {
    if (!this.#does.interrupt()) this.#put("");
  }

  /**
   * What the last word may become: all of it where that is certain, else as far as it is, and the choice
   * below.
   */
  async #complete() {
    const line = this.#input.value;
    const candidates = await this.#does.complete(line);
    if (this.#input.value !== line) return;
    const begun = /\S*$/.exec(line)[0];
    setText(
      this.#candidates,
      candidates.length > 1
        ? candidates.join("  ")
        : candidates.length
        ? ""
        : gettext("Nothing to complete."),
    );
    if (!candidates.length) return;
    const word = candidates.length === 1
      ? candidates[0] + (/[/=]$/.test(candidates[0]) ? "" : " ")
      : common(candidates);
    if (word.length >= begun.length) this.#put(line.slice(0, line.length - begun.length) + word);
  }
}
