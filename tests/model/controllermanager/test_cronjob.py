"""CronJobs: a Job at every moment of a schedule, polled for in v1.8 and at its moment today."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clustersim.api.batch import CronJob, CronJobSpec, Job, JobTemplateSpec
from clustersim.api.cron_schedule import parse
from clustersim.api.meta import ObjectMeta, OwnerReference, replace
from clustersim.api.request import Request
from clustersim.controllermanager.cronjob.controller import CronSync
from clustersim.controllermanager.cronjob.polling import PollingCronJobController
from clustersim.controllermanager.process import (
    ControllerManager,
    ControllerManagerV18,
    ControllerManagerV136,
)
from clustersim.engine.time import MINUTE, SECOND
from tests.model.controllermanager.managed_world import ManagedWorld
from tests.model.controllermanager.workloads import job

RELEASES = (ControllerManagerV18, ControllerManagerV136)


def world_with(release: type[ControllerManager], schedule: str = "*/1 * * * *", **spec: Any) -> ManagedWorld:
    world = ManagedWorld("n1", release=release)
    template = JobTemplateSpec(spec=replace(job("x").spec, backoff_limit=6))
    cron = CronJobSpec(schedule=schedule, job_template=template, **spec)
    world.create(CronJob(metadata=ObjectMeta(name="tick", namespace="default"), spec=cron), "cronjobs")
    return world


def jobs(world: ManagedWorld) -> list[Job]:
    return sorted(world.all("jobs"), key=lambda found: found.metadata.creation_timestamp)


def finish_all(world: ManagedWorld) -> None:
    for pod in world.all("pods"):
        if pod.status.phase not in ("Succeeded", "Failed"):
            if not pod.spec.node_name:
                world.bind(pod.metadata.name, "n1")
            world.set_ready(pod.metadata.name, False, phase="Succeeded")


def active(world: ManagedWorld) -> int:
    return len(world.get("cronjobs", "default/tick").status.active)


@pytest.mark.parametrize(("release", "latest"), [(ControllerManagerV18, 11), (ControllerManagerV136, 1)])
def test_a_job_comes_with_every_minute_up_to_a_poll_late(
    release: type[ControllerManager], latest: int
) -> None:
    world = world_with(release)
    for minute in range(3):
        world.wait(lambda minute=minute: len(jobs(world)) > minute, 80 * SECOND)
        late = world.now - minute * MINUTE
        assert 0 <= late <= latest * SECOND
    assert active(world) in (2, 3)


def test_names_carry_seconds_in_v1_8_and_minutes_today() -> None:
    numbers = []
    for release in RELEASES:
        world = world_with(release)
        world.until(30 * SECOND)
        numbers.append(int(jobs(world)[0].metadata.name.removeprefix("tick-")))
    assert numbers[0] == numbers[1] * 60


@pytest.mark.parametrize("release", RELEASES)
def test_forbid_waits_for_the_job_that_runs(release: type[ControllerManager]) -> None:
    world = world_with(release, concurrency_policy="Forbid")
    world.until(130 * SECOND)
    assert len(jobs(world)) == 1
    finish_all(world)
    world.run(75 * SECOND)
    assert len(jobs(world)) == 2


@pytest.mark.parametrize("release", RELEASES)
def test_replace_deletes_the_job_that_runs(release: type[ControllerManager]) -> None:
    world = world_with(release, concurrency_policy="Replace")
    world.until(30 * SECOND)
    (first,) = jobs(world)
    world.until(90 * SECOND)
    assert [one for one in jobs(world) if one.metadata.name == first.metadata.name] == []
    assert (len(jobs(world)), active(world)) == (1, 1)


def told(world: ManagedWorld, reason: str) -> list[str]:
    return [event.message for event in world.all("events") if event.reason == reason]


def test_in_v1_8_the_pods_of_a_job_that_is_replaced_are_told_to_stop_and_belong_to_nobody() -> None:
    world = world_with(ControllerManagerV18, concurrency_policy="Replace")
    world.until(30 * SECOND)
    (first,) = jobs(world)
    (pod,) = world.all("pods")
    world.bind(pod.metadata.name, "n1")
    world.until(90 * SECOND)
    left = world.get("pods", f"default/{pod.metadata.name}")
    assert left.metadata.deletion_timestamp  # its kubelet has to stop it
    assert left.metadata.owner_references == ()
    assert told(world, "SuccessfulDelete").count(f"Deleted job {first.metadata.name}") == 1


def test_in_v1_8_the_end_of_a_replacement_that_fails_is_told_and_waits_for_the_next_poll() -> None:
    world = world_with(ControllerManagerV18, concurrency_policy="Replace")
    world.until(30 * SECOND)
    (first,) = jobs(world)
    controller = next(part for part in world.manager.parts.values() if part.name == "cronjob-controller")
    assert isinstance(controller, PollingCronJobController)
    owner = world.get("cronjobs", "default/tick")
    world.handle(Request("delete", "jobs", "default", first.metadata.name, propagation="Background"))
    controller.state.syncs["default/tick"] = CronSync(owner, owner.status, [first], start=MINUTE)
    controller.delete_job(first, "default/tick", replaced=True)
    world.run(SECOND)
    assert [text for text in told(world, "FailedGet") if text.startswith("Get job: ")]
    assert (jobs(world), controller.state.syncs) == ([], {})


@pytest.mark.parametrize("release", RELEASES)
def test_only_so_many_ended_jobs_are_kept(release: type[ControllerManager]) -> None:
    world = world_with(release, successful_jobs_history_limit=2, failed_jobs_history_limit=1)
    for _ in range(5):
        world.run(MINUTE)
        finish_all(world)
    world.run(20 * SECOND)
    finish_all(world)
    world.run(20 * SECOND)
    assert len(jobs(world)) == 2
    # v1.8 has no such field (v1.8.0 staging/src/k8s.io/api/batch/v1beta1/types.go).
    told = world.get("cronjobs", "default/tick").status.last_successful_time
    assert bool(told) == (release is RELEASES[-1])


@pytest.mark.parametrize("release", RELEASES)
def test_a_suspended_one_starts_nothing_and_a_late_start_is_missed(release: type[ControllerManager]) -> None:
    world = world_with(release, suspend=True, starting_deadline_seconds=20)
    world.until(150 * SECOND)
    assert jobs(world) == []
    found = world.get("cronjobs", "default/tick")
    changed = replace(found, spec=replace(found.spec, suspend=False))
    world.handle(Request("update", "cronjobs", "default", "tick", changed))
    world.until(175 * SECOND)
    assert jobs(world) == []
    world.until(195 * SECOND)
    assert len(jobs(world)) == 1


def test_a_schedule_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match=r"above maximum \(59\)"):
        parse("61 * * * *")


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("*/15 * * * *", "2017-09-26 07:15"),
        ("0 9 * * mon-fri", "2017-09-26 09:00"),
        ("30 6 1 * *", "2017-10-01 06:30"),
        ("0 0 13 * 5", "2017-09-29 00:00"),
        ("@monthly", "2017-10-01 00:00"),
        ("0 0 29 2 *", "2020-02-29 00:00"),
        ("0 0 31 2 *", None),
        ("@every 90s", "2017-09-26 07:02"),
    ],
)
def test_a_schedule_names_its_moments(text: str, following: str | None) -> None:
    found = parse(text).after(datetime(2017, 9, 26, 7, 0, 30, tzinfo=UTC))
    assert (found and f"{found:%Y-%m-%d %H:%M}") == following


@pytest.mark.parametrize(("modern", "day"), [(True, "2017-09-27"), (False, "2017-10-09")])
def test_a_step_is_a_restriction_of_days_only_today(modern: bool, day: str) -> None:
    found = parse("0 0 */2 * 1", modern=modern).after(datetime(2017, 9, 26, 7, 0, 30, tzinfo=UTC))
    assert f"{found:%Y-%m-%d}" == day


def change(world: ManagedWorld, **spec: Any) -> None:
    found = world.get("cronjobs", "default/tick")
    changed = replace(found, spec=replace(found.spec, **spec))
    world.handle(Request("update", "cronjobs", "default", "tick", changed))


def test_a_job_says_its_moment_on_the_clock_of_its_time_zone() -> None:
    world = world_with(ControllerManagerV136, time_zone="Asia/Shanghai")
    world.until(30 * SECOND)
    annotations = jobs(world)[0].metadata.annotations
    assert annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] == "2017-09-26T15:00:00+08:00"


def test_another_schedule_begins_with_its_next_moment() -> None:
    world = world_with(ControllerManagerV136, "0 0 1 1 *")
    world.until(200 * SECOND)
    change(world, schedule="* * * * *")
    world.until(235 * SECOND)
    assert jobs(world) == []
    world.until(245 * SECOND)
    assert len(jobs(world)) == 1


@pytest.mark.parametrize(("own", "noted"), [(True, 1), (False, 0)])
def test_a_job_of_that_name_that_is_there_already_is_noted_if_it_is_its_own(own: bool, noted: int) -> None:
    world = world_with(ControllerManagerV136, "1 * * * *")
    cron = world.get("cronjobs", "default/tick")
    number = (int(datetime(2017, 9, 26, 7, 1, tzinfo=UTC).timestamp())) // 60
    owner = OwnerReference(
        api_version="batch/v1", kind="CronJob", name="tick", uid=cron.metadata.uid, controller=True
    )
    made = job(f"tick-{number}", backoff_limit=6)
    owners = (owner,) if own else ()
    world.create(replace(made, metadata=replace(made.metadata, owner_references=owners)), "jobs")
    world.until(90 * SECOND)
    assert (len(jobs(world)), active(world)) == (1, noted)
    assert world.events("FailedCreate") == []


@pytest.mark.parametrize("text", ["", "* * * *", "a * * * *", "5-1 * * * *", "*/0 * * * *", "@often"])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(text)


@pytest.mark.parametrize(
    ("release", "reason", "words"),
    [
        (ControllerManagerV18, "FailedNeedsStart", "Too many missed start time (> 100)"),
        (ControllerManagerV136, "InvalidSchedule", "invalid schedule: 59 23 31 2 * : time difference"),
    ],
)
def test_a_moment_that_never_comes_is_told(release: type[ControllerManager], reason: str, words: str) -> None:
    world = world_with(release, "59 23 31 2 *")
    world.run(30 * SECOND)
    event = world.events(reason)[0]
    assert words in event.message
    assert not jobs(world)


@pytest.mark.parametrize(("release", "seen"), [(ControllerManagerV18, 1), (ControllerManagerV136, 0)])
def test_what_goes_at_once_is_not_seen_to_complete_today(release: type[ControllerManager], seen: int) -> None:
    """sync: cleanupFinishedJobs comes first today, and takes Jobs off the list."""
    world = world_with(release, successful_jobs_history_limit=0)
    world.wait(lambda: len(jobs(world)) == 1, 80 * SECOND)
    world.run(SECOND)
    finish_all(world)
    world.wait(lambda: world.events("SuccessfulDelete"), 40 * SECOND)
    world.run(SECOND)
    assert len(world.events("SawCompletedJob")) == seen
    assert not world.events("MissingJob")


def test_an_active_job_that_somebody_took_over_goes_on_counting_today() -> None:
    """syncCronJob asks the API server for a Job that its cache does not show as one of its own."""
    world = world_with(ControllerManagerV136, concurrency_policy="Forbid")
    world.wait(lambda: active(world) == 1, 80 * SECOND)
    made = jobs(world)[0]
    freed = replace(made, metadata=replace(made.metadata, owner_references=()))
    world.handle(Request("update", "jobs", "default", made.metadata.name, freed))
    world.run(130 * SECOND)
    assert (len(jobs(world)), active(world), world.events("MissingJob")) == (1, 1, [])
    world.delete("jobs", f"default/{made.metadata.name}")
    world.run(70 * SECOND)
    assert len(world.events("MissingJob")) == 1
    assert len(jobs(world)) == 1


def test_a_start_whose_job_the_status_names_is_not_made_again() -> None:
    world = world_with(ControllerManagerV136)
    world.wait(lambda: active(world) == 1, 80 * SECOND)
    cron = world.get("cronjobs", "default/tick")
    earlier = replace(cron.status, last_schedule_time="")
    world.handle(Request("update-status", "cronjobs", "default", "tick", replace(cron, status=earlier)))
    world.run(20 * SECOND)
    assert len(world.decisions("start-job")) == 1
