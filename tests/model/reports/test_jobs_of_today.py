"""Jobs of today that others look after, and what may be changed and said of a Job.

Sources: v1.36 pkg/controller/job/job_controller.go, pkg/apis/batch/validation/validation.go,
pkg/registry/batch/job/strategy.go; test/integration/job/job_test.go.
"""

import json

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, create, empty, rows, typed

TODAY = "v1.36"
TEMPLATE = (
    "template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: [date]}]}}"
)


def job(spec: str = "", template: str = TEMPLATE) -> str:
    return f"metadata: {{name: j}}\nspec: {{{spec}{template}}}"


def made(spec: str = "", release: str = TODAY) -> Cluster:
    cluster = empty(release)
    assert "created" in create(cluster, "Job", job(spec), "batch/v1")
    return cluster


def patched(cluster: Cluster, patch: object, more: str = "") -> str:
    return typed(cluster, f"kubectl patch job j {more}--type merge -p '{json.dumps(patch)}'")


def of_status(cluster: Cluster, **status: object) -> str:
    return patched(cluster, {"status": status}, "--subresource status ")


def why(told: str) -> str:
    return told.partition(" is invalid: ")[2]


def test_a_job_that_another_controller_looks_after_is_left_alone() -> None:
    cluster = made("managedBy: kueue.x-k8s.io/multikueue, ")
    at(cluster, "30s")
    assert rows(typed(cluster, "kubectl get pods")) == []
    assert typed(cluster, "kubectl get job j -o jsonpath={.status}") == "{}"
    why_not = [one for one in cluster.record if one.verb == "leave-job"]
    assert why_not


def test_its_own_name_changes_nothing_for_the_job_controller() -> None:
    cluster = made("managedBy: kubernetes.io/job-controller, ")
    at(cluster, "30s")
    assert typed(cluster, "kubectl get job j -o jsonpath={.status.succeeded}") == "1"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "kueue",
            'spec.managedBy: Invalid value: "kueue": must be a domain-prefixed path (such as "acme.io/foo")',
        ),
        (
            "Acme/job",
            'spec.managedBy: Invalid value: "Acme": a lowercase RFC 1123 subdomain must consist of lower '
            "case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
            "(e.g. 'example.com', regex used for validation is "
            "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ),
        (f"acme.io/{'a' * 60}", "spec.managedBy: Too long: may not be more than 63 bytes"),
        ("''", "spec.managedBy: Required value"),
    ],
)
def test_who_looks_after_a_job_has_a_name_with_a_domain(name: str, told: str) -> None:
    assert why(create(empty(TODAY), "Job", job(f"managedBy: {name}, "), "batch/v1")) == told


def test_what_failures_and_success_mean_to_a_job_stays() -> None:
    cluster = made("suspend: true, completionMode: Indexed, completions: 2, parallelism: 2, ")
    told = patched(cluster, {"spec": {"managedBy": "acme.io/job", "backoffLimitPerIndex": 1}})
    assert "spec.backoffLimitPerIndex: Invalid value: 1: field is immutable" in told
    assert 'spec.managedBy: Invalid value: "acme.io/job": field is immutable' in told


def test_the_completions_of_an_indexed_job_change_with_its_parallelism() -> None:
    cluster = made("completionMode: Indexed, completions: 2, parallelism: 2, ")
    assert why(patched(cluster, {"spec": {"completions": 3}})) == (
        "spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism"
    )
    assert "patched" in patched(cluster, {"spec": {"completions": 3, "parallelism": 3}})


DIRECTIONS = {"nodeSelector": {"zone": "a"}, "schedulingGates": [{"name": "acme.io/wait"}]}


def test_a_suspended_job_may_ask_for_other_nodes_and_amounts_and_nothing_else() -> None:
    cluster = made("suspend: true, ")
    containers = [{"name": "a", "image": "busybox", "command": ["date"]}]
    more = [{**containers[0], "resources": {"requests": {"cpu": "2"}}}]
    changed = {"spec": {"template": {"spec": {**DIRECTIONS, "containers": more}}}}
    assert "patched" in patched(cluster, changed)
    other = [{**containers[0], "image": "alpine"}]
    told = patched(cluster, {"spec": {"template": {"spec": {"containers": other}}}})
    assert "spec.template.spec: Invalid value" in told
    assert told.endswith("field is immutable")


def test_a_job_that_runs_keeps_its_template() -> None:
    cluster = made()
    told = patched(cluster, {"spec": {"template": {"spec": DIRECTIONS}}})
    assert "spec.template: Invalid value" in told


def test_a_job_that_ran_changes_its_template_once_it_says_that_it_is_suspended() -> None:
    cluster = empty(TODAY)
    create(cluster, "Job", job("", TEMPLATE.replace("[date]", "[sleep, 1d]")), "batch/v1")
    at(cluster, "10s")
    both = {"spec": {"suspend": True, "template": {"spec": DIRECTIONS}}}
    assert "spec.template: Invalid value" in patched(cluster, both)
    assert "patched" in patched(cluster, {"spec": {"suspend": True}})
    at(cluster, "60s")
    assert "patched" in patched(cluster, {"spec": {"template": {"spec": DIRECTIONS}}})


DONE = [
    {"type": "SuccessCriteriaMet", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
    {"type": "Complete", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
]
START, END = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"active": -1}, "status.active: Invalid value: -1: must be greater than or equal to 0"),
        ({"ready": 1}, "status.ready: Invalid value: 1: cannot set more ready pods than active"),
        (
            {"conditions": DONE[1:], "startTime": START, "completionTime": END},
            "status.conditions: Invalid value: cannot set Complete=True condition without the "
            "SuccessCriteriaMet=true condition",
        ),
        (
            {"conditions": DONE, "startTime": START},
            "status.completionTime: Required value: completionTime is required for Complete jobs",
        ),
        (
            {"conditions": DONE, "completionTime": END},
            "status.startTime: Required value: startTime is required for finished job",
        ),
        (
            {"conditions": DONE, "startTime": END, "completionTime": START},
            f'status.completionTime: Invalid value: "{START}": must be equal to or after `startTime`',
        ),
        (
            {"conditions": DONE, "startTime": START, "completionTime": END, "active": 1},
            "status.active: Invalid value: 1: active>0 is invalid for finished job",
        ),
        (
            {"completionTime": END},
            f'status.completionTime: Invalid value: "{END}": cannot set completionTime when there is no '
            "Complete=True condition",
        ),
        (
            {"completedIndexes": "0"},
            'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when '
            "non-indexed completion mode",
        ),
        (
            {"uncountedTerminatedPods": {"failed": ["a"], "succeeded": ["a"]}},
            'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
        ),
    ],
)
def test_what_another_controller_says_of_a_job_has_to_make_sense(
    status: dict[str, object], told: str
) -> None:
    cluster = made("managedBy: acme.io/job, completions: 3, ")
    assert why(of_status(cluster, **status)) == told


def test_what_was_said_of_the_end_is_not_taken_back_and_counts_do_not_fall() -> None:
    cluster = made("managedBy: acme.io/job, ")
    told = of_status(cluster, conditions=DONE, startTime=START, completionTime=END, succeeded=1)
    assert "patched" in told
    told = of_status(cluster, conditions=DONE[:1], completionTime=None, succeeded=0)
    assert "status.conditions: Invalid value: cannot disable the terminal Complete=True condition" in told
    assert "status.succeeded: Invalid value: 0: cannot decrease the succeeded counter" in told


def test_indexes_of_a_status_are_intervals_below_the_completions() -> None:
    cluster = made(
        "managedBy: acme.io/job, completionMode: Indexed, completions: 5, backoffLimitPerIndex: 1, "
    )
    assert "patched" in of_status(cluster, completedIndexes="0,2-3", failedIndexes="4")
    assert "overlap at index: 3" in of_status(cluster, failedIndexes="3-4")
    assert 'error parsing completedIndexes: too large index: "7"' in of_status(cluster, completedIndexes="7")
