/** The room page: builds its features, and hands them what the wire and the reader's eye bring. */
import { byId, hear, set, setText } from "./dom.js";
import { Opening } from "./opening.js";
import { roving } from "./keyboard.js";
import { watchPalette } from "./preferences.js";
import { bindKeys } from "./features/keys.js";
import { History } from "./features/history.js";
import { Page } from "./features/page.js";
import { Panes } from "./features/panes.js";
import { Stage } from "./features/stage.js";
import { clockText, fill, gettext, pick } from "./words.js";

/** Once one has stopped scrubbing, the causes are looked for anew. */
const SETTLED_MS = 400;
/** What Tab and arrows reach is looked at this often while ticks come. */
const ROVING_MS = 500;
/** A room that plays is heard ten times a second; the server may be held up for a moment. */
const SILENT_MS = 4000;

const page = new Page();
const { socket, store, clock, selection, notices, viewpoint } = page;
const stage = new Stage(page);
const history = new History(page, (about) => panes.askWhy(about));
const panes = new Panes(page, history);
const { time } = history;

const opening = new Opening(byId("nodes"));
let shown = "live";
let settled = 0;
let roved = -Infinity;
/** What Tab and arrows reach may have changed. */
let changed = false;

function draw(view) {
  stage.draw(view, time.now());
  panes.inspect.update(view);
  panes.lesson?.mark();
  history.transport.update();
  changed = true;
}

/** Where Tab and arrows lead, after what is drawn has changed; asked before anything is drawn, while the layout is known. */
function rove() {
  if (!changed || performance.now() - roved < ROVING_MS) return;
  changed = false;
  roved = performance.now();
  roving();
}

hear(store, "snapshot", (frame) => {
  stage.arrivals.clear();
  page.closer.forget();
  set(document.body, "data-joined", true);
  notices.joined();
  clock.received(frame.t, frame.rate, true);
  panes.events.clear();
  panes.events.add(frame.events ?? []);
  stage.transitions.begin(frame.view);
  setText(byId("release"), frame.view.version ?? frame.view.release);
  const covered = !Object.keys(frame.view.control).length;
  if (!selection.part && !covered) {
    selection.select(Object.keys(frame.view.nodes).sort()[0] ?? "apiserver", true);
  }
  draw(viewpoint.view);
  stage.lay();
  time.begin(frame);
});

hear(store, "tick", (frame) => {
  time.tick(frame);
  stage.transitions.tick(store.view, frame);
  panes.why.happened(frame.events);
  if (viewpoint.looking) return;
  panes.events.add(frame.events);
  stage.acted(frame.events);
  stage.traffic.show(frame.messages);
  draw(store.view);
});

viewpoint.addEventListener("change", () => {
  time.moved();
  const { past } = viewpoint;
  const moment = past ? `${past.branch} ${past.t}` : "live";
  if (moment === shown) return;
  shown = moment;
  if (past) {
    panes.events.clear();
    panes.events.add(past.events);
  } else stage.arrivals.clear();
  draw(viewpoint.view);
  stage.lay();
  panes.inspect.refresh(true);
  clearTimeout(settled);
  settled = setTimeout(() => panes.why.moved(viewpoint.view), SETTLED_MS);
});

selection.addEventListener("change", () => {
  if (store.view) draw(viewpoint.view);
});

hear(socket, "snapshot", (frame) => store.snapshot(frame));
hear(socket, "tick", (frame) => {
  frame.messages ??= [];
  clock.received(frame.t, frame.rate);
  store.pace(frame);
  history.transport.update();
  if (viewpoint.looking) store.tick(frame);
  else stage.arrivals.tick(frame);
});
hear(socket, "past", (frame) => viewpoint.received(frame));
hear(socket, "looking", (frame) => time.far(frame));
hear(socket, "closer", (frame) => page.closer.hear(frame));
page.redraw = () => draw(viewpoint.view);
hear(socket, "opening", (frame) => store.view || opening.hear(frame));
hear(socket, "failed", ({ id, reason }) => {
  if (!id) viewpoint.refused();
  notices.say(pick(reason), "error");
});
hear(socket, "error", ({ message }) => notices.error(pick(message)));
hear(socket, "presence", ({ viewers }) => setText(byId("viewers"), viewers));
hear(socket, "state", (state) => {
  if (state !== "open") {
    notices.connection(state);
    if (state === "ended") opening.end();
    return;
  }
  notices.trouble("");
  if (selection.part) panes.inspect.select(selection.part);
  viewpoint.again();
});

bindKeys(page, stage, history, panes);
if (document.body.hasAttribute("data-presenting")) {
  Object.assign(document.documentElement.dataset, { presenter: "on", projected: "" });
}
watchPalette();

/** Once a second: what changes with time alone and needs no frame of its own. */
setInterval(() => {
  if (!store.view) return;
  const connected = document.documentElement.dataset.connection === "open";
  notices.silence(connected && store.playing && performance.now() - socket.heardAt > SILENT_MS);
  const now = time.now();
  stage.mirror.update(viewpoint.view, now);
  time.describe();
  panes.why.tick(now);
  stage.legend.update();
  changed = true;
  if (!viewpoint.looking) panes.inspect.refresh();
}, 1000);

function frame() {
  requestAnimationFrame(frame);
  rove();
  stage.arrivals.frame();
  if (!store.view) return;
  const now = time.now();
  setText(byId("clock-time"), clockText(now, store.speed < 1));
  stage.frame(now);
  time.frame();
}

setText(byId("live"), fill(gettext("Room %(code)s"), { code: document.body.dataset.room }));
socket.open();
requestAnimationFrame(frame);
