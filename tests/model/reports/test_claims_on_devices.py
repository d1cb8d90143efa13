"""Pods that claim devices in a cluster where no driver makes any known."""

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, create, typed

DEVICES = "devices: {requests: [{name: one, exactly: {deviceClassName: gpu.example.com}}]}"
CLAIM = f"metadata: {{name: gpu}}\nspec: {{{DEVICES}}}"
TEMPLATE = f"metadata: {{name: gpu}}\nspec: {{spec: {{{DEVICES}}}}}"
CLASS = "metadata: {name: gpu.example.com}\nspec: {}"
API = "resource.k8s.io/v1"


def claiming(source: str, more: str = "") -> str:
    claims = f"resourceClaims: [{{name: gpu, {source}}}]"
    container = "{name: a, image: nginx, resources: {claims: [{name: gpu}]}}"
    return f"metadata: {{name: web}}\nspec: {{{more}{claims}, containers: [{container}]}}"


def world() -> Cluster:
    cluster = cluster_of("release: v1.36\nnodes: 3\nobjects: []")
    at(cluster, "10s")
    return cluster


def test_a_pod_whose_claim_is_not_there_waits_without_a_word() -> None:
    """PreEnqueue keeps it out of the queue: no condition, no Event."""
    cluster = world()
    create(cluster, "Pod", claiming("resourceClaimName: gpu"))
    at(cluster, "30s")
    described = typed(cluster, "kubectl describe pod web")
    assert "Pending" in described
    assert "FailedScheduling" not in described
    create(cluster, "ResourceClaim", CLAIM, API)
    at(cluster, "40s")
    assert (
        "0/3 nodes are available: request one: device class gpu.example.com does not exist. "
        "no new claims to deallocate, preemption: 0/3 nodes are available: "
        "3 Preemption is not helpful for scheduling."
    ) in typed(cluster, "kubectl describe pod web")


def test_without_a_driver_no_claim_is_allocated() -> None:
    cluster = world()
    create(cluster, "DeviceClass", CLASS, API)
    told = create(cluster, "ResourceClaimTemplate", TEMPLATE, API)
    assert told == "resourceclaimtemplate.resource.k8s.io/gpu created"
    create(cluster, "Pod", claiming("resourceClaimTemplateName: gpu"))
    at(cluster, "20s")
    name = typed(
        cluster, "kubectl get pod web -o jsonpath='{.status.resourceClaimStatuses[0].resourceClaimName}'"
    )
    assert name.startswith("web-gpu-")
    assert name in typed(cluster, "kubectl get resourceclaims")
    assert typed(cluster, "kubectl get pod web -o jsonpath='{.status.phase} {.status.qosClass}'") == (
        "Pending BestEffort"
    )
    assert (
        "0/3 nodes are available: 3 cannot allocate all claims. still not schedulable, preemption: "
        "0/3 nodes are available: 3 Preemption is not helpful for scheduling."
    ) in typed(cluster, "kubectl describe pod web")
    typed(cluster, "kubectl delete pod web")
    at(cluster, "30s")
    assert typed(cluster, "kubectl get resourceclaims") == "No resources found in default namespace."


def test_a_template_that_is_missing_is_told_of() -> None:
    cluster = world()
    create(cluster, "Pod", claiming("resourceClaimTemplateName: gpu"))
    at(cluster, "20s")
    assert (
        'PodResourceClaim gpu: resource claim template "gpu": '
        'resourceclaimtemplate.resource.k8s.io "gpu" not found'
    ) in typed(cluster, "kubectl describe pod web")


def test_a_pod_that_is_put_on_a_node_gets_no_devices_there() -> None:
    cluster = world()
    create(cluster, "ResourceClaim", CLAIM, API)
    create(cluster, "Pod", claiming("resourceClaimName: gpu", "nodeName: n1, "))
    at(cluster, "20s")
    described = typed(cluster, "kubectl describe pod web")
    assert "FailedPrepareDynamicResources" in described
    assert "is not allowed to use ResourceClaim gpu (" in described


def test_claims_are_refused_as_the_server_refuses_them() -> None:
    cluster = world()
    told = create(cluster, "Pod", claiming("resourceClaimName: gpu, resourceClaimTemplateName: gpu"))
    assert "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified" in told
    told = create(
        cluster,
        "Pod",
        "metadata: {name: w}\nspec: {containers: [{name: a, image: i, resources: {claims: [{name: x}]}}]}",
    )
    assert (
        'spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in '
        "pod.spec.resourceClaims which is empty"
    ) in told
    told = create(
        cluster, "ResourceClaim", "metadata: {name: g}\nspec: {devices: {requests: [{name: one}]}}", API
    )
    assert (
        "spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required"
    ) in told
