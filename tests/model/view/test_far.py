"""Thousands of nodes told from afar: what a page makes of it is the view, except for what is on the nodes."""

from collections.abc import Mapping
from typing import Any

import msgspec

from clustersim import Cluster, Command, default_scenario
from clustersim.view import View, ViewBuilder, build_view
from clustersim.view.far import ON_IT, from_afar, is_far, on_nodes, rows_of, told_afar
from tests.changes import applied

SECOND = 1_000_000
NEAR = "n2"


def as_json(item: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(item))


def without_what_is_on_it(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node as a map knows it: what is on it is counted, and some of its past does not matter."""
    found: dict[str, Any] = {name: value for name, value in node.items() if name not in ON_IT}
    if "pods" in node:
        runs = [one for one in node["containers"] if one["state"] == "running"]
        found |= {
            "believed": len(node["pods"]),
            "running": len(runs),
            "differing": len(node["differs"]),
        }
    parts = {name: {**part, "since": None} for name, part in node["parts"].items()}
    return found | {"parts": parts, "machine": node["machine"] | {"bootId": None}}


def unfolded(view: Mapping[str, Any]) -> dict[str, Any]:
    """What the page makes of a view from afar (`static/room/numbers.js`)."""
    usual, nodes, deadlines = view["usual"], {}, {}
    for name, node in view["nodes"].items():
        nodes[name] = {**usual["node"], "name": name, **node}
    for key, deadline in view["deadlines"].items():
        kind, _slash, node = key.partition("/")
        deadlines[key] = {**usual[kind], "node": node, **deadline}
    whole = {name: value for name, value in view.items() if name != "usual"}
    return whole | {"nodes": nodes, "deadlines": deadlines}


def on_a_map(view: Mapping[str, Any]) -> dict[str, Any]:
    nodes = {name: without_what_is_on_it(node) for name, node in view["nodes"].items()}
    return {**view, "nodes": nodes}


def troubled() -> Cluster:
    """Three nodes, one of which is lost, and another cut off."""
    cluster = Cluster(default_scenario("v1.8"))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(60 * SECOND)
    cluster.apply(Command("cordon", "n3"))
    cluster.run_until(61 * SECOND)
    return cluster


def far(view: View) -> dict[str, Any]:
    found: dict[str, Any] = as_json(from_afar(view))
    return found


def test_a_view_from_afar_is_the_view_without_what_is_on_the_nodes() -> None:
    view = build_view(troubled())
    assert on_a_map(unfolded(far(view))) == on_a_map(as_json(view))


def test_of_equal_nodes_next_to_nothing_is_told() -> None:
    node = far(build_view(Cluster(default_scenario("v1.8"))))["nodes"]["n2"]
    assert set(node) <= {"printed", "readySince", "lastHeartbeat", "believed", "running"}


def test_one_that_is_broken_does_not_make_the_others_unusual() -> None:
    cluster = Cluster(default_scenario("v1.8"))
    cluster.apply(Command("power-off", "n1"))
    nodes = far(build_view(cluster))["nodes"]
    assert {"machine", "parts"} <= set(nodes["n1"])
    assert not {"machine", "parts"} & set(nodes["n2"])


def test_ticks_from_afar_applied_over_a_view_from_afar_give_the_next() -> None:
    cluster = Cluster(default_scenario("v1.8"))
    builder = ViewBuilder(cluster)
    view = unfolded(far(builder.view))
    for t, act in ((20, None), (40, Command("stop-kubelet", "n1")), (90, None), (400, None)):
        if act is not None:
            cluster.apply(act)
        cluster.run_until(t * SECOND)
        changes, _stored = builder.news()
        view = applied(view, as_json(told_afar(changes, ())))
        assert on_a_map(view) == on_a_map(unfolded(far(builder.view)))


def test_of_a_node_that_is_looked_at_closer_everything_is_told() -> None:
    cluster = Cluster(default_scenario("v1.8"))
    builder = ViewBuilder(cluster)
    close = as_json(on_nodes(builder.view, [NEAR, "no such node"]))
    assert list(close) == [NEAR]
    view = unfolded(far(builder.view))
    view["nodes"][NEAR] |= close[NEAR]
    cluster.apply(Command("stop-docker", NEAR))
    for t in (10, 100, 400):
        cluster.run_until(t * SECOND)
        changes, _stored = builder.news()
        view = applied(view, as_json(told_afar(changes, {NEAR})))
        expected = as_json(on_nodes(builder.view, [NEAR]))[NEAR]
        assert {name: view["nodes"][NEAR][name] for name in ON_IT} == expected


def test_a_node_that_is_new_is_told_with_its_numbers() -> None:
    cluster = Cluster(default_scenario("v1.8"))
    changes, _stored = ViewBuilder(cluster).news()
    item = build_view(cluster).nodes["n1"]
    told = told_afar(msgspec.structs.replace(changes, nodes={"n1": item, "n2": None}), ()).nodes
    assert told["n2"] is None
    assert told["n1"]["believed"] == len(item.pods)
    assert not set(ON_IT) & set(told["n1"])


def test_the_pods_of_an_application_are_told_as_kubectl_prints_them() -> None:
    view = build_view(Cluster(default_scenario("v1.8")))
    rows = rows_of(view, "tomcat")
    assert len(rows) == 3
    assert all(row.startswith("tomcat-") for row in rows)
    assert not is_far(view)
