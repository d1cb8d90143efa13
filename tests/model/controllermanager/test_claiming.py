"""Pods without a controller are adopted, and pods that are selected no more are let go."""

from typing import Any

import pytest

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import LabelSelector, OwnerReference, replace
from clustersim.api.request import Request
from clustersim.controllermanager.job.survey import FINALIZER
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import deployment, job, replica_set, settle, stateful_set

RELEASES = (ControllerManagerV17, ControllerManagerV136)


def owners(pod: Pod) -> list[str]:
    return [one.kind for one in pod.metadata.owner_references]


@pytest.mark.parametrize("release", RELEASES)
def test_other_owners_of_a_pod_stay_when_it_is_adopted_and_when_it_is_let_go(
    release: type[ControllerManager],
) -> None:
    world = ManagedWorld("n1", release=release)
    other = world.create(replica_set("other", 0), "replicasets")
    reference = OwnerReference(
        api_version="apps/v1" if release is ControllerManagerV136 else "extensions/v1beta1",
        kind="ReplicaSet",
        name="other",
        uid=other.metadata.uid,
    )
    world.pod("stray", "n1", labels={"app": "web"}, owner_references=(reference,))
    world.controller("web", 1)
    world.run(SECOND)
    pod = world.get("pods", "default/stray")
    assert owners(pod) == ["ReplicationController", "ReplicaSet"]
    changed = replace(pod, metadata=replace(pod.metadata, labels={}))
    world.handle(Request("update", "pods", "default", "stray", changed))
    world.run(SECOND)
    assert owners(world.get("pods", "default/stray")) == ["ReplicaSet"]


@pytest.mark.parametrize("release", RELEASES)
def test_of_two_that_adopt_a_pod_at_once_the_second_is_refused_and_makes_one_of_its_own(
    release: type[ControllerManager],
) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("stray", "n1", labels={"app": "web"})
    made = replica_set("web", 1)
    for name in ("first", "second"):
        world.create(replace(made, metadata=replace(made.metadata, name=name)), "replicasets")
    world.run(5 * SECOND)
    found = {pod.metadata.owner_references[0].name: pod.metadata.name for pod in world.all("pods")}
    assert found["first"] == "stray"
    assert found["second"].startswith("second-")


def test_a_replica_set_that_a_deployment_lets_go_keeps_its_other_owners() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(deployment("web", 1), "deployments")
    world.run(5 * SECOND)
    (made,) = world.all("replicasets")
    other = OwnerReference(
        api_version="v1", kind="Node", name="n1", uid=world.get("nodes", "n1").metadata.uid
    )
    metadata = replace(made.metadata, owner_references=(*made.metadata.owner_references, other), labels={})
    world.handle(Request("update", "replicasets", "default", metadata.name, replace(made, metadata=metadata)))
    world.run(5 * SECOND)
    assert [
        one.kind for one in world.get("replicasets", f"default/{metadata.name}").metadata.owner_references
    ] == ["Node"]


def failed_stray(release: type[ControllerManager], name: str) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    world.pod(name, "n1", labels={"app": "web"})
    world.set_ready(name, False, phase="Failed")
    return world


def test_a_pod_that_has_failed_is_adopted_by_a_stateful_set_which_replaces_it() -> None:
    world = failed_stray(ControllerManagerV136, "web-0")
    uid = world.get("pods", "default/web-0").metadata.uid
    world.create(stateful_set("web", 1), "statefulsets")
    settle(world, 10)
    pod = world.get("pods", "default/web-0")
    assert pod.metadata.uid != uid
    assert owners(pod) == ["StatefulSet"]


def test_a_pod_that_has_failed_is_adopted_by_no_replica_set() -> None:
    world = failed_stray(ControllerManagerV136, "stray")
    world.create(replica_set("web", 1), "replicasets")
    settle(world, 10)
    assert owners(world.get("pods", "default/stray")) == []


def test_a_pod_that_a_job_adopts_is_counted_by_its_finalizer() -> None:
    world = failed_stray(ControllerManagerV136, "stray")
    selector = LabelSelector(match_labels={"app": "web"})
    spec: dict[str, Any] = {"manual_selector": True, "selector": selector, "backoff_limit": 6}
    world.create(job("web", **spec), "jobs")
    world.wait(lambda: FINALIZER in world.get("pods", "default/stray").metadata.finalizers)
    world.wait(lambda: world.get("jobs", "default/web").status.failed == 1)
    world.run(5 * SECOND)
    assert FINALIZER not in world.get("pods", "default/stray").metadata.finalizers


@pytest.mark.parametrize("release", RELEASES)
def test_finalizers_of_a_template_are_those_of_its_pods(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    found = replica_set("web", 1)
    template = found.spec.template
    held = replace(template, metadata=replace(template.metadata, finalizers=("example.com/hold",)))
    world.create(replace(found, spec=replace(found.spec, template=held)), "replicasets")
    world.run(SECOND)
    assert [pod.metadata.finalizers for pod in world.all("pods")] == [("example.com/hold",)]


@pytest.mark.parametrize(("release", "told"), [(ControllerManagerV17, 1), (ControllerManagerV136, 0)])
def test_only_old_controllers_tell_that_a_pod_to_be_deleted_is_gone_already(
    release: type[ControllerManager], told: int
) -> None:
    world = ManagedWorld("n1", release=release)
    world.controller("web", 1)
    world.run(SECOND)
    world.scale("web", 0)
    world.wait(lambda: world.decisions("delete-pods"))
    (pod,) = world.all("pods")
    world.delete("pods", f"default/{pod.metadata.name}", grace=0)
    world.run(SECOND)
    assert world.all("pods") == []
    assert len(world.events("FailedDelete")) == told
    failed = [line for line in world.manager.status.journal if 'Sync "default/web" failed' in line.text]
    assert len(failed) == told
