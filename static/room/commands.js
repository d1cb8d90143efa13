/** What the reader does to the cluster: each command ends as accepted, rejected with its reason, or lost, and says so. */
import { h } from "./dom.js";
import { gettext, pick } from "./words.js";

export class Commands extends EventTarget {
  #socket;
  #clock;
  #notices;
  #announcer;

  constructor(socket, clock, notices, announcer) {
    super();
    this.act = this.act.bind(this);
    this.#socket = socket;
    this.#clock = clock;
    this.#notices = notices;
    this.#announcer = announcer;
  }

  /** Sends a command; its button is busy until the answer is there. */
  async act(what, target, args, button, now = false) {
    button?.setAttribute("aria-busy", "true");
    const answer = await this.#socket.command(what, target, args, this.#clock.now(), now);
    button?.removeAttribute("aria-busy");
    if (answer.type === "accepted") {
      this.dispatchEvent(new Event("accepted"));
      return;
    }
    const reason = answer.type === "lost" ? gettext("The room cannot be heard; nothing was done.") : pick(answer.reason);
    const notice = this.#notices.say(reason, "rejected");
    if (answer.offer) this.#offer(notice, what, target, args);
    this.#announcer.say(reason);
  }

  /** The moment this viewer saw has passed: offer to act now after all. */
  #offer(notice, what, target, args) {
    notice.append(" ", h("button", { class: "button", onclick: () => {
      notice.remove();
      this.act(what, target, args, null, true);
    } }, gettext("Do it now")));
  }
}
