/**
 * The step pane: what is said, asked, done and shown in the present step, and the way on. Never goes on by
 * itself.
 */
import { h, icon, set, setText, settle } from "../dom.js";
import { fill, gettext, pick } from "../words.js";
import { distribution, outcome, unsaid } from "./results.js";
import { questionForm } from "./question.js";
import { notebook, voices } from "./notebook.js";
import { Timer } from "./timer.js";
import { Diagnosis } from "./diagnosis.js";
import { Belonging, ofCopy, ownCopy } from "./belonging.js";

const WHAT = {
  say: () => gettext("look"),
  ask: () => gettext("question"),
  run: () => gettext("run"),
  task: () => gettext("your turn"),
  diagnosis: () => gettext("diagnosis"),
  challenge: () => gettext("your turn"),
  reflect: () => gettext("explain"),
};

export class LessonPane {
  #does;
  #frame = null;
  #own = { asks: {}, leads: false, typed: [] };
  #drawn = "";
  #belonging;
  #diagnosis;
  #form = null;
  #formKey = "";
  #title = h("h2", { class: "lesson-title", tabindex: "-1" });
  #count = h("label", { class: "step-count" });
  #steps = h("select", {
    class: "field step-select",
    onchange: () => this.#does.move(Number(this.#steps.value)),
  });
  #again = h(
    "button",
    {
      class: "button plain",
      title: gettext("This step again"),
      onclick: () => this.#does.move(this.#frame.step),
    },
    h("span", { "aria-hidden": "true" }, "↺"),
    h("span", { class: "visually-hidden" }, gettext("This step again")),
  );
  #bar = h("div", { class: "step-bar", "aria-hidden": "true" });
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
  #foot = h("div", { class: "step-foot" }, this.#next, this.#why);

  /**
   * `does`: `{move(step), answer(ask, round, answer, confidence), poll(ask, action), why(event), whyNot(part),
   * name(nickname, shown), reflect(step, text), pointing, changed(frame)}`.
   */
  constructor(root, does) {
    this.#does = does;
    this.#belonging = new Belonging(does);
    this.#diagnosis = new Diagnosis(does);
    this.#count.append(h("span", { class: "visually-hidden" }, gettext("Step")), this.#steps);
    root.append(
      h(
        "header",
        { class: "lesson-head" },
        this.#title,
        this.#bar,
        h("div", { class: "lesson-nav" }, this.#count, this.#again),
        this.#time,
      ),
      this.#body,
      this.#foot,
    );
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
    if (ask && this.#alone && !this.#complete(ask)) return "answer";
    return "";
  }

  #given(ask) {
    return this.#own.asks[ask.id]?.given ?? [];
  }

  #complete(ask) {
    const given = this.#given(ask);
    return given.length >= ask.rounds || given.at(-1) === null;
  }

  #draw() {
    const text = JSON.stringify([this.#frame, this.#own]);
    if (text === this.#drawn) return;
    this.#drawn = text;
    this.#head();
    settle(this.#body, this.#sections());
    this.#feet();
    const second = this.#body.querySelector(".round")?.closest("form") ?? null;
    if (second && second !== this.#secondRound) second.scrollIntoView({ block: "nearest" });
    this.#secondRound = second;
  }

  #head() {
    const { title, steps, step } = this.#frame;
    setText(this.#title, pick(title));
    set(this.#title, "title", pick(title));
    set(this.#title, "data-begun", step >= 0);
    const stops = steps.map(({ what, planned }, place) => ({ what, planned, place }))
      .filter(({ planned, place }) => planned || place === step);
    if (this.#bar.children.length !== stops.length) this.#bar.replaceChildren(...stops.map(() => h("i")));
    [...this.#bar.children].forEach((mark, n) =>
      set(mark, "data-state", stops[n].place < step ? "done" : stops[n].place === step ? "here" : null)
    );
    const options = stops.map(({ what, place }, n) =>
      h(
        "option",
        { value: place },
        fill(gettext("Step %(n)s of %(all)s: %(what)s"), {
          n: n + 1,
          all: stops.length,
          what: WHAT[what](),
        }),
      )
    );
    if (step < 0) {
      options.unshift(h("option", { value: -1, disabled: true }, gettext("Before the first step")));
    }
    this.#steps.replaceChildren(...options);
    this.#steps.value = String(step);
    this.#steps.disabled = !this.#own.leads || this.#frame.confined;
    this.#again.hidden = !this.#own.leads || step < 0;
  }

  #feet() {
    const obstacle = this.#obstacle();
    const begin = this.#frame.step < 0;
    const watched = this.#frame.confined && document.body.hasAttribute("data-presenting");
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
        this.#asked(null),
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
      this.#asked(frame.ask),
      ...frame.shows.map((text) => h("p", { class: "show" }, icon("ok"), " ", pick(text))),
      ...frame.reveals.map((ask) => this.#revealed(ask)),
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
    const inClass = mode !== "alone" && !this.#own.leads;
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

  /** The question of the step: to be answered, locked, or answered by the run. */
  #asked(ask) {
    if (!ask) {
      this.#noForm();
      return null;
    }
    const given = this.#given(ask);
    const poll = this.#frame.polls[ask.id];
    const told = this.#own.asks[ask.id]?.told;
    settle(this.#ask, [
      told ? null : h("h3", { class: "say" }, pick(ask.text)),
      told ? this.#told(ask) : this.#answering(ask, given, poll),
      poll ? distribution(poll) : null,
      this.#polling(ask, poll),
    ]);
    return this.#ask;
  }

  #ask = h("section", { class: "ask" });

  #answering(ask, given, poll) {
    const staff = this.#own.leads && !this.#alone;
    if (staff) {
      return ask.options.length
        ? h("ul", { class: "options-read" }, ...ask.options.map(({ text }) => h("li", {}, pick(text))))
        : null;
    }
    const round = this.#alone ? given.length + 1 : poll?.round ?? 1;
    const open = this.#alone ? !this.#complete(ask) : poll?.phase === "open" && given.length < round;
    const mine = given.length
      ? h(
        "p",
        { class: "locked" },
        icon("ok"),
        " ",
        fill(gettext("Your answer, locked: %(answer)s"), {
          answer: given.at(-1) === null ? unsaid(ask) : pick(this.#own.asks[ask.id].shown),
        }),
      )
      : null;
    if (!open) {
      this.#noForm();
      return mine ??
        h(
          "p",
          { class: "poll-count" },
          poll ? gettext("The question is closed.") : gettext("The teacher opens the question in a moment."),
        );
    }
    return [mine, this.#formFor(ask, round)];
  }

  #told(ask) {
    this.#noForm();
    return outcome(ask, this.#own.asks[ask.id]);
  }

  #noForm() {
    this.#form = null;
    this.#formKey = "";
    this.#does.pointing.end();
  }

  /** The form stays as it is, half filled in, while other things on the pane change. */
  #formFor(ask, round) {
    const key = `${ask.id}/${round}`;
    if (!this.#form || this.#formKey !== key) {
      this.#does.pointing.end();
      this.#form = questionForm(ask, round, {
        lock: (answer, confidence) => this.#does.answer(ask.id, round, answer, confidence),
        skip: (this.#alone || ask.confidence) && (() => this.#does.answer(ask.id, round, null, null)),
        pointing: this.#does.pointing,
      });
      this.#formKey = key;
    }
    return this.#form;
  }

  /** The teacher's buttons over a question. */
  #polling(ask, poll) {
    if (!this.#own.leads || this.#alone) return null;
    const button = (action, label, primary = false) =>
      h("button", {
        class: `button${primary ? " primary" : ""}`,
        "data-poll": action,
        onclick: () => this.#does.poll(ask.id, action),
      }, label);
    const phase = poll?.phase;
    return h(
      "div",
      { class: "buttons polling" },
      !phase ? button("open", gettext("Open the question"), true) : null,
      phase === "open" ? button("lock", gettext("Lock"), true) : null,
      phase === "locked" && poll.round < ask.rounds ? button("again", gettext("Second round")) : null,
      phase === "locked" && this.#judged(ask) ? button("reveal", gettext("Reveal")) : null,
    );
  }

  /** The run has answered: the step that decides is over. */
  #judged(ask) {
    return this.#frame.judged.includes(ask.id);
  }

  #revealed(ask) {
    const own = this.#own.asks[ask.id];
    const poll = this.#frame.polls[ask.id];
    const staff = this.#own.leads && !this.#alone;
    return h(
      "section",
      { class: "revealed-ask" },
      own?.told && !staff ? outcome(ask, own) : h("h3", {}, pick(ask.text)),
      own?.told && staff ? h("p", { class: "verdict" }, icon("ok"), " ", pick(own.told.answer)) : null,
      poll ? distribution(poll) : null,
      this.#polling(ask, poll),
    );
  }
}
