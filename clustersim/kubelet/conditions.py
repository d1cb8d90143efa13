"""What a node's status says: capacity, machine, and the conditions in the order of the release; Ready is
the last.

lastHeartbeatTime moves with every report, lastTransitionTime only with a change of status. A change is told
by an event of type Normal, whatever it means; the birth of a pressure condition counts as a change, that of
Ready does not."""

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from clustersim.api.core_v1 import (
    DaemonEndpoint,
    Node,
    NodeAddress,
    NodeCondition,
    NodeDaemonEndpoints,
    NodeStatus,
    NodeSystemInfo,
)
from clustersim.api.timestamp import rfc3339
from clustersim.engine.rules import Verdict
from clustersim.kubelet.allocatable import allocatable
from clustersim.machine import Machine

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet import Kubelet

T = TypeVar("T")


class Told(msgspec.Struct, frozen=True):
    """A change that is told as an event, and the rule behind it where there is one."""

    reason: str
    verdict: Verdict | None = None


class Wanted(msgspec.Struct, frozen=True):
    """A condition as it should be, and its event."""

    type: str
    status: str
    reason: str
    message: str
    event: str
    verdict: Verdict | None = None


class Pressure(msgspec.Struct, frozen=True):
    """How a pressure condition is said: (reason without its prefix, message) without and with pressure."""

    off: tuple[str, str]
    on: tuple[str, str]

    def wanted(self, kind: str, pressed: bool) -> Wanted:
        """The condition."""
        reason, message = self.on if pressed else self.off
        return Wanted(kind, str(pressed), f"KubeletHas{reason}", f"kubelet has {message}", f"NodeHas{reason}")


_PRESSURES: Final = {
    # A disk that is full is DiskPressure in this model, never OutOfDisk.
    "OutOfDisk": Pressure(
        ("SufficientDisk", "sufficient disk space available"), ("OutOfDisk", "out of disk space")
    ),
    "MemoryPressure": Pressure(
        ("SufficientMemory", "sufficient memory available"),
        ("InsufficientMemory", "insufficient memory available"),
    ),
    "DiskPressure": Pressure(("NoDiskPressure", "no disk pressure"), ("DiskPressure", "disk pressure")),
    "PIDPressure": Pressure(
        ("SufficientPID", "sufficient PID available"), ("InsufficientPID", "insufficient PID available")
    ),
}


def wanted_conditions(kubelet: "Kubelet") -> tuple[Wanted, ...]:
    """All conditions of the release, in its order."""
    pressures = (_PRESSURES[kind].wanted(kind, kubelet.eviction.pressed(kind)) for kind in kubelet.pressures)
    return (*pressures, _ready(kubelet))


def _ready(kubelet: "Kubelet") -> Wanted:
    network = kubelet.network_state.errors()
    errors = (*kubelet.runtime_state.errors(), *network, *kubelet.node_status.errors())
    if not errors:
        return Wanted("Ready", "True", "KubeletReady", "kubelet is posting ready status", "NodeReady")
    verdicts = (kubelet.runtime_state.runtime_down(), kubelet.runtime_state.pleg_unhealthy())
    verdict = next((verdict for verdict in verdicts if verdict.holds), None)
    return Wanted(
        "Ready", "False", "KubeletNotReady", kubelet.words.not_ready(errors), "NodeNotReady", verdict=verdict
    )


def node_status(kubelet: "Kubelet", node: Node) -> tuple[NodeStatus, list[Told]]:
    """The status to report for a node as the API server has it, and what is told about it."""
    now = rfc3339(kubelet.clock)
    old = {condition.type: condition for condition in node.status.conditions}
    found: list[NodeCondition] = []
    told: list[Told] = []
    for wanted in wanted_conditions(kubelet):
        before = old.get(wanted.type)
        changed = before is None or before.status != wanted.status
        if changed and (before is not None or wanted.type != "Ready"):
            told.append(Told(wanted.event, wanted.verdict))
        found.append(
            NodeCondition(
                type=wanted.type,
                status=wanted.status,
                last_heartbeat_time=now,
                last_transition_time=now if before is None or changed else before.last_transition_time,
                reason=wanted.reason,
                message=wanted.message,
            )
        )
    host, old_status = kubelet.host, node.status
    # What somebody else made known of the node stays: "avoid blindly overwriting the capacity" (setters.go).
    amounts = {**old_status.capacity, **kubelet.node_status.capacity()}
    capacity = _shared(old_status.capacity, amounts)
    status = NodeStatus(
        capacity=capacity,
        allocatable=_shared(
            old_status.allocatable, allocatable(capacity, kubelet.flags, kubelet.no_thresholds)
        ),
        conditions=tuple(found),
        addresses=_shared(old_status.addresses, _addresses(host)),
        daemon_endpoints=_shared(old_status.daemon_endpoints, _endpoints(kubelet)),
        images=_shared(old_status.images, kubelet.node_status.state.named),
        node_info=_shared(old_status.node_info, _node_info(kubelet)),
        volumes_attached=old_status.volumes_attached,
        volumes_in_use=kubelet.attachments.in_use(),
    )
    return status, told


def beaten(status: NodeStatus, at: str) -> NodeStatus:
    """The same report, made then."""
    return msgspec.structs.replace(status, conditions=_later(status.conditions, at))


def _later(conditions: tuple[NodeCondition, ...], at: str) -> tuple[NodeCondition, ...]:
    """The same conditions, told then: one object for all nodes that tell the same, as thousands do that were
    started together."""
    told = (id(conditions), at)
    if (known := _TOLD.get(told)) is not None:
        return known[1]
    new = tuple(msgspec.structs.replace(one, last_heartbeat_time=at) for one in conditions)
    if len(_TOLD) >= MOST_TOLD:
        _TOLD.clear()
        _SAME.clear()
    later = _SAME.setdefault(new, new)
    _TOLD[told] = conditions, later
    return later


MOST_TOLD: Final = 4096
_TOLD: Final[dict[tuple[int, str], tuple[tuple[NodeCondition, ...], tuple[NodeCondition, ...]]]] = {}
"""Conditions by those they were made of, told by identity, and the time. What they were made of is kept, so
that no other has its identity."""
_SAME: Final[dict[tuple[NodeCondition, ...], tuple[NodeCondition, ...]]] = {}
"""One of all that are equal."""


def _shared(old: T, new: T) -> T:
    """What has not changed since the last report is kept once, not once for every report."""
    return old if old == new else new


def _endpoints(kubelet: "Kubelet") -> NodeDaemonEndpoints:
    return NodeDaemonEndpoints(kubelet_endpoint=DaemonEndpoint(port=kubelet.flags.port))


def _addresses(host: Machine) -> tuple[NodeAddress, ...]:
    return (
        NodeAddress(type="InternalIP", address=host.ip),
        NodeAddress(type="Hostname", address=host.name),
    )


def _node_info(kubelet: "Kubelet") -> NodeSystemInfo:
    kernel = kubelet.host.state.kernel
    version = kubelet.runtime_version if kubelet.node_status.state.version_known else "Unknown"
    return NodeSystemInfo(
        machine_id=f"m-{kubelet.node_name}",
        system_uuid=f"m-{kubelet.node_name}",
        boot_id=kubelet.host.boot_id,
        kernel_version=kernel,
        os_image=kubelet.host.os_image,
        container_runtime_version=f"{kubelet.words.runtime}://{version}",
        kubelet_version=kubelet.version,
        kube_proxy_version=kubelet.version,
        operating_system="linux",
        architecture="amd64",
    )
