/** The lesson of a room on its page: the pane, the spotlight on the stage, and pointing at parts. */
import { hear } from "../dom.js";
import { pick } from "../words.js";
import { LessonPane } from "./pane.js";
import { Pointing } from "./pointing.js";
import { Spotlight } from "./spotlight.js";

/** Whether the projector goes to another room now: to the student's copy it shows, or back to the class. */
function elsewhere({ showing, left, confined, shown }) {
  if (!document.body.hasAttribute("data-presenting")) return false;
  const to = confined && !shown ? left : showing;
  if (to) location.replace(`/rooms/${to}/?present`);
  return Boolean(to);
}

export class Lesson {
  #root;
  #pane;
  #tabs;
  #spotlight = new Spotlight();

  constructor(root, { socket, tabs, why, announcer, permit }) {
    this.#root = root;
    this.#tabs = tabs;
    const pointing = new Pointing(tabs);
    this.#pane = new LessonPane(root, {
      move: (step) => socket.tell("lesson", { step }),
      answer: (ask, round, answer, confidence) => socket.tell("answer", { ask, round, answer, confidence }),
      poll: (ask, action) => socket.tell("poll", { ask, action }),
      name: (nickname, shown, code = null) => socket.tell("name", { nickname, shown, code }),
      commit: (cause, line, where) => socket.tell("commit", { cause, line, where }),
      handOver: (text) => socket.tell("hand-over", { text }),
      reflect: (step, text) => socket.tell("reflect", { step, text }),
      why: (event) => why({ event }),
      whyNot: (object) => why({ object }),
      pointing,
      changed: (frame) => {
        announcer.say(
          pick(
            frame.say ?? frame.ask?.text ?? frame.task ?? frame.diagnosis?.text ?? frame.challenge?.text ??
              frame.reflect ?? frame.goal,
          ),
        );
        this.show(true);
        // What a step speaks of is to be seen beside it.
        if (frame.focus?.length && tabs.sheet.height === "full") tabs.sheet.to("peek");
        root.scrollTop = 0;
      },
    });
    hear(socket, "lesson", (detail) => {
      if (elsewhere(detail)) return;
      document.body.toggleAttribute("data-covered", Boolean(detail.covered));
      this.#begin(socket, detail);
      this.#pane.hear(detail);
      this.#light();
      permit();
    });
    hear(socket, "answers", (detail) => {
      this.#leads = detail.leads;
      this.#pane.hear(detail);
      this.mark();
      permit();
    });
    tabs.addEventListener("shown", () => this.#light());
    tabs.sheet.addEventListener("height", () => this.#spotlight.settle());
    root.addEventListener("scroll", () => this.#spotlight.lay());
  }

  #leads = false;

  /** A link may name the step to begin with, `?step=3`; it is followed once. */
  #begin(socket, { step }) {
    const address = new URL(location.href);
    const wanted = address.searchParams.get("step");
    if (wanted === null) return;
    address.searchParams.delete("step");
    history.replaceState(null, "", address);
    if (Number(wanted) > step) socket.tell("lesson", { step: Number(wanted) });
  }

  /** Whether it has been heard where the lesson stands. */
  get begun() {
    return Boolean(this.#pane.frame);
  }

  /** What the step leaves this viewer to do; null: everything, as to the teacher of a class. */
  get powers() {
    const { frame } = this.#pane;
    if (!frame || frame.free || (this.#leads && frame.mode !== "alone")) return null;
    const powers = new Set(frame.allow);
    const taken = [
      ...(frame.over ? ["play", "step"] : []),
      ...(frame.mode === "alone" ? [] : ["play", "speed", "step", "fork"]),
    ];
    for (const power of taken) powers.delete(power);
    return powers;
  }

  /** Shows the lesson's tab; on a phone its sheet opens with it. */
  show(open = true) {
    this.#tabs.show("lesson", !open);
  }

  next() {
    this.#pane.next();
  }

  /** After the stage was drawn. */
  mark() {
    this.#spotlight.mark();
  }

  #light() {
    const { focus = [] } = this.#pane.frame ?? {};
    this.#spotlight.on(this.#root.hidden ? [] : focus, () => this.#root.querySelector(".say, .show"));
  }
}
