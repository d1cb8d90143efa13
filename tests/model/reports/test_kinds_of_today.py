"""Kinds that manifests of today have: what a kube-apiserver v1.36.2 lists, and what becomes of them."""

import base64

import pytest

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, typed

REQUEST = base64.b64encode(
    b"-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n"
).decode()
SIGNING = f"""\
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {{name: mine}}
spec:
  request: {REQUEST}
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 86400
  usages: [client auth]
"""
CRON = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec:
  schedule: "%s"
  timeZone: "%s"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}}
"""


@pytest.fixture
def cluster() -> Cluster:
    return cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")


def test_api_resources_lists_what_a_real_server_lists(cluster: Cluster) -> None:
    """Recorded: kubectl api-resources of v1.36.2."""
    listed = [line.split()[0] for line in typed(cluster, "kubectl api-resources --no-headers").splitlines()]
    assert listed[17:23] == [
        "mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations",
        "validatingadmissionpolicies", "validatingadmissionpolicybindings", "validatingwebhookconfigurations",
    ]  # fmt: skip
    assert listed.count("events") == 2
    assert "tokenreviews" in listed
    assert len(listed) == 67


@pytest.mark.parametrize(
    ("version", "kind", "rest"),
    [
        ("resource.k8s.io/v1", "ResourceSlice", "spec: {driver: gpu.example.com}"),
        ("storage.k8s.io/v1", "CSINode", "spec: {drivers: []}"),
        ("storage.k8s.io/v1", "CSIStorageCapacity", "storageClassName: fast\ncapacity: 1Gi"),
        (
            "storage.k8s.io/v1",
            "VolumeAttachment",
            "spec: {attacher: a, nodeName: n1, source: {persistentVolumeName: p}}",
        ),
        (
            "admissionregistration.k8s.io/v1",
            "MutatingWebhookConfiguration",
            "webhooks: []",
        ),
    ],
)
def test_it_is_kept(cluster: Cluster, version: str, kind: str, rest: str) -> None:
    manifest = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n{rest}\n"
    group = version.partition("/")[0]
    made = typed(cluster, f"kubectl apply -f -\n{manifest}")
    assert f"{kind.lower()}.{group}/a created" in made.splitlines()


def test_a_request_for_a_certificate_is_approved(cluster: Cluster) -> None:
    """kubernetes.io, "Issue a Certificate for a Kubernetes API Client Using A CertificateSigningRequest"."""
    assert "created" in typed(cluster, f"kubectl apply -f -\n{SIGNING}")
    head, row = typed(cluster, "kubectl get csr").splitlines()
    assert head.split() == ["NAME", "AGE", "SIGNERNAME", "REQUESTOR", "REQUESTEDDURATION", "CONDITION"]
    assert row.split()[2:] == ["kubernetes.io/kube-apiserver-client", "admin", "24h", "Pending"]
    told = typed(cluster, "kubectl certificate approve mine")
    assert told == "certificatesigningrequest.certificates.k8s.io/mine approved"
    assert typed(cluster, "kubectl get csr").split()[-1] == "Approved"


def test_a_request_for_a_certificate_is_validated(cluster: Cluster) -> None:
    told = typed(cluster, "kubectl apply -f -\n" + SIGNING.replace("[client auth]", "[]"))
    assert "spec.usages: Required value" in told
    told = typed(cluster, "kubectl apply -f -\n" + SIGNING.replace(REQUEST, "aGVsbG8="))
    assert "PEM block type must be CERTIFICATE REQUEST" in told


def test_every_namespace_has_the_root_certificate(cluster: Cluster) -> None:
    """kubernetes.io, "Kubernetes API concepts"; a quota of config maps counts one in an empty namespace."""
    typed(cluster, "kubectl create ns team")
    at(cluster, "5s")
    assert typed(cluster, "kubectl get cm -n team -o name") == "configmap/kube-root-ca.crt"
    typed(cluster, "kubectl delete cm kube-root-ca.crt -n team")
    at(cluster, "10s")
    assert typed(cluster, "kubectl get cm -n team -o name") == "configmap/kube-root-ca.crt"


def test_old_releases_publish_no_certificate() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    at(cluster, "10s")
    assert typed(cluster, "kubectl get cm") == "No resources found."


@pytest.mark.parametrize(
    ("schedule", "zone", "told"),
    [
        ("* * * * *", "Nowhere/Land", "unknown time zone Nowhere/Land"),
        ("* * * * *", "", "timeZone must be nil or non-empty string"),
        ("* * * * *", "Local", "timeZone must be an explicit time zone"),
        ("TZ=UTC * * * * *", "Etc/UTC", "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
    ],
)
def test_a_time_zone_that_is_none_is_refused(cluster: Cluster, schedule: str, zone: str, told: str) -> None:
    assert told in typed(cluster, "kubectl apply -f -\n" + CRON % (schedule, zone))


def test_a_time_zone_is_taken(cluster: Cluster) -> None:
    assert "created" in typed(cluster, "kubectl apply -f -\n" + CRON % ("* * * * *", "Europe/Berlin"))


def test_a_program_that_is_not_there_is_told_in_the_words_of_the_runtime(cluster: Cluster) -> None:
    """The error that most people meet who exec into a small image."""
    typed(cluster, "kubectl run web --image=nginx")
    at(cluster, "20s")
    told = typed(cluster, "kubectl exec web -- vim; echo $?").splitlines()
    assert told[0].startswith("error: Internal error occurred: error executing command in container: ")
    missing = 'exec: "vim": executable file not found in $PATH: unknown'
    assert told[0].endswith(f"exec failed: unable to start container process: {missing}")
    assert told[1] == "1"


def test_docker_says_so_in_others_and_ends_with_126() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl run web --image=nginx --restart=Never")
    at(cluster, "20s")
    told = typed(cluster, "kubectl exec web -- vim; echo $?")
    assert "container_linux.go:247: starting container process caused" in told
    assert "command terminated with exit code 126\n126" in told


def test_kubectl_ends_as_the_command_in_the_container_did(cluster: Cluster) -> None:
    typed(cluster, "kubectl run web --image=nginx")
    at(cluster, "20s")
    assert typed(cluster, "kubectl exec web -- sh -c 'exit 3'; echo $?") == (
        "command terminated with exit code 3\n3"
    )
    assert typed(cluster, "kubectl get pod nobody; echo $?").endswith("\n1")
    assert typed(cluster, "kubectl get pod web -o name; echo $?") == "pod/web\n0"
