"""Static pods in a cluster: who lets them alone, and who does not."""

import json

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario
from clustersim.api.core_v1 import Pod
from clustersim.command import CommandError
from clustersim.engine.time import SECOND

EVERY = pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
MANIFEST = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "own"},
        "spec": {"containers": [{"name": "own", "image": "tomcat:8"}]},
    }
)


def a_cluster(release: str) -> Cluster:
    scenario = default_scenario(release)
    if release != "v1.36":
        texts = {"controller-manager": {"pod-eviction-timeout": "1m"}}
        scenario = replace(scenario, flags=scenario.flags.with_texts(texts))
    cluster = Cluster(scenario)
    cluster.apply(Command("put-manifest", "n1", {"manifest": MANIFEST}))
    cluster.run_until(20 * SECOND)
    assert own(cluster).status.phase == "Running"
    return cluster


def own(cluster: Cluster) -> Pod:
    found: Pod = cluster.object("pods", "default/own-n1")
    return found


@EVERY
def test_a_drain_leaves_static_pods(release: str) -> None:
    cluster = a_cluster(release)
    cluster.apply(Command("drain", "n1"))
    cluster.run_until(60 * SECOND)
    left = [p.metadata.name for p in cluster.objects("pods").values() if p.spec.node_name == "n1"]
    assert left == ["own-n1"]
    assert not own(cluster).metadata.deletion_timestamp


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_controllers_evict_the_mirror_like_any_pod_and_the_kubelet_makes_another(release: str) -> None:
    cluster = a_cluster(release)
    before = own(cluster)
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(120 * SECOND)
    assert own(cluster).metadata.deletion_timestamp
    assert own(cluster).status.reason == "NodeLost"
    cluster.apply(Command("start-kubelet", "n1"))
    cluster.run_until(180 * SECOND)
    after = own(cluster)
    assert after.metadata.uid != before.metadata.uid
    assert not after.metadata.deletion_timestamp
    assert after.status.container_statuses[0].container_id == before.status.container_statuses[0].container_id


def test_todays_taints_never_drive_a_static_pod_away() -> None:
    cluster = a_cluster("v1.36")
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(420 * SECOND)
    others = [p for p in cluster.objects("pods").values() if p.spec.node_name == "n1" and p != own(cluster)]
    assert all(pod.metadata.deletion_timestamp for pod in others)
    assert not own(cluster).metadata.deletion_timestamp


@EVERY
def test_a_removed_manifest_takes_its_pod_along(release: str) -> None:
    cluster = a_cluster(release)
    cluster.apply(Command("remove-manifest", "n1", {"name": "own"}))
    cluster.run_until(90 * SECOND)
    assert cluster.object("pods", "default/own-n1") is None


def test_only_pods_come_from_manifests_and_only_known_ones_go() -> None:
    cluster = a_cluster("v1.8")
    service = json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
    with pytest.raises(CommandError, match="only pods"):
        cluster.apply(Command("put-manifest", "n1", {"manifest": service}))
    with pytest.raises(CommandError, match="no manifest nothing"):
        cluster.apply(Command("remove-manifest", "n1", {"name": "nothing"}))


def test_todays_garbage_collector_takes_a_mirror_with_its_node_and_a_returned_kubelet_makes_another() -> None:
    cluster = a_cluster("v1.36")
    before = own(cluster)
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.apply(Command("delete-node", "n1"))
    cluster.run_until(25 * SECOND)
    assert own(cluster).metadata.deletion_timestamp
    cluster.apply(Command("start-kubelet", "n1"))
    cluster.run_until(60 * SECOND)
    assert own(cluster).metadata.uid != before.metadata.uid
    assert own(cluster).metadata.owner_references[0].uid == cluster.object("nodes", "n1").metadata.uid
    assert own(cluster).status.phase == "Running"
