/** The reader's answers to the questions of a recorded lesson, and what they came to. */
import { pick } from "../room/words.js";

function toldOf(verdicts, answer) {
  if (answer === null) return verdicts.skipped;
  if (typeof answer === "number") {
    return verdicts.ranges.find(({ low, high }) => low <= answer && answer <= high)?.told ?? verdicts.other;
  }
  return verdicts.answers[Array.isArray(answer) ? answer.join(" > ") : answer] ?? verdicts.other;
}

function inWords(ask, answer) {
  if (answer === null) return "–";
  if (typeof answer === "number") return `${answer} ${pick(ask.unit)}`.trim();
  const known = new Map(ask.options.map(({ id, text }) => [id, pick(text)]));
  return [answer].flat().map((id) => known.get(id) ?? id).join(ask.kind === "order" ? " → " : ", ");
}

export class Answers {
  #lesson;
  #given = new Map();

  constructor(lesson) {
    this.#lesson = lesson;
  }

  give(ask, answer) {
    this.#given.set(ask, [...(this.#given.get(ask) ?? []), answer]);
  }

  /** The lesson goes back to before these questions: they can be answered again. */
  forget(place) {
    for (const { frame } of this.#lesson.slice(place)) if (frame.ask) this.#given.delete(frame.ask.id);
  }

  /** Where the lesson stands: every question so far, and what is right where that is known. */
  frame(place) {
    const asks = {};
    const judged = Object.assign({}, ...this.#lesson.slice(0, place + 1).map(({ verdicts }) => verdicts));
    for (const { frame: { ask } } of this.#lesson.slice(0, place + 1)) {
      if (!ask) continue;
      const given = this.#given.get(ask.id) ?? [];
      const last = given.length ? given.at(-1) : null;
      const complete = given.length >= ask.rounds || (given.length > 0 && last === null);
      const told = complete && judged[ask.id] ? toldOf(judged[ask.id], last) : null;
      asks[ask.id] = { given, shown: inWords(ask, last), told };
    }
    return { type: "answers", leads: true, nickname: "", node: "", asks };
  }
}
