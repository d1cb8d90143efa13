"""Priorities in v1.8, where they are alpha: scenarios and templates are held to the gates, too."""

import pytest

from clustersim.scenario.errors import ScenarioError
from tests.model.reports.typed import at, cluster_of, create, typed

CLASS = """
manifests:
- |
  apiVersion: scheduling.k8s.io/v1alpha1
  kind: PriorityClass
  metadata: {name: high}
  value: 10
"""
SERVED = "flags: {apiserver: {runtime-config: [scheduling.k8s.io/v1alpha1]}}"
JOB = (
    "metadata: {name: nightly}\nspec: {schedule: '0 0 * * *', jobTemplate: {spec: {template: {spec: "
    "{priorityClassName: high, restartPolicy: Never, containers: [{name: a, image: i}]}}}}}"
)


def test_a_scenario_makes_no_class_that_the_server_does_not_serve() -> None:
    with pytest.raises(ScenarioError, match="the API server serves it with --runtime-config"):
        cluster_of(f"release: v1.8\nnodes: 1\nobjects: []{CLASS}")


def test_with_the_flag_it_is_made() -> None:
    cluster = cluster_of(f"release: v1.8\nnodes: 1\nobjects: []\n{SERVED}{CLASS}")
    at(cluster, "5s")
    assert "high" in typed(cluster, "kubectl get priorityclasses")


def test_templates_of_cron_jobs_have_no_priority_while_the_gate_is_shut() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []")
    create(cluster, "CronJob", JOB, "batch/v1beta1")
    printed = typed(cluster, "kubectl get cronjob nightly -o yaml")
    assert "image: i" in printed
    assert "priorityClassName" not in printed
