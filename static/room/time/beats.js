/**
 * Heartbeats of a node, kept as runs of evenly spaced ones: `{first, last, count}`, times in microseconds.
 */

/** Runs that are kept of a node. */
const RUNS = 1000;
/** Two heartbeats that are further apart than this are not of one run ... */
const RUN_GAP = 15_000_000;
/** ... nor one that comes so much earlier or later than those before it. */
const EVEN = 500_000;
/** The message and the time stamp it leaves are one heartbeat. */
const SAME_BEAT = 1_000_000;

/** The items of a list that lie after a moment. */
export const after = (list, t, when) => list.filter((item) => when(item) > t);

/** How far apart the heartbeats of a run are. */
const gapOf = ({ first, last, count }) => (last - first) / (count - 1);

/** Whether a heartbeat is the next one of a run. */
const follows = (run, t) =>
  t - run.last <= RUN_GAP && (run.count === 1 || Math.abs(t - run.last - gapOf(run)) < EVEN);

/** The runs that the server knows up to a moment, and those seen here that go on after it. */
export function joined(known, seen, until) {
  const runs = [...known];
  for (const run of after(seen, until, ({ last }) => last)) {
    const gap = run.count > 1 ? gapOf(run) : RUN_GAP;
    const end = known.at(-1)?.last ?? -Infinity;
    const told = Math.max(0, Math.floor((end - run.first) / gap + 0.5) + 1);
    if (told <= 0) runs.push(run);
    else if (told < run.count) {
      runs.push({ first: run.first + told * gap, last: run.last, count: run.count - told });
    }
  }
  return runs;
}

/** Adds a heartbeat to the runs of a node. */
export function beat(runs, t) {
  const last = runs.at(-1);
  if (last && t - last.last < SAME_BEAT) return;
  if (last && follows(last, t)) {
    last.last = t;
    last.count += 1;
    return;
  }
  runs.push({ first: t, last: t, count: 1 });
  if (runs.length > RUNS) runs.shift();
}
