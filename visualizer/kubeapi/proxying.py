"""`pods/NAME/proxy` and `services/NAME/proxy`: the API server asks a program in a pod for the caller.

Sources: v1.36 pkg/registry/core/pod/strategy.go and pkg/registry/core/service/storage/storage.go
(ResourceLocation), apimachinery pkg/util/proxy (upgradeaware.go, transport.go).
"""

import re
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlencode

from clustersim.api.core_v1 import Pod, Service
from clustersim.api.registry import object_key
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.cluster import Cluster
from clustersim.console.kubectl.pods.forwarding import reached, refused
from clustersim.digits import is_whole
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import METHODS, Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place

_PATH: Final = re.compile(r"/api/v1/namespaces/([^/]+)/(pods|services)/([^/]+)/proxy(/.*)?")
_LINK: Final = re.compile(r'(<a\s+href=")(/[^"]*)"')
_PLAIN: Final = "text/plain; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"
_METHODS: Final = (*METHODS, "OPTIONS")
_USUAL_PORT: Final = 80


class Proxied(NamedTuple):
    """What is to be asked. port: a number, a name, or nothing; path: the program's own, empty where the
    request names none."""

    namespace: str
    resource: str
    name: str
    port: str
    path: str


def asked_through(request: HttpRequest) -> Proxied | None:
    """What a request asks for through a proxy; None: it is another request."""
    found = _PATH.fullmatch(request.path)
    if found is None or request.method not in _METHODS:
        return None
    parts = unquote(found[3]).split(":")
    name, port = (parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[1] if len(parts) == 2 else "")
    return Proxied(found[1], found[2], name, port, found[4] or "")


def proxied(place: Place, caller: Caller, request: HttpRequest, wanted: Proxied) -> Response:
    """What the program answers. Raises WireError and ApiError."""
    verb = METHODS.get(request.method, "get")
    target = Target(verb, "", "v1", wanted.resource, wanted.namespace, wanted.name, "proxy")
    rights.check_look(place, caller, target)
    check_reachable(place.cluster.world.apiserver)
    query = urlencode(request.query, doseq=True)
    pod, port = (_of_pod if wanted.resource == "pods" else _of_service)(place.cluster, wanted)
    if not wanted.path and request.method in ("GET", "HEAD"):
        there = f"{request.base}{request.path}/{f'?{query}' if query else ''}"
        return Response(301, b"", _PLAIN, headers=((b"location", there.encode()),))
    path = (wanted.path or "/") + (f"?{query}" if query else "")
    answer = None if _lost(place.cluster, pod) else _answer(place.cluster, pod, port, path, request.method)
    if answer is None:
        raise _unreached(pod, port, "i/o timeout")
    status, text = answer
    if not _LINK.search(text):
        return Response(status, text.encode(), _PLAIN)
    before = request.path.removesuffix(wanted.path)
    return Response(status, _LINK.sub(rf'\1{before}\2"', text).encode(), _HTML)


def _answer(cluster: Cluster, pod: Pod, port: int, path: str, method: str) -> tuple[int, str] | None:
    if refused(cluster, pod, port):
        raise _unreached(pod, port, "connect: connection refused")
    found = reached(cluster, pod, port, path, method)
    return None if found is None else (found.status, found.body)


def _unreached(pod: Pod, port: int, why: str) -> WireError:
    address = f"{pod.status.pod_ip}:{port}"
    return WireError(503, f"error trying to reach service: dial tcp {address}: {why}")


def _lost(cluster: Cluster, pod: Pod) -> bool:
    """Packets do not get to the pod's machine."""
    machine = cluster.machines.get(pod.spec.node_name)
    return machine is None or not machine.state.powered or cluster.network.is_away(machine.name)


def _stored(cluster: Cluster, resource: str, wanted: Proxied) -> Any:
    found = cluster.object(resource, object_key(wanted.namespace, wanted.name))
    if found is None:
        kind = {"name": wanted.name, "kind": resource}
        raise WireError(404, f'{resource} "{wanted.name}" not found', details=kind)
    return found


def _of_pod(cluster: Cluster, wanted: Proxied) -> tuple[Pod, int]:
    """The port of its first container that has one, if none is named."""
    pod: Pod = _stored(cluster, "pods", wanted)
    if not pod.status.pod_ip:
        raise WireError(400, "address not allowed")
    declared = [port for one in pod.spec.containers for port in one.ports]
    if not wanted.port:
        return pod, declared[0].container_port if declared else _USUAL_PORT
    if is_whole(wanted.port) and len(wanted.port) < 6:
        return pod, int(wanted.port)
    named = next((port.container_port for port in declared if port.name == wanted.port), None)
    if named is None:
        raise WireError(400, f'invalid pod port "{wanted.port[:50]}"')
    return pod, named


def _of_service(cluster: Cluster, wanted: Proxied) -> tuple[Pod, int]:
    """One of its endpoints that are ready, the first."""
    service: Service = _stored(cluster, "services", wanted)
    numbered = next((one.name for one in service.spec.ports if str(one.port) == wanted.port), None)
    if is_whole(wanted.port) and numbered is None:
        why = f'no service port {wanted.port[:20]} found for service "{wanted.name}"'
        raise WireError(503, why)
    name = wanted.port if numbered is None else numbered
    endpoints: Any = cluster.object("endpoints", object_key(wanted.namespace, wanted.name))
    if endpoints is None:
        raise WireError(404, f'endpoints "{wanted.name}" not found')
    for subset in endpoints.subsets:
        ports = [port.port for port in subset.ports if port.name == name]
        for address in subset.addresses if ports else ():
            referred = address.target_ref
            key = object_key(wanted.namespace, referred.name if referred is not None else "")
            pod: Any = cluster.object("pods", key)
            if pod is not None:
                return pod, ports[0]
    raise WireError(503, f'no endpoints available for service "{wanted.name}"')
