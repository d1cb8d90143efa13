"""A recording's cluster to which something else is done than when it was recorded."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from clustersim import Cluster
from clustersim.conformance.milestones import extract
from clustersim.conformance.recording import RecordedAction, RecordedNode, RecordedToleration, Recording, read
from clustersim.conformance.run import observed
from clustersim.conformance.setup import Prepared, prepare
from clustersim.engine.time import SECOND

GOLDEN = Path(__file__).parents[2] / "golden"
BASES = {"v1.7": "v1.7.5/seed-run1", "v1.8": "v1.8.0/seed-run1", "v1.36": "v1.36.2/seed-run2"}
EVERY = pytest.mark.parametrize("release", BASES)
OLD = pytest.mark.parametrize("release", ["v1.7", "v1.8"])
PASS = 5.3
"""From one pass of the node controller to the next, with what it costs."""


def do(t: float, what: str, target: str | None = None, **arguments: Any) -> RecordedAction:
    return RecordedAction(t=t, do=what, target=target, **arguments)


class Run:
    """A recording's cluster to which something else is done. `lost`: its busiest node; `heard`: its last
    heartbeat before the first action."""

    def __init__(self, release: str, until: float = 150.0) -> None:
        base = read(GOLDEN / f"{BASES[release]}.json")
        self.release = release
        self.what = "everything"
        self.lost = str(base.actions[0].target)
        self.heard = base.phase.heartbeats_before[self.lost][-1]
        self.recording: Recording = replace(
            base, actions=(), milestones=(), never=(), final=replace(base.final, t=until)
        )

    @property
    def workload(self) -> str:
        return "deployment/tomcat" if self.release == "v1.36" else "rc/tomcat"

    def with_flags(self, *components: str, **flags: str) -> "Run":
        """Flags of these components, of the controller-manager if none is named."""
        named = {name.replace("_", "-"): text for name, text in flags.items()}
        known = self.recording.flags
        for component in components or ("controller-manager",):
            known = {**known, component: {**known.get(component, {}), **named}}
        self.recording = replace(self.recording, flags=known)
        return self

    def tolerating(self, seconds: int | None) -> "Run":
        """Pods tolerate a lost node for so long, None: for ever."""
        two = tuple(
            RecordedToleration(
                key=f"node.kubernetes.io/{kind}",
                operator="Exists",
                effect="NoExecute",
                toleration_seconds=seconds,
            )
            for kind in ("not-ready", "unreachable")
        )
        objects = tuple(
            replace(one, tolerations=two) if one.kind == "Deployment" else one
            for one in self.recording.objects
        )
        self.recording = replace(self.recording, objects=objects)
        return self

    def joining(self, node: str) -> "Run":
        """A node that is there only when it joins."""
        first = self.recording.nodes[0]
        new = RecordedNode(node, first.cpu, first.memory_mib)
        self.recording = replace(self.recording, nodes=(*self.recording.nodes, new))
        return self

    def of(self, *actions: RecordedAction, every_node: bool = False) -> dict[str, float]:
        """When each milestone was first reached, in seconds; of the lost node where it is one of a node."""
        recording = replace(self.recording, actions=actions)
        seen = observed(self._prepared(recording))
        first: dict[str, float] = {}
        for milestone in sorted(extract(recording, seen), key=lambda one: one.t):
            if milestone.of in self.other_nodes and not every_node:
                continue
            first.setdefault(milestone.name, milestone.t / SECOND)
        return first

    def cutting(self, what: str) -> "Run":
        """Its cuts of a network take only that, which recordings do not know."""
        self.what = what
        return self

    def _prepared(self, recording: Recording) -> Prepared:
        prepared = prepare(recording)
        actions = tuple(
            replace(one, args={"what": self.what}) if one.do == "cut-network" else one
            for one in prepared.scenario.actions
        )
        return replace(prepared, scenario=replace(prepared.scenario, actions=actions))

    def cluster(self, *actions: RecordedAction) -> Cluster:
        """The cluster at the end of that."""
        cluster = Cluster(self._prepared(replace(self.recording, actions=actions)).scenario)
        cluster.run_until(cluster.scenario.until)
        return cluster

    @property
    def other_nodes(self) -> list[str]:
        return [node.name for node in self.recording.nodes[:3] if node.name != self.lost]
