/** Every action by a key, and the buttons of the bar that do the same. */
import { byId, set } from "../dom.js";
import { Keyboard } from "../keyboard.js";
import { presenting, toggleMotion, togglePresenter, toggleTheme } from "../preferences.js";
import { gettext } from "../words.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * @param {import("./page.js").Page} page
 * @param {import("./stage.js").Stage} stage
 * @param {import("./history.js").History} history
 * @param {import("./panes.js").Panes} panes
 */
export function bindKeys(page, stage, history, panes) {
  const does = {
    traffic: () => stage.toggleTraffic(),
    legend: () => stage.legend.toggle(),
    present: () => stage.toggled("presenter", togglePresenter()),
    help: () => byId("help").showModal(),
  };
  const all = [
    ...lessonKeys(panes.lesson),
    ...timeKeys(history),
    ...lookingKeys(page, stage, history, panes),
    { keys: ["d"], label: gettext("data plane: requests of the clients"), run: does.traffic },
    { keys: ["b"], label: gettext("nodes as a table"), run: () => stage.mirror.toggle() },
    { keys: ["l"], label: gettext("legend"), run: does.legend },
    { keys: ["p"], label: gettext("presenter size"), run: does.present },
    { keys: ["t"], label: gettext("light or dark"), run: toggleTheme },
    { keys: ["m"], label: gettext("less or more motion"), run: () => changeMotion(page) },
    { keys: ["Escape"], label: gettext("close what is open"), run: () => closeAll(page, stage, history) },
    { keys: ["?"], label: gettext("these keys"), run: does.help },
  ];
  const keyboard = new Keyboard(all.filter(({ live }) => !live || !page.socket.recorded));
  keyboard.fillHelp(byId("help"));
  byId("traffic-toggle").addEventListener("click", does.traffic);
  byId("legend-toggle").addEventListener("click", does.legend);
  byId("presenter").addEventListener("click", does.present);
  byId("theme").addEventListener("click", toggleTheme);
  byId("help-open").addEventListener("click", does.help);
  set(byId("presenter"), "aria-pressed", String(presenting()));
}

function lessonKeys(lesson) {
  if (!lesson) return [];
  return [
    { keys: ["g", "PageDown"], label: gettext("go on with the lesson"), run: () => lesson.next() },
    { keys: ["j"], label: gettext("Lesson"), run: () => lesson.show() },
  ];
}

function timeKeys({ transport, time }) {
  return [
    { keys: [" ", "PageUp"], label: gettext("play or pause"), run: () => transport.toggle() },
    { keys: ["n", ".", "PageDown"], label: gettext("go to the next event"), run: () => transport.next() },
    { keys: ["N", ","], label: gettext("look at the event before"), run: () => time.step("previous") },
    { keys: ["0"], label: gettext("back to live"), run: () => time.live() },
    { keys: ["-", "["], label: gettext("slower"), run: () => transport.step(-1) },
    { keys: ["+", "=", "]"], label: gettext("faster"), run: () => transport.step(1) },
    { keys: ["s"], label: gettext("slow down near a deadline, or not"), run: () => transport.ease() },
  ];
}

function lookingKeys({ tabs, selection }, stage, { time, branches }, panes) {
  const why = () => selection.part && panes.askWhy({ object: selection.part });
  return [
    { keys: DIGITS, label: gettext("select node 1 to 9"), run: (key) => stage.selectNode(Number(key)) },
    { keys: ["i"], label: gettext("Inspect"), run: () => tabs.show("inspect") },
    {
      keys: ["a"],
      label: gettext("what can be done to the selected thing"),
      run: () => panes.focusActions(),
      live: true,
    },
    { keys: ["k"], label: gettext("Console"), run: () => tabs.show("console"), live: true },
    { keys: ["e"], label: gettext("Events"), run: () => tabs.show("events") },
    { keys: ["w"], label: gettext("why the selected thing is so, and why not yet"), run: why },
    {
      keys: ["h"],
      label: gettext("the timeline: arrows scrub, up and down follow causes"),
      run: () => byId("timeline-canvas").focus(),
    },
    { keys: ["v"], label: gettext("the timeline as a table"), run: () => time.table() },
    { keys: ["z"], label: gettext("the timeline tall or low"), run: () => time.tall() },
    {
      keys: ["x"],
      label: gettext("every node in the timeline, or groups again; Alt with up and down goes through them"),
      run: () => time.expand(),
    },
    { keys: ["f"], label: gettext("branches"), run: () => branches.open(), live: true },
    { keys: ["c"], label: gettext("copy a link to this moment"), run: () => time.copyLink(), live: true },
  ];
}

function changeMotion({ notices }) {
  const still = toggleMotion();
  notices.say(
    still
      ? gettext("Less motion: highlights and order numbers.")
      : gettext("Messages travel along the wires."),
  );
}

function closeAll({ tabs }, stage, { time }) {
  tabs.close();
  if (byId("timeline").hasAttribute("data-tall")) time.tall();
  if (!byId("legend").hidden) stage.legend.toggle();
  byId("mirror").classList.add("visually-hidden");
}
