/**
 * What all rows of the causal timeline have in common: the axis, the labels, the moment that is shown. Every
 * function here, and in `bars.js`, `amounts.js` and `marks.js`, gets `draw`: the context, the palette's unit,
 * and `x` of a time.
 */
import { colour } from "../stage/canvas.js";
import { clockText } from "../words.js";

const SECOND = 1_000_000;
const STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600].map((seconds) =>
  seconds * SECOND
);

/** Letters of a name that always have room; so many are worth being written, so few if they tell it from others. */
const WORD = 8;
const FEW = 4;

export function axis({ context, unit, start, end, x, left, width }, height, bottom) {
  const step = STEPS.find((one) => x(one) - x(0) > 76 * unit) ?? STEPS.at(-1);
  context.font = `${12 * unit}px ${colour.mono}`;
  context.fillStyle = colour.muted;
  context.textAlign = "center";
  for (let t = Math.ceil(start / step) * step; t <= end; t += step) {
    if (x(t) < left + 24 * unit || x(t) > width - 20 * unit) continue;
    context.globalAlpha = 0.5;
    context.fillRect(x(t), height, 1, bottom - height);
    context.globalAlpha = 1;
    context.fillText(clockText(t).replace(/^(−?)00:/, "$1"), x(t), height / 2);
  }
  context.textAlign = "left";
}

export function label({ context, unit, left }, { label: text, brief, kind, top, height }) {
  const strong = kind === "node";
  context.font = strong ? `700 ${13 * unit}px ${colour.mono}` : `600 ${12 * unit}px ${colour.font}`;
  context.fillStyle = strong ? colour.ink : colour.muted;
  const room = left - 20 * unit;
  const words = fit(context, text, room) || fit(context, brief ?? "", room, FEW) || ends(text);
  context.fillText(words, 14 * unit, top + height / 2);
}

/** Both ends of a name that is too long, since its end tells it from its siblings; a host without its domain. */
function ends(text) {
  const host = text.split(".", 1)[0];
  return host.length <= WORD ? host : `${host.slice(0, 3)}…${host.slice(-4)}`;
}

export function playhead({ context, unit, x, left, height, width }, t, past) {
  const at = x(t);
  if (at < left || at > width) return;
  context.fillStyle = past ? colour.pending : colour.ink;
  context.fillRect(at - (past ? 1.5 : 1) * unit, 4 * unit, (past ? 3 : 2) * unit, height - 8 * unit);
  if (!past) return;
  context.beginPath();
  context.moveTo(at - 7 * unit, 2 * unit);
  context.lineTo(at + 7 * unit, 2 * unit);
  context.lineTo(at, 12 * unit);
  context.fill();
}

/** The font of words on a bar: as high as it may be there. */
export const wordsFont = (unit, bar) => `700 ${Math.min(12 * unit, bar + 2 * unit)}px ${colour.font}`;

/** Words on a bar, in the middle of its height; lines give way to them. */
export function written({ context, unit }, text, x, y, bar, ground) {
  context.font = wordsFont(unit, bar);
  context.lineWidth = 2 * unit;
  context.lineJoin = "round";
  context.strokeStyle = ground;
  context.strokeText(text, x, y + bar / 2);
  context.fillStyle = colour.ink;
  context.fillText(text, x, y + bar / 2);
}

/** What lies after the moment looked at: hatched, since it is not on the stage. */
export function veil({ context, unit, x, left, width, height }, from, to) {
  const [begin, end] = [Math.max(left, x(from)), Math.min(width, x(to))];
  if (end <= begin) return;
  context.save();
  context.beginPath();
  context.rect(begin, 18 * unit, end - begin, height);
  context.clip();
  context.globalAlpha = 0.55;
  context.fillStyle = colour.surface;
  context.fillRect(begin, 18 * unit, end - begin, height);
  context.globalAlpha = 0.5;
  context.strokeStyle = colour.line;
  context.lineWidth = unit;
  context.beginPath();
  for (let at = begin - height; at < end; at += 9 * unit) {
    context.moveTo(at, height);
    context.lineTo(at + height, 0);
  }
  context.stroke();
  context.restore();
}

/** As much of a text as fits, with an ellipsis; nothing when not even so many letters would. */
export function fit(context, text, room, least = WORD) {
  if (context.measureText(text).width <= room) return text;
  let length = Math.floor((room / context.measureText(text).width) * text.length) - 1;
  while (length > least && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return length > least ? `${text.slice(0, length)}…` : "";
}
