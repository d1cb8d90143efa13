"""Fields that Go writes though nothing is in them, and which this model keeps nothing for: times that never
were are null, and old releases have lists and maps without `omitempty`.

Source: the JSON tags of v1.7.5 pkg/api/v1/types.go, v1.8.0 and v1.36.2 k8s.io/api.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

OLD: Final = ("v1.7", "v1.8")

_EMPTY: Final[Mapping[str, tuple[tuple[tuple[str, ...], Any], ...]]] = {
    "Endpoints": ((("subsets",), []),),
    "PodDisruptionBudget": ((("status", "disruptedPods"), None),),
    "Node": ((("spec", "taints", "timeAdded"), None),),
}
"""By kind, of old releases: where, and what is written there. Lists on the way are gone through."""

_OF_EVENTS: Final[Mapping[str, str | None]] = {
    "eventTime": None,
    "firstTimestamp": None,
    "lastTimestamp": None,
    "reportingComponent": "",
    "reportingInstance": "",
}


def write_what_is_empty(plain: dict[str, Any], release: str) -> None:
    """Add those fields to an object."""
    kind = plain["kind"]
    if release in OLD:
        for path, value in _EMPTY.get(kind, ()):
            for place in _places(plain, path[:-1]):
                place.setdefault(path[-1], value)
    elif kind == "Event" and plain["apiVersion"] == "v1":
        for name, empty in _OF_EVENTS.items():
            plain.setdefault(name, empty)
    if kind == "Pod":
        for status in _places(plain, ("status", "containerStatuses")):
            for state in ("state", "lastState"):
                for ended in _places(status, (state, "terminated")):
                    ended.setdefault("startedAt", None)
                    ended.setdefault("finishedAt", None)
    if release == "v1.7":  # There a path of the node has no type.
        for place in _volumes(plain):
            place.get("hostPath", {}).pop("type", None)


def _places(plain: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The objects at the end of a path, as far as it leads."""
    if isinstance(plain, list):
        for one in plain:
            yield from _places(one, path)
    elif isinstance(plain, dict) and not path:
        yield plain
    elif isinstance(plain, dict) and path[0] in plain:
        yield from _places(plain[path[0]], path[1:])


def _volumes(plain: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Volumes of a pod or of a template, or a volume of the cluster."""
    yield from _places(plain, ("spec",))
    for way in ((), ("template", "spec"), ("jobTemplate", "spec", "template", "spec")):
        yield from _places(plain, ("spec", *way, "volumes"))
