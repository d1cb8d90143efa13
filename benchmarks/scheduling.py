"""What finding a node for a pod costs, by the number of nodes: beside the plain scheduler in the same run.

python -m benchmarks.scheduling          100, 1,000 and 5,000 nodes
python -m benchmarks.scheduling --all    all pods that 5,000 nodes take, 150,000
"""

import argparse
from collections.abc import Callable, Iterator

import msgspec

from benchmarks.timing import cpu_seconds, machine, row
from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector, ObjectMeta, replace
from clustersim.api.resources import requests, requests_v136
from clustersim.releases import release_named
from clustersim.scheduler.cache import CacheState, SchedulerCache
from clustersim.scheduler.decision import Decision, decide
from clustersim.scheduler.framework.candidate import candidate
from clustersim.scheduler.framework.cycle import schedule, visiting_order
from clustersim.scheduler.framework.owners import default_selector
from clustersim.scheduler.framework.plugin import Snapshot
from clustersim.scheduler.framework.plugins import DEFAULT
from clustersim.scheduler.incremental.fifo_choice import FifoChoice
from clustersim.scheduler.incremental.framework_choice import FrameworkChoice
from clustersim.scheduler.incremental.index import ClusterIndex
from clustersim.scheduler.priorities import selectors_of

PODS_EACH = 30
"""To a Service, and to a node."""

PLAIN_PODS = 20
"""That the plain scheduler is measured with: each looks at every node."""

HOSTNAME = "kubernetes.io/hostname"

Choose = Callable[[v1.Pod], Decision]


class Bench(msgspec.Struct):
    """A cache full of empty nodes, and the Services of the pods to come."""

    release: str
    cache: SchedulerCache
    index: ClusterIndex
    services: tuple[v1.Service, ...]
    chosen: int = 0
    start: int = 0

    def plain(self, pod: v1.Pod) -> Decision:
        """Look at every node, as the real scheduler does."""
        if self.release != "v1.36":
            policy = release_named(self.release).components["scheduler"].policy
            selectors = selectors_of(pod, self.services)
            return decide(pod, self.cache.nodes(), selectors, policy, self.chosen)
        snapshot = Snapshot(visiting_order(self.cache.nodes()), default_selector(pod, self.services))
        return schedule(candidate(pod), snapshot, DEFAULT, self.start)

    def quick(self) -> Choose:
        """Look at what has changed only."""
        if self.release == "v1.36":
            framework = FrameworkChoice(self.index)
            return lambda pod: _decided(framework.decide(pod, self.start))
        fifo = FifoChoice(release_named(self.release).components["scheduler"].policy, self.index)
        return lambda pod: _decided(fifo.decide(pod, self.chosen))

    def place(self, pods: list[v1.Pod], choose: Choose) -> None:
        """Find a node for each pod and count it there."""
        for pod in pods:
            decision = choose(pod)
            assert decision.choice is not None
            self.chosen += 1
            self.start = (self.start + decision.visited) % decision.nodes
            self.cache.assume(replace(pod, spec=replace(pod.spec, node_name=decision.choice.node)))


def _decided(decision: Decision | None) -> Decision:
    if decision is None:
        raise LookupError("every node would have to be looked at")
    return decision


def bench(release: str, nodes: int, pods: int) -> Bench:
    """So many equal nodes, and a Service for every thirty pods."""
    state = CacheState()
    services = tuple(
        v1.Service(
            metadata=ObjectMeta(name=f"web-{number}", namespace="default"),
            spec=v1.ServiceSpec(selector={"app": f"web-{number}"}),
        )
        for number in range(-(-pods // PODS_EACH))
    )
    index = ClusterIndex(state, services)
    cache = SchedulerCache(state, requests_v136 if release == "v1.36" else requests, index)
    offered = {"cpu": "32", "memory": "64Gi", "pods": "110"}
    for number in range(nodes):
        name = f"n{number}"
        ready = (v1.NodeCondition(type="Ready", status="True"),)
        cache.set_node(
            v1.Node(
                metadata=ObjectMeta(name=name, labels={HOSTNAME: name}),
                status=v1.NodeStatus(capacity=offered, allocatable=offered, conditions=ready),
            )
        )
    return Bench(release, cache, index, services)


def pods_of(count: int, *, far: bool = False) -> Iterator[v1.Pod]:
    """So many pods, thirty of each kind; far: each wants to be on a node without one of its kind."""
    wanted = v1.ResourceRequirements(requests={"cpu": "100m", "memory": "128Mi"})
    for number in range(count):
        labels = {"app": f"web-{number // PODS_EACH}"}
        term = v1.PodAffinityTerm(label_selector=LabelSelector(match_labels=labels), topology_key=HOSTNAME)
        rule = v1.PodAntiAffinity(required_during_scheduling_ignored_during_execution=(term,))
        yield v1.Pod(
            metadata=ObjectMeta(name=f"p{number}", namespace="default", uid=f"p{number}", labels=labels),
            spec=v1.PodSpec(
                containers=(v1.Container(name="web", image="web:1", resources=wanted),),
                affinity=v1.Affinity(pod_anti_affinity=rule) if far else None,
            ),
        )


def report(release: str, nodes: int, count: int) -> float:
    """Microseconds per pod without a look at every node; prints them beside those of the plain one."""
    ours = bench(release, nodes, count)
    pods, choose = list(pods_of(count)), ours.quick()
    quick = cpu_seconds(lambda: ours.place(pods, choose)) / count
    theirs = bench(release, nodes, PLAIN_PODS)
    few = list(pods_of(PLAIN_PODS))
    plain = cpu_seconds(lambda: theirs.place(few, theirs.plain)) / PLAIN_PODS
    row(
        f"{release}, {nodes} nodes, {count} pods: per pod",
        f"{quick * 1e6:,.0f} us",
        f"plain {plain * 1e6:,.0f} us, {plain / quick:.0f} : 1",
    )
    return quick


def report_affinity(release: str, nodes: int, count: int) -> None:
    """Pods that must be apart from each other are looked for on every node."""
    world = bench(release, nodes, count)
    pods = list(pods_of(count, far=True))
    cost = cpu_seconds(lambda: world.place(pods, world.plain)) / count
    row(f"{release}, {nodes} nodes, anti-affinity: per pod", f"{cost * 1e6:,.0f} us", "every node looked at")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="all 150,000 pods that 5,000 nodes take")
    arguments = parser.parse_args()
    print(machine())
    for release in ("v1.8", "v1.36"):
        small = report(release, 100, 100 * PODS_EACH)
        report(release, 1000, 6000)
        large = report(release, 5000, 5000 * PODS_EACH if arguments.all else 9000)
        row(f"{release}, per pod, 5,000 nodes : 100 nodes", f"{large / small:.2f} : 1")
        report_affinity(release, 1000, PLAIN_PODS)


if __name__ == "__main__":
    main()
