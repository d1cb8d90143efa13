/** The nodes as a real table: always there for a screen reader, shown to everybody by a key. */
import { h, keyed, setText } from "./dom.js";
import { gettext, left, span } from "./words.js";
import { dueOf } from "./rings.js";
import { deadlinesOf, inOrder } from "./store.js";
import { nodeWord, troubles } from "./states.js";

const COLUMNS = [
  [() => gettext("State"), ({ node }) => [nodeWord(node), ...troubles(node)].join(", ")],
  [() => gettext("Heartbeat age"), ({ grace, now }) => (grace ? span(now - grace.origin) : "–")],
  [
    () => gettext("Evict in"),
    (
      { eviction, now },
    ) => (!eviction ? "–" : eviction.fired ? gettext("evicted") : left(dueOf(eviction) - now)),
  ],
  [() => gettext("Pods believed"), ({ node }) => node.pods.length],
  [
    () => gettext("Containers running"),
    ({ node }) => node.containers.filter(({ state }) => state === "running").length,
  ],
  [() => gettext("Differs"), ({ node }) => node.differs.length],
];

function row({ node }) {
  const cells = COLUMNS.map(() => h("td", {}));
  const element = h("tr", {}, h("th", { scope: "row" }, node.name), ...cells);
  element.update = (item) => COLUMNS.forEach(([, value], place) => setText(cells[place], value(item)));
  return element;
}

/** More nodes than these are written less often while nobody sees the table. */
const MANY = 200;
const SELDOM_MS = 5000;

export class Mirror {
  #root;
  #written = -Infinity;
  #body = h("tbody", {});

  constructor(root) {
    this.#root = root;
    const heads = COLUMNS.map(([title]) => h("th", { scope: "col" }, title()));
    root.append(
      h(
        "table",
        {},
        h("caption", {}, gettext("Nodes")),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, gettext("Node")), ...heads)),
        this.#body,
      ),
    );
  }

  toggle() {
    this.#root.classList.toggle("visually-hidden");
  }

  update(view, now) {
    const seldom = Object.keys(view.nodes).length > MANY && this.#root.classList.contains("visually-hidden");
    if (seldom && performance.now() - this.#written < SELDOM_MS) return;
    this.#written = performance.now();
    const items = inOrder(view.nodes).map((node) => ({ node, now, ...deadlinesOf(view, node.name) }));
    keyed(this.#body, items, ({ node }) => node.name, row);
  }
}
