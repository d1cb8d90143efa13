/** What htmx leaves to a page: to say that the server does not answer, and to be silent about what was meant. */
import { byId, h } from "../room/dom.js";

const { htmx } = /** @type {any} */ (globalThis);

/** An answer that a newer question replaces is no error, and a failure is logged once, by its own name. */
htmx.logger = (_element, name, detail) => {
  if (name === "htmx:sendAbort" || name === "htmx:afterRequest") delete detail.error;
};

function say(text, unheard = false) {
  const told = h("li", { "data-level": "error", "data-unheard": unheard }, text);
  byId("messages").replaceChildren(h("ul", { class: "messages" }, told));
  show();
}

/** What is said stands at the head of the page, and what it is about may be at its foot. */
const show = () => document.querySelector("#messages li")?.scrollIntoView({ block: "nearest" });
addEventListener("htmx:oobAfterSwap", show);

addEventListener("htmx:sendError", () => say(document.body.dataset.unheard, true));
addEventListener("htmx:afterOnLoad", () => document.querySelector("#messages [data-unheard]")?.remove());
addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  say(page.querySelector("main.failed p")?.textContent || document.body.dataset.failed);
});
