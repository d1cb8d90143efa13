"""Volumes and claims: when they are bound, what becomes of them, what may change: what people reported."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, rows, typed

CLAIM = """kubectl apply -f -
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: {name}}}
spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}{more}}}
"""
VOLUME = """kubectl apply -f -
apiVersion: v1
kind: PersistentVolume
metadata: {{name: {name}}}
spec: {{capacity: {{storage: 5Gi}}, accessModes: [ReadWriteOnce], {more}}}
"""
POD = """kubectl apply -f -
apiVersion: v1
kind: Pod
metadata: {name: user}
spec:
  volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]
  containers: [{name: a, image: nginx, volumeMounts: [{name: v, mountPath: /d}]}]
"""


def late(provisioner: str) -> Cluster:
    """A class that waits for the first consumer, and a claim of it."""
    cluster = cluster_of("release: v1.36\nnodes: 3\nobjects: []\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: late}\n"
        f"provisioner: {provisioner}\nvolumeBindingMode: WaitForFirstConsumer\n",
    )
    typed(cluster, CLAIM.format(name="claim", more=", storageClassName: late"))
    return cluster


def statuses(cluster: Cluster, what: str) -> list[str]:
    return [row[1] for row in rows(typed(cluster, f"kubectl get {what}"))]


def test_a_claim_waits_for_its_first_pod_and_gets_a_volume_of_that_pods_node() -> None:
    """https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode"""
    cluster = late("kubernetes.io/no-provisioner")
    place = "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, "
    for name, size in (("n2", "5Gi"), ("n3", "2Gi")):
        where = (
            f"local: {{path: /x}}, {place}operator: In, values: [{name}]}}]}}]}}}}, storageClassName: late"
        )
        typed(cluster, VOLUME.format(name=f"on-{name}", more=where).replace("5Gi", size))
    at(cluster, "10s")
    assert statuses(cluster, "pvc") == ["Pending"]
    assert "waiting for first consumer to be created before binding" in typed(cluster, "kubectl describe pvc")
    typed(cluster, "kubectl cordon n3")
    typed(cluster, POD)
    at(cluster, "25s")
    assert rows(typed(cluster, "kubectl get pvc"))[0][1:3] == ["Bound", "on-n2"]
    assert rows(typed(cluster, "kubectl get pods -o wide"))[0][2:7:4] == ["Running", "n2"]


def test_a_pod_waits_ten_minutes_for_a_volume_that_nobody_makes() -> None:
    """kk#113326 and many more: the provisioner does not run."""
    cluster = late("ebs.csi.aws.com")
    typed(cluster, POD)
    at(cluster, "9m")
    assert statuses(cluster, "pods") == ["0/1"]
    assert "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com'" in typed(
        cluster, "kubectl describe pvc claim"
    )
    nominated = "kubectl get pod user -o jsonpath={.status.nominatedNodeName}"
    assert typed(cluster, nominated).startswith("n"), "the pod waits for its volume on a node of its own"
    at(cluster, "11m")
    late_words = 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'
    assert late_words in typed(cluster, "kubectl describe pod user")
    typed(cluster, "kubectl delete pod user --wait=false")
    at(cluster, "12m")
    assert typed(cluster, "kubectl get pods") == "No resources found in default namespace."


RECLAIMED = (
    ("hostPath: {path: /data}", "Retain", ["Released"], ""),
    ("hostPath: {path: /tmp/data}", "Delete", [], ""),
    ("hostPath: {path: /data}", "Delete", ["Failed"], "host_path deleter only supports /tmp/.+ but received"),
    ("nfs: {server: a, path: /x}", "Delete", ["Failed"], "no deletable volume plugin matched"),
    (
        'iscsi: {targetPortal: a, iqn: "iqn.2001-04.com.example:b", lun: 0}',
        "Recycle",
        ["Failed"],
        "No recycler plugin found for the",
    ),
    ("nfs: {server: a, path: /x}", "Recycle", ["Available"], "Volume recycled"),
)


@pytest.mark.parametrize(("source", "policy", "left", "told"), RECLAIMED)
@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_volume_without_its_claim_is_kept_deleted_or_emptied(
    release: str, source: str, policy: str, left: list[str], told: str
) -> None:
    # https://github.com/kubernetes/kubernetes/issues/32101, minikube#1783
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, VOLUME.format(name="pv", more=f"{source}, persistentVolumeReclaimPolicy: {policy}"))
    typed(cluster, CLAIM.format(name="claim", more=""))
    at(cluster, "5s")
    typed(cluster, "kubectl delete pvc claim")
    at(cluster, "30s")
    assert [row[4] for row in rows(typed(cluster, "kubectl get pv"))] == left
    assert told in typed(cluster, "kubectl describe pv")


GROW = 'kubectl patch pvc claim -p \'{{"spec":{{"resources":{{"requests":{{"storage":"{0}"}}}}}}}}\''


@pytest.mark.parametrize(
    ("release", "expands", "size", "told"),
    [
        ("v1.7", False, "2Gi", "spec: Forbidden: field is immutable after creation"),
        ("v1.36", False, "2Gi", "only dynamically provisioned pvc can be resized and the storageclass that"),
        ("v1.36", True, "2Gi", "persistentvolumeclaim/claim patched"),
        ("v1.36", True, "500Mi", "field can not be less than status.capacity"),
    ],
)
def test_a_claim_grows_only_where_its_class_allows_it(
    release: str, expands: bool, size: str, told: str
) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl apply -f -\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: big}\n"
        "provisioner: example.com/x\n" + ("allowVolumeExpansion: true\n" if expands else ""),
    )
    typed(cluster, VOLUME.format(name="pv", more="hostPath: {path: /data}, storageClassName: big"))
    typed(cluster, CLAIM.format(name="claim", more=", storageClassName: big"))
    at(cluster, "5s")
    assert told in typed(cluster, GROW.format(size))


def test_a_claim_that_has_no_volume_yet_does_not_change_today() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, CLAIM.format(name="claim", more=""))
    assert "spec is immutable after creation" in typed(cluster, GROW.format("2Gi"))


@ALL
def test_a_bound_claim_whose_volume_is_given_to_another_is_lost(release: str) -> None:
    """v1.36 pkg/controller/volume/persistentvolume/pv_controller.go, syncBoundClaim."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(cluster, VOLUME.format(name="disk", more="hostPath: {path: /d}"))
    typed(cluster, CLAIM.format(name="first", more=""))
    at(cluster, "5s")
    assert statuses(cluster, "pvc") == ["Bound"]
    patch = '{"spec":{"claimRef":{"name":"second","uid":"11111111-2222-3333-4444-555555555555"}}}'
    typed(cluster, f"kubectl patch pv disk -p '{patch}'")
    at(cluster, "25s")
    assert statuses(cluster, "pvc") == ["Lost"]
    assert "Two claims are bound to the same volume" in typed(cluster, "kubectl describe pvc first")
    at(cluster, "60s")
    assert typed(cluster, "kubectl get events").count("ClaimMisbound") == 1
