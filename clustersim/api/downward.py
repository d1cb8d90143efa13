"""What a pod is told of itself: the values of fieldRef and resourceFieldRef.

Sources: pkg/fieldpath (v1.7.5, v1.8.0, v1.36.2), pkg/kubelet/kubelet_pods.go podFieldSelectorRuntimeValue,
pkg/api/v1/resource ExtractContainerResourceValue.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.quantity import Quantity, parse_quantity

_KEY: Final = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]\Z")
_UNIT: Final = "1"


def metadata_value(pod: Any, path: str) -> str:
    """A field of the metadata; empty for any other path."""
    if (key := _KEY.match(path)) is not None:
        return str(getattr(pod.metadata, key[1]).get(key[2], ""))
    match path:
        case "metadata.labels" | "metadata.annotations":
            values = getattr(pod.metadata, path.rpartition(".")[2])
            return "\n".join(f"{name}={json.dumps(values[name])}" for name in sorted(values))
        case "metadata.name" | "metadata.namespace" | "metadata.uid":
            return str(getattr(pod.metadata, path.rpartition(".")[2]))
    return ""


def field_value(pod: Any, path: str) -> str:
    """What a container of a running pod is told of a field."""
    match path:
        case "spec.nodeName":
            return str(pod.spec.node_name)
        case "spec.serviceAccountName":
            return str(pod.spec.service_account_name)
        case "status.hostIP" | "status.hostIPs":
            return str(pod.status.host_ip)
        case "status.podIP" | "status.podIPs":
            return str(pod.status.pod_ip)
    return metadata_value(pod, path)


def amount(container: Any, source: Any, allocatable: Mapping[str, str]) -> str:
    """A request or limit of a container, in whole units of the divisor. allocatable: what the node gives,
    which is the limit of a container that has none."""
    kind, _dot, resource = source.resource.partition(".")
    given = getattr(container.resources, kind, {})
    text = given.get(resource) or (allocatable.get(resource) if kind == "limits" else "") or "0"
    scale = 3 if resource == "cpu" else 0
    unit = parse_quantity(source.divisor or _UNIT)
    unit = unit if unit.nanos else Quantity(10**9)
    return str(-(-parse_quantity(text).scaled(scale) // unit.scaled(scale)))
