"""`kubectl get events`. Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go
printEvent."""

from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell


def source_text(event: Any) -> str:
    """ "kubelet, n1"."""
    return f"{event.reporter}, {event.reporter_instance}" if event.reporter_instance else str(event.reporter)


def _era(event: Any, now: Micros, name: str) -> tuple[Cell, ...]:
    about = event.involved_object
    return (
        age(event.last_timestamp, now),
        age(event.first_timestamp, now),
        event.count,
        name,
        about.kind,
        about.field_path,
        event.type,
        event.reason,
        source_text(event),
        event.message,
    )


def event_cells_1_7(event: Any, now: Micros) -> tuple[Cell, ...]:
    """One row: NAME is that of the object."""
    return _era(event, now, event.involved_object.name)


def event_cells_1_8(event: Any, now: Micros) -> tuple[Cell, ...]:
    """One row: NAME is the event's own."""
    return _era(event, now, event.metadata.name)


def event_cells_today(event: Any, now: Micros) -> tuple[Cell, ...]:
    """One row: OBJECT is "pod/web-1"."""
    about = event.involved_object
    return (
        age_today(event.last_seen, now),
        event.type,
        event.reason,
        f"{about.kind.lower()}/{about.name}" if about.name else about.kind.lower(),
        about.field_path,
        source_text(event),
        event.message.strip(),
        age_today(event.first_seen, now),
        event.seen,
        event.metadata.name,
    )
