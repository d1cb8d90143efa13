"""Which moment simulated time 0 is: another one for each world, side by side in one process."""

import json
import re

import pytest

from clustersim import Cluster, default_scenario, seconds
from clustersim.api.timestamp import rfc3339
from tests.model.reports.typed import typed

YEARS = {"v1.7": "2017", "v1.8": "2017", "v1.36": "2026"}


@pytest.fixture(scope="module")
def clusters() -> dict[str, Cluster]:
    found = {release: Cluster(default_scenario(release)) for release in YEARS}
    for cluster in found.values():
        typed(cluster, "kubectl run talk --image=busybox --restart=Never -- sh -c 'echo hello; sleep 1000'")
    for until in range(10, 70, 10):
        for cluster in found.values():
            cluster.run_until(seconds(until))
    return found


@pytest.mark.parametrize("release", YEARS)
def test_whatever_is_written_is_of_the_year_of_the_release(
    clusters: dict[str, Cluster], release: str
) -> None:
    cluster = clusters[release]
    objects = [one for resource in cluster.world.etcd.store.objects.values() for one in resource.values()]
    stamped = re.findall(r"\b(20\d\d)-\d\d-\d\dT\d\d:\d\d", repr(objects))
    assert set(stamped) == {YEARS[release]}
    assert len(stamped) > 100


@pytest.mark.parametrize("release", YEARS)
@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("date", ""),
        ("date", "n1"),
        ("systemctl status kubelet", "n1"),
        ("kubectl describe node n1", ""),
        ("kubectl create ns new -o yaml", ""),
        ("kubectl get nodes -o yaml", ""),
        ("kubectl logs NAME --timestamps", ""),
        ("kubectl exec NAME -- date", ""),
    ],
)
def test_whatever_is_told_is_of_the_year_of_the_release(
    clusters: dict[str, Cluster], release: str, line: str, where: str
) -> None:
    cluster = clusters[release]
    told = typed(cluster, line.replace("NAME", "talk"), where)
    years = set(re.findall(r"\b20(?:17|26)\b", told))
    assert years == {YEARS[release]}


@pytest.mark.parametrize("release", YEARS)
def test_ages_count_from_what_was_written(clusters: dict[str, Cluster], release: str) -> None:
    cluster = clusters[release]
    cluster.run_until(seconds(200))
    listed = json.loads(typed(cluster, "kubectl get nodes -o json"))["items"]
    assert all(node["metadata"]["creationTimestamp"].startswith(YEARS[release]) for node in listed)
    for line in typed(cluster, "kubectl get pods --no-headers").splitlines()[:3]:
        assert re.search(r"\b[3-9]m(\d+s)?$", line), line


def test_no_calendar_stays_in_force(clusters: dict[str, Cluster]) -> None:
    typed(clusters["v1.36"], "date")
    assert rfc3339(0) == "2017-09-26T07:00:00Z"


def test_the_clock_of_a_node_is_set_by_its_own_calendar(clusters: dict[str, Cluster]) -> None:
    cluster = clusters["v1.36"]
    typed(cluster, "date -s '2026-11-22 09:00:00'", "n2")
    assert typed(cluster, "date", "n2") == "Sun Nov 22 09:00:00 UTC 2026"
    typed(cluster, "date -s '-1 hour'", "n2")


def test_logs_since_a_moment_of_another_year(clusters: dict[str, Cluster]) -> None:
    cluster = clusters["v1.36"]
    assert typed(cluster, "kubectl logs talk --since-time=2017-09-26T09:00:00Z") == "hello"
    assert typed(cluster, "kubectl logs talk --since-time=2027-09-26T09:00:00Z") == ""
