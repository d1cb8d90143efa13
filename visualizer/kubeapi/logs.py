"""`pods/NAME/log`: the API server asks the pod's kubelet, which asks the container runtime.

Programs of this model write no lines, so that there is nothing but the way to them: who is asked, what fails
there, and, where one follows, that the stream ends with the container.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.api.registry import RESOURCES, object_key
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.cluster import Cluster
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.pods import ask_kubelet
from visualizer.kubeapi.look import stored
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place

PLAIN: Final = "text/plain; charset=utf-8"
LOOK_AGAIN: Final = 0.5
"""Seconds after which it is looked again whether a container still runs."""
LONGEST: Final = 3600.0


class LogStream:
    """The lines of a container as long as it runs."""

    content_type = PLAIN

    def __init__(self, place: Place, target: Target, container: str, container_id: str) -> None:
        self._place = place
        self._target = target
        self._container = container
        self._container_id = container_id
        self._ends = time.monotonic() + LONGEST

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
        status = _status(pod, self._container)
        return (
            status is not None
            and status.state.running is not None
            and status.container_id == self._container_id
        )

    @asynccontextmanager
    async def until_gone(self, receive: Any) -> AsyncIterator[None]:
        """Ends the stream when its client leaves."""
        listener = asyncio.create_task(self._gone(receive))
        try:
            yield
        finally:
            listener.cancel()

    async def _gone(self, receive: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._ends = 0.0

    def close(self) -> None:
        """There is nothing to give back."""


def log(place: Place, target: Target, request: HttpRequest) -> Response | LogStream:
    """What a container wrote. Raises WireError, and ApiError while the API server does not answer."""
    cluster = place.cluster
    check_reachable(cluster.world.apiserver)
    pod = stored(cluster, target, RESOURCES["pods"])
    assert isinstance(pod, Pod)
    container = _container(pod, request.text("container"))
    status = _status(pod, container)
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
    _ask_kubelet(cluster, pod, container)
    if request.flag("follow") and not previous and place.hub is not None and status is not None:
        return LogStream(place, target, container, status.container_id)
    return Response(200, b"", PLAIN)


def _container(pod: Pod, wanted: str) -> str:
    names = [container.name for container in pod.spec.containers]
    every = [*names, *(container.name for container in pod.spec.init_containers)]
    if not wanted and len(names) > 1:
        raise WireError(
            400,
            f"a container name must be specified for pod {pod.metadata.name}, choose one of: "
            f"[{' '.join(names)}]",
        )
    container = wanted or names[0]
    if container not in every:
        raise WireError(400, f"container {container} is not valid for pod {pod.metadata.name}")
    return container


def _status(pod: Pod, container: str) -> ContainerStatus | None:
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    return next((one for one in statuses if one.name == container), None)


def _waiting(pod: Pod, status: ContainerStatus | None) -> str | None:
    if not pod.spec.node_name:
        return "no node has been assigned"
    if status is None or (status.state.waiting is not None and not status.container_id):
        reason = status.state.waiting.reason if status is not None and status.state.waiting else ""
        return reason or "ContainerCreating"
    return None


def _ask_kubelet(cluster: Cluster, pod: Pod, container: str) -> None:
    """The way to the container, on which the console and the wire meet the same obstacles."""
    metadata = pod.metadata
    try:
        ask_kubelet(Api(cluster), pod, f"containerLogs/{metadata.namespace}/{metadata.name}/{container}")
    except Said as said:
        if not said.text:
            raise WireError(504, f"the kubelet of {pod.spec.node_name} does not answer") from None
        reason, _colon, text = said.text.partition(": ")
        if not reason.startswith("Error from server"):
            raise WireError(500, said.text) from None
        raise WireError(404 if "NotFound" in reason else 500, text) from None
