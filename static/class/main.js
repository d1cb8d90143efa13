/** The teacher's own screen: the lesson with its polls, notes, and who is there. */
import { byId, h, hear, icon, set, setText } from "../room/dom.js";
import { clockText, fill, gettext, pick } from "../room/words.js";
import { RoomSocket } from "../room/socket.js";
import { Notices } from "../room/notices.js";
import { LessonPane } from "../room/lesson/pane.js";
import { Pointing } from "../room/lesson/pointing.js";

const socket = new RoomSocket(document.body.dataset.ws);
const notices = new Notices(byId("notices"));

const pane = new LessonPane(byId("lesson"), {
  move: (step) => socket.tell("lesson", { step }),
  answer: (ask, round, answer) => socket.tell("answer", { ask, round, answer }),
  poll: (ask, action) => socket.tell("poll", { ask, action }),
  name: null,
  why: () => open(`/rooms/${document.body.dataset.room}/`, "projector"),
  explore: () => null,
  pointing: new Pointing(null),
  changed: () => {},
});

function pace({ t, playing, rate }) {
  setText(byId("clock-time"), clockText(t));
  setText(byId("pace"), playing ? `${Number(rate.toPrecision(2))}×` : gettext("paused"));
  setText(byId("play"), playing ? gettext("Pause") : gettext("Play"));
  byId("play").dataset.playing = String(playing);
}

function student({ name, node, here, answered }) {
  return h(
    "li",
    { "data-here": String(here), title: here ? null : gettext("not here now") },
    answered ? icon("ok") : null,
    h("span", {}, node ? `${name} · ${node}` : name),
    answered ? h("span", { class: "visually-hidden" }, gettext("has answered")) : null,
  );
}

hear(socket, "snapshot", (detail) => pace(detail));
hear(socket, "tick", (detail) => pace(detail));
hear(socket, "lesson", (detail) => {
  pane.hear(detail);
  for (const mode of ["follow", "roles"]) {
    set(byId(`mode-${mode}`), "aria-pressed", String(detail.mode === mode));
  }
  byId("play").disabled = detail.over && !detail.free;
});
hear(socket, "answers", (detail) => pane.hear(detail));
hear(socket, "class", (detail) => {
  setText(byId("notes"), pick(detail.notes) || gettext("No notes for this step."));
  setText(
    byId("following"),
    detail.following ? fill(gettext("Next: %(text)s"), { text: pick(detail.following) }) : "",
  );
  byId("students").replaceChildren(...detail.students.map(student));
  setText(byId("count"), String(detail.students.filter(({ here }) => here).length));
});
hear(socket, "error", (detail) => notices.say(pick(detail.message), "error"));
hear(socket, "state", (detail) => notices.connection(detail));

byId("play").addEventListener(
  "click",
  () => socket.tell("transport", { action: byId("play").dataset.playing === "true" ? "pause" : "play" }),
);
for (const mode of ["follow", "roles"]) {
  byId(`mode-${mode}`).addEventListener("click", () => socket.tell("lead", { mode }));
}
socket.open();
