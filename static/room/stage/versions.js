/**
 * Which version of its workload a pod is of, where several ReplicaSets of one Deployment have pods at once.
 * Names that have room for their ends alone, or for none, could not be told apart without it.
 */

/** What a pod's name says of its owner: "tomcat-64499cd97d" of "tomcat-64499cd97d-xt2br". */
export const stemOf = (name) => name.slice(0, Math.max(0, name.lastIndexOf("-")));

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

/** The versions of one stage. */
export class Versions {
  #known = new Map();

  /**
   * stem -> 0 for the oldest version, 1 for the next one and so on; empty where every workload has one only.
   * The same map as before if nothing of it is another.
   */
  of(nodes) {
    /** @type {[string, number][]} */
    const places = [...beginnings(nodes).values()].filter(({ size }) => size > 1)
      .flatMap((stems) =>
        [...stems].sort(byAge).map(([stem], place) => /** @type {[string, number]} */ ([stem, place]))
      );
    const same = places.length === this.#known.size &&
      places.every(([stem, place]) => this.#known.get(stem) === place);
    if (!same) this.#known = new Map(places);
    return this.#known;
  }
}
