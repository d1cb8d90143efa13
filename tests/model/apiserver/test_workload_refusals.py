"""What the API server of today refuses or drops of workloads that keep pods running."""

from typing import Any

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from tests.model.apiserver.made import create, pod, workload
from tests.model.apiserver.test_job_refusals import causes
from tests.model.worlds import ApiWorld

Plain = dict[str, Any]
SELECTOR = {"matchLabels": {"app": "web"}}
LEAST = "must be greater than or equal to 0"


def stateful(**spec: Any) -> Plain:
    return workload("StatefulSet", "apps/v1", selector=SELECTOR, serviceName="web", **spec)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Keep"}},
            'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported '
            'values: "Retain", "Delete"',
        ),
        (
            {"ordinals": {"start": -1}},
            "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            {"minReadySeconds": -1},
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
        ),
    ],
)
def test_what_a_stateful_set_cannot_be(spec: Plain, told: str) -> None:
    assert causes(create(stateful(**spec), "v1.36")) == [told]


COST = "controller.kubernetes.io/pod-deletion-cost"


@pytest.mark.parametrize("text", ["+10", "008", "much", "2147483648", ""])
def test_what_a_deletion_costs_is_a_number(text: str) -> None:
    told = f'metadata.annotations[{COST}]: Invalid value: "{text}": must be a 32bit integer'
    plain = pod()
    plain["metadata"]["annotations"] = {COST: text}
    assert causes(create(plain, "v1.36")) == [told]
    assert create(plain, "v1.8").ok
    world = ApiWorld(release="v1.36")
    reply = create(pod(), "v1.36", world)
    changed = replace(reply.body, metadata=replace(reply.body.metadata, annotations={COST: text}))
    assert causes(world.apiserver.handle(Request("update", "pods", "default", "p", changed), "test")) == [
        told
    ]


@pytest.mark.parametrize("text", ["0", "-1", "2147483647", "-2147483648"])
def test_numbers_that_a_deletion_may_cost(text: str) -> None:
    plain = pod()
    plain["metadata"]["annotations"] = {COST: text}
    assert create(plain, "v1.36").ok


def test_max_unavailable_of_a_stateful_set_is_dropped_since_its_gate_is_off() -> None:
    rolling = {"maxUnavailable": 2, "partition": 1}
    reply = create(stateful(updateStrategy={"type": "RollingUpdate", "rollingUpdate": rolling}), "v1.36")
    found = reply.body.spec.update_strategy.rolling_update
    assert (found.max_unavailable, found.partition) == (None, 1)


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        (
            "ReplicaSet",
            {"terminating_replicas": -1},
            ["status.terminatingReplicas: Invalid value: -1: " + LEAST],
        ),
        (
            "ReplicaSet",
            {"replicas": 1, "ready_replicas": 2},
            ["status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"],
        ),
        (
            "Deployment",
            {"replicas": 2, "available_replicas": 2},
            ["status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas"],
        ),
        (
            "StatefulSet",
            {"replicas": 2, "available_replicas": 2},
            ["status.availableReplicas: Invalid value: 2: cannot be greater than status.readyReplicas"],
        ),
        ("DaemonSet", {"number_unavailable": -1}, ["status.numberUnavailable: Invalid value: -1: " + LEAST]),
        ("Deployment", {"replicas": 1, "ready_replicas": 1, "available_replicas": 1}, []),
    ],
)
def test_counts_of_a_status_that_cannot_be(kind: str, status: dict[str, int], told: list[str]) -> None:
    world = ApiWorld(release="v1.36")
    more = {"serviceName": "web"} if kind == "StatefulSet" else {}
    made = create(workload(kind, "apps/v1", selector=SELECTOR, **more), "v1.36", world).body
    new = replace(made, status=replace(made.status, **status))
    reply = world.apiserver.handle(
        Request("update-status", f"{kind.lower()}s", "default", "web", new), "test"
    )
    assert reply.ok if not told else causes(reply) == told


def test_collisions_are_never_less() -> None:
    world = ApiWorld(release="v1.36")
    made = create(workload("Deployment", "apps/v1", selector=SELECTOR), "v1.36", world).body

    def counted(collisions: int | None) -> Any:
        old = world.etcd.get("deployments", "default/web")
        new = replace(old, status=replace(made.status, collision_count=collisions))
        return world.apiserver.handle(Request("update-status", "deployments", "default", "web", new), "test")

    assert counted(2).ok
    assert causes(counted(1)) == ["status.collisionCount: Invalid value: 1: cannot be decremented"]
