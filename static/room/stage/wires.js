/**
 * The wires: every component to the API server and to nothing else. They hang in the gutter between the
 * control plane and the nodes, the only place where messages are drawn.
 */
import { every, s, set } from "../dom.js";

const CONTROL = ["etcd", "controller-manager", "scheduler"];
/** Where wires meet the API server's lower edge, as shares of its width. */
const PORTS = { etcd: 0.04, scheduler: 0.92, "controller-manager": 0.96 };
const DEPTHS = { etcd: 16, scheduler: 24, "controller-manager": 14 };
const NODE_PORTS = [0.12, 0.84];

const hang = (x, y, portX, portY, depth) =>
  `M${x} ${y}C${x} ${y + depth} ${portX} ${portY + depth} ${portX} ${portY}`;

/** Drops first and sweeps low, so that it stays clear of the wires that hang above. */
const fall = (x, y, portX, portY) => {
  const height = y - portY;
  return `M${x} ${y}C${x} ${y - height * 0.45} ${portX} ${portY + height * 0.85} ${portX} ${portY}`;
};

export class Wires {
  #svg;
  #gutter;
  #paths = new Map();
  #state = {};

  constructor(gutter, svg) {
    this.#gutter = gutter;
    this.#svg = svg;
  }

  /** Lays all wires anew; cheap enough for every change of layout, not for every frame. */
  lay() {
    const stage = this.#gutter.getBoundingClientRect();
    const server = document.querySelector('[data-endpoint="apiserver"]')?.getBoundingClientRect();
    const wanted = new Map();
    if (server && stage.height) {
      const at = (share) => [server.left - stage.left + server.width * share, 0];
      for (const name of CONTROL) {
        const box = document.querySelector(`[data-endpoint="${name}"]`)?.getBoundingClientRect();
        if (box?.width) {
          wanted.set(name, hang(box.left - stage.left + box.width / 2, 0, ...at(PORTS[name]), DEPTHS[name]));
        }
      }
      const fleet = document.querySelector('#nodes:is([data-size="small"], [data-size="tiles"])')
        ?.getBoundingClientRect();
      if (fleet) {
        wanted.set("fleet", fall(fleet.left - stage.left + fleet.width / 2, stage.height - 8, ...at(0.5)));
      }
      const ends = every("#nodes [data-endpoint]").filter((end) => end.offsetParent !== null);
      const firstRow = ends.filter((end) => end.getBoundingClientRect().top - stage.bottom < 40);
      firstRow.forEach((end, place) => {
        const box = end.getBoundingClientRect();
        const share = firstRow.length > 1 ? place / (firstRow.length - 1) : 0.5;
        const port = at(NODE_PORTS[0] + (NODE_PORTS[1] - NODE_PORTS[0]) * share);
        wanted.set(
          end.dataset.endpoint,
          fall(box.left - stage.left + box.width / 2, box.top - stage.top, ...port),
        );
      });
      for (const end of ends) if (!firstRow.includes(end)) this.#share(end, firstRow, wanted);
    }
    this.#draw(wanted, stage);
  }

  /** A card in a lower row hangs on the wire of the card above it: messages stay out of the content. */
  #share(end, firstRow, wanted) {
    const { left } = end.getBoundingClientRect();
    const above = firstRow.find((candidate) => Math.abs(candidate.getBoundingClientRect().left - left) < 8);
    if (above) wanted.set(end.dataset.endpoint, wanted.get(above.dataset.endpoint));
  }

  #draw(wanted, stage) {
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
      set(path, "data-state", this.#state[name] ?? "up");
    }
  }

  /** A wire is whole, or broken at one end: the process is not there, or the network is cut. */
  update(view) {
    const away = (item) => (item && item.state !== "running" ? "away" : "up");
    const states = {};
    for (const name of CONTROL) states[name] = away(view.control[name]);
    for (const node of Object.values(view.nodes)) {
      const cut = node.machine.network === "cut" || node.machine.power === "off";
      for (const part of ["kubelet", "kube-proxy"]) {
        states[`${part}@${node.name}`] = cut ? "cut" : away(node.parts[part]);
      }
      states[`node@${node.name}`] = cut ? "cut" : away(node.parts.kubelet);
    }
    if (away(view.control.apiserver) === "away") {
      for (const name of Object.keys(states)) states[name] = "away";
    }
    this.#state = states;
    for (const [name, path] of this.#paths) set(path, "data-state", states[name] ?? "up");
  }

  /**
   * The path between a component and the API server (many nodes share one), and whether a message runs along
   * it backwards.
   */
  between(from, to) {
    const back = from === "apiserver";
    const end = back ? to : from;
    if ((back ? from : to) !== "apiserver") return null;
    const name = [end, `node@${end.split("@")[1]}`, "fleet"].find((one) => this.#paths.has(one));
    return name ? { name, path: this.#paths.get(name), back } : null;
  }
}
