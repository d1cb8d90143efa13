"""What `kubectl port-forward` and `kubectl proxy` listen for on the workstation, kept among the variables of
the shell that somebody types into; and what answers there.

Sources: v1.36 client-go tools/portforward/portforward.go, k8s.io/kubectl pkg/cmd/portforward, pkg/cmd/proxy;
v1.7.5, v1.8.0 pkg/kubectl/cmd/portforward.go, proxy.go.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl.looking.raw import raw
from clustersim.console.kubectl.pods import forwarding
from clustersim.console.nodes.asked import Asked
from clustersim.digits import is_whole
from clustersim.i18n import _

_NAME: Final = "listens "
"""What begins the names of such variables: no other has such names."""
_FIRST_FREE: Final = 35_001
PROXY_PORT: Final = 8001
_LAST_PORT: Final = 65_535
_SHOWN: Final = 200
_ERROR: Final = re.compile(r"Error from server \((\w+)\): (.*)", re.DOTALL)
_CODES: Final = {"NotFound": 404, "Forbidden": 403, "Unauthorized": 401, "InternalError": 500}
_LOST: Final = _("The pod is gone, or does not run any more: kubectl has lost its connection to it.")
_SILENT: Final = _("The kubelet of {node} does not answer: nothing comes back.")
_Port = Annotated[int, msgspec.Meta(ge=1, le=_LAST_PORT)]


class Listener(msgspec.Struct, frozen=True):
    """A kubectl that listens at a port of the workstation. job: its number in the shell; line: what was
    typed; pod: empty for a proxy, uid: which one of that name; remote: the port of the pod."""

    port: _Port
    job: int
    line: str
    namespace: str = ""
    pod: str = ""
    uid: str = ""
    remote: int = 0


def listeners(variables: Mapping[str, str]) -> dict[int, Listener]:
    """By port."""
    found: dict[int, Listener] = {}
    for name, value in variables.items():
        if not name.startswith(_NAME):
            continue
        try:
            one = msgspec.json.decode(value, type=Listener)
        except msgspec.DecodeError:
            continue
        found[one.port] = one
    return found


def remembered(found: Sequence[Listener]) -> dict[str, str]:
    """As variables."""
    return {f"{_NAME}{one.port}": msgspec.json.encode(one).decode() for one in found}


def without(variables: Mapping[str, str], job: int) -> dict[str, str]:
    """The variables when that job has ended."""
    gone = {f"{_NAME}{one.port}" for one in listeners(variables).values() if one.job == job}
    return {name: value for name, value in variables.items() if name not in gone}


# --- who listens -------------------------------------------------------------------------------------------


def forwards(api: Api, resource: Any, pod: Any, ports: Sequence[str]) -> list[tuple[int, int]]:
    """Ports of the workstation, 0 for any, and of the pod, as a line names them. resource: the Service, or
    the pod. Raises Said."""
    found = []
    for port in ports:
        local, _colon, remote = port.partition(":")
        remote = remote if _colon else local
        if port.count(":") > 1:
            raise Said(f"error: invalid port format '{port}'")
        number = _remote(resource, pod, remote) if api.today else _number(remote, "remote")
        if local == remote and not is_whole(local):
            local = str(number if resource is pod else _service_port(resource, remote))
        found.append((_number(local or "0", "local"), number))
    if any(remote == 0 for _local, remote in found):
        raise Said("error: remote port must be > 0")
    return found


def _number(text: str, which: str) -> int:
    if not is_whole(text):
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise Said(f"error: error parsing {which} port '{text}': {why}")
    if len(text) > len(str(_LAST_PORT)) or int(text) > _LAST_PORT:
        why = f'strconv.ParseUint: parsing "{text}": value out of range'
        raise Said(f"error: error parsing {which} port '{text}': {why}")
    return int(text)


def _remote(resource: Any, pod: Any, remote: str) -> int:
    if not remote:
        raise Said("error: remote port cannot be empty")
    if resource is not pod:
        return _target(resource, pod, _service_port(resource, remote))
    return _number(remote, "remote") if is_whole(remote) else _named(pod, remote)


def _named(pod: Any, name: str) -> int:
    for container in pod.spec.containers:
        for port in container.ports:
            if port.name == name:
                return int(port.container_port)
    raise Said(f"error: Pod '{pod.metadata.name}' does not have a named port '{name}'")


def _service_port(service: Any, remote: str) -> int:
    if is_whole(remote):
        return _number(remote, "remote")
    for port in service.spec.ports:
        if port.name == remote:
            return int(port.port)
    raise Said(f"error: Service '{service.metadata.name}' does not have a named port '{remote}'")


def _target(service: Any, pod: Any, number: int) -> int:
    """The port of the pod to which a port of the Service leads (LookupContainerPortNumberByServicePort)."""
    for port in service.spec.ports:
        if port.port != number:
            continue
        if service.spec.cluster_ip == "None":
            return number
        target = port.target_port or number
        return target if isinstance(target, int) else _named(pod, target)
    raise Said(f"error: Service {service.metadata.name} does not have a service port {number}")


def taken(api: Api, pod: Any, ports: Sequence[tuple[int, int]]) -> Answer:
    """kubectl listens, where nobody does yet. Raises Said."""
    lines: list[str] = []
    made: list[Listener] = []
    known = set(api.listening or ())
    for local, remote in ports:
        port = local or next(free for free in range(_FIRST_FREE, _LAST_PORT) if free not in known)
        if port in known:
            why = "bind: address already in use"
            inner = " ".join(
                f"unable to create listener: Error listen {kind} {address}:{port}: {why}"
                for kind, address in (("tcp4", "127.0.0.1"), ("tcp6", "[::1]"))
            )
            why = f"Listeners failed to create with the following errors: [{inner}]"
            lines.append(f"Unable to listen on port {port}: {why}")
            continue
        known.add(port)
        metadata = pod.metadata
        place = (metadata.namespace, metadata.name, metadata.uid)
        made.append(Listener(port, 0, "", *place, remote))
        lines += [f"Forwarding from {address}:{port} -> {remote}" for address in ("127.0.0.1", "[::1]")]
    if not made:
        pairs = " ".join(f"{{{local} {remote}}}" for local, remote in ports)
        told = f"error: unable to listen on any of the requested ports: [{pairs}]"
        raise Said("\n".join([*lines, told]))
    return Answer(text="\n".join(lines), variables=remembered(made))


def proxied(api: Api, port: str) -> Answer:
    """kubectl proxy listens. Raises Said."""
    number = _number(port or str(PROXY_PORT), "local") or _FIRST_FREE
    if number in (api.listening or ()):
        raise Said(f"error: listen tcp 127.0.0.1:{number}: bind: address already in use")
    text = f"Starting to serve on 127.0.0.1:{number}"
    return Answer(text=text, variables=remembered([Listener(number, 0, "")]))


# --- what answers ------------------------------------------------------------------------------------------


def answered(api: Api, variables: Mapping[str, str], asked: Asked) -> Answer | None:
    """What a request to a port of the workstation gets; None: nobody listens there. Raises Said."""
    found = listeners(variables).get(asked.port)
    if found is None:
        return None
    return _of_pod(api, found, asked) if found.pod else _of_proxy(api, f"{asked.path}{asked.query}")


def _of_proxy(api: Api, path: str) -> Answer:
    try:
        return raw(api, path)
    except Said as said:
        match = _ERROR.fullmatch(said.text)
        if match is None:
            raise
        reason, message = match.groups()
        status: dict[str, object] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": _CODES.get(reason, 500),
        }
        return Answer(text=json.dumps(status, indent=2), note=said.note)


def _of_pod(api: Api, found: Listener, asked: Asked) -> Answer:
    api.warnings.append(f"Handling connection for {found.port}")
    pod = api.find("pods", found.namespace, found.pod)
    empty = "curl: (52) Empty reply from server"
    if pod is None or pod.metadata.uid != found.uid or pod.status.phase != "Running":
        raise Said(empty, note=_LOST)
    node, network = pod.spec.node_name, api.cluster.network
    machine = api.cluster.machines.get(node)
    if machine is None or not machine.state.powered or network.is_kubelet_away(node):
        raise Said(empty, note=_SILENT, node=node)
    if why := forwarding.refused(api.cluster, pod, found.remote):
        head = f"an error occurred forwarding {found.port} -> {found.remote}: error forwarding port"
        api.warnings.append(f"{head} {found.remote} to pod {found.pod}, uid : {why.strip()}")
        raise Said(empty)
    told = forwarding.reached(api.cluster, pod, found.remote, f"{asked.path}{asked.query}")
    if told is None:
        raise Said(empty)
    return Answer(text=told.body.removesuffix("\n"), ok=told.status < 400)
