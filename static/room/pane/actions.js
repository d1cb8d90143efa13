/** What can be done to the selected thing: a button each, with the fields of its arguments and what it would do. */
import { h, icon } from "../dom.js";
import { gettext, pick } from "../words.js";

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
export function actionRow(action, { act, foresee }, may) {
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
