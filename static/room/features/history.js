/**
 * Time in the reader's hands: transport, timeline, branches, and what one does to the cluster at a moment.
 */
import { Commands } from "../commands.js";
import { byId, hear } from "../dom.js";
import { Branches } from "../time/branches.js";
import { ForkDialog } from "../time/fork.js";
import { Time } from "../time/time.js";
import { Transport } from "../transport.js";

export class History {
  branches;
  commands;
  time;
  transport;

  /**
   * @param {import("./page.js").Page} page
   * @param {(about: object) => void} why asks for the causes of something
   */
  constructor(page, why) {
    const { socket, store, clock, selection, notices, announcer, viewpoint } = page;
    this.branches = new Branches(byId("branches-dialog"), viewpoint, {
      switchTo: (branch) => this.time.switchTo(branch),
      rename: (branch, name) => this.time.rename(branch, name),
      look: (t, branch) => viewpoint.look(t, branch),
      ask: () => socket.tell("tree"),
      now: () => clock.now(),
    });
    const fork = new ForkDialog(byId("fork-dialog"), this.branches, clock);
    this.commands = new Commands(socket, clock, notices, announcer, viewpoint, fork);
    this.time = new Time({
      socket,
      viewpoint,
      store,
      clock,
      notices,
      selection,
      commands: this.commands,
      branches: this.branches,
      fork,
      why,
    });
    this.transport = new Transport(
      socket,
      store,
      viewpoint,
      notices,
      (direction) => this.time.step(direction),
    );
    hear(socket, "branches", (branches) => this.branches.heard(branches));
    hear(socket, "notice", (notice) => this.time.heard(notice));
    hear(socket, "trouble", (trouble) => this.time.troubled(trouble));
  }

  /** Goes to another page, so that coming back shows exactly this moment. */
  leaveFor(href) {
    window.history.replaceState(null, "", this.time.address());
    location.assign(href);
  }
}
