/** Events: what happened, each in a sentence, with its causes as links to the events before it. */
import { h, icon, set } from "../dom.js";
import { actorText, clockText, fill, gettext, pick } from "../words.js";

const MOST = 400;
/** Plain writes and repeated kubernetes events are detail; the story is told by the rest. */
const DETAIL = new Set(["write", "kubernetes-event"]);
/** Decisions to leave things as they are. */
const QUIET = new Set(["keep"]);

const GLYPHS = {
  act: "act",
  decision: "decision",
  process: "process",
  container: "off",
  write: "write",
  "kubernetes-event": "note",
};

export class Events extends EventTarget {
  #list = h("ol", { class: "events" });
  /** Id -> the event and its row, the oldest first. */
  #known = new Map();
  #inSight = false;
  #all = h("input", { type: "checkbox", id: "events-all" });
  #none = h(
    "p",
    { class: "empty" },
    gettext("Nothing has happened yet. Click a node and do something to it."),
  );
  #root;
  #why;

  /** `why(about)` asks for the causes of an event. */
  constructor(root, { why }) {
    super();
    this.#root = root;
    this.#why = why;
    this.#all.addEventListener("change", () => this.#list.toggleAttribute("data-all", this.#all.checked));
    root.append(
      h("label", { class: "events-filter" }, this.#all, gettext("every write as well")),
      this.#none,
      this.#list,
    );
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.#inSight = isIntersecting;
      if (isIntersecting) this.#write();
    }).observe(root);
  }

  clear() {
    this.#known.clear();
    this.#list.replaceChildren();
    set(this.#none, "hidden", false);
  }

  add(events) {
    for (const event of events.slice(-MOST)) {
      if (!this.#known.has(event.id)) this.#known.set(event.id, { event, row: null });
    }
    for (const [id, { row }] of this.#known) {
      if (this.#known.size <= MOST) break;
      row?.remove();
      this.#known.delete(id);
    }
    set(this.#none, "hidden", this.#known.size > 0);
    if (this.#inSight) this.#write();
  }

  /** Rows are made when somebody can see them: a cluster in trouble has hundreds of events a second. */
  #write() {
    const atTop = this.#root.scrollTop < 40;
    for (const known of this.#known.values()) {
      if (known.row) continue;
      known.row = this.#row(known.event);
      this.#list.prepend(known.row);
    }
    if (atTop) this.#root.scrollTop = 0;
  }

  #row(event) {
    const causes = event.causes.filter((id) => this.#known.has(id)).map((id) => {
      const cause = this.#known.get(id).event;
      const text = fill(gettext("because: %(text)s"), { text: pick(cause.text) });
      return h(
        "button",
        { class: "cause", title: clockText(cause.t), onclick: () => this.reveal(id) },
        "← ",
        text,
      );
    });
    return h(
      "li",
      {
        class: "event",
        "data-id": event.id,
        "data-kind": event.kind,
        "data-detail": String(DETAIL.has(event.kind) || QUIET.has(event.verb)),
        tabindex: "-1",
      },
      h("time", {}, clockText(event.t)),
      icon(GLYPHS[event.kind] ?? "note"),
      h(
        "div",
        {},
        h("p", { class: "event-text" }, pick(event.text)),
        h(
          "p",
          { class: "event-actor" },
          actorText(event.actor),
          " · ",
          h("button", {
            class: "cause inline",
            "data-why": event.id,
            onclick: () => this.#why({ event: event.id }),
          }, gettext("Why?")),
        ),
        ...causes,
      ),
    );
  }

  /** Shows an earlier event, even one that the filter hides. */
  reveal(id) {
    const known = this.#known.get(id);
    if (!known) return;
    this.#write();
    known.row.dataset.detail = "false";
    for (const row of this.#list.querySelectorAll(".revealed")) row.classList.remove("revealed");
    known.row.classList.add("revealed");
    known.row.scrollIntoView({ block: "center" });
    known.row.focus({ preventScroll: true });
  }
}
