"""How long a large room is on the way to its next event: a kubelet is stopped, and the button pressed.

    python -m benchmarks.next_event [1000 3000 5000]

Nodes without pods, v1.8. The room goes on until the node is given up; then as far as it looks where nothing
happens.
"""

import argparse
import time
from typing import Final

from benchmarks import model
from benchmarks.timing import machine, row
from clustersim import Cluster, Command
from clustersim.engine.time import in_seconds
from visualizer.rooms.running.next_event import WayToNextEvent

SIZES: Final = (1000, 3000, 5000)


def _go(cluster: Cluster) -> tuple[float, float]:
    """Simulated and CPU seconds."""
    way, begin, start = WayToNextEvent(cluster, cluster), cluster.now, time.process_time()
    while not way.is_over:
        way.run_until(way.end)
    return in_seconds(cluster.now - begin), time.process_time() - start


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("nodes", nargs="*", type=int, default=SIZES)
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for nodes in arguments.nodes:
        cluster = Cluster(model.world(nodes, 0, "v1.8"))
        cluster.apply(Command("stop-kubelet", "n1"))
        for told in ("a node is given up", "the next after that"):
            simulated, spent = _go(cluster)
            row(f"{nodes} nodes: {told}", f"{spent:.2f} s", f"{simulated:.1f} simulated seconds")


if __name__ == "__main__":
    main()
