"""What may change of an object that is there, and what of it stays as it was made."""

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from tests.model.apiserver.made import Plain, create, pod, workload
from tests.model.worlds import ApiWorld


def test_gates_of_a_pod_may_be_taken_away_and_not_added() -> None:
    world = ApiWorld(release="v1.36")
    assert create(pod(schedulingGates=[{"name": "a"}, {"name": "b"}]), "v1.36", world).ok
    made = world.etcd.get("pods", "default/p")

    def gated(*names: str) -> Reply:
        gates = tuple(gate for gate in made.spec.scheduling_gates if gate.name in names)
        gates += tuple(replace(made.spec.scheduling_gates[0], name=name) for name in names if name == "c")
        metadata = replace(made.metadata, resource_version="")
        changed = replace(made, metadata=metadata, spec=replace(made.spec, scheduling_gates=gates))
        return world.apiserver.handle(Request("update", "pods", "default", "p", body=changed), "test")

    assert not gated("a", "b", "c").ok
    assert gated("b").ok
    assert not gated("a", "b").ok


def test_a_node_that_says_nonsense_of_its_capacity_is_refused() -> None:
    world = ApiWorld(release="v1.8")
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n9"}}
    assert create(node, world=world).ok
    body = {"status": {"capacity": {"cpu": "x"}}}
    for verb in ("patch-status", "patch"):
        subresource = "status" if verb == "patch" else ""
        request = Request(verb, "nodes", name="n9", body=body, subresource=subresource)  # type: ignore[arg-type]
        reply = world.apiserver.handle(request, "test")
        assert reply.status == 400
        assert "quantities must match the regular expression" in reply.message


def test_what_is_allowed_to_change_of_a_pod() -> None:
    world = ApiWorld(release="v1.8")
    assert create(pod(), world=world).ok

    def patch(body: Plain) -> Reply:
        request = Request("patch", "pods", "default", "p", body=body, patch_type="strategic")
        return world.apiserver.handle(request, "test")

    assert patch({"spec": {"containers": [{"name": "a", "image": "y"}]}}).ok
    assert patch({"spec": {"activeDeadlineSeconds": 60}}).ok
    refused = patch({"spec": {"hostNetwork": True}})
    assert refused.status == 422
    assert "spec: Forbidden: pod updates may not change fields other than" in refused.message
    assert patch({"spec": {"activeDeadlineSeconds": 90}}).status == 422


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_nobody_makes_a_pod_a_mirror_later_or_takes_that_from_one(release: str) -> None:
    world, key = ApiWorld(release=release), "kubernetes.io/config.mirror"
    mirror = pod("m")
    mirror["metadata"]["annotations"] = {key: "hash"}
    mirror["spec"]["nodeName"] = "n1"
    assert create(pod(), world=world).ok
    assert create(mirror, world=world).ok

    def annotate(name: str, **annotations: str | None) -> Reply:
        body = {"metadata": {"annotations": annotations}}
        return world.apiserver.handle(
            Request("patch", "pods", "default", name, body=body, patch_type="strategic"), "test"
        )

    field = f"metadata.annotations[{key}]: Forbidden:"
    for refused in (annotate("m", **{key: None}), annotate("m", **{key: "other"})):
        assert f"{field} may not remove or update mirror pod annotation" in refused.message
    assert f"{field} may not add mirror pod annotation" in annotate("p", **{key: "hash"}).message
    assert annotate("m", note="something else").ok


def test_the_selector_of_apps_v1_stays() -> None:
    world = ApiWorld(release="v1.36")
    made = workload("Deployment", "apps/v1", selector={"matchLabels": {"app": "web"}})
    assert create(made, "v1.36", world).ok
    body = {
        "spec": {
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}},
        }
    }
    reply = world.apiserver.handle(Request("patch", "deployments", "default", "web", body=body), "test")
    assert reply.status == 422
    assert reply.message.endswith("field is immutable")
