"""`proxy` of pods, Services and nodes: the API server asks a program, or a kubelet, for the caller.

Sources: v1.36 pkg/registry/core/pod/strategy.go, pkg/registry/core/service/storage/storage.go and
pkg/registry/core/node/strategy.go (ResourceLocation), apimachinery pkg/util/proxy (upgradeaware.go,
transport.go).
"""

import re
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from clustersim.api.core_v1 import Pod, Service
from clustersim.api.registry import object_key
from clustersim.cluster import Cluster
from clustersim.console.answer import Said
from clustersim.console.kubectl.pods.forwarding import Reached, reached, refused
from clustersim.console.nodes import kubelet_ports
from clustersim.console.nodes.host import Host
from clustersim.digits import is_whole

_PATH: Final = re.compile(
    r"/api/v1/(?:namespaces/(?P<namespace>[^/]+)/(?P<kind>pods|services)|nodes)/(?P<name>[^/]+)/proxy"
    r"(?P<path>/.*)?"
)
_USUAL_PORT: Final = 80


class Proxied(NamedTuple):
    """What is to be asked. port: a number, a name, or nothing; path: the program's own, empty where the
    request names none."""

    namespace: str
    resource: str
    name: str
    port: str
    path: str


class NotReachedError(Exception):
    """Why nobody can be asked, as the API server says it. code: its HTTP status; details: of an object that
    is not there."""

    def __init__(self, code: int, message: str, details: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


def asked_through(path: str) -> Proxied | None:
    """What a path asks for through a proxy; None: it is another one."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    parts = unquote(found["name"]).split(":")
    name, port = (parts[1], parts[2]) if len(parts) == 3 else (parts[0], parts[1] if len(parts) == 2 else "")
    return Proxied(found["namespace"] or "", found["kind"] or "nodes", name, port, found["path"] or "")


def asked(cluster: Cluster, wanted: Proxied, query: str, method: str = "GET") -> Reached:
    """What it answers. Raises NotReachedError; Said for what of a kubelet only a real one could answer."""
    if wanted.resource == "nodes":
        return _kubelet(cluster, wanted)
    pod, port = (_of_pod if wanted.resource == "pods" else _of_service)(cluster, wanted)
    path = (wanted.path or "/") + (f"?{query}" if query else "")
    answer = None
    if not _lost(cluster, pod.spec.node_name):
        if refused(cluster, pod, port):
            raise _unreached(pod.status.pod_ip, port, "connect: connection refused")
        answer = reached(cluster, pod, port, path, method)
    if answer is None:
        raise _unreached(pod.status.pod_ip, port, "i/o timeout")
    return answer


def _unreached(ip: str, port: int, why: str) -> NotReachedError:
    return NotReachedError(503, f"error trying to reach service: dial tcp {ip}:{port}: {why}")


def _lost(cluster: Cluster, node: str) -> bool:
    """Packets do not get to that machine."""
    machine = cluster.machines.get(node)
    return machine is None or not machine.state.powered or cluster.network.is_away(machine.name)


def _stored(cluster: Cluster, resource: str, wanted: Proxied) -> Any:
    found = cluster.object(resource, object_key(wanted.namespace, wanted.name))
    if found is None:
        kind = {"name": wanted.name, "kind": resource}
        raise NotReachedError(404, f'{resource} "{wanted.name}" not found', kind)
    return found


def _kubelet(cluster: Cluster, wanted: Proxied) -> Reached:
    """Of a node: its kubelet, at the port of its API or the one that only reads."""
    _stored(cluster, "nodes", wanted)
    kubelet = cluster.world.kubelets[wanted.name]
    port = int(wanted.port) if is_whole(wanted.port) and len(wanted.port) < 6 else kubelet.flags.port
    if _lost(cluster, wanted.name):
        raise _unreached(kubelet.host.ip, port, "i/o timeout")
    heard = port in {listener.port for listener in kubelet.listeners()} - {kubelet.flags.healthz_port}
    if not kubelet.listening or not heard:
        raise _unreached(kubelet.host.ip, port, "connect: connection refused")
    host = Host(cluster, wanted.name)
    try:
        told = kubelet_ports.told_to_apiserver(host, kubelet, wanted.path.rstrip("/"))
    except Said as said:
        if said.text != kubelet_ports.MISSING:
            raise
        return Reached(404, f"{said.text}\n")
    return Reached(told.status, told.body)


def _of_pod(cluster: Cluster, wanted: Proxied) -> tuple[Pod, int]:
    """The port of its first container that has one, if none is named."""
    pod: Pod = _stored(cluster, "pods", wanted)
    if not pod.status.pod_ip:
        raise NotReachedError(400, "address not allowed")
    declared = [port for one in pod.spec.containers for port in one.ports]
    if not wanted.port:
        return pod, declared[0].container_port if declared else _USUAL_PORT
    if is_whole(wanted.port) and len(wanted.port) < 6:
        return pod, int(wanted.port)
    named = next((port.container_port for port in declared if port.name == wanted.port), None)
    if named is None:
        raise NotReachedError(400, f'invalid pod port "{wanted.port[:50]}"')
    return pod, named


def _of_service(cluster: Cluster, wanted: Proxied) -> tuple[Pod, int]:
    """One of its endpoints that are ready, the first."""
    service: Service = _stored(cluster, "services", wanted)
    numbered = next((one.name for one in service.spec.ports if str(one.port) == wanted.port), None)
    if is_whole(wanted.port) and numbered is None:
        why = f'no service port {wanted.port[:20]} found for service "{wanted.name}"'
        raise NotReachedError(503, why)
    name = wanted.port if numbered is None else numbered
    endpoints: Any = cluster.object("endpoints", object_key(wanted.namespace, wanted.name))
    if endpoints is None:
        raise NotReachedError(404, f'endpoints "{wanted.name}" not found')
    for subset in endpoints.subsets:
        ports = [port.port for port in subset.ports if port.name == name]
        for address in subset.addresses if ports else ():
            referred = address.target_ref
            key = object_key(wanted.namespace, referred.name if referred is not None else "")
            pod: Any = cluster.object("pods", key)
            if pod is not None:
                return pod, ports[0]
    raise NotReachedError(503, f'no endpoints available for service "{wanted.name}"')
