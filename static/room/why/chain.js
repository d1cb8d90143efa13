/**
 * A chain of causes as a list: each link with its rule, component, settings, numbers and source; what is
 * folded opens in place.
 */
import { h, icon } from "../dom.js";
import { actorText, clockText, counted, fill, gettext, pick } from "../words.js";
import { point } from "./light.js";
import { inputForms } from "./whatif.js";

const GLYPHS = {
  act: "act",
  process: "process",
  machine: "machine",
  network: "network",
  rule: "decision",
  silence: "pending",
  routine: "ok",
  effect: "note",
  setting: "setting",
};

const ROLES = {
  act: () => gettext("an act"),
  process: () => gettext("process"),
  machine: () => gettext("machine"),
  network: () => gettext("network"),
  rule: () => gettext("a rule"),
  silence: () => gettext("a silence"),
  routine: () => gettext("routine"),
  effect: () => gettext("followed"),
  setting: () => gettext("a setting"),
};

/** The list of a chain. `does`: `{look(t), whatIf(input, instead, button)}`. */
export function chainList(links, does, may) {
  const items = [];
  let folded = [];
  const close = () => {
    if (folded.length) items.push(fold(folded, does, may));
    folded = [];
  };
  links.forEach((link, place) => {
    if (link.folded) folded.push([link, place + 1]);
    else {
      close();
      items.push(item(link, place + 1, does, may));
    }
  });
  close();
  return h("ol", { class: "chain" }, ...items);
}

/** Links that are not shown at first, in one line that gives way to them. */
function fold(folded, does, may) {
  const row = h("li", { class: "chain-fold" });
  const text = counted("%(n)s more step", "%(n)s more steps", { n: folded.length });
  row.append(h(
    "button",
    {
      class: "cause",
      onclick: () => {
        const opened = folded.map(([link, number]) => item(link, number, does, may));
        row.replaceWith(...opened);
        opened[0].querySelector("button")?.focus();
      },
    },
    "⋯ ",
    text,
  ));
  return row;
}

function item(link, number, does, may) {
  // What processes, machines and wires do by themselves is named by what they are:
  // they start as well as fail.
  const role = link.role === "fault" ? link.kind : link.role;
  return h(
    "li",
    {
      class: "link",
      "data-role": link.role,
      "data-event": link.id,
      onpointerenter: () => point(link),
      onpointerleave: () => point(null),
      onfocusin: () => point(link),
      onfocusout: () => point(null),
    },
    h("span", { class: "link-number", "aria-hidden": "true" }, String(number)),
    h(
      "div",
      { class: "link-body" },
      h(
        "p",
        { class: "link-head" },
        icon(GLYPHS[role] ?? "note"),
        h("span", {}, ROLES[role]?.() ?? role),
        link.actor ? h("span", {}, actorText(link.actor)) : null,
        h("button", {
          class: "link-time",
          title: gettext("look at this moment"),
          onclick: () => does.look(link.t),
        }, clockText(link.t, true)),
      ),
      h("p", { class: "link-text" }, pick(link.text)),
      link.rule ? reason(link.rule, pick(link.rule.text) === pick(link.text)) : null,
      ...(may ? inputForms(link, does.whatIf) : []),
    ),
  );
}

/**
 * A rule: its sentence with the numbers compared (unless it was `said` already), whose it is, its settings,
 * and where it was read.
 */
export function reason(rule, said = false) {
  const settings = rule.settings.map(({ component, flag, value, default: standard }) =>
    h(
      "li",
      { "data-changed": !standard || null },
      h("code", {}, `--${flag}=${value}`),
      h(
        "span",
        {},
        standard
          ? fill(gettext("%(component)s, the default"), { component })
          : fill(gettext("%(component)s, changed"), { component }),
      ),
    )
  );
  return h(
    "div",
    { class: "reason" },
    said ? null : h("p", {}, pick(rule.text)),
    settings.length ? h("ul", { class: "settings" }, ...settings) : null,
    h("p", { class: "source", lang: "en" }, rule.component, " · ", h("code", {}, rule.source)),
  );
}
