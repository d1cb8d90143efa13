/** Inspect: what the selected thing is, what can be done to it, and what the server says of it. */
import { h, icon, set, setIcon, setText } from "../dom.js";
import { fill, gettext, pick } from "../words.js";
import { find } from "../selection.js";
import { CONTROL_PLANE } from "../store.js";
import { networkWord, nodeState, nodeWord, partGlyph, podState, word } from "../states.js";
import { actionRow } from "./actions.js";
import { answered, section } from "./answers.js";
import { Parts } from "./parts.js";

const REFRESH_MS = 1000;
const SET_FLAGS = "set-flags";

const KINDS = {
  control: () => gettext("control plane"),
  node: () => gettext("node"),
  kubelet: () => gettext("process"),
  docker: () => gettext("process"),
  "kube-proxy": () => gettext("process"),
  machine: () => gettext("machine"),
  pod: () => gettext("pod"),
  workload: ({ kind }) => kind,
  service: () => "Service",
  client: () => gettext("clients"),
};

/** The state of a selected thing as `[glyph, words]`. */
function stateOf({ kind, item }) {
  if (kind === "node") return [nodeState(item), nodeWord(item)];
  if (kind === "pod") return [podState(item), `${item.readyText} ${item.status}`];
  if (kind === "machine") {
    if (item.power === "off") return ["off", gettext("power off")];
    const trouble = networkWord(item.network);
    return trouble ? ["notready", trouble] : ["ok", gettext("power on, network up")];
  }
  if (item.state) return [partGlyph(item.state), word(item.state)];
  return [null, ""];
}

export class Inspect {
  #root;
  #does;
  #part = null;
  #shown = "";
  #answers = {};
  #asked = 0;
  #may = document.body.dataset.canAct === "true";
  #powers = null;
  #allowed = "";
  #node = null;
  #parts = new Parts();
  #heading = h("h2", { class: "inspect-name" });
  #glyph = icon("ok");
  #state = h("span", {});
  #pill = h("span", { class: "pill" }, this.#glyph, this.#state);
  #kind = h("span", { class: "inspect-kind" });
  #body = h("div", { class: "inspect-body" });

  /** `does`: `{ask(part), act(do, target, args, button), foresee(trial), why(about)}`. */
  constructor(root, does) {
    this.#root = root;
    this.#does = does;
    this.#pill.hidden = true;
    const why = h("button", {
      class: "button why-button",
      "aria-keyshortcuts": "w",
      onclick: () => this.#part && does.why({ object: this.#part }),
    }, gettext("Why?"));
    root.append(
      h(
        "header",
        { class: "inspect-head" },
        h("div", {}, this.#kind, this.#heading),
        h("div", { class: "inspect-side" }, this.#pill, why),
      ),
      this.#body,
    );
  }

  /**
   * Whether this viewer may act, which staff can change at any time; `powers`: the actions a lesson's step
   * leaves, null for all.
   */
  allow(may, powers = null) {
    const allowed = JSON.stringify([may, powers && [...powers]]);
    if (allowed === this.#allowed) return;
    this.#allowed = allowed;
    this.#may = may;
    this.#powers = powers;
    this.#shown = "";
    if (this.#part) this.#ask();
  }

  select(part) {
    if (part !== this.#part) {
      this.#part = part;
      this.#shown = "";
      this.#answers = {};
      this.#body.replaceChildren();
      this.#root.scrollTop = 0;
    }
    this.#ask();
  }

  /**
   * Asks again now and then, while something is selected and in sight; at once when something was done to
   * it.
   */
  refresh(atOnce = false) {
    if (this.#part && !this.#root.hidden && (atOnce || performance.now() - this.#asked > REFRESH_MS)) {
      this.#ask();
    }
  }

  #ask() {
    this.#asked = performance.now();
    for (const part of this.#asking()) this.#does.ask(part);
  }

  /**
   * What is asked about: the selected part, and for a node its kubelet, whose actions are offered with the
   * node's own.
   */
  #asking() {
    return this.#node ? [this.#part, `${this.#part}.kubelet`] : [this.#part];
  }

  update(view) {
    const found = this.#part && find(view, this.#part);
    if (!found) {
      setText(this.#heading, this.#part ? gettext("gone") : gettext("Nothing selected"));
      this.#pill.hidden = true;
      return;
    }
    const known = this.#node?.name;
    this.#node = found.kind === "node" ? found.item : null;
    if (this.#node) this.#parts.update(this.#node);
    // Its kubelet is asked about at once: buttons that come later move others from under the pointer.
    if (this.#node && known !== this.#node.name) this.#does.ask(`${this.#part}.kubelet`);
    const [glyph, words] = stateOf(found);
    const place = found.node && found.kind !== "node"
      ? fill(gettext("%(kind)s on %(node)s"), { kind: KINDS[found.kind](found.item), node: found.node })
      : KINDS[found.kind](found.item);
    setText(this.#kind, place);
    setText(
      this.#heading,
      found.kind === "machine" ? found.node : found.name === "apiserver" ? "API server" : found.name,
    );
    this.#pill.hidden = !words;
    if (glyph) setIcon(this.#glyph, glyph);
    this.#glyph.style.display = glyph ? "" : "none";
    set(this.#pill, "data-state", glyph);
    setText(this.#state, words);
  }

  /** The server's answer; redrawn only when it differs, and never under the reader's hands. */
  show({ part, data }) {
    if (!data || !this.#asking().includes(part)) return;
    this.#answers[part] = data;
    const text = JSON.stringify(this.#answers);
    if (
      !this.#answers[this.#part] || text === this.#shown ||
      this.#body.querySelector(":scope :is(input, select):focus, .flag-form:not([hidden])")
    ) return;
    this.#shown = text;
    const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
    const [last] = [...this.#body.querySelectorAll(".log")].slice(-1);
    const read = last && last.scrollTop + last.clientHeight < last.scrollHeight - 4 ? last.scrollTop : null;
    this.#body.replaceChildren(...this.#sections());
    if (focused) this.#keepFocus(focused);
    const [log] = [...this.#body.querySelectorAll(".log")].slice(-1);
    if (log) log.scrollTop = read ?? log.scrollHeight;
  }

  /** What had the focus has it again; if it is gone, as what was just done, the pane has it instead. */
  #keepFocus(before) {
    const name = ["data-do", "data-foresee", "data-part"].find((one) => before.hasAttribute(one));
    const again = name && this.#body.querySelector(`[${name}="${CSS.escape(before.getAttribute(name))}"]`);
    (again ?? this.#root).focus({ preventScroll: true });
  }

  /** How a flag gets another value: of the control plane, where this viewer may. */
  #change() {
    const component = this.#part;
    if (!this.#may || !CONTROL_PLANE.includes(component) || !(this.#powers?.has(SET_FLAGS) ?? true)) {
      return null;
    }
    return (name, value, button) => this.#does.act(SET_FLAGS, component, { [name]: value }, button);
  }

  #sections() {
    const data = this.#answers[this.#part];
    const actions = this.#asking().reverse().flatMap((part) => this.#answers[part]?.actions ?? []).filter((
      action,
    ) => !this.#powers || this.#powers.has(action.do));
    const rows = actions.map((action) => actionRow(action, this.#does, this.#may));
    return [
      h("p", { class: "job" }, pick(data.job)),
      ...(this.#node ? [section(gettext("Parts"), this.#parts.element)] : []),
      ...(rows.length ? [section(gettext("What can be done"), h("div", { class: "actions" }, ...rows))] : []),
      ...answered(data, this.#change()),
    ];
  }
}
