/**
 * Messages on the wires, from their real sender to their real receiver and only as the model says. Slow:
 * they travel. Above 10x: a flash on the wire. Above 60x: the wire thickens and counts. Reduced motion: a
 * highlight and an order number.
 */
import { reducedMotion } from "../preferences.js";
import { colour, fitCanvas, sizeOf } from "./canvas.js";
import { pointOn } from "./curve.js";
import { Labels, useFont } from "./labels.js";

const TRAVEL_MS = 600;
const WAVE_MS = 220;
const LAST_WAVE = 3;
const MOST = 20;
const FLASH_MS = 360;
const NUMBER_MS = 1400;
const COUNT_WINDOW_MS = 1000;
/** The renewals of the two leader locks, every two seconds: they travel, but say nothing new. */
const ROUTINE = /^PUT Endpoints kube-/;

const travelTime = (speed) => (speed <= 2 ? TRAVEL_MS : Math.max(140, (TRAVEL_MS * 2) / speed));

export class Flights {
  #canvas;
  #wires;
  #flying = [];
  #flashes = new Map();
  #counts = new Map();
  #order = 0;
  /** Nothing is drawn. */
  #empty = false;

  constructor(canvas, wires) {
    this.#canvas = canvas;
    this.#wires = wires;
  }

  /** Starts the messages of a tick; returns after how many milliseconds the last of them has arrived. */
  launch(messages, speed) {
    const wired = messages.flatMap((message) =>
      message.nodes
        ? this.#wires.spread(message)
        : { message, wire: this.#wires.between(message.from, message.to) }
    ).filter(({ wire }) => wire);
    if (!wired.length || document.hidden) return 0;
    if (speed > 60) return this.#count(wired);
    if (reducedMotion()) return this.#number(wired);
    if (speed > 10) return this.#flash(wired);
    return this.#travel(wired, speed);
  }

  #travel(wired, speed) {
    const now = performance.now();
    const length = travelTime(speed);
    const arrived = new Map();
    let last = 0;
    for (const { message, wire } of wired) {
      // What a component sends in answer to something it just received starts when that has arrived.
      const wave = speed <= 2 ? Math.min(LAST_WAVE, arrived.get(message.from) ?? 0) : 0;
      arrived.set(message.to, Math.max(arrived.get(message.to) ?? 0, wave + 1));
      const start = now + wave * WAVE_MS;
      const shared = sharedLabel(message.label, wire.node);
      const same = this.#flying.find((one) =>
        one.wire.name === wire.name && one.shared === shared && Math.abs(one.start - start) < 150
      );
      if (same) {
        same.count += message.count ?? 1;
        same.label = shared;
      } else if (this.#flying.length < MOST) {
        this.#flying.push({
          wire,
          start,
          length,
          label: message.count > 1 ? shared : message.label,
          shared,
          kind: message.kind,
          outcome: message.outcome,
          count: message.count ?? 1,
        });
      } else this.#flashes.set(wire.name, { wire, start, outcome: message.outcome });
      last = Math.max(last, start + length - now);
    }
    return last;
  }

  #flash(wired) {
    const now = performance.now();
    for (const { message, wire } of wired) {
      const known = this.#flashes.get(wire.name);
      if (!known || now - known.start > FLASH_MS) {
        this.#flashes.set(wire.name, { wire, start: now, outcome: message.outcome });
      }
    }
    return 0;
  }

  #number(wired) {
    const start = performance.now();
    for (const { message, wire } of wired) {
      if (this.#flying.length >= MOST) break;
      this.#order = (this.#order % 99) + 1;
      this.#flying.push({
        wire,
        start,
        length: NUMBER_MS,
        label: message.label,
        kind: "number",
        outcome: message.outcome,
        count: this.#order,
      });
    }
    return 0;
  }

  #count(wired) {
    const now = performance.now();
    for (const { message, wire } of wired) {
      const count = this.#counts.get(wire.name) ?? { wire, entries: [] };
      count.entries.push([now, message.count ?? 1]);
      this.#counts.set(wire.name, count);
    }
    return 0;
  }

  frame() {
    const some = this.#flying.length + this.#flashes.size + this.#counts.size > 0;
    if (!some && this.#empty) return;
    const context = fitCanvas(this.#canvas);
    if (!context) return;
    this.#empty = !some;
    const now = performance.now();
    const { width, height } = sizeOf(this.#canvas);
    context.clearRect(0, 0, width, height);
    this.#drawCounts(context, now);
    this.#drawFlashes(context, now);
    this.#flying = this.#flying.filter((one) => now < one.start + one.length);
    const here = [];
    for (const one of this.#flying) {
      if (now < one.start) continue;
      if (one.kind === "number") this.#drawNumber(context, one, now);
      else here.push(this.#drawTraveller(context, one, now));
    }
    this.#drawLabels(context, here);
  }

  /** What matters most is named first; whose name has no room flies without it. */
  #drawLabels(context, here) {
    const labels = new Labels(context, this.#canvas, here);
    const named = here.filter(({ one }) => one.length >= TRAVEL_MS && !ROUTINE.test(one.label));
    named.sort((a, b) => weight(a.one) - weight(b.one));
    for (const { one, x, y, faded } of named) {
      context.globalAlpha = faded;
      context.fillStyle = styleOf(one);
      one.side = labels.write(one.count > 1 ? `${one.label} ×${one.count}` : one.label, x, y, one.side);
    }
    context.globalAlpha = 1;
  }

  /** Draws the message itself, and tells where it is. */
  #drawTraveller(context, one, now) {
    const share = (now - one.start) / one.length;
    const eased = share < 0.5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2;
    // A request that nobody answers stops half-way and fades; a refused one becomes a cross at its receiver.
    const reach = one.outcome === "hung" ? Math.min(eased, 0.55) : eased;
    const { x, y, angle } = pointOn(one.wire, reach);
    const faded = one.outcome === "hung" && share > 0.6 ? 1 - (share - 0.6) / 0.4 : 1;
    context.globalAlpha = faded;
    context.fillStyle = context.strokeStyle = styleOf(one);
    drawShape(context, one, x, y, angle, share);
    context.globalAlpha = 1;
    return { one, x, y, faded };
  }

  #drawNumber(context, one, now) {
    const share = (now - one.start) / one.length;
    const { x, y } = pointOn(one.wire, 0.5);
    context.globalAlpha = share > 0.75 ? (1 - share) * 4 : 1;
    strokeWire(context, one.wire, 4, styleOf(one));
    context.fillStyle = colour.bg;
    context.beginPath();
    context.arc(x, y, 10, 0, 7);
    context.fill();
    context.lineWidth = 1.5;
    context.stroke();
    context.fillStyle = colour.ink;
    context.textAlign = "center";
    useFont(context);
    context.fillText(String(one.count), x, y + 4);
    context.textAlign = "left";
    context.globalAlpha = 1;
  }

  #drawFlashes(context, now) {
    for (const [name, flash] of this.#flashes) {
      const share = (now - flash.start) / FLASH_MS;
      if (share > 1) this.#flashes.delete(name);
      else if (share > 0) {
        context.globalAlpha = 1 - share;
        strokeWire(context, flash.wire, 4, styleOf(flash));
      }
    }
    context.globalAlpha = 1;
  }

  #drawCounts(context, now) {
    const labels = new Labels(context, this.#canvas, []);
    for (const [name, count] of this.#counts) {
      count.entries = count.entries.filter(([at]) => now - at < COUNT_WINDOW_MS);
      const total = count.entries.reduce((sum, [, n]) => sum + n, 0);
      if (!total) {
        this.#counts.delete(name);
        continue;
      }
      context.globalAlpha = 0.75;
      strokeWire(context, count.wire, 2 + Math.log2(1 + total), colour.message);
      context.globalAlpha = 1;
      const { x, y } = pointOn({ ...count.wire, back: false }, 0.3);
      context.fillStyle = colour.message;
      labels.write(String(total), x, y);
    }
  }
}

/** What messages of many nodes on one wire have in common: all but the node. */
const sharedLabel = (label, node) =>
  node && label.endsWith(` ${node}`) ? label.slice(0, -node.length - 1) : label;

const styleOf = ({ outcome }) => outcome === "ok" ? colour.message : colour.notready;

/** The smaller, the earlier a message is named: what went wrong, then requests, then what is routine. */
const weight = ({ outcome, kind }) => outcome !== "ok" ? 0 : kind === "heartbeat" ? 2 : 1;

function strokeWire(context, wire, width, style) {
  context.strokeStyle = style;
  context.lineWidth = width;
  context.stroke(new Path2D(wire.path.getAttribute("d")));
}

/** Requests are discs, deliveries of a watch are arrowheads, a refusal ends as a cross. */
function drawShape(context, one, x, y, angle, share) {
  context.save();
  context.translate(x, y);
  context.beginPath();
  if (one.outcome === "refused" && share > 0.8) {
    context.lineWidth = 3;
    context.moveTo(-5, -5);
    context.lineTo(5, 5);
    context.moveTo(5, -5);
    context.lineTo(-5, 5);
    context.stroke();
  } else if (one.kind === "watch") {
    context.rotate(angle);
    context.moveTo(7, 0);
    context.lineTo(-5, -5);
    context.lineTo(-5, 5);
    context.fill();
  } else {
    context.arc(0, 0, one.kind === "heartbeat" ? 5 : 6, 0, 7);
    context.fill();
  }
  context.restore();
}
