"""`kubectl get` of namespaces, ConfigMaps, Secrets, service accounts and quotas.

Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today
from clustersim.kubectl.columns import Cell


def namespace_phase(obj: Any) -> str:
    """Active or Terminating."""
    return str(obj.status.phase)


def secret_type(obj: Any) -> str:
    """ "Opaque"."""
    return str(obj.type)


def data_count(obj: Any) -> int:
    """How many keys there are."""
    return len(obj.data or {}) + len(getattr(obj, "binary_data", None) or {})


def secrets_count(obj: Any) -> int:
    """Of a service account."""
    return len(obj.secrets or ())


def quota_cells_today(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """resourcequotas: what is used of what, requests and limits apart."""
    hard, used = obj.status.hard or {}, obj.status.used or {}
    told = {name: f"{name}: {used.get(name, '0')}/{hard[name]}" for name in sorted(hard)}
    limits = ", ".join(text for name, text in told.items() if name.startswith("limits."))
    requests = ", ".join(text for name, text in told.items() if not name.startswith("limits."))
    return (obj.metadata.name, requests, limits, age_today(obj.metadata.creation_timestamp, now))
