"""CronJobs of v1.7, which its API server has only where it is asked for batch/v2alpha1, and how kubectl of
then shows them.

https://v1-7.docs.kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

ASKED = "flags: {apiserver: {runtime-config: ['batch/v2alpha1=true']}}\n"
RUN = "kubectl run tick --image=busybox --schedule='*/1 * * * *' --restart=OnFailure -- date"


def cluster_with(release: str, more: str = "") -> Cluster:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n{more}")
    at(cluster, "10s")
    return cluster


def test_v1_7_has_cron_jobs_where_they_are_asked_for() -> None:
    cluster = cluster_with("v1.7", ASKED)
    assert "batch/v2alpha1" in typed(cluster, "kubectl api-versions").split()
    assert typed(cluster, RUN) == 'cronjob "tick" created'
    at(cluster, "150s")
    jobs = rows(typed(cluster, "kubectl get jobs"))
    assert [row[1:3] for row in jobs] == [["1", "1"]] * 2
    owner = typed(
        cluster, "kubectl get jobs -o jsonpath='{.items[0].metadata.ownerReferences[0].apiVersion}'"
    )
    assert owner == "batch/v2alpha1"
    typed(cluster, "kubectl delete cronjob tick")
    at(cluster, "160s")
    assert typed(cluster, "kubectl get jobs") == "No resources found."


@pytest.mark.parametrize("more", ["", ASKED.replace("true", "false")])
def test_v1_7_has_none_where_they_are_not(more: str) -> None:
    cluster = cluster_with("v1.7", more)
    assert "batch/v2alpha1" not in typed(cluster, "kubectl api-versions").split()
    assert "are not available" in typed(cluster, RUN)
    assert 'the server doesn\'t have a resource type "cronjobs"' in typed(cluster, "kubectl get cronjobs")


def test_v1_7_forgets_no_job_by_itself() -> None:
    cluster = cluster_with("v1.7", ASKED)
    typed(cluster, RUN)
    told = typed(cluster, "kubectl get cronjob tick -o jsonpath={.spec.successfulJobsHistoryLimit}")
    assert told == "<no value>" or not told
    at(cluster, "320s")
    assert len(rows(typed(cluster, "kubectl get jobs"))) == 5


def test_a_namespace_of_v1_7_goes_with_its_cron_jobs() -> None:
    cluster = cluster_with("v1.7", ASKED)
    typed(cluster, "kubectl create ns team")
    typed(cluster, f"{RUN} -n team".replace(" -- date -n team", " -n team -- date"))
    typed(cluster, "kubectl delete ns team")
    at(cluster, "60s")
    assert cluster.objects("cronjobs") == {}
    assert "team" not in typed(cluster, "kubectl get ns")


@pytest.mark.parametrize(
    ("release", "more", "heads"),
    [
        ("v1.7", ASKED, ["NAME", "SCHEDULE", "SUSPEND", "ACTIVE", "LAST-SCHEDULE"]),
        ("v1.8", "", ["NAME", "SCHEDULE", "SUSPEND", "ACTIVE", "LAST", "SCHEDULE", "AGE"]),
    ],
)
def test_old_kubectls_tell_the_moment_of_the_last_start_and_no_age(
    release: str, more: str, heads: list[str]
) -> None:
    cluster = cluster_with(release, more)
    typed(cluster, RUN)
    at(cluster, "90s")
    head, row = typed(cluster, "kubectl get cronjobs").splitlines()
    assert head.split() == heads
    assert row.rstrip().endswith("Tue, 26 Sep 2017 07:01:00 +0000")
