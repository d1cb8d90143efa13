"""When what changed a Service's endpoints happened: an annotation by which programmers of the network see how
late they are.

The earliest of the moments at which its pods became ready, or ceased to be, since the last look; for a
Service that is looked at for the first time, its own creation.
Source: v1.36 staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from clustersim.api.core_v1 import Endpoints, Pod, Service
from clustersim.api.discovery import EndpointSlice
from clustersim.api.meta import replace
from clustersim.engine.state import State

Timed = TypeVar("Timed", Endpoints, EndpointSlice)

LAST_CHANGE: Final = "endpoints.kubernetes.io/last-change-trigger-time"


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What was known of a Service at the last look: its creation, and when each pod's readiness changed."""

    created: str
    pods: dict[str, str]


class TriggerTimes(State):
    """By Service."""

    services: dict[str, Seen] = msgspec.field(default_factory=dict)


def look(times: TriggerTimes, key: str, service: Service, pods: Iterable[Pod]) -> str:
    """The moment to be told of this look, "" if nothing is new."""
    before = times.services.get(key)
    created = service.metadata.creation_timestamp
    now = {pod.metadata.name: changed for pod in pods if (changed := _readiness_changed(pod))}
    times.services[key] = Seen(created, now)
    if before is None:
        return created
    known = before.pods
    news = [changed for name, changed in now.items() if changed > known.get(name, "")]
    if created > before.created:
        news.append(created)
    return min(news, default="")


def timed(obj: Timed, moment: str) -> Timed:
    """Endpoints, or a slice, that tell that moment, or none."""
    metadata = obj.metadata
    annotations = {name: text for name, text in metadata.annotations.items() if name != LAST_CHANGE}
    if moment:
        annotations[LAST_CHANGE] = moment
    return replace(obj, metadata=replace(metadata, annotations=annotations))


def _readiness_changed(pod: Pod) -> str:
    return next((c.last_transition_time for c in pod.status.conditions if c.type == "Ready"), "")
