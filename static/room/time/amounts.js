/** Rows of numbers over time: what an owner has of what it wants, and how requests ended. */
import { colour } from "../stage/canvas.js";
import { wordsFont, written } from "./drawing.js";

const SLICES = 300;

/**
 * An owner's numbers: a full bar while as many are ready as wanted, a dashed hollow one with the numbers
 * while not.
 */
export function owner(draw, lane, record, now) {
  const { context, unit, x, left } = draw;
  const items = record.owners.get(lane.key) ?? [];
  const bar = Math.min(12 * unit, lane.height - 4 * unit);
  const y = lane.top + (lane.height - bar) / 2;
  const [high, top] = [lane.height - unit, lane.top + unit / 2];
  items.forEach(({ since, wants, ready }, place) => {
    const from = Math.max(left, x(since));
    const width = Math.min(x(Math.min(items[place + 1]?.since ?? now, now)), draw.width) - from;
    if (width <= 0) return;
    if (ready >= wants) {
      context.fillStyle = colour.track;
      context.fillRect(from, y, width, bar);
      return;
    }
    context.strokeStyle = colour.pending;
    context.lineWidth = 1.5 * unit;
    context.setLineDash([3 * unit, 3 * unit]);
    context.strokeRect(from, top + unit / 2, width, high - unit);
    context.setLineDash([]);
    context.fillStyle = colour.pending;
    context.fillRect(from, top + high * (1 - ready / Math.max(1, wants)), width, 1.5 * unit);
    const text = `${ready}/${wants}`;
    context.font = wordsFont(unit, high);
    const needed = context.measureText(text).width + 10 * unit;
    if (width > needed) written(draw, text, from + 5 * unit, top, high, colour.surface);
  });
}

/**
 * Requests per slice of time: succeeded ones rise from the middle line, refused and hung ones hang below it.
 */
export function traffic({ context, unit, x, start, end, left }, lane, record, now) {
  const width = (end - start) / SLICES;
  const slices = sliced(
    record.requests.filter(({ since, until }) => until >= start && since <= Math.min(end, now)),
    width,
  );
  const most = Math.max(
    1,
    ...[...slices.values()].map(({ succeeded, refused, hung }) => Math.max(succeeded, refused + hung)),
  );
  const half = lane.height / 2 - unit;
  const middle = lane.top + lane.height / 2;
  const bar = (at, y, count, style) => {
    context.fillStyle = style;
    context.fillRect(at, y, Math.max(1, x(width) - x(0) - unit / 2), (half * count) / most);
  };
  for (const [slice, { succeeded, refused, hung }] of slices) {
    const at = x(slice * width);
    if (at < left) continue;
    bar(at, middle - (half * succeeded) / most, succeeded, colour.ok);
    bar(at, middle + unit, refused, colour.notready);
    bar(at, middle + unit + (half * refused) / most, hung, colour.unknown);
  }
}

/**
 * Fixed slices, so that nothing flickers while the strip moves; a long stretch fills several, each with its
 * share.
 */
function sliced(requests, width) {
  const slices = new Map();
  for (const { since, until, ...ended } of requests) {
    const first = Math.floor(since / width);
    const last = Math.min(first + SLICES, Math.max(first, Math.ceil(until / width) - 1));
    for (let slice = first; slice <= last; slice += 1) {
      const share = until > since
        ? (Math.min(until, (slice + 1) * width) - Math.max(since, slice * width)) / (until - since)
        : 1;
      const sum = slices.get(slice) ?? { succeeded: 0, refused: 0, hung: 0 };
      for (const outcome of Object.keys(sum)) sum[outcome] += ended[outcome] * share;
      slices.set(slice, sum);
    }
  }
  return slices;
}
