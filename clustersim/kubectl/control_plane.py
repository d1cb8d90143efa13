"""`kubectl get` of what the control plane keeps about itself: component statuses, leases, API services, flow
schemas and priority levels.

Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today
from clustersim.kubectl.columns import Cell


def component_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """componentstatuses."""
    healthy = next((one for one in obj.conditions if one.type == "Healthy"), None)
    if healthy is None:
        return (obj.metadata.name, "Unknown", "", "")
    word = "Healthy" if healthy.status == "True" else "Unhealthy"
    return (obj.metadata.name, word, healthy.message, healthy.error)


def lease_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """leases."""
    return (
        obj.metadata.name,
        obj.spec.holder_identity or "",
        age_today(obj.metadata.creation_timestamp, now),
    )


def api_service_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """apiservices."""
    spec, status = obj.spec or {}, obj.status or {}
    service = spec.get("service")
    who = f"{service.get('namespace')}/{service.get('name')}" if service else "Local"
    told = [one for one in status.get("conditions") or () if one.get("type") == "Available"]
    answers, reason = (told[0].get("status"), told[0].get("reason")) if told else ("Unknown", "")
    shown = f"{answers} ({reason})" if answers != "True" and reason else answers
    return (obj.metadata.name, who, shown, age_today(obj.metadata.creation_timestamp, now))


def flow_schema_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """flowschemas."""
    spec, status = obj.spec or {}, obj.status or {}
    by = (spec.get("distinguisherMethod") or {}).get("type") or "<none>"
    level = (spec.get("priorityLevelConfiguration") or {}).get("name", "")
    dangling = [one.get("status") for one in status.get("conditions") or () if one.get("type") == "Dangling"]
    since = age_today(obj.metadata.creation_timestamp, now)
    name = obj.metadata.name
    return (name, level, spec.get("matchingPrecedence", 0), by, since, dangling[0] if dangling else "?")


def priority_level_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """prioritylevelconfigurations."""
    spec = obj.spec or {}
    limited = spec.get("limited") or {}
    queuing = (limited.get("limitResponse") or {}).get("queuing") or {}
    queues = (queuing.get(key, "<none>") for key in ("queues", "handSize", "queueLengthLimit"))
    shares = limited.get("nominalConcurrencyShares", "<none>")
    since = age_today(obj.metadata.creation_timestamp, now)
    return (obj.metadata.name, spec.get("type", ""), shares, *queues, since)
