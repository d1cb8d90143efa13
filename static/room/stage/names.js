/**
 * What the pods of a stage are called where there is little room: which version of its workload each is of, where
 * several ReplicaSets of one Deployment have pods at once, and where the name of its owner is cut.
 */
import { cutsOf } from "./telling.js";

/** What a pod's name says of its owner: "tomcat-64499cd97d" of "tomcat-64499cd97d-xt2br". */
export const stemOf = (name) => name.slice(0, Math.max(0, name.lastIndexOf("-")));

/**
 * What a pod calls its owner: `{name, hash}`. The hash of a ReplicaSet is shown where there is room, unless
 * there are `several`: then it belongs to the name, whose end tells them apart.
 */
export function ownerOf(name, pod, several) {
  const stem = stemOf(name);
  const workload = pod?.owner?.split("/").at(-1);
  const known = !several && workload && stem.startsWith(`${workload}-`);
  return known ? { name: workload, hash: stem.slice(workload.length) } : { name: stem, hash: "" };
}

/** owner -> stem -> when the first container of it that is still known began. */
function beginnings(nodes) {
  const owners = new Map();
  for (const { pods, containers } of nodes) {
    const since = new Map(containers.map((container) => [container.podUid, container.since]));
    for (const { uid, name, owner } of pods) {
      if (!owner) continue;
      const stems = owners.get(owner) ?? new Map();
      owners.set(owner, stems);
      const stem = stemOf(name);
      stems.set(stem, Math.min(stems.get(stem) ?? Infinity, since.get(uid) ?? Infinity));
    }
  }
  return owners;
}

const byAge = ([a, since], [b, other]) => since === other ? (a < b ? -1 : 1) : since < other ? -1 : 1;

/** Different names of owners, as the pods of some nodes call them. */
function ownersOf(nodes, places) {
  const names = new Set();
  for (const { pods, containers } of nodes) {
    const known = new Map(pods.map((pod) => [pod.name, pod]));
    for (const name of [...known.keys(), ...containers.map(({ pod }) => pod)]) {
      names.add(ownerOf(name, known.get(name), places.has(stemOf(name))).name);
    }
  }
  return [...names].sort();
}

const sameEntries = (one, other) =>
  one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);

/** The names of one stage. */
export class Names {
  #known = { places: new Map(), cuts: new Map() };
  #owners = "";

  /**
   * `places`: stem -> 0 for the oldest version, 1 for the next one and so on; empty where every workload has one
   * only. `cuts`: name of an owner -> the two parts of it. The same as before if nothing of it is another.
   */
  of(nodes) {
    /** @type {[string, number][]} */
    const found = [...beginnings(nodes).values()].filter(({ size }) => size > 1)
      .flatMap((stems) =>
        [...stems].sort(byAge).map(([stem], place) => /** @type {[string, number]} */ ([stem, place]))
      );
    const places = new Map(found);
    const owners = ownersOf(nodes, places);
    const same = owners.join() === this.#owners && sameEntries(places, this.#known.places);
    if (!same) [this.#known, this.#owners] = [{ places, cuts: cutsOf(owners) }, owners.join()];
    return this.#known;
  }
}
