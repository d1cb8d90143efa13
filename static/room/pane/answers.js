/** What the server says of the selected thing: its notes, health, ports, flags, rules and log, a section each. */
import { h } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

export const section = (title, ...children) => h("section", {}, h("h3", {}, title), ...children);

/** The form in which a flag gets another value, behind the button that opens it. */
function flagForm(flag, change) {
  const field = h("input", {
    class: "field",
    name: flag.name,
    value: flag.value,
    "aria-label": `--${flag.name}`,
  });
  const open = h("button", {
    type: "button",
    class: "button flag-change",
    "aria-label": `${gettext("Change")} --${flag.name}`,
    onclick: () => {
      form.hidden = false;
      open.hidden = true;
      field.select();
    },
  }, gettext("Change"));
  const form = h(
    "form",
    {
      class: "flag-form",
      hidden: true,
      onsubmit: (event) => {
        event.preventDefault();
        form.hidden = true;
        open.hidden = false;
        change(flag.name, field.value.trim(), open);
      },
    },
    field,
    h("button", { class: "button primary" }, gettext("Set")),
  );
  return [open, form];
}

/** `change(name, value, button)`: restarts the component with that; null where nobody may. */
function flagTable(flags, change) {
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
        ...(change && flag.modelled ? flagForm(flag, change) : []),
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

const printed = (title, lines) =>
  section(
    title,
    h("pre", { class: "log", tabindex: "0", lang: "en", "aria-label": title }, lines.join("\n")),
  );

/** The sections of an answer, those that have something to say; `change` as for the table of flags. */
export function answered({ notes, health, ports, flags, rules, log }, change) {
  return [
    notes?.length &&
    section(gettext("Now"), h("ul", { class: "notes" }, ...notes.map((note) => h("li", {}, pick(note))))),
    health && section(gettext("Health"), healthLine(health)),
    ports?.length && section(gettext("Ports"), h("ul", { class: "ports" }, ...ports.map(portLine))),
    flags?.length && section(gettext("Flags"), flagTable(flags, change)),
    rules?.length && printed(gettext("Rules"), rules),
    log?.length && printed(gettext("Log"), log),
  ].filter(Boolean);
}
