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

    @property
    def first_seen(self) -> str:
        """When it was first seen, whichever of the two groups it was written through."""
        return self.first_timestamp or self.event_time

    @property
    def last_seen(self) -> str:
        """When it was last seen."""
        if self.series is not None:
            return self.series.last_observed_time
        return self.last_timestamp or self.first_seen

    @property
    def seen(self) -> int:
        """How often."""
        return self.series.count if self.series is not None else max(self.count, 1)

    @property
    def reporter(self) -> str:
        """The component that tells of it."""
        return self.source.component or self.reporting_component

    @property
    def reporter_instance(self) -> str:
        """Which of these components, or where it runs."""
        return self.source.host or self.reporting_instance
