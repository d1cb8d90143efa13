/**
 * Two concentric rings per node, drawn from deadlines alone. Inner: age of the last heartbeat the controller
 * saw, over the grace period. Outer: time to eviction, from its own origin. Between ticks nothing is asked
 * of the server.
 */
import { s, set, setIcon, setText } from "./dom.js";
import { fill, gettext, left, pick, span } from "./words.js";

const OUTER = 35;
const INNER = 26;
/**
 * A heartbeat every 10 s is seen by a pass every 5 s: up to this age all is ordinary, and nothing is said of
 * deadlines.
 */
export const LATE = 16_000_000;

const lostOf = (node) => node.registered && node.ready !== "True";

const circle = (r, extra) => s("circle", { cx: 40, cy: 40, r, pathLength: 100, ...extra });

function arc(element, share) {
  set(element, "stroke-dasharray", `${(Math.min(1, Math.max(0, share)) * 100).toFixed(1)} 100`);
  element.style.visibility = share > 0.004 ? "visible" : "hidden";
}

export class Rings {
  #inner = circle(INNER, { class: "arc inner" });
  #outer = circle(OUTER, { class: "arc outer" });
  #outerTrack = circle(OUTER, { class: "track outer" });
  #label = s("text", { x: 40, y: 40, class: "ring-label" });
  #glyph = s("use", { href: "#i-notready", x: 30, y: 30, width: 20, height: 20, class: "ring-glyph" });
  #deadlines = {};
  #node = null;

  constructor() {
    this.element = s(
      "svg",
      { class: "rings", viewBox: "0 0 80 80", "aria-hidden": "true" },
      this.#outerTrack,
      circle(INNER, { class: "track inner" }),
      this.#outer,
      this.#inner,
      this.#label,
      this.#glyph,
    );
  }

  update(node, deadlines) {
    this.#node = node;
    this.#deadlines = deadlines;
    set(this.element, "data-lost", lostOf(node));
    set(this.element, "data-frozen", Boolean(deadlines.eviction?.frozen));
    this.#outerTrack.style.visibility = deadlines.eviction ? "visible" : "hidden";
    setIcon(this.#glyph.parentElement, "notready");
  }

  frame(now) {
    const { grace, eviction } = this.#deadlines;
    const lost = lostOf(this.#node);
    const age = grace ? now - grace.origin : 0;
    arc(this.#inner, grace ? (lost ? 1 : age / grace.length) : 0);
    arc(this.#outer, eviction ? (eviction.fired ? 1 : (now - eviction.origin) / eviction.length) : 0);
    this.#glyph.style.visibility = lost ? "visible" : "hidden";
    setText(this.#label, lost || !grace ? "" : span(age));
  }
}

/**
 * How far the deadline of a node has come, where it is drawn as a level: `{share, kind}`, null while it is
 * calm, or stands still.
 * @param {any} node
 * @param {any} deadlines
 * @param {number} now
 */
export function levelOf(node, { grace, eviction }, now) {
  if (!lostOf(node)) {
    const age = grace ? now - grace.origin : 0;
    return age > LATE ? { share: Math.min(1, age / grace.length), kind: "grace" } : null;
  }
  if (!eviction || eviction.frozen) return null;
  const share = eviction.fired ? 1 : (now - eviction.origin) / eviction.length;
  return share > 0 ? { share: Math.min(1, share), kind: "eviction" } : null;
}

/**
 * The rings in words: `[first line, second line]`; the first is about the heartbeat, the second about what
 * is due.
 * @param {any} node
 * @param {any} deadlines
 * @param {number} now
 */
export function ringWords(node, deadlines, now) {
  const { grace, eviction } = deadlines;
  if (!node.registered) return [gettext("no Node object"), ""];
  const seen = grace?.origin ?? node.lastHeartbeat;
  if (seen === null) return [gettext("no heartbeat yet"), ""];
  const age = now - seen;
  const calm = node.ready === "True" && age < LATE;
  const first = calm
    ? fill(gettext("heartbeat %(age)s ago"), { age: span(age) })
    : fill(gettext("last heartbeat %(age)s ago"), { age: span(age) });
  return [first, grace ? due(node, grace, eviction, now, calm) : gettext("no controller looks")];
}

/** What is due, in so few words that a brief card has room for them: "evict in 1:35"; "" where there is nothing to say. */
export function dueWords(node, { grace, eviction }, now) {
  if (!node.registered) return gettext("no Node object");
  if (node.ready === "True") {
    return grace && now - grace.origin >= LATE
      ? fill(gettext("%(left)s of grace"), { left: left(dueOf(grace) - now) })
      : "";
  }
  if (!eviction) return leaving(node) ? gettext("pods deleted") : gettext("NotReady");
  if (eviction.frozen) return gettext("waits its turn");
  if (eviction.fired) return gettext("evicted");
  return fill(gettext("evict in %(left)s"), { left: left(dueOf(eviction) - now) });
}

/** The pass that will do it, where the model knows it; else when the length is over. */
export const dueOf = ({ due, origin, length }) => due ?? origin + length;

const leaving = ({ pods }) => pods.length > 0 && pods.every(({ deleting }) => deleting);

function due(node, grace, eviction, now, calm) {
  if (node.ready === "True") {
    const values = { left: left(dueOf(grace) - now), length: span(grace.length) };
    return calm
      ? fill(gettext("grace %(length)s"), values)
      : fill(gettext("NotReady in %(left)s of %(length)s"), values);
  }
  if (!eviction) return leaving(node) ? gettext("its pods are deleted") : gettext("NotReady");
  if (eviction.frozen) return pick(eviction.frozen);
  if (eviction.fired) return fill(gettext("evicted after %(length)s"), { length: span(eviction.length) });
  return fill(gettext("evict in %(left)s of %(length)s"), {
    left: left(dueOf(eviction) - now),
    length: span(eviction.length),
  });
}
