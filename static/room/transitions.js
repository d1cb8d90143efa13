/**
 * Changes of state worth a word aloud: nodes that turn, belief and reality that part, acts. Countdowns are
 * never spoken.
 */
import { differing } from "./numbers.js";
import { counted, fill, gettext, pick, span } from "./words.js";
import { deadlinesOf } from "./store.js";

const summary = (node) => ({ ready: node.ready, differs: differing(node) });

export class Transitions {
  #announcer;
  #known = new Map();

  constructor(announcer) {
    this.#announcer = announcer;
  }

  begin(view) {
    this.#known = new Map(Object.values(view.nodes).map((node) => [node.name, summary(node)]));
  }

  tick(view, frame) {
    for (const event of frame.events) if (event.kind === "act") this.#announcer.say(pick(event.text));
    for (const name of Object.keys(frame.changes?.nodes ?? {})) {
      const node = view.nodes[name];
      const before = this.#known.get(name);
      if (!node) {
        this.#known.delete(name);
        continue;
      }
      const now = summary(node);
      this.#known.set(name, now);
      if (before) this.#compare(view, frame, node, before, now);
    }
  }

  #compare(view, { t }, { name }, before, now) {
    if (before.ready === "True" && now.ready !== "True") {
      const { grace } = deadlinesOf(view, name);
      const age = grace ? span(t - grace.origin) : "?";
      this.#announcer.say(
        fill(gettext("%(name)s became NotReady: its last heartbeat is %(age)s old"), { name, age }),
      );
    } else if (before.ready !== "True" && now.ready === "True") {
      this.#announcer.say(fill(gettext("%(name)s is Ready again"), { name }));
    }
    if (now.differs !== before.differs) {
      this.#announcer.say(
        now.differs
          ? counted(
            "%(name)s: belief and reality differ in %(n)s pod",
            "%(name)s: belief and reality differ in %(n)s pods",
            { name, n: now.differs },
          )
          : fill(gettext("%(name)s: belief and reality agree"), { name }),
      );
    }
  }
}
