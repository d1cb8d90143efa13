"""What it costs to keep the deadlines of lost nodes in sight, tick by tick, beside asking about each of them.

    python -m benchmarks.deadlines [--nodes 1000] [--lost 100] [--release v1.7]

Three pods to a node. The kubelets of so many nodes stop; when their nodes are lost the room plays at real
time, ten ticks a second. Told is the CPU time of the deadlines in the ticks of 20 seconds, and that of asking
the controller about every node that is not Ready at each of them.
"""

import argparse
import time

from benchmarks.model import world
from benchmarks.timing import machine, median, row
from clustersim import Cluster, Command
from clustersim.engine.time import SECOND
from clustersim.view.builder import ViewBuilder
from clustersim.view.deadlines import Deadlines

LOST = 90 * SECOND
TICKS = 200


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--lost", type=int, default=100)
    parser.add_argument("--release", default="v1.7")
    asked = parser.parse_args()
    print(machine())
    cluster = Cluster(world(asked.nodes, 3 * asked.nodes, asked.release))
    for number in range(1, asked.lost + 1):
        cluster.apply(Command("stop-kubelet", f"n{number}"))
    cluster.run_until(LOST)
    builder, kept = ViewBuilder(cluster), list[float]()
    plain = Deadlines.items

    def timed(self: Deadlines, *args: object) -> object:
        began = time.process_time()
        found = plain(self, *args)  # type: ignore[arg-type]
        kept.append(time.process_time() - began)
        return found

    Deadlines.items = timed  # type: ignore[method-assign,assignment]
    controller = cluster.world.controller_manager.node_controller
    anew, looks = [], []
    for tick in range(1, TICKS + 1):
        cluster.run_until(LOST + tick * SECOND // 10)
        began = time.process_time()
        view = builder.build()
        looks.append(time.process_time() - began)
        lost = [name for name, node in view.nodes.items() if node.ready != "True"]
        began = time.process_time()
        controller.deadlines(lost)
        anew.append(time.process_time() - began)
    row("nodes that are not Ready", str(len(lost)))
    for name, took in (
        ("a look at the whole cluster", looks),
        ("of that the deadlines", kept),
        ("asking about each lost node", anew),
    ):
        mean = sum(took) / len(took)
        row(
            name,
            f"{mean * 1000:.2f} ms",
            f"median {median(took) * 1000:.2f}, worst {max(took) * 1000:.2f} ms",
        )


if __name__ == "__main__":
    main()
