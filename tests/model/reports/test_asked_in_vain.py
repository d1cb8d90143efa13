"""What kubectl says where somebody asks for what is on its way out, for what cannot be scaled, or by way of a
runtime that has gone."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, create, typed

POD = "metadata: {name: p}\nspec: {containers: [{name: a, image: nginx}]}"
HELD = "metadata: {name: m, finalizers: [example.com/hold]}"


@ALL
def test_what_is_on_its_way_out_is_told_as_such_to_whoever_makes_it_again(release: str) -> None:
    """https://github.com/kubernetes/kubernetes/pull/28120, https://github.com/zendesk/samson/pull/2137"""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    create(cluster, "Pod", POD)
    create(cluster, "ConfigMap", HELD)
    at(cluster, "20s")
    assert create(cluster, "Pod", POD).endswith(
        '(AlreadyExists): error when creating "STDIN": pods "p" already exists'
    )
    typed(cluster, "kubectl delete pod p --wait=false" if release == "v1.36" else "kubectl delete pod p")
    typed(cluster, "kubectl delete configmap m --wait=false" if release == "v1.36" else "kubectl delete cm m")
    assert 'object is being deleted: pods "p" already exists' in create(cluster, "Pod", POD)
    assert 'object is being deleted: configmaps "m" already exists' in create(cluster, "ConfigMap", HELD)


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_kubectls_name_group_and_kind_of_what_they_cannot_scale(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: DaemonSet, name: d}}]\n")
    told = typed(cluster, "kubectl scale ds d --replicas=0")
    assert told == 'error: no scaler has been implemented for {"extensions" "DaemonSet"}'
    told = typed(cluster, "kubectl scale node n1 --replicas=0")
    assert told == 'error: no scaler has been implemented for {"" "Node"}'


def without_runtime(release: str, verb: str) -> tuple[Cluster, str]:
    """A pod on a node whose runtime was stopped or frozen; the id of its container."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    create(cluster, "Pod", POD)
    at(cluster, "20s")
    number = typed(cluster, "kubectl get pod p -o jsonpath='{.status.containerStatuses[0].containerID}'")
    unit = "containerd" if release == "v1.36" else "docker"
    typed(cluster, f"{verb} {unit}", "n1")
    return cluster, number.partition("://")[2]


@pytest.mark.parametrize(
    ("release", "logs", "why"),
    [
        (
            "v1.7",
            'failed to get container status {"docker" "%s"}: %s',
            "rpc error: code = 2 desc = Cannot connect to the Docker daemon. Is the docker daemon running on "
            "this host?",
        ),
        (
            "v1.8",
            'failed to get container status {"docker" "%s"}: %s',
            "rpc error: code = Unknown desc = Cannot connect to the Docker daemon at "
            "unix:///var/run/docker.sock. Is the docker daemon running?",
        ),
        (
            "v1.36",
            "unable to retrieve container logs for containerd://%s%.0s",
            'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: '
            'dial unix /run/containerd/containerd.sock: connect: connection refused"',
        ),
    ],
)
def test_a_kubelet_without_its_runtime_gets_no_log_and_goes_into_no_container(
    release: str, logs: str, why: str
) -> None:
    cluster, number = without_runtime(release, "systemctl stop")
    assert typed(cluster, "kubectl logs p") == logs % (number, why)
    told = "error: Internal error occurred: " if release == "v1.36" else "error: "
    assert typed(cluster, "kubectl exec p -- date") == f"{told}unable to upgrade connection: {why}"


@ALL
def test_a_runtime_that_is_frozen_has_everybody_wait(release: str) -> None:
    cluster, _number = without_runtime(release, "pkill -STOP")
    assert "does not answer" in typed(cluster, "kubectl logs p")
    assert "does not answer" in typed(cluster, "kubectl exec p -- date")


@ALL
def test_the_runtime_of_a_node_is_stopped_and_started_by_its_own_name(release: str) -> None:
    cluster, _number = without_runtime(release, "systemctl stop")
    unit = "containerd" if release == "v1.36" else "docker"
    assert typed(cluster, f"systemctl is-active {unit}", "n1") == "inactive"
    typed(cluster, f"systemctl start {unit}", "n1")
    assert typed(cluster, f"systemctl is-active {unit}", "n1") == "active"
    typed(cluster, f"pkill -9 {unit}", "n1")
    assert typed(cluster, f"systemctl is-active {unit}", "n1") != "active"
    typed(cluster, f"systemctl restart {unit}", "n1")
    assert typed(cluster, f"systemctl is-active {unit}", "n1") == "active"
