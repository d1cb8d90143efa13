"""A node whose network plugin has lost its configuration, in each release."""

import json

from clustersim import Cluster
from clustersim.command import Command
from clustersim.engine.time import SECOND

from .other_runs import EVERY, Run, do

MESSAGES = {
    "v1.7": "runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: "
    "network plugin is not ready: cni config uninitialized",
    "v1.36": "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized",
}
MESSAGES["v1.8"] = MESSAGES["v1.7"]


def told(cluster: Cluster, reason: str) -> list[str]:
    """The messages of Events of that reason."""
    return [event.message for event in cluster.objects("events").values() if event.reason == reason]


@EVERY
def test_without_its_network_plugin_a_node_is_not_ready_within_fifteen_seconds(release: str) -> None:
    """A check of the runtime within 5 s, a report within 10."""
    node = Run(release, until=40.0)
    happened = node.of(do(1, "lose-network-plugin", node.lost))
    assert 1 < happened["node-not-ready"] < 16.5
    assert "pods-ready-false-first" not in happened
    cluster = node.cluster(do(1, "lose-network-plugin", node.lost))
    ready = cluster.object("nodes", node.lost).status.conditions[-1]
    assert (ready.status, ready.reason, ready.message) == ("False", "KubeletNotReady", MESSAGES[release])


@EVERY
def test_without_a_network_no_pod_is_started_until_it_is_back(release: str) -> None:
    node = Run(release, until=50.0)
    faults = (do(0, "lose-network-plugin", node.lost), do(0.1, "scale", node.workload, replicas=9))
    waits = node.cluster(*faults)
    pods = [pod for pod in waits.objects("pods").values() if pod.spec.node_name == node.lost]
    assert {pod.status.phase for pod in pods} == {"Running", "Pending"}
    assert told(waits, "FailedSync" if release != "v1.36" else "NetworkNotReady")
    node = Run(release, until=140.0)
    happened = node.of(*faults, do(60, "restore-network-plugin", node.lost))
    assert 60 < happened["scale-up-all-ready"] < 82
    assert 60 < happened["node-ready-again"] < 76


@EVERY
def test_what_ends_without_a_network_stays_ended_and_pods_of_the_hosts_network_start(release: str) -> None:
    node = Run(release, until=20.0)
    cluster = node.cluster(do(0, "lose-network-plugin", node.lost))
    pods = cluster.objects("pods").items()
    key = next(key for key, pod in pods if pod.spec.node_name == node.lost and "tomcat" in key)
    cluster.apply(Command("crash-container", key.partition("/")[2], {}))
    spec = {
        "hostNetwork": True,
        "nodeName": node.lost,
        "containers": [{"name": "own", "image": "own:1"}],
        "tolerations": [{"operator": "Exists"}],
    }
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "own"}, "spec": spec}
    cluster.apply(Command("apply", "pod/own", {"manifest": json.dumps(manifest)}))
    cluster.run_until(cluster.now + 40 * SECOND)
    [status] = cluster.object("pods", key).status.container_statuses
    assert status.state.running is None
    assert cluster.object("pods", "default/own").status.phase == "Running"


def test_todays_runtime_makes_no_sandbox_before_the_kubelet_knows() -> None:
    node = Run("v1.36", until=12.0)
    cluster = node.cluster(do(3, "lose-network-plugin", node.lost), do(4, "scale", node.workload, replicas=9))
    message = told(cluster, "FailedCreatePodSandBox")[0]
    assert message.startswith(
        "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup"
    )
    assert message.endswith("cni plugin not initialized")
