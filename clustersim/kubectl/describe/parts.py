"""Pieces that several descriptions share."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from clustersim.api.core_v1 import Container, Event, PodTemplateSpec
from clustersim.api.timestamp import EPOCH, micros
from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age

NONE: Final = "<none>"
_EVENT_HEADS: Final[dict[str, tuple[str, str]]] = {
    "v1.7": (
        "  FirstSeen\tLastSeen\tCount\tFrom\tSubObjectPath\tType\tReason\tMessage",
        "  ---------\t--------\t-----\t----\t-------------\t--------\t------\t-------",
    ),
    "v1.8": ("  Type\tReason\tAge\tFrom\tMessage", "  ----\t------\t----\t----\t-------"),
}
_EVENT_HEADS["v1.36"] = _EVENT_HEADS["v1.8"]
LONGEST_VALUE: Final = 200
"""Longer annotations are cut (printAnnotationsMultiline)."""


def moment(timestamp: str) -> str:
    """RFC 1123 with a numeric zone: "Tue, 26 Sep 2017 07:00:00 +0000"."""
    if not timestamp:
        return "<unset>"
    return (EPOCH + timedelta(microseconds=micros(timestamp))).strftime("%a, %d %b %Y %H:%M:%S +0000")


def pairs(title: str, values: Mapping[str, str]) -> Iterable[str]:
    """A title and one "key=value" per line, sorted."""
    lines = [f"{key}={values[key]}" for key in sorted(values)]
    cut = [line if len(line) <= LONGEST_VALUE else f"{line[:LONGEST_VALUE]}..." for line in lines]
    return several(title, cut)


def several(title: str, values: Sequence[str]) -> Iterable[str]:
    """A title and one value per line."""
    yield f"{title}:\t{values[0] if values else NONE}"
    yield from (f"\t{value}" for value in values[1:])


def ports(container: Container) -> str:
    """The first port, as v1.7 and v1.8 print it."""
    texts = [f"{port.container_port}/{port.protocol}" for port in container.ports]
    return ", ".join(texts)


def template(found: PodTemplateSpec) -> Iterable[str]:
    """What pods are made from."""
    yield "Pod Template:"
    yield from (f"  {line}" if line[0] != "\t" else line for line in pairs("Labels", found.metadata.labels))
    yield "  Containers:"
    for container in found.spec.containers:
        yield f"   {container.name}:"
        yield f"    Image:\t{container.image}"
        yield f"    Port:\t{ports(container) or NONE}"
        yield from requests(container)
        yield f"    Environment:\t{NONE}"
        yield f"    Mounts:\t{NONE}"
    yield f"  Volumes:\t{NONE}"


def requests(container: Container) -> Iterable[str]:
    """Limits and requests, where there are any."""
    for title, values in (("Limits", container.resources.limits), ("Requests", container.resources.requests)):
        if values:
            yield f"    {title}:"
            yield from (f"      {name}:\t{values[name]}" for name in sorted(values))


def events(found: Sequence[Event], release: str, now: Micros) -> Iterable[str]:
    """The table at the end."""
    if not found:
        yield f"Events:\t{NONE}"
        return
    yield "Events:"
    yield from _EVENT_HEADS[release]
    for event in sorted(found, key=lambda event: micros(event.last_timestamp or event.first_timestamp)):
        yield "  " + "\t".join(_event(event, release, now))


def _event(event: Event, release: str, now: Micros) -> tuple[str, ...]:
    source = event.source
    sender = f"{source.component}, {source.host}" if source.host else source.component
    first, last = age(event.first_timestamp, now), age(event.last_timestamp, now)
    if release == "v1.7":
        where = event.involved_object.field_path
        return (first, last, str(event.count), sender, where, event.type, event.reason, event.message)
    seen = f"{last} (x{event.count} over {first})" if event.count > 1 else last
    return (event.type, event.reason, seen, sender, event.message)
