"""Deadlines that are kept up with what changes are those that are asked for anew, whatever happens and
whenever somebody looks.
"""

import random
from contextlib import suppress

import msgspec
import pytest

from clustersim import Cluster, Command, Scenario, default_scenario
from clustersim.command import CommandError
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.scenario_schema import NodeSpec
from clustersim.view import ViewBuilder, build_view
from clustersim.view.deadlines import Deadlines

COUNT = 5
ALPHA = "v1.8 with taints"
NODE_VERBS = (
    "stop-kubelet",
    "start-kubelet",
    "hang-kubelet",
    "resume-kubelet",
    "cut-network",
    "heal-network",
    "power-off",
    "power-on",
    "delete-node",
    "drain",
    "uncordon",
)
CENTRAL_VERBS = (
    "stop-controller-manager",
    "start-controller-manager",
    "hang-controller-manager",
    "resume-controller-manager",
    "stop-apiserver",
    "start-apiserver",
    "hang-etcd",
    "resume-etcd",
)
LENGTHS = (200 * MILLISECOND, 2 * SECOND, 15 * SECOND, 60 * SECOND, 310 * SECOND)


def scenario(kind: str) -> Scenario:
    """Nodes in two zones, whose controller is quick to give them up."""
    base = default_scenario(kind.partition(" ")[0])
    texts = {"node-monitor-grace-period": "12s"}
    if kind != "v1.36":
        texts["pod-eviction-timeout"] = "20s"
    if kind == ALPHA:
        texts["feature-gates"] = "TaintBasedEvictions=true"
    domain = "topology.kubernetes.io" if kind == "v1.36" else "failure-domain.beta.kubernetes.io"
    nodes = tuple(
        NodeSpec(name=f"n{number}", labels={f"{domain}/region": "r", f"{domain}/zone": f"z{number % 2}"})
        for number in range(1, COUNT + 1)
    )
    flags = base.flags.with_texts({"controller-manager": texts})
    return msgspec.structs.replace(base, nodes=nodes, flags=flags)


def something(chance: random.Random, cluster: Cluster) -> Command:
    """To one of the nodes, to a process of the control plane, to pods."""
    drawn, node = chance.random(), f"n{chance.randint(1, COUNT)}"
    pods = list(cluster.objects("pods").values())
    if drawn < 0.5:
        return Command(chance.choice(NODE_VERBS), node)
    if drawn < 0.62:
        return Command(chance.choice(CENTRAL_VERBS))
    if drawn < 0.7:
        return Command("taint", node, {"key": "k", "effect": "NoExecute"})
    if drawn < 0.78 or not pods:
        return Command("scale", "rc/tomcat", {"replicas": chance.randint(0, 8)})
    if drawn < 0.93:
        pod = chance.choice(pods).metadata
        return Command("delete", f"pods/{pod.namespace}/{pod.name}")
    grace = chance.choice(("12s", "20s"))
    return Command("set-flags", "controller-manager", {"node-monitor-grace-period": grace})


def moments(chance: random.Random, now: Micros, dues: list[Micros]) -> list[Micros]:
    """When somebody looks: closely at first, then now and then, and closely where something is due."""
    length, parts = chance.choice(LENGTHS), chance.choice((1, 7, 40))
    step = chance.choice((1, 3, 10)) * MILLISECOND
    found = [now + step * number for number in range(1, chance.choice((3, 60)))]
    found += [now + 300 * MILLISECOND + length * part // parts for part in range(1, parts + 1)]
    near = [due for due in dues if SECOND // 2 < due - now < 400 * SECOND]
    if near and chance.random() < 0.7:
        due, step = chance.choice(near), chance.choice((1, 2, 8)) * MILLISECOND
        found += [due - 10 * MILLISECOND + step * number for number in range(80)]
    return sorted(found)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [("v1.7", 0), ("v1.7", 1), (ALPHA, 0), (ALPHA, 1), ("v1.36", 0), ("v1.36", 1), ("v1.36", 21)],
)
def test_deadlines_kept_up_are_those_asked_for_anew(kind: str, seed: int) -> None:
    chance, cluster = random.Random(seed), Cluster(scenario(kind))
    builder = ViewBuilder(cluster)
    for _ in range(14):
        with suppress(CommandError):
            cluster.apply(something(chance, cluster))
        dues = [item.due for item in builder.view.deadlines.values() if item.due is not None]
        for moment in moments(chance, cluster.now, dues):
            cluster.run_until(moment)
            view = builder.build()
            assert view.deadlines == Deadlines(cluster).items(view.nodes, None)
        assert view.deadlines == build_view(cluster).deadlines


def test_who_looks_again_asks_about_no_node_of_which_nothing_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cluster = Cluster(scenario("v1.7"))
    builder = ViewBuilder(cluster)
    for name in ("n1", "n3"):
        cluster.apply(Command("stop-kubelet", name))
    cluster.run_until(25 * SECOND)
    builder.build()
    controller = cluster.world.controller_manager.node_controller
    asked: list[list[str]] = []
    plain = type(controller).deadlines
    monkeypatch.setattr(
        type(controller),
        "deadlines",
        lambda self, names=None: asked.append(list(names)) or plain(self, asked[-1]),
    )
    for tick in range(1, 101):
        cluster.run_until(25 * SECOND + tick * SECOND // 10)
        builder.build()
    looks = [names for names in asked if names]
    assert 1 <= len(looks) <= 20  # of a hundred: around each of the two passes
    assert {name for names in looks for name in names} == {"n1", "n3"}
