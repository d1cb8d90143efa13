/**
 * The wires: every component to the API server and to nothing else. They hang in the gutter between the
 * control plane and the nodes, the only place where messages are drawn.
 */
import { every, s, set } from "../dom.js";
import { measure } from "./canvas.js";

const CONTROL = ["etcd", "controller-manager", "scheduler"];
/** Where wires meet the API server's lower edge, as shares of its width. */
const PORTS = { etcd: 0.04, scheduler: 0.92, "controller-manager": 0.96 };
const DEPTHS = { etcd: 16, scheduler: 24, "controller-manager": 14 };
const NODE_PORTS = [0.12, 0.84];
/** Beside a map, the share of the ports that its bundles take; its cards have the rest. */
const BUNDLED = 0.85;
/** Pixels of a 16-pixel design: how far below its upper edge a wire meets a card of a lower row, and from the next wire. */
const BELOW = 14;
const ASIDE = 3;
/** More bundles than this cannot be told apart. */
const MOST_BUNDLES = 12;

const hang = (x, y, portX, portY, depth) =>
  `M${x} ${y}C${x} ${y + depth} ${portX} ${portY + depth} ${portX} ${portY}`;

/** Drops first and sweeps low, so that it stays clear of the wires that hang above. */
const fall = (x, y, portX, portY) => {
  const height = y - portY;
  return `M${x} ${y}C${x} ${y - height * 0.45} ${portX} ${portY + height * 0.85} ${portX} ${portY}`;
};

/** A whole card has sockets for its wires; what else is on it has none. */
const isCard = (end) => end.matches(".node");

const isAway = (item) => item !== undefined && item.state !== "running";

export class Wires {
  #svg;
  #gutter;
  #paths = new Map();
  /** The rest of a wire that goes on between the cards to one of a lower row, by the name of the wire. */
  #rests = new Map();
  #view = null;
  /** Node -> the bundle it hangs on. */
  #bundle = new Map();
  /** The nodes that have wires of their own. */
  #own = new Set();

  constructor(gutter, svg) {
    this.#gutter = gutter;
    this.#svg = svg;
  }

  /**
   * Lays all wires anew; cheap enough for every change of layout, not for every frame. `columns`: of the map,
   * if there is one.
   */
  lay(columns = null) {
    const stage = this.#gutter.getBoundingClientRect();
    const server = document.querySelector('[data-endpoint="apiserver"]')?.getBoundingClientRect();
    const wanted = new Map();
    const rests = new Map();
    if (server && stage.height) {
      const at = (share) => [server.left - stage.left + server.width * share, 0];
      for (const name of CONTROL) {
        const box = document.querySelector(`[data-endpoint="${name}"]`)?.getBoundingClientRect();
        if (box?.width) {
          wanted.set(name, hang(box.left - stage.left + box.width / 2, 0, ...at(PORTS[name]), DEPTHS[name]));
        }
      }
      for (const { x, y, key } of this.#bundles(columns)) {
        const share = NODE_PORTS[0] + (NODE_PORTS[1] - NODE_PORTS[0]) * key.share * (columns ? BUNDLED : 1);
        wanted.set(key.name, fall(x - stage.left, Math.min(y - stage.top, stage.height - 4), ...at(share)));
      }
      this.#cards({ stage, columns, at, wanted, rests });
    }
    this.#draw(wanted, stage);
    this.#drawRests(rests);
  }

  /** The wires of nodes that are cards: those of lower rows fall between the columns, or hang on that of the card above. */
  #cards({ stage, columns, at, wanted, rests }) {
    const ends = every("#nodes [data-endpoint]").filter((end) => end.offsetParent !== null);
    const firstRow = ends.filter((end) => end.getBoundingClientRect().top - stage.bottom < 40);
    const lower = ends.filter((end) => !firstRow.includes(end) && isCard(end));
    const falling = firstRow.map((end) => {
      const { left, top, width } = end.getBoundingClientRect();
      return { name: end.dataset.endpoint, x: left - stage.left + width / 2, y: top - stage.top };
    });
    if (!columns && firstRow.length) {
      for (const { rest, ...wire } of besides(lower, firstRow, stage)) {
        falling.push(wire);
        rests.set(wire.name, rest);
      }
    }
    falling.sort((a, b) => a.x - b.x).forEach(({ name, x, y }, place) => {
      const along = falling.length > 1 ? place / (falling.length - 1) : 0.5;
      const share = columns ? BUNDLED + (1 - BUNDLED) * along : along;
      wanted.set(name, fall(x, y, ...at(NODE_PORTS[0] + (NODE_PORTS[1] - NODE_PORTS[0]) * share)));
    });
    if (columns) lower.forEach((end) => this.#share(end, firstRow, wanted));
  }

  /**
   * Nodes without a wire of their own hang on one with those beside and below them:
   * `[{x, y, key: {name, share}}]` of each such bundle.
   */
  #bundles(columns) {
    this.#bundle.clear();
    const stacks = columns ? columnsOfMap(columns) : columnsOfTiles();
    const size = Math.ceil(stacks.length / MOST_BUNDLES);
    const found = [];
    for (let first = 0; first < stacks.length; first += size) {
      const some = stacks.slice(first, first + size);
      const name = `bundle/${found.length}`;
      for (const node of some.flatMap(({ names }) => names)) this.#bundle.set(node, name);
      const middle = some[Math.floor((some.length - 1) / 2)];
      found.push({ x: middle.x, y: middle.y, key: { name, share: 0.5 } });
    }
    found.forEach(({ key }, place) => key.share = found.length > 1 ? place / (found.length - 1) : 0.5);
    return found;
  }

  /** A card below another one beside a map hangs on the wire of the card above it: messages stay out of the content. */
  #share(end, firstRow, wanted) {
    const { left } = end.getBoundingClientRect();
    const above = firstRow.find((candidate) => Math.abs(candidate.getBoundingClientRect().left - left) < 8);
    if (above) wanted.set(end.dataset.endpoint, wanted.get(above.dataset.endpoint));
  }

  #draw(wanted, stage) {
    this.#own = new Set([...wanted.keys()].map((name) => name.split("@")[1]));
    set(this.#svg, "viewBox", `0 0 ${Math.round(stage.width)} ${Math.round(stage.height)}`);
    for (const [name, path] of this.#paths) {
      if (wanted.has(name)) continue;
      path.remove();
      this.#paths.delete(name);
    }
    for (const [name, d] of wanted) {
      let path = this.#paths.get(name);
      if (!path) {
        path = s("path", { class: "wire", "data-wire": name });
        this.#paths.set(name, path);
        this.#svg.append(path);
      }
      set(path, "d", d);
      set(path, "data-state", this.#stateOf(name));
    }
  }

  #drawRests(rests) {
    for (const [name, path] of this.#rests) {
      if (rests.has(name)) continue;
      path.remove();
      this.#rests.delete(name);
    }
    for (const [name, d] of rests) {
      let path = this.#rests.get(name);
      if (!path) {
        path = s("path", { class: "wire" });
        this.#rests.set(name, path);
        this.#svg.append(path);
      }
      set(path, "d", d);
      set(path, "data-state", this.#stateOf(name));
    }
  }

  update(view) {
    this.#view = view;
    for (const paths of [this.#paths, this.#rests]) {
      for (const [name, path] of paths) set(path, "data-state", this.#stateOf(name));
    }
  }

  /** A wire is whole, or broken at one end: the process is not there, or the network is cut. */
  #stateOf(name) {
    const { control, nodes } = this.#view ?? { control: {}, nodes: {} };
    if (isAway(control.apiserver)) return "away";
    const [process, machine] = name.split("@");
    if (!machine) return isAway(control[process]) ? "away" : "up";
    const node = nodes[machine];
    if (!node) return "up";
    if (["cut", "to-apiserver"].includes(node.machine.network) || node.machine.power === "off") return "cut";
    return isAway(node.parts[process === "node" ? "kubelet" : process]) ? "away" : "up";
  }

  /**
   * The paths of messages that are equal except for the node, with how many of them take each: those of nodes
   * that hang on one bundle are counted there. `[{message, wire}]`.
   */
  spread({ nodes, ...message }) {
    const found = new Map();
    const { from, to, count = 1 } = message;
    for (const node of nodes) {
      const known = found.get(this.#bare(node));
      if (known) {
        known.message.count += count;
        continue;
      }
      const wire = this.between(from.replace("*", node), to.replace("*", node));
      if (!wire) continue;
      const label = message.label.replace(/\*$/, node);
      found.set(wire.name, { message: { ...message, label, count }, wire });
    }
    return [...found.values()];
  }

  /** The bundle of a node that has no wire of its own. */
  #bare(node) {
    return this.#own.has(node) ? undefined : this.#bundle.get(node);
  }

  /**
   * The path between a component and the API server (many nodes share one), and whether a message runs along
   * it backwards; `node` is named where the path is that of a bundle.
   */
  between(from, to) {
    const back = from === "apiserver";
    const end = back ? to : from;
    if ((back ? from : to) !== "apiserver") return null;
    const node = end.split("@")[1];
    const name = [end, `node@${node}`, this.#bundle.get(node)].find((one) => this.#paths.has(one));
    return name
      ? { name, path: this.#paths.get(name), back, node: this.#bundle.has(node) ? node : null }
      : null;
  }
}

/**
 * The wires of cards in lower rows: they fall beside the card above, messages stay out of the content, and go on
 * between the columns: `{name, x, y, rest}`.
 */
function besides(lower, firstRow, stage) {
  const { top } = firstRow[0].getBoundingClientRect();
  const lefts = firstRow.map((end) => end.getBoundingClientRect().left - stage.left);
  const air = firstRow.length > 1 ? lefts[1] - lefts[0] - firstRow[0].getBoundingClientRect().width : 0;
  const rows = [...new Set(lower.map((end) => Math.round(end.getBoundingClientRect().top)))];
  return lower.map((end) => {
    const box = end.getBoundingClientRect();
    const aside = (rows.indexOf(Math.round(box.top)) - (rows.length - 1) / 2) * ASIDE * measure.unit;
    const left = box.left - stage.left;
    const [x, y] = [left - air / 2 + aside, top - stage.top];
    const rest = `M${x} ${y}V${box.top - stage.top + BELOW * measure.unit}H${left}`;
    return { name: end.dataset.endpoint, x, y, rest };
  });
}

/** The columns of tiles or small cards, as they stand. */
function columnsOfTiles() {
  const found = new Map();
  for (const element of every("#nodes > .tile")) {
    const { left, width, top } = element.getBoundingClientRect();
    const key = Math.round(left);
    if (!found.has(key)) found.set(key, { x: left + width / 2, y: top, names: [] });
    found.get(key).names.push(element.dataset.node);
  }
  return [...found.values()];
}

/** The columns of groups on the map; a node that has a card with wires of its own needs none of these. */
function columnsOfMap(columns) {
  const box = document.querySelector("#nodes .map-groups").getBoundingClientRect();
  return columns.map(({ x, names }) => ({ x: box.left + x, y: box.top, names }));
}
