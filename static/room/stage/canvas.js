/**
 * What the canvases share: the palette as resolved colours, and a backing store that fits the screen's
 * pixels.
 */

const NAMES = [
  "bg",
  "surface",
  "line",
  "track",
  "ink",
  "muted",
  "ok",
  "pale",
  "pending",
  "notready",
  "off",
  "unknown",
  "message",
];

export const colour = { font: "sans-serif", mono: "monospace" };

/** Pixels of a 16-pixel design on this screen: canvases grow with the text. */
export const measure = { unit: 1 };

/** Reads palette and text size again: after a change of theme, size or forced colours. */
export function readPalette() {
  const probe = document.createElement("span");
  // Forced colours are one for all text; on a canvas, states need theirs.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    colour[name] = getComputedStyle(probe).color;
  }
  colour.font = getComputedStyle(document.body).fontFamily;
  probe.className = "mono";
  colour.mono = getComputedStyle(probe).fontFamily;
  probe.remove();
  measure.unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
}

/** Canvas -> `{width, height}` as it is laid out; asking the canvas itself would lay the page out each time. */
const sizes = new WeakMap();
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => measureAgain(target)));

function measureAgain(canvas) {
  const size = { width: canvas.clientWidth, height: canvas.clientHeight };
  sizes.set(canvas, size);
  return size;
}

/** How large a canvas is, in pixels of the page. */
export function sizeOf(canvas) {
  const known = sizes.get(canvas);
  if (known) return known;
  resized.observe(canvas);
  return measureAgain(canvas);
}

/** The context of a canvas whose pixels are those of the screen, or null while it is not shown. */
export function fitCanvas(canvas) {
  const { width: clientWidth, height: clientHeight } = sizeOf(canvas);
  if (!clientWidth || !clientHeight) return null;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
