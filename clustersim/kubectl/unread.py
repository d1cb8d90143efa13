"""`kubectl get` of kinds that nothing of this model acts on, in v1.36. What stands in them
is kept as it came. Source: v1.36 pkg/printers/internalversion/printers.go.
"""

from collections.abc import Callable
from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import NONE, UNSET


def _spec(obj: Any) -> dict[str, Any]:
    return obj.spec or {}


def _truth(value: Any) -> str:
    return "true" if value else "false"


def counted(key: str) -> Callable[[Any], int]:
    """How many of them the spec names."""
    return lambda obj: len(_spec(obj).get(key) or ())


def said(key: str) -> Callable[[Any], str]:
    """A text of the spec."""
    return lambda obj: str(_spec(obj).get(key) or "")


def webhooks(obj: Any) -> int:
    """How many servers are asked."""
    return len(obj.webhooks or ())


def handler(obj: Any) -> str:
    """Of a RuntimeClass."""
    return str(obj.handler)


def driver_name(obj: Any) -> str:
    """Of a VolumeAttributesClass."""
    return str(obj.driver_name)


def pool(obj: Any) -> str:
    """Of a ResourceSlice."""
    return str((_spec(obj).get("pool") or {}).get("name") or "")


def cidrs(obj: Any) -> str:
    """Of a ServiceCIDR."""
    return ",".join(_spec(obj).get("cidrs") or ())


def claim_state(obj: Any) -> str:
    """Of a ResourceClaim: "pending", "allocated,reserved"."""
    status = obj.status or {}
    deleted = ["deleted"] if obj.metadata.deletion_timestamp else []
    if status.get("allocation") is None:
        return ",".join(deleted or ["pending"])
    return ",".join([*deleted, "allocated", *(["reserved"] if status.get("reservedFor") else [])])


def parameter_kind(obj: Any) -> str:
    """Of an admission policy."""
    kind = _spec(obj).get("paramKind")
    return UNSET if kind is None else f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}"


def parameter(obj: Any) -> str:
    """Of a policy's binding; whether one without a namespace has none cannot be told from here."""
    told = _spec(obj).get("paramRef") or {}
    if told.get("name"):
        return f"{told.get('namespace') or '*'}/{told['name']}"
    return UNSET if told.get("selector") is None else _selector(told["selector"])


def _selector(selector: dict[str, Any]) -> str:
    """As Go's generated String() writes it."""
    labels = "".join(f"{key}: {value}," for key, value in sorted((selector.get("matchLabels") or {}).items()))
    needs = "".join(
        f"LabelSelectorRequirement{{Key:{one.get('key', '')},Operator:{one.get('operator', '')},"
        f"Values:[{' '.join(one.get('values') or ())}],}},"
        for one in selector.get("matchExpressions") or ()
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{needs}}},}}"
    )


def driver_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """csidrivers."""
    spec = _spec(obj)
    asked = spec.get("tokenRequests")
    return (
        obj.metadata.name,
        _truth(spec.get("attachRequired") is not False),
        _truth(spec.get("podInfoOnMount")),
        _truth(spec.get("storageCapacity")),
        UNSET if asked is None else ",".join(one.get("audience", "") for one in asked),
        _truth(spec.get("requiresRepublish")),
        ",".join(spec.get("volumeLifecycleModes") or ()) or NONE,
        age_today(obj.metadata.creation_timestamp, now),
    )


def capacity_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """csistoragecapacities."""
    return obj.metadata.name, obj.storage_class_name, obj.capacity or UNSET


def address_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """ipaddresses: no column is told for their age."""
    parent = _spec(obj).get("parentRef")
    if parent is None:
        return obj.metadata.name, NONE
    group, resource = parent.get("group") or "", parent.get("resource") or ""
    kind = (f"{resource}.{group}" if group else resource).lower()
    return obj.metadata.name, "/".join(filter(None, (kind, parent.get("namespace"), parent.get("name"))))
