/** Nodes in groups that stay where they are: by zone and rack, or else so many in the order of their names. */

/** Without zones, a group has so many nodes: more, the more there are, so that there is room for twenty groups. */
const sizeFor = (count) => (count <= 400 ? 20 : Math.ceil(count / 1000) * 50);

/** Which nodes belong together, and how each was labelled: looked for anew only when that has changed. */
let last = { of: [], groups: [] };

const sameNames = (before, nodes) =>
  before.length === nodes.length &&
  before.every(({ name, zone, rack }, place) =>
    nodes[place].name === name && nodes[place].zone === zone && nodes[place].rack === rack
  );

/**
 * `[{key, ends, rack, nodes}]` in a stable order. `ends`: the two halves of its name, of which only one may
 * have room; `rack`: the second is the rack, which tells groups apart.
 */
export function groupsOf(nodes) {
  if (!sameNames(last.of, nodes)) last = { of: nodes, groups: indexed(nodes) };
  return last.groups.map(({ places, ...group }) => ({
    ...group,
    nodes: places.map((place) => nodes[place]),
  }));
}

/** The same with the places of the nodes instead of the nodes. */
function indexed(nodes) {
  const place = new Map(nodes.map((node, index) => [node.name, index]));
  return grouped(nodes).map(({ nodes: some, ...group }) => ({
    ...group,
    places: some.map(({ name }) => place.get(name)),
  }));
}

function grouped(nodes) {
  if (!nodes.some(({ zone }) => zone)) return byName(nodes);
  const found = new Map();
  for (const node of nodes) {
    const [zone, rack] = [node.zone || "–", node.rack || ""];
    const ends = rack ? [`${zone} / `, rack] : [zone, ""];
    const key = ends.join("");
    if (!found.has(key)) found.set(key, { key, ends, rack: Boolean(rack), nodes: [] });
    found.get(key).nodes.push(node);
  }
  const { compare } = new Intl.Collator("en", { numeric: true });
  return [...found.values()].sort((a, b) => compare(a.key, b.key));
}

/** `n51` and `–100`: what both names begin with is said once. */
function rangeOf(first, last) {
  const [stem] = first.match(/^.*?(?=\d*$)/);
  const number = last.startsWith(stem) ? last.slice(stem.length) : "";
  return [first, `–${/^\d+$/.test(number) ? number : last}`];
}

function byName(nodes) {
  const size = sizeFor(nodes.length);
  const groups = [];
  for (let place = 0; place < nodes.length; place += size) {
    const some = nodes.slice(place, place + size);
    const ends = rangeOf(some[0].name, some.at(-1).name);
    groups.push({ key: ends.join(""), ends, rack: false, nodes: some });
  }
  return groups;
}

/**
 * How to lay out groups of at most `largest` nodes on a picture: columns, and the size of a node's cell, as
 * large as can be. All in pixels; `label`: the height of a group's label, `least`: how wide it is at least,
 * `inset`: the air around the cells.
 */
export function layGroups(count, largest, width, height, { label, gap, inset, least }) {
  let best = { columns: 1, rows: count, cell: 0, wide: width, high: height / count };
  for (let columns = 1; columns <= count; columns += 1) {
    if (columns > 1 && (width + gap) / columns - gap < least) break;
    const rows = Math.ceil(count / columns);
    const wide = (width + gap) / columns - gap;
    const high = (height + gap) / rows - gap;
    const cell = largestCell(largest, wide - 2 * inset, high - label - inset);
    // Where no cell fits, each group is bars: the more columns, the higher they are.
    if (cell > best.cell || !best.cell) best = { columns, rows, cell, wide, high };
  }
  return best;
}

function largestCell(count, width, height) {
  for (let cell = Math.min(28, Math.floor(Math.min(width, height))); cell > 0; cell -= 1) {
    if (Math.floor(width / cell) * Math.floor(height / cell) >= count) return cell;
  }
  return 0;
}
