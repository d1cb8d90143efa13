/** Puts text on the clipboard; where the page may not (no https), through a selection, as old browsers do. */
export async function copyText(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* not allowed: the old way */ }
  }
  const held = document.createElement("textarea");
  held.value = text;
  held.className = "visually-hidden";
  document.body.append(held);
  held.select();
  const done = document.execCommand("copy");
  held.remove();
  return done;
}
