"""Jobs of today: every pod is counted once, pauses grow, policies decide."""

from typing import Any

import pytest

from clustersim.api.batch import (
    PodFailurePolicy,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyRule,
    SuccessPolicy,
    SuccessPolicyRule,
)
from clustersim.api.core_v1 import (
    Container,
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
    PodSpec,
    PodStatus,
)
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.timestamp import micros, rfc3339
from clustersim.controllermanager.job.backoff import BackoffRecord, finished_at, remaining_after
from clustersim.controllermanager.job.indexes import INDEX, Indexes, parsed
from clustersim.controllermanager.job.policies import failure_of
from clustersim.controllermanager.job.survey import FINALIZER
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.state import digest
from clustersim.engine.time import SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import job


def world_with(**spec: Any) -> ManagedWorld:
    world = ManagedWorld("n1", "n2", "n3", release=ControllerManagerV136)
    spec.setdefault("backoff_limit", 6)
    world.create(job("sum", **spec), "jobs")
    world.run(SECOND)
    return world


def unfinished(world: ManagedWorld) -> list[Pod]:
    return [pod for pod in world.all("pods") if pod.status.phase not in ("Succeeded", "Failed")]


def finish(world: ManagedWorld, pod: Pod, phase: str, code: int = 1) -> None:
    name = pod.metadata.name
    if not pod.spec.node_name:
        world.bind(name, "n1")
    world.set_ready(name, False, phase=phase)
    found = world.get("pods", f"default/{name}")
    ended = ContainerStateTerminated(exit_code=code, finished_at=rfc3339(world.now))
    status = ContainerStatus(
        name="c", state=ContainerState(terminated=ended), ready=False, restart_count=0, image="i"
    )
    changed = replace(found, status=replace(found.status, container_statuses=(status,)))
    world.handle(Request("update-status", "pods", "default", name, changed))


def status(world: ManagedWorld) -> Any:
    return world.get("jobs", "default/sum").status


def ended(world: ManagedWorld) -> list[tuple[str, str]]:
    return [(c.type, c.reason) for c in status(world).conditions]


def set_spec(world: ManagedWorld, **changes: Any) -> None:
    found = world.get("jobs", "default/sum")
    changed = replace(found, spec=replace(found.spec, **changes))
    world.handle(Request("update", "jobs", "default", "sum", changed))


def test_a_success_is_noted_released_counted_and_only_then_the_job_is_complete() -> None:
    world = world_with()
    (pod,) = unfinished(world)
    assert pod.metadata.finalizers == (FINALIZER,)
    finish(world, pod, "Succeeded", 0)
    world.run(2 * SECOND)
    assert ended(world) == [("SuccessCriteriaMet", "CompletionsReached"), ("Complete", "CompletionsReached")]
    (pod,) = world.all("pods")
    assert pod.metadata.finalizers == ()
    assert (status(world).succeeded, status(world).active, status(world).completion_time != "") == (
        1,
        0,
        True,
    )
    (event,) = world.events("Completed")
    assert event.message == "Job completed"
    assert world.events("TooManySucceededPods") == []


def test_what_happens_to_a_pod_is_looked_at_a_second_later() -> None:
    world = world_with()
    world.run(5 * SECOND)
    (pod,) = unfinished(world)
    before = world.now
    finish(world, pod, "Succeeded", 0)
    assert world.wait(lambda: ended(world)) - before >= SECOND


def test_pauses_double_and_count_from_the_end_of_the_last_failure() -> None:
    world = world_with(backoff_limit=3)
    pauses = []
    for _ in range(3):
        (pod,) = unfinished(world)
        world.run(7 * SECOND // 2)
        finish(world, pod, "Failed")
        failed_at = world.now // SECOND * SECOND
        world.wait(lambda: unfinished(world))
        (pod,) = unfinished(world)
        pauses.append((micros(pod.metadata.creation_timestamp) - failed_at) // SECOND)
    assert pauses == [10, 20, 40]
    finish(world, pod, "Failed")
    world.run(5 * SECOND)
    assert ended(world) == [("FailureTarget", "BackoffLimitExceeded"), ("Failed", "BackoffLimitExceeded")]
    assert status(world).failed == 4
    (event,) = world.events("BackoffLimitExceeded")
    assert event.message == "Job has reached the specified backoff limit"


def ended_pod(phase: str, at: int, *codes: int) -> Pod:
    """A pod whose containers ended then, with those exit codes."""
    statuses = tuple(
        ContainerStatus(
            name=f"c{number}",
            state=ContainerState(
                terminated=ContainerStateTerminated(exit_code=code, finished_at=rfc3339(at * SECOND))
            ),
            ready=False,
            restart_count=0,
            image="i",
        )
        for number, code in enumerate(codes)
    )
    return Pod(status=PodStatus(phase=phase, container_statuses=statuses))


def test_a_success_forgets_the_failures_before_it_and_no_pause_is_longer_than_ten_minutes() -> None:
    record = BackoffRecord(3, 50 * SECOND)
    failures = [ended_pod("Failed", 100, 1), ended_pod("Failed", 200, 1)]
    assert record.after([], failures) == BackoffRecord(5, 200 * SECOND)
    assert record.after([ended_pod("Succeeded", 150, 0)], failures) == BackoffRecord(1, 200 * SECOND)
    assert record.after([ended_pod("Succeeded", 300, 0)], failures) == BackoffRecord()
    assert [remaining_after(failures, 0, 0) // SECOND for failures in (0, 1, 6, 7, 100)] == [
        0, 10, 320, 600, 600,
    ]  # fmt: skip


def test_a_pod_has_ended_when_its_sidecars_have() -> None:
    def ended(name: str, at: int) -> ContainerStatus:
        state = ContainerState(terminated=ContainerStateTerminated(exit_code=1, finished_at=rfc3339(at)))
        return ContainerStatus(name=name, state=state, ready=False, restart_count=0, image="i")

    sidecar = Container(name="log", image="i", restart_policy="Always")
    spec = PodSpec(containers=(Container(name="c", image="i"),), init_containers=(sidecar,))
    told = PodStatus(
        phase="Failed",
        container_statuses=(ended("c", 10 * SECOND),),
        init_container_statuses=(ended("log", 12 * SECOND),),
    )
    assert finished_at(Pod(spec=spec, status=told)) == 12 * SECOND


def test_of_a_failed_pod_containers_that_ended_well_match_no_exit_code() -> None:
    codes = PodFailurePolicyOnExitCodesRequirement(operator="NotIn", values=(42,))
    rules = (PodFailurePolicyRule(action="FailJob", on_exit_codes=codes),)
    owner = job("sum", pod_failure_policy=PodFailurePolicy(rules=rules))
    assert failure_of(owner, ended_pod("Failed", 1, 0, 42)).action == ""
    assert failure_of(owner, ended_pod("Failed", 1, 0, 7)).action == "FailJob"


def test_while_a_job_waits_after_a_failure_it_counts_nothing_as_active() -> None:
    world = world_with(parallelism=2, completions=2)
    finish(world, unfinished(world)[0], "Failed")
    world.run(3 * SECOND)
    assert (status(world).active, len(unfinished(world))) == (0, 1)
    world.run(12 * SECOND)
    assert (status(world).active, len(unfinished(world))) == (2, 2)


def test_a_job_is_not_looked_at_before_what_was_written_of_it_is_seen() -> None:
    world = world_with()
    controller: Any = next(part for part in world.manager.parts.values() if part.name == "job-controller")
    controller.state.written["default/sum"] = 10**9
    finish(world, unfinished(world)[0], "Succeeded", 0)
    world.run(10 * SECOND)
    assert ended(world) == []
    controller.state.written["default/sum"] = 0
    world.run(60 * SECOND)
    assert ended(world)[-1] == ("Complete", "CompletionsReached")


def test_an_indexed_job_gives_every_pod_its_index_and_remembers_what_succeeded() -> None:
    world = world_with(completions=4, parallelism=2, completion_mode="Indexed")
    pods = {pod.metadata.annotations[INDEX]: pod for pod in unfinished(world)}
    assert list(pods) == ["0", "1"]
    assert pods["1"].spec.hostname == "sum-1"
    assert pods["1"].metadata.name.startswith("sum-1-")
    finish(world, pods["1"], "Succeeded", 0)
    world.run(3 * SECOND)
    assert status(world).completed_indexes == "1"
    assert sorted(pod.metadata.annotations[INDEX] for pod in unfinished(world)) == ["0", "2"]


def test_a_pod_whose_index_a_smaller_job_asks_for_no_more_counts_for_nothing() -> None:
    world = world_with(completions=3, parallelism=3, completion_mode="Indexed")
    by_index = {pod.metadata.annotations[INDEX]: pod for pod in unfinished(world)}
    set_spec(world, completions=1, parallelism=1)
    finish(world, by_index["2"], "Succeeded")
    finish(world, by_index["1"], "Failed")
    world.run(5 * SECOND)
    assert (status(world).succeeded, status(world).failed) == (0, 0)
    assert status(world).completed_indexes == ""
    assert [
        pod for pod in world.all("pods") if pod.metadata.annotations[INDEX] != "0" and pod.metadata.finalizers
    ] == []


def test_indexes_fail_on_their_own_with_a_limit_per_index() -> None:
    world = world_with(
        completions=2, parallelism=2, completion_mode="Indexed", backoff_limit_per_index=0, backoff_limit=None
    )
    first, second = sorted(unfinished(world), key=lambda pod: pod.metadata.annotations[INDEX])
    finish(world, first, "Failed")
    world.run(3 * SECOND)
    assert status(world).failed_indexes == "0"
    assert [pod.metadata.name for pod in unfinished(world)] == [second.metadata.name]
    finish(world, second, "Succeeded", 0)
    world.run(3 * SECOND)
    assert ended(world) == [("FailureTarget", "FailedIndexes"), ("Failed", "FailedIndexes")]


def test_a_failure_policy_fails_the_job_at_once_or_ignores_the_failure() -> None:
    def policy(action: str) -> PodFailurePolicy:
        codes = PodFailurePolicyOnExitCodesRequirement(operator="In", values=(42,))
        return PodFailurePolicy(rules=(PodFailurePolicyRule(action=action, on_exit_codes=codes),))

    world = world_with(pod_failure_policy=policy("FailJob"))
    finish(world, unfinished(world)[0], "Failed", 42)
    world.run(3 * SECOND)
    assert ended(world)[-1] == ("Failed", "PodFailurePolicy")
    assert "failed with exit code 42 matching FailJob rule at index 0" in status(world).conditions[-1].message

    world = world_with(pod_failure_policy=policy("Ignore"), backoff_limit=0)
    finish(world, unfinished(world)[0], "Failed", 42)
    world.run(15 * SECOND)
    assert ended(world) == []
    assert (status(world).failed, len(unfinished(world))) == (0, 1)


def test_a_success_policy_ends_the_job_and_deletes_what_still_runs() -> None:
    policy = SuccessPolicy(rules=(SuccessPolicyRule(succeeded_indexes="0"),))
    world = world_with(completions=3, parallelism=3, completion_mode="Indexed", success_policy=policy)
    leader = next(pod for pod in unfinished(world) if pod.metadata.annotations[INDEX] == "0")
    for pod in unfinished(world):
        world.bind(pod.metadata.name, "n1")
    finish(world, leader, "Succeeded", 0)
    world.run(3 * SECOND)
    assert ended(world)[0] == ("SuccessCriteriaMet", "SuccessPolicy")
    assert all(pod.metadata.deletion_timestamp for pod in unfinished(world))


def test_a_suspended_job_has_no_pods_and_its_time_starts_anew() -> None:
    world = world_with(suspend=True)
    assert world.all("pods") == []
    assert ended(world) == [("Suspended", "JobSuspended")]
    assert status(world).start_time == ""
    set_spec(world, suspend=False)
    world.run(2 * SECOND)
    assert len(unfinished(world)) == 1
    assert [(c.status, c.reason) for c in status(world).conditions] == [("False", "JobResumed")]
    set_spec(world, suspend=True)
    world.run(3 * SECOND)
    assert [pod for pod in unfinished(world) if not pod.metadata.deletion_timestamp] == []


def test_an_active_deadline_fails_the_job() -> None:
    world = world_with(active_deadline_seconds=30)
    world.run(33 * SECOND)
    assert ended(world)[-1] == ("Failed", "DeadlineExceeded")


def test_pods_are_created_in_batches_and_no_more_than_500_in_one_go() -> None:
    world = world_with(parallelism=4_000, completions=None)
    assert len(world.decisions("create-pods")) == 1
    assert world.decisions("create-pods")[0].rule.values["difference"] == 500


def test_indexes_are_read_and_written_as_intervals() -> None:
    found = parsed("0-2,4,9-2000000000", 12)
    assert (str(found), found.total) == ("0-2,4,9-11", 7)
    assert found.missing(3, 12) == [3, 5, 6]
    assert str(Indexes().with_indexes([5, 3, 4, 1])) == "1,3-5"
    assert str(parsed("1,2", 5)) == "1,2"
    assert found.common(parsed("2-9", 12)) == 3


@pytest.mark.parametrize("release", [ControllerManagerV18, ControllerManagerV136])
def test_the_longest_deadline_that_the_api_takes_breaks_nothing(release: type[ControllerManager]) -> None:
    world = ManagedWorld("n1", release=release)
    world.create(job("sum", backoff_limit=6, active_deadline_seconds=2**63 - 1), "jobs")
    world.run(60 * SECOND)
    assert len(unfinished(world)) == 1
    assert digest(world.engine.state, world.manager.state)
