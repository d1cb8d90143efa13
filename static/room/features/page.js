/**
 * What every feature of the room page stands on: the wire, what is known, where one looks, and who speaks.
 */
import { Announcer } from "../announce.js";
import { Clock } from "../clock.js";
import { Closer } from "../closer.js";
import { byId } from "../dom.js";
import { Notices } from "../notices.js";
import { Tabs } from "../pane/tabs.js";
import { Selection } from "../selection.js";
import { RoomSocket } from "../socket.js";
import { Store } from "../store.js";
import { Viewpoint } from "../time/viewpoint.js";

export class Page {
  socket = new RoomSocket(document.body.dataset.ws);
  store = new Store();
  clock = new Clock();
  selection = new Selection();
  notices = new Notices(byId("notices"));
  announcer = new Announcer(byId("live"));
  tabs = new Tabs(byId("pane"));
  viewpoint = new Viewpoint(this.socket, this.store);
  /** `redraw()` is set by who draws. */
  redraw = () => {};
  closer = new Closer(this.socket, this.viewpoint, () => this.redraw());
}
