"""Where belief and reality part: per pod UID, what its status says beside what its node's runtime runs."""

from collections.abc import Iterable
from typing import Final

from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.runtime.records import RUNNING, Container
from clustersim.view.structs import Difference

ORPHAN: Final = "orphan"
GHOST: Final = "ghost"
STALE: Final = "stale"


def differences(pods: Iterable[Pod], containers: Iterable[Container]) -> tuple[Difference, ...]:
    """The pods of one node whose status does not tell what runs there, at most one difference each."""
    running: dict[str, dict[str, Container]] = {}
    for container in containers:
        if container.state == RUNNING:
            running.setdefault(container.pod_uid, {})[container.name] = container
    found = [
        difference
        for pod in pods
        if (difference := _of_pod(pod, running.pop(pod.metadata.uid, {}))) is not None
    ]
    found += [_mark(ORPHAN, uid, next(iter(left.values()))) for uid, left in running.items()]
    return tuple(found)


def _of_pod(pod: Pod, running: dict[str, Container]) -> Difference | None:
    uid, name = pod.metadata.uid, pod.metadata.name
    if pod.metadata.deletion_timestamp and running:
        return _mark(ORPHAN, uid, next(iter(running.values())))
    for status in pod.status.container_statuses:
        container = running.get(status.name)
        if container is None and status.state.running is not None:
            return Difference(kind=GHOST, pod_uid=uid, container=None, pod=name)
        if container is not None and _is_stale(status, container):
            return _mark(STALE, uid, container)
    return None


def _is_stale(status: ContainerStatus, container: Container) -> bool:
    told = status.container_id.partition("://")[2]  # "docker://…", "containerd://…"
    return bool(told) and (told != container.id or status.restart_count != container.attempt)


def _mark(kind: str, uid: str, container: Container) -> Difference:
    return Difference(kind=kind, pod_uid=uid, container=container.id, pod=container.pod)
