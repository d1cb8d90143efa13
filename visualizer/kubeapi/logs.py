"""`pods/NAME/log`: the API server asks the pod's kubelet, which asks the container runtime.

Programs of this model write no lines, so that there is nothing but the way to them: who is asked, what fails
there, and, where one follows, that the stream ends with the container.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

from clustersim.api.api_resources import RESOURCES
from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.api.registry import object_key
from clustersim.apiserver.rehearsal import check_reachable
from visualizer.kubeapi.containers import container_named, reach, status_of
from visualizer.kubeapi.lines import Lines
from visualizer.kubeapi.look import stored
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place

PLAIN: Final = "text/plain; charset=utf-8"
LOOK_AGAIN: Final = 0.5
"""Seconds after which it is looked again whether a container still runs."""
LONGEST: Final = 3600.0


class LogStream(Lines):
    """The lines of a container as long as it runs."""

    content_type = PLAIN

    def __init__(self, place: Place, target: Target, container: str, container_id: str) -> None:
        self._place = place
        self._target = target
        self._container = container
        self._container_id = container_id
        super().__init__(LONGEST)

    async def lines(self, heartbeat: float) -> AsyncIterator[list[bytes]]:
        """Nothing, until the container ends."""
        while time.monotonic() < self._ends and self._runs():
            yield []
            await asyncio.sleep(min(LOOK_AGAIN, heartbeat))

    def _runs(self) -> bool:
        cluster = self._place.cluster
        pod = cluster.object("pods", object_key(self._target.namespace, self._target.name))
        if pod is None:
            return False
        status = status_of(pod, self._container)
        return (
            status is not None
            and status.state.running is not None
            and status.container_id == self._container_id
        )


def log(place: Place, target: Target, request: HttpRequest) -> Response | LogStream:
    """What a container wrote. Raises WireError, and ApiError while the API server does not answer."""
    cluster = place.cluster
    check_reachable(cluster.world.apiserver)
    pod = stored(cluster, target, RESOURCES["pods"])
    assert isinstance(pod, Pod)
    container = container_named(pod, request.text("container"))
    status = status_of(pod, container)
    previous = request.flag("previous")
    if (waiting := _waiting(pod, status)) is not None:
        raise WireError(
            400,
            f'container "{container}" in pod "{pod.metadata.name}" is waiting to start: {waiting}',
        )
    if previous and (status is None or not status.restart_count):
        raise WireError(
            400, f'previous terminated container "{container}" in pod "{pod.metadata.name}" not found'
        )
    reach(cluster, pod, container, "containerLogs")
    if request.flag("follow") and not previous and place.hub is not None and status is not None:
        return LogStream(place, target, container, status.container_id)
    return Response(200, b"", PLAIN)


def _waiting(pod: Pod, status: ContainerStatus | None) -> str | None:
    if not pod.spec.node_name:
        return "no node has been assigned"
    if status is None or (status.state.waiting is not None and not status.container_id):
        reason = status.state.waiting.reason if status is not None and status.state.waiting else ""
        return reason or "ContainerCreating"
    return None
