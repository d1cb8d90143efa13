/**
 * How much of each node is drawn: the richest level at which all of them fit into the room there is. Measures
 * are in rem, so that a larger screen with larger text shows the same, larger.
 */
import { card } from "./card.js";
import { compactCard, smallCard, tile } from "./compact.js";
import { mediumCard } from "./medium.js";

const GAP = 0.5;

/**
 * `wide` and `high`: the least that one node takes; `whole`: the height that the stage must have left for a card
 * that is never lower; `rows`: at most so many rows of them; `list`: up to so many nodes where they are a list
 * that scrolls, as on a phone; `rings`: something of it moves with every frame; `named`: pods have names on it;
 * `beside`: what stands beside the name of the node; `letter`: what one of its letters takes; `longest`: how many
 * of them have room at least; `create(item, size)`: the element, of a card of `{wide, high}` rem.
 */
const LEVELS = [
  {
    name: "full",
    wide: 13.375,
    whole: 18.875,
    rows: 1,
    list: 3,
    rings: true,
    named: true,
    beside: 9.5,
    letter: 0.6875,
    longest: 10,
    create: card,
  },
  {
    name: "medium",
    wide: 10.625,
    high: 8.75,
    list: 12,
    rings: true,
    named: true,
    beside: 8.7,
    letter: 0.625,
    create: mediumCard,
  },
  { name: "compact", wide: 12.5, high: 5.125, list: 12, rings: true, create: compactCard },
  { name: "small", wide: 6.25, high: 3.5, list: 40, create: smallCard },
  { name: "tiles", tile: "whole", wide: 5.75, high: 2.25, gap: 0.25, list: 200, create: tile },
  { name: "tiles", tile: "stacked", wide: 3.125, high: 2.25, gap: 0.25, list: 0, create: tile },
  { name: "tiles", tile: "named", wide: 3.125, high: 1.5, gap: 0.25, list: 0, create: tile },
];

/** Where not even tiles with names fit: a map, and cards of some. */
export const MAP = { name: "map" };

/** Long names make nodes wider, up to a length: rem beside a name, rem for a letter, letters. */
const NAME = { beside: 1.25, letter: 0.5, longest: 14 };

/** How many columns and rows a level has for so many nodes, with the least air: null if they do not fit. */
function grid(level, count, room, name) {
  const { wide, high = 0, whole = 0, gap = GAP, rows: most = Infinity, beside, letter, longest } = {
    ...NAME,
    ...level,
  };
  if (whole > room.whole) return null;
  const { width, height } = room;
  const needed = Math.max(wide, Math.min(name, longest) * letter + beside);
  const columns = Math.floor((width + gap) / (needed + gap));
  const rows = Math.min(most, Math.floor((height + gap) / (high + gap)));
  if (columns * rows < count) return null;
  const used = Math.ceil(count / columns);
  return { columns: Math.ceil(count / used), rows: used };
}

/**
 * The level for some nodes: `{level, columns, rows}`. `room`: `{width, height, whole}` in rem, the last for whole
 * cards, null for a list; `longest`: letters of the longest name; `least`: the first level that may be.
 */
export function levelFor(count, room, longest, least = "full") {
  const levels = LEVELS.slice(LEVELS.findIndex(({ name }) => name === least));
  for (const level of levels) {
    if (!room) {
      if (count <= level.list) return { level, columns: null, rows: null };
      continue;
    }
    const found = grid(level, count, room, longest);
    if (found) return { level, ...found };
  }
  return { level: MAP, columns: null, rows: null };
}
