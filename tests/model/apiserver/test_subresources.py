"""Scale, binding, apply, preconditions, dry runs and deleting many at once."""

from typing import Any

from clustersim.api import batch
from clustersim.api.decoding import decode_object
from clustersim.api.diff import LAST_APPLIED, last_applied
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.api.status import Reply
from clustersim.apiserver.strategy import prepare_create
from tests.model.apiserver.made import create, pod, workload
from tests.model.worlds import ApiWorld


def world(release: str = "v1.36") -> ApiWorld:
    made = ApiWorld(release=release)
    plain = workload("Deployment", "apps/v1", replicas=2, selector={"matchLabels": {"app": "web"}})
    assert create(plain, release, made).ok
    return made


def ask(in_: ApiWorld, verb: Any, resource: str, name: str = "", **fields: Any) -> Reply:
    return in_.apiserver.handle(Request(verb, resource, "default", name, **fields), "test")


def replicas(in_: ApiWorld) -> int:
    number: int = in_.etcd.get("deployments", "default/web").spec.replicas
    return number


def test_a_scale_shows_and_sets_the_number_of_pods() -> None:
    in_ = world()
    scale = ask(in_, "get-scale", "deployments", "web").body
    assert (scale.spec.replicas, scale.status.selector) == (2, "app=web")
    more = ask(in_, "patch", "deployments", "web", subresource="scale", body={"spec": {"replicas": 5}})
    assert (more.body.spec.replicas, replicas(in_)) == (5, 5)
    refused = ask(in_, "patch", "deployments", "web", subresource="scale", body={"spec": {"replicas": -1}})
    assert refused.message == (
        'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: '
        "must be greater than or equal to 0"
    )
    assert ask(in_, "get-scale", "pods", "web").status == 404


def test_a_binding_assigns_a_pod_to_a_node() -> None:
    in_ = ApiWorld()
    assert create(pod(), "v1.7", in_).ok
    binding = {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": "p"},
        "target": {"kind": "Node", "name": "n1"},
    }
    assert create(binding, "v1.7", in_).ok
    assert in_.etcd.get("pods", "default/p").spec.node_name == "n1"


def test_server_side_apply_creates_changes_and_conflicts() -> None:
    in_ = ApiWorld(release="v1.36")
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}

    def apply(manager: str, data: dict[str, str], *, force: bool = False) -> Reply:
        body = {**manifest, "data": data}
        return ask(
            in_, "patch", "configmaps", "c", patch_type="apply", manager=manager, body=body, force=force
        )

    assert apply("one", {"a": "1", "b": "2"}).ok
    assert apply("two", {"c": "3"}).body.data == {"a": "1", "b": "2", "c": "3"}
    assert apply("one", {"a": "1"}).body.data == {"a": "1", "c": "3"}
    refused = apply("one", {"a": "1", "c": "4"})
    assert (refused.status, refused.message) == (
        409,
        'Apply failed with 1 conflict: conflict with "two": .data.c',
    )
    assert apply("one", {"a": "1", "c": "4"}, force=True).body.data["c"] == "4"
    owners = in_.etcd.get("configmaps", "default/c").metadata.managed_fields
    assert [entry.manager for entry in owners] == ["one"]


def test_what_kubectl_applied_by_itself_it_may_apply_on_the_server() -> None:
    in_ = ApiWorld(release="v1.36")
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}
    annotated = {"name": "c", "annotations": {LAST_APPLIED: last_applied(manifest)}}
    made = decode_object({**manifest, "metadata": annotated}, "v1.36").obj
    assert ask(in_, "create", "configmaps", manager="kubectl-client-side-apply", body=made).ok

    def apply(manager: str, value: str) -> Reply:
        body = {**manifest, "data": {"a": value}}
        return ask(in_, "patch", "configmaps", "c", patch_type="apply", manager=manager, body=body)

    assert apply("somebody", "2").status == 409
    done = apply("kubectl", "2")
    assert (done.ok, done.body.data) == (True, {"a": "2"})
    assert '"data":{"a":"2"}' in done.body.metadata.annotations[LAST_APPLIED]


def test_the_generation_rises_with_the_spec_alone_and_once_with_the_deletion() -> None:
    in_ = world()

    def generation() -> int:
        return int(in_.etcd.get("deployments", "default/web").metadata.generation)

    labels = {"metadata": {"labels": {"a": "b"}}}
    assert ask(in_, "patch", "deployments", "web", patch_type="merge", body=labels).ok
    assert generation() == 1
    assert ask(in_, "patch", "deployments", "web", patch_type="merge", body={"spec": {"replicas": 4}}).ok
    assert generation() == 2
    assert ask(in_, "delete", "deployments", "web", propagation="Foreground").ok
    assert generation() == 3


def test_a_pod_of_today_counts_its_changes() -> None:
    for release, counted in (("v1.36", (1, 1, 2, 3)), ("v1.8", (0, 0, 0, 0))):
        in_ = ApiWorld(release=release)
        assert create(pod(), release, in_).ok
        seen = [in_.etcd.get("pods", "default/p").metadata.generation]
        assert ask(in_, "bind", "pods", "p", body="n1").ok
        seen.append(in_.etcd.get("pods", "default/p").metadata.generation)
        change = {"spec": {"activeDeadlineSeconds": 60}}
        assert ask(in_, "patch", "pods", "p", patch_type="merge", body=change).ok
        seen.append(in_.etcd.get("pods", "default/p").metadata.generation)
        assert ask(in_, "delete", "pods", "p").ok
        seen.append(in_.etcd.get("pods", "default/p").metadata.generation)
        assert tuple(seen) == counted


def test_version_0_asks_for_no_check() -> None:
    in_ = ApiWorld(release="v1.36")
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}
    assert create(manifest, "v1.36", in_).ok
    for version, status in (("7000", 409), ("0", 200)):
        body = decode_object({**manifest, "metadata": {"name": "c", "resourceVersion": version}}, "v1.36").obj
        assert ask(in_, "update", "configmaps", "c", body=body).status == status


def test_a_patch_of_nothing_changes_nothing() -> None:
    in_ = world()
    before = in_.etcd.get("deployments", "default/web")
    for kind, body in (("merge", {}), ("strategic", {"spec": {"replicas": 2}}), ("json", [])):
        assert ask(in_, "patch", "deployments", "web", patch_type=kind, body=body).body is before


def test_a_json_patch_goes_by_path() -> None:
    in_ = world()
    body = [
        {"op": "test", "path": "/spec/replicas", "value": 2},
        {"op": "replace", "path": "/spec/replicas", "value": 3},
    ]
    assert ask(in_, "patch", "deployments", "web", patch_type="json", body=body).ok
    assert replicas(in_) == 3
    assert ask(in_, "patch", "deployments", "web", patch_type="json", body=body).status == 422


def test_a_patch_with_an_old_version_conflicts() -> None:
    in_ = world()
    body = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 3}}
    assert ask(in_, "patch", "deployments", "web", body=body).status == 409


def test_a_dry_run_answers_and_stores_nothing() -> None:
    in_ = world()
    assert ask(in_, "patch", "deployments", "web", body={"spec": {"replicas": 9}}, dry_run=True).ok
    body = decode_object(pod("q"), "v1.36").obj
    assert ask(in_, "create", "pods", body=body, dry_run=True).ok
    assert ask(in_, "delete", "deployments", "web", dry_run=True).ok
    assert (replicas(in_), in_.etcd.get("pods", "default/q")) == (2, None)


def test_preconditions_keep_a_deletion_from_the_wrong_object() -> None:
    in_ = world()
    for fields in ({"uid": "other"}, {"version": "1"}):
        reply = ask(in_, "delete", "deployments", "web", **fields)
        assert reply.status == 409
        assert "Precondition failed" in reply.message


def test_a_patch_that_means_another_object_of_the_name_is_invalid() -> None:
    reply = ask(world(), "patch", "deployments", "web", body={"metadata": {"uid": "other"}})
    assert reply.status == 422
    why = 'metadata.uid: Invalid value: "other": field is immutable'
    assert reply.message == f'Deployment.apps "web" is invalid: {why}'


def test_all_of_a_namespace_go_at_once() -> None:
    in_ = ApiWorld(release="v1.8")
    for name in ("a", "b"):
        assert create(pod(name), "v1.8", in_).ok
    assert len(ask(in_, "deletecollection", "pods").body) == 2
    assert in_.etcd.range("pods") == {}


def test_what_a_kind_does_not_know_is_refused() -> None:
    in_ = world()
    assert ask(in_, "patch", "configmaps", "c", subresource="scale", body={}).status == 404
    assert ask(in_, "deletecollection", "namespaces").status == 405
    assert ask(in_, "get", "deployments", "none").message == 'deployments.apps "none" not found'


def test_a_write_that_names_its_manager_is_remembered() -> None:
    in_ = world()
    ask(in_, "patch", "deployments", "web", body={"spec": {"replicas": 4}}, manager="kubectl-edit")
    entries = in_.etcd.get("deployments", "default/web").metadata.managed_fields
    entry = next(one for one in entries if one.manager == "kubectl-edit")
    assert (entry.manager, entry.operation, entry.fields_v1) == (
        "kubectl-edit",
        "Update",
        {"f:spec": {"f:replicas": {}}},
    )


def test_only_today_jobs_count_their_changes() -> None:
    """v1.8.0 and v1.36 pkg/registry/batch/job/strategy.go, cronjob/strategy.go."""
    for release, counted in (("v1.36", 1), ("v1.8", 0), ("v1.7", 0)):
        job = prepare_create(batch.Job(metadata=ObjectMeta(name="j"), spec=batch.JobSpec()), release)
        tick = prepare_create(batch.CronJob(metadata=ObjectMeta(name="t")), release)
        assert (job.metadata.generation, tick.metadata.generation) == (counted, counted)
