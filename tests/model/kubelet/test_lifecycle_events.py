"""What the pod lifecycle event generator makes of two lists (v1.7.5 pkg/kubelet/pleg/generic.go)."""

import pytest

from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.kubelet.pleg import DIED, REMOVED, STARTED, LifecycleEvent, PodView, after, events_between
from clustersim.kubelet.pleg_today import POD_SYNC
from clustersim.runtime.records import CREATED, RUNNING, Container, Listing, Sandbox
from tests.model.kubelet.node_world import NodeWorld


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


def listing(*sandboxes: Sandbox, containers: tuple[Container, ...] = ()) -> Listing:
    return Listing(containers, sandboxes)


def container(state: str) -> Container:
    return Container(
        pod_uid="u", pod="p", namespace="default", id="c", name="c", image="i", sandbox_id="s", attempt=0,
        spec=ContainerSpec(name="c", image="i"), created_at=0, state=state,
    )  # fmt: skip


def lifecycle_events(world: NodeWorld, monkeypatch: pytest.MonkeyPatch) -> list[LifecycleEvent]:
    """What the main loop is told from now on."""
    told: list[LifecycleEvent] = []
    monkeypatch.setattr(world.kubelet.sync_loop, "lifecycle_event", told.append)
    return told


def test_a_container_that_was_created_and_does_not_run_yet_says_nothing() -> None:
    assert events_between("u", "c", None, container(CREATED)) == []
    assert [event.type for event in events_between("u", "c", container(CREATED), container(RUNNING))] == [
        STARTED
    ]


def test_a_list_that_is_as_old_as_the_last_sync_is_not_new() -> None:
    world = NodeWorld()
    world.run(10)
    pleg = world.kubelet.pleg
    last = pleg.last_relist()
    assert last is not None
    assert pleg.newer_view("u", last) is None
    assert pleg.newer_view("u", last - 1) is not None
    assert pleg.newer_view("u", None) is not None


def test_what_is_new_is_seen_also_where_as_much_has_gone_and_who_has_nothing_left_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = NodeWorld()
    world.run(10)
    told = lifecycle_events(world, monkeypatch)
    pleg = world.kubelet.pleg
    pleg.relisted(Reply(200, listing(UP)))
    pleg.relisted(Reply(200, listing(replace(UP, id="t", pod_uid="v"))))
    found = [(event.uid, event.container_id, event.type) for event in told]
    assert found == [("u", "s", STARTED), ("u", "s", DIED), ("u", "s", REMOVED), ("v", "t", STARTED)]
    assert list(pleg.state.pods) == ["v"]


def test_today_a_pod_that_was_looked_at_is_synced_and_what_it_lost_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = NodeWorld("v1.36")
    world.run(10)
    told = lifecycle_events(world, monkeypatch)
    pleg = world.kubelet.pleg
    pleg.pod_listed(Reply(200, listing(UP)), "u", world.engine.now)
    pleg.pod_listed(Reply(200, listing(UP)), "u", world.engine.now)
    pleg.pod_listed(Reply(200, listing()), "u", world.engine.now)
    pleg.relisted(Reply(200, listing()))
    assert [event.type for event in told] == [STARTED, POD_SYNC, DIED, REMOVED]
