"""What a health check of a process says now, and on which ports it listens."""

from typing import Any, Final

from clustersim.apiserver.server import ApiServer
from clustersim.cluster import Cluster
from clustersim.controllermanager.process import ControllerManager
from clustersim.docker.daemon import Docker
from clustersim.engine.process import HUNG, STOPPED, Process
from clustersim.etcd import Etcd
from clustersim.flags.setting import ALL_INTERFACES
from clustersim.i18n import Message, _
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubeproxy import KubeProxy
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.scheduler.scheduler import Scheduler
from clustersim.view.structs import Item, Texts, texts

METRICS_PORT: Final = 10249
"""Of kube-proxy; the setting that changes it means nothing here."""


class PortItem(Item, frozen=True, kw_only=True):
    """A port: where it is bound and what is served there."""

    bind: str
    port: int
    what: Texts


class HealthItem(Item, frozen=True, kw_only=True):
    """A health check and its answer."""

    path: str
    status: str


def _port(bind: str, port: int, what: str) -> PortItem:
    return PortItem(bind=bind, port=port, what=texts(Message(what)))


_API = _("the API of Kubernetes, for nodes and people")
_STORE = _("the store, for the API server alone")
_HEALTH = _("health and metrics")
_NODE_HEALTH = _("health: only that the process lives; it says nothing about the container runtime")
_NODE_API = _("logs, exec and pods; its health also looks at the main loop")
_READ_ONLY = _("pods and statistics, for anybody")
_PROXY_HEALTH = _("health: fails when rules were not written for two periods")
_METRICS = _("metrics, on the node alone")


def ports_of(process: Process) -> tuple[PortItem, ...]:
    """The ports of a process, as its flags say."""
    flags: Any = getattr(process, "flags", None)
    found: list[PortItem] = []
    if isinstance(process, Etcd):
        found = [_port("127.0.0.1", flags.client_port, _STORE)]
    elif isinstance(process, ApiServer):
        found = [_port(ALL_INTERFACES, flags.secure_port, _API)]
    elif isinstance(process, ControllerManager | Scheduler):
        found = [_port(flags.address, flags.port, _HEALTH)]
    elif isinstance(process, Kubelet):
        found = [
            _port(flags.healthz_bind_address, flags.healthz_port, _NODE_HEALTH),
            _port(flags.address, flags.port, _NODE_API),
            _port(flags.address, flags.read_only_port, _READ_ONLY),
        ]
    elif isinstance(process, KubeProxy):
        found = [
            _port(ALL_INTERFACES, flags.healthz_port, _PROXY_HEALTH),
            _port("127.0.0.1", METRICS_PORT, _METRICS),
        ]
    return tuple(port for port in found if port.port)


def health_of(cluster: Cluster, process: Process) -> HealthItem | None:
    """What its health check says, as curl would print it; None for what has none."""
    if isinstance(process, Kubelet):
        answer = process.healthz()
        port = process.flags.healthz_port
        return HealthItem(path=f"127.0.0.1:{port}/healthz", status=_curl(answer.status, answer.body))
    if isinstance(process, ContainerRuntime) and not isinstance(process, Docker):
        refused = "connect: connection refused"
        return HealthItem(path="crictl info", status=_answer(process, "ok", refused))
    if isinstance(process, Docker):
        return HealthItem(
            path="docker ps", status=_answer(process, "ok", "Cannot connect to the Docker daemon")
        )
    ports = ports_of(process)
    if not ports:
        return None
    path = "/health" if isinstance(process, Etcd) else "/healthz"
    body = '{"health": "true"}' if isinstance(process, Etcd) else "ok"
    if isinstance(process, ApiServer) and not process.etcd.running:
        body = "500 [-]etcd failed"
    return HealthItem(
        path=f"127.0.0.1:{ports[0].port}{path}", status=_answer(process, body, "Connection refused")
    )


def _answer(process: Process, body: str, refused: str) -> str:
    if process.status.phase == STOPPED:
        return refused
    return "Operation timed out" if process.status.phase == HUNG else body


def _curl(status: int, body: str) -> str:
    return body if status in (0, 200) else f"{status} {body}"
