/** A question as a form: its answer is locked when it is sent, and never before. */
import { h, setText } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

/** What a part of the picture is called there: `n1.kubelet` is the kubelet on n1. */
function partName(part) {
  if (part === "apiserver") return "API server";
  const [kind, , name] = part.split("/");
  if (name) return `${kind === "svc" ? "Service" : kind} ${name}`;
  const drawn = document.querySelector(`#stage [data-part="${CSS.escape(part)}"]`);
  if (part.startsWith("pod:")) return drawn?.getAttribute("aria-label")?.split(":")[0] ?? "pod";
  const dot = part.lastIndexOf(".");
  if (dot < 0) return part;
  return fill(gettext("%(part)s on %(node)s"), {
    part: drawn?.getAttribute("aria-label") || drawn?.querySelector("span")?.textContent ||
      part.slice(dot + 1),
    node: part.slice(0, dot),
  });
}

/** A number from a text, the same every time. */
function hash(text) {
  let found = 2166136261;
  for (const letter of text) found = Math.imul(found ^ letter.codePointAt(0), 16777619) >>> 0;
  return found;
}

/** What this device shuffles by: kept through reloads, where storage is not forbidden. */
let seed = String(Math.random());
function ownOrder() {
  try {
    seed = sessionStorage.getItem("order") ?? seed;
    sessionStorage.setItem("order", seed);
  } catch { /* it then lasts as long as the page */ }
  return seed;
}

/** This device's own order of things, kept through reloads; on the projector the order of the lesson. */
function shuffled(ask) {
  if (document.body.hasAttribute("data-presenting")) return ask.options;
  const own = ownOrder();
  const place = ({ id }) => hash(`${own} ${ask.id} ${id}`);
  return [...ask.options].sort((a, b) => place(a) - place(b));
}

function choice(ask, changed) {
  const radios = shuffled(ask).map(({ id, text }) => {
    const radio = h("input", { type: "radio", name: ask.id, value: id, onchange: changed });
    return { radio, element: h("label", { class: "option" }, radio, h("span", {}, pick(text))) };
  });
  return {
    element: h(
      "div",
      { class: "options", role: "radiogroup", "aria-label": pick(ask.text) },
      ...radios.map(({ element }) => element),
    ),
    read: () => radios.find(({ radio }) => radio.checked)?.radio.value ?? null,
  };
}

/** All that are right: read in the order of the lesson, whatever the order on this device. */
function select(ask, changed) {
  const boxes = shuffled(ask).map(({ id, text }) => {
    const box = h("input", { type: "checkbox", name: ask.id, value: id, onchange: changed });
    return { box, element: h("label", { class: "option" }, box, h("span", {}, pick(text))) };
  });
  return {
    element: h(
      "div",
      { class: "options", role: "group", "aria-label": pick(ask.text) },
      h("p", { class: "hint" }, gettext("Choose all that are right.")),
      ...boxes.map(({ element }) => element),
    ),
    read: () => {
      const chosen = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
      const found = ask.options.map(({ id }) => id).filter((id) => chosen.includes(id));
      return found.length ? found : null;
    },
  };
}

function number(ask, changed) {
  const field = h("input", {
    class: "field",
    type: "number",
    step: "any",
    inputmode: "decimal",
    "aria-label": pick(ask.text),
    oninput: changed,
  });
  const unit = pick(ask.unit);
  return {
    element: h("label", { class: "number" }, field, unit ? h("span", {}, unit) : null),
    read: () => (field.value !== "" && Number.isFinite(field.valueAsNumber) ? field.valueAsNumber : null),
  };
}

function order(ask, changed) {
  const list = h("ol", { class: "order", "aria-label": pick(ask.text) });
  const swap = (row, by) => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(row);
    else other.after(row);
    changed();
    row.querySelector(by < 0 ? ".up" : ".down").focus();
  };
  for (const { id, text } of ask.options) {
    const label = pick(text);
    const button = (by, name, glyph, what) =>
      h(
        "button",
        {
          type: "button",
          class: `button plain ${name}`,
          title: what,
          onclick: (event) => swap(event.currentTarget.closest("li"), by),
        },
        h("span", { "aria-hidden": "true" }, glyph),
        h("span", { class: "visually-hidden" }, `${what}: ${label}`),
      );
    list.append(
      h(
        "li",
        { "data-id": id },
        h("span", {}, label),
        button(-1, "up", "↑", gettext("earlier")),
        button(1, "down", "↓", gettext("later")),
      ),
    );
  }
  return { element: list, read: () => [...list.children].map((row) => row.dataset.id) };
}

function point(_ask, changed, pointing) {
  const chosen = h("b", { class: "pointed" }, "…");
  let part = null;
  const look = h(
    "button",
    { type: "button", class: "button on-phone", onclick: () => pointing.look() },
    gettext("Show the stage"),
  );
  pointing.begin((found) => {
    part = found;
    setText(chosen, partName(found));
    changed();
  });
  return {
    element: h(
      "div",
      { class: "point" },
      h(
        "p",
        {},
        gettext("Point at the part on the stage: click it, or go to it and press Enter."),
      ),
      h("p", { "aria-live": "polite" }, chosen),
      look,
    ),
    read: () => part,
  };
}

const KINDS = { choice, select, number, order, point };

/** How sure one is: asked with the answer, and needed with it. */
function confidence(changed) {
  const levels = [
    ["1", gettext("I guess")],
    ["2", gettext("fairly sure")],
    ["3", gettext("certain")],
  ];
  const radios = levels.map(([value, words]) => {
    const radio = h("input", { type: "radio", name: "confidence", value, onchange: changed });
    return { radio, element: h("label", {}, radio, " ", words) };
  });
  return {
    element: h(
      "fieldset",
      { class: "confidence" },
      h("legend", {}, gettext("How sure are you?")),
      ...radios.map(({ element }) => element),
    ),
    read: () => Number(radios.find(({ radio }) => radio.checked)?.radio.value ?? 0) || null,
  };
}

/**
 * The form. `lock(answer, confidence)` sends it; `skip` is offered to whoever learns alone, and where a
 * question takes "I am not sure" for an answer.
 */
export function questionForm(ask, round, { lock, skip, pointing }) {
  const send = h("button", { class: "button primary" }, gettext("Lock my answer"));
  const changed = () => {
    send.disabled = field.read() === null || (sure !== null && sure.read() === null);
  };
  const sure = ask.confidence ? confidence(() => changed()) : null;
  const field = KINDS[ask.kind](ask, changed, pointing);
  changed();
  const form = h(
    "form",
    {
      class: "question",
      onsubmit: (event) => {
        event.preventDefault();
        const answer = field.read();
        if (answer !== null) lock(answer, sure?.read() ?? null);
      },
    },
    round > 1
      ? h(
        "p",
        { class: "round" },
        skip
          ? gettext("Second round: think it over, then answer again.")
          : gettext("Second round: talk with your neighbour, then answer again."),
      )
      : null,
    field.element,
    sure?.element,
    h(
      "div",
      { class: "buttons" },
      send,
      skip
        ? h(
          "button",
          { type: "button", class: "button plain", onclick: skip },
          ask.confidence ? gettext("I am not sure") : gettext("Skip"),
        )
        : null,
    ),
  );
  return form;
}
