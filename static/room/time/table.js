/**
 * The timeline as a table: the same events, states and numbers as in the picture, for the stretch of time it
 * shows.
 */
import { h } from "../dom.js";
import { actorText, clockText, fill, gettext, pick } from "../words.js";

const MOST = 500;

export class TimeTable {
  #dialog;

  constructor(dialog) {
    this.#dialog = dialog;
  }

  /** `look(t)`: to a moment; `why(event)`: asks about one. */
  open(timeline, record, { look, why }) {
    const { start, end } = timeline.scale;
    const events = record.between(start, end);
    const shown = events.slice(-MOST);
    const close = (then) => () => {
      this.#dialog.close();
      then();
    };
    const does = (event) => ({ look: close(() => look(event.t)), why: close(() => why(event)) });
    const of = { n: shown.length, all: events.length };
    this.#dialog.replaceChildren(
      head(start, end),
      shown.length < events.length
        ? h("p", {}, fill(gettext("The newest %(n)s of %(all)s events; zoom in for the others."), of))
        : "",
      stateTable(record, end),
      eventTable(shown.reverse().map((event) => eventRow(event, record, does(event)))),
    );
    this.#dialog.showModal();
  }
}

function head(start, end) {
  const title = fill(gettext("Timeline from %(start)s to %(end)s"), {
    start: clockText(start),
    end: clockText(end),
  });
  return h(
    "div",
    { class: "help-head" },
    h("h2", { id: "table-title" }, title),
    h("form", { method: "dialog" }, h("button", { class: "button" }, gettext("Close"))),
  );
}

function eventTable(rows) {
  return h(
    "table",
    { class: "time-table" },
    h("caption", {}, gettext("Events")),
    heads(gettext("Time"), gettext("By"), gettext("What"), gettext("Because"), gettext("Why")),
    h("tbody", {}, ...rows),
  );
}

function eventRow(event, record, does) {
  const causes = event.causes.map((id) => record.byId.get(id)).filter(Boolean);
  const look = { class: "cause", title: gettext("look at this moment"), onclick: does.look };
  return h(
    "tr",
    {},
    h("td", {}, h("button", look, clockText(event.t, true))),
    h("td", { class: "actor" }, actorText(event.actor)),
    h("td", {}, pick(event.text)),
    h("td", {}, causes.map((cause) => `${clockText(cause.t)} ${pick(cause.text)}`).join("; ")),
    h("td", {}, h("button", { class: "cause", onclick: does.why }, gettext("Why?"))),
  );
}

/** States of nodes and numbers of owners, with the moment each began. */
function stateTable(record, end) {
  const upTo = (items) => items.filter(({ since }) => since <= end);
  const counts = ({ wants, ready }) => `${ready}/${wants}`;
  const turns = (items) => items.filter((item, place) => !place || counts(item) !== counts(items[place - 1]));
  const nodes = [...record.nodes].map(([name, { spans, beats }]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h("td", {}, upTo(spans).map(({ since, state }) => `${clockText(since)} ${state}`).join("; ")),
      h(
        "td",
        {},
        String(beats.filter(({ first }) => first <= end).reduce((sum, { count }) => sum + count, 0)),
      ),
    )
  );
  const owners = [...record.owners].map(([key, items]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, key),
      h(
        "td",
        { colspan: 2 },
        turns(upTo(items)).map((item) => `${clockText(item.since)} ${counts(item)}`).join("; "),
      ),
    )
  );
  return h(
    "table",
    { class: "time-table" },
    h("caption", {}, gettext("States")),
    heads(gettext("Node or owner"), gettext("since"), gettext("heartbeats")),
    h("tbody", {}, ...nodes, ...owners),
  );
}

const heads = (...titles) =>
  h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title))));
