/**
 * What if: the inputs behind a link, each to be taken away or changed; derived links say what can be
 * instead.
 */
import { h } from "../dom.js";
import { clockText, fill, gettext, pick } from "../words.js";

const SECOND = 1_000_000;

/** A field for a value as it is; `read` gives what was made of it. */
function field(name, value) {
  if (typeof value === "boolean") {
    const box = h("input", { type: "checkbox", name, checked: value });
    return { name, read: () => box.checked, element: h("label", { class: "argument" }, box, ` ${name}`) };
  }
  if (name === "t") {
    const seconds = h("input", { class: "field", name, type: "number", step: "any", value: value / SECOND });
    return {
      name,
      read: () => Math.round(Number(seconds.value) * SECOND),
      element: h("label", { class: "argument" }, gettext("second"), seconds),
    };
  }
  const number = typeof value === "number";
  const input = h("input", {
    class: "field",
    name,
    type: number ? "number" : "text",
    step: "any",
    value: String(value),
  });
  return {
    name,
    read: () => (number ? Number(input.value) : input.value),
    element: h("label", { class: "argument" }, name === "value" ? gettext("value") : name, input),
  };
}

function form(input, whatIf) {
  const entries = Object.entries(input.values ?? {}).filter(([, value]) => value !== null);
  const fields = entries.map(([name, value]) => field(name, value));
  const ref = {
    kind: input.kind,
    index: input.index ?? null,
    component: input.component ?? null,
    flag: input.flag ?? null,
  };
  const setting = input.kind === "setting" || input.kind === "release";
  const without = setting ? null : h("button", {
    class: "button",
    "data-what-if": "without",
    onclick: (event) => whatIf(ref, null, event.currentTarget),
  }, input.kind === "message" ? gettext("had been lost") : gettext("had not been"));
  const instead = h("button", {
    class: "button",
    "data-what-if": "instead",
    onclick: (event) => {
      const changed = fields.filter(({ name, read }) => read() !== input.values[name]);
      if (!changed.length) fields[0]?.element.querySelector("input").focus();
      else {whatIf(
          ref,
          Object.fromEntries(changed.map(({ name, read }) => [name, read()])),
          event.currentTarget,
        );}
    },
  }, gettext("had been so"));
  const given = input.kind === "command" || input.kind === "action";
  const what = given
    ? fill(gettext("%(what)s, at %(t)s"), { what: pick(input.text), t: clockText(input.t) })
    : pick(input.text);
  return h(
    "details",
    { class: "what-if" },
    h("summary", {}, fill(gettext("What if: %(input)s …"), { input: what })),
    h(
      "div",
      { class: "what-if-body" },
      without,
      fields.length
        ? h("div", { class: "what-if-fields" }, ...fields.map(({ element }) => element), instead)
        : null,
    ),
  );
}

/** What can be done about a link. */
export function inputForms(link, whatIf) {
  if (link.inputs.length) return link.inputs.map((input) => form(input, whatIf));
  return link.derived
    ? [
      h(
        "details",
        { class: "what-if" },
        h("summary", {}, gettext("What if it had not been so?")),
        h("p", { class: "derived" }, pick(link.derived)),
      ),
    ]
    : [];
}
