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
    """Single labels can be told since v1.9; before that its name does as well, which is the same text."""
    world = cluster_of(release)
    manifest = TOLD_POD if release == "v1.36" else TOLD_POD.replace("metadata.labels['app']", "metadata.name")
    for line in (
        "kubectl create configmap a --from-literal=key=value",
        "kubectl create secret generic b --from-literal=key=value",
        f"kubectl create -f - <<'EOF'\n{manifest}\nEOF",
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


def behind(cluster: Cluster, kind: str, name: str, title: str) -> list[str]:
    """What is told under a title."""
    return re.findall(rf"(?m)^{title}:[ \t]*(.*?) *$", described(cluster, kind, name))


def test_a_service_without_a_ready_pod_has_nothing_behind_it_today_and_none_before(release: str) -> None:
    cluster = cluster_of(release)
    told = [""] if release == "v1.36" else ["<none>"]
    made = run(cluster, "kubectl create service clusterip empty --tcp=80:80")
    for command in made.commands:
        cluster.apply(command)
    cluster.run_until(seconds(60))
    assert behind(cluster, "service", "empty", "Endpoints") == told


INGRESS = """
kubectl create -f - <<EOF
apiVersion: {version}
kind: Ingress
metadata: {{name: ing, annotations: {{ingress.kubernetes.io/rewrite: /, other: here}}}}
spec:
  tls: [{{hosts: [a.example]}}, {{hosts: [b.example], secretName: keys}}]
  rules: [{{host: a.example, http: {{paths: [{{path: /x, {backend}}}]}}}}]
EOF
"""


def test_an_ingress_is_described_with_its_rules_and_what_kubectl_finds_behind_them(release: str) -> None:
    cluster = cluster_of(release)
    cluster.run_until(seconds(60))
    today = release == "v1.36"
    old = "backend: {serviceName: tomcat, servicePort: 8080}"
    new = "pathType: Prefix, backend: {service: {name: tomcat, port: {number: 8080}}}"
    version = "networking.k8s.io/v1" if today else "extensions/v1beta1"
    made = run(cluster, INGRESS.format(version=version, backend=new if today else old).strip())
    for command in made.commands:
        cluster.apply(command)
    cluster.run_until(seconds(70))
    text = described(cluster, "ingress", "ing")
    found = re.search(r"/x\s+tomcat:8080 \((.*)\)", text)
    assert found is not None
    # The old kubectl looks for all of them beside the default backend that it takes for granted.
    assert (":8080" in found[1], found[1] == "<none>") == (today, not today)
    assert "  SNI routes a.example\n  keys terminates b.example\n" in text
    assert ("default-http-backend:80 (<none>)" in text, "Default backend:  <default>" in text) == (
        not today,
        today,
    )
    assert ("other" in text, bool(re.search(r"(?m)^  rewrite:\s+/$", text))) == (today, not today)


def test_a_backend_of_no_service_says_so_today() -> None:
    cluster = cluster_of("v1.36")
    made = run(cluster, "kubectl create ingress lost --rule=a.example/=nosuch:http")
    for command in made.commands:
        cluster.apply(command)
    cluster.run_until(seconds(5))
    told = 'nosuch:http (<error: services "nosuch" not found>)'
    assert told in described(cluster, "ingress", "lost")


def test_a_network_policy_of_today_is_described_rule_by_rule() -> None:
    cluster = cluster_of("v1.36")
    policy = """
kubectl create -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: policy}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress: [{ports: [{port: 80, endPort: 90}], from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]
EOF
"""
    for command in run(cluster, policy.strip()).commands:
        cluster.apply(command)
    cluster.run_until(seconds(5))
    text = described(cluster, "networkpolicy", "policy")
    assert "(Allowing the specific traffic to all pods in this namespace)" in text
    told = (
        "Allowing ingress traffic:",
        "  To Port Range: 80-90/TCP",
        "  From:",
        "    IPBlock:",
        "      CIDR: 10.0.0.0/8",
    )
    assert "\n".join(f"  {line}" for line in told) in text
    assert "  Not affecting egress traffic\n  Policy Types: Ingress" in text


def test_whoever_writes_a_deprecated_kind_is_warned_today() -> None:
    cluster = cluster_of("v1.36")
    told = run(cluster, "kubectl label endpoints kubernetes a=b --dry-run=server").text
    assert "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice" in told


@pytest.mark.parametrize(
    ("field", "found"), [("annotations: {a: yes}", "bool"), ("labels: {a: 1}", "number")]
)
def test_what_should_be_text_and_is_not_is_told_by_kubectl_today(field: str, found: str) -> None:
    cluster = cluster_of("v1.36")
    made = (
        f"kubectl create -f - <<EOF\nkind: ConfigMap\napiVersion: v1\nmetadata: {{name: bad, {field}}}\nEOF"
    )
    assert f"json: cannot unmarshal {found} into Go struct field" in run(cluster, made).text
