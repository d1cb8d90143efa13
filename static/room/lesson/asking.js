/**
 * The question of a step: its form, what was answered and how the class stands, the teacher's buttons over
 * it, and what the run answered.
 */
import { h, icon, settle } from "../dom.js";
import { fill, gettext, pick } from "../words.js";
import { questionForm } from "./question.js";
import { answered, distribution, outcome, unsaid } from "./results.js";

export class Asking {
  #does;
  #frame = null;
  #own = null;
  #form = null;
  #formKey = "";
  #element = h("section", { class: "ask" });

  /** `does`: `{answer(ask, round, answer, confidence), poll(ask, action), pointing}`. */
  constructor(does) {
    this.#does = does;
  }

  /** Where the lesson stands, and what this viewer answered. */
  hear(frame, own) {
    [this.#frame, this.#own] = [frame, own];
  }

  get #alone() {
    return this.#frame.mode === "alone";
  }

  /** Whoever leads a class is not asked. */
  get #staff() {
    return this.#own.leads && !this.#alone;
  }

  given(ask) {
    return this.#own.asks[ask.id]?.given ?? [];
  }

  complete(ask) {
    const given = this.given(ask);
    return given.length >= ask.rounds || given.at(-1) === null;
  }

  /** The question of the step: to be answered, locked, or answered by the run; null where nothing is asked. */
  asked(ask) {
    if (!ask) {
      this.#noForm();
      return null;
    }
    const given = this.given(ask);
    const poll = this.#frame.polls[ask.id];
    const told = this.#own.asks[ask.id]?.told;
    settle(this.#element, [
      told ? null : h("h3", { class: "say" }, pick(ask.text)),
      told ? this.#told(ask) : this.#answering(ask, given, poll),
      poll ? distribution(poll) : null,
      this.#polling(ask, poll),
    ]);
    return this.#element;
  }

  /** A question that the running step will answer, with what was said to it. */
  awaited(ask) {
    return h(
      "section",
      { class: "awaited-ask" },
      h("h3", {}, pick(ask.text)),
      this.#locked(ask),
      this.#frame.polls[ask.id] ? distribution(this.#frame.polls[ask.id]) : null,
    );
  }

  /** One's own answer; null where there is none. */
  #locked(ask) {
    const given = this.given(ask);
    if (!given.length) return null;
    const answer = given.at(-1) === null ? unsaid(ask) : pick(this.#own.asks[ask.id].shown);
    return h(
      "p",
      { class: "locked" },
      icon("locked"),
      " ",
      fill(gettext("Your answer, locked: %(answer)s"), { answer }),
    );
  }

  #answering(ask, given, poll) {
    if (this.#staff) {
      // The bars of a locked question name what could be answered.
      return ask.options.length && !poll?.bars.length
        ? h("ul", { class: "options-read" }, ...ask.options.map(({ text }) => h("li", {}, pick(text))))
        : null;
    }
    const round = this.#alone ? given.length + 1 : poll?.round ?? 1;
    const open = this.#alone ? !this.complete(ask) : poll?.phase === "open" && given.length < round;
    const mine = this.#locked(ask);
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
    return this.#result(ask);
  }

  #result(ask) {
    return (this.#staff ? answered : outcome)(ask, this.#own.asks[ask.id]);
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
    if (!this.#staff) return null;
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

  /** A question of an earlier step, which the run has answered. */
  revealed(ask) {
    const own = this.#own.asks[ask.id];
    const poll = this.#frame.polls[ask.id];
    return h(
      "section",
      { class: "revealed-ask" },
      own?.told ? this.#result(ask) : h("h3", {}, pick(ask.text)),
      poll ? distribution(poll) : null,
      this.#polling(ask, poll),
    );
  }
}
