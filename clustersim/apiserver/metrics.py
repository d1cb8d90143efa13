"""Measurements of pods, as the API server gets them for its clients: today from the API metrics.k8s.io behind
the Service kube-system/metrics-server, until v1.8 through its proxy from kube-system/heapster.

Sources: v1.7.5, v1.8.0 pkg/controller/podautoscaler/metrics/metrics_client.go; v1.36 kube-aggregator.
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.errors import ApiError
from clustersim.api.meta import LabelSelector
from clustersim.api.request import Request
from clustersim.api.selectors import selects
from clustersim.api.usage import PodUsage
from clustersim.engine.time import Micros
from clustersim.runtime.measuring import Measuring

NAMESPACE: Final = "kube-system"
_MISSING: Final = "the server could not find the requested resource"


def pod_metrics(
    measuring: Measuring | None, store: Mapping[str, Mapping[str, Any]], request: Request, *, today: bool
) -> tuple[PodUsage, ...]:
    """Of the pods of a namespace that have these labels. Raises ApiError where nobody measures."""
    if measuring is None:
        raise _absent("pods", today=today)
    if measuring_since(measuring, store, "pods", today=today) > measuring.asked_before:
        return ()
    selector = LabelSelector(match_labels=request.label_selector, match_expressions=request.expressions)
    pods = store.get("pods", {})
    found = [
        (pod.metadata.name, measuring.of_pod(pod))
        for key, pod in sorted(pods.items())
        if key.startswith(f"{request.namespace}/") and selects(selector, pod.metadata.labels)
    ]
    return tuple(PodUsage(name, measuring.last_asked, tuple(parts)) for name, parts in found if parts)


def measuring_since(
    measuring: Measuring, store: Mapping[str, Mapping[str, Any]], what: str, *, today: bool
) -> Micros:
    """Since when the add-on runs. Raises ApiError where it is not there (404), or does not answer."""
    key = f"{NAMESPACE}/{'metrics-server' if today else 'heapster'}"
    if key not in store.get("services", {}):
        raise _absent(what, today=today)
    endpoints = store.get("endpoints", {}).get(key)
    subsets = endpoints.subsets if endpoints is not None else ()
    ips = [address.ip for subset in subsets for address in subset.addresses]
    since = measuring.answering_since(ips)
    if since is not None:
        return since
    if today:
        text = f"the server is currently unable to handle the request (get {what}.metrics.k8s.io)"
        raise ApiError(503, "ServiceUnavailable", text)
    if not ips:
        raise ApiError(503, "ServiceUnavailable", 'no endpoints available for service "http:heapster:"')
    raise ApiError(
        500,
        "InternalError",
        "an error on the server (\"Error: 'dial tcp "
        f"{ips[0]}:8082: getsockopt: no route to host'\\nTrying to reach: 'http://{ips[0]}:8082/apis/metrics/"
        f"v1alpha1/{what}?labelSelector='\") has prevented the request from succeeding "
        "(get services http:heapster:)",
    )


def _absent(what: str, *, today: bool) -> ApiError:
    asked = f"get {what}.metrics.k8s.io" if today else "get services http:heapster:"
    return ApiError(404, "NotFound", f"{_MISSING} ({asked})")
