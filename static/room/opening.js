/** While a room is being opened: what is done, how much of it, how long it still takes, and a way out. */
import { h, set, setText } from "./dom.js";
import { fill, gettext, span } from "./words.js";

const SECOND = 1_000_000;

const PHASES = {
  waiting: () => gettext("Waiting for the server …"),
  boot: () => gettext("The cluster boots"),
  replay: () => gettext("What happened so far is computed again"),
  handover: () => gettext("The room takes the cluster over …"),
};

export class Opening {
  #place;
  #words = h("p", { class: "opening-words" });
  #bar = h("progress", { class: "opening-bar", max: "1" });
  #shown = false;

  /** `place`: where the nodes will be. */
  constructor(place) {
    this.#place = place;
  }

  /** A frame of type `opening`. */
  hear({ phase, share, left }) {
    if (!this.#shown) this.#show();
    const words = [PHASES[phase]?.() ?? phase];
    if (share) words.push(fill(gettext("%(share)s done"), { share: `${Math.floor(share * 100)} %` }));
    if (left !== null && left > 1) {
      words.push(fill(gettext("about %(time)s left"), { time: span(left * SECOND) }));
    }
    setText(this.#words, words.join(" · "));
    set(this.#bar, "value", share);
    set(this.#bar, "aria-label", words[0]);
  }

  /** The room ended before it was open: nothing goes on, and the notice says why. */
  end() {
    if (!this.#bar.isConnected) return;
    this.#bar.remove();
    setText(this.#words, gettext("This room has ended."));
  }

  #show() {
    this.#shown = true;
    const out = h("a", { class: "button", href: "/" }, gettext("Cancel"));
    this.#place.replaceChildren(h("div", { class: "opening" }, this.#words, this.#bar, out));
  }
}
