"""Programs that an image does not have."""

import pytest

from clustersim import seconds
from clustersim.api.core_v1 import Container, VolumeMount
from clustersim.programs.executables import missing, unknown_to_entrypoint
from tests.model.reports.typed import ALL, cluster_of, typed

PODS = """kubectl create -f -
apiVersion: v1
kind: Pod
metadata: {name: again}
spec:
  containers: [{name: c, image: busybox, command: [foo, bar]}]
---
apiVersion: v1
kind: Pod
metadata: {name: once}
spec:
  restartPolicy: Never
  containers: [{name: c, image: alpine, command: [/bin/bash, -c, sleep 60]}]
---
apiVersion: v1
kind: Pod
metadata: {name: script}
spec:
  restartPolicy: Never
  containers: [{name: c, image: busybox, command: [sh, -c, foo]}]
"""
RUNC = "OCI runtime create failed: runc create failed: unable to start container process"
OF_TODAY = (
    f"failed to create containerd task: failed to create shim task: {RUNC}: error during container init"
)
OF_DOCKER = "oci runtime error: container_linux.go:247: starting container process caused"


@ALL
def test_a_program_that_is_not_in_its_image_is_not_started(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 3\n")
    typed(cluster, PODS)
    cluster.run_until(cluster.now + seconds(25))
    pods = cluster.objects("pods")
    status = pods["default/again"].status.container_statuses[0]
    ended, today = status.last_state.terminated, release == "v1.36"
    assert (ended.reason, ended.exit_code) == (("StartError", 128) if today else ("ContainerCannotRun", 127))
    told = 'exec: "foo": executable file not found in $PATH'
    quoted = told.replace('"', '\\"')
    assert ended.message == (f"{OF_TODAY}: {told}" if today else f'{OF_DOCKER} "{quoted}"\n')
    if release != "v1.7":
        assert status.state.waiting.reason in ("RunContainerError", "CrashLoopBackOff")
        assert (ended.started_at == "1970-01-01T00:00:00Z") is today
    events = typed(cluster, "kubectl describe pod again")
    error = 'failed to start container "' if not today else f"{OF_TODAY}: {told}"
    assert f"Error: {error}" in events
    assert today or "executable not found in $PATH" in events

    once = pods["default/once"].status
    assert once.phase == "Failed"
    assert "stat /bin/bash: no such file or directory" in once.container_statuses[0].state.terminated.message
    assert pods["default/script"].status.container_statuses[0].state.terminated.exit_code == 127
    if today:
        assert typed(cluster, "kubectl logs script").startswith("sh: foo: not found")


@pytest.mark.parametrize(
    ("image", "words", "why"),
    [
        ("busybox:1.36", ("curl", "web"), 'exec: "curl": executable file not found in $PATH'),
        ("busybox", ("sleep", "1"), ""),
        (
            "docker.io/library/busybox",
            ("/bin/bash",),
            'exec: "/bin/bash": stat /bin/bash: no such file or directory',
        ),
        ("ubuntu", ("bash",), ""),
        ("ubuntu", ("/app/run.sh",), 'exec: "/app/run.sh": stat /app/run.sh: no such file or directory'),
        ("ubuntu", ("/scripts/run.sh",), ""),
        ("nginx:alpine", ("bash",), 'exec: "bash": executable file not found in $PATH'),
        ("nginx", ("nginx", "-g", "daemon off;"), ""),
        ("registry.k8s.io/coredns/coredns", ("sh",), 'exec: "sh": executable file not found in $PATH'),
        ("registry.k8s.io/coredns/coredns", ("/coredns",), ""),
        ("me/busybox", ("foo",), ""),
        ("python", ("foo",), ""),
        ("busybox", ("$(PROGRAM)",), ""),
    ],
)
def test_what_an_image_lacks_is_told_as_its_runtime_does(
    image: str, words: tuple[str, ...], why: str
) -> None:
    mounts = (VolumeMount(name="scripts", mount_path="/scripts"),)
    assert missing(Container(name="c", image=image, command=words, volume_mounts=mounts)) == why


def test_the_script_of_an_image_takes_arguments_for_a_program() -> None:
    assert unknown_to_entrypoint(Container(name="c", image="redis", args=("foo",)))
    assert not unknown_to_entrypoint(Container(name="c", image="redis", args=("--appendonly", "yes")))
    assert not unknown_to_entrypoint(Container(name="c", image="redis", args=("redis-server",)))
    assert not missing(Container(name="c", image="redis", args=("foo",)))
