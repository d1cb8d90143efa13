"""metrics.k8s.io: what metrics-server has measured, for `kubectl top` of one's own and other clients.

It is served where the add-on is in the cluster (`kubectl apply -f metrics-server.yaml`), like any API
behind an aggregator; while nobody answers behind its Service, with 503.
"""

from typing import Any, Final

from clustersim.addons import ADDONS
from clustersim.api.api_resource import Resource
from clustersim.api.meta import ApiObject
from clustersim.api.selectors import parse_label_selector, selects
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.calls import NOT_ALLOWED, NOT_SERVED
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.cluster import Cluster
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.kubectl.looking.metrics import NAMESPACE, Measured, measured_nodes, measured_pods
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError

API_VERSION: Final = "metrics.k8s.io/v1beta1"
WINDOW: Final = "15s"
ADDON: Final = "metrics-server"
_LOOKS: Final = ("get", "list")
_VERSIONS: Final = {release: (API_VERSION,) for release, names in ADDONS.items() if ADDON in names}

RESOURCES: Final = (
    Resource("nodes", "NodeMetrics", ApiObject, _VERSIONS, namespaced=False, verbs=_LOOKS),
    Resource("pods", "PodMetrics", ApiObject, _VERSIONS, verbs=_LOOKS),
)


def served(cluster: Cluster) -> tuple[Resource, ...]:
    """What the add-on serves; nothing where it is not."""
    today = cluster.world.release.name in _VERSIONS
    return RESOURCES if today and cluster.object("services", f"{NAMESPACE}/{ADDON}") else ()


def answer(cluster: Cluster, target: Target, request: HttpRequest) -> Response:
    """One object, or a list. Raises WireError."""
    kinds = {resource.plural: resource.kind for resource in served(cluster)}
    if target.resource not in kinds or target.subresource:
        raise WireError(404, NOT_SERVED)
    if target.verb not in _LOOKS:
        raise WireError(405, NOT_ALLOWED)
    check_reachable(cluster.world.apiserver)
    api, kind = Api(cluster), kinds[target.resource]
    try:
        found = measured_nodes(api) if kind == "NodeMetrics" else measured_pods(api, target.namespace)
    except Said:
        why = "the server is currently unable to handle the request"
        raise WireError(503, why) from None
    if target.verb == "get":
        one = next((one for one in found if one.name == target.name), None)
        if one is None:
            group = f"{target.resource}.metrics.k8s.io"
            raise WireError(404, f'{group} "{target.name}" not found', reason="NotFound")
        return Response(200, {"kind": kind, "apiVersion": API_VERSION, **_document(one)})
    try:
        selector = parse_label_selector(request.text("labelSelector"))
    except ValueError as error:
        raise WireError(400, str(error)) from None
    items = [_document(one) for one in found if selects(selector, one.labels)]
    head = {"kind": f"{kind}List", "apiVersion": API_VERSION, "metadata": {}}
    return Response(200, {**head, "items": items})


def _document(one: Measured) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": one.name, "creationTimestamp": rfc3339(one.at)}
    metadata |= {"namespace": one.namespace} if one.namespace else {}
    metadata |= {"labels": one.labels} if one.labels else {}
    found: dict[str, Any] = {"metadata": metadata, "timestamp": rfc3339(one.at), "window": WINDOW}
    amounts = {name: _amounts(usage.cpu, usage.memory) for name, usage in one.parts}
    if not one.namespace:
        return {**found, "usage": amounts[""]}
    return {**found, "containers": [{"name": name, "usage": usage} for name, usage in amounts.items()]}


def _amounts(cpu: int, memory: int) -> dict[str, str]:
    return {"cpu": f"{cpu * 1_000_000}n", "memory": f"{memory >> 10}Ki"}
