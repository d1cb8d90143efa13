"""Admission: what plugins fill in and refuse."""

from typing import Any

import pytest

from clustersim.api.core.limits import ResourceQuotaStatus
from clustersim.api.decoding import decode_object
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.engine.time import SECOND
from clustersim.flags import ApiServerFlags
from clustersim.releases import release_named
from tests.model.worlds import ApiWorld

Plain = dict[str, Any]


def world(*plugins: str, release: str = "v1.8") -> ApiWorld:
    flags = ApiServerFlags(start_delay=0, admission_control=plugins)
    return ApiWorld(release=release, flags=flags)


def create(in_: ApiWorld, kind: str, name: str, api_version: str = "v1", **fields: Any) -> Reply:
    plain = {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}
    decoded = decode_object(plain, in_.apiserver.release)
    request = Request("create", decoded.resource.plural, body=decoded.obj, api_version=api_version)
    return in_.apiserver.handle(request, "test")


def pod(in_: ApiWorld, name: str, resources: Plain | None = None, **spec: Any) -> Reply:
    containers = [{"name": "a", "image": "x", "resources": resources or {}}]
    return create(in_, "Pod", name, spec={"containers": containers, **spec})


def quota(in_: ApiWorld, hard: Plain, name: str = "few", **spec: Any) -> Reply:
    """A quota that its controller has counted for once, while there was nothing to count."""
    made = create(in_, "ResourceQuota", name, spec={"hard": hard, **spec})
    if made.ok:
        count(in_, name)
    return made


def count(in_: ApiWorld, name: str = "few", **used: str) -> None:
    """What the quota controller writes."""
    found = in_.etcd.get("resourcequotas", f"default/{name}")
    status = ResourceQuotaStatus(hard=found.spec.hard, used=dict.fromkeys(found.spec.hard, "0") | used)
    counted = replace(found, status=status)
    asked = Request("update-status", "resourcequotas", "default", name, counted)
    assert in_.apiserver.handle(asked, "resourcequota-controller").ok


def limits(in_: ApiWorld, **item: Any) -> None:
    assert create(in_, "LimitRange", "bounds", spec={"limits": [{"type": "Container", **item}]}).ok


def test_a_limit_range_fills_in_requests_and_limits_and_says_so() -> None:
    in_ = world("LimitRanger")
    limits(in_, default={"cpu": "500m"}, defaultRequest={"cpu": "100m"})
    made = pod(in_, "p").body
    [container] = made.spec.containers
    assert (container.resources.requests, container.resources.limits) == ({"cpu": "100m"}, {"cpu": "500m"})
    assert made.metadata.annotations == {
        "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container a; "
        "cpu limit for container a"
    }


def test_what_is_outside_a_limit_range_is_forbidden() -> None:
    in_ = world("LimitRanger")
    limits(in_, min={"memory": "4Mi"}, max={"memory": "1Gi"})
    refused = pod(in_, "p", {"requests": {"memory": "2Gi"}, "limits": {"memory": "2Gi"}})
    assert refused.status == 403
    assert refused.message == (
        'pods "p" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi.'
    )
    small = pod(in_, "p", {"requests": {"memory": "1Mi"}})
    assert small.message == (
        'pods "p" is forbidden: minimum memory usage per Container is 4Mi, but request is 1Mi.'
    )


def test_limits_may_be_as_many_times_the_requests_as_is_said_and_not_more() -> None:
    in_ = world("LimitRanger")
    limits(in_, maxLimitRequestRatio={"cpu": "2"})
    assert pod(in_, "p", {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}).ok
    refused = pod(in_, "q", {"requests": {"cpu": "1"}, "limits": {"cpu": "2001m"}})
    assert "cpu max limit to request ratio per Container is 2, but provided ratio is 2.001" in refused.message


def test_a_quota_that_is_used_up_lets_nothing_more_in() -> None:
    in_ = world("ResourceQuota")
    assert quota(in_, {"pods": 1, "requests.cpu": "1"}).ok
    assert pod(in_, "p").message == 'pods "p" is forbidden: failed quota: few: must specify requests.cpu'
    assert pod(in_, "p", {"requests": {"cpu": "400m"}}).ok
    refused = pod(in_, "q", {"requests": {"cpu": "700m"}})
    assert (refused.status, refused.message) == (
        403,
        'pods "q" is forbidden: exceeded quota: few, requested: pods=1,requests.cpu=700m, '
        "used: pods=1,requests.cpu=400m, limited: pods=1,requests.cpu=1",
    )


def test_a_quota_that_is_more_than_used_up_lets_in_what_asks_for_nothing_of_it() -> None:
    in_ = world("ResourceQuota")
    assert quota(in_, {"requests.cpu": "1"}).ok
    assert pod(in_, "p", {"requests": {"cpu": "1"}}).ok
    body = {"spec": {"hard": {"requests.cpu": "500m"}}}
    assert in_.apiserver.handle(Request("patch", "resourcequotas", "default", "few", body=body), "test").ok
    count(in_, **{"requests.cpu": "1"})
    assert pod(in_, "q", {"requests": {"cpu": "0"}}).ok
    assert not pod(in_, "r", {"requests": {"cpu": "1m"}}).ok


def test_init_containers_must_ask_for_what_a_quota_bounds_too() -> None:
    in_ = world("ResourceQuota")
    assert quota(in_, {"requests.cpu": "1"}).ok
    asks: Plain = {"requests": {"cpu": "100m"}}
    assert "must specify requests.cpu" in (
        pod(in_, "p", asks, initContainers=[{"name": "b", "image": "x"}]).message
    )
    assert pod(in_, "p", asks, initContainers=[{"name": "b", "image": "x", "resources": asks}]).ok


def test_what_a_quota_lets_in_is_counted_in_its_status_at_once() -> None:
    for release in ("v1.7", "v1.8", "v1.36"):
        in_ = world("ResourceQuota", release=release)
        assert quota(in_, {"pods": 3, "requests.cpu": "1"}).ok
        for name in ("p", "q"):
            assert pod(in_, name, {"requests": {"cpu": "400m"}}).ok
        few = in_.etcd.get("resourcequotas", "default/few")
        assert few.status.used == {"pods": "2", "requests.cpu": "800m"}


def test_a_pod_of_another_size_keeps_to_limits_and_quotas() -> None:
    in_ = world("LimitRanger", "ResourceQuota", release="v1.36")
    limits(in_, max={"cpu": "2"}, default={"cpu": "2"}, defaultRequest={"cpu": "100m"})
    assert quota(in_, {"requests.cpu": "1"}).ok
    assert pod(in_, "p", {"requests": {"cpu": "400m"}}).ok

    def resize(requests: str, limit: str = "2") -> Reply:
        resources = {"requests": {"cpu": requests}, "limits": {"cpu": limit}}
        body = {"spec": {"containers": [{"name": "a", "resources": resources}]}}
        asked = Request("patch", "pods", "default", "p", body, patch_type="strategic", subresource="resize")
        return in_.apiserver.handle(asked, "test")

    assert resize("1500m").message == (
        'pods "p" is forbidden: exceeded quota: few, requested: requests.cpu=1100m, used: requests.cpu=400m, '
        "limited: requests.cpu=1"
    )
    assert "maximum cpu usage per Container is 2, but limit is 3" in resize("400m", "3").message
    assert resize("900m").ok
    assert in_.etcd.get("resourcequotas", "default/few").status.used == {"requests.cpu": "900m"}


def test_a_quota_with_a_scope_counts_only_the_pods_of_that_scope() -> None:
    in_ = world("ResourceQuota")
    assert quota(in_, {"pods": 1}, scopes=["BestEffort"]).ok
    assert pod(in_, "asks", {"requests": {"cpu": "400m"}}).ok
    assert pod(in_, "modest").ok
    assert "exceeded quota: few" in pod(in_, "another").message
    assert pod(in_, "asks-too", {"requests": {"cpu": "400m"}}).ok


def test_without_the_plugin_a_quota_bounds_nothing_as_by_default_in_old_releases() -> None:
    for release in ("v1.7", "v1.8"):
        in_ = world(*release_named(release).flags.apiserver.admission_control, release=release)
        assert quota(in_, {"pods": 0}, "none").ok
        assert pod(in_, "p").ok


def test_the_priority_of_a_pod_follows_from_its_class() -> None:
    in_ = world("Priority", release="v1.36")
    assert create(in_, "PriorityClass", "high", "scheduling.k8s.io/v1", value=1000).ok
    assert pod(in_, "plain").body.spec.priority == 0
    assert pod(in_, "important", priorityClassName="high").body.spec.priority == 1000
    assert pod(in_, "vital", priorityClassName="system-node-critical").body.spec.priority == 2_000_001_000
    refused = pod(in_, "lost", priorityClassName="none")
    assert refused.message == 'pods "lost" is forbidden: no PriorityClass with name none was found'


def test_nothing_is_made_in_a_namespace_that_goes() -> None:
    in_ = world("NamespaceLifecycle")
    assert create(in_, "Namespace", "old").ok
    in_.apiserver.handle(Request("delete", "namespaces", name="old"), "test")
    plain = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": "old"},
        "data": {"a": "b"},
    }
    body = decode_object(plain, "v1.8").obj
    refused = in_.apiserver.handle(Request("create", "configmaps", "old", body=body), "test")
    assert refused.message == (
        'configmaps "c" is forbidden: unable to create new content in namespace old because it is being '
        "terminated."
    )


def test_a_claim_without_a_class_gets_the_default_one() -> None:
    in_ = world("DefaultStorageClass")
    plain = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "fast",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "example.com/disk",
    }
    request = Request("create", "storageclasses", body=decode_object(plain, "v1.8").obj)
    assert in_.apiserver.handle(request, "test").ok
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    assert create(in_, "PersistentVolumeClaim", "data", spec=spec).body.spec.storage_class_name == "fast"
    none = {**spec, "storageClassName": ""}
    assert create(in_, "PersistentVolumeClaim", "own", spec=none).body.spec.storage_class_name == ""


def storage_class(in_: ApiWorld, name: str) -> None:
    """Another default class, made a while after the one before."""
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    plain = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, "annotations": annotations},
        "provisioner": "example.com/disk",
    }
    decoded = decode_object(plain, in_.apiserver.release)
    request = Request("create", "storageclasses", body=decoded.obj, api_version=decoded.api_version)
    assert in_.apiserver.handle(request, "test").ok
    in_.run(SECOND)


def test_of_two_default_classes_a_claim_gets_the_newer_one_today_and_neither_in_old_releases() -> None:
    # https://github.com/kubernetes/kubernetes/issues/34549
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    for release in ("v1.7", "v1.8", "v1.36"):
        in_ = world("DefaultStorageClass", release=release)
        storage_class(in_, "a")
        storage_class(in_, "b")
        made = create(in_, "PersistentVolumeClaim", "data", spec=spec)
        if release == "v1.36":
            assert made.body.spec.storage_class_name == "b"
        else:
            assert (made.status, made.message) == (
                403,
                'persistentvolumeclaims "data" is forbidden: Internal error occurred: 2 default '
                "StorageClasses were found",
            )


@pytest.mark.parametrize(
    ("own", "added"),
    [
        ({"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}, 2),
        ({"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}, 1),
        ({"key": "node.kubernetes.io/not-ready", "operator": "Exists"}, 1),
        ({"operator": "Exists"}, 0),
    ],
)
def test_a_pod_tolerates_lost_nodes_for_a_while_unless_it_says_how_it_does(own: Plain, added: int) -> None:
    in_ = world("DefaultTolerationSeconds", release="v1.36")
    assert len(pod(in_, "p", tolerations=[own]).body.spec.tolerations) == 1 + added


def test_a_new_node_has_one_taint_until_it_is_ready() -> None:
    in_ = world("TaintNodesByCondition", release="v1.36")
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    for name, taints in (("n1", []), ("n2", [taint])):
        made = create(in_, "Node", name, spec={"taints": taints}).body
        assert [one.key for one in made.spec.taints] == ["node.kubernetes.io/not-ready"]


def test_what_a_runtime_class_costs_is_the_pods_and_where_it_runs() -> None:
    in_ = world("RuntimeClass", release="v1.36")
    fields = {
        "handler": "runsc",
        "overhead": {"podFixed": {"cpu": "250m"}},
        "scheduling": {"nodeSelector": {"sandbox": "yes"}},
    }
    assert create(in_, "RuntimeClass", "sandboxed", "node.k8s.io/v1", **fields).ok
    spec = pod(in_, "p", runtimeClassName="sandboxed").body.spec
    assert (spec.overhead, spec.node_selector) == ({"cpu": "250m"}, {"sandbox": "yes"})


def test_the_manifest_a_pod_was_made_of_may_replace_it() -> None:
    in_ = world("DefaultTolerationSeconds", "Priority", release="v1.36")
    made = pod(in_, "p").body
    plain = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "labels": {"status": "replaced"}},
        "spec": {"containers": [{"name": "a", "image": "x"}]},
    }
    request = Request("update", "pods", "default", "p", body=decode_object(plain, "v1.36").obj)
    done = in_.apiserver.handle(request, "test")
    assert (done.ok, done.body.metadata.labels) == (True, {"status": "replaced"})
    assert done.body.spec == made.spec


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_the_namespaces_a_cluster_needs_may_not_be_deleted(name: str) -> None:
    in_ = world("NamespaceLifecycle", release="v1.36")
    refused = in_.apiserver.handle(Request("delete", "namespaces", "", name), "test")
    assert (refused.status, refused.message) == (
        403,
        f'namespaces "{name}" is forbidden: this namespace may not be deleted',
    )


def test_a_pod_may_be_updated_with_the_priority_it_has_and_with_no_other() -> None:
    in_ = world("Priority", release="v1.36")
    made = pod(in_, "p").body
    for priority, ok in ((0, True), (5, False)):
        changed = replace(made, metadata=replace(made.metadata, resource_version=""))
        changed = replace(changed, spec=replace(made.spec, priority=priority))
        request = Request("update", "pods", "default", "p", body=changed)
        assert in_.apiserver.handle(request, "test").ok is ok


def test_what_admission_adds_belongs_to_nobody() -> None:
    in_ = world("DefaultTolerationSeconds", "Priority", "ServiceAccount", release="v1.36")
    plain = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "a", "image": "x"}]},
    }
    body = decode_object(plain, "v1.36").obj
    made = in_.apiserver.handle(Request("create", "pods", "default", body=body, manager="me"), "test").body
    [entry] = made.metadata.managed_fields
    assert {"f:containers", "f:dnsPolicy"} <= set(entry.fields_v1["f:spec"])
    assert not {"f:tolerations", "f:priority", "f:serviceAccountName"} & set(entry.fields_v1["f:spec"])
