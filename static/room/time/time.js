/**
 * Time in the reader's hands: looking back, stepping, branches, links. Joins the parts of the timeline to
 * the room.
 */
import { byId, h } from "../dom.js";
import { gettext, pick } from "../words.js";
import { Gestures } from "./gestures.js";
import * as link from "./link.js";
import { PastBar } from "./pastbar.js";
import { Records } from "./records.js";
import { TimeTable } from "./table.js";
import { Timeline } from "./timeline.js";

/** Microseconds before a run fails at which much of it can still go another way. */
const BEFORE = 60_000_000;

export class Time {
  timeline = new Timeline(byId("timeline"), byId("timeline-canvas"), byId("timeline-tip"));
  records;
  #viewpoint;
  #store;
  #clock;
  #notices;
  #selection;
  #commands;
  #branches;
  #fork;
  #bar;
  #table = new TimeTable(byId("time-table"));
  #why;
  /** The moment that the page's own address asks for, until it is shown. */
  #asked = link.asked();

  constructor({ socket, viewpoint, store, clock, notices, selection, commands, branches, fork, why }) {
    this.records = new Records((branch) => socket.timeline(branch), socket.recorded || !byId("lesson"));
    this.#viewpoint = viewpoint;
    this.#store = store;
    this.#clock = clock;
    this.#notices = notices;
    this.#selection = selection;
    this.#commands = commands;
    this.#branches = branches;
    this.#fork = fork;
    this.#why = why;
    this.#bar = new PastBar(byId("past-bar"), { live: () => this.live(), fork: () => this.fork() });
    new Gestures(this.timeline, byId("timeline-canvas"), {
      now: () => this.now(),
      head: () => this.head(),
      first: () => 0,
      look: (t) => viewpoint.look(t),
      live: () => this.live(),
      why: (event) => why({ event: event.id }),
      row: (lane) => this.#row(lane),
    });
    selection.addEventListener("change", () => this.timeline.selected = selection.part?.split(".")[0]);
    this.#buttons();
  }

  #buttons() {
    const { scale } = this.timeline;
    const does = {
      branches: () => this.#branches.open(),
      "copy-link": () => this.copyLink(),
      "timeline-table": () => this.table(),
      "timeline-tall": () => this.tall(),
      "zoom-in": () => scale.zoom(0.6, this.now()),
      "zoom-out": () => scale.zoom(1 / 0.6, this.now()),
      "zoom-fit": () => this.fit(),
      "previous-event": () => this.step("previous"),
    };
    for (const [id, run] of Object.entries(does)) byId(id).addEventListener("click", run);
  }

  /** The moment on the stage. */
  now() {
    return this.#viewpoint.aim?.t ?? this.#viewpoint.past?.t ?? this.#clock.now();
  }

  /** How far the branch that is looked at goes. */
  head() {
    const { past } = this.#viewpoint;
    return past && past.branch !== this.#store.branch ? past.head : this.#clock.now();
  }

  get record() {
    return this.records.of(this.#viewpoint.branch);
  }

  /** Whether this viewer may begin branches, and whether they may look back. */
  allow(forks, rewinds) {
    this.#branches.allow(forks);
    this.#bar.allow(forks);
    this.records.allow(rewinds);
  }

  /** A snapshot of the room; the first one may be followed by the moment that the address asks for. */
  begin(frame) {
    this.records.of(frame.branch).begin(frame.view, frame.t, frame.events ?? []);
    const asked = this.#asked;
    this.#asked = null;
    if (!asked) return;
    if (asked.select) this.#selection.select(asked.select, true);
    this.timeline.scale.reveal(asked.t);
    this.#viewpoint.look(asked.t, asked.branch ?? frame.branch);
  }

  tick(frame) {
    this.records.of(this.#store.branch).tick(frame, this.#store.view);
  }

  /** The view moved: to another moment, or back to live. */
  moved() {
    const { past } = this.#viewpoint;
    this.#bar.update(this.#viewpoint, this.#branches, this.#clock.now());
    if (!past) return;
    const record = this.record;
    record.add(past.events);
    record.head = Math.max(record.head, past.head);
    if (past.event !== null && past.event !== undefined) {
      this.timeline.focus(record.byId.get(past.event) ?? null);
    }
    this.timeline.scale.reveal(past.t);
  }

  /** A moment is on its way, and takes longer than usual. */
  far(frame) {
    if (!this.#viewpoint.waiting) return;
    this.#bar.far(frame);
    this.#bar.update(this.#viewpoint, this.#branches, this.#clock.now());
  }

  step(direction) {
    this.timeline.scale.following = false;
    this.#viewpoint.step(direction, this.#clock.now());
  }

  live() {
    if (!this.#viewpoint.looking && !this.#viewpoint.aim && !this.#viewpoint.waiting) return;
    this.timeline.scale.following = true;
    this.timeline.focus(null);
    this.#viewpoint.live();
  }

  async fork() {
    const { past } = this.#viewpoint;
    if (!past) return;
    const name = await this.#fork.ask(past);
    if (name === null) return;
    if (await this.#commands.say("fork", { t: past.t, branch: past.branch, name })) this.live();
  }

  async switchTo(branch) {
    if (await this.#commands.say("switch", { branch })) this.live();
  }

  rename(branch, name) {
    return this.#commands.say("rename", { branch, name });
  }

  address() {
    return link.address(this.now(), this.#viewpoint.branch, this.#selection.part);
  }

  copyLink() {
    return link.copy(this.address(), this.#notices);
  }

  table() {
    this.#table.open(this.timeline, this.record, {
      look: (t) => this.#viewpoint.look(t),
      why: (event) => this.#why({ event: event.id }),
    });
  }

  /** Every component and owner in a row of its own, over the stage. */
  tall() {
    const on = byId("timeline").toggleAttribute("data-tall");
    if (!on) this.timeline.expand(false);
    byId("timeline-tall").setAttribute("aria-pressed", String(on));
  }

  /** Every node in a row of its own, or groups again. */
  expand() {
    const on = !this.timeline.expanded;
    if (byId("timeline").hasAttribute("data-tall") !== on) this.tall();
    this.timeline.expand(on);
  }

  /** The label of a row was pressed. */
  #row(lane) {
    if (lane?.kind === "group") this.expand();
    else if (lane?.kind === "node") this.#selection.select(lane.label);
  }

  /** From everything to what follows the room, and back. */
  fit() {
    const { scale } = this.timeline;
    if (scale.following || this.#viewpoint.looking) scale.fit(0, this.head());
    else scale.following = true;
  }

  heard({ text, kept }) {
    const words = [pick(text), kept && gettext("What was before is kept, under Branches.")];
    this.#notices.say(words.filter(Boolean).join(" "));
  }

  /** What keeps the room from going on; where its run failed, with a way to where much can still be done otherwise. */
  troubled({ text, branch, good }) {
    const looks = h(
      "button",
      { class: "button", onclick: () => this.#viewpoint.look(Math.max(0, good - BEFORE), branch) },
      gettext("Look a minute before"),
    );
    this.#notices.trouble(text && pick(text), good !== null && this.records.may && looks);
  }

  describe() {
    this.timeline.describe(this.#viewpoint.view, this.now(), this.#viewpoint.looking);
    this.records.refresh(this.#store.branch);
    if (this.#viewpoint.looking) this.#bar.update(this.#viewpoint, this.#branches, this.#clock.now());
  }

  frame() {
    const looking = this.#viewpoint.looking || this.#viewpoint.aim !== null;
    this.timeline.frame(this.#viewpoint.view, this.record, this.now(), this.head(), looking);
  }
}
