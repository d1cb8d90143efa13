"""How fast any instant of the past is there: ten nodes, one simulated hour with faults. CPU time.

python -m benchmarks.seek
"""

import argparse
import random
import time

from benchmarks.model import world
from benchmarks.timing import machine, median, row
from clustersim import Cluster, Command
from clustersim.engine.time import HOUR, MINUTE
from clustersim.run import Inputs, Run

INSTANTS = 200
FAULTS = ("stop-kubelet", "start-kubelet", "power-off", "power-on", "cut-network", "heal-network")


def an_hour_with_faults() -> Run:
    """Every two minutes something is done to one node or another."""
    run = Run(Inputs(world(10, 40)))
    for minute in range(1, 60, 2):
        run.run_until(minute * MINUTE)
        turn = minute // 2
        run.apply(Command(FAULTS[turn % len(FAULTS)], f"n{turn // 2 % 10 + 1}"))
    run.run_until(HOUR)
    return run


def straight(run: Run, t: int) -> Cluster:
    """The same instant, computed from the beginning."""
    return Run(run.inputs.until(t), t).head


def main() -> None:
    """Run and print."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    print(machine())
    run = an_hour_with_faults()
    chance = random.Random(1)
    instants = [chance.randint(0, HOUR) for _ in range(INSTANTS)]
    seeks = []
    for t in instants:
        start = time.process_time()
        run.at(t)
        seeks.append(time.process_time() - start)
    replays = []
    for t in instants[:10]:
        start = time.process_time()
        found = straight(run, t)
        replays.append(time.process_time() - start)
        assert found.state_hash() == run.at(t).state_hash()
    row(f"seek to {INSTANTS} instants", f"{median(seeks) * 1000:.1f} ms", f"worst {max(seeks) * 1000:.1f} ms")
    row(
        "straight replay to 10 of them",
        f"{median(replays) * 1000:.0f} ms",
        f"worst {max(replays) * 1000:.0f} ms; all with the same state hash",
    )
    row("moments kept", str(run.snapshots))


if __name__ == "__main__":
    main()
