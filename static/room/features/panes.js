/** The right pane: lesson, Inspect, Why, console and events, and what this viewer may do in each. */
import { Console } from "../console/console.js";
import { byId, hear } from "../dom.js";
import { Lesson } from "../lesson/lesson.js";
import { Events } from "../pane/events.js";
import { Inspect } from "../pane/inspect.js";
import { narrow } from "../preferences.js";
import { Why } from "../why/pane.js";

/** An accepted command is carried out at the next step, a tick later at most. */
const DONE_MS = 200;

export class Panes {
  #page;
  #history;
  #may = document.body.dataset.canAct === "true";
  #console;
  why;
  inspect;
  events;
  /** The lesson of the room; null where there is none. */
  lesson = null;

  /**
   * @param {import("./page.js").Page} page
   * @param {import("./history.js").History} history
   */
  constructor(page, history) {
    const { socket, viewpoint, selection, tabs, announcer } = page;
    this.#page = page;
    this.#history = history;
    const askWhy = (about) => this.askWhy(about);
    this.why = new Why(byId("why"), {
      socket,
      viewpoint,
      commands: history.commands,
      show: () => tabs.show("why"),
      does: {
        look: (t, branch) => viewpoint.look(t, branch),
        compare: (href) => history.leaveFor(href),
        select: (part) => selection.select(part, true),
      },
    });
    this.inspect = new Inspect(byId("inspect"), {
      ask: (part) => {
        const powers = this.lesson?.powers ?? null;
        if (!powers || powers.has("inspect")) socket.tell("inspect", { part, ...viewpoint.when() });
      },
      act: history.commands.act,
      why: askWhy,
      foresee: (trial) => this.why.foresee(trial),
    });
    this.events = new Events(byId("events"), { why: askWhy });
    this.#console = new Console(byId("console"), {
      ask: (line) => socket.ask("console", { ...line, ...viewpoint.when() }),
      acted: () => this.#refreshSoon(),
      leave: () => byId("tab-console").focus(),
    });
    if (byId("lesson")) {
      const permit = () => this.#permit();
      this.lesson = new Lesson(byId("lesson"), { socket, tabs, why: askWhy, announcer, permit });
    }
    history.commands.addEventListener("accepted", () => this.#refreshSoon());
    this.#listen();
  }

  /** Asks why something is so: `{event}` or `{object}`. */
  askWhy(about) {
    const { t } = this.#history.time.record.byId.get(about.event) ?? {};
    this.why.ask(t === undefined ? about : { ...about, t }, this.#page.viewpoint.view);
  }

  #listen() {
    const { socket, viewpoint, selection, tabs } = this.#page;
    hear(socket, "welcome", ({ canAct }) => {
      this.#may = canAct;
      this.#permit();
    });
    hear(socket, "inspect", (frame) => {
      if (!viewpoint.looking || (frame.t ?? viewpoint.past.t) === viewpoint.past.t) this.inspect.show(frame);
    });
    hear(tabs, "shown", (tab) => {
      this.#console.shown(tab === "console");
      if (tab === "why") this.why.enter(selection.part, viewpoint.view);
      else this.why.leave();
    });
    hear(selection, "change", ({ part, quiet }) => this.#select(part, quiet));
  }

  #select(part, quiet) {
    const { store, tabs, viewpoint } = this.#page;
    this.inspect.select(part);
    // On a phone a tap on a node opens its row, and only a tap on a part opens the sheet.
    const row = narrow.matches && part in (store.view?.nodes ?? {});
    if (quiet ? !this.lesson : !this.why.open) tabs.show("inspect", quiet || row);
    if (!quiet) this.why.select(part, viewpoint.view);
  }

  #refreshSoon() {
    setTimeout(() => this.inspect.refresh(true), DONE_MS);
  }

  /** What this viewer may do, by its role and by the step of a lesson. */
  #permit() {
    const powers = this.lesson?.powers ?? null;
    const forks = this.#may && (!powers || powers.has("fork"));
    this.inspect.allow(this.#may, powers);
    this.#history.transport.allow(this.#may || this.#page.socket.recorded, powers);
    const begun = this.lesson?.begun ?? true;
    this.#history.time.allow(forks, begun && (!powers || powers.has("rewind")));
    this.why.allow(forks);
  }

  focusActions() {
    this.#page.tabs.show("inspect");
    byId("inspect").querySelector(".actions button")?.focus();
  }
}
