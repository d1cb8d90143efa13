/**
 * How kubectl writes how long ago something was. In what it prints stands the moment, `{short:-132}` in seconds,
 * so that a line changes only with what it tells of; here the duration is put in its place.
 * Sources: v1.7.5 and v1.8.0 pkg/printers/common.go (ShortHumanDuration), v1.36 apimachinery
 * pkg/util/duration/duration.go (HumanDuration).
 */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Up to so many seconds, in which unit, and in which smaller one beside it. */
/** @type {Record<string, [number, [number, string], [number, string]?][]>} */
const STEPS = {
  short: [[MINUTE, [1, "s"]], [HOUR, [MINUTE, "m"]], [DAY, [HOUR, "h"]], [YEAR, [DAY, "d"]], [Infinity, [
    YEAR,
    "y",
  ]]],
  human: [
    [2 * MINUTE, [1, "s"]],
    [10 * MINUTE, [MINUTE, "m"], [1, "s"]],
    [3 * HOUR, [MINUTE, "m"]],
    [8 * HOUR, [HOUR, "h"], [MINUTE, "m"]],
    [2 * DAY, [HOUR, "h"]],
    [8 * DAY, [DAY, "d"], [HOUR, "h"]],
    [2 * YEAR, [DAY, "d"]],
    [8 * YEAR, [YEAR, "y"], [DAY, "d"]],
    [Infinity, [YEAR, "y"]],
  ],
};

/** A duration in seconds as kubectl writes it. */
function duration(way, seconds) {
  if (seconds < 0) return seconds < -1 ? "<invalid>" : "0s";
  const [, [unit, letter], smaller] = STEPS[way].find(([limit]) => seconds < limit);
  const rest = smaller ? Math.floor((seconds % unit) / smaller[0]) : 0;
  return `${Math.floor(seconds / unit)}${letter}${rest ? `${rest}${smaller[1]}` : ""}`;
}

/** What kubectl prints, at a moment of simulated time in microseconds. */
export const aged = (text, now) =>
  text.replace(
    /\{(short|human):(-?\d+)\}/g,
    (_, way, since) => duration(way, Math.trunc((now - Number(since) * 1e6) / 1e6)),
  );
