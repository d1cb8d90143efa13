/** The workload row: what is wanted of each owner and what there is. Replacements come from here. */
import { h, icon, keyed, set, setText } from "../dom.js";
import { fill, gettext } from "../words.js";
import { inOrder } from "../store.js";
import { podState } from "../states.js";

/** @type {[string, () => string][]} */
const COUNTS = [
  ["wants", () => gettext("wants")],
  ["active", () => gettext("active")],
  ["objects", () => gettext("objects")],
  ["ready", () => gettext("ready")],
  ["endpoints", () => gettext("endpoints")],
];

function row(workload) {
  const part = `${
    workload.kind === "ReplicationController" ? "rc" : workload.kind.toLowerCase()
  }/${workload.namespace}/${workload.name}`;
  const numbers = new Map();
  const counts = COUNTS.map(([key, label]) => {
    const number = h("b", {}, "");
    numbers.set(key, number);
    return h("span", { class: "count", "data-count": key }, `${label()} `, number);
  });
  const pending = h("span", { class: "pending" });
  const button = h("button", {
    class: "workload-name",
    "data-part": part,
    "data-item": true,
    title: `${workload.kind} ${workload.name}`,
  }, workload.name);
  const element = h("div", { class: "workload" }, button, ...counts, pending);
  element.update = (item) => {
    for (const [key, number] of numbers) {
      const none = item[key] === null;
      set(number.parentElement, "hidden", none);
      setText(number, none ? "" : item[key]);
      const short = !none && key !== "wants" && key !== "objects" && item[key] < item.wants;
      set(number.parentElement, "data-short", short);
      set(number.parentElement, "data-over", key === "objects" && item.objects > item.wants);
    }
    keyed(pending, item.pending, (pod) => pod.uid, pendingPod);
  };
  return element;
}

function pendingPod(pod) {
  const element = h(
    "button",
    { class: "chip pod", "data-part": `pod:${pod.uid}`, "data-item": true },
    icon("pending"),
    h("code", {}, pod.name),
  );
  element.update = (item) => {
    set(element, "data-state", podState(item));
    set(element, "title", gettext("not bound to a node yet"));
  };
  return element;
}

/** So many owners fit into their two rows; of more, as many as fit into one are shown, and the others are added up. */
const MOST = 4;
const LEAST = 2;
/** Pixels by which a row that fits may seem too high. */
const ROUNDED = 3;

/** So many of them, those that lack something first, in their order. */
function chosen(all, most) {
  const short = all.filter((item) => item.ready < item.wants || item.pending.length);
  const some = new Set([...short, ...all].slice(0, most));
  return all.filter((item) => some.has(item));
}

export class Workloads {
  #root;
  #rest = h("p", { class: "workload workload-rest", hidden: true });
  /** What is drawn, and on how large a page. */
  #all = null;
  #room = "";
  /** The same as far as its width goes, and how many of many are shown on it. */
  #size = "";
  #most = MOST - 1;

  constructor(root) {
    this.#root = root;
    root.after(this.#rest);
  }

  update(view) {
    const all = inOrder(view.workloads);
    const room = `${innerWidth} ${innerHeight}`;
    if (all === this.#all && room === this.#room) return;
    [this.#all, this.#room] = [all, room];
    this.#draw(all);
    if (this.#changed(all)) this.#fit(all);
  }

  #draw(all) {
    const some = all.length > MOST ? chosen(all, this.#most) : all;
    keyed(this.#root, some, (item) => `${item.kind}/${item.namespace}/${item.name}`, row);
    if (this.#rest.parentElement !== this.#root) this.#root.append(this.#rest);
    set(this.#rest, "hidden", some.length === all.length);
    if (this.#rest.hidden) return;
    const rest = all.filter((item) => !some.includes(item));
    const sum = (key) => rest.reduce((total, item) => total + item[key], 0);
    setText(
      this.#rest,
      fill(gettext("and %(n)s others: wants %(wants)s · ready %(ready)s"), {
        n: rest.length,
        wants: sum("wants"),
        ready: sum("ready"),
      }),
    );
  }

  /** Whether they may take another width than when they were measured. */
  #changed(all) {
    const some = all.length > MOST ? chosen(all, MOST - 1) : all;
    const digits = some.map((item) => `${item.name} ${String(item.wants).length}${item.pending.length}`);
    const size = [this.#room, all.length, ...digits].join();
    const changed = size !== this.#size;
    this.#size = size;
    return changed;
  }

  /** Only what counts most is told of each where all of it does not fit, and of fewer where they would take two rows. */
  #fit(all) {
    set(this.#root, "data-many", all.length > MOST);
    if (this.#root.scrollHeight > this.#root.clientHeight + ROUNDED) set(this.#root, "data-many", true);
    if (all.length <= MOST) return;
    for (this.#most = MOST - 1; this.#most > LEAST; this.#most -= 1) {
      this.#draw(all);
      const first = this.#root.firstElementChild;
      if (this.#rest.offsetTop < first.offsetTop + first.offsetHeight) return;
    }
    this.#draw(all);
  }
}
