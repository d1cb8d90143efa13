"""Servers behind the API server that do not answer, and namespaces that wait for them.

kk: github.com/kubernetes/kubernetes.
"""

from clustersim import Cluster
from tests.model.reports.typed import at, cluster_of, create, rows, typed

GONE = "external.metrics.k8s.io/v1beta1"
NAME = "v1beta1.external.metrics.k8s.io"
SERVICE = (
    "metadata: {name: v1beta1.external.metrics.k8s.io}\nspec: {group: external.metrics.k8s.io, version: "
    "v1beta1, groupPriorityMinimum: 100, versionPriority: 100, service: {name: adapter, namespace: custom}}"
)


def available(cluster: Cluster, name: str) -> list[str]:
    (row,) = rows(typed(cluster, f"kubectl get apiservice {name}"))
    return row[1:-1]


def cluster_with_adapter() -> Cluster:
    """A version of the API is promised, and the Service that it names is not there."""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    assert "created" in create(cluster, "APIService", SERVICE, "apiregistration.k8s.io/v1")
    return cluster


def test_a_version_that_nobody_serves_holds_every_namespace() -> None:
    # kk#72244, kk#75788, kk#119662, kubevirt/hyperconverged-cluster-operator#593
    cluster = cluster_with_adapter()
    assert available(cluster, NAME) == [
        "custom/adapter",
        "False",
        "(ServiceNotFound)",
    ]
    for line in ("create ns a", "-n a create configmap x", "delete ns a --wait=false"):
        typed(cluster, f"kubectl {line}")
    at(cluster, "30s")
    assert "No resources" in typed(cluster, "kubectl -n a get cm --field-selector metadata.name=x")
    told = typed(cluster, "kubectl describe ns a")
    why = f"unable to retrieve the complete list of server APIs: {GONE}: stale GroupVersion discovery: {GONE}"
    assert "NamespaceDeletionDiscoveryFailure            True " in told
    assert f"DiscoveryFailed         Discovery failed for some groups, 1 failing: {why}" in told
    assert typed(cluster, "kubectl api-resources -o name").endswith(f"error: {why}")
    typed(cluster, "kubectl delete apiservice v1beta1.external.metrics.k8s.io")
    at(cluster, "2m")
    assert "NotFound" in typed(cluster, "kubectl get ns a")


def test_an_adapter_with_an_endpoint_holds_nothing() -> None:
    cluster = cluster_with_adapter()
    typed(cluster, "kubectl create ns custom")
    typed(cluster, "kubectl -n custom create deployment adapter --image=nginx --port=443")
    typed(cluster, "kubectl -n custom expose deployment adapter --port=444 --target-port=443")
    assert available(cluster, NAME)[1:] == ["False", "(ServicePortError)"]
    typed(cluster, "kubectl -n custom delete svc adapter")
    typed(cluster, "kubectl -n custom expose deployment adapter --port=443")
    at(cluster, "20s")
    assert available(cluster, NAME)[1:] == ["True"]
    typed(cluster, "kubectl create ns a; kubectl delete ns a --wait=false")
    at(cluster, "40s")
    assert "NotFound" in typed(cluster, "kubectl get ns a")


def test_without_metrics_server_no_namespace_goes() -> None:
    # kk#83332
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\naddons: [metrics-server]\n")
    assert available(cluster, "v1beta1.metrics.k8s.io") == ["kube-system/metrics-server", "True"]
    typed(cluster, "kubectl -n kube-system scale deployment metrics-server --replicas=0")
    at(cluster, "5s")
    assert available(cluster, "v1beta1.metrics.k8s.io")[1:] == ["False", "(MissingEndpoints)"]
    typed(cluster, "kubectl create ns a; kubectl delete ns a --wait=false")
    at(cluster, "60s")
    assert rows(typed(cluster, "kubectl get ns a"))[0][1] == "Terminating"
    typed(cluster, "kubectl -n kube-system scale deployment metrics-server --replicas=1")
    at(cluster, "4m")
    assert "NotFound" in typed(cluster, "kubectl get ns a")


def test_the_servers_own_versions_are_local_and_those_of_definitions_come_with_them() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    found = {row[0]: row[1:3] for row in rows(typed(cluster, "kubectl get apiservices"))}
    assert len(found) == 21
    assert set(map(tuple, found.values())) == {("Local", "True")}
    definition = (
        "metadata: {name: foos.example.com}\nspec: {group: example.com, scope: Namespaced, "
        "names: {plural: foos, kind: Foo}, versions: [{name: v1, served: true, storage: true, "
        "schema: {openAPIV3Schema: {type: object}}}]}"
    )
    create(cluster, "CustomResourceDefinition", definition, "apiextensions.k8s.io/v1")
    assert available(cluster, "v1.example.com") == ["Local", "True"]
