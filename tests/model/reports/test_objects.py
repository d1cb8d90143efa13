"""Objects, their owners and their bounds: what people reported, and what e2e and command tests expect.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed


def empty(release: str, nodes: int = 2, more: str = "") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: {nodes}\nobjects: []\n{more}")


def create(cluster: Cluster, version: str, kind: str, name: str, rest: str) -> str:
    manifest = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}\n"
    return typed(cluster, f"kubectl create -f -\n{manifest}")


WEB = "{metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: nginx}]}}"
SET = f"spec: {{replicas: 2, selector: {{matchLabels: {{app: web}}}}, template: {WEB}}}"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_finalizer_keeps_an_object_until_somebody_takes_it_away(release: str) -> None:
    """kubernetes.io, "Using Finalizers to Control Deletion"."""
    cluster = empty(release)
    typed(cluster, "kubectl create cm m --from-literal=a=b")
    typed(cluster, """kubectl patch cm m -p '{"metadata":{"finalizers":["example.com/hold"]}}'""")
    typed(cluster, "kubectl delete cm m" + (" --wait=false" if release == "v1.36" else ""))
    at(cluster, "60s")
    assert typed(cluster, "kubectl get cm m -o jsonpath={.metadata.deletionTimestamp}").startswith("20")
    typed(
        cluster, """kubectl patch cm m --type=json -p '[{"op": "remove", "path": "/metadata/finalizers"}]'"""
    )
    assert "NotFound" in typed(cluster, "kubectl get cm m")


@pytest.mark.parametrize(("release", "version"), [("v1.8", "apps/v1beta2"), ("v1.36", "apps/v1")])
def test_a_set_adopts_a_pod_that_its_selector_fits_and_lets_go_of_one_it_does_not(
    release: str, version: str
) -> None:
    """test/e2e/apps/replica_set.go, "should adopt matching pods on creation and release no longer matching
    pods"."""
    cluster = empty(release)
    create(cluster, "v1", "Pod", "lone", "spec: {containers: [{name: a, image: nginx}]}")
    typed(cluster, "kubectl label pod lone app=web")
    at(cluster, "10s")
    create(cluster, version, "ReplicaSet", "web", SET)
    at(cluster, "20s")
    assert len(rows(typed(cluster, "kubectl get pods"))) == 2
    assert typed(cluster, "kubectl get pod lone -o jsonpath={.metadata.ownerReferences[0].name}") == "web"
    typed(cluster, "kubectl label pod lone app-")
    at(cluster, "40s")
    assert len(rows(typed(cluster, "kubectl get pods"))) == 3
    assert typed(cluster, "kubectl get pod lone -o jsonpath={.metadata.ownerReferences}") == ""


def test_an_orphaned_set_goes_on_and_its_pods_stay() -> None:
    """test/e2e/apimachinery/garbage_collector.go, "should orphan RS created by deployment when
    deleteOptions.PropagationPolicy is Orphan"."""
    cluster = empty("v1.36")
    typed(cluster, "kubectl create deploy web --image=nginx --replicas=2")
    at(cluster, "10s")
    typed(cluster, "kubectl delete deploy web --cascade=orphan")
    at(cluster, "60s")
    assert [row[1:4] for row in rows(typed(cluster, "kubectl get rs"))] == [["2", "2", "2"]]
    assert len(rows(typed(cluster, "kubectl get pods"))) == 2


def test_a_quota_of_pods_stops_a_replica_set_and_says_so() -> None:
    """test/e2e/apps/replica_set.go, "should surface a failure condition on a common issue like exceeded
    quota"."""
    cluster = empty("v1.36")
    typed(cluster, "kubectl create quota q --hard=pods=2")
    typed(cluster, "kubectl create deploy web --image=nginx --replicas=3")
    at(cluster, "20s")
    assert len(rows(typed(cluster, "kubectl get pods"))) == 2
    kinds = "{.status.conditions[*].type}"
    assert "ReplicaFailure" in typed(cluster, f"kubectl get rs -o jsonpath={{.items[0]{kinds[1:]}")
    assert "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2" in typed(
        cluster, "kubectl get events"
    )
    typed(cluster, """kubectl patch quota q -p '{"spec":{"hard":{"pods":"3"}}}'""")
    at(cluster, "6m")
    assert len(rows(typed(cluster, "kubectl get pods"))) == 3


def test_a_limit_range_fills_in_what_a_pod_does_not_say() -> None:
    """test/e2e/scheduling/limit_range.go."""
    cluster = empty(
        "v1.8",
        more="flags: {apiserver: {admission-control: 'NamespaceLifecycle,LimitRanger,ResourceQuota'}}\n",
    )
    limits = "{type: Container, max: {cpu: 200m}, default: {cpu: 100m}, defaultRequest: {cpu: 50m}}"
    create(cluster, "v1", "LimitRange", "l", f"spec: {{limits: [{limits}]}}")
    create(cluster, "v1", "Pod", "p", "spec: {containers: [{name: a, image: nginx}]}")
    told = typed(cluster, "kubectl get pod p -o jsonpath={.spec.containers[0].resources}")
    assert told == "map[limits:map[cpu:100m] requests:map[cpu:50m]]"
    large = "spec: {containers: [{name: a, image: nginx, resources: {limits: {cpu: 500m}}}]}"
    assert "maximum cpu usage per Container is 200m, but limit is 500m" in create(
        cluster, "v1", "Pod", "q", large
    )


def test_a_budget_lets_go_one_pod_after_another() -> None:
    """test/e2e/apps/disruption.go, "should allow an eviction / block an eviction": a drain goes on when the
    replacement is ready."""
    cluster = empty("v1.36", nodes=3)
    typed(cluster, "kubectl create deploy web --image=nginx --replicas=3")
    typed(cluster, "kubectl create pdb p --selector=app=web --min-available=2")
    at(cluster, "30s")
    assert rows(typed(cluster, "kubectl get pdb"))[0][3] == "1"
    node = rows(typed(cluster, "kubectl get pods -o wide"))[0][6]
    typed(cluster, f"kubectl drain {node}")
    at(cluster, "2m")
    found = rows(typed(cluster, "kubectl get pods -o wide"))
    assert [row[2] for row in found] == ["Running"] * 3
    assert node not in {row[6] for row in found}


def test_a_budget_of_one_pod_that_must_stay_holds_a_drain_for_ever() -> None:
    """system-upgrade-controller#78: one replica, and minAvailable 1."""
    cluster = empty("v1.36")
    typed(cluster, "kubectl create deploy web --image=nginx")
    typed(cluster, "kubectl create pdb p --selector=app=web --min-available=1")
    at(cluster, "30s")
    node = rows(typed(cluster, "kubectl get pods -o wide"))[0][6]
    typed(cluster, f"kubectl drain {node}")
    at(cluster, "30m")
    assert [row[6] for row in rows(typed(cluster, "kubectl get pods -o wide"))] == [node]


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_without_etcd_nothing_is_answered_and_everything_goes_on(release: str) -> None:
    """kubernetes.io, "Troubleshooting Clusters": running pods go on; nodes are Ready after it is back."""
    cluster = empty(release, more="actions: [{at: 10s, do: stop-etcd}, {at: 60s, do: start-etcd}]\n")
    at(cluster, "20s")
    assert "etcd" in typed(cluster, "kubectl get nodes")
    at(cluster, "3m")
    assert [row[1] for row in rows(typed(cluster, "kubectl get nodes"))] == ["Ready", "Ready"]


BROKEN = """kubectl apply -f -
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
      - name: a
        image: nginx
        readinessProbe: {{httpGet: {{port: 9999}}}}
        lifecycle: {{preStop: {{sleep: {{seconds: 20}}}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: p}}
spec: {{minAvailable: 1, selector: {{matchLabels: {{app: web}}}}{policy}}}
"""


@pytest.mark.parametrize(
    ("policy", "goes"), [("", False), (", unhealthyPodEvictionPolicy: AlwaysAllow", True)]
)
def test_a_pod_that_is_never_ready_holds_a_drain_unless_its_budget_lets_it_go(
    policy: str, goes: bool
) -> None:
    """kk#72320; https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy"""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, BROKEN.format(replicas=1, policy=policy))
    at(cluster, "20s")
    told = typed(cluster, "kubectl drain n1")
    at(cluster, "25s")
    assert ("evicting pod default/web-" in told) is True
    condition = (
        "kubectl get pods -o jsonpath='{.items[*].status.conditions[?(@.type==\"DisruptionTarget\")]}'"
    )
    assert ("EvictionByEvictionAPI" in typed(cluster, condition)) is goes


def test_the_requests_of_a_node_count_init_containers_and_sidecars() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
        "  initContainers:\n"
        "  - {name: i, image: busybox, command: [sleep, '1'], resources: {requests: {cpu: '1'}}}\n"
        "  - {name: s, image: nginx, restartPolicy: Always, resources: {requests: {memory: 64Mi}}}\n"
        "  containers: [{name: a, image: nginx, resources: {requests: {cpu: 100m, memory: 64Mi}}}]\n",
    )
    at(cluster, "10s")
    (row,) = (
        line.split() for line in typed(cluster, "kubectl describe node n1").splitlines() if " p " in line
    )
    assert (row[2], row[6]) == ("1", "128Mi")


@pytest.mark.parametrize(("release", "stays"), [("v1.7", True), ("v1.8", True), ("v1.36", False)])
def test_an_owner_in_another_namespace_is_none_today(release: str, stays: bool) -> None:
    """kubernetes.io, "Owners and Dependents": since v1.20 it counts as missing, and that is told."""
    cluster = empty(release)
    typed(cluster, "kubectl create namespace other")
    version = "apps/v1" if release == "v1.36" else "extensions/v1beta1"
    typed(
        cluster,
        f"kubectl create -n other -f -\napiVersion: {version}\nkind: ReplicaSet\nmetadata: {{name: owner}}\n"
        f"{SET.replace('replicas: 2', 'replicas: 0')}\n",
    )
    uid = typed(cluster, "kubectl get rs owner -n other -o jsonpath={.metadata.uid}")
    owner = f"ownerReferences: [{{apiVersion: {version}, kind: ReplicaSet, name: owner, uid: {uid}}}]"
    pod = f"metadata: {{name: p, {owner}}}\nspec: {{containers: [{{name: a, image: nginx}}]}}\n"
    typed(cluster, f"kubectl create -f -\napiVersion: v1\nkind: Pod\n{pod}")
    at(cluster, "90s")
    assert ("p" in typed(cluster, "kubectl get pods -o jsonpath={.items[*].metadata.name}")) is stays
    told = "OwnerRefInvalidNamespace" in typed(cluster, "kubectl get events")
    assert told is not stays
