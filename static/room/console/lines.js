/** The lines that were typed in this tab of the browser, newest last; kept until it is closed. */

const STORED = "clustersim.console";
const MOST = 200;

export class Lines {
  #lines = [];
  #place = 0;
  #draft = "";

  constructor() {
    try {
      this.#lines = JSON.parse(sessionStorage.getItem(STORED)) ?? [];
    } catch { /* nothing kept */ }
    this.#place = this.#lines.length;
  }

  add(line) {
    if (this.#lines.at(-1) !== line) this.#lines.push(line);
    this.#lines = this.#lines.slice(-MOST);
    this.#place = this.#lines.length;
    try {
      sessionStorage.setItem(STORED, JSON.stringify(this.#lines));
    } catch { /* not kept */ }
  }

  /** The line before (-1) or after (1) the one that is shown; null where there is none. */
  step(direction, shown) {
    const place = this.#place + direction;
    if (place < 0 || place > this.#lines.length) return null;
    if (this.#place === this.#lines.length) this.#draft = shown;
    this.#place = place;
    return this.#lines[place] ?? this.#draft;
  }
}
