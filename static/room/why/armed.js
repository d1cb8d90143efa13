/**
 * Why not yet: the rules that are armed for a thing, their terms met and unmet, the time left, and the
 * scheduler's funnel.
 */
import { h, icon, setText } from "../dom.js";
import { clockText, fill, gettext, left, pick } from "../words.js";
import { reason } from "./chain.js";

/** The list of what is armed; it has a `tick(now)` that counts down without asking anybody. */
export function armedList(armed, t) {
  const counters = [];
  const rows = armed.map((one) => row(one, t, counters));
  const element = h("ol", { class: "armed" }, ...rows);
  element.tick = (now) => {
    for (const { due, text, words, node } of counters) {
      setText(node, due > now ? fill(words, { left: left(due - now) }) : text);
    }
  };
  element.tick(t);
  return element;
}

function count(counters, due, words, text, tag = "span") {
  const node = h(tag, { class: "left" });
  counters.push({ due, words, text, node });
  return node;
}

function row(one, t, counters) {
  const when = one.predicted ?? one.due;
  const predicted = one.predicted !== null
    ? count(counters, when, gettext("in %(left)s"), gettext("due now"), "b")
    : one.due !== null && !one.frozen
    ? count(counters, when, gettext("in %(left)s at the earliest"), gettext("due, and waited for"), "b")
    : h("b", {}, one.frozen ? gettext("held back") : gettext("not armed"));
  return h(
    "li",
    { class: "link", "data-role": one.frozen ? "frozen" : "rule" },
    h(
      "div",
      { class: "link-body" },
      h(
        "p",
        { class: "link-head" },
        icon("hung"),
        predicted,
        when !== null ? h("span", { class: "link-time" }, clockText(when, true)) : null,
      ),
      one.frozen ? h("p", { class: "link-text" }, pick(one.frozen)) : null,
      reason(one.rule, one.terms.some(({ text }) => pick(text) === pick(one.rule.text))),
      one.terms.length
        ? h("ul", { class: "terms" }, ...one.terms.map((term) => termRow(term, t, counters)))
        : null,
      one.funnel ? funnel(one.funnel, counters) : null,
    ),
  );
}

function termRow(term, t, counters) {
  const words = term.met ? gettext("met") : term.left === null ? gettext("not met") : null;
  return h(
    "li",
    { "data-met": String(term.met) },
    icon(term.met ? "ok" : "pending"),
    h("span", {}, pick(term.text)),
    words
      ? h("span", { class: "left" }, words)
      : count(counters, t + term.left, gettext("%(left)s left"), gettext("due now")),
  );
}

/** The scheduler's last attempt: which nodes fell, at which predicate, and the points of the others. */
function funnel({ t, tried, text, nodes, retryAt }, counters) {
  const names = Object.keys(nodes.find(({ points }) => points)?.points ?? {});
  const best = Math.max(...nodes.map(({ points }) => points?.total ?? -Infinity));
  const heads = [
    gettext("node"),
    ...(names.length
      ? names.map((name) => name === "total" ? gettext("points") : name)
      : [gettext("fell at")]),
  ];
  const rows = nodes.map(({ node, failed, points }) =>
    h(
      "tr",
      { "data-state": failed.length ? "notready" : points?.total === best ? "ok" : null },
      h("th", { scope: "row" }, node),
      ...(failed.length
        ? [h("td", { colspan: Math.max(1, names.length) }, icon("notready"), ` ${failed.join(", ")}`)]
        : names.map((name) => h("td", { class: "number" }, String(points[name])))),
    )
  );
  return h(
    "div",
    { class: "funnel" },
    h("p", {}, fill(gettext("Attempt %(n)s, at %(t)s: "), { n: tried, t: clockText(t) }), pick(text)),
    rows.length
      ? h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ...heads.map((title) => h("th", { scope: "col" }, title)))),
        h("tbody", {}, ...rows),
      )
      : null,
    retryAt === null
      ? null
      : h("p", {}, gettext("tried again "), count(counters, retryAt, gettext("in %(left)s"), gettext("now"))),
  );
}
