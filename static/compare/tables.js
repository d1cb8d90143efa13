/** Both runs in numbers: when each milestone was reached, and how the requests of the clients ended. */
import { h } from "../room/dom.js";
import { clockText, fill, gettext, pick, span } from "../room/words.js";

const MINUS = "−";

/** How much later the second run was, with its sign; below a minute to the tenth. */
function later(a, b) {
  const difference = b - a;
  const size = Math.abs(difference) < 60_000_000
    ? fill(gettext("%(n)s s"), { n: (Math.abs(difference) / 1e6).toFixed(1) })
    : span(Math.abs(difference));
  return `${difference < 0 ? MINUS : "+"}${size}`;
}

function time(t, look) {
  if (t === null) return h("td", { class: "never" }, gettext("not"));
  return h(
    "td",
    {},
    h(
      "button",
      { class: "cause", title: gettext("look at this moment"), onclick: () => look(t) },
      clockText(t, true),
    ),
  );
}

const head = (...titles) =>
  h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title))));

export function milestones(table, { rows }, look) {
  const body = rows.map((row) =>
    h(
      "tr",
      { "data-differs": row.differs || null },
      h("th", { scope: "row" }, pick(row.text)),
      time(row.a, look),
      time(row.b, look),
      h(
        "td",
        {},
        !row.differs
          ? gettext("same")
          : row.a === null
          ? gettext("only B")
          : row.b === null
          ? gettext("only A")
          : later(row.a, row.b),
      ),
    )
  );
  const differing = rows.filter(({ differs }) => differs).length;
  table.replaceChildren(
    h(
      "caption",
      {},
      rows.length
        ? fill(gettext("Milestones: %(n)s of %(all)s differ"), { n: differing, all: rows.length })
        : gettext("Neither run has reached a milestone yet."),
    ),
    head(gettext("Milestone"), "A", "B", gettext("B against A")),
    h("tbody", {}, ...body),
  );
}

/** @type {[string, () => string][]} */
const OUTCOMES = [
  ["succeeded", () => gettext("succeeded")],
  ["refused", () => gettext("refused")],
  ["hung", () => gettext("hung")],
  ["lost", () => gettext("lost in all")],
];

export function requests(table, { t, a, b }) {
  const body = OUTCOMES.map(([name, label]) =>
    h(
      "tr",
      { "data-differs": a.requests[name] !== b.requests[name] || null },
      h("th", { scope: "row" }, label()),
      h("td", {}, String(a.requests[name])),
      h("td", {}, String(b.requests[name])),
      h("td", {}, difference(b.requests[name] - a.requests[name])),
    )
  );
  table.replaceChildren(
    h("caption", {}, fill(gettext("Requests up to %(t)s"), { t: clockText(t) })),
    head(gettext("Outcome"), "A", "B", gettext("B against A")),
    h("tbody", {}, ...body),
  );
}

const difference = (n) => (n === 0 ? gettext("same") : `${n < 0 ? MINUS : "+"}${Math.abs(n)}`);
