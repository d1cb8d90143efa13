"""Pieces that several descriptions share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.timestamp import micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today

NONE: Final = "<none>"
TODAY: Final = ("v1.36",)
_SHORT_HEADS: Final = ("  Type\tReason\tAge\tFrom\tMessage", "  ----\t------\t----\t----\t-------")
_EVENT_HEADS: Final = {
    "v1.7": (
        "  FirstSeen\tLastSeen\tCount\tFrom\tSubObjectPath\tType\tReason\tMessage",
        "  ---------\t--------\t-----\t----\t-------------\t--------\t------\t-------",
    ),
    "v1.8": _SHORT_HEADS,
    "v1.36": _SHORT_HEADS,
}
LONGEST_VALUE: Final = 200
LONGEST_VALUE_TODAY: Final = 140
"""Longer annotations are cut (printAnnotationsMultiline); today they stand below their key."""

_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def pairs(title: str, values: Mapping[str, str]) -> Iterable[str]:
    """A title and one "key=value" per line, sorted."""
    lines = [f"{key}={values[key]}" for key in sorted(values)]
    cut = [line if len(line) <= LONGEST_VALUE else f"{line[:LONGEST_VALUE]}..." for line in lines]
    return several(title, cut)


def annotations(values: Mapping[str, str], release: str) -> Iterable[str]:
    """The annotations; today those of kubectl's own are left out and a colon stands between."""
    if release not in TODAY:
        return pairs("Annotations", values)
    shown = [line for key in sorted(values) if key != _LAST_APPLIED for line in _annotation(key, values[key])]
    return several("Annotations", shown)


def _annotation(key: str, value: str) -> Iterable[str]:
    """A long one, or one of several lines, stands below its key."""
    text = value.removesuffix("\n")
    if len(text) + len(key) + 2 <= LONGEST_VALUE_TODAY and "\n" not in text:
        yield f"{key}: {text}"
        return
    yield f"{key}:"
    most = LONGEST_VALUE_TODAY - 2
    yield from (f"  {line[:most]}{'...' if len(line) > most else ''}" for line in text.split("\n"))


def several(title: str, values: Sequence[str]) -> Iterable[str]:
    """A title and one value per line."""
    yield f"{title}:\t{values[0] if values else NONE}"
    yield from (f"\t{value}" for value in values[1:])


def head(obj: Any, release: str, *, namespaced: bool = True) -> Iterable[str]:
    """Name, namespace, labels and annotations: how most descriptions begin."""
    yield f"Name:\t{obj.metadata.name}"
    if namespaced:
        yield f"Namespace:\t{obj.metadata.namespace}"
    yield from pairs("Labels", obj.metadata.labels)
    yield from annotations(obj.metadata.annotations, release)


def amounts(title: str, values: Mapping[str, Any], indent: str = "  ") -> Iterable[str]:
    """A title and quantities below it, sorted."""
    if values:
        yield f"{indent}{title}:"
        yield from (f"{indent}  {name}:\t{values[name]}" for name in sorted(values))


def events(found: Sequence[Any], release: str, now: Micros) -> Iterable[str]:
    """The table at the end."""
    if not found:
        yield f"Events:\t{NONE}"
        return
    yield "Events:"
    yield from _EVENT_HEADS[release]
    for event in sorted(found, key=_last_timestamp):
        yield "  " + "\t".join(_event(event, release, now))


def _last_timestamp(event: Any) -> Micros:
    """What kubectl sorts by: today's scheduler leaves it out, so what it says comes first."""
    return micros(event.last_timestamp) if event.last_timestamp else 0


def _event(event: Any, release: str, now: Micros) -> tuple[str, ...]:
    source = event.source
    told = age_today if release in TODAY else age
    sender = f"{source.component}, {source.host}" if source.host else source.component
    first, last = told(event.first_seen, now), told(event.last_seen, now)
    if release == "v1.7":
        where = event.involved_object.field_path
        return (first, last, str(event.count), sender, where, event.type, event.reason, event.message)
    seen = f"{last} (x{event.seen} over {first})" if event.seen > 1 else last
    if release in TODAY:
        field = event.involved_object.field_path
        message = f"{field}: {event.message.strip()}" if field else event.message.strip()
        return (event.type, event.reason, seen, event.reporter, message)
    return (event.type, event.reason, seen, sender, event.message)
