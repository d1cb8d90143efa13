/** The nodes as a real table: always there for a screen reader, shown to everybody by a key. */
import { h, keyed, setText } from "./dom.js";
import { fill, gettext, left, span } from "./words.js";
import { believed, differing, running } from "./numbers.js";
import { dueOf } from "./rings.js";
import { deadlinesOf, inOrder } from "./store.js";
import { worstFirst } from "./stage/interest.js";
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
  [() => gettext("Pods believed"), ({ node }) => believed(node)],
  [() => gettext("Containers running"), ({ node }) => running(node)],
  [() => gettext("Differs"), ({ node }) => differing(node)],
];

function row({ node }) {
  const cells = COLUMNS.map(() => h("td", {}));
  const element = h("tr", {}, h("th", { scope: "row" }, node.name), ...cells);
  element.update = (item) => COLUMNS.forEach(([, value], place) => setText(cells[place], value(item)));
  return element;
}

/** Of more nodes than these only so many are in the table while nobody sees it, the worst first. */
const MANY = 200;
const TOLD = 20;
/** All of so many are written less often. */
const SELDOM_MS = 5000;

export class Mirror {
  #root;
  #written = -Infinity;
  #caption = h("caption", {});
  #body = h("tbody", {});

  constructor(root) {
    this.#root = root;
    const heads = COLUMNS.map(([title]) => h("th", { scope: "col" }, title()));
    root.append(
      h(
        "table",
        {},
        this.#caption,
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, gettext("Node")), ...heads)),
        this.#body,
      ),
    );
  }

  toggle() {
    this.#root.classList.toggle("visually-hidden");
    this.#written = -Infinity;
  }

  update(view, now) {
    const all = inOrder(view.nodes);
    const brief = all.length > MANY && this.#root.classList.contains("visually-hidden");
    if (all.length > MANY && !brief && performance.now() - this.#written < SELDOM_MS) return;
    this.#written = performance.now();
    const some = brief ? [...new Set([...worstFirst(all), ...all])].slice(0, TOLD) : all;
    setText(
      this.#caption,
      brief
        ? fill(gettext("%(some)s of %(n)s nodes, the worst first; the key b shows all of them"), {
          some: some.length,
          n: all.length,
        })
        : gettext("Nodes"),
    );
    const items = some.map((node) => ({ node, now, ...deadlinesOf(view, node.name) }));
    keyed(this.#body, items, ({ node }) => node.name, row);
  }
}
