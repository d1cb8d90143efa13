"""`pods/NAME/log`: the API server asks the pod's kubelet, which asks the container runtime, for what a
container has written, and where one follows, for what it writes until it ends.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

from clustersim.api.api_resources import RESOURCES
from clustersim.api.core_v1 import Pod
from clustersim.api.registry import object_key
from clustersim.api.timestamp import canonical_time, micros_here
from clustersim.apiserver.rehearsal import check_reachable
from clustersim.cluster import Cluster
from clustersim.console.kubectl.pods.logs import NoLog, logged
from clustersim.console.nodes.container_logs import Part, shown, written
from clustersim.console.nodes.container_programs import encoded
from clustersim.console.nodes.held import with_id
from clustersim.engine.calendar import in_force
from clustersim.engine.time import SECOND
from visualizer.kubeapi.lines import Lines
from visualizer.kubeapi.look import stored
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import Response, WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.containers import container_named, reach, status_of

PLAIN: Final = "text/plain; charset=utf-8"
LOOK_AGAIN: Final = 0.5
"""Seconds after which it is looked again whether a container still runs."""
LONGEST: Final = 3600.0


class LogStream(Lines):
    """The lines of a container as long as it runs. first: those of before; seen: up to when they were looked
    for.
    """

    content_type = PLAIN

    def __init__(
        self, place: Place, target: Target, container: str, number: str, first: bytes, part: Part
    ) -> None:
        self._place = place
        self._target = target
        self._container = container
        self._first = first
        self._part = part
        self._seen = place.cluster.now
        self._number = number
        super().__init__(LONGEST)

    async def lines(self, heartbeat: float) -> AsyncIterator[list[bytes]]:
        """What is written as simulated time passes, until the container ends."""
        yield [self._first] if self._first else []
        while time.monotonic() < self._ends and self._runs():
            yield self._news()
            await asyncio.sleep(min(LOOK_AGAIN, heartbeat))
        yield self._news()

    def _news(self) -> list[bytes]:
        pod, now = self._pod(), self._place.cluster.now
        if pod is None or now <= self._seen:
            return []
        part = self._part._replace(since=self._seen + 1, tail=None, limit=None)
        self._seen = now
        record = with_id(self._place.cluster, pod, self._number)
        with in_force(self._place.cluster.calendar):
            text = "" if record is None else shown(written(self._place.cluster, pod, record).lines, part)
        return [encoded(text)] if text else []

    def _pod(self) -> Pod | None:
        found = self._place.cluster.object("pods", object_key(self._target.namespace, self._target.name))
        return found if isinstance(found, Pod) else None

    def _runs(self) -> bool:
        pod = self._pod()
        status = None if pod is None else status_of(pod, self._container)
        return status is not None and status.state.running is not None and status.container_id == self._number


def log(place: Place, target: Target, request: HttpRequest) -> Response | LogStream:
    """What a container wrote. Raises WireError, and ApiError while the API server does not answer."""
    cluster = place.cluster
    check_reachable(cluster.world.apiserver)
    pod = stored(cluster, target, RESOURCES["pods"])
    assert isinstance(pod, Pod)
    container, previous = container_named(pod, request.text("container")), request.flag("previous")
    part = _part(cluster, pod, request)
    if not pod.spec.node_name:
        return Response(204, b"", PLAIN)
    try:
        number = logged(pod, container, status_of(pod, container), previous=previous)
    except NoLog as none:
        raise WireError(400, str(none)) from None
    reach(cluster, pod, container, "containerLogs", number)
    record = with_id(cluster, pod, number)
    if record is None:
        return Response(200, f"unable to retrieve container logs for {number}".encode(), PLAIN)
    found = written(cluster, pod, record)
    text = encoded(shown(found.lines, part))
    if request.flag("follow") and not previous and place.hub is not None:
        return LogStream(place, target, container, number, text, part)
    note = (found.note.text(),) if found.note is not None else ()
    return Response(200, text, PLAIN, warnings=note)


def _part(cluster: Cluster, pod: Pod, request: HttpRequest) -> Part:
    """What is asked for of it (v1.36 ValidatePodLogOptions). Raises WireError."""
    tail, limit, seconds = (request.number(name) for name in ("tailLines", "limitBytes", "sinceSeconds"))
    wrong = []
    if tail is not None and tail < 0:
        wrong.append(f"tailLines: Invalid value: {tail}: must be greater than or equal to 0")
    if limit is not None and limit < 1:
        wrong.append(f"limitBytes: Invalid value: {limit}: must be greater than 0")
    moment = request.text("sinceTime")
    if seconds is not None and moment:
        wrong.append('"": Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified')
    elif seconds is not None and seconds < 1:
        wrong.append(f"sinceSeconds: Invalid value: {seconds}: must be greater than 0")
    if wrong:
        why = wrong[0] if len(wrong) == 1 else f"[{', '.join(wrong)}]"
        raise WireError(422, f'PodLogOptions "{pod.metadata.name}" is invalid: {why}', reason="Invalid")
    since = None if seconds is None else cluster.now - seconds * SECOND
    if moment:
        try:
            since = micros_here(canonical_time(moment))
        except ValueError as error:
            raise WireError(400, str(error)) from None
    return Part(tail, since, limit, request.flag("timestamps"))
