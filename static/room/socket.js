/**
 * The wire to the room: frames in order, acknowledgements of some at a time, a resync when one is missing, and a reconnect
 * that backs off. Speaks through events: one for every type of frame that is no answer to a question
 * (`snapshot`, `tick`, `past`, `branches`, `notice`, `presence`, `welcome`, `inspect`, `error`), and `state`
 * (connecting, open, lost, ended).
 */

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;
/** So many ticks, or characters of ticks, are acknowledged at a time: fewer than the server sends without hearing of it. */
const TOGETHER = 16;
const LARGE = 128_000;
/** So many ticks are kept while a snapshot is fetched; whoever takes longer gets another one. */
const MOST_HELD = 300;
/** Close codes after which trying again is of no use: no such room, stopped, cannot be simulated, beyond the server's bounds. */
const ENDED = new Set([4404, 4410, 4422, 4507]);

export class RoomSocket extends EventTarget {
  recorded = false;
  /** When something was heard last, by `performance.now()`. */
  heardAt = 0;
  #path;
  #socket = null;
  #seq = null;
  #acknowledged = 0;
  /** Characters that came since. */
  #unsaid = 0;
  /** Ticks that come while a large snapshot is fetched; null: nothing is fetched. */
  #held = null;
  #retry = FIRST_RETRY_MS;
  #asked = new Map();
  #number = 0;

  constructor(path) {
    super();
    this.#path = path;
  }

  open() {
    this.#say("state", "connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.#path}`);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.heardAt = performance.now();
      this.#unsaid += data.length;
      this.#received(JSON.parse(data));
    });
    socket.addEventListener("open", () => {
      this.#seq = this.#held = null;
      this.#say("state", "open");
    });
    socket.addEventListener("close", ({ code }) => this.#closed(code));
  }

  transport(action, more = {}) {
    return this.#send({ type: "transport", action, ...more });
  }

  /** Says something that is answered by a frame of its own kind, or not at all. */
  tell(type, fields = {}) {
    return this.#send({ type, ...fields });
  }

  /** What the timeline draws of a branch; "withheld" by a step of the lesson, null if it cannot be had. */
  async timeline(branch) {
    const answer = await fetch(`/rooms/${document.body.dataset.room}/timeline.json?branch=${branch}`);
    if (answer.status === 403) return "withheld";
    return answer.ok ? answer.json() : null;
  }

  /**
   * Asks something; resolves to the frame that answers it, or to `{type: "lost"}`, so that nothing is ever
   * silently gone. `far(frame, giveUp)`: hears how far the answer is, if it takes long.
   * @param {string} type
   * @param {object} fields
   * @param {((frame: any, giveUp: () => void) => void) | null} far
   */
  ask(type, fields, far = null) {
    const id = `${Date.now().toString(36)}-${(this.#number += 1)}`;
    return new Promise((resolve) => {
      this.#asked.set(id, { resolve, far });
      if (!this.#send({ type, id, ...fields })) this.#answer({ type: "lost", id });
    });
  }

  #send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #received(frame) {
    if (frame.type === "snapshot") {
      if (frame.href) {
        this.#held ??= [];
        this.#fetch(frame);
        return;
      }
      this.#seq = frame.seq;
      this.#retry = FIRST_RETRY_MS;
      this.#acknowledge(frame.seq);
    } else if (frame.type === "tick") {
      if (!this.#follows(frame)) return;
      this.#seq = frame.seq;
      this.#have(frame.seq);
    } else if (frame.type === "past" && frame.href) {
      this.#fetch(frame);
      return;
    } else if (frame.type === "looking" && frame.id) {
      this.#asked.get(frame.id)?.far?.(frame, () => {
        this.#send({ type: "give-up", id: frame.id });
        this.#answer({ type: "given-up", id: frame.id });
      });
      return;
    } else if (this.#asked.has(frame.id)) {
      this.#answer(frame);
      return;
    }
    this.#say(frame.type, frame);
  }

  /** Whether a tick is the next one; what comes while a snapshot is fetched is kept for then. */
  #follows(tick) {
    if (this.#held) {
      this.#held.push(tick);
      if (this.#held.length <= MOST_HELD) this.#have(tick.seq);
      return false;
    }
    if (this.#seq === null || tick.seq <= this.#seq) return false;
    if (tick.seq === this.#seq + 1) return true;
    this.#seq = null;
    this.#send({ type: "resync" });
    return false;
  }

  /** Everything up to here is drawn, or will be: said when enough has come together. */
  #have(seq) {
    if (seq - this.#acknowledged >= TOGETHER || this.#unsaid >= LARGE) this.#acknowledge(seq);
  }

  #acknowledge(seq) {
    this.#acknowledged = seq;
    this.#unsaid = 0;
    this.#send({ type: "ack", seq });
  }

  #answer(frame) {
    this.#asked.get(frame.id)?.resolve(frame);
    this.#asked.delete(frame.id);
  }

  /** What is too large for the wire is fetched; ticks that came meanwhile go on from there. */
  async #fetch({ type, href, event }) {
    const response = await fetch(href);
    const fetched = response.ok ? await response.json() : null;
    if (type === "past") {
      if (fetched) this.#received({ ...fetched, event, href: null });
      return;
    }
    if (this.#held === null) return;
    const held = this.#held;
    this.#held = null;
    if (fetched) {
      this.#received({ ...fetched, href: null });
      for (const tick of held) this.#received(tick);
    } else this.#send({ type: "resync" });
  }

  #closed(code) {
    for (const id of [...this.#asked.keys()]) this.#answer({ type: "lost", id });
    if (ENDED.has(code)) {
      this.#say("state", "ended");
      return;
    }
    this.#say("state", "lost");
    setTimeout(() => this.open(), this.#retry * (0.75 + Math.random() / 2));
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY_MS);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
