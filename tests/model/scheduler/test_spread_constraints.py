"""Topology spread constraints and storage in v1.36."""

from collections import Counter
from typing import Any

from clustersim.api import core_v1 as v1
from clustersim.api.meta import LabelSelector, ObjectMeta
from clustersim.api.storage import StorageClass
from clustersim.engine.time import SECOND
from tests.model.scheduler.worlds import HOSTNAME, SchedulerWorld, node, pod

ZONE = "topology.kubernetes.io/zone"
WEB = LabelSelector(match_labels={"app": "web"})


def _zoned() -> SchedulerWorld:
    zones = {"n1": "a", "n2": "a", "n3": "b"}
    nodes = (node(name, labels={ZONE: zone}) for name, zone in zones.items())
    return SchedulerWorld(*nodes, release="v1.36")


def _spread(key: str, when: str = "DoNotSchedule", **options: Any) -> tuple[v1.TopologySpreadConstraint, ...]:
    constraint = v1.TopologySpreadConstraint(
        max_skew=1, topology_key=key, when_unsatisfiable=when, label_selector=WEB, **options
    )
    return (constraint,)


def test_a_hard_constraint_keeps_zones_within_the_skew() -> None:
    world = _zoned()
    names = [f"p{number}" for number in range(6)]
    world.create(*(pod(name, topology_spread_constraints=_spread(ZONE)) for name in names))
    bound = Counter("b" if world.where(name) == "n3" else "a" for name in names)
    assert bound == {"a": 3, "b": 3}


def test_a_pod_in_another_domain_wakes_the_one_that_would_make_the_skew_too_large() -> None:
    world = _zoned()
    world.create(pod("first", node_selector={HOSTNAME: "n1"}))
    world.create(pod("a", topology_spread_constraints=_spread(ZONE), node_selector={HOSTNAME: "n2"}))
    assert world.where("a") == "n2"
    everywhere = _spread(ZONE, node_affinity_policy="Ignore")
    world.create(pod("b", topology_spread_constraints=everywhere, node_selector={HOSTNAME: "n2"}))
    assert world.where("b") == ""
    world.run(20 * SECOND)
    world.create(*(pod(f"p{number}", node_selector={HOSTNAME: "n3"}) for number in range(2)))
    world.run(SECOND)
    assert world.where("b") == "n2"


def test_missing_labels_and_too_much_skew_are_told_apart() -> None:
    world = SchedulerWorld(
        node("n1", labels={ZONE: "a"}), node("n2", labels={ZONE: "b"}, cpu="0"), node("n3"), release="v1.36"
    )
    world.create(pod("first"), wait=SECOND)
    requests = {"cpu": "100m"}
    world.create(*(pod(f"p{n}", requests, topology_spread_constraints=_spread(ZONE)) for n in range(3)))
    message = world.events("FailedScheduling")[0].message
    assert message.startswith(
        "0/3 nodes are available: 1 Insufficient cpu, "
        "1 node(s) didn't match pod topology spread constraints, "
        "1 node(s) didn't match pod topology spread constraints (missing required label)."
    )


def test_with_fewer_domains_than_wanted_each_takes_no_more_than_the_skew() -> None:
    world = _zoned()
    constraint = _spread(ZONE, min_domains=3)
    world.create(*(pod(f"p{number}", topology_spread_constraints=constraint) for number in range(3)))
    assert sum(bool(world.where(f"p{number}")) for number in range(3)) == 2


def test_a_soft_constraint_spreads_without_refusing() -> None:
    world = _zoned()
    soft = _spread(HOSTNAME, "ScheduleAnyway")
    names = [f"p{number}" for number in range(6)]
    world.create(*(pod(name, topology_spread_constraints=soft) for name in names))
    assert Counter(world.where(name) for name in names) == {"n1": 2, "n2": 2, "n3": 2}


def _claim(name: str, **spec: str) -> v1.PersistentVolumeClaim:
    return v1.PersistentVolumeClaim(
        metadata=ObjectMeta(name=name, namespace="default"),
        spec=v1.PersistentVolumeClaimSpec(
            access_modes=("ReadWriteOnce",),
            resources=v1.VolumeResourceRequirements(requests={"storage": "1Gi"}),
            **spec,
        ),
    )


def _with_claim(name: str, claim: str) -> v1.Pod:
    source = v1.PersistentVolumeClaimVolumeSource(claim_name=claim)
    return pod(name, volumes=(v1.Volume(name="data", persistent_volume_claim=source),))


def test_a_pod_waits_for_its_claim_to_be_made_and_bound() -> None:
    world = _zoned()
    world.create(_with_claim("a", "data"))
    assert world.events("FailedScheduling")[0].message == (
        '0/3 nodes are available: persistentvolumeclaim "data" not found. not found'
    )
    assert world.scheduler.state.attempts.by_pod["default/a"].rejected[0].plugin == "VolumeRestrictions"
    world.create(_claim("data"))
    world.run(20 * SECOND)
    (event,) = world.events("FailedScheduling")
    assert event.seen == 2
    (condition,) = world.pod("a").status.conditions
    assert condition.message == (
        "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"
    )


def test_of_a_volume_s_affinity_only_labels_of_nodes_count() -> None:
    world = _zoned()
    named = v1.NodeSelectorRequirement(key="metadata.name", operator="In", values=("n2",))
    volume = v1.PersistentVolume(
        metadata=ObjectMeta(name="disk"),
        spec=v1.PersistentVolumeSpec(
            access_modes=("ReadWriteOnce",),
            capacity={"storage": "1Gi"},
            local=v1.LocalVolumeSource(path="/mnt/disk"),
            node_affinity=v1.VolumeNodeAffinity(
                required=v1.NodeSelector(node_selector_terms=(v1.NodeSelectorTerm(match_fields=(named,)),))
            ),
        ),
    )
    world.create(volume, _claim("data", volume_name="disk"), _with_claim("a", "data"))
    assert world.where("a") == "n1"


def test_a_constraint_with_an_empty_selector_counts_no_pods() -> None:
    constraint = v1.TopologySpreadConstraint(
        max_skew=1, topology_key=HOSTNAME, when_unsatisfiable="DoNotSchedule", label_selector=LabelSelector()
    )
    world = SchedulerWorld(node("n1"), node("n2", unschedulable=True), release="v1.36")
    assert world.bindings(3, topology_spread_constraints=(constraint,)) == ["n1", "n1", "n1"]


def test_a_local_volume_draws_its_pod_to_its_node() -> None:
    world = _zoned()
    requirement = v1.NodeSelectorRequirement(key=HOSTNAME, operator="In", values=("n2",))
    required = v1.NodeSelector(node_selector_terms=(v1.NodeSelectorTerm(match_expressions=(requirement,)),))
    volume = v1.PersistentVolume(
        metadata=ObjectMeta(name="disk"),
        spec=v1.PersistentVolumeSpec(
            access_modes=("ReadWriteOnce",),
            capacity={"storage": "1Gi"},
            local=v1.LocalVolumeSource(path="/mnt/disk"),
            node_affinity=v1.VolumeNodeAffinity(required=required),
        ),
    )
    world.create(volume, _claim("data", volume_name="disk"), _with_claim("a", "data"))
    assert world.where("a") == "n2"


def test_a_claim_that_binds_late_finds_volumes_by_node() -> None:
    world = _zoned()
    late = StorageClass(
        metadata=ObjectMeta(name="local"),
        provisioner="kubernetes.io/no-provisioner",
        volume_binding_mode="WaitForFirstConsumer",
    )
    world.create(late, _claim("data", storage_class_name="local"), _with_claim("a", "data"))
    assert world.events("FailedScheduling")[0].message.startswith(
        "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind."
    )
