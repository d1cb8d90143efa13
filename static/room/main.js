/** The room page: joins the wire, the store and the parts of the stage. */
import { setText } from "./dom.js";
import { clockText, fill, gettext, pick } from "./words.js";
import { RoomSocket } from "./socket.js";
import { Store } from "./store.js";
import { Clock } from "./clock.js";
import { Selection } from "./selection.js";
import { Arrivals } from "./arrivals.js";
import { Transport } from "./transport.js";
import { Announcer } from "./announce.js";
import { Notices } from "./notices.js";
import { Mirror } from "./mirror.js";
import { Legend } from "./legend.js";
import { Keyboard, roving } from "./keyboard.js";
import { Commands } from "./commands.js";
import { Transitions } from "./transitions.js";
import { toggleMotion, togglePresenter, toggleTheme, presenting, watchPalette } from "./preferences.js";
import { ControlPlane } from "./stage/control.js";
import { Workloads } from "./stage/workloads.js";
import { Nodes } from "./stage/nodes.js";
import { Wires } from "./stage/wires.js";
import { Flights } from "./stage/flights.js";
import { KubectlLine } from "./stage/kubectl.js";
import { Traffic } from "./stage/traffic.js";
import { Tabs } from "./pane/tabs.js";
import { Inspect } from "./pane/inspect.js";
import { Events } from "./pane/events.js";
import { Console } from "./console/console.js";
import { Viewpoint } from "./time/viewpoint.js";
import { Branches } from "./time/branches.js";
import { ForkDialog } from "./time/fork.js";
import { Time } from "./time/time.js";
import { Why } from "./why/pane.js";
import { mark as markPath } from "./why/light.js";
import { Lesson } from "./lesson/lesson.js";

/** On a phone a tap on a node opens its row, and only a tap on a part opens the sheet. */
const narrow = matchMedia("(max-width: 900px)");

/** An accepted command is carried out at the next step, a tick later at most. */
const DONE_MS = 200;
/** Once one has stopped scrubbing, the causes are looked for anew. */
const SETTLED_MS = 400;

let shown = "live";
let settled = 0;

const byId = (id) => document.getElementById(id);

const socket = new RoomSocket(document.body.dataset.ws);
const store = new Store();
const clock = new Clock();
const selection = new Selection();
const notices = new Notices(byId("notices"));
const announcer = new Announcer(byId("live"));
const viewpoint = new Viewpoint(socket, store);
const branches = new Branches(byId("branches-dialog"), viewpoint, {
  switchTo: (branch) => time.switchTo(branch), rename: (branch, name) => time.rename(branch, name), look: (t, branch) => viewpoint.look(t, branch) });
const fork = new ForkDialog(byId("fork-dialog"), branches);
const commands = new Commands(socket, clock, notices, announcer, viewpoint, fork);

const wires = new Wires(byId("gutter"), byId("wires"));
const flights = new Flights(byId("flights"), wires);
const nodes = new Nodes(byId("nodes"));
const traffic = new Traffic(byId("traffic"));
const control = new ControlPlane(byId("control"));
const workloads = new Workloads(byId("workloads"));
const kubectl = new KubectlLine(byId("kubectl"));
const tabs = new Tabs(byId("pane"));
const why = new Why(byId("why"), { socket, viewpoint, commands, show: () => tabs.show("why"), does: { look: (t, branch) => viewpoint.look(t, branch), compare: leaveFor, select: (part) => selection.select(part, true) } });
const askWhy = (about) => why.ask(about, viewpoint.view);
const time = new Time({ viewpoint, store, clock, notices, selection, commands, branches, fork, why: askWhy });
const inspect = new Inspect(byId("inspect"), { ask: (part) => socket.tell("inspect", { part, ...viewpoint.when() }), act: commands.act, why: askWhy, foresee: (trial) => why.foresee(trial) });
const events = new Events(byId("events"), { why: askWhy });
const terminal = new Console(byId("console"), {
  ask: (line) => socket.ask("console", { ...line, ...viewpoint.when() }),
  acted: () => setTimeout(() => inspect.refresh(true), DONE_MS),
  leave: () => byId("tab-console").focus(),
});
const transport = new Transport(socket, store, viewpoint, (direction) => time.step(direction));
const mirror = new Mirror(byId("mirror"));
const legend = new Legend(byId("legend"), byId("legend-toggle"));
const transitions = new Transitions(announcer);
const arrivals = new Arrivals(flights, (frame) => store.tick(frame));

let may = document.body.dataset.canAct === "true";
const lesson = byId("lesson") && new Lesson(byId("lesson"), { socket, tabs, why: askWhy, announcer, permit });

/** What this viewer may do, by its role and by the step of a lesson. */
function permit() {
  const powers = lesson?.powers ?? null;
  inspect.allow(may, powers);
  transport.allow(may, powers);
  const forks = may && (!powers || powers.has("fork"));
  time.allow(forks);
  why.allow(forks);
}

function draw(view) {
  control.update(view);
  workloads.update(view);
  nodes.update(view);
  traffic.update(view);
  wires.update(view);
  inspect.update(view);
  if (selection.part) kubectl.update(view, selection.part);
  selection.mark();
  markPath();
  lesson?.mark();
  nodes.open(selection.quiet ? null : selection.part);
  transport.update();
  roving();
}

const relay = new ResizeObserver(() => wires.lay());
for (const element of [byId("stage"), byId("nodes"), byId("control")]) relay.observe(element);

store.addEventListener("snapshot", ({ detail: frame }) => {
  arrivals.clear();
  clock.received(frame.t, frame.rate, true);
  events.clear();
  events.add(frame.events ?? []);
  transitions.begin(frame.view);
  setText(byId("release"), frame.view.version ?? frame.view.release);
  if (!selection.part) selection.select(Object.keys(frame.view.nodes).sort()[0] ?? "apiserver", true);
  draw(viewpoint.view);
  wires.lay();
  time.begin(frame);
});

store.addEventListener("tick", ({ detail: frame }) => {
  time.tick(frame);
  transitions.tick(store.view, frame);
  why.happened(frame.events);
  if (viewpoint.looking) return;
  events.add(frame.events);
  traffic.show(frame.messages ?? []);
  draw(store.view);
});

viewpoint.addEventListener("change", () => {
  time.moved();
  const { past } = viewpoint;
  const moment = past ? `${past.branch} ${past.t}` : "live";
  if (moment === shown) return;
  shown = moment;
  if (past) {
    events.clear();
    events.add(past.events);
  } else arrivals.clear();
  draw(viewpoint.view);
  wires.lay();
  inspect.refresh(true);
  clearTimeout(settled);
  settled = setTimeout(() => why.moved(viewpoint.view), SETTLED_MS);
});

socket.addEventListener("snapshot", ({ detail }) => store.snapshot(detail));
socket.addEventListener("tick", ({ detail }) => {
  clock.received(detail.t, detail.rate);
  store.pace(detail);
  transport.update();
  if (viewpoint.looking) store.tick(detail);
  else arrivals.tick(detail);
});
socket.addEventListener("past", ({ detail }) => viewpoint.received(detail));
socket.addEventListener("branches", ({ detail }) => branches.heard(detail));
socket.addEventListener("notice", ({ detail }) => time.heard(detail));
socket.addEventListener("failed", ({ detail }) => notices.say(pick(detail.reason), "error"));
socket.addEventListener("presence", ({ detail }) => setText(byId("viewers"), detail.viewers));
socket.addEventListener("welcome", ({ detail }) => {
  may = detail.canAct;
  permit();
});
socket.addEventListener("inspect", ({ detail }) => {
  if (!viewpoint.looking || (detail.t ?? viewpoint.past.t) === viewpoint.past.t) inspect.show(detail);
});
socket.addEventListener("error", ({ detail }) => notices.say(pick(detail.message), "error"));
socket.addEventListener("state", ({ detail }) => {
  notices.connection(detail);
  if (detail !== "open") return;
  if (selection.part) inspect.select(selection.part);
  viewpoint.again();
});

selection.addEventListener("change", ({ detail: { part, quiet } }) => {
  inspect.select(part);
  if (quiet ? !lesson : !why.open) tabs.show("inspect", quiet || (narrow.matches && part in (store.view?.nodes ?? {})));
  if (!quiet) why.select(part, viewpoint.view);
  if (store.view) draw(viewpoint.view);
});

commands.addEventListener("accepted", () => setTimeout(() => inspect.refresh(true), DONE_MS));

function toggled(id, on) {
  byId(id).setAttribute("aria-pressed", on);
  wires.lay();
}

const toggleTraffic = () => toggled("traffic-toggle", traffic.toggle());
const present = () => toggled("presenter", togglePresenter());
const help = () => byId("help").showModal();

const lessonKeys = lesson ? [
  { keys: ["g", "PageDown"], label: gettext("go on with the lesson"), run: () => lesson.next() },
  { keys: ["j"], label: gettext("Lesson"), run: () => lesson.show() },
] : [];

const keyboard = new Keyboard([
  ...lessonKeys,
  { keys: [" ", "PageUp"], label: gettext("play or pause"), run: () => transport.toggle() },
  { keys: ["n", ".", "PageDown"], label: gettext("go to the next event"), run: () => transport.next() },
  { keys: ["N", ","], label: gettext("look at the event before"), run: () => time.step("previous") },
  { keys: ["0"], label: gettext("back to live"), run: () => time.live() },
  { keys: ["-", "["], label: gettext("slower"), run: () => transport.step(-1) },
  { keys: ["+", "=", "]"], label: gettext("faster"), run: () => transport.step(1) },
  { keys: ["s"], label: gettext("slow down near a deadline, or not"), run: () => transport.ease() },
  { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], label: gettext("select node 1 to 9"), run: (key) => selectNode(Number(key)) },
  { keys: ["i"], label: gettext("Inspect"), run: () => tabs.show("inspect") },
  { keys: ["a"], label: gettext("what can be done to the selected thing"), run: () => focusActions() },
  { keys: ["k"], label: gettext("Console"), run: () => tabs.show("console") },
  { keys: ["e"], label: gettext("Events"), run: () => tabs.show("events") },
  { keys: ["w"], label: gettext("why the selected thing is so, and why not yet"), run: () => selection.part && askWhy({ object: selection.part }) },
  { keys: ["h"], label: gettext("the timeline: arrows scrub, up and down follow causes"), run: () => byId("timeline-canvas").focus() },
  { keys: ["v"], label: gettext("the timeline as a table"), run: () => time.table() },
  { keys: ["z"], label: gettext("the timeline tall or low"), run: () => time.tall() },
  { keys: ["f"], label: gettext("branches"), run: () => branches.open() },
  { keys: ["c"], label: gettext("copy a link to this moment"), run: () => time.copyLink() },
  { keys: ["d"], label: gettext("data plane: requests of the clients"), run: toggleTraffic },
  { keys: ["b"], label: gettext("nodes as a table"), run: () => mirror.toggle() },
  { keys: ["l"], label: gettext("legend"), run: () => legend.toggle() },
  { keys: ["p"], label: gettext("presenter size"), run: present },
  { keys: ["t"], label: gettext("light or dark"), run: toggleTheme },
  { keys: ["m"], label: gettext("less or more motion"), run: () => announceMotion() },
  { keys: ["Escape"], label: gettext("close what is open"), run: () => closeAll() },
  { keys: ["?"], label: gettext("these keys"), run: help },
]);
keyboard.fillHelp(byId("help"));

function selectNode(number) {
  const element = byId("nodes").children[number - 1];
  if (!element) return;
  selection.select(element.dataset.node);
  element.querySelector("[data-item]")?.closest(".node")?.querySelector(".node-name")?.focus();
}

function focusActions() {
  tabs.show("inspect");
  byId("inspect").querySelector(".actions button")?.focus();
}

function announceMotion() {
  const still = toggleMotion();
  notices.say(still ? gettext("Less motion: highlights and order numbers.") : gettext("Messages travel along the wires."));
}

/** To another page, so that coming back shows exactly this moment. */
function leaveFor(href) {
  window.history.replaceState(null, "", time.address());
  location.assign(href);
}

function closeAll() {
  tabs.close();
  if (byId("timeline").hasAttribute("data-tall")) time.tall();
  if (!byId("legend").hidden) legend.toggle();
  byId("mirror").classList.add("visually-hidden");
}

byId("traffic-toggle").addEventListener("click", toggleTraffic);
byId("legend-toggle").addEventListener("click", () => legend.toggle());
byId("presenter").addEventListener("click", present);
byId("theme").addEventListener("click", toggleTheme);
byId("help-open").addEventListener("click", help);
byId("presenter").setAttribute("aria-pressed", presenting());
byId("nodes").addEventListener("click", (event) => {
  const node = event.target.closest("[data-node]");
  if (node && !event.target.closest("button")) selection.select(node.dataset.node);
});

tabs.addEventListener("shown", ({ detail }) => {
  terminal.shown(detail === "console");
  if (detail === "why") why.enter(selection.part, viewpoint.view);
  else why.leave();
});

if (document.body.hasAttribute("data-presenting")) document.documentElement.dataset.presenter = "on";
watchPalette();

/** Once a second: what changes with time alone and needs no frame of its own. */
setInterval(() => {
  if (!store.view) return;
  const now = time.now();
  mirror.update(viewpoint.view, now);
  time.describe();
  why.tick(now);
  legend.update();
  if (!viewpoint.looking) inspect.refresh();
}, 1000);

function frame() {
  requestAnimationFrame(frame);
  arrivals.frame();
  if (!store.view) return;
  const now = time.now();
  setText(byId("clock-time"), clockText(now, store.speed < 1));
  nodes.frame(now);
  flights.frame();
  time.frame();
}

setText(byId("live"), fill(gettext("Room %(code)s"), { code: document.body.dataset.room }));
socket.open();
requestAnimationFrame(frame);
