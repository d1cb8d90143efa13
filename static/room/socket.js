/**
 * The wire to the room: frames in order, acknowledgements, a resync when one is missing, and a reconnect that backs off.
 * Speaks through events: `snapshot`, `tick`, `presence`, `welcome`, `inspect`, `error`, `state` (connecting, open, lost,
 * ended).
 */

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;
/** Close codes after which trying again is of no use: no such room, stopped by its staff. */
const ENDED = new Set([4404, 4410]);

export class RoomSocket extends EventTarget {
  #path;
  #socket = null;
  #seq = null;
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
    socket.addEventListener("message", ({ data }) => this.#received(JSON.parse(data)));
    socket.addEventListener("open", () => {
      this.#retry = FIRST_RETRY_MS;
      this.#seq = null;
      this.#say("state", "open");
    });
    socket.addEventListener("close", ({ code }) => this.#closed(code));
  }

  transport(action, more = {}) {
    return this.#send({ type: "transport", action, ...more });
  }

  inspect(part) {
    return this.#send({ type: "inspect", part });
  }

  /** Sends a command; resolves to `{type: "accepted"|"rejected"|"lost", …}`, so that none is ever silently gone. */
  command(act, target, args, seenT, now = false) {
    const id = `${Date.now().toString(36)}-${(this.#number += 1)}`;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      if (!this.#send({ type: "command", id, seenT: Math.round(seenT), do: act, target, args, now })) this.#answer({ type: "lost", id });
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
        this.#fetch(frame.href);
        return;
      }
      this.#seq = frame.seq;
      this.#acknowledge(frame);
    } else if (frame.type === "tick") {
      if (this.#seq === null || frame.seq <= this.#seq) return;
      if (frame.seq !== this.#seq + 1) {
        this.#seq = null;
        this.#send({ type: "resync" });
        return;
      }
      this.#seq = frame.seq;
      this.#acknowledge(frame);
    } else if (frame.type === "accepted" || frame.type === "rejected") {
      this.#answer(frame);
      return;
    }
    this.#say(frame.type, frame);
  }

  #acknowledge({ seq }) {
    this.#send({ type: "ack", seq });
  }

  #answer(frame) {
    this.#asked.get(frame.id)?.(frame);
    this.#asked.delete(frame.id);
  }

  /** A snapshot too large for the wire is fetched; ticks that pass meanwhile are asked for again. */
  async #fetch(href) {
    this.#seq = null;
    const response = await fetch(href);
    if (response.ok) this.#received({ ...(await response.json()), href: null });
    else this.#send({ type: "resync" });
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
