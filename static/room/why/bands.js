/** Before doing it: what an act would lead to, as bands over many seeds on one axis of time. */
import { h } from "../dom.js";
import { fill, gettext, pick, span } from "../words.js";

const between = (
  { earliest, latest },
) => (Math.round(earliest / 1e6) === Math.round(latest / 1e6)
  ? span(earliest)
  : fill(gettext("%(from)s to %(to)s"), { from: span(earliest), to: span(latest) }));

/** One row a milestone: its sentence, from when to when after the act, in how many of the seeds. */
export function bandList(bands, seeds) {
  const longest = Math.max(1, ...bands.map(({ latest }) => latest));
  const share = (t) => `${((t / longest) * 100).toFixed(2)}%`;
  const rows = bands.map((band) => {
    const range = h("span", { class: "band-range" });
    range.style.setProperty("--from", share(band.earliest));
    range.style.setProperty("--to", share(band.latest));
    range.style.setProperty("--median", share(band.median));
    const often = band.seeds < seeds
      ? ` · ${fill(gettext("in %(n)s of %(all)s"), { n: band.seeds, all: seeds })}`
      : "";
    return h(
      "li",
      { class: "band" },
      h("p", {}, h("b", {}, between(band)), h("span", {}, often)),
      h("p", {}, pick(band.text)),
      h("div", { class: "band-axis", "aria-hidden": "true" }, range),
    );
  });
  return h("ol", { class: "bands" }, ...rows);
}
