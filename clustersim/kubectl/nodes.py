"""`kubectl get nodes`. Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go printNode."""

from typing import Any, Final

from clustersim.api.conditions import condition_of
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import NONE, UNKNOWN

ROLE_PREFIX: Final = "node-role.kubernetes.io/"
ROLE_LABEL: Final = "kubernetes.io/role"


def node_roles(node: Any) -> list[str]:
    """Roles by label, sorted."""
    labels = node.metadata.labels
    roles = [key.removeprefix(ROLE_PREFIX) for key in labels if key.startswith(ROLE_PREFIX)]
    roles.append(labels.get(ROLE_LABEL, ""))
    return sorted(dict.fromkeys(role for role in roles if role))


def node_status(node: Any) -> str:
    """The word under STATUS: "NotReady" for False as well as for Unknown."""
    ready = condition_of(node.status, "Ready")
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    if node.spec.unschedulable:
        words.append("SchedulingDisabled")
    return ",".join(words)


def _address(node: Any, kind: str) -> str:
    return next((found.address for found in node.status.addresses if found.type == kind), NONE)


def node_cells_1_7(node: Any, now: Micros) -> tuple[Cell, ...]:
    """One row: roles stand behind the status."""
    metadata, info = node.metadata, node.status.node_info
    status = ",".join([node_status(node), *node_roles(node)])
    return (
        metadata.name,
        status,
        age(metadata.creation_timestamp, now),
        info.kubelet_version,
        _address(node, "ExternalIP"),
        info.os_image or UNKNOWN,
        info.kernel_version or UNKNOWN,
    )


def node_cells_1_8(node: Any, now: Micros) -> tuple[Cell, ...]:
    """One row: roles have a column."""
    metadata, info = node.metadata, node.status.node_info
    return (
        metadata.name,
        node_status(node),
        ",".join(node_roles(node)) or NONE,
        age(metadata.creation_timestamp, now),
        info.kubelet_version,
        _address(node, "ExternalIP"),
        info.os_image or UNKNOWN,
        info.kernel_version or UNKNOWN,
        info.container_runtime_version or UNKNOWN,
    )


def node_cells_today(node: Any, now: Micros) -> tuple[Cell, ...]:
    """One row: with the internal address, and the architecture behind the kernel."""
    metadata, info = node.metadata, node.status.node_info
    kernel = info.kernel_version or UNKNOWN
    if info.architecture:
        kernel = f"{kernel} ({info.architecture})"
    return (
        metadata.name,
        node_status(node),
        ",".join(node_roles(node)) or NONE,
        age_today(metadata.creation_timestamp, now),
        info.kubelet_version,
        _address(node, "InternalIP"),
        _address(node, "ExternalIP"),
        info.os_image or UNKNOWN,
        kernel,
        info.container_runtime_version or UNKNOWN,
    )
