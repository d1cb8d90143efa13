"""`kubectl get` of kinds that nothing of this model acts on, in v1.36. What stands in them
is kept as it came. Source: v1.36 pkg/printers/internalversion/printers.go.
"""

from collections.abc import Callable
from typing import Any

from clustersim.api.kept import listing, mapping, text
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import NONE, UNSET


def _spec(obj: Any) -> dict[str, Any]:
    return mapping(obj.spec)


def _truth(value: Any) -> str:
    return "true" if value else "false"


def counted(key: str) -> Callable[[Any], int]:
    """How many of them the spec names."""
    return lambda obj: len(listing(_spec(obj).get(key)))


def said(key: str) -> Callable[[Any], str]:
    """A text of the spec."""
    return lambda obj: text(_spec(obj).get(key))


def webhooks(obj: Any) -> int:
    """How many servers are asked."""
    return len(listing(obj.webhooks))


def handler(obj: Any) -> str:
    """Of a RuntimeClass."""
    return str(obj.handler)


def driver_name(obj: Any) -> str:
    """Of a VolumeAttributesClass."""
    return str(obj.driver_name)


def pool(obj: Any) -> str:
    """Of a ResourceSlice."""
    return text(mapping(_spec(obj).get("pool")).get("name"))


def cidrs(obj: Any) -> str:
    """Of a ServiceCIDR."""
    return ",".join(map(text, listing(_spec(obj).get("cidrs"))))


def claim_state(obj: Any) -> str:
    """Of a ResourceClaim: "pending", "allocated,reserved"."""
    status = mapping(obj.status)
    deleted = ["deleted"] if obj.metadata.deletion_timestamp else []
    if status.get("allocation") is None:
        return ",".join(deleted or ["pending"])
    return ",".join([*deleted, "allocated", *(["reserved"] if status.get("reservedFor") else [])])


def parameter_kind(obj: Any) -> str:
    """Of an admission policy."""
    kind = _spec(obj).get("paramKind")
    told = mapping(kind)
    return UNSET if kind is None else f"{text(told.get('apiVersion'))}/{text(told.get('kind'))}"


def parameter(obj: Any) -> str:
    """Of a policy's binding; whether one without a namespace has none cannot be told from here."""
    told = mapping(_spec(obj).get("paramRef"))
    if told.get("name"):
        return f"{told.get('namespace') or '*'}/{told['name']}"
    return UNSET if told.get("selector") is None else _selector(mapping(told["selector"]))


def _selector(selector: dict[str, Any]) -> str:
    """As Go's generated String() writes it."""
    given = mapping(selector.get("matchLabels"))
    labels = "".join(f"{key}: {given[key]}," for key in sorted(given))
    needs = "".join(
        f"LabelSelectorRequirement{{Key:{one.get('key', '')},Operator:{one.get('operator', '')},"
        f"Values:[{' '.join(map(text, listing(one.get('values'))))}],}},"
        for one in map(mapping, listing(selector.get("matchExpressions")))
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{needs}}},}}"
    )


def driver_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """csidrivers."""
    spec = _spec(obj)
    asked = spec.get("tokenRequests")
    modes = ",".join(map(text, listing(spec.get("volumeLifecycleModes"))))
    return (
        obj.metadata.name,
        _truth(spec.get("attachRequired") is not False),
        _truth(spec.get("podInfoOnMount")),
        _truth(spec.get("storageCapacity")),
        UNSET if asked is None else ",".join(text(mapping(one).get("audience")) for one in listing(asked)),
        _truth(spec.get("requiresRepublish")),
        modes or NONE,
        age_today(obj.metadata.creation_timestamp, now),
    )


def capacity_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """csistoragecapacities."""
    return obj.metadata.name, obj.storage_class_name, text(obj.capacity) or UNSET


def address_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """ipaddresses: no column is told for their age."""
    if _spec(obj).get("parentRef") is None:
        return obj.metadata.name, NONE
    parent = mapping(_spec(obj)["parentRef"])
    group, resource = text(parent.get("group")), text(parent.get("resource"))
    kind = (f"{resource}.{group}" if group else resource).lower()
    named = text(parent.get("namespace")), text(parent.get("name"))
    return obj.metadata.name, "/".join(filter(None, (kind, *named)))
