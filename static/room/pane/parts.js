/** The parts of a node, to go on to. */
import { h, icon, keyed, set, setIcon } from "../dom.js";
import { partGlyph, partName } from "../states.js";
import { gettext } from "../words.js";

export class Parts {
  element = h("div", { class: "inspect-parts" });

  update({ name, parts, machine, runtime }) {
    const power = machine.power === "off" ? "off" : machine.network === "up" ? "running" : "stopped";
    const items = [
      ...Object.entries(parts).map((
        [part, { state }],
      ) => [`${name}.${part}`, partName({ runtime }, part), state]),
      [
        `${name}.machine`,
        gettext("machine"),
        power,
      ],
    ];
    keyed(this.element, items, ([part]) => part, ([part, title]) => {
      const glyph = icon("ok", "badge");
      const button = h("button", { class: "part", "data-part": part }, h("span", {}, title), glyph);
      button.update = ([, , state]) => {
        set(button, "data-state", state);
        setIcon(glyph, partGlyph(state));
      };
      return button;
    });
  }
}
