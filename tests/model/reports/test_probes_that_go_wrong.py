"""Probes of ports that have no such name, and of commands that take too long: what people reported."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed


def with_probe(release: str, kind: str, probe: str) -> Cluster:
    """A pod whose container has that probe, half a minute old."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
        f"  containers: [{{name: a, image: nginx, {kind}: {{{probe}, periodSeconds: 3}}}}]\n",
    )
    at(cluster, "30s")
    return cluster


def ready(cluster: Cluster) -> str:
    return rows(typed(cluster, "kubectl get pods"))[0][1]


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_port_that_the_container_does_not_name_is_never_probed(release: str) -> None:
    # https://github.com/helm/helm/issues/4009 (v1.7.8)
    cluster = with_probe(release, "readinessProbe", "httpGet: {path: /, port: http}")
    outcome = " and resulted in unknown state" if release == "v1.36" else ""
    told = f'Readiness probe errored{outcome}: strconv.Atoi: parsing "http": invalid syntax'
    assert told in typed(cluster, "kubectl get events")
    assert ready(cluster) == "0/1"


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_liveness_probe_that_cannot_be_made_kills_nobody(release: str) -> None:
    # https://github.com/OT-CONTAINER-KIT/redis-operator/issues/1353
    cluster = with_probe(release, "livenessProbe", "httpGet: {path: /, port: probe}")
    at(cluster, "3m")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:4] == ["1/1", "Running", "0"]


@pytest.mark.parametrize(("release", "printed"), [("v1.7", "1/1"), ("v1.8", "1/1"), ("v1.36", "0/1")])
def test_only_today_a_command_has_failed_that_takes_longer_than_its_timeout(
    release: str, printed: str
) -> None:
    # https://github.com/kubernetes/kubernetes/issues/94080, /issues/107306
    probe = "exec: {command: [sleep, '5']}, timeoutSeconds: 2"
    cluster = with_probe(release, "readinessProbe", probe)
    assert ready(cluster) == printed
    told = 'Readiness probe failed: command timed out: "sleep 5" timed out after 2s'
    assert (told in typed(cluster, "kubectl get events")) is (printed == "0/1")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_command_that_ends_with_another_code_than_zero_has_failed(release: str) -> None:
    cluster = with_probe(release, "livenessProbe", "exec: {command: [sh, -c, exit 1]}, failureThreshold: 1")
    assert int(rows(typed(cluster, "kubectl get pods"))[0][3]) > 0
