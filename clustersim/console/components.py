"""What the API server finds when it asks the other components for their health.

Source: pkg/registry/core/componentstatus, pkg/registry/core/rest (validators).
"""

from typing import TYPE_CHECKING, Any, Final

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta
from clustersim.engine.process import HUNG

if TYPE_CHECKING:
    from clustersim.cluster import Cluster

_PORTS: Final = {"controller-manager": 10252, "etcd-0": 2379, "scheduler": 10251}
_PORTS_TODAY: Final = {"controller-manager": 10257, "etcd-0": 2379, "scheduler": 10259}


def component_statuses(cluster: "Cluster") -> list[Any]:
    """One ComponentStatus for each."""
    today = cluster.world.release.name == "v1.36"
    scheme, system = ("https", "connect") if today else ("http", "getsockopt")
    found = []
    for name, port in (_PORTS_TODAY if today else _PORTS).items():
        process = cluster.process("etcd" if name == "etcd-0" else name)
        address = f"{scheme}://127.0.0.1:{port}/healthz"
        asked = f'Get "{address}": ' if today else f"Get {address}: "
        told = ""
        if process.status.phase == HUNG:
            told = f"{asked}net/http: request canceled (Client.Timeout exceeded while awaiting headers)"
        elif not process.running:
            told = f"{asked}dial tcp 127.0.0.1:{port}: {system}: connection refused"
        body = '{"health": "true"}' if name == "etcd-0" and not today else "ok"
        healthy = v1.ComponentCondition(
            type="Healthy", status="False" if told else "True", message=told or body
        )
        found.append(v1.ComponentStatus(metadata=ObjectMeta(name=name), conditions=(healthy,)))
    return found
