"""Claims for which volumes are made: the tutorials of StatefulSets, of MySQL and WordPress, of Cassandra."""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, create, rows, typed

CLAIM = "metadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"
OWN = f"{CLAIM}, storageClassName: standard}}"
"""It names its class: in v1.7 and v1.8 no admission plugin does that by default."""


def provisioned(release: str, *, enabled: bool = True) -> Cluster:
    """A default class, and a controller manager that makes its volumes."""
    flag = f"flags: {{controller-manager: {{enable-hostpath-provisioner: {str(enabled).lower()}}}}}"
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: []\naddons: [standard-storage]\n{flag}\n")


@ALL
def test_a_claim_gets_a_directory_of_its_own_which_goes_with_it(release: str) -> None:
    cluster = provisioned(release)
    create(cluster, "PersistentVolumeClaim", OWN)
    at(cluster, "5s")
    ((name, status, volume, size, modes, storage_class, *_rest),) = rows(typed(cluster, "kubectl get pvc"))
    assert (name, status, size, modes, storage_class) == ("data", "Bound", "1Gi", "RWO", "standard")
    described = typed(cluster, "kubectl describe pvc data")
    assert f"Successfully provisioned volume {volume} using kubernetes.io/host-path" in described
    assert "storage-provisioner: kubernetes.io/host-path" in described.replace(
        "storage-provisioner=", "storage-provisioner: "
    )
    assert "/tmp/hostpath_pv/" in typed(cluster, f"kubectl describe pv {volume}")
    typed(cluster, "kubectl delete pvc data")
    at(cluster, "25s")
    assert rows(typed(cluster, "kubectl get pv")) == []


@ALL
def test_without_its_flag_the_controller_manager_makes_none(release: str) -> None:
    cluster = provisioned(release, enabled=False)
    create(cluster, "PersistentVolumeClaim", OWN)
    at(cluster, "20s")
    word = "provisioning" if release == "v1.36" else "Provisioning"
    why = f'Failed to create provisioner: {word} in volume plugin "kubernetes.io/host-path" is disabled'
    assert why in typed(cluster, "kubectl describe pvc data")
    assert rows(typed(cluster, "kubectl get pvc"))[0][1] == "Pending"


def test_a_volume_that_is_deleted_first_stays_until_its_claim_is_gone() -> None:
    cluster = provisioned("v1.36")
    create(cluster, "PersistentVolumeClaim", OWN)
    at(cluster, "5s")
    typed(cluster, "kubectl delete pv --all --wait=false")
    at(cluster, "20s")
    assert rows(typed(cluster, "kubectl get pv"))[0][4] == "Terminating"
    typed(cluster, "kubectl delete pvc data --wait=false")
    at(cluster, "40s")
    assert rows(typed(cluster, "kubectl get pv")) == []


@pytest.mark.parametrize(
    ("of_class", "of_claim", "told"),
    [
        ("mountOptions: [debug]", "", 'StorageClass "own" has mount options [debug]'),
        ("", ", volumeMode: Block", "kubernetes.io/host-path does not support block volume provisioning"),
    ],
)
def test_what_directories_cannot_be_is_told(of_class: str, of_claim: str, told: str) -> None:
    cluster = provisioned("v1.36")
    kind = f"metadata: {{name: own}}\nprovisioner: kubernetes.io/host-path\n{of_class}"
    create(cluster, "StorageClass", kind, "storage.k8s.io/v1")
    create(cluster, "PersistentVolumeClaim", f"{CLAIM}, storageClassName: own{of_claim}}}")
    at(cluster, "5s")
    assert told in typed(cluster, "kubectl describe pvc data")


def test_a_claim_of_a_class_of_old_waits_for_the_driver_of_today() -> None:
    cluster = provisioned("v1.36")
    kind = "metadata: {name: gold}\nprovisioner: kubernetes.io/gce-pd"
    create(cluster, "StorageClass", kind, "storage.k8s.io/v1")
    create(cluster, "PersistentVolumeClaim", f"{CLAIM}, storageClassName: gold}}")
    at(cluster, "5s")
    assert "external provisioner 'pd.csi.storage.gke.io'" in typed(cluster, "kubectl describe pvc data")


@ALL
def test_what_a_pod_writes_is_there_for_the_next_one(release: str) -> None:
    cluster = provisioned(release)
    create(cluster, "PersistentVolumeClaim", OWN)
    pod = (
        "metadata: {name: user}\nspec:\n  volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]\n"
        "  containers: [{name: a, image: nginx, volumeMounts: [{name: v, mountPath: /d}]}]"
    )
    create(cluster, "Pod", pod)
    at(cluster, "20s")
    typed(cluster, "kubectl exec user -- sh -c 'echo kept > /d/x'")
    typed(cluster, "kubectl delete pod user --now")
    at(cluster, "60s")
    create(cluster, "Pod", pod)
    at(cluster, "90s")
    assert typed(cluster, "kubectl exec user -- cat /d/x") == "kept"


def test_today_a_claim_that_names_no_class_gets_the_default_one() -> None:
    cluster = provisioned("v1.36")
    create(cluster, "PersistentVolumeClaim", f"{CLAIM}}}")
    at(cluster, "5s")
    assert rows(typed(cluster, "kubectl get pvc"))[0][1:6:4] == ["Bound", "standard"]
