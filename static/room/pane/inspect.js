/** Inspect: what the selected thing is, what can be done to it, its flags, ports, health and log. */
import { h, icon, keyed, set, setIcon, setText } from "../dom.js";
import { fill, gettext, pick } from "../words.js";
import { find } from "../selection.js";
import { nodeState, nodeWord, partGlyph, partName, podState, word } from "../states.js";

const REFRESH_MS = 1000;

const KINDS = {
  control: () => gettext("control plane"),
  node: () => gettext("node"),
  kubelet: () => gettext("process"),
  docker: () => gettext("process"),
  "kube-proxy": () => gettext("process"),
  machine: () => gettext("machine"),
  pod: () => gettext("pod"),
  workload: () => "ReplicationController",
  service: () => "Service",
  client: () => gettext("clients"),
};

/** The state of a selected thing as `[glyph, words]`. */
function stateOf({ kind, item }) {
  if (kind === "node") return [nodeState(item), nodeWord(item)];
  if (kind === "pod") return [podState(item), `${item.readyText} ${item.status}`];
  if (kind === "machine") {
    if (item.power === "off") return ["off", gettext("power off")];
    return item.network === "cut"
      ? ["notready", gettext("network cut")]
      : ["ok", gettext("power on, network up")];
  }
  if (item.state) return [partGlyph(item.state), word(item.state)];
  return [null, ""];
}

const section = (title, ...children) => h("section", {}, h("h3", {}, title), ...children);

function flagTable(flags) {
  const rows = flags.map((flag) =>
    h(
      "tr",
      { "data-changed": flag.value !== flag.default || null, title: pick(flag.help) },
      h(
        "th",
        { scope: "row" },
        h("code", {}, `--${flag.name}`),
        h("span", { class: "flag-help" }, pick(flag.help)),
      ),
      h(
        "td",
        {},
        h("code", {}, String(flag.value)),
        flag.value === flag.default
          ? null
          : h("span", { class: "flag-help" }, fill(gettext("default %(value)s"), { value: flag.default })),
      ),
    )
  );
  return h("table", { class: "flags" }, h("tbody", {}, ...rows));
}

const portLine = (port) =>
  h(
    "li",
    {},
    h("code", {}, port.bind ? `${port.bind}:${port.port}` : String(port.port ?? port)),
    " ",
    pick(port.what),
  );

const healthLine = (
  health,
) => (typeof health === "string"
  ? h("p", {}, health)
  : h("p", {}, h("code", {}, pick(health.path)), " → ", h("b", {}, pick(health.status))));

/** The values there are, to choose from. */
function choice(name, value, choices) {
  return h(
    "select",
    { class: "field", name },
    ...choices.map((one) =>
      h("option", { value: one.value, selected: one.value === value }, pick(one.label))
    ),
  );
}

/** An argument of an action as a field with what it is; `read` gives its value. */
function argument(name, value, words) {
  const label = h("span", {}, words ? pick(words.label) : name);
  if (typeof value === "boolean") {
    const field = h("input", { type: "checkbox", name, checked: value });
    return { name, read: () => field.checked, element: h("label", { class: "argument" }, field, label) };
  }
  const number = typeof value === "number";
  const field = words?.choices.length
    ? choice(name, value, words.choices)
    : h("input", { class: "field", name, type: number ? "number" : "text", value, size: 8 });
  return {
    name,
    read: () => (number ? Number(field.value) : field.value),
    element: h("label", { class: "argument" }, label, field),
  };
}

/**
 * A button for something that can be done, after the fields of its arguments, and one that only says what
 * would happen.
 */
function actionRow(action, { act, foresee }, may) {
  const fields = Object.entries(action.args ?? {}).map(([name, value]) =>
    argument(name, value, action.words?.[name])
  );
  const button = h("button", {
    class: "button",
    "data-do": action.do,
    "data-target": action.target ?? "",
    title: may ? pick(action.help) : gettext("In this room you can watch, not act."),
    disabled: !may,
  }, pick(action.label));
  const args = () => Object.fromEntries(fields.map(({ name, read }) => [name, read()]));
  button.addEventListener("click", () => act(action.do, action.target, args(), button));
  button.id = `do-${action.do}-${action.target ?? ""}`;
  const ahead = may &&
    h(
      "button",
      {
        class: "button foresee",
        "data-foresee": action.do,
        "aria-describedby": button.id,
        title: gettext("What would happen?"),
        onclick: () =>
          foresee({ action: action.do, target: action.target, args: args(), label: pick(action.label) }),
      },
      icon("foresee"),
      h("span", { class: "visually-hidden" }, gettext("What would happen?")),
    );
  return h(
    "div",
    { class: "action", "data-fields": String(fields.length > 0) },
    ...fields.map(({ element }) => element),
    h("div", { class: "act" }, button, ahead),
  );
}

/** The parts of a node, to go on to. */
class Parts {
  element = h("div", { class: "inspect-parts" });

  update({ name, parts, machine, runtime }) {
    const power = machine.power === "off" ? "off" : machine.network === "cut" ? "stopped" : "running";
    const items = [
      ...Object.entries(parts).map((
        [part, { state }],
      ) => [`${name}.${part}`, partName({ runtime }, part), state]),
      [
        `${name}.machine`,
        gettext("machine"),
        power,
      ],
    ];
    keyed(this.element, items, ([part]) => part, ([part, title]) => {
      const glyph = icon("ok", "badge");
      const button = h("button", { class: "part", "data-part": part }, h("span", {}, title), glyph);
      button.update = ([, , state]) => {
        set(button, "data-state", state);
        setIcon(glyph, partGlyph(state));
      };
      return button;
    });
  }
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
    this.#node = found.kind === "node" ? found.item : null;
    if (this.#node) this.#parts.update(this.#node);
    const [glyph, words] = stateOf(found);
    const place = found.node && found.kind !== "node"
      ? fill(gettext("%(kind)s on %(node)s"), { kind: KINDS[found.kind](), node: found.node })
      : KINDS[found.kind]();
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
      this.#body.querySelector(":scope :is(input, select):focus")
    ) return;
    this.#shown = text;
    const focused = document.activeElement?.getAttribute("data-do");
    const [last] = [...this.#body.querySelectorAll(".log")].slice(-1);
    const read = last && last.scrollTop + last.clientHeight < last.scrollHeight - 4 ? last.scrollTop : null;
    this.#body.replaceChildren(...this.#sections());
    if (focused) this.#body.querySelector(`[data-do="${CSS.escape(focused)}"]`)?.focus();
    const [log] = [...this.#body.querySelectorAll(".log")].slice(-1);
    if (log) log.scrollTop = read ?? log.scrollHeight;
  }

  #sections() {
    const data = this.#answers[this.#part];
    const actions = this.#asking().reverse().flatMap((part) => this.#answers[part]?.actions ?? []).filter((
      action,
    ) => !this.#powers || this.#powers.has(action.do));
    const found = [h("p", { class: "job" }, pick(data.job))];
    if (this.#node) found.push(section(gettext("Parts"), this.#parts.element));
    if (actions.length) {
      found.push(
        section(
          gettext("What can be done"),
          h(
            "div",
            { class: "actions" },
            ...actions.map((action) => actionRow(action, this.#does, this.#may)),
          ),
        ),
      );
    }
    if (data.notes?.length) {
      found.push(section(
        gettext("Now"),
        h(
          "ul",
          { class: "notes" },
          ...data.notes.map((note) => h("li", {}, pick(note))),
        ),
      ));
    }
    if (data.health) found.push(section(gettext("Health"), healthLine(data.health)));
    if (data.ports?.length) {
      found.push(section(gettext("Ports"), h("ul", { class: "ports" }, ...data.ports.map(portLine))));
    }
    if (data.flags?.length) found.push(section(gettext("Flags"), flagTable(data.flags)));
    if (data.rules?.length) {
      found.push(
        section(
          gettext("Rules"),
          h(
            "pre",
            { class: "log", tabindex: "0", lang: "en", "aria-label": gettext("Rules") },
            data.rules.join("\n"),
          ),
        ),
      );
    }
    if (data.log?.length) {
      found.push(
        section(
          gettext("Log"),
          h(
            "pre",
            { class: "log", tabindex: "0", lang: "en", "aria-label": gettext("Log") },
            data.log.join("\n"),
          ),
        ),
      );
    }
    return found;
  }
}
