/** Small helpers that make and keep DOM elements. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/**
 * An HTML element: `h("button", { class: "button", onclick: act }, "Stop")`.
 * @returns {any}
 */
export const h = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

/**
 * An SVG element.
 * @returns {any}
 */
export const s = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

/**
 * The element with this id.
 * @returns {any}
 */
export const byId = (id) => document.getElementById(id);

/**
 * Every element inside `root` that fits a selector.
 * @param {string} selector
 * @param {ParentNode} root
 * @returns {any[]}
 */
export const every = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Listens for an event that carries data, and hands on the data alone. */
export const hear = (source, type, listener) =>
  source.addEventListener(type, (/** @type {CustomEvent} */ event) => listener(event.detail));

/** A glyph of the sprite in the page; decorative, the words stand beside it. */
export function icon(name, extra = "") {
  return s("svg", { class: `icon ${extra}`.trim(), "aria-hidden": "true" }, s("use", { href: `#i-${name}` }));
}

export function setIcon(element, name) {
  const use = element.querySelector("use");
  const href = `#i-${name}`;
  if (use.getAttribute("href") !== href) use.setAttribute("href", href);
}

export function setText(element, text) {
  const value = String(text);
  if (element.textContent !== value) element.textContent = value;
}

/** Sets or (null, undefined, false) removes an attribute, touching the DOM only when it differs. */
export function set(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else {
    const text = value === true ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/**
 * Gives `parent` these children. Those that it has already stay attached, so that whoever types in one of
 * them goes on typing.
 */
export function settle(parent, children) {
  const wanted = children.flat().filter(Boolean)
    .flatMap((child) => child instanceof DocumentFragment ? [...child.childNodes] : [child]);
  const stays = new Set(wanted);
  for (const child of [...parent.childNodes]) if (!stays.has(child)) child.remove();
  wanted.forEach((child, place) => {
    const there = parent.childNodes[place] ?? null;
    if (there !== child) parent.insertBefore(child, there);
  });
}

/**
 * Keeps one child of `parent` per key, in the given order, so that focus and transitions survive updates.
 * `create(item)` returns an element with an `update(item)` method; it is not called for an item that is the
 * `same` as before.
 * @param {any} parent
 * @param {any[]} items
 * @param {(item: any) => any} key
 * @param {(item: any) => any} create
 * @param {(before: any, item: any) => boolean} same
 */
export function keyed(parent, items, key, create, same = () => false) {
  const known = new Map();
  for (const child of [...parent.children]) if (child.key !== undefined) known.set(child.key, child);
  let previous = null;
  for (const item of items) {
    const id = key(item);
    let element = known.get(id);
    known.delete(id);
    if (!element) {
      element = create(item);
      element.key = id;
    }
    const place = previous ? previous.nextElementSibling : parent.firstElementChild;
    if (place !== element) parent.insertBefore(element, place);
    if (!element.item || !same(element.item, item)) element.update(item);
    element.item = item;
    previous = element;
  }
  for (const gone of known.values()) gone.remove();
}
