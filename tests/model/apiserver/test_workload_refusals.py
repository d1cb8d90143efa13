"""What the API server of today refuses or drops of workloads that keep pods running."""

from typing import Any

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from tests.model.apiserver.test_job_refusals import causes
from tests.model.apiserver.test_refusals import create, pod, workload
from tests.model.worlds import ApiWorld

Plain = dict[str, Any]
SELECTOR = {"matchLabels": {"app": "web"}}


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
