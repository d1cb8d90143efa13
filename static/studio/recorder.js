/** A key closes the step that is being recorded; the first field of its form gets the focus. */

addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element &&
    event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (event.key !== "r" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = document.getElementById("close-step");
  if (button) {
    event.preventDefault();
    button.click();
  }
});

document.body.addEventListener("htmx:afterSettle", () => {
  const field = document.querySelector("#recorder [name=say]");
  const button = document.getElementById("close-step");
  if (field instanceof HTMLElement) field.focus();
  else button?.focus();
});
