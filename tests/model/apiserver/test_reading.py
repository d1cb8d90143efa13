"""What lists and watches select, and lists in pieces."""

from clustersim import Cluster, default_scenario
from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelectorRequirement, ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.selectors import parse_field_selector, parse_label_selector
from clustersim.engine.actor import then
from tests.model.worlds import ApiWorld


def world() -> ApiWorld:
    made = ApiWorld()
    for name, labels in (("a", {"tier": "web"}), ("b", {"tier": "db"}), ("c", {})):
        config = v1.ConfigMap(metadata=ObjectMeta(name=name, namespace="default", labels=labels))
        assert made.ask("create", config).ok
    return made


def names(made: ApiWorld, selector: str) -> list[str]:
    chosen = parse_label_selector(selector)
    request = Request(
        "list", "configmaps", label_selector=chosen.match_labels, expressions=chosen.match_expressions
    )
    return [one.metadata.name for one in made.apiserver.handle(request, "test").body]


def test_sets_of_labels_select() -> None:
    made = world()
    assert names(made, "tier in (web, db)") == ["a", "b"]
    assert names(made, "tier notin (web)") == ["b", "c"]
    assert names(made, "tier") == ["a", "b"]
    assert names(made, "!tier") == ["c"]
    assert names(made, "tier!=db") == ["a", "c"]
    assert names(made, "tier=web,tier=db") == []


def test_fields_are_written_with_equal_and_unequal() -> None:
    assert parse_field_selector("spec.nodeName=n1,status.phase!=Failed") == {
        "spec.nodeName": "n1",
        "status.phase": "!Failed",
    }


def test_a_field_that_cannot_be_selected_by_is_refused_by_list_and_watch() -> None:
    made = world()
    for verb in ("list", "watch"):
        request = Request(verb, "pods", field_selector={"spec.hostname": "x"})  # type: ignore[arg-type]
        reply = made.apiserver.handle(request, "probe")
        assert (reply.status, reply.message) == (400, "field label not supported: spec.hostname")


def test_a_list_comes_in_pieces() -> None:
    made = world()
    first = made.apiserver.handle(Request("list", "configmaps", limit=2), "test")
    assert [one.metadata.name for one in first.body] == ["a", "b"]
    rest = made.apiserver.handle(Request("list", "configmaps", limit=2, continue_=first.continue_), "test")
    assert [one.metadata.name for one in rest.body] == ["c"]
    assert rest.continue_ == ""


def test_a_watch_by_expression_sees_what_comes_and_goes() -> None:
    made = world()
    wanted = (LabelSelectorRequirement(key="tier", operator="Exists"),)
    request = Request(
        "watch", "configmaps", stream="s", expressions=wanted, resource_version=made.etcd.store.revision
    )
    seen: list[str] = []
    made.probe.watched = lambda _stream, kind, obj, _revision: seen.append(f"{kind} {obj.metadata.name}")  # type: ignore[method-assign]
    made.probe.api.send(request, then(made.probe.keep))
    made.run(100_000)
    labelled = made.etcd.get("configmaps", "default/c")
    assert made.ask("update", replace(labelled, metadata=replace(labelled.metadata, labels={"tier": "x"}))).ok
    assert seen == ["ADDED c"]


def test_a_refusal_carries_its_causes() -> None:
    made = world()
    pod = v1.Pod(metadata=ObjectMeta(name="p", namespace="default"))
    reply = made.apiserver.handle(Request("create", "pods", body=pod), "test")
    assert reply.details is not None
    assert [cause.field for cause in reply.details.causes] == ["spec.containers"]


def test_all_objects_of_a_resource_are_those_that_one_finds_by_name() -> None:
    cluster = Cluster(default_scenario("v1.36"))
    roles = cluster.objects("clusterroles")
    assert "cluster-admin" in roles
    assert all(cluster.object("clusterroles", name) == role for name, role in roles.items())
