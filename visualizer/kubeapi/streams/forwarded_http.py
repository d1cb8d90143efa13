"""What comes through a forwarded port is read as HTTP/1.1, and what answers is the program of the pod."""

from http import HTTPStatus

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.errors import ApiError
from clustersim.console.kubectl.pods.forwarding import reached, refused
from clustersim.digits import is_whole
from visualizer.kubeapi.access import Caller
from visualizer.kubeapi.paths import Target
from visualizer.kubeapi.responses import WireError
from visualizer.kubeapi.rooms import Place
from visualizer.kubeapi.streams.containers import PORTS, admit, check_assigned, pod_of, reach

_END_OF_HEAD = b"\r\n\r\n"


class Asked(msgspec.Struct, frozen=True):
    """A request that came whole; last: its client wants the connection closed after the answer."""

    method: str
    path: str
    last: bool


def wanted_pod(place: Place, caller: Caller, target: Target) -> Pod:
    """The pod, once one knows that it runs and its kubelet answers. Raises WireError and ApiError."""
    pod = pod_of(place, caller, target)
    check_assigned(pod)
    if pod.status.phase != "Running":
        phase = pod.status.phase
        raise WireError(400, f"unable to forward port because pod is not running. Current status={phase}")
    admit(place, pod, "portforward")
    reach(place.cluster, pod, pod.spec.containers[0].name, PORTS)
    return pod


class NotForwarded(Exception):
    """A connection to a port came to nothing, for this reason."""


def connected(place: Place, caller: Caller, target: Target, port: int) -> Pod:
    """The pod, once one knows that somebody listens there. Raises NotForwarded, in the words of the
    kubelet."""
    try:
        pod = wanted_pod(place, caller, target)
    except (WireError, ApiError) as error:
        raise NotForwarded(str(error)) from error
    if why := refused(place.cluster, pod, port):
        of = f"pod {pod.metadata.name}, uid {pod.metadata.uid}"
        raise NotForwarded(f"error forwarding port {port} to {of}: {why}")
    return pod


def is_port(text: str) -> bool:
    """Whether it is the number of a port."""
    return is_whole(text) and len(text) < 6 and 0 < int(text) < 65536


def next_request(data: bytes) -> tuple[Asked | None, bytes]:
    """The next whole request of what came, and what is left of it; None: it is not whole yet. What is no HTTP
    ends the data, and is never answered."""
    head, end, rest = data.partition(_END_OF_HEAD)
    if not end:
        return None, data
    lines = head.decode("latin1").split("\r\n")
    said = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
    }
    length = said.get("content-length", "")
    size = int(length) if is_whole(length) and len(length) < 8 else 0
    if len(rest) < size:
        return None, data
    words = lines[0].split(" ")
    well_formed = len(words) == 3 and words[1].startswith("/")
    connection = said.get("connection", "").lower()
    last = connection == "close" or (words[-1] == "HTTP/1.0" and connection != "keep-alive")
    asked = Asked(words[0], words[1], last) if well_formed else Asked("GET", "/", last)
    return asked, rest[size:]


def answer_of(place: Place, pod: Pod, port: int, asked: Asked) -> bytes:
    """What the program at the port sends back; empty: it took the connection and says nothing."""
    answer = reached(place.cluster, pod, port, asked.path, asked.method)
    if answer is None:
        return b""
    body = answer.body.encode()
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"Connection: {'close' if asked.last else 'keep-alive'}\r\n\r\n"
    )
    return head.encode() + (b"" if asked.method == "HEAD" else body)
