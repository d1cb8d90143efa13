"""What the pod lifecycle event generator makes of two lists (v1.7.5 pkg/kubelet/pleg/generic.go)."""

import pytest

from clustersim.kubelet.pleg import DIED, REMOVED, STARTED, PodView, after, events_between
from clustersim.runtime.records import Sandbox


def sandbox(ready: bool) -> Sandbox:
    return Sandbox(
        pod_uid="u", pod="p", namespace="default", id="s", attempt=0, ip="10.0.0.1", created_at=0, ready=ready
    )


UP, DOWN = sandbox(ready=True), sandbox(ready=False)


@pytest.mark.parametrize(
    ("old", "new", "types"),
    [
        (None, UP, [STARTED]),
        (None, DOWN, [DIED]),
        (UP, DOWN, [DIED]),
        (UP, UP, []),
        (DOWN, None, [REMOVED]),
        (UP, None, [DIED, REMOVED]),
    ],
)
def test_what_runs_and_is_gone_has_died_first_and_what_had_ended_is_only_removed(
    old: Sandbox | None, new: Sandbox | None, types: list[str]
) -> None:
    assert [event.type for event in events_between("u", "s", old, new)] == types


def test_a_pod_whose_sandboxes_have_ended_keeps_the_address_it_had() -> None:
    old = PodView("u", sandboxes=(UP,), address="10.0.0.1")
    assert after(old, PodView("u", sandboxes=(DOWN,))).address == "10.0.0.1"


def test_a_pod_with_a_new_address_has_that_one() -> None:
    old = PodView("u", sandboxes=(UP,), address="10.0.0.1")
    assert after(old, PodView("u", sandboxes=(UP,), address="10.0.0.2")).address == "10.0.0.2"


def test_a_ready_sandbox_without_an_address_is_not_told_the_old_one() -> None:
    old = PodView("u", sandboxes=(UP,), address="10.0.0.1")
    assert after(old, PodView("u", sandboxes=(UP,))).address == ""
