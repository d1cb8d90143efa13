/**
 * The branches of the room as a small tree: where each was forked, what differs, how far it goes; look, go
 * there, name, compare, save.
 */
import { h, icon } from "../dom.js";
import { clockText, fill, gettext, pick } from "../words.js";

const compareHref = (room, a, b, t) => `/compare/?a=${room}:${a}&b=${room}:${b}&t=${Math.round(t)}`;

export class Branches {
  current = null;
  #dialog;
  #items = [];
  #room = document.body.dataset.room;
  #viewpoint;
  #act;
  #may = false;
  #renaming = null;

  /**
   * `act`: `{switchTo(branch), rename(branch, name), look(t, branch), ask(), now()}`; `ask`: how they are now;
   * `now`: how far the room has come.
   */
  constructor(dialog, viewpoint, act) {
    this.#dialog = dialog;
    this.#viewpoint = viewpoint;
    this.#act = act;
  }

  allow(may) {
    this.#may = may;
  }

  heard({ current, branches }) {
    this.current = current;
    this.#items = branches;
    if (this.#dialog.open) this.#draw();
  }

  /** Without a name of its own it is called by its place among those of the room. */
  name(id) {
    const place = this.#items.findIndex((item) => item.id === id);
    return this.#items[place]?.name || (id ? fill(gettext("branch %(n)s"), { n: place + 1 || id }) : "");
  }

  open() {
    this.#renaming = null;
    this.#draw();
    this.#act.ask();
    this.#dialog.showModal();
  }

  #draw() {
    const roots = this.#items.filter(({ parent }) =>
      parent === null || !this.#items.some(({ id }) => id === parent)
    );
    const code = this.#room;
    this.#dialog.replaceChildren(
      h(
        "div",
        { class: "help-head" },
        h("h2", { id: "branches-title" }, gettext("Branches")),
        h("form", { method: "dialog" }, h("button", { class: "button" }, gettext("Close"))),
      ),
      h(
        "p",
        { class: "branches-help" },
        gettext("Every act in the past begins a branch. All of them are kept."),
      ),
      h("ul", { class: "branches" }, ...roots.map((item) => this.#branch(item))),
      h(
        "p",
        { class: "branches-files" },
        h("a", {
          class: "button",
          href: `/rooms/${code}/run.json?branch=${this.#viewpoint.branch ?? ""}`,
          download: `${code}.json`,
        }, gettext("Save this run as a file")),
        h("a", { class: "button", href: "/#import" }, gettext("Open a run from a file")),
      ),
    );
  }

  #branch(kept) {
    const here = kept.id === this.current;
    const item = { ...kept, end: this.#endOf(kept.id) };
    const children = this.#items.filter(({ parent }) => parent === item.id);
    const end = clockText(item.end);
    const facts = item.parent === null
      ? fill(gettext("played to %(end)s"), { end })
      : fill(gettext("forked at %(t)s · played to %(end)s"), { t: clockText(item.forkedAt), end });
    return h(
      "li",
      {},
      h(
        "div",
        { class: "branch", "data-current": here || null },
        this.#renaming === item.id ? this.#nameField(item) : h(
          "p",
          { class: "branch-name" },
          here ? icon("ok") : null,
          h("strong", {}, this.name(item.id)),
          here ? h("span", { class: "pill", "data-state": "ok" }, gettext("the room is here")) : null,
        ),
        h("p", { class: "branch-facts" }, facts),
        pick(item.differs) ? h("p", { class: "branch-differs" }, pick(item.differs)) : null,
        item.otherEngine
          ? h(
            "p",
            { class: "branch-differs" },
            gettext("It was played with another version of the model, which may behave otherwise."),
          )
          : null,
        h("div", { class: "branch-tools" }, ...this.#tools(item, here)),
      ),
      children.length ? h("ul", {}, ...children.map((child) => this.#branch(child))) : null,
    );
  }

  /** How far a branch was played: the one where the room is goes on. */
  #endOf(branch) {
    const kept = this.#items.find(({ id }) => id === branch)?.end ?? 0;
    return branch === this.current ? Math.max(kept, this.#act.now()) : kept;
  }

  #tools(item, here) {
    const other = item.parent ?? this.#items.find(({ id }) => id !== item.id)?.id;
    const begin = item.forkedAt ?? 0;
    const both = Math.min(item.end, this.#endOf(other));
    return [
      !here && this.#may
        ? h(
          "button",
          { class: "button", onclick: () => this.#close(() => this.#act.switchTo(item.id)) },
          gettext("Take the room there"),
        )
        : null,
      !here
        ? h("button", {
          class: "button",
          onclick: () => this.#close(() => this.#act.look(Math.max(begin, item.end), item.id)),
        }, gettext("Look at it"))
        : null,
      this.#may
        ? h("button", { class: "button", onclick: () => this.#rename(item.id) }, gettext("Rename"))
        : null,
      other
        ? h("a", {
          class: "button",
          href: compareHref(this.#room, other, item.id, Math.max(both, begin)),
        }, fill(gettext('Compare with "%(name)s"'), { name: this.name(other) }))
        : null,
    ];
  }

  #rename(id) {
    this.#renaming = id;
    this.#draw();
    this.#dialog.querySelector("input")?.select();
  }

  #nameField(item) {
    const field = h("input", {
      class: "field",
      value: this.name(item.id),
      maxlength: 80,
      required: true,
      "aria-label": gettext("name of the branch"),
    });
    return h(
      "form",
      {
        class: "branch-rename",
        onsubmit: (event) => {
          event.preventDefault();
          this.#renaming = null;
          this.#act.rename(item.id, field.value.trim());
          this.#draw();
        },
      },
      field,
      h("button", { class: "button primary" }, gettext("Rename")),
    );
  }

  #close(then) {
    this.#dialog.close();
    then();
  }
}
