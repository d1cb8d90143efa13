"""Disks that only one node may have, and the pods that follow them: what people reported of clouds.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, rows, typed

DISKS = {
    "v1.7": ("apps/v1beta1", "awsElasticBlockStore: {volumeID: vol-1}", "kubernetes.io/aws-ebs/vol-1"),
    "v1.8": ("apps/v1beta2", "gcePersistentDisk: {pdName: d1}", "kubernetes.io/gce-pd/d1"),
    "v1.36": (
        "apps/v1",
        "csi: {driver: ebs.csi.aws.com, volumeHandle: vol-1}",
        "kubernetes.io/csi/ebs.csi.aws.com^vol-1",
    ),
}
ATTACHED = "kubectl get node {} -o jsonpath='{{.status.volumesAttached[*].name}}'"


def with_disk(release: str, strategy: str = "Recreate", mode: str = "ReadWriteOnce") -> Cluster:
    """A Deployment of one pod with a disk, on n1, half a minute old."""
    version, disk, _name = DISKS[release]
    cluster = cluster_of(f"release: {release}\nnodes: 3\nobjects: []\n")
    typed(cluster, "kubectl cordon n2; kubectl cordon n3")
    typed(
        cluster,
        f"""kubectl create -f -
apiVersion: v1
kind: PersistentVolume
metadata: {{name: pv}}
spec: {{capacity: {{storage: 1Gi}}, accessModes: [{mode}], {disk}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: claim}}
spec: {{accessModes: [{mode}], resources: {{requests: {{storage: 1Gi}}}}}}
---
apiVersion: {version}
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: 1
  strategy: {{type: {strategy}}}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      volumes: [{{name: v, persistentVolumeClaim: {{claimName: claim}}}}]
      containers: [{{name: a, image: 'nginx:1.13', volumeMounts: [{{name: v, mountPath: /d}}]}}]
""",
    )
    at(cluster, "30s")
    typed(cluster, "kubectl uncordon n2; kubectl uncordon n3")
    return cluster


def test_volumes_of_a_driver_that_needs_no_attaching_are_mounted_at_once() -> None:
    """kubernetes-csi.github.io, "Skip attach": no VolumeAttachment, and the pod runs."""
    cluster = cluster_of("release: v1.36\nnodes: 3\nobjects: []\n")
    typed(
        cluster,
        """kubectl create -f -
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: nfs.csi.k8s.io}
spec: {attachRequired: false}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteMany]
  csi: {driver: nfs.csi.k8s.io, volumeHandle: share}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeName: n1
  volumes: [{name: v, persistentVolumeClaim: {claimName: claim}}]
  containers: [{name: a, image: 'nginx:1.13', volumeMounts: [{name: v, mountPath: /d}]}]
""",
    )
    at(cluster, "30s")
    assert cluster.object("pods", "default/web").status.phase == "Running"
    assert not cluster.objects("volumeattachments")
    status = cluster.object("nodes", "n1").status
    assert not status.volumes_attached
    assert not status.volumes_in_use


def pods(cluster: Cluster) -> dict[str, str]:
    """Node -> what the pod there does."""
    return {row[6]: row[2] for row in rows(typed(cluster, "kubectl get pods -o wide"))}


def multi_attach_errors(cluster: Cluster) -> list[str]:
    events = typed(cluster, "kubectl get events").splitlines()
    return [line.partition("Multi-Attach")[2] for line in events if "FailedAttachVolume" in line]


@pytest.mark.parametrize("release", DISKS)
def test_a_disk_is_attached_to_the_node_of_its_pod_and_goes_with_it(release: str) -> None:
    cluster = with_disk(release)
    assert typed(cluster, ATTACHED.format("n1")) == DISKS[release][2]
    typed(cluster, "kubectl cordon n1; kubectl delete pods --all")
    at(cluster, "90s")
    (node,) = (node for node, state in pods(cluster).items() if state == "Running")
    assert node != "n1"
    assert typed(cluster, ATTACHED.format("n1")) == ""
    assert typed(cluster, ATTACHED.format(node)) == DISKS[release][2]


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_kubelets_tell_of_each_volume_that_is_mounted(release: str) -> None:
    """kk#43852"""
    told = typed(with_disk(release), "kubectl get events")
    assert 'MountVolume.SetUp succeeded for volume "pv"' in told


def test_today_it_is_told_that_a_disk_was_attached() -> None:
    told = typed(with_disk("v1.36"), "kubectl get events")
    assert 'AttachVolume.Attach succeeded for volume "pv"' in told
    assert "SuccessfulMountVolume" not in told


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("v1.7", "Volume is already exclusively attached to one node and can't be attached to another"),
        ("v1.8", "Volume is already exclusively attached to one node and can't be attached to another"),
        ("v1.36", "Volume is already used by pod(s) web-"),
    ],
)
def test_a_rolling_update_to_another_node_never_gets_the_disk(release: str, words: str) -> None:
    """kk#53059, kk#67342: the new pod waits for the disk, the old one for the new pod."""
    cluster = with_disk(release, strategy="RollingUpdate")
    typed(cluster, "kubectl cordon n1; kubectl set image deployment/web a=nginx:1.14")
    at(cluster, "8m")
    assert pods(cluster)["n1"] == "Running"
    assert "ContainerCreating" in pods(cluster).values()
    (told,) = multi_attach_errors(cluster)
    assert words in told
    late = "timeout expired waiting for volumes to attach/mount"
    if release == "v1.36":
        late = "unmounted volumes=[v], unattached volumes=[v], failed to process volumes=[]"
    assert late in typed(cluster, "kubectl get events")


def test_a_disk_that_many_may_read_is_attached_to_several_nodes() -> None:
    cluster = with_disk("v1.8", strategy="RollingUpdate", mode="ReadOnlyMany")
    typed(cluster, "kubectl cordon n1; kubectl set image deployment/web a=nginx:1.14")
    at(cluster, "4m")
    assert "n1" not in {node for node, state in pods(cluster).items() if state == "Running"}
    assert multi_attach_errors(cluster) == []


@pytest.mark.parametrize("release", DISKS)
def test_the_pod_of_a_dead_node_keeps_its_disk_until_it_is_forced_and_six_minutes_more(release: str) -> None:
    """kk#65392: the replacement of an evicted pod hangs in ContainerCreating."""
    cluster = with_disk(release)
    at(cluster, "60s")
    typed(cluster, "poweroff", "n1")
    at(cluster, "20m")
    assert "ContainerCreating" in pods(cluster).values()
    old = next(row[0] for row in rows(typed(cluster, "kubectl get pods -o wide")) if row[6] == "n1")
    typed(cluster, f"kubectl delete pod {old} --force --grace-period=0")
    at(cluster, "25m55s")
    assert typed(cluster, ATTACHED.format("n1")) == DISKS[release][2]
    at(cluster, "26m5s")
    assert typed(cluster, ATTACHED.format("n1")) == ""
    at(cluster, "29m")
    assert list(pods(cluster).values()) == ["Running"]


@pytest.mark.parametrize("release", DISKS)
def test_without_its_node_object_a_disk_that_was_in_use_is_free_after_six_minutes(release: str) -> None:
    """kk#50944; kubernetes-sigs/aws-ebs-csi-driver#464 (attach_detach_controller.go nodeDelete)."""
    cluster = with_disk(release)
    at(cluster, "60s")
    typed(cluster, "poweroff", "n1")
    at(cluster, "3m")
    typed(cluster, "kubectl delete node n1")
    at(cluster, "9m")
    assert list(pods(cluster).values()) == ["ContainerCreating"]
    assert len(multi_attach_errors(cluster)) == 1
    at(cluster, "15m")
    ((node, state),) = pods(cluster).items()
    assert state == "Running"
    attached = cluster.objects("volumeattachments").values() if release == "v1.36" else ()
    assert [one.spec["nodeName"] for one in attached] == [node] * len(attached)


@pytest.mark.parametrize(("release", "free"), [("v1.7", True), ("v1.8", True), ("v1.36", False)])
def test_a_controller_manager_that_restarts_knows_only_today_of_disks_on_nodes_without_object(
    release: str, free: bool
) -> None:
    """attach_detach_controller.go populateActualStateOfWorld, processVolumeAttachments"""
    cluster = with_disk(release)
    at(cluster, "60s")
    typed(cluster, "poweroff", "n1")
    at(cluster, "3m")
    typed(cluster, "kubectl delete node n1")
    typed(cluster, "systemctl restart kube-controller-manager", "master")
    at(cluster, "7m")
    assert (list(pods(cluster).values()) == ["Running"]) is free
    at(cluster, "16m")
    assert list(pods(cluster).values()) == ["Running"]


@pytest.mark.parametrize("release", DISKS)
def test_a_node_that_comes_back_is_told_which_disks_it_has(release: str) -> None:
    cluster = with_disk(release)
    at(cluster, "60s")
    before = typed(cluster, ATTACHED.format("n1"))
    typed(cluster, "kubectl delete node n1; systemctl restart kubelet", "n1")
    at(cluster, "70s")
    assert before
    assert typed(cluster, ATTACHED.format("n1")) == before


def test_the_out_of_service_taint_detaches_disks_at_once() -> None:
    """website: Non-graceful node shutdown handling."""
    cluster = with_disk("v1.36")
    at(cluster, "60s")
    typed(cluster, "poweroff", "n1")
    at(cluster, "3m")
    typed(cluster, "kubectl taint nodes n1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute")
    at(cluster, "4m30s")
    assert list(pods(cluster).values()) == ["Running"]


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_a_pod_does_not_start_without_the_claim_it_names(release: str) -> None:
    """The scheduler of old counts a claim that is not there as some disk; the kubelet waits for it."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")
    typed(
        cluster,
        "kubectl create -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
        "  volumes: [{name: v, persistentVolumeClaim: {claimName: nope}}]\n"
        "  containers: [{name: a, image: nginx, volumeMounts: [{name: v, mountPath: /d}]}]\n",
    )
    at(cluster, "3m")
    assert rows(typed(cluster, "kubectl get pods"))[0][2] == "ContainerCreating"
    assert "timeout expired waiting for volumes to attach/mount" in typed(cluster, "kubectl describe pod p")


def test_a_volume_attachment_says_where_a_disk_of_today_is() -> None:
    cluster = with_disk("v1.36")
    (row,) = rows(typed(cluster, "kubectl get volumeattachments"))
    assert row[1:5] == ["ebs.csi.aws.com", "pv", "n1", "true"]
    assert row[0].startswith("csi-")
    assert len(row[0]) == len("csi-") + 64
    typed(cluster, "kubectl cordon n1; kubectl delete pods --all")
    at(cluster, "90s")
    (node,) = (node for node, state in pods(cluster).items() if state == "Running")
    (row,) = rows(typed(cluster, "kubectl get volumeattachments"))
    assert row[1:5] == ["ebs.csi.aws.com", "pv", node, "true"]
    told = [event.verb for event in cluster.record if event.object.startswith("volumeattachments/")]
    assert told[:2] == ["create", "patch"]
    assert told.count("delete") >= 1
