"""`kubectl get nodes`. Source: v1.7.5 and v1.8.0 pkg/printers/internalversion/printers.go printNode."""

from typing import Final

from clustersim.api.core_v1 import Node
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age

NONE: Final = "<none>"
UNKNOWN: Final = "<unknown>"
ROLE_PREFIX: Final = "node-role.kubernetes.io/"
ROLE_LABEL: Final = "kubernetes.io/role"


def node_roles(node: Node) -> list[str]:
    """Roles by label, sorted."""
    labels = node.metadata.labels
    roles = {key.removeprefix(ROLE_PREFIX) for key in labels if key.startswith(ROLE_PREFIX)}
    roles |= {role for role in (labels.get(ROLE_LABEL),) if role}
    return sorted(role for role in roles if role)


def node_status(node: Node) -> str:
    """The word under STATUS: "NotReady" for False as well as for Unknown."""
    ready = next((found for found in node.status.conditions if found.type == "Ready"), None)
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    if node.spec.unschedulable:
        words.append("SchedulingDisabled")
    return ",".join(words)


def node_cells(node: Node, now: Micros, release: str, *, wide: bool) -> tuple[str, ...]:
    """One row."""
    metadata, info = node.metadata, node.status.node_info
    since, roles = age(metadata.creation_timestamp, now), node_roles(node)
    cells: tuple[str, ...]
    if release == "v1.7":
        cells = (metadata.name, ",".join([node_status(node), *roles]), since, info.kubelet_version)
    else:
        names = ",".join(roles) or NONE
        cells = (metadata.name, node_status(node), names, since, info.kubelet_version)
    if not wide:
        return cells
    external = next((found.address for found in node.status.addresses if found.type == "ExternalIP"), NONE)
    cells = (*cells, external, info.os_image or UNKNOWN, info.kernel_version or UNKNOWN)
    return cells if release == "v1.7" else (*cells, info.container_runtime_version or UNKNOWN)
