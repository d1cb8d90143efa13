/** Strings: the page's catalogue, texts the server sends in both languages, and how times are written. */

const SECOND = 1_000_000;

const chinese = document.documentElement.lang.startsWith("zh");

/** Django's JavaScript catalogue, which the page loads before this module. */
const catalogue = /** @type {any} */ (window);

export const gettext = (msgid) => catalogue.gettext(msgid);

/** Who did it, as the page names him: whoever has no account is a visitor. */
export const actorText = (actor) => actor === "visitor" ? gettext("visitor") : actor;

/** Fills `%(name)s` placeholders of a translated text. */
export const fill = (text, values) => catalogue.interpolate(text, values, true);

/** A text that counts: one form if `values.n` is 1, another for every other number. */
export const counted = (one, several, values) => fill(catalogue.ngettext(one, several, values.n), values);

/** A text of the server: either plain or `{en, zh}`. */
export function pick(text) {
  if (text === null || text === undefined) return "";
  if (typeof text === "object") return (chinese ? text.zh : text.en) || text.en || "";
  return String(text);
}

const two = (n) => String(n).padStart(2, "0");

/** `00:03:25` of simulated microseconds; before the first disturbance it counts up to zero. */
export function clockText(t, tenths = false) {
  const unit = tenths ? SECOND / 10 : SECOND;
  const steps = Math.floor(t / unit);
  const size = Math.abs(steps);
  const seconds = tenths ? Math.floor(size / 10) : size;
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${
    two(seconds % 60)
  }`;
  return `${steps < 0 ? "−" : ""}${text}${tenths ? `.${size % 10}` : ""}`;
}

/** A span as people say it: `6 s` below a minute, then `3:25`, then `1:02:03`. */
export function span(micros) {
  const seconds = Math.max(0, Math.floor(micros / SECOND));
  if (seconds < 60) return fill(gettext("%(n)s s"), { n: seconds });
  const hours = Math.floor(seconds / 3600);
  const rest = `${Math.floor(seconds / 60) % 60}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest.padStart(5, "0")}` : rest;
}

/** A span left, rounded up, so that a deadline shows zero only when it is reached. */
export const left = (micros) => span(Math.ceil(Math.max(0, micros) / SECOND) * SECOND);
