"""What the API server of today refuses of Jobs and CronJobs: specifications, changes, steps of a status."""

from typing import Any

import pytest

from clustersim.api.batch import Job, JobCondition
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from tests.model.apiserver.made import create, workload
from tests.model.worlds import ApiWorld

Plain = dict[str, Any]
NOON = "2017-09-26T12:00:00Z"
LATER = "2017-09-26T12:00:05Z"


def job(name: str = "sum", **spec: Any) -> Plain:
    plain = workload("Job", "batch/v1", name, **spec)
    plain["spec"]["template"]["spec"] |= {"restartPolicy": "Never"}
    return plain


def cron(api_version: str = "batch/v1", **spec: Any) -> Plain:
    made = {"schedule": "0 * * * *", "jobTemplate": {"spec": job()["spec"]}, **spec}
    return {"apiVersion": api_version, "kind": "CronJob", "metadata": {"name": "tick"}, "spec": made}


def causes(reply: Reply) -> list[str]:
    assert reply.status == 422, reply
    assert reply.details is not None
    return [f"{cause.field}: {cause.message}" for cause in reply.details.causes]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"managedBy": ""}, "spec.managedBy: Required value"),
        (
            {"managedBy": "kueue"},
            'spec.managedBy: Invalid value: "kueue": must be a domain-prefixed path (such as "acme.io/foo")',
        ),
        (
            {"managedBy": "acme.io/" + "a" * 60},
            "spec.managedBy: Too long: may not be more than 63 bytes",
        ),
        (
            {"managedBy": "acme.io/a b"},
            'spec.managedBy: Invalid value: "a b": Invalid path (regex used for validation is '
            "'[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
        ),
    ],
)
def test_who_manages_a_job_is_a_domain_and_a_path(spec: Plain, told: str) -> None:
    assert causes(create(job(**spec), "v1.36")) == [told]


def test_the_last_pod_of_an_indexed_job_must_be_a_host_name() -> None:
    name = "a" * 62
    reply = create(job(name, completionMode="Indexed", completions=5), "v1.36")
    why = f"will not able to create pod with invalid DNS label: {name}-4"
    assert f'metadata.name: Invalid value: "{name}": {why}' in causes(reply)
    assert create(job("a" * 60, completionMode="Indexed", completions=5), "v1.36").ok


def test_a_condition_of_a_failure_policy_holds_if_nothing_else_is_said() -> None:
    rule = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]}
    reply = create(job(podFailurePolicy={"rules": [rule]}), "v1.36")
    assert reply.ok, reply.message
    assert reply.body.spec.pod_failure_policy.rules[0].on_pod_conditions[0].status == "True"


# --- changes --------------------------------------------------------------------------------------------


def made(world: ApiWorld, **spec: Any) -> Job:
    reply = create(job(**spec), "v1.36", world)
    assert reply.ok, reply.message
    found: Job = reply.body
    return found


def change(world: ApiWorld, old: Job, **spec: Any) -> Reply:
    new = replace(old, spec=replace(old.spec, **spec))
    return world.apiserver.handle(
        Request("update", "jobs", "default", "sum", new, api_version="batch/v1"), "test"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("managed_by", "acme.io/other"),
        ("backoff_limit_per_index", 2),
        ("completion_mode", "NonIndexed"),
    ],
)
def test_what_a_job_is_stays(field: str, value: Any) -> None:
    world = ApiWorld(release="v1.36")
    old = made(
        world, completionMode="Indexed", completions=3, managedBy="acme.io/foo", backoffLimitPerIndex=1
    )
    told = causes(change(world, old, **{field: value}))
    assert any(text.endswith("field is immutable") for text in told), told


def test_an_indexed_job_changes_its_completions_and_its_parallelism_together() -> None:
    world = ApiWorld(release="v1.36")
    old = made(world, completionMode="Indexed", completions=3, parallelism=3)
    why = "spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism"
    assert causes(change(world, old, completions=5)) == [why]
    assert change(world, old, completions=5, parallelism=5).ok


def test_of_a_suspended_job_only_places_and_sizes_change() -> None:
    world = ApiWorld(release="v1.36")
    old = made(world, suspend=True)
    spec = old.spec.template.spec
    moved = replace(old.spec.template, spec=replace(spec, node_selector={"disk": "ssd"}))
    reply = change(world, old, template=moved)
    assert reply.ok, reply.message
    small = replace(
        spec.containers[0], resources=replace(spec.containers[0].resources, requests={"cpu": "1"})
    )
    sized = replace(moved, spec=replace(moved.spec, containers=(small,)))
    reply = change(world, reply.body, template=sized)
    assert reply.ok, reply.message
    other = replace(sized, spec=replace(sized.spec, containers=(replace(small, image="y"),)))
    (told,) = causes(change(world, reply.body, template=other))
    assert told.startswith("spec.template.spec: ")
    assert told.endswith("field is immutable")


def test_the_template_of_a_job_that_runs_stays() -> None:
    world = ApiWorld(release="v1.36")
    old = made(world)
    moved = replace(old.spec.template, spec=replace(old.spec.template.spec, node_selector={"disk": "ssd"}))
    (told,) = causes(change(world, old, template=moved))
    assert told.startswith("spec.template: ")


# --- steps of a status ----------------------------------------------------------------------------------


def step(world: ApiWorld, old: Job, **status: Any) -> Reply:
    new = replace(old, status=replace(old.status, **status))
    return world.apiserver.handle(Request("update-status", "jobs", "default", "sum", new), "test")


def conditions(*kinds: str) -> tuple[JobCondition, ...]:
    return tuple(JobCondition(type=kind, status="True") for kind in kinds)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"active": -1}, ["status.active: Invalid value: -1: must be greater than or equal to 0"]),
        ({"ready": 1}, ["status.ready: Invalid value: 1: cannot set more ready pods than active"]),
        (
            {"conditions": conditions("Complete")},
            [
                "status.completionTime: Required value: completionTime is required for Complete jobs",
                "status.conditions: Invalid value: cannot set Complete=True condition without the "
                "SuccessCriteriaMet=true condition",
                "status.startTime: Required value: startTime is required for finished job",
            ],
        ),
        (
            {"conditions": conditions("Failed"), "start_time": NOON},
            [
                "status.conditions: Invalid value: cannot set Failed=True condition without the "
                "FailureTarget=true condition"
            ],
        ),
        (
            {"completion_time": NOON},
            [
                f'status.completionTime: Invalid value: "{NOON}": cannot set completionTime when there is no '
                "Complete=True condition"
            ],
        ),
        (
            {"completed_indexes": "0"},
            [
                'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when '
                "non-indexed completion mode"
            ],
        ),
        (
            {"failed_indexes": "0"},
            [
                'status.failedIndexes: Invalid value: "0": cannot set non-null failedIndexes when '
                "backoffLimitPerIndex is null"
            ],
        ),
        (
            {"conditions": conditions("SuccessCriteriaMet", "FailureTarget")},
            [
                "status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true "
                "conditions"
            ],
        ),
    ],
)
def test_a_status_of_a_job_makes_sense_whoever_writes_it(status: Plain, told: list[str]) -> None:
    world = ApiWorld(release="v1.36")
    old = made(world, managedBy="acme.io/foo")
    assert sorted(causes(step(world, old, **status))) == sorted(told)


def test_a_job_that_is_over_stays_so_and_its_counts_do_not_fall() -> None:
    world = ApiWorld(release="v1.36")
    old = made(world, managedBy="acme.io/foo")
    ends = conditions("SuccessCriteriaMet", "Complete")
    reply = step(world, old, conditions=ends, start_time=NOON, completion_time=LATER, succeeded=1)
    assert reply.ok, reply.message
    told = causes(step(world, reply.body, conditions=(), succeeded=0, completion_time=NOON))
    assert "status.conditions: Invalid value: cannot disable the terminal Complete=True condition" in told
    assert "status.succeeded: Invalid value: 0: cannot decrease the succeeded counter" in told
    assert f'status.completionTime: Invalid value: "{NOON}": field is immutable' in told


def test_indexes_of_a_status_are_below_the_completions_and_in_one_list_only() -> None:
    world = ApiWorld(release="v1.36")
    old = made(world, completionMode="Indexed", completions=3, backoffLimitPerIndex=1)
    assert causes(step(world, old, completed_indexes="0-3")) == [
        'status.completedIndexes: Invalid value: "0-3": error parsing completedIndexes: too large index: "3"'
    ]
    assert causes(step(world, old, completed_indexes="0,1", failed_indexes="1,2")) == [
        'status.failedIndexes: Invalid value: "1,2": failedIndexes and completedIndexes overlap at index: 1'
    ]


# --- CronJobs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("* * *", "expected exactly 5 fields, found 3: [* * *]"),
        (
            "TZ=UTC 0 * * * *",
            "cannot use TZ or CRON_TZ in schedule, use timeZone field instead",
        ),
    ],
)
def test_a_schedule_is_refused_in_the_words_of_its_parser(schedule: str, told: str) -> None:
    assert causes(create(cron(schedule=schedule), "v1.36")) == [
        f'spec.schedule: Invalid value: "{schedule}": {told}'
    ]


def test_the_parser_of_old_begins_with_a_capital_and_shows_the_whole_schedule() -> None:
    told = 'spec.schedule: Invalid value: "* * *": Expected exactly 5 fields, found 3: * * *'
    assert causes(create(cron("batch/v1beta1", schedule="* * *"), "v1.8")) == [told]


@pytest.mark.parametrize("zone", ["Nowhere/Town", "-Europe/Berlin", "Europe//Berlin", ".."])
def test_a_time_zone_is_one_that_there_is(zone: str) -> None:
    told = f'spec.timeZone: Invalid value: "{zone}": unknown time zone {zone}'
    assert causes(create(cron(timeZone=zone), "v1.36")) == [told]
