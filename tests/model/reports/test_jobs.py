"""Jobs and CronJobs: what people reported, and what the e2e tests of Kubernetes expect.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster, Command
from tests.model.reports.typed import at, cluster_of, create, rows, typed

CRON_VERSIONS = {"v1.8": "batch/v1beta1", "v1.36": "batch/v1"}


def empty(release: str, nodes: int = 2, actions: str = "[]") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: {nodes}\nobjects: []\nactions: {actions}\n")


def job(cluster: Cluster, script: str, spec: str = "", policy: str = "Never") -> None:
    typed(
        cluster,
        f"kubectl create -f -\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: j}}\nspec:\n  {{{spec}"
        f"template: {{spec: {{restartPolicy: {policy}, containers: [{{name: a, image: busybox, "
        f"command: [sh, -c, '{script}']}}]}}}}}}\n",
    )


def cron(cluster: Cluster, script: str, spec: str = "schedule: '* * * * *'") -> None:
    version = CRON_VERSIONS[cluster.world.release.name]
    told = typed(
        cluster,
        f"kubectl create -f -\napiVersion: {version}\nkind: CronJob\nmetadata: {{name: c}}\n"
        f"spec:\n  {{{spec}, "
        "jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, "
        f"command: [sh, -c, '{script}']}}]}}}}}}}}}}\n",
    )
    assert "created" in told


def jobs(cluster: Cluster) -> list[list[str]]:
    return rows(typed(cluster, "kubectl get jobs"))


def pods(cluster: Cluster) -> list[list[str]]:
    shown = " -a" if cluster.world.release.name in ("v1.7", "v1.8") else ""
    return rows(typed(cluster, f"kubectl get pods{shown} -o wide"))


AWAY = "[{at: 70s, do: stop-controller-manager}, {at: 112m, do: start-controller-manager}]"


def test_after_a_hundred_missed_starts_v1_8_starts_no_job_and_says_why() -> None:
    """kk#42649, kk#36311: a cluster that was off overnight."""
    cluster = empty("v1.8", actions=AWAY)
    cron(cluster, "echo hi")
    at(cluster, "115m")
    assert len(jobs(cluster)) == 1
    assert "FailedNeedsStart" in typed(cluster, "kubectl describe cronjob c")


def test_a_starting_deadline_saves_v1_8_from_counting_a_hundred_misses() -> None:
    """kk#42649, website#9296: only the last 200 seconds are looked at."""
    cluster = empty("v1.8", actions=AWAY)
    cron(cluster, "echo hi", "schedule: '* * * * *', startingDeadlineSeconds: 200")
    at(cluster, "115m")
    assert len(jobs(cluster)) == 3


def test_today_the_last_missed_start_is_made_up_for_and_the_many_are_told() -> None:
    """website#54073: missed starts do not stop a CronJob for good."""
    cluster = empty("v1.36", actions=AWAY)
    cron(cluster, "echo hi")
    at(cluster, "115m")
    assert len(jobs(cluster)) == 3
    assert "TooManyMissedTimes" in typed(cluster, "kubectl describe cronjob c")


@pytest.mark.parametrize(("policy", "running"), [("Forbid", 1), ("Replace", 1), ("Allow", 3)])
def test_a_job_that_still_runs_is_waited_for_replaced_or_joined(policy: str, running: int) -> None:
    """test/e2e/apps/cronjob.go: ForbidConcurrent, ReplaceConcurrent, AllowConcurrent."""
    cluster = empty("v1.36")
    cron(cluster, "sleep 150", f"schedule: '* * * * *', concurrencyPolicy: {policy}")
    at(cluster, "4m30s")
    assert [row[1] for row in jobs(cluster)].count("Running") == running
    told = typed(cluster, "kubectl describe cronjob c")
    assert ("JobAlreadyActive" in told) is (policy == "Forbid")


def test_no_event_speaks_of_an_unexpected_job() -> None:
    """test/e2e/apps/cronjob.go, "should not emit unexpected warnings"."""
    cluster = empty("v1.36")
    cron(cluster, "sleep 10")
    at(cluster, "3m30s")
    assert "Unexpected" not in typed(cluster, "kubectl describe cronjob c")


def test_a_suspended_cron_job_starts_nothing_and_makes_up_for_the_last_start_when_it_goes_on() -> None:
    """test/e2e/apps/cronjob.go SuspendedCronJob; the documentation's "schedule suspension"."""
    cluster = empty("v1.36")
    cron(cluster, "sleep 10", "schedule: '*/5 * * * *', suspend: true")
    at(cluster, "16m")
    assert jobs(cluster) == []
    typed(cluster, "kubectl create job one --from=cronjob/c")
    typed(cluster, """kubectl patch cronjob c -p '{"spec":{"suspend":false}}'""")
    at(cluster, "16m10s")
    assert len(jobs(cluster)) == 2


def test_only_so_many_finished_jobs_are_kept() -> None:
    """test/e2e/apps/cronjob.go, "should delete successful finished jobs with limit of one"."""
    cluster = empty("v1.36")
    cron(cluster, "exit 0", "schedule: '* * * * *', successfulJobsHistoryLimit: 1")
    at(cluster, "4m40s")
    assert len(jobs(cluster)) == 1


@pytest.mark.parametrize(("release", "left"), [("v1.8", 1), ("v1.36", 0)])
def test_a_deadline_outlives_the_controller_that_waited_for_it_only_today(release: str, left: int) -> None:
    """kk#62134: the pod of a Job with activeDeadlineSeconds runs on when the controller-manager restarted."""
    cluster = empty(
        release, actions="[{at: 60s, do: stop-controller-manager}, {at: 90s, do: start-controller-manager}]"
    )
    job(cluster, "sleep 600", "activeDeadlineSeconds: 300, ")
    at(cluster, "6m30s")
    assert len(pods(cluster)) == left


def test_a_failed_pod_of_a_job_is_replaced_by_another_until_it_gives_up() -> None:
    """kk#20255: restartPolicy Never speaks of the pod and not of the Job."""
    cluster = empty("v1.36")
    job(cluster, "exit 1", "backoffLimit: 2, ")
    at(cluster, "4m")
    assert [row[2] for row in pods(cluster)] == ["Error"] * 3
    assert "BackoffLimitExceeded" in typed(cluster, "kubectl describe job j")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_the_pod_of_a_lost_node_is_replaced_when_it_is_evicted(release: str) -> None:
    """kk#27968; v1.8 test/e2e/apps/network_partition.go, "should create new pods when node is
    partitioned"."""
    cluster = empty(release)
    job(cluster, "sleep 600")
    at(cluster, "20s")
    cluster.apply(Command("power-off", pods(cluster)[0][6]))
    at(cluster, "5m")
    assert len(pods(cluster)) == 1
    at(cluster, "8m")
    assert sorted(row[2] for row in pods(cluster)) == [
        "Running",
        "Terminating" if release == "v1.36" else "Unknown",
    ]


def test_with_replacement_policy_failed_the_pod_of_a_lost_node_is_waited_for() -> None:
    """website#41745, enhancements#6262: a Job with podReplacementPolicy Failed waits for ever."""
    cluster = empty("v1.36")
    job(cluster, "sleep 600", "podReplacementPolicy: Failed, ")
    at(cluster, "20s")
    cluster.apply(Command("power-off", pods(cluster)[0][6]))
    at(cluster, "15m")
    assert [row[2] for row in pods(cluster)] == ["Terminating"]


def test_a_finished_job_goes_when_its_time_is_over() -> None:
    """test/e2e/apps/ttl_after_finished.go."""
    cluster = empty("v1.36")
    job(cluster, "sleep 5", "ttlSecondsAfterFinished: 30, ")
    at(cluster, "30s")
    assert jobs(cluster)[0][1] == "Complete"
    at(cluster, "50s")
    assert (jobs(cluster), pods(cluster)) == ([], [])


def test_an_exit_code_may_fail_a_job_at_once() -> None:
    """test/e2e/apps/job.go, "should allow to use a pod failure policy to fail job early"."""
    cluster = empty("v1.36")
    rule = "{action: FailJob, onExitCodes: {containerName: a, operator: In, values: [42]}}"
    job(cluster, "exit 42", f"backoffLimit: 6, podFailurePolicy: {{rules: [{rule}]}}, ")
    at(cluster, "60s")
    assert len(pods(cluster)) == 1
    assert "failed with exit code 42 matching FailJob rule at index 0" in typed(
        cluster, "kubectl describe job j"
    )


def test_a_suspended_job_has_no_pods() -> None:
    """test/e2e/apps/job.go, "should delete pods when suspended"."""
    cluster = empty("v1.36")
    job(cluster, "sleep 100", "suspend: true, ")
    at(cluster, "10s")
    assert pods(cluster) == []
    typed(cluster, """kubectl patch job j -p '{"spec":{"suspend":false}}'""")
    at(cluster, "20s")
    assert [row[2] for row in pods(cluster)] == ["Running"]
    typed(cluster, """kubectl patch job j -p '{"spec":{"suspend":true}}'""")
    at(cluster, "70s")
    assert (pods(cluster), jobs(cluster)[0][1]) == ([], "Suspended")


def test_an_indexed_job_has_a_pod_for_each_index() -> None:
    """test/e2e/apps/job.go, "should create pods for an Indexed job with completion indexes"."""
    cluster = empty("v1.36")
    job(cluster, "sleep 3", "completionMode: Indexed, completions: 3, parallelism: 2, ")
    at(cluster, "40s")
    assert sorted(row[0].split("-")[1] for row in pods(cluster)) == ["0", "1", "2"]
    assert typed(cluster, "kubectl get job j -o jsonpath={.status.completedIndexes}") == "0-2"


def test_restarts_in_the_pod_count_against_the_back_off_limit() -> None:
    """test/e2e/apps/job.go, "should fail to exceed backoffLimit": restarts in the pod count as well."""
    cluster = empty("v1.36")
    job(cluster, "exit 1", "backoffLimit: 3, ", policy="OnFailure")
    at(cluster, "20m")
    assert jobs(cluster)[0][1] == "Failed"
    assert pods(cluster) == []


LONG = "cron-billing-report-for-end-of-month-abcdefghijklmnop"


def test_in_v1_8_a_cron_job_with_a_long_name_is_taken_and_never_makes_a_job() -> None:
    # https://github.com/kubernetes/kubernetes/issues/63171
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    job = "jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}"
    rest = f"metadata: {{name: {LONG}}}\nspec: {{schedule: '* * * * *', {job}}}"
    assert "created" in create(cluster, "CronJob", rest, "batch/v1beta1")
    at(cluster, "150s")
    assert "No resources" in typed(cluster, "kubectl get jobs")
    told = typed(cluster, "kubectl get events")
    assert f'Error creating job: Job.batch "{LONG}-' in told
    assert "must be no more than 63 characters" in told


def test_today_such_a_name_is_refused() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    job = "jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}"
    rest = f"metadata: {{name: {LONG}}}\nspec: {{schedule: '* * * * *', {job}}}"
    assert "must be no more than 52 characters" in create(cluster, "CronJob", rest, "batch/v1")
