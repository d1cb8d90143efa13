/** The timeline in words: of each node when it was heard last, and what is due. */
import { deadlinesOf, inOrder } from "../store.js";
import { dueOf } from "../rings.js";
import { fill, gettext, left, span } from "../words.js";

/** So many nodes are told, those that are not Ready first. */
const TOLD = 12;

/** As of a moment. */
export function inWords(view, now) {
  const all = inOrder(view.nodes);
  const first = new Set([...all.filter(({ ready }) => ready !== "True"), ...all]);
  const parts = [...first].slice(0, TOLD).map(({ name }) => `${name}: ${nodeInWords(view, name, now)}`);
  return `${gettext("Timeline")}. ${parts.join("; ")}`;
}

function nodeInWords(view, name, now) {
  const { grace, eviction } = deadlinesOf(view, name);
  const beat = grace
    ? fill(gettext("last heartbeat %(age)s ago"), { age: span(now - grace.origin) })
    : gettext("no heartbeat seen");
  if (!eviction || eviction.fired) return beat;
  const due = { left: left(dueOf(eviction) - now), length: span(eviction.length) };
  return `${beat}, ${fill(gettext("evict in %(left)s of %(length)s"), due)}`;
}
