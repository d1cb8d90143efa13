"""hostPath volumes of a type: what the kubelet looks for on its node, and makes.

Sources: kubernetes.io, "hostPath volume types"; v1.8.0, v1.36.2 pkg/volume/hostpath.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, empty, typed

TYPED = pytest.mark.parametrize("release", ["v1.8", "v1.36"])


def pod(cluster: Cluster, name: str, path: str, kind: str) -> str:
    """What becomes of a pod with such a volume."""
    typed(
        cluster,
        f"""kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  volumes: [{{name: v, hostPath: {{path: {path}, type: {kind}}}}}]
  containers: [{{name: a, image: 'nginx:1.13', volumeMounts: [{{name: v, mountPath: /d}}]}}]
""",
    )
    at(cluster, f"{cluster.now // 1_000_000 + 20}s")
    return typed(cluster, f"kubectl get pod {name} -o jsonpath={{.status.phase}}")


def failures(cluster: Cluster, name: str) -> list[str]:
    lines = typed(cluster, f"kubectl describe pod {name}").splitlines()
    return [line.partition(" : ")[2] for line in lines if "FailedMount" in line]


@TYPED
def test_a_pod_waits_for_what_its_volume_says_must_be_on_the_node(release: str) -> None:
    cluster = empty(release)
    for number, (path, kind, words) in enumerate(
        (
            ("/data", "Directory", "a directory"),
            ("/etc/hosts", "Directory", "a directory"),
            ("/var/log", "File", "a file"),
            ("/etc/hosts", "Socket", "a socket file"),
            ("/dev/sda", "CharDevice", "a character device"),
            ("/dev/null", "BlockDevice", "a block device"),
        )
    ):
        assert pod(cluster, f"p{number}", path, kind) == "Pending"
        assert failures(cluster, f"p{number}")[0] == f"hostPath type check failed: {path} is not {words}"


@TYPED
def test_what_every_node_has_is_there(release: str) -> None:
    cluster = empty(release)
    runtime = "/var/run/docker.sock" if release == "v1.8" else "/run/containerd/containerd.sock"
    for number, (path, kind) in enumerate(
        (
            ("/var/log/", "Directory"),
            ("/etc/hosts", "File"),
            (runtime, "Socket"),
            ("/dev/null", "CharDevice"),
            ("/dev/sda", "BlockDevice"),
        )
    ):
        assert pod(cluster, f"p{number}", path, kind) == "Running"


@TYPED
def test_folders_and_files_are_made_where_that_is_said(release: str) -> None:
    cluster = empty(release)
    assert pod(cluster, "none", "/data/new", "Directory") == "Pending"
    assert pod(cluster, "made", "/data/new", "DirectoryOrCreate") == "Running"
    assert pod(cluster, "after", "/data/new", "Directory") == "Running"
    assert pod(cluster, "file", "/data/new/a", "FileOrCreate") == "Running"
    assert pod(cluster, "folder", "/data/new/a", "DirectoryOrCreate") == "Pending"
    assert pod(cluster, "lost", "/nowhere/a", "FileOrCreate") == "Pending"
    assert failures(cluster, "lost")[0] == "open /nowhere/a: no such file or directory"
