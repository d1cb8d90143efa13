/**
 * What the reader does to the cluster: each command ends as accepted, rejected with its reason, or lost, and
 * says so.
 */
import { h } from "./dom.js";
import { gettext, pick } from "./words.js";

export class Commands extends EventTarget {
  #socket;
  #clock;
  #notices;
  #announcer;
  #viewpoint;
  #fork;

  /** `viewpoint`: where one looks; `fork`: asks before something is done in the past. */
  constructor(socket, clock, notices, announcer, viewpoint, fork) {
    super();
    this.act = this.act.bind(this);
    this.#socket = socket;
    this.#clock = clock;
    this.#notices = notices;
    this.#announcer = announcer;
    this.#viewpoint = viewpoint;
    this.#fork = fork;
  }

  /**
   * Sends a command; its button is busy until the answer is there. In the past it begins a branch, if that
   * is meant.
   */
  async act(what, target, args, button, now = false) {
    const { past } = this.#viewpoint;
    if (past && (await this.#fork.ask(past, button?.textContent ?? what)) === null) return;
    const when = past
      ? { at: past.t, branch: past.branch, seenT: past.t }
      : { seenT: Math.round(this.#clock.now()) };
    const command = { do: what, target, args, now, ...when };
    const done = await this.say(
      "command",
      command,
      button,
      (notice) => this.#offer(notice, what, target, args),
    );
    if (past && done) this.#viewpoint.live();
  }

  /** Asks for a change of the room and tells how it ended; resolves to whether it was accepted. */
  async say(type, fields, button, offer) {
    button?.setAttribute("aria-busy", "true");
    const answer = await this.#socket.ask(type, fields);
    button?.removeAttribute("aria-busy");
    if (answer.type === "accepted") {
      this.dispatchEvent(new Event("accepted"));
      return true;
    }
    const reason = answer.type === "lost"
      ? gettext("There is no connection to the room; nothing was done.")
      : pick(answer.reason);
    const notice = this.#notices.say(reason, "rejected");
    if (answer.offer) offer?.(notice);
    this.#announcer.say(reason);
    return false;
  }

  /** The moment this viewer saw has passed: offer to act now after all. */
  #offer(notice, what, target, args) {
    notice.append(
      " ",
      h("button", {
        class: "button",
        onclick: () => {
          notice.remove();
          this.act(what, target, args, null, true);
        },
      }, gettext("Do it now")),
    );
  }
}
