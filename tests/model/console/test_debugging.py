"""`kubectl debug` of v1.36: beside a pod, in a copy of it, on a node."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, empty, typed

POD = """
apiVersion: v1
kind: Pod
metadata: {name: a, labels: {app: a}}
spec:
  containers:
  - {name: c, image: nginx, livenessProbe: {httpGet: {port: 80}}}
"""


@pytest.fixture
def world() -> Cluster:
    world = cluster_of("release: v1.36\nnodes: 1\nobjects: []")
    typed(world, f"kubectl create -f -{POD}")
    at(world, "20s")
    return world


def test_a_container_joins_those_of_a_pod(world: Cluster) -> None:
    told = typed(world, "kubectl debug a --image=busybox -- sleep 1d")
    assert told.startswith("Defaulting debug container name to debugger-")
    name = told.rpartition(" ")[2].removesuffix(".")
    at(world, "60s")
    path = "{.spec.ephemeralContainers[0].name} {.status.ephemeralContainerStatuses[0].state}"
    shown = typed(world, f"kubectl get pod a -o jsonpath='{path}'")
    assert shown.startswith(f"{name} ")
    assert "running" in shown


def test_a_copy_has_no_labels_and_no_probes(world: Cluster) -> None:
    assert typed(world, "kubectl debug a --copy-to=b --image=busybox -c mine -- sleep 1d") == ""
    path = "{.spec.containers[*].name} {.spec.shareProcessNamespace} {.metadata.labels}"
    assert typed(world, f"kubectl get pod b -o jsonpath='{path}'").strip() == "c mine true"
    assert "livenessProbe" not in typed(world, "kubectl get pod b -o yaml")
    assert "livenessProbe" in typed(world, "kubectl get pod a -o yaml")


def test_a_copy_takes_the_place_of_its_pod_with_other_images(world: Cluster) -> None:
    assert typed(world, "kubectl debug a --copy-to=b --replace --set-image=*=httpd") == ""
    at(world, "30s")
    assert typed(world, "kubectl get pods -o jsonpath='{.items[*].spec.containers[*].image}'") == "httpd"


def test_a_pod_on_a_node_has_the_nodes_namespaces(world: Cluster) -> None:
    told = typed(world, "kubectl debug node/n1 --image=busybox -- sleep 1d")
    assert told.startswith("Creating debugging pod node-debugger-n1-")
    assert told.endswith(" with container debugger on node n1.")
    name = told.split()[3]
    path = "{.spec.hostPID} {.spec.nodeName} {.spec.volumes[0].hostPath.path}"
    assert typed(world, f"kubectl get pod {name} -o jsonpath='{path}'").startswith("true n1 ")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a", "you must specify --image when not using --copy-to."),
        ("--image=x", "NAME or filename is required for debug"),
        ("a --image=x --replace", "--replace may only be used with --copy-to."),
        ("a --copy-to=b", "you must specify --image, --set-image or command arguments."),
        ("a --image=x -t", "-i/--stdin is required for containers with -t/--tty=true"),
        ("a --image=x --profile=mine", "unknown profile: mine"),
        ("deploy/web --image=x", None),
    ],
)
def test_what_cannot_be_meant_is_refused(world: Cluster, line: str, told: str | None) -> None:
    found = typed(world, f"kubectl debug {line}")
    assert found == f"error: {told}" if told else "not found" in found


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_it_came_later(release: str) -> None:
    assert 'unknown command "debug"' in typed(empty(release), "kubectl debug a --image=x")


CUSTOM = """cat > custom.yaml <<EOF
env: [{name: ONE, value: "1"}]
securityContext: {capabilities: {add: [NET_ADMIN, SYS_TIME]}}
EOF"""


@pytest.mark.parametrize("what", ["a", "node/n1"])
def test_a_file_says_more_of_the_container_that_is_made(world: Cluster, what: str) -> None:
    """tasks/debug/debug-application/debug-running-pod: --custom"""
    typed(world, CUSTOM)
    typed(world, f"kubectl debug {what} --image=busybox --custom=custom.yaml -c mine -- sleep 1d")
    kind = "ephemeralContainers" if what == "a" else "containers"
    path = f'{{.items[*].spec.{kind}[?(@.name=="mine")]'
    assert typed(world, f"kubectl get pods -o jsonpath='{path}.env}}'") == '[{"name":"ONE","value":"1"}]'
    assert typed(world, f"kubectl get pods -o jsonpath='{path}.securityContext}}'") == (
        '{"capabilities":{"add":["NET_ADMIN","SYS_TIME"]}}'
    )


def test_what_no_file_may_say_of_it_is_refused(world: Cluster) -> None:
    typed(world, "echo 'image: nginx' > custom.yaml")
    told = typed(world, "kubectl debug a --image=busybox --custom=custom.yaml")
    assert told == (
        "error: name, command, image, lifecycle and volume devices are not modifiable via custom profile"
    )
    told = typed(world, "kubectl debug a --image=busybox --custom=nosuch.yaml")
    assert told.startswith("error: must pass a container spec json file for custom profile: open nosuch.yaml")


def test_without_a_way_a_dry_run_is_deprecated(world: Cluster) -> None:
    line = "kubectl create cm c --from-literal=a=b -o name --dry-run"
    warned, told = typed(world, line).splitlines()
    assert warned.startswith("W")
    assert warned.endswith(
        "helpers.go:719] --dry-run is deprecated and can be replaced with --dry-run=client."
    )
    assert told == "configmap/c"
    assert typed(world, f"{line} 2>/dev/null") == "configmap/c"
    assert typed(world, f"{line}=client") == "configmap/c"
    assert "--dry-run=true is deprecated (boolean value)" in typed(world, f"{line}=true")
    assert "can be replaced with --dry-run=none." in typed(world, f"{line}=false")


def test_what_is_the_machines_is_below_host(world: Cluster) -> None:
    typed(world, "echo hello > /etc/motd", "n1")
    name = typed(world, "kubectl debug node/n1 --image=busybox -- sleep 1d").split()[3]
    at(world, "60s")
    inside = f"kubectl exec {name} --"
    assert {"etc", "var", "proc"} <= set(typed(world, f"{inside} ls /host").split())
    assert typed(world, f"{inside} cat /host/etc/motd") == "hello"
    kubelet = "/var/lib/kubelet/config.yaml"
    assert typed(world, f"{inside} cat /host{kubelet}") == typed(world, f"cat {kubelet}", "n1")
