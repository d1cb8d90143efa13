/** What htmx leaves to a page: to say that the server cannot be heard, and to be silent about what was meant. */
import { byId, h } from "../room/dom.js";

const { htmx } = /** @type {any} */ (globalThis);

/** An answer that a newer question replaces is no error, and a failure is logged once, by its own name. */
htmx.logger = (_element, name, detail) => {
  if (name === "htmx:sendAbort" || name === "htmx:afterRequest") delete detail.error;
};

function say(text) {
  byId("messages").replaceChildren(h("ul", { class: "messages" }, h("li", { "data-level": "error" }, text)));
}

addEventListener("htmx:sendError", () => say(document.body.dataset.unheard));
addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  say(page.querySelector("main.failed p")?.textContent || document.body.dataset.failed);
});
