/** What the reader chose for this browser, and what its screen is: theme, size, motion, single-key shortcuts. */
import { readPalette } from "./stage/canvas.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Whether the screen is as narrow as a phone's. */
export const narrow = matchMedia("(max-width: 900px)");

function keep(name, value) {
  if (value) root.dataset[name] = value;
  else delete root.dataset[name];
  try {
    if (value) localStorage.setItem(`clustersim.${name}`, value);
    else localStorage.removeItem(`clustersim.${name}`);
  } catch { /* storage may be forbidden: the choice then lasts as long as the page */ }
}

export const reducedMotion = () =>
  root.dataset.motion === "reduced" || (still.matches && root.dataset.motion !== "full");

export function toggleMotion() {
  keep("motion", reducedMotion() ? "full" : "reduced");
  return reducedMotion();
}

export function toggleTheme() {
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  keep("theme", now === "dark" ? "light" : "dark");
  readPalette();
}

export const presenting = () => root.dataset.presenter === "on";

export function togglePresenter() {
  keep("presenter", presenting() ? null : "on");
  readPalette();
  return presenting();
}

export function watchPalette() {
  readPalette();
  window.addEventListener("resize", readPalette);
  dark.addEventListener("change", readPalette);
  matchMedia("(forced-colors: active)").addEventListener("change", readPalette);
}
