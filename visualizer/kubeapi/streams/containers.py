"""The way to a container of a pod: which one is meant, how it is, and whether its kubelet can be asked."""

from typing import Any, Final

from clustersim.api.api_resources import RESOURCES
from clustersim.api.core_v1 import ContainerStatus, Pod
from clustersim.api.pod_containers import every_container, every_status
from clustersim.apiserver.calls import NOT_SERVED
from clustersim.apiserver.rehearsal import check_reachable, connect
from clustersim.cluster import Cluster
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.kubectl.pods.pods import NOT_STREAMED, ask_kubelet, streams, undialled
from visualizer.kubeapi import rights
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.look import stored
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.requests import HttpRequest
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place

PORTS: Final = "portForward"
"""The kubelet's word for a connection to ports of a pod."""


class NotStreamed(WireError):
    """The API server of today agrees to a WebSocket before it asks the kubelet, and tells there what it hears
    (apiserver pkg/util/proxy/streamtranslator.go)."""

    def __init__(self, why: str) -> None:
        super().__init__(500, f"Internal error occurred: {why}", reason="InternalError")


def container_named(pod: Pod, wanted: str) -> str:
    """Which container is meant. Raises WireError."""
    names = [container.name for container in pod.spec.containers]
    every = [container.name for container in every_container(pod)]
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


def status_of(pod: Pod, container: str) -> ContainerStatus | None:
    """What the API server knows of a container."""
    return next((one for one in every_status(pod) if one.name == container), None)


def reach(
    cluster: Cluster, pod: Pod, container: str, handler: str, log: str = "", *, query: str = ""
) -> None:
    """Asks the pod's kubelet, at which the console and the wire meet the same obstacles. handler: the
    kubelet's own word for what is wanted; log: whose log is; query: what a connection carries. Raises
    WireError."""
    metadata = pod.metadata
    dials = handler == PORTS and pod.spec.node_name in cluster.machines
    if dials and (why := undialled(Api(cluster), pod.spec.node_name)):
        raise WireError(500, f"error dialing backend: {why}")
    path = f"{handler}/{metadata.namespace}/{metadata.name}/{container}"
    try:
        ask_kubelet(Api(cluster), pod, path, log, query=query)
    except Said as said:
        if not said.text:
            raise WireError(504, f"the kubelet of {pod.spec.node_name} does not answer") from None
        reason, _colon, text = said.text.partition(": ")
        if said.text.startswith(NOT_STREAMED):
            raise NotStreamed(said.text.removeprefix(NOT_STREAMED)) from None
        if not reason.startswith("Error from server"):
            raise WireError(500, said.text.removeprefix("error: ")) from None
        told = "" if reason == "Error from server" else None
        raise WireError(404 if "NotFound" in reason else 500, text, reason=told) from None


def check_assigned(pod: Pod) -> None:
    """Raises WireError where no node was found for the pod."""
    if not pod.spec.node_name:
        raise WireError(400, f"pod {pod.metadata.name} does not have a host assigned")


def reach_running(cluster: Cluster, pod: Pod, container: str, handler: str, request: HttpRequest) -> None:
    """As `reach`, for what needs a container that runs. Raises WireError."""
    check_assigned(pod)
    command = request.query.get("command", ())
    query = streams(command, stdin=request.flag("stdin"), tty=request.flag("tty"))
    reach(cluster, pod, container, handler, query=query)
    status = status_of(pod, container)
    if status is None or status.state.running is None:
        why = f'container not found ("{container}")'
        raise (
            NotStreamed(f"unable to upgrade connection: {why}") if Api(cluster).today else WireError(500, why)
        )


def admit(place: Place, pod: Pod, part: str, request: HttpRequest | None = None) -> None:
    """Asks the policies of admission. part: exec, attach or portforward. Raises ApiError."""
    options: dict[str, Any] = {}
    if request is not None:
        flags = ("stdin", "stdout", "stderr", "tty")
        options = {name: True for name in flags if request.flag(name)}
        options |= {name: text for name in ("container",) if (text := request.text(name))}
        options |= {name: list(words) for name in ("command",) if (words := request.query.get(name))}
    connect(place.cluster.world.apiserver, pod, part, options, "kubectl")


def pod_of(place: Place, caller: Caller, target: Target) -> Pod:
    """The pod that a request goes into, if one may look at it. Raises WireError and ApiError."""
    if (target.api_version, target.resource) != ("v1", "pods") or target.verb not in ("get", "create"):
        raise WireError(404, NOT_SERVED)
    rights.check_look(place, caller, target)
    check_reachable(place.cluster.world.apiserver)
    pod = stored(place.cluster, target, RESOURCES["pods"])
    assert isinstance(pod, Pod)
    return pod
