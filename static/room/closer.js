/**
 * A room of very many nodes tells from afar what is on them: only numbers. Of the nodes that are looked at more
 * is asked for; while one looks at the room itself, ticks go on telling what changes on those.
 */
import { replaced } from "./store.js";
import { afar, near } from "./numbers.js";

/** What is looked at is asked for when it has been the same for so long. */
const SETTLED_MS = 60;
/** Rows that kubectl prints of an application are asked for so often. */
const ROWS_MS = 2000;

export class Closer {
  #socket;
  #viewpoint;
  #redraw;
  #wanted = { nodes: [], app: null, t: null, branch: null };
  #key = "";
  #timer = 0;

  /** `redraw()`: something that is shown is known better now. */
  constructor(socket, viewpoint, redraw) {
    this.#socket = socket;
    this.#viewpoint = viewpoint;
    this.#redraw = redraw;
    setInterval(() => this.#wanted.app !== null && !document.hidden && this.#soon(), ROWS_MS);
  }

  /** `names`: the nodes that are looked at, `app`: the application whose pods are. */
  want(view, names, app) {
    if (!view.usual) return;
    const nodes = [...new Set(names)].sort();
    const { t = null, branch = null } = this.#viewpoint.when();
    const key = JSON.stringify([nodes, app, t, branch]);
    if (key === this.#key) return;
    this.#key = key;
    this.#wanted = { nodes, app, t, branch };
    this.#soon();
  }

  /** All nodes are told anew. */
  forget() {
    this.#key = "";
    this.#wanted = { nodes: [], app: null, t: null, branch: null };
  }

  /** A frame of type `closer`. */
  hear({ nodes, app, rows, t, branch }) {
    const { past } = this.#viewpoint;
    const shown = past ? past.t === t && past.branch === branch : t === null;
    if (!shown) return;
    const { view } = this.#viewpoint;
    const others = {};
    for (const [name, on] of Object.entries(nodes)) {
      if (view.nodes[name]) others[name] = near(view.nodes[name], on);
    }
    this.#viewpoint.know({
      nodes: replaced(view.nodes, others),
      rows: app === null ? view.rows : { app, rows },
    });
    this.#redraw();
  }

  #soon() {
    if (!this.#timer) this.#timer = setTimeout(() => this.#ask(), SETTLED_MS);
  }

  #ask() {
    this.#timer = 0;
    this.#leave();
    this.#socket.tell("closer", this.#wanted);
  }

  /** Nobody tells any more what changes on the nodes that are not looked at. */
  #leave() {
    const { view } = this.#viewpoint;
    const wanted = new Set(this.#wanted.nodes);
    const others = {};
    for (const node of Object.values(view?.nodes ?? {})) {
      if (!node.far && !wanted.has(node.name)) others[node.name] = afar(node);
    }
    if (view?.usual) this.#viewpoint.know({ nodes: replaced(view.nodes, others) });
  }
}
