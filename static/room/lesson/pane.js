/**
 * The step pane: what is said, asked, done and shown in the present step, and the way on. Never goes on by
 * itself.
 */
import { h, icon, set, setText, settle } from "../dom.js";
import { fill, gettext, pick } from "../words.js";
import { notebook, voices } from "./notebook.js";
import { Timer } from "./timer.js";
import { Diagnosis } from "./diagnosis.js";
import { Asking } from "./asking.js";
import { StepHead } from "./head.js";
import { Belonging, ofCopy, ownCopy } from "./belonging.js";

export class LessonPane {
  #does;
  #frame = null;
  #own = { asks: {}, leads: false, typed: [] };
  #drawn = "";
  #belonging;
  #diagnosis;
  #asking;
  #head;
  #time = h("p", { class: "time-left", role: "timer", hidden: true });
  #timer = new Timer(this.#time);
  #body = h("div", { class: "step-body" });
  #next = h(
    "button",
    { class: "button primary next", hidden: true, onclick: () => this.next() },
    gettext("Continue"),
  );
  #why = h("p", { class: "why-not-next" });
  /** The form of a second round, brought into sight when it comes. */
  #secondRound = null;
  #others = h("a", { class: "button", href: "/lessons/", hidden: true }, gettext("All lessons"));
  #foot = h("div", { class: "step-foot" }, this.#next, this.#why, this.#others);

  /**
   * `does`: `{move(step), answer(ask, round, answer, confidence), poll(ask, action), why(event), whyNot(part),
   * name(nickname, shown), reflect(step, text), pointing, changed(frame)}`.
   */
  constructor(root, does) {
    this.#does = does;
    this.#belonging = new Belonging(does);
    this.#diagnosis = new Diagnosis(does);
    this.#asking = new Asking(does);
    this.#head = new StepHead((step) => does.move(step), this.#time);
    root.append(this.#head.element, this.#body, this.#foot);
  }

  /** Where the lesson stands, or what this viewer answered. */
  hear(frame) {
    if (frame.type === "lesson") {
      const fresh = this.#frame?.step !== frame.step;
      this.#frame = frame;
      this.#timer.hear(frame.leftSeconds);
      this.#draw();
      if (fresh) this.#does.changed(frame);
    } else {
      this.#own = frame;
      if (this.#frame) this.#draw();
    }
  }

  get frame() {
    return this.#frame;
  }

  /** Goes on, if that may be. */
  next() {
    if (this.#frame && !this.#obstacle() && this.#own.leads) this.#does.move(this.#following);
  }

  /** The step that comes after the present one, as the class has planned it; -1 after the last. */
  get #following() {
    const { steps, step } = this.#frame;
    return steps.findIndex(({ planned }, place) => planned && place > step);
  }

  get #alone() {
    return this.#frame.mode === "alone";
  }

  /** Why there is no going on yet; "" if there is. */
  #obstacle() {
    const { over, ask, step, task, diagnosis, challenge, ownCopy, confined } = this.#frame;
    if (confined) return over ? "done" : "task";
    if (this.#following < 0) return over ? "end" : "over";
    if (step < 0) return "";
    if (!over && (diagnosis || challenge) && !ownCopy) return challenge ? "hand" : "commit";
    if (!over) return ownCopy ? "" : task ? "task" : "over";
    if (ask && this.#alone && !this.#asking.complete(ask)) return "answer";
    return "";
  }

  #draw() {
    const text = JSON.stringify([this.#frame, this.#own]);
    if (text === this.#drawn) return;
    this.#drawn = text;
    this.#asking.hear(this.#frame, this.#own);
    this.#head.draw(this.#frame, this.#own.leads);
    settle(this.#body, this.#sections());
    this.#feet();
    const second = this.#body.querySelector(".round")?.closest("form") ?? null;
    if (second && second !== this.#secondRound) second.scrollIntoView({ block: "nearest" });
    this.#secondRound = second;
  }

  #feet() {
    const obstacle = this.#obstacle();
    const begin = this.#frame.step < 0;
    const watched = this.#frame.confined && document.body.hasAttribute("data-presenting");
    this.#others.hidden = obstacle !== "end" || !this.#alone || document.body.dataset.room === "recording";
    this.#next.hidden = !this.#own.leads || obstacle === "end" || this.#frame.confined;
    set(this.#next, "aria-disabled", obstacle ? "true" : null);
    set(this.#foot, "data-obstacle", this.#own.leads ? obstacle || null : null);
    setText(this.#next, begin ? gettext("Begin") : gettext("Continue"));
    const reasons = {
      over: gettext("The cluster runs; the step ends by itself."),
      task: gettext("The step ends when it is done."),
      commit: gettext("The step ends when you commit to a cause."),
      hand: gettext("The step ends when you hand it over."),
      answer: gettext("Lock an answer first, or skip the question."),
      done: gettext("Done. Go back to the class when you like."),
      "": this.#frame.ownCopy && !this.#frame.over
        ? gettext("If you go on before, the lesson does the task in the class's cluster.")
        : "",
      end: gettext("The lesson is over. The cluster is yours: play on, break things, ask why."),
    };
    setText(
      this.#why,
      watched
        ? ""
        : this.#own.leads || obstacle === "end"
        ? reasons[obstacle] ?? ""
        : gettext("The teacher goes on for all."),
    );
  }

  #sections() {
    const frame = this.#frame;
    if (frame.step < 0) {
      return [
        ofCopy(frame),
        h("p", { class: "say goal" }, pick(frame.goal)),
        this.#asking.asked(null),
        this.#belonging.draw(frame, this.#own),
      ];
    }
    return [
      ofCopy(frame),
      this.#own.node
        ? h(
          "p",
          { class: "owner" },
          icon("machine"),
          " ",
          fill(gettext("You own %(node)s: act on it, and on nothing else."), { node: this.#own.node }),
        )
        : null,
      frame.say && h("p", { class: "say" }, pick(frame.say)),
      frame.task && this.#task(),
      this.#diagnosis.challenge(frame, this.#own),
      this.#diagnosis.draw(frame, this.#own),
      frame.ownCopy ? ownCopy(this.#own) : null,
      this.#asking.asked(frame.ask),
      ...frame.awaits.map((ask) => this.#asking.awaited(ask)),
      ...frame.shows.map((text) => h("p", { class: "show" }, icon("ok"), " ", pick(text))),
      ...frame.reveals.map((ask) => this.#asking.revealed(ask)),
      frame.why
        ? h(
          "button",
          { class: "button", onclick: () => this.#does.why(frame.why) },
          gettext("Why did it happen?"),
        )
        : null,
      frame.whyNot
        ? h(
          "button",
          { class: "button", onclick: () => this.#does.whyNot(frame.whyNot) },
          gettext("Why not yet?"),
        )
        : null,
      frame.reflect && this.#reflecting(frame),
      this.#keeping(),
      this.#belonging.draw(frame, this.#own),
    ];
  }

  /** A finished lesson can be taken home. */
  #keeping() {
    if (!this.#frame.free || !document.body.dataset.ws) return null;
    const href = `/rooms/${document.body.dataset.room}/recording.html`;
    return h(
      "p",
      {},
      h("a", { class: "button", href, download: true }, gettext("Keep it as one file that plays by itself")),
    );
  }

  #task() {
    const { task, hints, over } = this.#frame;
    return h(
      "section",
      { class: "task", "data-done": String(over) },
      h("h3", {}, gettext("Your turn")),
      h("p", { class: "say" }, pick(task)),
      over ? h("p", { class: "show" }, icon("ok"), " ", gettext("Done.")) : null,
      hints.length
        ? h(
          "details",
          { open: this.#hintsOpen() },
          h("summary", {
            onclick: () => {
              this.#hints = !this.#hints;
            },
          }, gettext("Hint")),
          ...hints.map((hint) => h("p", {}, pick(hint))),
        )
        : null,
    );
  }

  #reflecting(frame) {
    const { lesson, step, steps, reflect, mode } = frame;
    if (mode !== "alone" && this.#own.leads) {
      const asked = h(
        "section",
        { class: "reflect" },
        h("h3", {}, gettext("Explain")),
        h("p", { class: "say" }, pick(reflect)),
      );
      return [asked, voices(frame.reflections)];
    }
    const inClass = mode !== "alone";
    const key = `${document.body.dataset.room}.${lesson}.${step}`;
    if (this.#notebookKey !== key) {
      this.#notebookKey = key;
      this.#notebook = notebook(
        key,
        pick(reflect),
        inClass ? (text) => this.#does.reflect(steps[step].id, text) : null,
      );
    }
    this.#notebook.sent(this.#own.reflection);
    return [this.#notebook.element, voices(frame.reflections)];
  }

  #notebook = null;
  #notebookKey = "";
  #hints = false;
  #hintsOpen() {
    return this.#hints || null;
  }
}
