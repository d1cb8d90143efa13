"""Jobs run pods until enough of them have succeeded."""

from itertools import pairwise

import pytest

from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV17,
    ControllerManagerV18,
)
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import job


def world_with(release: type = ControllerManagerV18, **spec: object) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", release=release)
    world.create(job("sum", **spec), "jobs")
    world.run(SECOND)
    return world


def finish(world: ManagedWorld, phase: str) -> None:
    pod = next(p for p in world.all("pods") if p.status.phase not in ("Succeeded", "Failed"))
    if not pod.spec.node_name:
        world.bind(pod.metadata.name, "n1")
    world.set_ready(pod.metadata.name, False, phase=phase)
    world.run(SECOND)


def ended(world: ManagedWorld) -> list[tuple[str, str]]:
    return [(c.type, c.reason) for c in world.get("jobs", "default/sum").status.conditions]


def test_a_job_finds_its_pods_by_its_uid() -> None:
    world = world_with()
    (pod,) = world.all("pods")
    assert pod.metadata.labels["controller-uid"] == world.get("jobs", "default/sum").metadata.uid
    assert pod.metadata.labels["job-name"] == "sum"


def test_one_success_completes_it() -> None:
    world = world_with()
    finish(world, "Succeeded")
    assert ended(world) == [("Complete", "")]
    status = world.get("jobs", "default/sum").status
    assert (status.active, status.succeeded) == (0, 1)


def test_only_so_many_run_at_once_and_no_more_than_are_still_needed() -> None:
    world = world_with(completions=3, parallelism=2)
    counts = [len(world.all("pods"))]
    for _ in range(3):
        finish(world, "Succeeded")
        counts.append(len(world.all("pods")))
    assert counts == [2, 3, 3, 3]
    assert ended(world) == [("Complete", "")]


def test_a_pod_on_a_lost_node_counts_until_it_is_being_deleted() -> None:
    world = world_with()
    (pod,) = world.all("pods")
    world.bind(pod.metadata.name, "n1")
    world.set_ready(pod.metadata.name, False)
    world.run(60 * SECOND)
    assert len(world.all("pods")) == 1
    world.delete("pods", f"default/{pod.metadata.name}")
    world.run(SECOND)
    assert len(world.all("pods")) == 2


def test_v1_8_gives_up_after_its_limit_of_failures_with_growing_pauses() -> None:
    world = world_with(backoff_limit=2)
    for _ in range(2):
        finish(world, "Failed")
        world.run(60 * SECOND)
    assert ended(world) == []
    finish(world, "Failed")
    world.run(60 * SECOND)
    assert ended(world) == [("Failed", "BackoffLimitExceeded")]
    (event,) = world.events("BackoffLimitExceeded")
    assert event.message == "Job has reach the specified backoff limit"


def test_v1_7_never_gives_up() -> None:
    world = world_with(ControllerManagerV17, backoff_limit=2)
    for _ in range(8):
        finish(world, "Failed")
    assert ended(world) == []
    assert len(world.all("pods")) == 9


def told(world: ManagedWorld) -> list[tuple[str, str]]:
    """Type and reason of what was told of the Job, in order."""
    found = [one for one in world.all("events") if one.involved_object.kind == "Job"]
    return [(one.type, one.reason) for one in sorted(found, key=lambda one: one.metadata.name)]


def test_a_job_of_v1_8_that_is_active_too_long_fails_and_its_pods_count_as_failed() -> None:
    """v1.8.0 pkg/controller/job/job_controller.go syncJob."""
    world = world_with(active_deadline_seconds=30, parallelism=2, completions=2)
    world.run(60 * SECOND)
    assert ended(world) == [("Failed", "DeadlineExceeded")]
    assert world.all("pods") == []
    status = world.get("jobs", "default/sum").status
    assert (status.active, status.failed) == (0, 2)
    deleted = ("Normal", "SuccessfulDelete")
    assert told(world)[-3:] == [deleted, deleted, ("Warning", "DeadlineExceeded")]


def test_v1_7_sees_that_a_deadline_is_over_only_when_something_else_happens() -> None:
    """v1.7.5 pkg/controller/job/jobcontroller.go syncJob: nothing is enqueued for later."""
    world = world_with(ControllerManagerV17, active_deadline_seconds=30)
    world.run(300 * SECOND)
    assert ended(world) == []
    (pod,) = world.all("pods")
    world.bind(pod.metadata.name, "n1")
    world.run(SECOND)
    assert ended(world) == [("Failed", "DeadlineExceeded")]
    assert told(world)[-1] == ("Normal", "DeadlineExceeded")


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18])
def test_only_pods_beyond_the_parallelism_are_too_many(release: type[ControllerManager]) -> None:
    """v1.7.5, v1.8.0 manageJob: once enough have succeeded the others go on, and somebody is warned."""
    world = world_with(release, completions=2, parallelism=2)
    first, second = world.all("pods")
    for pod in (first, second):
        world.bind(pod.metadata.name, "n1")
    world.delete("pods", f"default/{second.metadata.name}")
    world.run(SECOND)
    for pod in (first, second):
        world.set_ready(pod.metadata.name, False, phase="Succeeded")
    world.run(5 * SECOND)
    assert ended(world) == [("Complete", "")]
    assert ("Warning", "TooManyActivePods") in told(world)
    (left,) = [pod for pod in world.all("pods") if pod.status.phase != "Succeeded"]
    assert not left.metadata.deletion_timestamp


@pytest.mark.parametrize(
    ("release", "at_once"), [(ControllerManagerV17, [7]), (ControllerManagerV18, [1, 2, 4])]
)
def test_v1_8_creates_the_pods_of_a_job_in_batches_that_double(
    release: type[ControllerManager], at_once: list[int]
) -> None:
    world = world_with(release, completions=7, parallelism=7)
    made = [event.t for event in world.engine.record if _makes_pod(event)]
    batches = [[made[0]]]
    for before, time in pairwise(made):
        if time - before > 3_000:
            batches.append([])
        batches[-1].append(time)
    assert [len(batch) for batch in batches] == at_once


def test_every_batch_is_a_consequence_of_the_decision_to_create_pods() -> None:
    world = world_with(ControllerManagerV18, completions=7, parallelism=7)
    (decision,) = world.decisions("create-pods")
    made = [event for event in world.engine.record if _makes_pod(event)]
    assert [event.causes for event in made] == [(decision.id,)] * 7


def _makes_pod(event: Event) -> bool:
    return event.kind == "write" and event.object.startswith("pods/") and event.before is None


@pytest.mark.parametrize("release", [ControllerManagerV17, ControllerManagerV18])
def test_a_job_of_old_that_runs_nothing_has_not_started(release: type[ControllerManager]) -> None:
    """Its status is written when a count has changed (syncJob)."""
    world = world_with(release, parallelism=0)
    world.run(5 * SECOND)
    assert world.get("jobs", "default/sum").status.start_time == ""


def test_a_job_of_old_that_is_being_deleted_completes_all_the_same() -> None:
    world = world_with()
    found = world.get("jobs", "default/sum")
    held = replace(found, metadata=replace(found.metadata, finalizers=("example.com/hold",)))
    world.handle(Request("update", "jobs", "default", "sum", held))
    world.delete("jobs", "default/sum", propagation="Background")
    world.run(SECOND)
    (pod,) = world.all("pods")
    world.bind(pod.metadata.name, "n1")
    world.set_ready(pod.metadata.name, False, phase="Succeeded")
    world.run(SECOND)
    assert ended(world) == [("Complete", "")]
