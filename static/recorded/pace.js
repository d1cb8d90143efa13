/** How recorded time follows the reader's: speed, and easing near a deadline, as in a room. */

const SECOND = 1_000_000;
/** Easing to real time begins this long before a deadline, and ends so long after it. */
const LEAD = 3 * SECOND;
const TRAIL = SECOND;

/**
 * Where time stands after `wall` seconds, and whether it is eased there. `deadlines`: when something is due.
 */
export function later(t, wall, speed, deadlines) {
  let [now, rest, eased] = [t, wall, false];
  while (rest > 0) {
    const near = speed > 1 ? deadlines.filter((due) => due - LEAD <= now && now < due + TRAIL) : [];
    const next = speed > 1 ? deadlines.map((due) => due - LEAD).filter((begin) => begin > now) : [];
    eased = near.length > 0;
    const rate = (eased ? 1 : speed) * SECOND;
    const change = eased ? Math.max(...near) + TRAIL : Math.min(...next, Infinity);
    const until = now + rest * rate;
    if (until < change) return { t: Math.round(until), eased };
    rest -= (change - now) / rate;
    now = change;
  }
  return { t: Math.round(now), eased };
}
