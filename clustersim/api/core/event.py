"""Event. The group events.k8s.io serves the same objects with some fields named otherwise."""

from clustersim.api.meta import ApiObject, ApiStruct, Int32, MicroTime, ObjectReference, Time, written


class EventSeries(ApiStruct, frozen=True, kw_only=True):
    """How often it was seen again."""

    count: Int32 = 0
    last_observed_time: MicroTime = ""


class EventSource(ApiStruct, frozen=True, kw_only=True):
    """Who reports an event."""

    component: str = ""
    host: str = ""


class Event(ApiObject, frozen=True, kw_only=True):
    """A Kubernetes Event: something a component wants people to know."""

    involved_object: ObjectReference = written(ObjectReference())
    action: str = ""
    count: Int32 = 0
    event_time: MicroTime = ""
    first_timestamp: Time = ""
    last_timestamp: Time = ""
    message: str = ""
    reason: str = ""
    related: ObjectReference | None = None
    reporting_component: str = ""
    reporting_instance: str = ""
    series: EventSeries | None = None
    source: EventSource = written(EventSource())
    type: str = ""
