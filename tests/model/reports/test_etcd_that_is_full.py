"""etcd whose file has reached its quota: nothing is written any more, and all looks well."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

FULL = "Error from server: etcdserver: mvcc: database space exceeded"
BOTH = pytest.mark.parametrize("release", ["v1.7", "v1.36"])


def world(release: str, more: str = "") -> Cluster:
    return cluster_of(
        f"release: {release}\nnodes: 2\nobjects: [{{kind: Deployment, name: web, replicas: 2}}]\n{more}"
        "flags: {etcd: {quota-backend-bytes: 1300000}}\n"
    )


def master(cluster: Cluster, line: str) -> str:
    return typed(cluster, line, "master")


@BOTH
def test_a_cluster_whose_etcd_is_full_is_frozen_until_somebody_makes_room(release: str) -> None:
    """https://github.com/kubernetes/kops/issues/4005, https://github.com/kubernetes/kubernetes/issues/45037,
    /issues/94029: the API server cannot compact any more, either."""
    cluster = world(release)
    at(cluster, "10m")
    typed(cluster, "poweroff", "n1")
    at(cluster, "15m")
    assert [row[1] for row in rows(typed(cluster, "kubectl get nodes"))] == ["Ready", "Ready"]
    assert typed(cluster, "kubectl scale deploy web --replicas=3") == FULL
    assert "database space exceeded" in typed(cluster, "journalctl -u kubelet -n 3", "n2")
    assert "leaderelection lost" in master(cluster, "journalctl -u kube-scheduler -n 1")
    assert master(cluster, "etcdctl alarm list") == "memberID:10276657743932975437 alarm:NOSPACE "
    assert "1.3 MB" in master(cluster, "etcdctl endpoint status")
    number = """grep -o '"revision":[0-9]*' | grep -o '[0-9]*$'"""
    asked = f"rev=$(etcdctl endpoint status --write-out=json | {number})"
    revision = cluster.world.etcd.store.revision
    assert master(cluster, f"{asked}; etcdctl compact $rev") == f"compacted revision {revision}"
    assert master(cluster, "etcdctl defrag").startswith("Finished defragmenting etcd member[127.0.0.1:2379]")
    master(cluster, "etcdctl alarm disarm")
    master(cluster, "systemctl start kube-controller-manager kube-scheduler")
    assert "scaled" in typed(cluster, "kubectl scale deploy web --replicas=3")
    at(cluster, "17m")
    assert [row[1] for row in rows(typed(cluster, "kubectl get nodes"))] == ["NotReady", "Ready"]


@BOTH
def test_an_alarm_that_is_taken_back_without_room_is_raised_again(release: str) -> None:
    cluster = world(release)
    at(cluster, "10m")
    master(cluster, "etcdctl alarm disarm")
    assert typed(cluster, "kubectl create configmap a").endswith("database space exceeded")
    at(cluster, "10m20s")
    assert "NOSPACE" in master(cluster, "etcdctl alarm list")
    assert master(cluster, "etcdctl put a b") == "Error: etcdserver: mvcc: database space exceeded"


def test_a_dry_run_needs_no_room_and_a_deletion_of_what_has_no_grace_neither() -> None:
    cluster = world("v1.36")
    typed(cluster, "kubectl create configmap a")
    at(cluster, "10m")
    assert "created (server dry run)" in typed(cluster, "kubectl create configmap b --dry-run=server")
    assert "deleted" in typed(cluster, "kubectl delete configmap a")


@BOTH
def test_it_is_full_at_the_same_moment_whether_idle_loops_are_played_or_not(release: str) -> None:
    found = []
    for ticking in ("", "ticking: true\n"):
        cluster = world(release, ticking)
        at(cluster, "8m")
        found.append([event.t for event in cluster.record if event.verb == "alarm-raised"])
    assert found[0] == found[1] != []


def test_what_cannot_be_compacted_is_told() -> None:
    cluster = world("v1.36")
    future = "Error: etcdserver: mvcc: required revision is a future revision"
    assert master(cluster, "etcdctl compact 999999") == future
    assert master(cluster, "etcdctl compact 100") == "compacted revision 100"
    past = "Error: etcdserver: mvcc: required revision has been compacted"
    assert master(cluster, "etcdctl compact 50") == past


def test_a_namespace_of_the_system_that_cannot_be_made_anew_is_made_once_there_is_room() -> None:
    cluster = cluster_of("release: v1.7\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl delete ns kube-public")
    at(cluster, "20s")
    cluster.world.etcd.store.no_space = True
    at(cluster, "2m")
    assert "kube-public" not in typed(cluster, "kubectl get ns")
    assert "database space exceeded" in master(cluster, "journalctl -u kube-apiserver -n 5")
    master(cluster, "etcdctl alarm disarm")
    at(cluster, "4m")
    assert "kube-public" in typed(cluster, "kubectl get ns")
