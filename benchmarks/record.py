"""What the causal record costs: time against the same run without it, and the memory of a one-hour run.

python -m benchmarks.record            cost, and one hour of 10 and 100 nodes
python -m benchmarks.record --large    and of 1,000 nodes
"""

import argparse
import gc
import resource
import time
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.model import world
from benchmarks.timing import machine, median, row
from clustersim import Cluster, Command
from clustersim.engine.record import DETAIL_LIMIT
from clustersim.engine.time import MINUTE
from clustersim.run import FEWEST_SNAPSHOTS, MOST_SNAPSHOTS, NODES_KEPT, Inputs, Run

HOUR_PERIOD: Final = 5 * MINUTE
"""In the one-hour run a node's kubelet is stopped this often, and started again two minutes later."""


def cost(nodes: int, pods: int, minutes: int, rounds: int = 5) -> None:
    """CPU time of the same run with and without the record, alternately."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds):
        for record in (True, False):
            cluster = Cluster(world(nodes, pods), record=record)
            cluster.apply(Command("stop-kubelet", "n1"))
            gc.collect()
            start = time.process_time()
            cluster.run_until(minutes * MINUTE)
            times[record].append(time.process_time() - start)
    on, off = median(times[True]), median(times[False])
    row(
        f"{nodes} nodes, {pods} pods, {minutes} min after a kubelet was stopped",
        f"{(on / off - 1) * 100:+.1f} %",
        f"with {on * 1000:.1f} ms, without {off * 1000:.1f} ms",
    )


def resident() -> int:
    """Bytes of memory that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def an_hour(nodes: int, pods: int) -> None:
    """The memory that a run of one simulated hour with faults holds, snapshots of its past included."""
    before = resident()
    run = Run(Inputs(world(nodes, pods)))
    steady = resident()
    start = time.process_time()
    for turn in range(12):
        node = f"n{turn % nodes + 1}"
        run.apply(Command("stop-kubelet", node))
        run.run_until(run.now + 2 * MINUTE)
        run.apply(Command("start-kubelet", node))
        run.run_until((turn + 1) * HOUR_PERIOD)
    spent = time.process_time() - start
    after = resident()
    state = run.head.record.state
    runs = sum(map(len, state.runs.values()))
    row(
        f"{nodes} nodes, {pods} pods, one hour with 12 stopped kubelets",
        f"{(after - steady) / 2**20:.0f} MiB of past",
        f"the cluster itself {(steady - before) / 2**20:.0f} MiB; {spent:.1f} s of CPU",
    )
    row(
        "  record",
        f"{len(state.events):,} events",
        f"{len(state.kept):,} of them kept for good, {runs:,} runs of heartbeats, {run.snapshots} snapshots",
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", action="store_true", help="also 1,000 nodes")
    arguments = parser.parse_args()
    print(machine())
    print(
        f"bound: {DETAIL_LIMIT:,} events of detail, acts, faults and decisions with their ancestors, one "
        f"entry per run of heartbeats, snapshots of {NODES_KEPT} nodes together ({FEWEST_SNAPSHOTS} to "
        f"{MOST_SNAPSHOTS} of them); everything else is computed again"
    )
    hours = [partial(an_hour, 10, 40), partial(an_hour, 100, 1000)]
    if arguments.large:
        hours.append(partial(an_hour, 1000, 10_000))
    for hour in hours:
        hour()
    for size in ((3, 9, 7), (10, 40, 7), (100, 1000, 7)):
        cost(*size)


if __name__ == "__main__":
    main()
