/** How far the answer about a large run has come, in words: looking back may take longer than a moment. */
import { fill, gettext, span } from "./words.js";

const SECOND = 1_000_000;

/** A frame of type `looking`. */
export function lookingWords({ phase, share, left }) {
  const words = [phase === "boot" ? gettext("The cluster boots") : gettext("Looking back …")];
  if (phase !== "read") words.push(`${Math.floor(share * 100)} %`);
  if (left !== null && left > 1) {
    words.push("·", fill(gettext("about %(time)s left"), { time: span(left * SECOND) }));
  }
  return words.join(" ");
}
