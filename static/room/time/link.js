/** Links to a moment: room, branch, time, selection. Opening one shows exactly that. */
import { h } from "../dom.js";
import { gettext } from "../words.js";

/** What the page's own address asks for: `{branch, t, select}`, or null. */
export function asked() {
  const query = new URLSearchParams(location.search);
  const t = Number(query.get("t"));
  if (!query.has("t") || !Number.isFinite(t)) return null;
  return { t, branch: Number(query.get("branch")) || undefined, select: query.get("select") };
}

export function address(t, branch, select) {
  const query = new URLSearchParams({
    ...(branch ? { branch } : {}),
    t: String(Math.round(t)),
    ...(select ? { select } : {}),
  });
  return `${location.origin}${location.pathname}?${query}`;
}

/** Puts a link on the clipboard; where that is not allowed, shows it to be copied by hand. */
export async function copy(link, notices) {
  try {
    await navigator.clipboard.writeText(link);
    notices.say(gettext("The link to this moment is copied."));
  } catch {
    const field = h("input", {
      class: "field link-field",
      readonly: true,
      value: link,
      "aria-label": gettext("the link to this moment"),
    });
    notices.say(gettext("The link to this moment:"), "info", field);
    field.select();
  }
}
