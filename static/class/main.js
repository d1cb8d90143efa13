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

const socket = new RoomSocket(document.body.dataset.ws);
const notices = new Notices(byId("notices"));
const students = new Students(
  { list: byId("students"), sum: byId("task-sum"), board: byId("node-board") },
  {
    show: (student) => socket.tell("show", { student }),
    assign: (student, node) => socket.tell("assign", { student, node }),
  },
);
let mode = "follow";

const pane = new LessonPane(byId("lesson"), {
  move: (step) => socket.tell("lesson", { step }),
  answer: (ask, round, answer) => socket.tell("answer", { ask, round, answer }),
  poll: (ask, action) => socket.tell("poll", { ask, action }),
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

/** How far students may go by themselves. */
function pacing({ steps, openUntil }) {
  const select = byId("open-until");
  if (select.options.length !== steps.length + 1) {
    select.replaceChildren(
      h("option", { value: "" }, gettext("as they like")),
      ...steps.map((_step, place) =>
        h("option", { value: place }, fill(gettext("to step %(n)s"), { n: place + 1 }))
      ),
    );
  }
  select.value = openUntil === null ? "" : String(openUntil);
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
  setText(byId("count"), String(detail.students.filter(({ here }) => here).length));
  byId("reflections").replaceChildren(
    ...reflections(
      detail.reflections,
      (reflection, on) => socket.tell("show-reflection", { reflection, on }),
    ),
  );
  set(byId("class-again"), "hidden", !detail.showing);
  setText(byId("advice"), detail.advice ? ADVICE[detail.advice.what](detail.advice.percent) : "");
});
hear(socket, "error", (detail) => notices.say(pick(detail.message), "error"));
hear(socket, "state", (detail) => notices.connection(detail));

const clicked = (id, act) => byId(id).addEventListener("click", act);
clicked(
  "play",
  () => socket.tell("transport", { action: byId("play").dataset.playing === "true" ? "pause" : "play" }),
);
for (const name of ["follow", "roles"]) clicked(`mode-${name}`, () => socket.tell("lead", { mode: name }));
clicked("deal-nodes", () => socket.tell("deal", { out: true }));
clicked("take-nodes", () => socket.tell("deal", { out: false }));
byId("open-until").addEventListener("change", () => {
  const { value } = byId("open-until");
  socket.tell("open-until", { step: value === "" ? null : Number(value) });
});
for (const minutes of [1, 2, 5]) {
  clicked(`timer-${minutes}`, () => socket.tell("timer", { seconds: 60 * minutes }));
}
clicked("timer-off", () => socket.tell("timer", { seconds: 0 }));
clicked("class-again", () => socket.tell("show", { student: 0 }));
clicked(
  "anonymous",
  () => socket.tell("anonymous", { on: byId("anonymous").getAttribute("aria-pressed") !== "true" }),
);
socket.open();
