/** What answers came to: one's own beside the outcome, and how the class answered. */
import { h, icon } from "../dom.js";
import { fill, gettext, pick } from "../words.js";

/** What to call an answer that was none. */
export const unsaid = (ask) => ask.confidence ? gettext("not sure") : gettext("skipped");

/** An answer in words; an order as what it is, one below the other. */
function inWords(ask, text, order) {
  if (ask.kind !== "order" || !order.length) return text;
  const named = new Map(ask.options.map(({ id, text }) => [id, pick(text)]));
  return h("ol", {}, ...order.map((id) => h("li", {}, named.get(id) ?? id)));
}

/** What the run answered, as whoever leads a class sees it, who was not asked. */
export function answered(ask, { told }) {
  return h(
    "section",
    { class: "outcome-box", "data-kind": ask.kind },
    h("h3", {}, pick(ask.text)),
    h("p", { class: "verdict" }, icon("ok"), " ", inWords(ask, pick(told.answer) || "–")),
    ...explained(told),
  );
}

const explained = ({ explain }) => (explain ?? []).map((text) => h("p", { class: "explain" }, pick(text)));

/** One's own answer beside what the run answered: once, where they are the same. */
export function outcome(ask, own) {
  const { told, shown, given } = own;
  const skipped = !given.length || given.at(-1) === null;
  const same = told.right && !skipped && shown.en === told.answer.en;
  const row = (name, text, order) => h("div", {}, h("dt", {}, name), h("dd", {}, inWords(ask, text, order)));
  const verdict = told.right
    ? (ask.kind === "number" && shown.en !== told.answer.en
      ? gettext("Near enough.")
      : gettext("As you said."))
    : skipped
    ? ""
    : gettext("Not what you said.");
  return h(
    "section",
    { class: "outcome-box", "data-right": String(told.right), "data-kind": ask.kind },
    h("h3", {}, pick(ask.text)),
    h(
      "dl",
      {},
      same
        ? null
        : skipped
        ? row(gettext("your answer"), unsaid(ask), [])
        : row(gettext("your answer"), pick(shown), given.at(-1)),
      row(gettext("the run"), pick(told.answer) || "–", told.order),
    ),
    verdict && h("p", { class: "verdict" }, icon(told.right ? "ok" : "note"), " ", verdict),
    !told.right && told.reply ? h("p", { class: "reply" }, pick(told.reply)) : null,
    ...explained(told),
  );
}

function chart(title, bars) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const rows = bars.map(({ label, count, right }) => {
    const bar = h("span", { class: "bar" });
    bar.style.width = `${(count / most) * 100}%`;
    return h(
      "li",
      { "data-right": right === null ? null : String(right) },
      h(
        "span",
        { class: "bar-label" },
        right ? icon("ok") : null,
        pick(label),
        right ? h("span", { class: "visually-hidden" }, ` (${gettext("right")})`) : null,
      ),
      h("span", { class: "bar-track" }, bar),
      h("b", {}, String(count)),
    );
  });
  return h("div", {}, title ? h("h4", {}, title) : null, h("ul", { class: "bars" }, ...rows));
}

/** How the class answered: nothing while the question is open. */
export function distribution(poll) {
  const count = [
    fill(gettext("%(n)s answered"), { n: poll.answered }),
    poll.unsure ? fill(gettext("%(n)s not sure"), { n: poll.unsure }) : "",
  ].filter(Boolean).join(" · ");
  if (!poll.bars.length) return h("p", { class: "poll-count" }, count);
  return h(
    "section",
    { class: "distribution", "aria-label": gettext("Answers of the class") },
    poll.before.length ? chart(gettext("first round"), poll.before) : null,
    chart(poll.before.length ? gettext("second round") : "", poll.bars),
    h("p", { class: "poll-count" }, count),
  );
}
