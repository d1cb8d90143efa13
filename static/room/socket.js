/**
 * The wire to the room: frames in order, acknowledgements, a resync when one is missing, and a reconnect that backs off.
 * Speaks through events: `snapshot`, `tick`, `presence`, `inspect`, `error`, `state` (connecting, open, lost).
 */

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

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
    socket.addEventListener("close", () => this.#closed());
  }

  transport(action, more = {}) {
    return this.#send({ type: "transport", action, ...more });
  }

  inspect(part) {
    return this.#send({ type: "inspect", part });
  }

  /** Sends a command; resolves to `{type: "accepted"|"rejected"|"lost", …}`, so that none is ever silently gone. */
  command(act, target, args, seenT) {
    const id = `${Date.now().toString(36)}-${(this.#number += 1)}`;
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      if (!this.#send({ type: "command", id, seenT: Math.round(seenT), do: act, target, args })) this.#answer({ type: "lost", id });
    });
  }

  #send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #received(frame) {
    if (frame.type === "snapshot") {
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

  #closed() {
    for (const id of [...this.#asked.keys()]) this.#answer({ type: "lost", id });
    this.#say("state", "lost");
    setTimeout(() => this.open(), this.#retry * (0.75 + Math.random() / 2));
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY_MS);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
