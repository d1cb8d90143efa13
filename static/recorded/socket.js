/**
 * A recording in place of the wire to a room: it says and answers what the room would, with no server.
 * `place`, if there is a lesson, is where it stands; time passes up to the end of its step.
 */
import { gettext } from "../room/words.js";
import { Film } from "./film.js";
import { Answers } from "./answers.js";
import { later } from "./pace.js";

const TICK_MS = 100;
/** A page that was hidden goes on where it was. */
const LONGEST_MS = 500;
/** A run without a lesson is shown in about so many seconds. */
const SHOWN_IN = 90;

async function unpacked(element) {
  const packed = Uint8Array.from(atob(element.textContent.trim()), (letter) => letter.codePointAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

export class RoomSocket extends EventTarget {
  /** Nobody can act here, but whoever looks sets the pace. */
  recorded = true;
  #film;
  #answers;
  #t = 0;
  /** So many ticks were told. */
  #shown = 0;
  #branch = 1;
  #seq = 0;
  #place = -1;
  #speed = 1;
  #playing = false;
  #ease = false;
  #eased = false;
  #before = 0;

  async open() {
    this.#film = new Film(await unpacked(document.getElementById("recording")));
    this.#answers = new Answers(this.#film.lesson);
    this.#t = this.#film.start;
    this.#speed = Math.max(1, Math.round((this.#film.until - this.#t) / 1_000_000 / SHOWN_IN));
    this.#ease = true;
    this.#playing = !this.#lessons;
    this.#say("state", "open");
    this.#say("welcome", { type: "welcome", role: "watch", canAct: false });
    this.#begin();
    this.#tellLesson();
    this.#before = performance.now();
    setInterval(() => this.#pass(), TICK_MS);
  }

  /**
   * Says something that is answered by a frame of its own kind, or not at all.
   * @param {string} type
   * @param {any} fields
   */
  tell(type, fields = {}) {
    const does = {
      transport: () => this.#steer(fields),
      look: () => this.#look(fields),
      live: () => this.#begin(),
      inspect: () => this.#inspect(fields),
      lesson: () => this.#go(fields.step),
      answer: () => this.#answer(fields),
    };
    does[type]?.();
    return true;
  }

  /** Asks something; resolves to the frame that answers it. */
  ask(type, fields) {
    const t = fields.t ?? this.#t;
    const failed = (reason) => Promise.resolve({ type: "failed", reason });
    if (type === "why") {
      const links = this.#film.why(fields, t);
      return links
        ? Promise.resolve({ type, t, branch: this.#branch, links })
        : failed(gettext("Nothing has happened to it yet."));
    }
    if (type === "why-not") {
      const found = this.#film.armed(fields.object, t);
      return found ? Promise.resolve({ type, ...found }) : failed(gettext("Nothing of it was recorded."));
    }
    return failed(gettext("This is a recording. Open clustersim to act."));
  }

  /** What the timeline draws: nothing of what is still to come. */
  timeline() {
    return Promise.resolve(this.#film.timeline(this.#t, this.#shown));
  }

  // --- time

  get #lessons() {
    return this.#film.lesson.length > 0;
  }

  /** Up to where time may pass now, and with how many ticks. */
  get #end() {
    const { lesson, until, ticks } = this.#film;
    if (!this.#lessons) return { t: until, ticks: ticks.length };
    if (this.#place < 0) return { t: this.#t, ticks: this.#shown };
    const here = lesson[this.#place].frame.step;
    const next = lesson.findIndex(({ frame }, place) => place > this.#place && frame.step !== here);
    return next < 0 ? { t: until, ticks: ticks.length } : lesson[next - 1];
  }

  #pass() {
    const now = performance.now();
    const wall = Math.min(now - this.#before, LONGEST_MS) / 1000;
    this.#before = now;
    if (!this.#playing) return;
    const deadlines = this.#ease
      ? Object.values(this.#film.view(this.#shown).deadlines).filter(({ due, frozen }) =>
        due !== null && !frozen
      )
        .map(({ due }) => due)
      : [];
    const { t, eased } = later(this.#t, wall, this.#speed, deadlines);
    this.#eased = eased;
    this.#to(t);
  }

  /** On to a moment, or to the end of what may pass. */
  #to(t) {
    const end = this.#end;
    if (t >= end.t) this.#playing = false;
    this.#tick(Math.min(t, end.t), Math.min(this.#film.place(t), end.ticks));
    this.#catchUp();
  }

  #tick(t, ticks) {
    const from = this.#shown;
    this.#t = t;
    this.#shown = Math.max(from, ticks);
    this.#seq += 1;
    this.#say("tick", { type: "tick", ...this.#pace(), ...this.#film.between(from, this.#shown) });
  }

  #pace() {
    return {
      seq: this.#seq,
      t: this.#t,
      rate: this.#playing ? (this.#eased ? 1 : this.#speed) : 0,
      speed: this.#speed,
      playing: this.#playing,
      ease: this.#ease,
      eased: this.#eased && this.#playing,
    };
  }

  /** Everything as of now. */
  #begin() {
    this.#say("snapshot", {
      type: "snapshot",
      ...this.#pace(),
      branch: this.#branch,
      epoch: 0,
      view: this.#film.view(this.#shown),
      events: this.#film.events(this.#shown),
    });
  }

  #steer({ action, speed, on }) {
    if (action === "play") this.#playing = this.#t < this.#end.t;
    else if (action === "pause") this.#playing = false;
    else if (action === "speed") this.#speed = speed;
    else if (action === "ease") this.#ease = on;
    else {
      this.#playing = false;
      this.#to(this.#film.stop(this.#t, "next")?.[0] ?? this.#end.t);
      return;
    }
    if (action === "play" && !this.#playing && !this.#lessons) {
      this.#playing = true;
      this.#back(this.#film.start, 0);
    }
    this.#to(this.#t);
  }

  /** To an earlier moment: what the timeline knows of the later ones is forgotten. */
  #back(t, ticks) {
    this.#t = t;
    this.#shown = ticks;
    this.#branch += 1;
    this.#begin();
  }

  #look({ t, step }) {
    const stop = step ? this.#film.stop(t, step) : null;
    const asked = step ? stop?.[0] ?? (step === "previous" ? this.#film.start : this.#t) : t;
    const when = Math.max(this.#film.start, Math.min(asked, this.#t));
    const place = Math.min(this.#film.place(when), this.#shown);
    this.#say("past", {
      type: "past",
      t: when,
      branch: this.#branch,
      head: this.#t,
      view: this.#film.view(place),
      events: this.#film.events(place),
      event: stop?.[1] ?? null,
    });
  }

  #inspect({ part, t }) {
    this.#say("inspect", { type: "inspect", part, data: this.#film.part(part, t ?? this.#t), t: t ?? null });
  }

  // --- the lesson

  /** What the lesson has come to by now. */
  #catchUp() {
    const { lesson } = this.#film;
    if (this.#place < 0) return;
    const { step } = lesson[this.#place].frame;
    let place = this.#place;
    while (
      lesson[place + 1]?.frame.step === step && lesson[place + 1].ticks <= this.#shown &&
      lesson[place + 1].t <= this.#t
    ) place += 1;
    if (place === this.#place) return;
    this.#place = place;
    this.#tellLesson();
  }

  /** Begins a step. */
  #go(step) {
    const { lesson } = this.#film;
    const place = lesson.findIndex(({ frame }) => frame.step >= step);
    if (place < 0) return;
    const { t, ticks, speed, ease, frame } = lesson[place];
    this.#answers.forget(place);
    this.#place = place;
    this.#speed = speed;
    this.#ease = ease;
    this.#playing = frame.moves && !frame.task;
    if (ticks < this.#shown) this.#back(t, ticks);
    else this.#tick(t, ticks);
    this.#tellLesson();
    this.#catchUp();
  }

  #answer({ ask, answer }) {
    this.#answers.give(ask, answer);
    this.#tellLesson();
  }

  #tellLesson() {
    if (!this.#lessons) return;
    const { lesson } = this.#film;
    const { frame } = lesson[Math.max(0, this.#place)];
    this.#say("lesson", this.#place < 0 ? { ...frame, ...BEFORE } : frame);
    this.#say("answers", this.#answers.frame(this.#place));
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The lesson before its first step. */
const BEFORE = {
  step: -1,
  over: true,
  say: null,
  ask: null,
  task: null,
  reflect: null,
  shows: [],
  awaits: [],
  requests: false,
  reveals: [],
};
