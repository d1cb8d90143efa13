"""Service accounts, quotas, volumes and times to live: each controller does its one thing."""

from typing import Any

import pytest

from clustersim.api.batch import JobCondition
from clustersim.api.core_v1 import (
    Container,
    HostPathVolumeSource,
    Namespace,
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimCondition,
    PersistentVolumeClaimSpec,
    PersistentVolumeClaimStatus,
    PersistentVolumeSpec,
    PersistentVolumeStatus,
    Pod,
    PodSpec,
    ResourceQuota,
    ResourceQuotaSpec,
    ResourceRequirements,
    VolumeResourceRequirements,
)
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.api.storage import StorageClass
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager import ttl
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV136,
)
from clustersim.controllermanager.volumematching import bound_status, fits
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import HEARTBEAT, ManagedWorld
from tests.model.controllermanager.workloads import job

RELEASES = (ControllerManagerV17, ControllerManagerV136)
EVERY = pytest.mark.parametrize("release", RELEASES)


def volume(name: str, size: str, **spec: Any) -> PersistentVolume:
    body = PersistentVolumeSpec(
        capacity={"storage": size},
        access_modes=("ReadWriteOnce",),
        host_path=HostPathVolumeSource(path=f"/data/{name}"),
        **spec,
    )
    return PersistentVolume(metadata=ObjectMeta(name=name), spec=body)


def claim(name: str, size: str, **spec: Any) -> PersistentVolumeClaim:
    resources = VolumeResourceRequirements(requests={"storage": size})
    body = PersistentVolumeClaimSpec(resources=resources, access_modes=("ReadWriteOnce",), **spec)
    return PersistentVolumeClaim(metadata=ObjectMeta(name=name, namespace="default"), spec=body)


def phases(world: ManagedWorld, resource: str) -> dict[str, str]:
    return {found.metadata.name: found.status.phase for found in world.all(resource)}


@EVERY
def test_every_namespace_has_a_default_account_and_gets_it_back(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    world.create(Namespace(metadata=ObjectMeta(name="log")), "namespaces")
    world.run(SECOND)
    assert world.get("serviceaccounts", "log/default") is not None
    world.delete("serviceaccounts", "log/default")
    world.run(SECOND)
    assert world.get("serviceaccounts", "log/default") is not None


@EVERY
def test_a_quota_counts_what_is_there_and_what_is_gone(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    resources = ResourceRequirements(requests={"cpu": "250m"})
    for name in ("a", "b"):
        spec = PodSpec(containers=(Container(name="c", image="i", resources=resources),))
        world.create(Pod(metadata=ObjectMeta(name=name, namespace="default"), spec=spec), "pods")
    hard = {"pods": "4", "requests.cpu": "2", "services": "5"}
    quota = ResourceQuota(
        metadata=ObjectMeta(name="q", namespace="default"), spec=ResourceQuotaSpec(hard=hard)
    )
    world.create(quota, "resourcequotas")
    world.run(SECOND)
    status = world.get("resourcequotas", "default/q").status
    assert (status.used, status.hard) == ({"pods": "2", "requests.cpu": "500m", "services": "1"}, hard)
    world.delete("pods", "default/a", grace=0)
    world.run(SECOND)
    assert world.get("resourcequotas", "default/q").status.used["requests.cpu"] == "250m"


@EVERY
def test_a_claim_gets_the_smallest_volume_that_serves_it(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    for name, size in (("big", "10Gi"), ("fit", "2Gi"), ("small", "1Gi")):
        world.create(volume(name, size), "persistentvolumes")
    world.run(SECOND)
    assert set(phases(world, "persistentvolumes").values()) == {"Available"}
    world.create(claim("data", "2Gi"), "persistentvolumeclaims")
    world.run(SECOND)
    found = world.get("persistentvolumeclaims", "default/data")
    assert (found.spec.volume_name, found.status.phase, found.status.capacity) == (
        "fit",
        "Bound",
        {"storage": "2Gi"},
    )
    assert phases(world, "persistentvolumes") == {"big": "Available", "fit": "Bound", "small": "Available"}
    world.delete("persistentvolumeclaims", "default/data")
    world.run(SECOND)
    assert phases(world, "persistentvolumes")["fit"] == "Released"


@EVERY
def test_a_claim_that_nothing_serves_waits_and_says_why(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    world.create(claim("data", "2Gi"), "persistentvolumeclaims")
    world.run(SECOND)
    assert phases(world, "persistentvolumeclaims") == {"data": "Pending"}
    (event,) = world.events("FailedBinding")
    assert "no storage class is set" in event.message
    world.create(volume("late", "2Gi"), "persistentvolumes")
    world.run(SECOND)
    assert phases(world, "persistentvolumeclaims") == {"data": "Bound"}


@EVERY
def test_a_claim_that_names_a_volume_is_not_bound_to_one_that_is_too_small(
    release: type[ControllerManager],
) -> None:
    """v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume checkVolumeSatisfyClaim."""
    world = ManagedWorld("n1", release=release)
    world.create(volume("small", "1Gi"), "persistentvolumes")
    world.create(claim("big", "2Gi", volume_name="small"), "persistentvolumeclaims")
    world.run(SECOND)
    assert phases(world, "persistentvolumes") == {"small": "Available"}
    assert phases(world, "persistentvolumeclaims") == {"big": "Pending"}
    (event,) = world.events("VolumeMismatch")
    if release is ControllerManagerV136:
        assert event.message == 'Cannot bind to requested volume "small": requested PV is too small'
        assert event.involved_object.kind == "PersistentVolumeClaim"
    else:
        assert event.message.startswith("Volume's size is smaller than requested or volume's class")
        assert event.involved_object.kind == "PersistentVolume"


def test_today_a_claim_is_told_that_the_volume_it_names_is_taken() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(volume("one", "1Gi"), "persistentvolumes")
    for name in ("first", "second"):
        world.create(claim(name, "1Gi", volume_name="one"), "persistentvolumeclaims")
        world.run(SECOND)
    assert phases(world, "persistentvolumeclaims") == {"first": "Bound", "second": "Pending"}
    (event,) = world.events("FailedBinding")
    assert event.message == 'volume "one" already bound to a different claim.'


@EVERY
def test_a_claim_with_a_class_waits_for_its_provisioner(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    fast = StorageClass(metadata=ObjectMeta(name="fast"), provisioner="example.com/disk")
    world.create(fast, "storageclasses")
    world.create(claim("data", "2Gi", storage_class_name="fast"), "persistentvolumeclaims")
    world.create(volume("other", "2Gi"), "persistentvolumes")
    world.run(SECOND)
    assert phases(world, "persistentvolumeclaims") == {"data": "Pending"}
    assert "example.com/disk" in world.events("ExternalProvisioning")[0].message
    annotations = world.get("persistentvolumeclaims", "default/data").metadata.annotations
    assert annotations["volume.beta.kubernetes.io/storage-provisioner"] == "example.com/disk"


@pytest.mark.parametrize(
    ("release", "provisioner", "told"),
    [
        (ControllerManagerV17, "kubernetes.io/gce-pd", "no volume plugin matched"),
        (
            ControllerManagerV136,
            "kubernetes.io/no-provisioner",
            "no volume plugin matched name: kubernetes.io/no-provisioner",
        ),
        (ControllerManagerV136, "kubernetes.io/nfs", "no provisionable volume plugin matched"),
    ],
)
def test_a_class_whose_provisioner_should_be_built_in_and_is_not_says_so(
    release: type[ControllerManager], provisioner: str, told: str
) -> None:
    world = ManagedWorld("n1", release=release)
    world.create(StorageClass(metadata=ObjectMeta(name="fast"), provisioner=provisioner), "storageclasses")
    world.create(claim("data", "2Gi", storage_class_name="fast"), "persistentvolumeclaims")
    world.run(SECOND)
    (event,) = world.events("ProvisioningFailed")
    assert event.message == told


def test_a_claim_of_no_class_that_waits_gets_the_default_one_once_it_is_there() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(claim("data", "2Gi"), "persistentvolumeclaims")
    world.create(claim("none", "2Gi", storage_class_name=""), "persistentvolumeclaims")
    world.run(5 * SECOND)
    assert len(world.events("FailedBinding")) == 2
    marked = {"storageclass.kubernetes.io/is-default-class": "true"}
    for name in ("old", "new"):
        made = ObjectMeta(name=name, annotations=marked)
        world.create(StorageClass(metadata=made, provisioner="example.com/disk"), "storageclasses")
        world.run(2 * SECOND)
    world.run(20 * SECOND)
    claims = world.all("persistentvolumeclaims")
    assert {one.metadata.name: one.spec.storage_class_name for one in claims} == {"data": "new", "none": ""}


def test_a_claim_gets_a_volume_of_its_class_of_attributes_and_says_it_has_it() -> None:
    free = PersistentVolumeStatus(phase="Available")
    plain, wants = replace(volume("a", "1Gi"), status=free), claim("data", "1Gi")
    gold = replace(plain, spec=replace(plain.spec, volume_attributes_class_name="gold"))
    wants_gold = replace(wants, spec=replace(wants.spec, volume_attributes_class_name="gold"))
    assert (fits(wants, gold), fits(wants_gold, gold), fits(wants_gold, plain)) == (0, 1, 0)
    bound = bound_status(wants_gold, gold, keeps_size=True)
    assert (bound.phase, bound.current_volume_attributes_class_name) == ("Bound", "gold")


@pytest.mark.parametrize(("keeps_size", "size"), [(False, "2Gi"), (True, "1Gi")])
def test_a_bound_claim_keeps_what_it_says_of_its_size_today_while_its_volume_grows(
    keeps_size: bool, size: str
) -> None:
    growing = (PersistentVolumeClaimCondition(type="FileSystemResizePending", status="True"),)
    said = PersistentVolumeClaimStatus(phase="Bound", capacity={"storage": "1Gi"}, conditions=growing)
    status = bound_status(
        replace(claim("data", "2Gi"), status=said), volume("a", "2Gi"), keeps_size=keeps_size
    )
    assert (status.capacity["storage"], status.conditions) == (size, growing)


def test_an_ended_job_goes_with_its_pods_when_its_time_is_over() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(job("sum", backoff_limit=6, ttl_seconds_after_finished=30), "jobs")
    world.run(SECOND)
    (pod,) = world.all("pods")
    world.bind(pod.metadata.name, "n1")
    world.set_ready(pod.metadata.name, False, phase="Succeeded")
    ended = world.wait(lambda: world.get("jobs", "default/sum").status.completion_time)
    gone = world.wait(lambda: world.get("jobs", "default/sum") is None)
    assert 29 * SECOND <= gone - ended <= 32 * SECOND
    assert world.all("pods") == []


def test_a_time_to_live_that_is_set_later_counts_from_the_end() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.create(job("sum", backoff_limit=0, active_deadline_seconds=1), "jobs")
    world.run(60 * SECOND)
    found = world.get("jobs", "default/sum")
    changed = replace(found, spec=replace(found.spec, ttl_seconds_after_finished=5))
    world.handle(Request("update", "jobs", "default", "sum", changed))
    world.run(3 * SECOND)
    assert world.get("jobs", "default/sum") is None


def test_as_many_ended_jobs_are_looked_at_at_once_as_its_setting_says() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136, concurrent_ttl_after_finished_syncs=2)
    queue = world.manager.controllers["ttl-after-finished-controller"].queue
    time = rfc3339(world.now)
    over = tuple(
        JobCondition(type=kind, status="True", last_transition_time=time)
        for kind in ("SuccessCriteriaMet", "Complete")
    )
    for name in ("a", "b", "c"):
        made = world.create(job(name, backoff_limit=6, ttl_seconds_after_finished=0), "jobs")
        status = replace(made.status, conditions=over, start_time=time, completion_time=time)
        ended = replace(made, status=status)
        world.handle(Request("update-status", "jobs", "default", name, ended))
    world.wait(lambda: len(queue.state.processing) > 1)
    assert list(queue.state.processing) == ["default/a", "default/b"]


# --- how long kubelets may keep Secrets


@EVERY
def test_nodes_are_told_how_long_secrets_may_be_kept(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", "n2", release=release)
    world.run(SECOND)
    assert _said(world) == ["0", "0"]


def _said(world: ManagedWorld) -> list[str]:
    return [node.metadata.annotations[ttl.ANNOTATION] for node in world.all("nodes")]


def test_nodes_are_told_of_another_time_when_they_are_next_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ttl, "BOUNDARIES", ((0, 2, 0), *ttl.BOUNDARIES[1:]))
    world = ManagedWorld("n1", "n2")
    world.run(SECOND)
    world.beats.stop("n2")
    world.beats.join("n3")
    world.run(SECOND)
    assert _said(world) == ["0", "0", "15"]
    world.run(HEARTBEAT)
    assert _said(world) == ["15", "0", "15"]


@pytest.mark.parametrize(
    ("step", "nodes", "seconds"),
    [(0, 100, 0), (0, 101, 15), (1, 90, 15), (1, 89, 0), (1, 501, 30), (3, 2001, 300), (4, 1799, 60)],
)
def test_larger_clusters_keep_them_longer_and_shrinking_ones_do_not_flap(
    step: int, nodes: int, seconds: int
) -> None:
    assert ttl.BOUNDARIES[ttl.next_step(step, nodes)][2] == seconds


# --- addresses for pods


def ranges(world: ManagedWorld) -> dict[str, str]:
    return {node.metadata.name: node.spec.pod_cidr for node in world.all("nodes")}


@EVERY
def test_nodes_get_ranges_in_order_and_a_free_one_comes_round_last(release: type[ControllerManager]) -> None:
    world = ManagedWorld(
        "n1",
        "n2",
        release=release,
        allocate_node_cidrs=True,
        cluster_cidr="10.32.0.0/14",
        node_cidr_mask_size=16,
    )  # fmt: skip
    world.run(SECOND)
    assert ranges(world) == {"n1": "10.32.0.0/16", "n2": "10.33.0.0/16"}
    world.stop("n1")
    world.delete("nodes", "n1")
    world.join("n3", "n4", "n5")
    world.run(SECOND)
    assert ranges(world) == {
        "n2": "10.33.0.0/16", "n3": "10.34.0.0/16", "n4": "10.35.0.0/16", "n5": "10.32.0.0/16",
    }  # fmt: skip


def test_a_node_for_which_no_range_is_left_is_told_of_and_gets_the_next_free_one() -> None:
    world = ManagedWorld(
        "n1", "n2", release=ControllerManagerV136,
        allocate_node_cidrs=True, cluster_cidr="10.32.0.0/24", node_cidr_mask_size=24,
    )  # fmt: skip
    world.run(SECOND)
    assert ranges(world) == {"n1": "10.32.0.0/24", "n2": ""}
    assert world.get("nodes", "n1").spec.pod_cidrs == ("10.32.0.0/24",)
    assert world.events("CIDRNotAvailable")[0].message == "Node n2 status is now: CIDRNotAvailable"
    world.stop("n1")
    world.delete("nodes", "n1")
    world.wait(lambda: ranges(world) == {"n2": "10.32.0.0/24"})


def test_without_the_flag_nodes_have_no_range() -> None:
    world = ManagedWorld("n1", release=ControllerManagerV136)
    world.run(SECOND)
    assert ranges(world) == {"n1": ""}


@pytest.mark.parametrize("release", RELEASES)
def test_a_pod_that_gets_a_deadline_counts_for_other_quotas_today(release: type) -> None:
    world = ManagedWorld("n1", release=release)
    spec = PodSpec(containers=(Container(name="c", image="i"),))
    world.create(Pod(metadata=ObjectMeta(name="a", namespace="default"), spec=spec), "pods")
    for scope in ("Terminating", "NotTerminating"):
        hard = ResourceQuotaSpec(hard={"pods": "4"}, scopes=(scope,))
        meta = ObjectMeta(name=scope.lower(), namespace="default")
        world.create(ResourceQuota(metadata=meta, spec=hard), "resourcequotas")
    world.run(SECOND)

    def used() -> list[str]:
        names = ("terminating", "notterminating")
        return [world.get("resourcequotas", f"default/{name}").status.used["pods"] for name in names]

    assert used() == ["0", "1"]
    body = {"spec": {"activeDeadlineSeconds": 60}}
    world.apiserver.handle(Request("patch", "pods", "default", "a", body=body), "test")
    world.run(SECOND)
    assert used() == (["1", "0"] if release is ControllerManagerV136 else ["0", "1"])
