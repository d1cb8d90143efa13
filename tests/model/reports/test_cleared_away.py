"""What people clear away on a node by hand, often by cron, and what becomes of the pods.

That a kubelet counts restarts by what docker still has: comments on
https://github.com/kubernetes/kubernetes/issues/50375, and /issues/12485.
"""

import pytest

from clustersim import Cluster
from clustersim.view import describe_part
from tests.model.reports.typed import ALL, at, cluster_of, create, rows, typed

MISSING = "rpc error: code = NotFound desc = an error occurred when try to find"
OLD = pytest.mark.parametrize("release", ["v1.7", "v1.8"])


def with_pod(release: str) -> Cluster:
    """A pod that runs on the only node."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    create(cluster, "Pod", "metadata: {name: p}\nspec: {containers: [{name: a, image: 'nginx:1'}]}")
    at(cluster, "20s")
    return cluster


def restarts(cluster: Cluster) -> str:
    return rows(typed(cluster, "kubectl get pods"))[0][3]


@OLD
def test_a_container_that_is_removed_from_docker_is_started_anew_and_counts_from_zero(release: str) -> None:
    cluster = with_pod(release)
    typed(cluster, "docker kill $(docker ps -q --filter name=k8s_a_)", "n1")
    at(cluster, "60s")
    assert restarts(cluster) == "1"
    typed(cluster, "docker rm $(docker ps -aq --filter status=exited)", "n1")
    typed(cluster, "docker rm -f $(docker ps -q --filter name=k8s_a_)", "n1")
    at(cluster, "120s")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:4] == ["1/1", "Running", "0"]
    assert len(typed(cluster, "docker ps -aq --filter name=k8s_a_", "n1").split()) == 1


def test_today_the_names_of_its_logs_tell_how_often_it_was_started() -> None:
    cluster = with_pod("v1.36")
    typed(cluster, "crictl stop $(crictl ps -q)", "n1")
    at(cluster, "60s")
    assert restarts(cluster) == "1"
    assert "is running, please stop it first" in typed(cluster, "crictl rm $(crictl ps -q)", "n1")
    typed(cluster, "crictl rm -a -f", "n1")
    at(cluster, "120s")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:3] == ["1/1", "Running"]
    assert restarts(cluster) != "0"


def test_a_sandbox_that_is_removed_is_made_anew_with_another_address() -> None:
    cluster = with_pod("v1.36")
    before = rows(typed(cluster, "kubectl get pods -o wide"))[0][5]
    assert "is running, please stop it first" in typed(cluster, "crictl rmp $(crictl pods -q)", "n1")
    assert typed(cluster, "crictl rmp -f $(crictl pods -q)", "n1").startswith("Removed sandbox ")
    at(cluster, "60s")
    row = rows(typed(cluster, "kubectl get pods -o wide"))[0]
    assert row[1:3] == ["1/1", "Running"]
    assert before not in row
    assert len(typed(cluster, "crictl pods -q", "n1").split()) == 1


@OLD
def test_docker_removes_no_image_that_a_container_has(release: str) -> None:
    cluster = with_pod(release)
    told = typed(cluster, "docker rmi nginx:1", "n1")
    assert "(must force) - container" in told
    assert "(cannot be forced) - image is being used by running container" in (
        typed(cluster, "docker rmi -f nginx:1", "n1")
    )
    typed(cluster, "kubectl delete pod p")
    at(cluster, "150s")
    told = typed(cluster, "docker rmi $(docker images -q nginx)", "n1")
    assert told.startswith("Untagged: nginx:1\nDeleted: sha256:")
    assert "nginx" not in typed(cluster, "docker images", "n1")


@ALL
def test_an_image_that_was_removed_is_missed_by_pods_that_never_pull(release: str) -> None:
    cluster = with_pod(release)
    typed(cluster, "kubectl delete pod p")
    at(cluster, "150s")
    typed(cluster, "crictl rmi --prune" if release == "v1.36" else "docker rmi nginx:1", "n1")
    create(
        cluster,
        "Pod",
        "metadata: {name: q}\nspec: {containers: [{name: a, image: 'nginx:1', imagePullPolicy: Never}]}",
    )
    at(cluster, "170s")
    assert rows(typed(cluster, "kubectl get pods"))[0][2] == "ErrImageNeverPull"


def test_containerd_removes_an_image_also_from_below_a_container_that_runs() -> None:
    cluster = with_pod("v1.36")
    assert typed(cluster, "crictl rmi nginx:1", "n1") == "Deleted: docker.io/library/nginx:1"
    assert "nginx" not in typed(cluster, "crictl images", "n1")
    typed(cluster, "crictl stop $(crictl ps -q)", "n1")
    at(cluster, "60s")
    assert rows(typed(cluster, "kubectl get pods"))[0][1:3] == ["1/1", "Running"]
    assert "nginx" in typed(cluster, "crictl images", "n1")


@pytest.mark.parametrize(
    ("release", "line", "told"),
    [
        ("v1.7", "docker rmi nosuch", "Error response from daemon: No such image: nosuch:latest"),
        ("v1.7", "docker rm nosuch", "Error: No such container: nosuch"),
        ("v1.36", "crictl rmi nosuch", "no such image nosuch"),
        ("v1.36", "crictl rmi", "Please specify an image ID or use --all or --prune"),
        ("v1.36", "crictl rm", "ID cannot be empty"),
        ("v1.36", "crictl rm -f ''", f'{MISSING} container "": not found'),
        ("v1.36", "crictl rmp -f ''", f'{MISSING} sandbox "": not found'),
        ("v1.36", "crictl stop ''", "container ID is required"),
        ("v1.36", "crictl rmp", "ID cannot be empty"),
    ],
)
def test_what_is_not_there_is_not_removed(release: str, line: str, told: str) -> None:
    assert typed(with_pod(release), line, "n1").splitlines()[0] == told


@ALL
def test_what_a_stopped_runtime_keeps_is_not_offered_to_be_removed(release: str) -> None:
    cluster = with_pod(release)

    def offered() -> set[str]:
        info = describe_part(cluster, "n1.docker")
        assert info is not None
        return {action.do for action in info.actions} & {"remove-image", "remove-containers"}

    assert offered() == {"remove-image", "remove-containers"}
    typed(cluster, f"systemctl stop {'containerd' if release == 'v1.36' else 'docker'}", "n1")
    assert offered() == set()
