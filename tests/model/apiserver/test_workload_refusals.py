"""What the API server of today refuses or drops of workloads that keep pods running."""

from typing import Any

import pytest

from tests.model.apiserver.test_job_refusals import causes
from tests.model.apiserver.test_refusals import create, workload

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


def test_max_unavailable_of_a_stateful_set_is_dropped_since_its_gate_is_off() -> None:
    rolling = {"maxUnavailable": 2, "partition": 1}
    reply = create(stateful(updateStrategy={"type": "RollingUpdate", "rollingUpdate": rolling}), "v1.36")
    found = reply.body.spec.update_strategy.rolling_update
    assert (found.max_unavailable, found.partition) == (None, 1)
