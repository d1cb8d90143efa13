"""Labels and annotations that are there already, and why a rollout was begun."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, typed

CAUSE = "kubectl annotate deployment web kubernetes.io/change-cause={}"


def web(release: str) -> Cluster:
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")


@ALL
def test_why_a_rollout_was_begun_is_said_anew_without_overwrite(release: str) -> None:
    """As https://kubernetes.io/docs/concepts/workloads/controllers/deployment/ has it. kubectl of old writes
    its own line there once a cause is kept (ContainsChangeCause)."""
    cluster = web(release)
    for cause in ("first", "second"):
        assert typed(cluster, CAUSE.format(cause)).endswith("annotated")
        at(cluster, f"{cluster.now / 1e6 + 2}s")
    told = typed(cluster, "kubectl rollout history deployment/web").splitlines()[-1].split(maxsplit=1)
    assert told == ["1", "second" if release == "v1.36" else CAUSE.format("second")]


@pytest.mark.parametrize(
    ("release", "line", "told"),
    [
        (
            "v1.7",
            "label deployment web app=web",
            "error: 'app' already has a value (web), and --overwrite is false",
        ),
        ("v1.36", "label deployment web app=web", "deployment.apps/web not labeled"),
        (
            "v1.36",
            "label deployment web app=b x=z",
            "error: ['app' already has a value (web), and --overwrite is false, "
            "'x' already has a value (y), and --overwrite is false]",
        ),
        (
            "v1.8",
            "annotate deployment web n=1 m=2",
            "error: --overwrite is false but found the following declared annotation(s): "
            "'m' already has a value (2); 'n' already has a value (1)",
        ),
        ("v1.36", "annotate deployment web n=1 m=2", "deployment.apps/web annotated"),
    ],
)
def test_values_that_are_there_are_told(release: str, line: str, told: str) -> None:
    cluster = web(release)
    typed(cluster, "kubectl label deployment web x=y app=web --overwrite")
    typed(cluster, "kubectl annotate deployment web n=1 m=2")
    at(cluster, "1s")
    assert typed(cluster, f"kubectl {line}") == told


@pytest.mark.parametrize(
    ("release", "head"), [("v1.7", 'deployments "late"'), ("v1.36", "deployment.apps/late ")]
)
def test_a_deployment_that_nobody_has_seen_has_no_history(release: str, head: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "systemctl stop kube-controller-manager", "master")
    typed(cluster, "kubectl create deployment late --image=nginx")
    none = "No rollout history found."
    assert typed(cluster, "kubectl rollout history deployment late") == f"{head}\n{none}"
    asked = typed(cluster, "kubectl rollout history deployment late --revision=7")
    assert asked == f"{head.rstrip()} with revision #7\n{none}"
