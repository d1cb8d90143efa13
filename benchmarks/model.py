"""How fast the model is, beside a bare SimPy loop that sends the same heartbeats and looks at the same nodes.

python -m benchmarks.model            the experiment; 3 and 100 nodes
python -m benchmarks.model --large    and 5,000 nodes with 150,000 pods (minutes of set-up)
"""

import argparse
import time
from functools import partial
from typing import Any

import msgspec
import simpy

from benchmarks.timing import alternate, cpu_seconds, machine, median, row
from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import MILLISECOND, SECOND
from clustersim.scenario_schema import ContainerSpec, NodeSpec, ObjectSpec, Scenario

SEVEN_MINUTES = 420


def experiment(release: str) -> Cluster:
    """The source post's experiment, boot and all: seven simulated minutes after the kubelet was stopped."""
    cluster = Cluster(default_scenario(release))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(SEVEN_MINUTES * SECOND)
    return cluster


PODS_EACH = 30
BOOT_SECONDS = 400
SCHEDULED_A_SECOND = 145
"""So many pods the scheduler is given time for, at least; its own cost lets it do some 160."""


def world(nodes: int, pods: int, release: str = "v1.7") -> Scenario:
    """So many nodes; the pods, 30 at most to a controller, are where the scenario puts them.

    Clients are given rates that do not stretch the boot over hours; nothing else differs from the defaults.
    """
    base = default_scenario(release)
    flags = base.flags.with_texts(
        {
            name: {"kube-api-qps": "1000000", "kube-api-burst": "1000000"}
            for name in ("controller-manager", "scheduler")
        }
    )
    begin = max(BOOT_SECONDS, pods // SCHEDULED_A_SECOND)
    controllers = []
    placement: dict[str, dict[str, int]] = {}
    for number, first in enumerate(range(0, pods, PODS_EACH)):
        name, count = f"web-{number}", min(PODS_EACH, pods - first)
        controllers.append(
            ObjectSpec(
                kind="ReplicationController",
                name=name,
                at=(begin * -1000 + 20 * number) * MILLISECOND,
                replicas=count,
                selector={"app": name},
                labels={"app": name},
                containers=(ContainerSpec(name="web", image="web:1", port=8080),),
            )
        )
        places = placement.setdefault(name, {})
        for pod in range(first, first + count):
            node = f"n{pod % nodes + 1}"
            places[node] = places.get(node, 0) + 1
    specs = tuple(NodeSpec(name=f"n{number}", cpu="32", memory_mib=65536) for number in range(1, nodes + 1))
    return msgspec.structs.replace(
        base, flags=flags, nodes=specs, objects=tuple(controllers), placement=placement, clients=()
    )


def bare_simpy(nodes: int, duration: int) -> None:
    """Heartbeats every 10 s into a dict, a scan of all nodes every 5 s: no API server, no watches, no
    pods."""
    environment = simpy.Environment()
    seen: dict[int, float] = {}

    def kubelet(node: int) -> Any:
        yield environment.timeout(node % 10)
        while True:
            seen[node] = environment.now
            yield environment.timeout(10)

    def controller() -> Any:
        while True:
            for node, last in seen.items():
                if environment.now - last > 40:
                    raise AssertionError(f"{node} is silent")
            yield environment.timeout(5)

    for node in range(nodes):
        environment.process(kubelet(node))
    environment.process(controller())
    environment.run(until=duration)


def seven_minutes(cluster: Cluster) -> None:
    """The experiment from the moment the cluster is steady."""
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(SEVEN_MINUTES * SECOND)


def _steady(release: str, count: int) -> list[Cluster]:
    return [Cluster(default_scenario(release)) for _ in range(count)]


def report_experiment() -> None:
    """CPU time of the experiment, in both releases, with and without the causal record."""
    for release in ("v1.7", "v1.8"):
        with_boot = [cpu_seconds(partial(experiment, release)) for _ in range(6)][1:]
        alone = [cpu_seconds(partial(seven_minutes, steady)) for steady in _steady(release, 6)][1:]
        row(
            f"experiment {release}: seven minutes",
            f"{median(alone) * 1000:.1f} ms",
            f"with boot {median(with_boot) * 1000:.1f} ms",
        )


def report_size(nodes: int, pods: int, duration: int, rounds: int = 3) -> None:
    """A healthy cluster of that size: events per second, times faster than real time, ratio to SimPy."""
    start = time.process_time()
    cluster = Cluster(world(nodes, pods))
    boot = time.process_time() - start
    running = sum(pod.status.phase == "Running" for pod in cluster.objects("pods").values())
    handled = cluster.world.engine.handled

    def advance() -> None:
        cluster.run_until(cluster.now + duration * SECOND)

    ours, theirs = alternate(advance, lambda: bare_simpy(nodes, duration), rounds)
    events = (cluster.world.engine.handled - handled) / (rounds + 1)
    cost = median(ours)
    row(f"{nodes} nodes, {running} of {pods} pods running: boot", f"{boot:.2f} s")
    row(f"  {duration} simulated seconds", f"{cost * 1000:.1f} ms", f"{duration / cost:,.0f} x real time")
    row("  events handled per CPU second", f"{events / cost:,.0f}")
    row(
        "  model : bare SimPy heartbeats",
        f"{cost / median(theirs):.1f} : 1",
        f"SimPy {median(theirs) * 1000:.1f} ms",
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", action="store_true", help="also 5,000 nodes with 150,000 pods")
    arguments = parser.parse_args()
    print(machine())
    report_experiment()
    report_size(3, 9, 600)
    report_size(100, 1000, 600)
    if arguments.large:
        report_size(5000, 150_000, 60, rounds=3)


if __name__ == "__main__":
    main()
