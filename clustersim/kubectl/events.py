"""`kubectl get events`. Sources: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go
printEvent."""

from datetime import datetime
from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell
from clustersim.kubectl.texts import UNKNOWN


def source_text(event: Any) -> str:
    """ "kubelet, n1"."""
    return f"{event.reporter}, {event.reporter_instance}" if event.reporter_instance else str(event.reporter)


def _era(event: Any, now: Micros | None, name: str) -> tuple[Cell, ...]:
    """now: None where the moments themselves are told."""
    about = event.involved_object
    moments = event.last_timestamp, event.first_timestamp
    return (
        *(_moment(one) if now is None else age(one, now) for one in moments),
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


def _moment(timestamp: str) -> str:
    """As Go writes it: "2017-09-26 07:00:00 +0000 UTC"."""
    return f"{datetime.fromisoformat(timestamp):%Y-%m-%d %H:%M:%S +0000 UTC}" if timestamp else UNKNOWN


def watched_event_cells_1_7(event: Any, _now: Micros) -> tuple[Cell, ...]:
    """One row of `get events -w`: ages would get old there."""
    return _era(event, None, event.involved_object.name)


def watched_event_cells_1_8(event: Any, _now: Micros) -> tuple[Cell, ...]:
    """One row of `get events -w`."""
    return _era(event, None, event.metadata.name)


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
