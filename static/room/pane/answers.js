/** What the server says of the selected thing: its notes, health, ports, flags, rules and log, a section each. */
import { h } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

export const section = (title, ...children) => h("section", {}, h("h3", {}, title), ...children);

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

const printed = (title, lines) =>
  section(
    title,
    h("pre", { class: "log", tabindex: "0", lang: "en", "aria-label": title }, lines.join("\n")),
  );

/** The sections of an answer, those that have something to say. */
export function answered({ notes, health, ports, flags, rules, log }) {
  return [
    notes?.length &&
    section(gettext("Now"), h("ul", { class: "notes" }, ...notes.map((note) => h("li", {}, pick(note))))),
    health && section(gettext("Health"), healthLine(health)),
    ports?.length && section(gettext("Ports"), h("ul", { class: "ports" }, ...ports.map(portLine))),
    flags?.length && section(gettext("Flags"), flagTable(flags)),
    rules?.length && printed(gettext("Rules"), rules),
    log?.length && printed(gettext("Log"), log),
  ].filter(Boolean);
}
