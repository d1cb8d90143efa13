"""The names that expressions of a lesson may use: the things of its cluster, labels, milestones."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from clustersim.conformance.vocabulary import MILESTONES
from clustersim.lesson.expressions.kinds import Type
from clustersim.scenario_schema import Scenario

CONTROL_PLANE: Final = ("etcd", "apiserver", "controller-manager", "scheduler")
ON_A_NODE: Final = ("kubelet", "docker", "kube-proxy")
WORDS: Final = (
    *("pods", "nodes", "services", "flags", "now", "true", "false", "and", "or", "not", "in"),
    *("count", "all", "any", "min", "max", "distinct", "elapsed", "happened", "did", "typed"),
    *("answered", "right"),
)
"""What a name of an author's own cannot be."""
POINTS: Final = ("start", "step", "now")


class Names(msgspec.Struct, frozen=True):
    """What there is to speak of. `owners`: workloads and bare pods. `remembered`: what steps before
    this one called by a name, with its type; `asks`: the questions so far, with the ids of what can be
    chosen."""

    nodes: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    milestones: tuple[str, ...] = MILESTONES
    remembered: Mapping[str, Type] = {}
    asks: Mapping[str, tuple[str, ...]] = {}

    def subjects(self) -> tuple[str, ...]:
        """Whatever a moment can be of, without the pods that are called `owner@node`."""
        return (*self.nodes, *self.owners, *self.services, *CONTROL_PLANE, "cluster")

    def is_taken(self, name: str) -> bool:
        """Whether it means something already."""
        return name in (*self.nodes, *self.workloads, *CONTROL_PLANE, *self.remembered, *WORDS)

    def parts(self) -> Iterator[str]:
        """The parts of the picture that a lesson can point at."""
        yield from ("client", *CONTROL_PLANE)
        for node in self.nodes:
            yield from (node, *(f"{node}.{part}" for part in (*ON_A_NODE, "machine")))
        yield from (f"rc/default/{name}" for name in self.workloads)
        yield from (f"svc/default/{name}" for name in self.services)
        yield from (f"pod:{owner}@{node}" for owner in self.owners for node in self.nodes)


def names_of(scenario: Scenario, labels: tuple[str, ...] = ()) -> Names:
    """The names of a scenario, and the labels of a lesson's actions."""
    return Names(
        nodes=tuple(node.name for node in scenario.nodes),
        workloads=tuple(spec.name for spec in scenario.objects if spec.replicas is not None),
        owners=tuple(spec.name for spec in scenario.objects if spec.containers),
        services=tuple(spec.name for spec in scenario.objects if spec.kind == "Service"),
        labels=labels,
    )
