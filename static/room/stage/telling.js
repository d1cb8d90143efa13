/**
 * Where a name is cut that has no room: what tells it from the others stays in sight. That is its end as a rule;
 * of names that end alike, "payment-frontend-live" and "payment-backend-live", it begins where they part.
 */

/** So many letters at the end of a name are enough if no other one ends with them, and one more for a whole word. */
const TAIL = 4;
/** Names as long as this are not cut. */
const SHORT = 8;
/** So many letters of what tells it have room wherever a name has some. */
const SEEN = 5;

/** How far two names are the same, word for word. */
function shared(one, other) {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  if (same === one.length) return same;
  return one.slice(0, same).search(/[^-._]*$/);
}

function tailOf(name) {
  const whole = name.length - TAIL - 1;
  return Math.max(0, /^[-._][^-._]+$/.test(name.slice(whole - 1)) ? whole : whole + 1);
}

/** Where the letters begin that tell one of some names from the others of them. */
function startOf(name, others) {
  const tail = tailOf(name);
  const alike = others.filter((other) => other.endsWith(name.slice(tail)));
  if (!alike.length) return tail;
  const parts = (one, among) => Math.max(...among.map((other) => shared(one, other)));
  const seen = (one, from) => one.slice(from, from + SEEN);
  const nearest = parts(name, alike);
  const same = alike.some((other) => {
    const rest = [name, ...alike.filter((one) => one !== other)];
    return seen(other, parts(other, rest)) === seen(name, nearest);
  });
  return same ? Math.min(...alike.map((other) => shared(name, other))) : nearest;
}

/** Name -> `[beginning, what tells it]`, for different names; what is short enough stays whole. */
export function cutsOf(names) {
  return new Map(names.map((name) => {
    const start = name.length <= SHORT ? name.length : startOf(name, names.filter((one) => one !== name));
    return [name, [name.slice(0, start), name.slice(start)]];
  }));
}
