/**
 * The pane of causes: why something happened, why nothing has happened yet, and what an act would lead to.
 */
import { h, setText } from "../dom.js";
import { lookingWords } from "../looking.js";
import { clockText, fill, gettext, pick } from "../words.js";
import { find } from "../selection.js";
import { stateWord } from "../states.js";
import { armedList } from "./armed.js";
import { bandList } from "./bands.js";
import { chainList } from "./chain.js";
import { light } from "./light.js";

/** What is armed is asked for again when something happened to the thing, at most this often. */
const AGAIN_MS = 3000;

/** What on a card says how a node is. */
const MARKS = ".node-head > .pill, .rings, .differs-mark";

const busy = () => h("p", { class: "empty", role: "status" }, gettext("Looking for the causes …"));

const FAILURES = {
  lost: () => gettext("There is no connection to the room."),
  "given-up": () => gettext("You did not wait for the answer. Ask again when you like."),
};
const refusal = (answer) => h("p", { class: "empty" }, FAILURES[answer.type]?.() ?? pick(answer.reason));

/** Says in that place how far the answer is, with a way not to wait for it. */
const farIn = (place) => (frame, giveUp) => {
  if (!place.querySelector(".looking-words")) {
    const cancel = h("button", { class: "button", onclick: giveUp }, gettext("Cancel"));
    place.replaceChildren(
      h("div", { class: "looking" }, h("p", { class: "looking-words", role: "status" }), cancel),
    );
  }
  setText(place.querySelector(".looking-words"), lookingWords(frame));
};

export class Why {
  #root;
  #socket;
  #viewpoint;
  #commands;
  #show;
  #does;
  #may = document.body.dataset.canAct === "true";
  #title = h("h2", { class: "why-title", tabindex: "-1" });
  #because = h("section", { class: "why-because" });
  #notYet = h("section", { class: "why-not" });
  /** What is asked about: `{event}` or `{object}`; null: nothing yet. */
  #asked = null;
  #armed = null;
  #armedAt = 0;
  #turn = 0;
  /** The links on show, for whoever draws their path. */
  links = [];

  /** `show()` brings the tab to the front; `does`: `{look(t, branch), compare(href), select(part)}`. */
  constructor(root, { socket, viewpoint, commands, show, does }) {
    this.#root = root;
    this.#socket = socket;
    this.#viewpoint = viewpoint;
    this.#commands = commands;
    this.#show = show;
    this.#does = does;
    root.append(this.#title, this.#because, this.#notYet);
    this.#title.textContent = gettext("Why?");
    this.#because.append(
      h("p", { class: "empty" }, gettext("Select anything, or an event, and ask why it is so.")),
    );
    document.getElementById("nodes").addEventListener("click", (event) => this.#marked(event), true);
  }

  /** A click on a node's state, its rings or "differs" asks why; the same is in Inspect and under a key. */
  #marked(event) {
    const node = event.target.closest(MARKS)?.closest("[data-node]")?.dataset.node;
    if (!node || !this.#viewpoint.view) return;
    event.stopPropagation();
    this.#does.select(node);
    this.ask({ object: node }, this.#viewpoint.view);
  }

  allow(may) {
    this.#may = may;
  }

  get open() {
    return !this.#root.hidden;
  }

  /**
   * Asks about an event (`{event}`), or about the newest change of a part or object and what is armed for it
   * (`{object}`).
   */
  ask(about, view) {
    this.#asked = about;
    this.#show();
    this.#turn += 1;
    this.#title.textContent = about.object ? question(view, about.object) : gettext("Why did this happen?");
    this.#because.replaceChildren(busy());
    this.#notYet.replaceChildren();
    this.#armed = null;
    this.#explain(this.#turn, about);
    if (about.object) this.#await(this.#turn, about.object);
    this.#root.scrollTop = 0;
  }

  /** The selection moved while the pane is open. */
  select(part, view) {
    if (this.open && this.#asked?.object !== part) this.ask({ object: part }, view);
  }

  /** The moment moved: the same question, as of then. */
  moved(view) {
    if (this.open && this.#asked?.object) this.ask(this.#asked, view);
  }

  /** Something happened: what is armed may have changed. */
  happened(events) {
    const part = this.#asked?.object;
    if (!this.open || !part || this.#viewpoint.looking || performance.now() - this.#armedAt < AGAIN_MS) {
      return;
    }
    const [node] = part.split(".");
    if (
      events.some((event) => event.node === node || event.object.endsWith(`/${node}`)) ||
      part.startsWith("pod:")
    ) this.#await(this.#turn, part);
  }

  tick(now) {
    if (this.open) this.#armed?.tick(now);
  }

  /** The tab was left: nothing stays dimmed. */
  leave() {
    light([]);
  }

  enter(part, view) {
    if (this.#asked === null && part) this.ask({ object: part }, view);
    else light(this.links);
  }

  async #explain(turn, about) {
    const answer = await this.#socket.ask("why", {
      ...about,
      ...(about.event === undefined ? this.#viewpoint.when() : { branch: this.#viewpoint.branch }),
    }, (frame, giveUp) => turn === this.#turn && farIn(this.#because)(frame, giveUp));
    if (turn !== this.#turn) return;
    this.links = answer.type === "why" ? answer.links : [];
    if (this.open) light(this.links);
    if (answer.type !== "why") {
      this.#because.replaceChildren(refusal(answer));
      return;
    }
    const last = this.links.at(-1);
    const does = {
      look: (t) => this.#does.look(t, answer.branch),
      whatIf: (input, instead, button) => this.#whatIf(input, instead, button, answer.branch),
    };
    this.#because.replaceChildren(
      h("p", { class: "why-asked" }, h("time", {}, clockText(last.t, true)), " ", pick(last.text)),
      h("h3", {}, gettext("From the cause to the effect")),
      chainList(this.links, does, this.#may),
    );
  }

  async #await(turn, object) {
    this.#armedAt = performance.now();
    const far = (frame, giveUp) => turn === this.#turn && !this.#armed && farIn(this.#notYet)(frame, giveUp);
    const answer = await this.#socket.ask("why-not", { object, ...this.#viewpoint.when() }, far);
    if (turn !== this.#turn) return;
    const found = answer.type === "why-not" && answer.armed.length > 0;
    this.#armed = found ? armedList(answer.armed, answer.t) : null;
    this.#notYet.replaceChildren(
      h("h3", {}, gettext("Not yet")),
      this.#armed ??
        (answer.type === "why-not"
          ? h("p", { class: "empty" }, gettext("No rule is armed for it: nothing is about to happen to it."))
          : refusal(answer)),
    );
  }

  async #whatIf(input, instead, button, branch) {
    button.setAttribute("aria-busy", "true");
    const answer = await this.#socket.ask("what-if", { input, instead, branch });
    button.removeAttribute("aria-busy");
    if (answer.type === "made") this.#does.compare(answer.compare);
    else {
      const why = h("p", { class: "refused", role: "alert" }, refusal(answer).textContent);
      button.closest(".what-if-body").append(why);
    }
  }

  /** What an act would lead to, before it is done. */
  async foresee({ action, target, args, label }) {
    this.#asked = {};
    this.#show();
    const turn = (this.#turn += 1);
    this.links = [];
    light([]);
    this.#title.textContent = fill(gettext("%(what)s: what would happen?"), {
      what: target ? fill(gettext("%(what)s (%(where)s)"), { what: label, where: target }) : label,
    });
    this.#because.replaceChildren(
      h("p", { class: "empty", role: "status" }, gettext("Trying it in hidden copies …")),
    );
    this.#notYet.replaceChildren();
    this.#title.focus();
    const answer = await this.#socket.ask("foresee", {
      commands: [{ do: action, target, args }],
      ...this.#viewpoint.when(),
    }, (frame, giveUp) => turn === this.#turn && farIn(this.#because)(frame, giveUp));
    if (turn !== this.#turn) return;
    if (answer.type !== "foresee") {
      this.#because.replaceChildren(refusal(answer));
      return;
    }
    this.#because.replaceChildren(
      ...foreseen(answer),
      h("button", {
        class: "button primary",
        onclick: (event) => this.#commands.act(action, target, args, event.currentTarget),
      }, label),
    );
  }
}

/** What the trials of an act came to. */
function foreseen({ bands, seeds }) {
  if (!bands.length) {
    const nothing = gettext("Nothing that is counted as a milestone would follow within seven minutes.");
    return [h("p", { class: "empty" }, nothing)];
  }
  const tried = gettext(
    "Tried %(n)s times, each at another phase of the heartbeats and loops. Nothing was changed. Times count from the act.",
  );
  return [h("p", { class: "bands-help" }, fill(tried, { n: seeds })), bandList(bands, seeds)];
}

/** "Why is n3 NotReady?", "Why is kubelet on n1 stopped?" */
function question(view, part) {
  const found = find(view, part);
  const [node, process] = part.split(/\.(.*)/);
  const name = process && found?.node === node
    ? fill(gettext("%(part)s on %(node)s"), { part: found.name, node })
    : found?.name ?? part;
  const state = found ? stateWord(found) : "";
  if (state) return fill(gettext("Why is %(name)s %(state)s?"), { name, state });
  if (found?.kind === "workload") return fill(gettext("Why does %(name)s have these pods?"), { name });
  if (found?.kind === "machine") {
    return fill(gettext("What happened last to the machine %(node)s?"), { node: found.node });
  }
  return fill(gettext("What happened last to %(name)s?"), { name });
}
