"""Pods that write more to the disk than they may, or than there is: what people reported."""

import pytest

from clustersim import Cluster
from clustersim.programs.filling import Filled, filled
from tests.model.reports.typed import ALL, at, cluster_of, create, typed

STATUS = "kubectl get pod {} -o jsonpath='{{.status.phase}}/{{.status.reason}}/{{.status.message}}'"


def running(release: str = "v1.36") -> Cluster:
    """A pod with a folder of 500 MiB, and one whose two containers may write 100 and 1024 MiB."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    limit = " {sizeLimit: 500Mi}" if release == "v1.36" else " {}"
    create(
        cluster,
        "Pod",
        "metadata: {name: folder}\nspec:\n"
        "  containers: [{name: a, image: nginx, volumeMounts: [{name: d, mountPath: /data}]}]\n"
        f"  volumes: [{{name: d, emptyDir:{limit}}}]",
    )
    if release == "v1.36":
        create(
            cluster,
            "Pod",
            f"metadata: {{name: two}}\nspec: {{containers: [{made('a', 100)}, {made('b', 1024)}]}}",
        )
    at(cluster, "20s")
    return cluster


def made(name: str, limit: int) -> str:
    script = "trap 'exit 0' TERM; sleep 1d & wait"
    return (
        f'{{name: {name}, image: busybox, command: [sh, -c, "{script}"], '
        f"resources: {{limits: {{ephemeral-storage: {limit}Mi}}}}}}"
    )


def evicted(cluster: Cluster, name: str) -> str:
    lines = typed(cluster, "kubectl get events").splitlines()
    return "".join(line.partition(f"pod/{name}")[2].strip() for line in lines if "Evicted" in line)


def test_a_pod_with_too_much_in_a_folder_goes_and_counts_as_a_success() -> None:
    """https://github.com/kubernetes/kubernetes/issues/120182, /issues/141483"""
    cluster = running()
    assert typed(cluster, "kubectl exec folder -- fallocate -l 1G /data/dummy.txt") == ""
    assert typed(cluster, "kubectl exec folder -- du -sh /data").split() == ["1.0G", "/data"]
    assert "31%" in typed(cluster, "df -h", "n1")
    at(cluster, "130s")
    assert evicted(cluster, "folder") == 'Usage of EmptyDir volume "d" exceeds the limit "500Mi".'
    assert typed(cluster, STATUS.format("folder")) == "Succeeded//"
    assert "DisruptionTarget" not in typed(cluster, "kubectl get pod folder -o yaml")


@pytest.mark.parametrize(
    ("container", "megabytes", "why"),
    [
        ("a", 200, 'Container a exceeded its local ephemeral storage limit "100Mi".'),
        ("b", 1200, "Pod ephemeral local storage usage exceeds the total limit of containers 1124Mi."),
        ("b", 900, ""),
    ],
)
def test_a_container_may_write_what_its_limit_says_and_all_of_a_pod_what_theirs_do(
    container: str, megabytes: int, why: str
) -> None:
    """https://github.com/kubernetes/kubernetes/issues/122160"""
    cluster = running()
    told = typed(
        cluster, f"kubectl exec two -c {container} -- dd if=/dev/zero of=/tmp/x bs=1M count={megabytes}"
    )
    assert told.startswith(f"{megabytes}+0 records in\n{megabytes}+0 records out\n{megabytes << 20} bytes")
    at(cluster, "40s")
    assert evicted(cluster, "two") == why
    assert (typed(cluster, STATUS.format("two")) == "Running//") == (not why)


@ALL
def test_who_has_written_most_goes_first_where_the_disk_runs_out(release: str) -> None:
    cluster = running(release)
    script = "sleep 5; fallocate -l 65G /big; sleep 1d"
    create(
        cluster,
        "Pod",
        "metadata: {name: writer}\n"
        f"spec: {{containers: [{{name: w, image: ubuntu, command: [sh, -c, '{script}']}}]}}",
    )
    at(cluster, "45s")
    assert typed(cluster, STATUS.format("writer")).startswith("Failed/Evicted/The node was low on resource")
    assert typed(cluster, STATUS.format("folder")) == "Running//"
    if release == "v1.36":
        assert (
            "Container w was using 65Gi, request is 0, has larger consumption of ephemeral-storage"
            in evicted(cluster, "writer")
        )
    full = typed(cluster, "kubectl exec folder -- dd if=/dev/zero of=/data/x bs=1M count=80000")
    assert "dd: error writing '/data/x': No space left on device" in full
    at(cluster, "90s")
    typed(cluster, "kubectl delete pod writer")
    at(cluster, "3m")
    assert "30%" in typed(cluster, "df -h", "n1")


@pytest.mark.parametrize(
    ("line", "made"),
    [
        ("dd if=/dev/zero of=/x bs=1M count=3", Filled("/x", 3 << 20, 3)),
        ("dd if=/dev/urandom of=/x bs=1MB count=3", Filled("/x", 3_000_000, 3)),
        ("dd if=/etc/hosts of=/x", None),
        ("fallocate -l 1G /x", Filled("/x", 1 << 30)),
        ("fallocate -l2GB /x", Filled("/x", 2_000_000_000)),
        ("fallocate --length=5KiB x", Filled("x", 5120)),
        ("fallocate /x", None),
    ],
)
def test_what_is_written_is_as_large_as_the_command_says(line: str, made: Filled | None) -> None:
    assert filled(line.split()) == made


@pytest.mark.parametrize(
    ("image", "line", "told"),
    [
        ("nginx", "touch /x", "touch: cannot touch '/x'"),
        ("nginx", "dd if=/dev/zero of=/x bs=1M count=1", "dd: failed to open '/x'"),
        ("busybox", "touch /x", "touch: /x"),
        ("busybox", "rm /etc/hosts", "rm: can't remove '/etc/hosts'"),
        ("busybox", "sh -c 'echo a > /x'", "sh: can't create /x"),
        ("busybox", "sh -c 'fallocate -l 1M /x'", "fallocate: can't open '/x'"),
    ],
)
def test_programs_say_in_their_words_that_a_root_can_only_be_read(image: str, line: str, told: str) -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    security = "securityContext: {readOnlyRootFilesystem: true}"
    container = f"{{name: a, image: {image}, tty: true, stdin: true, {security}}}"
    create(cluster, "Pod", f"metadata: {{name: p}}\nspec: {{containers: [{container}]}}")
    at(cluster, "10s")
    said = typed(cluster, f"kubectl exec p -- {line}")
    assert said == f"{told}: Read-only file system\ncommand terminated with exit code 1"
