"""NoExecute taints that people set, and the pods that do not tolerate them or no longer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clustersim.api.core_v1 import Pod, PodCondition, PodStatus, Taint, Toleration
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.tolerations import matching, shortest, tolerates
from clustersim.controllermanager.node.taints import TaintManager
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.controllermanager.tainteviction.controller import (
    DISRUPTION,
    TaintEvictionController,
    with_condition,
)
from clustersim.engine.time import MILLISECOND, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld

RELEASES = (ControllerManagerV17, ControllerManagerV18, ControllerManagerV136)
TAINT = Taint(key="k", value="v", effect="NoExecute")
OTHER = Taint(key="other", effect="NoExecute")
FOR_EVER = Toleration(key="k", operator="Exists", effect="NoExecute")


def tolerating(seconds: int) -> Toleration:
    return Toleration(key="k", value="v", effect="NoExecute", toleration_seconds=seconds)


def deleted(world: ManagedWorld, name: str) -> bool:
    return bool(world.get("pods", f"default/{name}").metadata.deletion_timestamp)


def messages(world: ManagedWorld) -> list[str]:
    return [event.message for event in world.events("TaintManagerEviction")]


def test_pods_that_do_not_tolerate_a_taint_are_deleted_at_once_and_all_together() -> None:
    world = ManagedWorld("n1", "n2")
    for number in range(5):
        world.pod(f"p{number}", "n1")
    world.pod("elsewhere", "n2")
    world.taint("n1", TAINT)
    world.run(SECOND)
    assert all(deleted(world, f"p{number}") for number in range(5))
    assert not deleted(world, "elsewhere")
    assert messages(world)[0] == "Marking for deletion Pod default/p0"
    assert world.get("pods", "default/p0").metadata.deletion_grace_period_seconds == 30
    assert world.decisions("evict-by-taint")[0].rule.rule.id == "taint-manager.not-tolerated"


def test_a_pod_that_tolerates_it_for_a_minute_is_deleted_after_a_minute() -> None:
    world = ManagedWorld("n1")
    world.pod("p", "n1", tolerations=(tolerating(60),))
    world.taint("n1", TAINT)
    begun = world.now
    world.wait(lambda: deleted(world, "p"))
    assert 60 * SECOND < world.now - begun < 60 * SECOND + 50 * MILLISECOND
    assert world.decisions("evict-by-taint")[0].rule.rule.id == "taint-manager.toleration-over"


SOON = Toleration(key="other", operator="Exists", effect="NoExecute", toleration_seconds=5)


@pytest.mark.parametrize("release", RELEASES)
def test_a_second_taint_that_is_tolerated_for_less_does_not_bring_the_end_forward(
    release: type[ControllerManager],
) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1", tolerations=(tolerating(60), SOON))
    world.taint("n1", TAINT)
    begun = world.now
    world.run(10 * SECOND)
    world.taint("n1", TAINT, OTHER)
    world.wait(lambda: deleted(world, "p"))
    assert abs(world.now - begun - 60 * SECOND) < 200 * MILLISECOND


@pytest.mark.parametrize("release", RELEASES)
def test_who_is_made_to_tolerate_for_ever_is_spared_today_and_not_in_old_releases(
    release: type[ControllerManager],
) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1", tolerations=(tolerating(30),))
    world.taint("n1", TAINT)
    world.run(10 * SECOND)
    pod = world.get("pods", "default/p")
    spec = replace(pod.spec, tolerations=(FOR_EVER, *pod.spec.tolerations))
    world.handle(Request("update", "pods", "default", "p", replace(pod, spec=spec)))
    world.run(60 * SECOND)
    assert deleted(world, "p") == (release is not ControllerManagerV136)


def test_a_pod_that_tolerates_it_for_ever_stays() -> None:
    world = ManagedWorld("n1")
    world.pod("p", "n1", tolerations=(FOR_EVER,))
    world.taint("n1", TAINT)
    world.run(900 * SECOND)
    assert not deleted(world, "p")


@pytest.mark.parametrize("release", RELEASES)
def test_when_the_taint_is_taken_away_in_time_the_pod_stays_and_people_are_told(
    release: type[ControllerManager],
) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1", tolerations=(tolerating(60),))
    world.taint("n1", TAINT)
    world.run(30 * SECOND)
    world.taint("n1")
    world.run(60 * SECOND)
    assert not deleted(world, "p")
    assert messages(world) == ["Cancelling deletion of Pod default/p"]


def test_a_second_taint_that_is_not_tolerated_ends_the_wait() -> None:
    world = ManagedWorld("n1")
    world.pod("p", "n1", tolerations=(tolerating(60),))
    world.taint("n1", TAINT)
    world.run(10 * SECOND)
    world.taint("n1", TAINT, OTHER)
    world.run(SECOND)
    assert deleted(world, "p")


@pytest.mark.parametrize("release", RELEASES)
def test_a_pod_that_is_tolerated_for_no_time_is_deleted_at_once(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1", tolerations=(tolerating(0),))
    world.taint("n1", TAINT)
    world.run(SECOND)
    assert deleted(world, "p")
    assert world.decisions("evict-by-taint")[0].rule.rule.id.endswith("toleration-over")


@pytest.mark.parametrize("release", RELEASES)
def test_a_wait_that_ends_early_is_called_off_first(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1", tolerations=(tolerating(60),))
    world.taint("n1", TAINT)
    world.run(10 * SECOND)
    world.taint("n1", TAINT, OTHER)
    world.run(SECOND)
    told = ["Cancelling deletion of Pod default/p", "Marking for deletion Pod default/p"]
    assert sorted(messages(world)) == told


@pytest.mark.parametrize("release", RELEASES)
def test_of_a_deleted_pod_that_is_gone_nobody_says_that_its_deletion_was_called_off(
    release: type[ControllerManager],
) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1")
    world.taint("n1", TAINT)
    world.run(SECOND)
    world.delete("pods", "default/p", grace=0)
    world.run(SECOND)
    assert messages(world) == ["Marking for deletion Pod default/p"]


@pytest.mark.parametrize("release", RELEASES)
def test_a_pod_that_could_not_be_deleted_in_five_tries_is_judged_anew(
    release: type[ControllerManager], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = ManagedWorld("n1", release=release)
    world.pod("p", "n1", tolerations=(tolerating(5), SOON))
    world.taint("n1", TAINT)
    world.run(4 * SECOND)
    tries: list[int] = []
    manager: Any = TaintEvictionController if release is ControllerManagerV136 else TaintManager
    as_it_is = manager.try_to_delete

    def try_to_delete(self: Any, key: str, attempt: int) -> None:
        tries.append(attempt)
        as_it_is(self, key, attempt)

    monkeypatch.setattr(manager, "try_to_delete", try_to_delete)
    world.apiserver.kill()
    world.run(3 * SECOND)
    assert tries == [1, 2, 3, 4, 5]
    world.apiserver.start()
    world.run(3 * SECOND)
    assert not deleted(world, "p")
    world.taint("n1", OTHER)
    world.run(6 * SECOND)
    assert deleted(world, "p")


def test_a_pod_that_comes_to_a_tainted_node_is_deleted_too() -> None:
    world = ManagedWorld("n1")
    world.taint("n1", TAINT)
    world.run(SECOND)
    world.pod("p", "n1")
    world.run(SECOND)
    assert deleted(world, "p")


def test_other_effects_drive_nobody_away() -> None:
    world = ManagedWorld("n1")
    world.pod("p", "n1")
    world.taint("n1", Taint(key="k", effect="NoSchedule"))
    world.run(60 * SECOND)
    assert not deleted(world, "p")


def test_the_wait_begins_anew_with_the_controller_manager() -> None:
    world = ManagedWorld("n1")
    world.pod("p", "n1", tolerations=(tolerating(60),))
    world.taint("n1", TAINT)
    world.run(50 * SECOND)
    world.manager.kill()
    world.manager.start()
    restarted = world.now
    world.wait(lambda: deleted(world, "p"))
    assert 60 * SECOND < world.now - restarted < 62 * SECOND


def test_without_the_taint_manager_nothing_happens() -> None:
    world = ManagedWorld("n1", enable_taint_manager=False)
    world.pod("p", "n1")
    world.taint("n1", TAINT)
    world.run(60 * SECOND)
    assert not deleted(world, "p")
    assert "taint-manager" not in [loop.name for loop in world.manager.control_loops()]


@pytest.mark.parametrize(
    ("toleration", "covers"),
    [
        (Toleration(operator="Exists"), True),
        (Toleration(key="k", value="v"), True),
        (Toleration(key="k", value="w"), False),
        (Toleration(key="k", operator="Exists", effect="NoSchedule"), False),
        (Toleration(key="x", operator="Exists"), False),
    ],
)
def test_which_toleration_covers_a_taint(toleration: Toleration, covers: bool) -> None:
    assert tolerates(toleration, TAINT) is covers


@given(st.lists(st.one_of(st.none(), st.integers(-5, 500))))
def test_the_shortest_toleration_counts_and_none_means_for_ever(seconds: list[int | None]) -> None:
    found = shortest(tuple(Toleration(toleration_seconds=value) for value in seconds))
    finite = [max(0, value) for value in seconds if value is not None]
    assert found == (min(finite) if finite else None)


def test_every_taint_needs_a_toleration() -> None:
    assert matching((TAINT, OTHER), (FOR_EVER,)) is None
    assert matching((TAINT,), (tolerating(9), FOR_EVER)) == (tolerating(9),)


@pytest.mark.parametrize(("status", "since"), [("True", "before"), ("False", "now")])
def test_the_time_of_a_disruption_is_when_it_became_so(status: str, since: str) -> None:
    known = PodCondition(type="DisruptionTarget", status=status, last_transition_time="before")
    other = PodCondition(type="Ready", status="True", last_transition_time="before")
    pod = with_condition(Pod(status=PodStatus(conditions=(known, other))), DISRUPTION, "now")
    assert pod.status.conditions == (other, replace(DISRUPTION, last_transition_time=since))
