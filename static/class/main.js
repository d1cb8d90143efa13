/** The teacher's own screen: the lesson with its polls, notes, and who is there. */
import { byId, h, hear, set, setText } from "../room/dom.js";
import { clockText, fill, gettext, pick } from "../room/words.js";
import { RoomSocket } from "../room/socket.js";
import { Notices } from "../room/notices.js";
import { LessonPane } from "../room/lesson/pane.js";
import { Pointing } from "../room/lesson/pointing.js";
import { Timer } from "../room/lesson/timer.js";
import { Board } from "./board.js";

const { htmx } = /** @type {any} */ (globalThis);

/** What the teacher sets goes by a form, as it does without JavaScript; what follows is heard over the socket. */
const desk = (values) => htmx.ajax("POST", byId("desk").action, { source: "#desk", values, swap: "none" });

const socket = new RoomSocket(document.body.dataset.ws);
const notices = new Notices(byId("notices"));
const board = new Board(byId("class-students"), (student, node) => desk({ do: "assign", student, node }));

const pane = new LessonPane(byId("lesson"), {
  move: (step) => socket.tell("lesson", { step }),
  answer: (ask, round, answer) => socket.tell("answer", { ask, round, answer }),
  poll: (ask, action) => desk({ do: "poll", ask, action }),
  name: null,
  why: () => open(`/rooms/${document.body.dataset.room}/`, "projector"),
  pointing: new Pointing(null),
  changed: () => {},
});

function pace({ t, playing, rate }) {
  setText(byId("clock-time"), clockText(t));
  setText(byId("pace"), playing ? `${Number(rate.toPrecision(2))}×` : gettext("paused"));
  setText(byId("play"), playing ? gettext("Pause") : gettext("Play"));
  byId("play").dataset.playing = String(playing);
}

const timer = new Timer(byId("time-left"));

/** How far students may go by themselves: a list that is open stays as it is while nothing in it differs. */
function pacing({ steps, openUntil }) {
  const stops = steps.map(({ planned }, place) => ({ planned, place }))
    .filter(({ planned, place }) => planned || place === openUntil);
  const select = byId("open-until");
  const [all, ...known] = [...select.options].map(({ value }) => value);
  if (known.join() !== stops.map(({ place }) => place).join()) {
    select.replaceChildren(
      h("option", { value: all }, gettext("as they like")),
      ...stops.map(({ place }, n) =>
        h("option", { value: place }, fill(gettext("to step %(n)s"), { n: n + 1 }))
      ),
    );
  }
  select.value = String(openUntil);
}

/** Which plan the class follows, and how far it should be by now. */
function planning(pace) {
  if (byId("plan")) byId("plan").value = pace.plan;
  set(byId("plan-pace"), "hidden", pace.place === 0);
  setText(
    byId("plan-pace"),
    fill(gettext("Step %(place)s of %(steps)s; up to here about %(minutes)s of %(allMinutes)s min"), pace),
  );
}

hear(socket, "snapshot", (detail) => pace(detail));
hear(socket, "tick", (detail) => pace(detail));
hear(socket, "lesson", (detail) => {
  pane.hear(detail);
  for (const name of ["follow", "roles"]) {
    set(byId(`mode-${name}`), "aria-pressed", String(detail.mode === name));
  }
  timer.hear(detail.leftSeconds);
  pacing(detail);
  set(byId("anonymous"), "aria-pressed", String(detail.anonymous));
  set(byId("anonymous"), "value", String(!detail.anonymous));
  byId("play").disabled = detail.over && !detail.free;
});
hear(socket, "answers", (detail) => pane.hear(detail));
// What the teacher alone is told is drawn by the server.
hear(socket, "class", (detail) => {
  planning(detail.pace);
  board.refresh();
});
hear(socket, "error", (detail) => notices.say(pick(detail.message), "error"));
hear(socket, "state", (detail) => notices.connection(detail));

byId("play").addEventListener(
  "click",
  () => socket.tell("transport", { action: byId("play").dataset.playing === "true" ? "pause" : "play" }),
);
socket.open();
