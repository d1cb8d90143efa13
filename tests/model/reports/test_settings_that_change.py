"""ConfigMaps that change while pods use them: what most people ask about them.

Sources: kubernetes.io, "Mounted ConfigMaps are updated automatically": after the sync period of the kubelet,
a minute, and what it caches; environments and parts of volumes (subPath) are not. kk#22368, kk#30189,
kk#50345.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, typed

ALL = pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
POD = """kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  volumes: [{name: d, configMap: {name: cm}}]
  containers:
  - name: a
    image: nginx
    volumeMounts: [{name: d, mountPath: /whole}, {name: d, mountPath: /part/a, subPath: a}]
    env: [{name: A, valueFrom: {configMapKeyRef: {name: cm, key: a}}}]
"""


def using(release: str, more: str = "") -> Cluster:
    """A pod that uses a ConfigMap in three ways, which says one at first and two since 12 s."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n{more}")
    typed(cluster, "kubectl create configmap cm --from-literal=a=one")
    typed(cluster, POD)
    at(cluster, "12s")
    typed(cluster, """kubectl patch cm cm -p '{"data":{"a":"two"}}'""")
    return cluster


def read(cluster: Cluster, path: str) -> str:
    return typed(cluster, f"kubectl exec p -- cat {path}")


@ALL
def test_a_mounted_file_changes_with_the_next_sync_of_its_pod(release: str) -> None:
    cluster = using(release)
    at(cluster, "20s")
    assert read(cluster, "/whole/a") == "one"
    at(cluster, "1m50s")
    assert read(cluster, "/whole/a") == "two"


@ALL
def test_a_part_of_a_volume_and_an_environment_change_with_a_new_container(release: str) -> None:
    cluster = using(release)
    at(cluster, "5m")
    assert read(cluster, "/part/a") == "one"
    assert "A=one" in typed(cluster, "kubectl exec p -- env")
    typed(cluster, "kubectl exec p -- kill 1")
    at(cluster, "6m")
    assert read(cluster, "/part/a") == "two"
    assert "A=two" in typed(cluster, "kubectl exec p -- env")


@ALL
def test_any_change_of_the_pod_has_its_files_renewed_at_once(release: str) -> None:
    """kk#30189: an annotation is enough."""
    cluster = using(release)
    typed(cluster, "kubectl annotate pod p now=please")
    at(cluster, "20s")
    assert read(cluster, "/whole/a") == "two"


@ALL
def test_a_config_map_that_is_gone_leaves_the_files_and_is_missed(release: str) -> None:
    cluster = using(release)
    at(cluster, "2m")
    typed(cluster, "kubectl delete cm cm")
    at(cluster, "4m")
    assert read(cluster, "/whole/a") == "two"
    assert "FailedMount" in typed(cluster, "kubectl get events")


@ALL
def test_without_its_kubelet_nothing_is_renewed(release: str) -> None:
    stopped = "actions: [{at: 11s, do: stop-kubelet, target: n1}, {at: 3m, do: start-kubelet, target: n1}]"
    cluster = using(release, stopped)
    at(cluster, "3m20s")
    assert read(cluster, "/whole/a") == "two"


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_ticking_world_renews_them_at_the_same_moment(release: str) -> None:
    worlds = [using(release), using(release, "ticking: true")]
    for second in range(60, 110, 5):
        seen = []
        for cluster in worlds:
            at(cluster, f"{second}s")
            seen.append(read(cluster, "/whole/a"))
        assert seen[0] == seen[1], second
