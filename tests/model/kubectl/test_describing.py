"""What describe tells of nodes and pods, in which order, in each release."""

import re

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import run
from clustersim.kubectl.describe.generic import plain_lines

RELEASES = ("v1.7", "v1.8", "v1.36")


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def cluster_of(release: str) -> Cluster:
    return Cluster(replace(default_scenario(release), release=release))


def described(cluster: Cluster, kind: str, name: str) -> str:
    return str(run(cluster, f"kubectl describe {kind} {name}").text)


def lost_pod(cluster: Cluster) -> str:
    """The name of a pod whose node is lost for so long that it was evicted a while ago."""
    pod = next(pod for pod in cluster.objects("pods").values() if pod.spec.node_name == "n1")
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(seconds(400))
    return str(pod.metadata.name)


def headings(text: str) -> list[str]:
    """What stands at the beginning of a line."""
    return re.findall(r"(?m)^([A-Z][\w -]*):", text)


NODE = {
    "v1.7": "Name, Role, Labels, Annotations, Taints, CreationTimestamp, Conditions, Addresses, Capacity, "
    "Allocatable, System Info, ExternalID, Non-terminated Pods, Allocated resources, Events",
    "v1.8": "Name, Roles, Labels, Annotations, Taints, CreationTimestamp, Conditions, Addresses, Capacity, "
    "Allocatable, System Info, ExternalID, Non-terminated Pods, Allocated resources, Events",
    "v1.36": "Name, Roles, Labels, Annotations, CreationTimestamp, Taints, Unschedulable, Lease, Conditions, "
    "Addresses, Capacity, Allocatable, System Info, Non-terminated Pods, Allocated resources, Events",
}


def test_a_node_is_described_by_the_headings_of_the_release(release: str) -> None:
    assert headings(described(cluster_of(release), "node", "n1")) == NODE[release].split(", ")


def test_only_a_node_of_today_has_a_lease_and_no_version_of_kube_proxy(release: str) -> None:
    text = described(cluster_of(release), "node", "n1")
    today = release == "v1.36"
    assert ("HolderIdentity:  n1" in text, "RenewTime:" in text) == (today, today)
    assert ("Kube-Proxy Version:" in text) is not today


POD = {
    "v1.7": "Name, Namespace, Node, Start Time, Labels, Annotations, Status, Termination Grace Period, "
    "Reason, Message, IP, Created By, Controlled By, Containers, Conditions, Volumes, QoS Class, "
    "Node-Selectors, Tolerations, Events",
    "v1.36": "Name, Namespace, Priority, Service Account, Node, Start Time, Labels, Annotations, Status, "
    "Termination Grace Period, IP, IPs, Controlled By, Containers, Conditions, Volumes, QoS Class, "
    "Node-Selectors, Tolerations, Events",
}
POD["v1.8"] = POD["v1.7"]


def test_a_lost_pod_is_described_by_the_headings_of_the_release(release: str) -> None:
    cluster = cluster_of(release)
    assert headings(described(cluster, "pod", lost_pod(cluster))) == POD[release].split(", ")


def test_the_end_of_a_pod_is_a_moment_in_old_releases_and_a_while_today(release: str) -> None:
    cluster = cluster_of(release)
    text = described(cluster, "pod", lost_pod(cluster))
    expected = r"Terminating \(lasts \d+s\)" if release == "v1.36" else r"Terminating \(expires \w{3}, \d\d "
    assert re.search(rf"(?m)^Status:\s+{expected}", text)


EVENTS = {
    "v1.7": "FirstSeen LastSeen Count From SubObjectPath Type Reason Message",
    "v1.8": "Type Reason Age From Message",
    "v1.36": "Type Reason Age From Message",
}


def test_the_table_of_events_is_that_of_the_release(release: str) -> None:
    head, _rule, *rows = described(cluster_of(release), "node", "n1").partition("Events:\n")[2].splitlines()
    assert head.split() == EVENTS[release].split()
    assert ("kubelet, n1" in rows[0]) is (release != "v1.36")


def test_today_the_message_of_an_event_begins_with_the_part_it_is_about() -> None:
    cluster = cluster_of("v1.36")
    pod = min(pod.metadata.name for pod in cluster.objects("pods").values())
    assert re.search(r"kubelet\s+spec\.containers\{\w+\}: ", described(cluster, "pod", pod))


TOLD_POD = """
apiVersion: v1
kind: Pod
metadata: {name: told, labels: {app: told}}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, 1d]
    resources: {limits: {memory: 64Mi}}
    envFrom: [{configMapRef: {name: a}}, {prefix: S_, secretRef: {name: b}}]
    env:
    - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
    - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
    volumeMounts: [{name: me, mountPath: /me}]
  volumes:
  - name: me
    projected:
      sources:
      - downwardAPI: {items: [{path: app, fieldRef: {fieldPath: "metadata.labels['app']"}}]}
      - configMap: {name: a}
"""


def with_told_pod(release: str) -> Cluster:
    world = cluster_of(release)
    for line in (
        "kubectl create configmap a --from-literal=key=value",
        "kubectl create secret generic b --from-literal=key=value",
        f"kubectl create -f - <<'EOF'\n{TOLD_POD}\nEOF",
    ):
        for command in run(world, line).commands:
            world.apply(command)
    world.run_until(seconds(20))
    return world


def test_what_a_container_is_told_of_its_pod_is_described(release: str) -> None:
    text = re.sub(r"[ \t]+", " ", described(with_told_pod(release), "pod", "told"))
    for line in (
        " Environment Variables from:\n a ConfigMap Optional: false\n",
        " b Secret with prefix 'S_' Optional: false\n",
        " NAME: told (v1:metadata.name)\n",
        " ADDRESS: (v1:status.podIP)\n",
        " CPU: node allocatable (limits.cpu)\n",
        " MEMORY: 64 (limits.memory)\n",
    ):
        assert line in text


def test_a_container_is_told_of_its_pod(release: str) -> None:
    world = with_told_pod(release)
    pod = world.objects("pods")["default/told"]
    told = dict(line.split("=", 1) for line in run(world, "kubectl exec told -- env").text.splitlines())
    assert told["ADDRESS"] == pod.status.pod_ip
    assert told["HOST"] == pod.status.host_ip
    assert (told["NAME"], told["MEMORY"]) == ("told", "64")
    assert int(told["CPU"]) >= 1
    assert run(world, "kubectl exec told -- cat /me/app").text == "told"
    assert run(world, "kubectl exec told -- cat /me/key").text == "value"


def test_several_are_described_without_events_today(release: str) -> None:
    world, today = cluster_of(release), release == "v1.36"
    world.run_until(seconds(20))
    assert ("Events:" in described(world, "pods", "")) is not today
    assert "Events:" in described(world, "pods", "--show-events=true")
    assert "Events:" not in described(world, "pods", "--show-events=false")
    assert ("Events:" in described(world, "pod", "tomcat-")) is not today
    assert run(world, "kubectl describe pod/tomcat-").text.startswith("Error from server (NotFound)")


def test_a_long_annotation_of_today_stands_below_its_key() -> None:
    world = cluster_of("v1.36")
    for command in run(world, f"kubectl annotate node n1 long={'x' * 150} short=y").commands:
        world.apply(command)
    text = described(world, "node", "n1")
    assert re.search(rf" long:\n +{'x' * 138}\.\.\.\n", text)
    assert re.search(r"\n +short: y\n", text)


def test_kinds_without_words_of_their_own_are_described_field_by_field() -> None:
    plain = {
        "apiVersion": "v1",
        "spec": {
            "dnsPolicy": "x",
            "a.b/c": 1,
            "empty": {},
            "list": [1, {"podIP": None}],
            "uid": "",
            "OSImage": True,
        },
    }
    assert list(plain_lines(plain)) == [
        "API Version:\tv1",
        "Spec:",
        "  OSImage:\ttrue",
        "  a.b/c:\t1",
        "  Dns Policy:\tx",
        "  Empty:",
        "  List:",
        "    1",
        "    Pod IP:\t<nil>",
        "  UID:\t",
    ]
