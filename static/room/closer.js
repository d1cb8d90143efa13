/**
 * A room of very many nodes tells from afar what is on them: only numbers. Of the nodes that are looked at more
 * is asked for; while one looks at the room itself, ticks go on telling what changes on those.
 */
import { replaced } from "./store.js";
import { afar, near } from "./numbers.js";

/** What is looked at is asked for after so long, and no sooner again. */
const SETTLED_MS = 60;
const AGAIN_MS = 250;
/** Rows that kubectl prints of an application are asked for so often. */
const ROWS_MS = 2000;

export class Closer {
  #socket;
  #viewpoint;
  #redraw;
  #wanted = { nodes: [], app: null, t: null, branch: null };
  #key = "";
  #timer = 0;
  #asked = -Infinity;

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
    const wait = Math.max(SETTLED_MS, this.#asked + AGAIN_MS - performance.now());
    if (!this.#timer) this.#timer = setTimeout(() => this.#ask(), wait);
  }

  #ask() {
    this.#timer = 0;
    this.#asked = performance.now();
    const known = this.#leave();
    this.#socket.tell("closer", { ...this.#wanted, known });
  }

  /** Nobody tells any more what changes on the nodes that are not looked at; returns those of which all is known. */
  #leave() {
    const { view } = this.#viewpoint;
    const wanted = new Set(this.#wanted.nodes);
    const [others, known] = [{}, []];
    for (const node of Object.values(view?.nodes ?? {})) {
      if (node.far) continue;
      if (wanted.has(node.name)) known.push(node.name);
      else others[node.name] = afar(node);
    }
    if (view?.usual) this.#viewpoint.know({ nodes: replaced(view.nodes, others) });
    return known;
  }
}
