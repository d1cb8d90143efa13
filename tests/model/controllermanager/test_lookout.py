"""A pass that looks only at nodes whose moment has come decides what one does that looks at all of them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.api.coordination import Lease, LeaseSpec
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339_micro
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND, Micros
from tests.model.controllermanager.managed_world import ManagedWorld

NODES = ("n1", "n2", "n3", "n4")
ZONES = ("", "a", "b")
RELEASES = [ControllerManagerV17, ControllerManagerV18, ControllerManagerV136]
"""Signs of life are statuses in the first two, Leases in the last."""

trouble = st.tuples(
    st.sampled_from(["silent", "back", "unready", "earlier", "later", "moved", "gone", "status", "no-lease"]),
    st.sampled_from(NODES),
)
steps = st.lists(st.tuples(st.integers(1, 25), st.lists(trouble, max_size=2)), min_size=3, max_size=12)


class Signs:
    """Nodes that give a sign of life every few seconds, and whatever befalls them."""

    def __init__(self, release: type[ControllerManager], *, ticking: bool) -> None:
        self.world = ManagedWorld(*NODES, release=release, ticking=ticking)
        self.world.stop(*NODES)
        self.leases = release is ControllerManagerV136
        self.silent: set[str] = set()
        self.seen: list[Any] = []

    def give(self, name: str) -> None:
        """A sign of life."""
        world = self.world
        if name in self.silent or world.get("nodes", name) is None:
            return
        if not self.leases:
            self.status(name)
            return
        spec = LeaseSpec(holder_identity=name, renew_time=rfc3339_micro(world.now + self.skew(name)))
        known = world.get("leases", f"kube-node-lease/{name}")
        if known is None:
            lease = Lease(metadata=ObjectMeta(name=name, namespace="kube-node-lease"), spec=spec)
            world.create(lease, "leases")
        else:
            lease = replace(known, spec=spec)
            world.handle(Request("update", "leases", "kube-node-lease", name, lease))

    def skew(self, name: str) -> Micros:
        skew: Micros = self.world.beats.state.skew.get(name, 0)
        return skew

    def status(self, name: str) -> None:
        """The node's status is told."""
        beats = self.world.beats
        beats.state.ready.setdefault(name, "True")
        if self.world.get("nodes", name) is not None:
            self.world.handle(Request("patch-status", "nodes", "", name, beats.report(name)))
        beats.state.ready.pop(name)

    def befall(self, what: str, name: str) -> None:
        world, node = self.world, self.world.get("nodes", name)
        if what == "silent":
            self.silent.add(name)
        elif what == "back":
            self.silent.discard(name)
            if node is None:
                world.join(name)
                world.stop(name)
        elif what in ("earlier", "later"):
            world.beats.state.skew[name] = (-30 if what == "earlier" else 30) * SECOND
        elif what == "moved" and node is not None:
            zone = ZONES[(world.now // SECOND) % 3]
            key = "topology.kubernetes.io/zone" if self.leases else "failure-domain.beta.kubernetes.io/zone"
            metadata = replace(node.metadata, labels={key: zone})
            world.handle(Request("update", "nodes", name=name, body=replace(node, metadata=metadata)))
        elif what == "gone" and node is not None:
            world.delete("nodes", name)
        elif what == "no-lease" and world.get("leases", f"kube-node-lease/{name}") is not None:
            world.delete("leases", f"kube-node-lease/{name}")
        elif what == "unready":
            world.beats.state.ready[name] = "False"
            self.status(name)
        elif what == "status":
            self.status(name)

    def look(self) -> None:
        self.seen.append(self.world.manager.node_controller.deadlines())

    def play(self, plan: list[tuple[int, list[tuple[str, str]]]]) -> list[Any]:
        """What was seen of every node after every step, and what was recorded."""
        for seconds, troubles in plan:
            for what, name in troubles:
                self.befall(what, name)
            for _ in range(seconds):
                self.world.run(3 * SECOND // 2)
                for name in NODES:
                    self.give(name)
                self.look()
        return [*self.seen, *self.world.engine.record]


@settings(max_examples=40, deadline=None)
@given(plan=steps, release=st.sampled_from(RELEASES))
def test_looking_only_at_whose_moment_has_come_decides_what_looking_at_all_does(
    plan: list[tuple[int, list[tuple[str, str]]]], release: type[ControllerManager]
) -> None:
    assert Signs(release, ticking=False).play(plan) == Signs(release, ticking=True).play(plan)


@pytest.mark.parametrize("release", RELEASES)
def test_a_pass_does_not_look_at_nodes_that_are_well(release: type[ControllerManager]) -> None:
    signs = Signs(release, ticking=False)
    signs.play([(20, [])])
    lookout = signs.world.manager.node_controller.state.lookout
    assert set(lookout.followed) == set(NODES)
    assert not lookout.close
