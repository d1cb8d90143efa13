"""Events that programs write about objects (client-go tools/record)."""

from typing import Any, NamedTuple

from clustersim.api.core_v1 import Event, EventSource
from clustersim.api.meta import ObjectMeta, ObjectReference
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.engine.calendar import calendar
from clustersim.programs.clients.client import Means


class Tells(NamedTuple):
    """type: Normal or Warning."""

    type: str
    reason: str
    message: str


def event(obj: Any, kind: str, tells: Tells, component: str, means: Means) -> Request:
    """The request that makes an Event about an object of that kind."""
    metadata, at, resource = obj.metadata, rfc3339(means.now), resource_of(obj)
    moment = calendar().unix * 10**9 + means.now * 1000 + means.random.below(1000)
    made = Event(
        metadata=ObjectMeta(name=f"{metadata.name}.{moment:x}", namespace=metadata.namespace),
        involved_object=ObjectReference(
            kind=kind,
            namespace=metadata.namespace,
            name=metadata.name,
            uid=metadata.uid,
            api_version=resource.version_in("v1.36"),
            resource_version=metadata.resource_version,
        ),
        reason=tells.reason,
        message=tells.message,
        source=EventSource(component=component),
        reporting_component=component,
        first_timestamp=at,
        last_timestamp=at,
        count=1,
        type=tells.type,
    )
    return Request("create", "events", metadata.namespace, made.metadata.name, made)
