"""What is used stays: claims, volumes, and namespaces with something in them; and what a set waits for."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

STORAGE = """kubectl apply -f -
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec:
  storageClassName: manual
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  hostPath: {path: /data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]
  containers: [{name: a, image: nginx, volumeMounts: [{name: v, mountPath: /d}]}]
"""


def with_storage(release: str) -> Cluster:
    """A pod that uses a claim, which has a volume."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, STORAGE)
    at(cluster, "20s")
    return cluster


def phase(cluster: Cluster, what: str) -> list[str]:
    """What `kubectl get` prints in the column STATUS; nothing where there is no such object."""
    return [
        next(word for word in row if word in ("Bound", "Terminating", "Released", "Available", "Lost"))
        for row in rows(typed(cluster, f"kubectl get {what}"))
    ]


@pytest.mark.parametrize(("release", "left"), [("v1.8", []), ("v1.36", ["Terminating"])])
def test_a_claim_that_a_pod_uses_is_gone_at_once_only_in_old_releases(release: str, left: list[str]) -> None:
    # https://github.com/kubernetes/kubernetes/pull/55824
    cluster = with_storage(release)
    typed(cluster, "kubectl delete pvc claim" + (" --wait=false" if release == "v1.36" else ""))
    at(cluster, "30s")
    assert phase(cluster, "pvc") == left


def test_the_claim_goes_with_its_last_pod_and_leaves_its_volume_released() -> None:
    # https://github.com/kubernetes/kubernetes/issues/69697
    cluster = with_storage("v1.36")
    typed(cluster, "kubectl delete pvc claim --wait=false")
    at(cluster, "30s")
    told = typed(cluster, "kubectl describe pvc claim")
    assert "Status:        Terminating (lasts " in told
    assert "Finalizers:    [kubernetes.io/pvc-protection]" in told
    assert "Used By:       user" in told
    typed(cluster, "kubectl delete pod user --wait=false")
    at(cluster, "45s")
    assert (phase(cluster, "pvc"), phase(cluster, "pv")) == ([], ["Released"])


def test_a_claim_stays_for_pods_that_have_ended_until_they_are_deleted() -> None:
    """v1.36 pvc_protection_controller_test.go: pod with the PVC finished but is not deleted."""
    cluster = with_storage("v1.36")
    over = STORAGE.partition("\n")[0] + "\n" + STORAGE.rpartition("---\n")[2].replace("user", "over")
    over = over.replace("image: nginx", "image: busybox, command: [sh, -c, 'exit 0']")
    typed(cluster, over.replace("terminationGracePeriodSeconds: 1", "restartPolicy: Never"))
    typed(cluster, "kubectl delete pod user --wait=false")
    at(cluster, "40s")
    assert [row[2] for row in rows(typed(cluster, "kubectl get pods"))] == ["Completed"]
    typed(cluster, "kubectl delete pvc claim --wait=false")
    at(cluster, "50s")
    assert phase(cluster, "pvc") == ["Terminating"]
    typed(cluster, "kubectl delete pod over --wait=false")
    at(cluster, "60s")
    assert phase(cluster, "pvc") == []


@pytest.mark.parametrize("what", ["pvc/claim", "pv/pv"])
def test_who_takes_the_protection_off_what_stays_finds_it_there_again(what: str) -> None:
    cluster = with_storage("v1.36")
    finalizers = f"kubectl get {what} -o jsonpath='{{.metadata.finalizers}}'"
    before = typed(cluster, finalizers)
    typed(cluster, f'kubectl patch {what} -p \'{{"metadata":{{"finalizers":null}}}}\'')
    at(cluster, "25s")
    assert before
    assert typed(cluster, finalizers) == before


def test_a_volume_is_terminating_as_long_as_it_is_bound() -> None:
    # https://github.com/kubernetes/kubernetes/issues/77258
    cluster = with_storage("v1.36")
    typed(cluster, "kubectl delete pv pv --wait=false")
    at(cluster, "25s")
    assert phase(cluster, "pv") == ["Terminating"]
    typed(cluster, "kubectl delete pod user --wait=false; kubectl delete pvc claim --wait=false")
    at(cluster, "45s")
    assert typed(cluster, "kubectl get pv") == "No resources found"


def test_no_pod_starts_with_a_claim_that_is_going() -> None:
    cluster = with_storage("v1.36")
    typed(cluster, "kubectl delete pvc claim --wait=false")
    at(cluster, "22s")
    typed(
        cluster,
        STORAGE.partition("---")[0].partition("\n")[0]
        + "\n"
        + STORAGE.rpartition("---\n")[2].replace("user", "late"),
    )
    at(cluster, "30s")
    assert 'persistentvolumeclaim "claim" is being deleted' in typed(cluster, "kubectl describe pod late")


def test_a_namespace_tells_which_finalizer_holds_it() -> None:
    # https://github.com/kubernetes/kubernetes/issues/60807, /issues/77086
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create ns foo")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm, namespace: foo, "
        "finalizers: [example.com/x]}",
    )
    typed(cluster, "kubectl delete ns foo --wait=false")
    at(cluster, "60s")
    assert "example.com/x in 1 resource instances" in " ".join(
        typed(cluster, "kubectl get ns foo -o yaml").split()
    )
    typed(cluster, 'kubectl patch cm cm -n foo --type=merge -p \'{"metadata":{"finalizers":null}}\'')
    at(cluster, "90s")
    assert "foo" not in typed(cluster, "kubectl get ns")


def test_a_namespace_without_its_finalizers_goes_and_what_it_held_is_in_the_next_of_its_name() -> None:
    # https://stackoverflow.com/q/52369247: the line most people take a stuck namespace away with.
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create ns foo; kubectl create cm cm -n foo")
    typed(cluster, 'kubectl patch cm cm -n foo -p \'{"metadata":{"finalizers":["example.com/x"]}}\'')
    typed(cluster, "kubectl delete ns foo --wait=false")
    at(cluster, "60s")
    line = (
        "kubectl get ns foo -o json | tr -d '\\n' | "
        'sed "s/\\"finalizers\\": \\[[^]]\\+\\]/\\"finalizers\\": []/" | '
        "kubectl replace --raw /api/v1/namespaces/foo/finalize -f -"
    )
    assert typed(cluster, line).startswith('{"kind":"Namespace","apiVersion":"v1","metadata":{')
    assert "foo" not in typed(cluster, "kubectl get ns")
    typed(cluster, "kubectl create ns foo")
    assert typed(cluster, "kubectl get cm cm -n foo -o jsonpath='{.metadata.deletionTimestamp}'")


def test_a_quota_of_a_class_of_priority_counts_only_its_pods() -> None:
    # https://kubernetes.io/docs/concepts/policy/resource-quotas/#resource-quota-per-priorityclass
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: high}\nspec: "
        "{hard: {pods: '1'}, scopeSelector: {matchExpressions: [{operator: In, scopeName: PriorityClass, "
        "values: [high]}]}}\n---\n"
        "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 10\n",
    )
    pod = (
        "kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"
        "spec: {%scontainers: [{name: a, image: nginx}]}\n"
    )
    assert typed(cluster, pod % ("plain", "")) == "pod/plain created"
    assert typed(cluster, pod % ("first", "priorityClassName: high, ")) == "pod/first created"
    assert "exceeded quota: high" in typed(cluster, pod % ("second", "priorityClassName: high, "))


def test_a_pod_of_a_runtime_class_that_is_not_there_is_refused() -> None:
    # https://kubernetes.io/docs/concepts/containers/runtime-class/#usage
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    pod = (
        "kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {runtimeClassName: gvisor, containers: [{name: a, image: nginx}]}\n"
    )
    assert 'pods "p" is forbidden: pod rejected: RuntimeClass "gvisor" not found' in typed(cluster, pod)
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\n"
        "handler: runsc\noverhead: {podFixed: {cpu: 250m}}\n",
    )
    assert typed(cluster, pod) == "pod/p created"
    assert typed(cluster, "kubectl get pod p -o jsonpath='{.spec.overhead.cpu}'") == "250m"


@pytest.mark.parametrize(
    ("release", "words"),
    [
        (
            "v1.8",
            "WARNING: Deleting pods not managed by ReplicationController, ReplicaSet, Job, DaemonSet or",
        ),
        ("v1.36", "Warning: deleting Pods that declare no controller: default/p"),
    ],
)
def test_a_forced_drain_warns_of_pods_that_nobody_makes_again(release: str, words: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {containers: [{name: a, image: x}]}",
    )
    at(cluster, "5s")
    assert words in typed(cluster, "kubectl drain n1 --force")


def test_an_undone_rollout_has_the_cause_of_its_revision() -> None:
    # https://github.com/kubernetes/kubernetes/issues/23087
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create deployment web --image=nginx:1")
    at(cluster, "10s")
    typed(cluster, "kubectl set image deploy/web nginx=nginx:2")
    typed(cluster, "kubectl annotate deploy web kubernetes.io/change-cause=two")
    at(cluster, "20s")
    typed(cluster, "kubectl rollout undo deploy web")
    at(cluster, "30s")
    assert rows(typed(cluster, "kubectl rollout history deploy web"))[1:] == [["2", "two"], ["3", "<none>"]]


@pytest.mark.parametrize(("release", "reason"), [("v1.7", "MatchNodeSelector"), ("v1.36", "NodeAffinity")])
def test_a_restarted_kubelet_lets_go_a_pod_that_its_labels_keep_out_by_now(release: str, reason: str) -> None:
    # https://github.com/kubernetes/kubernetes/issues/99708, /issues/76322, /issues/124586
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl label node n1 disk=ssd")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        "spec: {nodeSelector: {disk: ssd}, containers: [{name: a, image: x}]}",
    )
    at(cluster, "10s")
    typed(cluster, "kubectl label node n1 disk-")
    at(cluster, "60s")
    assert typed(cluster, "kubectl get pod p -o jsonpath='{.status.phase}'") == "Running"
    typed(cluster, "sudo systemctl restart kubelet", "n1")
    at(cluster, "90s")
    told = typed(cluster, "kubectl get pod p -o jsonpath='{.status.phase} {.status.reason}'")
    assert told == f"Failed {reason}"
    assert "nginx" not in typed(cluster, "docker ps" if release == "v1.7" else "crictl ps", "n1")


def test_a_stateful_set_with_a_broken_first_pod_does_not_shrink() -> None:
    # https://github.com/kubernetes/kubernetes/issues/67250
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n"
        "  replicas: 3\n  serviceName: web\n  selector: {matchLabels: {a: b}}\n"
        "  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, "
        "image: nginx, readinessProbe: {exec: {command: [cat, /etc/hostname]}, "
        "periodSeconds: 2, failureThreshold: 1}}]}}\n",
    )
    at(cluster, "40s")
    typed(cluster, "kubectl exec web-0 -- rm /etc/hostname")
    at(cluster, "60s")
    typed(cluster, "kubectl scale sts web --replicas=1")
    at(cluster, "120s")
    assert [row[:2] for row in rows(typed(cluster, "kubectl get pods"))] == [
        ["web-0", "0/1"],
        ["web-1", "1/1"],
        ["web-2", "1/1"],
    ]
