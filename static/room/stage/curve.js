/**
 * Points along a wire. They are computed from its shape, once for each shape: asking the browser for the length of a
 * path lays the page out each time, for every message in every frame.
 */
const STEPS = 48;

/** Path -> `{d, points}`: where it is after each step, and how far from its beginning. */
const measured = new WeakMap();

/** @returns {{x: number, y: number, far: number}[]} */
function pointsOf(path) {
  const d = path.getAttribute("d");
  const known = measured.get(path);
  if (known?.d === d) return known.points;
  const points = along(d.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number));
  measured.set(path, { d, points });
  return points;
}

/** Steps along one cubic Bézier curve. */
function along([x0, y0, x1, y1, x2, y2, x3, y3]) {
  const points = [{ x: x0, y: y0, far: 0 }];
  for (let step = 1; step <= STEPS; step += 1) {
    const t = step / STEPS;
    const u = 1 - t;
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    const [x, y] = [a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3];
    const last = points.at(-1);
    points.push({ x, y, far: last.far + Math.hypot(x - last.x, y - last.y) });
  }
  return points;
}

/**
 * The point after that share of a wire's length, and which way it goes there; `back`: from its end to its beginning.
 * @param {{path: Element, back: boolean}} wire
 * @param {number} share
 */
export function pointOn({ path, back }, share) {
  const points = pointsOf(path);
  const far = (back ? 1 - share : share) * points.at(-1).far;
  const place = Math.max(1, points.findIndex((point) => point.far >= far));
  const [from, to] = [points[place - 1], points[place]];
  const part = (far - from.far) / (to.far - from.far || 1);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  return {
    x: from.x + dx * part,
    y: from.y + dy * part,
    angle: back ? Math.atan2(-dy, -dx) : Math.atan2(dy, dx),
  };
}
