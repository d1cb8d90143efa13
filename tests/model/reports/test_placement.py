"""Where pods go, and why they do not: what people reported, and what e2e tests expect.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster, Command
from tests.model.reports.typed import at, cluster_of, rows, typed

PAIRED = "[{name: n1, labels: {zone: a}}, {name: n2, labels: {zone: a}}, {name: n3, labels: {zone: b}}]"
DEDICATED = "[{name: n1, taints: ['dedicated=gpu:NoSchedule']}]"


def empty(release: str, nodes: str = "1") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: {nodes}\nobjects: []\n")


def pod(cluster: Cluster, name: str, spec: str = "", container: str = "") -> None:
    told = typed(
        cluster,
        f"kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: web}}}}\n"
        f"spec: {{{spec}containers: [{{name: a, image: nginx{container}}}]}}\n",
    )
    assert "created" in told, told


def pods(cluster: Cluster) -> dict[str, list[str]]:
    """STATUS and NODE by name."""
    return {row[0]: [row[2], row[-3 if len(row) > 7 else -1]] for row in _wide(cluster)}


def _wide(cluster: Cluster) -> list[list[str]]:
    return rows(typed(cluster, "kubectl get pods -o wide"))


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("v1.7", "following predicates:: MatchNodeSelector (1)."),
        ("v1.8", "predicates: MatchNodeSelector (1)."),
        ("v1.36", "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
    ],
)
def test_a_label_that_no_node_has_is_named(release: str, words: str) -> None:
    """test/e2e/scheduling/predicates.go, "validates that NodeSelector is respected if not matching"."""
    cluster = empty(release)
    pod(cluster, "p", "nodeSelector: {disk: ssd}, ")
    at(cluster, "10s")
    assert words in typed(cluster, "kubectl describe pod p")


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_label_given_later_lets_the_pod_go(release: str) -> None:
    """test/e2e/scheduling/predicates.go, "... if matching"; the kubelet knows the label as soon as the
    scheduler does."""
    cluster = empty(release)
    pod(cluster, "p", "nodeSelector: {disk: ssd}, ")
    at(cluster, "30s")
    typed(cluster, "kubectl label node n1 disk=ssd")
    at(cluster, "70s")
    assert pods(cluster)["p"][0] == "Running"


@pytest.mark.parametrize(
    ("release", "words"),
    [("v1.8", "PodToleratesNodeTaints (1)"), ("v1.36", "1 node(s) had untolerated taint")],
)
def test_a_taint_keeps_out_who_does_not_tolerate_it(release: str, words: str) -> None:
    """test/e2e/scheduling/predicates.go, "validates that taints-tolerations is respected if not matching"."""
    cluster = empty(release, DEDICATED)
    pod(cluster, "p")
    pod(cluster, "q", "tolerations: [{key: dedicated, operator: Exists}], ")
    at(cluster, "20s")
    assert words in typed(cluster, "kubectl describe pod p")
    assert pods(cluster)["q"][0] == "Running"


def test_the_same_host_port_is_free_for_another_protocol() -> None:
    """test/e2e/scheduling/predicates.go, "... same hostPort but use different protocol": no conflict."""
    cluster = empty("v1.36")
    port = ", ports: [{{containerPort: 80, hostPort: 80, protocol: {}}}]"
    for name, protocol in (("a", "TCP"), ("b", "TCP"), ("c", "UDP")):
        pod(cluster, name, container=port.format(protocol))
    at(cluster, "20s")
    assert {name: found[0] for name, found in pods(cluster).items()} == {
        "a": "Running",
        "b": "Pending",
        "c": "Running",
    }
    assert "didn't have free ports for the requested pod ports" in typed(cluster, "kubectl describe pod b")


def test_an_important_pod_takes_the_place_of_one_that_is_less_so() -> None:
    """test/e2e/scheduling/preemption.go, "validates basic preemption works"."""
    cluster = empty("v1.36")
    half = ", resources: {requests: {cpu: 900m}}"
    typed(cluster, "kubectl create priorityclass high --value=1000")
    for name in ("a", "b"):
        pod(cluster, name, container=half)
    at(cluster, "20s")
    pod(cluster, "vip", "priorityClassName: high, ", half)
    at(cluster, "90s")
    found = pods(cluster)
    assert found["vip"][0] == "Running"
    assert len(found) == 2
    assert "Preempted" in typed(cluster, "kubectl get events")


def test_a_pod_that_may_not_preempt_waits() -> None:
    """kubernetes.io, "Non-preempting PriorityClass"."""
    cluster = empty("v1.36")
    half = ", resources: {requests: {cpu: 900m}}"
    typed(cluster, "kubectl create priorityclass patient --value=1000 --preemption-policy=Never")
    for name in ("a", "b"):
        pod(cluster, name, container=half)
    at(cluster, "20s")
    pod(cluster, "vip", "priorityClassName: patient, ", half)
    at(cluster, "90s")
    assert pods(cluster)["vip"][0] == "Pending"


def test_a_lost_zone_still_counts_where_pods_must_be_spread() -> None:
    """kubernetes.io, "Topology Spread Constraints": nodes with taints are counted unless nodeTaintsPolicy
    says Honor, so after the loss of a zone nothing more is placed."""
    spread = "{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, {}labelSelector: {}}}"
    for policy, status in (("", "Pending"), ("nodeTaintsPolicy: Honor, ", "Running")):
        cluster = empty("v1.36", PAIRED)
        constraint = spread.format(policy, "{matchLabels: {app: web}}")
        for number in range(2):
            pod(cluster, f"p{number}", f"topologySpreadConstraints: [{constraint}], ")
        at(cluster, "20s")
        cluster.apply(Command("power-off", "n3"))
        at(cluster, "8m")
        for number in range(2, 4):
            pod(cluster, f"p{number}", f"topologySpreadConstraints: [{constraint}], ")
        at(cluster, "9m")
        assert pods(cluster)["p3"][0] == status


def test_a_cordoned_node_takes_no_pod_and_says_so() -> None:
    """test/cmd/node-management.sh; v1.7 leaves such nodes out, v1.8 and today name them."""
    words = {"v1.7": "no nodes available to schedule pods", "v1.8": "NodeUnschedulable (1)"}
    for release in ("v1.7", "v1.8", "v1.36"):
        cluster = empty(release)
        typed(cluster, "kubectl cordon n1")
        pod(cluster, "p")
        at(cluster, "20s")
        told = typed(cluster, "kubectl describe pod p")
        assert words.get(release, "1 node(s) were unschedulable") in told, told
        typed(cluster, "kubectl uncordon n1")
        at(cluster, "90s")
        assert pods(cluster)["p"][0] == "Running"


def test_a_scheduling_gate_holds_a_pod_until_it_is_taken_away() -> None:
    """test/e2e/scheduling/predicates.go, "validates Pods with non-empty schedulingGates are blocked"."""
    cluster = empty("v1.36")
    pod(cluster, "p", "schedulingGates: [{name: wait}], ")
    at(cluster, "20s")
    assert _wide(cluster)[0][2] == "SchedulingGated"
    typed(
        cluster,
        """kubectl patch pod p --type=json -p '[{"op": "remove", "path": "/spec/schedulingGates"}]'""",
    )
    at(cluster, "30s")
    assert pods(cluster)["p"][0] == "Running"


BOUND = (
    "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: late}\nspec: {nodeName: n1, "
    "%scontainers: [{name: a, image: nginx, ports: [{containerPort: 80, hostPort: 8080}]}]}\n"
)
"""A pod that somebody binds by hand."""
WANTS_SSD = (
    "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
    "[{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}}, "
)


@pytest.mark.parametrize(
    ("release", "wish", "reason", "message"),
    [
        ("v1.7", "", "PodFitsHostPorts", "Pod Predicate PodFitsHostPorts failed"),
        ("v1.8", WANTS_SSD, "PodFitsHostPorts", "Pod Predicate PodFitsHostPorts failed"),
        (
            "v1.36",
            WANTS_SSD,
            "NodeAffinity",
            "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node "
            "affinity/selector",
        ),
        (
            "v1.36",
            "",
            "NodePorts",
            "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested "
            "pod ports",
        ),
    ],
)
def test_a_node_refuses_what_is_bound_to_it_by_hand_and_does_not_fit(
    release: str, wish: str, reason: str, message: str
) -> None:
    # https://github.com/kubernetes/kubernetes/issues/60726, /issues/100467
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, (BOUND % "").replace("late", "first"))
    at(cluster, "3s")
    typed(cluster, BOUND % wish)
    at(cluster, "6s")
    path = "{.status.phase} {.status.reason} {.status.message}"
    assert typed(cluster, f"kubectl get pod late -o jsonpath='{path}'") == f"Failed {reason} {message}"
    quality = typed(cluster, "kubectl get pod late -o jsonpath='{.status.qosClass}'")
    assert bool(quality) is (release == "v1.36")
    assert typed(cluster, "kubectl get pod first -o jsonpath='{.status.phase}'") == "Running"


def test_a_kubelet_of_today_refuses_what_a_taint_of_its_node_drives_away() -> None:
    # https://github.com/kubernetes/kubernetes/pull/101218
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "sudo systemctl stop kube-controller-manager", "master")
    typed(cluster, "kubectl taint node n1 broken=yes:NoExecute")
    at(cluster, "2s")
    typed(cluster, BOUND % "")
    typed(cluster, (BOUND % "tolerations: [{operator: Exists}], ").replace("late", "firm"))
    at(cluster, "5s")
    assert [row[2] for row in rows(typed(cluster, "kubectl get pods"))] == ["Running", "TaintToleration"]


def test_a_pod_tells_of_its_class_and_how_it_is_spread() -> None:
    """v1.36 k8s.io/kubectl pkg/describe describePod."""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {priorityClassName: "
        "system-node-critical, topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, "
        "whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}], "
        "containers: [{name: a, image: b}]}\n",
    )
    told = [" ".join(line.split()) for line in typed(cluster, "kubectl describe pod p").splitlines()]
    assert "Priority Class Name: system-node-critical" in told
    assert (
        "Topology Spread Constraints: zone:ScheduleAnyway when max skew 1 is exceeded for selector app=web"
        in told
    )


def test_labels_of_the_pod_itself_become_part_of_its_selectors() -> None:
    """pkg/registry/core/pod/strategy_test.go: the scheduler finds them there."""
    cluster = empty("v1.36")
    pod(
        cluster,
        "p",
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, "
        "labelSelector: {}, matchLabelKeys: [app, absent]}]}}, topologySpreadConstraints: [{maxSkew: 1, "
        "topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}, matchLabelKeys: [app]}], ",
    )
    for path in (
        "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        "topologySpreadConstraints",
    ):
        found = typed(cluster, f"kubectl get pod p -o jsonpath='{{.spec.{path}[0].labelSelector}}'")
        assert found == '{"matchExpressions":[{"key":"app","operator":"In","values":["web"]}]}'


def test_a_signal_to_stop_with_is_dropped_since_it_is_alpha() -> None:
    cluster = empty("v1.36")
    pod(cluster, "p", "os: {name: linux}, ", ", lifecycle: {stopSignal: SIGUSR1}")
    assert "lifecycle" not in typed(cluster, "kubectl get pod p -o yaml")


GATED = (
    "schedulingGates: [{name: wait}], nodeSelector: {disk: ssd}, affinity: {nodeAffinity: "
    "{requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: "
    "[{key: a, operator: Exists}]}]}}}, "
)
TERMS = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "/spec/schedulingGates/-",
            '{"name": "more"}',
            "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling "
            "gate 'more'",
        ),
        (
            "/spec/nodeSelector/disk",
            '"hdd"',
            'spec.nodeSelector: Invalid value: {"disk":"hdd"}: only additions to spec.nodeSelector are '
            "allowed (no mutations or deletions)",
        ),
        ("/spec/nodeSelector/zone", '"a"', "pod/p patched"),
        (
            f"/{TERMS.replace('.', '/')}/0/matchExpressions/0/key",
            '"b"',
            f'{TERMS}[0]: Invalid value: {{"MatchExpressions":[{{"Key":"b","Operator":"Exists",'
            '"Values":null}],"MatchFields":null}: only '
            "additions are allowed (no mutations or deletions)",
        ),
        (
            f"/{TERMS.replace('.', '/')}/-",
            '{"matchExpressions": [{"key": "b", "operator": "Exists"}]}',
            "no additions/deletions to non-empty NodeSelectorTerms list are allowed",
        ),
        (
            f"/{TERMS.replace('.', '/')}/0/matchExpressions/-",
            '{"key": "b", "operator": "Exists"}',
            "pod/p patched",
        ),
    ],
)
def test_a_pod_with_gates_is_narrowed_and_not_widened(path: str, value: str, told: str) -> None:
    """pkg/apis/core/validation/validation_test.go TestValidatePodUpdate."""
    cluster = empty("v1.36")
    pod(cluster, "p", GATED)
    patch = f'[{{"op": "add", "path": "{path}", "value": {value}}}]'
    assert told in typed(cluster, f"kubectl patch pod p --type=json -p '{patch}'")
