"""What a health check of a process says now, and on which ports it listens."""

from typing import Final

from clustersim.cluster import Cluster
from clustersim.docker.daemon import Docker
from clustersim.engine.process import HUNG, STOPPED, Process
from clustersim.engine.serving import Serves
from clustersim.etcd import Etcd
from clustersim.i18n import Message, _
from clustersim.kubelet.kubelet import Kubelet
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.view.structs import Item, Texts, texts


class PortItem(Item, frozen=True, kw_only=True):
    """A port: where it is bound and what is served there."""

    bind: str
    port: int
    what: Texts


class HealthItem(Item, frozen=True, kw_only=True):
    """A health check and its answer."""

    path: str
    status: str


_SERVED: Final[dict[Serves, str]] = {
    Serves.API: _("the API of Kubernetes, for nodes and people"),
    Serves.INSECURE_API: _("the same without TLS and without a question who one is, on the machine alone"),
    Serves.STORE: _("the store, for the API server alone"),
    Serves.PEERS: _("for other members of etcd, of which there are none here"),
    Serves.HEALTH: _("health and metrics"),
    Serves.NODE_HEALTH: _("health: only that the process lives; it says nothing about the container runtime"),
    Serves.NODE_API: _("logs, exec and pods; its health also looks at the main loop"),
    Serves.READ_ONLY: _("pods and statistics, for anybody"),
    Serves.PROXY_HEALTH: _("health: fails when rules were not written for two periods"),
    Serves.METRICS: _("metrics, on the node alone"),
}


def ports_of(process: Process) -> tuple[PortItem, ...]:
    """The ports of a process, as its flags say."""
    return tuple(
        PortItem(bind=one.bind, port=one.port, what=texts(Message(_SERVED[one.serves])))
        for one in process.listeners()
    )


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
    ports = process.listeners()
    if not ports:
        return None
    path = "/health" if isinstance(process, Etcd) else "/healthz"
    body = '{"health": "true"}' if isinstance(process, Etcd) else _told(process)
    place = f"https://127.0.0.1:{ports[0].port}" if ports[0].secure else f"127.0.0.1:{ports[0].port}"
    return HealthItem(path=f"{place}{path}", status=_answer(process, body, "Connection refused"))


def _told(process: Process) -> str:
    """In a line: ok, or what is not."""
    failed = [f"[-]{name} failed" for name, ok in process.health_checks("/healthz") or () if not ok]
    return " ".join(["500", *failed]) if failed else "ok"


def _answer(process: Process, body: str, refused: str) -> str:
    if process.status.phase == STOPPED:
        return refused
    return "Operation timed out" if process.status.phase == HUNG else body


def _curl(status: int, body: str) -> str:
    return body if status in (0, 200) else f"{status} {body}"
