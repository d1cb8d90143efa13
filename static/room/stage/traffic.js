/**
 * The data plane: clients, the Service they call, and where their requests end: in a pod, a refusal or a
 * hang.
 */
import { h, icon, keyed, set, setText } from "../dom.js";
import { fill, gettext } from "../words.js";
import { inOrder } from "../store.js";
import { reducedMotion } from "../preferences.js";

/** @type {[string, string, () => string][]} */
const OUTCOMES = [
  ["succeeded", "ok", () => gettext("succeeded")],
  ["refused", "notready", () => gettext("refused")],
  ["hung", "hung", () => gettext("hung")],
];

/** Clients call it, or did; those come first, as what there is to see. */
const isCalled = (item) => Boolean(item.rate || item.succeeded || item.refused || item.hung);

function service(item) {
  const endpoints = h("span", { class: "endpoints" });
  const numbers = OUTCOMES.map(([key, glyph, label]) => {
    const number = h("b", {}, "0");
    return {
      key,
      number,
      element: h("span", { class: "outcome", "data-outcome": key }, icon(glyph), `${label()} `, number),
    };
  });
  const rate = h("span", { class: "rate" });
  const address = h("code", {});
  const element = h(
    "div",
    { class: "service" },
    h(
      "button",
      {
        class: "service-name",
        "data-part": `svc/${item.namespace ?? "default"}/${item.name}`,
        "data-item": true,
      },
      h("b", {}, item.name),
      " ",
      address,
    ),
    rate,
    endpoints,
    ...numbers.map(({ element: one }) => one),
  );
  element.update = (now) => {
    setText(address, `${now.clusterIP}:${now.port}`);
    setText(rate, fill(gettext("%(n)s requests/s"), { n: now.rate }));
    set(rate, "hidden", !now.rate);
    for (const { key, number, element: one } of numbers) {
      setText(number, now[key]);
      set(one, "hidden", !isCalled(now));
      set(one, "data-some", now[key] > 0);
    }
    keyed(
      endpoints,
      now.endpoints.map((ip) => [ip, true]).concat(now.notReady.map((ip) => [ip, false])),
      ([ip]) => ip,
      endpoint,
    );
  };
  return element;
}

function endpoint([ip]) {
  const element = h("code", { class: "endpoint" }, ip.split(":")[0].split(".").slice(-2).join("."));
  element.update = ([, ready]) => {
    set(element, "data-state", ready ? "ok" : "unready");
    set(
      element,
      "title",
      ready
        ? fill(gettext("%(ip)s gets requests"), { ip })
        : fill(gettext("%(ip)s is not ready: taken out of the Service"), { ip }),
    );
  };
  return element;
}

export class Traffic {
  #root;
  #services = h("div", {
    class: "services",
    role: "group",
    tabindex: "0", // more than two rows of them are scrolled to
    "aria-label": gettext("Services"),
  });
  #through = h("span", { class: "through", "aria-hidden": "true" });

  constructor(root) {
    this.#root = root;
    root.append(
      h(
        "button",
        { class: "part clients", "data-part": "client", "data-item": true, "data-endpoint": "client" },
        icon("people"),
        gettext("clients"),
      ),
      this.#through,
      this.#services,
    );
  }

  get shown() {
    return !this.#root.hidden;
  }

  toggle() {
    set(this.#root, "hidden", !this.#root.hidden);
    document.documentElement.toggleAttribute("data-traffic", this.shown);
    return this.shown;
  }

  update(view) {
    const all = inOrder(view.services);
    const called = all.filter(isCalled);
    const some = called.length ? [...called, ...all.filter((item) => !isCalled(item))] : all;
    keyed(this.#services, some, (item) => `${item.namespace}/${item.name}`, service, (a, b) => a === b);
  }

  /** Marks the pods in which requests just ended; a refused or hung one marks its node's kube-proxy. */
  show(messages) {
    if (!this.shown) return;
    const ends = new Map();
    for (const { kind, to, outcome, nodes } of messages) {
      if (kind !== "traffic") continue;
      for (const node of nodes ?? ["*"]) ends.set(to.replace("*", node), outcome);
    }
    if (ends.size) hit(this.#through, "sent");
    for (const [to, outcome] of ends) {
      const target = document.querySelector(
        to.startsWith("pod:")
          ? `#nodes .container[data-part="${CSS.escape(to)}"]`
          : `[data-endpoint="${CSS.escape(to)}"]`,
      );
      if (target) hit(target, outcome);
    }
  }
}

/** One mark at a time on an element, so that nothing flashes more than three times a second. */
function hit(target, outcome) {
  if (target.dataset.hit) return;
  target.dataset.hit = outcome;
  setTimeout(() => delete target.dataset.hit, reducedMotion() ? 900 : 400);
}
