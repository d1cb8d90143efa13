"""Jobs run pods until enough of them have succeeded."""

from clustersim.controllermanager.process import ControllerManagerV17, ControllerManagerV18
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


def test_a_job_that_is_active_too_long_fails_and_its_pods_are_deleted() -> None:
    world = world_with(active_deadline_seconds=30)
    world.run(60 * SECOND)
    assert ended(world) == [("Failed", "DeadlineExceeded")]
    assert world.all("pods") == []
