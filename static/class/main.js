/** The teacher's own screen: the lesson with its polls, notes, and who is there. */
import { byId, h, hear, set, setText } from "../room/dom.js";
import { clockText, fill, gettext, pick } from "../room/words.js";
import { RoomSocket } from "../room/socket.js";
import { Notices } from "../room/notices.js";
import { LessonPane } from "../room/lesson/pane.js";
import { Pointing } from "../room/lesson/pointing.js";
import { Timer } from "../room/lesson/timer.js";
import { reflections } from "./reflections.js";
import { Students } from "./students.js";

const { htmx } = /** @type {any} */ (globalThis);

/** What the teacher sets goes by a form, as it does without JavaScript; what follows is heard over the socket. */
const desk = (values) => htmx.ajax("POST", byId("desk").action, { source: "#desk", values, swap: "none" });

const socket = new RoomSocket(document.body.dataset.ws);
const notices = new Notices(byId("notices"));
const students = new Students(
  { list: byId("students"), sum: byId("task-sum"), board: byId("node-board") },
  {
    show: (student) => desk({ do: "show", student }),
    assign: (student, node) => desk({ do: "assign", student, node }),
  },
);
let mode = "follow";

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

/** What the share of right answers suggests. */
const ADVICE = {
  look: (percent) =>
    fill(gettext("%(percent)s in 100 are right. Few know why: look at it again together."), { percent }),
  discuss: (percent) =>
    fill(gettext("%(percent)s in 100 are right. Let neighbours convince each other, then ask again."), {
      percent,
    }),
  go: (percent) => fill(gettext("%(percent)s in 100 are right. Go on."), { percent }),
};

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
  mode = detail.mode;
  for (const name of ["follow", "roles"]) {
    set(byId(`mode-${name}`), "aria-pressed", String(mode === name));
  }
  timer.hear(detail.leftSeconds);
  pacing(detail);
  set(byId("anonymous"), "aria-pressed", String(detail.anonymous));
  set(byId("anonymous"), "value", String(!detail.anonymous));
  set(byId("reflections-card"), "hidden", !detail.reflect);
  byId("play").disabled = detail.over && !detail.free;
});
hear(socket, "answers", (detail) => pane.hear(detail));
hear(socket, "class", (detail) => {
  setText(byId("notes"), pick(detail.notes) || gettext("No notes for this step."));
  setText(
    byId("following"),
    detail.following ? fill(gettext("Next: %(text)s"), { text: pick(detail.following) }) : "",
  );
  students.draw(detail, mode);
  planning(detail.pace);
  setText(byId("count"), String(detail.students.filter(({ here }) => here).length));
  byId("reflections").replaceChildren(
    ...reflections(
      detail.reflections,
      (reflection, on) => desk({ do: "show-reflection", reflection, on }),
    ),
  );
  set(byId("class-again"), "hidden", !detail.showing);
  setText(byId("advice"), detail.advice ? ADVICE[detail.advice.what](detail.advice.percent) : "");
});
hear(socket, "error", (detail) => notices.say(pick(detail.message), "error"));
hear(socket, "state", (detail) => notices.connection(detail));

byId("play").addEventListener(
  "click",
  () => socket.tell("transport", { action: byId("play").dataset.playing === "true" ? "pause" : "play" }),
);
socket.open();
