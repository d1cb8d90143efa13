"""A pass that looks only at nodes whose moment has come decides what one does that looks at all of them."""

from collections import Counter
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.api.coordination import Lease, LeaseSpec
from clustersim.api.core_v1 import Node
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339_micro
from clustersim.controllermanager.node.health import NodeHealth
from clustersim.controllermanager.node.lookout import Lookout, LookoutState
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


# --- the lookout alone, beside one that looks at every node in every pass ------------------------------

GRACE = 40 * SECOND

happening = st.tuples(
    st.sampled_from(
        ["renewed", "renewed", "renewed", "changed", "went", "came", "unwell", "well", "anew", "pass"]
    ),
    st.sampled_from(NODES),
)
happenings = st.lists(st.tuples(st.integers(0, 12), happening), min_size=5, max_size=60)


class Watched(NamedTuple):
    """A node in the cache: what else than a sign of life has become of it, its sign, and its zone."""

    node: Node
    sign: str
    zone: str
    well: bool = True


class Beside:
    """A lookout and, in `seen`, what is known by who looks at everything."""

    def __init__(self) -> None:
        self.now = 0
        self.signs = 0
        self.cache: dict[str, Watched] = {}
        self.seen: dict[str, NodeHealth] = {}
        self.health: dict[str, NodeHealth] = {}
        self.fine: dict[str, bool] = {}
        self.renamed = True
        self.lookout = Lookout(LookoutState(), self.health, signed, GRACE)

    def sign(self, name: str) -> str | None:
        return self.cache[name].sign if name in self.cache else None

    def befall(self, what: str, name: str) -> None:
        """Something becomes of a node, if it can."""
        if what == "pass":
            self.look()
        elif what == "anew":
            self.start_anew()
        elif what == "came" and name not in self.cache:
            self.cache[name] = Watched(self.new_node(), self.next_sign(), ZONES[self.signs % 3])
            self.lookout.came(name)
            self.renamed = True
        elif name not in self.cache:
            what_is_left = self.lookout.renewed if what == "renewed" else self.lookout.changed
            what_is_left(name, self.next_sign())
        elif what != "came":
            known = self.cache[name]
            if what == "renewed":
                self.cache[name] = known._replace(sign=self.next_sign())
                self.lookout.renewed(name, known.sign)
                return
            if what == "went":
                del self.cache[name]
                self.lookout.went(name, known.sign)
                self.renamed = True
            else:
                zone = ZONES[self.now // SECOND % 3] if what == "changed" else known.zone
                well = {"unwell": False, "well": True}.get(what, known.well)
                self.cache[name] = known._replace(
                    node=self.new_node(), zone=zone, well=well, sign=self.next_sign()
                )
                self.lookout.changed(name, known.sign)
            self.fine.pop(name, None)

    def next_sign(self) -> str:
        self.signs += 1
        return str(self.signs)

    def new_node(self) -> Node:
        return Node(metadata=ObjectMeta(name=self.next_sign()))

    def look(self) -> None:
        """A pass of both: the lookout has looked at no node in vain, and remembers nothing that is over."""
        lookout, now = self.lookout, self.now
        assert lookout.state.renamed == self.renamed
        lookout.state.renamed = self.renamed = False
        lookout.begin(now)
        for known in (self.seen, self.health):
            for name in [name for name in known if name not in self.cache]:
                del known[name]
        for name in self.cache:
            self.seen[name] = self.observe(name, self.seen.get(name))
        chosen = lookout.to_look_at(now, self.sign)
        assert chosen == [name for name in self.cache if name not in self.fine or self.is_late(name)]
        self.fine = {name: True for name in self.cache if self.cache[name].well and not self.is_late(name)}
        for name in chosen:
            self.health[name] = self.observe(name, self.health.get(name))
            lookout.judged(name, follow=name in self.fine)
        zones = [self.seen[name].zone for name in self.cache if name in self.fine]
        ready = lookout.ready(lambda: self.cache)
        assert ready == Counter(zones)
        if len(ready) > 1:
            assert list(ready) == list(dict.fromkeys(zones))
        assert set(lookout.state.followed) == set(self.fine)
        assert min(lookout.state.times.values()) >= now - GRACE
        assert len(lookout.state.dues) == len(lookout.state.waiting)

    def observe(self, name: str, known: NodeHealth | None) -> NodeHealth:
        watched = self.cache[name]
        if known is not None and (known.lease, known.node) == (watched.sign, watched.node):
            return known
        began = self.now if known is None or known.node is not watched.node else known.transition
        ready = "True" if watched.well else ""
        return NodeHealth(watched.node, ready, "", "", self.now, began, watched.zone, True, watched.sign)

    def is_late(self, name: str) -> bool:
        return self.seen[name].probe + GRACE < self.now

    def start_anew(self) -> None:
        self.lookout.start_anew(self.now, self.sign)
        for name, known in self.seen.items():
            if known.ready:
                self.seen[name] = replace(known, probe=self.now, transition=self.now)

    def knows(self) -> dict[str, NodeHealth]:
        return {name: self.lookout.known(name, self.sign(name)) for name in self.health}


def signed(known: NodeHealth, sign: str, seen: Micros) -> NodeHealth:
    return replace(known, lease=sign, probe=seen)


@settings(max_examples=300)
@given(plan=happenings)
def test_after_anything_a_lookout_knows_what_is_known_by_who_looks_at_every_node(
    plan: list[tuple[int, tuple[str, str]]],
) -> None:
    both = Beside()
    for name in NODES[:3]:
        both.befall("came", name)
    both.look()
    for seconds, (what, name) in plan:
        both.now += seconds * SECOND
        both.befall(what, name)
        assert both.knows() == both.seen


def test_signs_are_not_noted_where_every_pass_looks_at_every_node() -> None:
    health = {"n1": NodeHealth(Node(), "True", "", "", 0, 0, "", True)}
    lookout = Lookout(LookoutState(), health, signed, GRACE, everything=True)
    lookout.came("n1")
    lookout.begin(0)
    lookout.to_look_at(0, lambda _name: "first")
    lookout.judged("n1", follow=True)
    lookout.renewed("n1", "first")
    assert not lookout.state.beats
