"""Events of events.k8s.io: what happens again is a series, and keeps the text it began with."""

from typing import Any

from clustersim.api.meta import ObjectReference
from clustersim.client.series_recorder import SeriesRecorder
from clustersim.engine.time import MINUTE, SECOND
from tests.model.worlds import ApiWorld

POD = ObjectReference(kind="Pod", namespace="default", name="web", uid="u")


class Recording(ApiWorld):
    """A probe that tells things."""

    def __init__(self) -> None:
        super().__init__(release="v1.36")
        self.recorder = SeriesRecorder(self.probe.api, "probe", "master", {"Failed": "Trying"})

    def tell(self, message: str) -> None:
        self.recorder.event(POD, "Warning", "Failed", message)

    @property
    def event(self) -> Any:
        (found,) = self.etcd.range("events").values()
        return found


def test_an_event_says_what_was_about_to_be_done_and_who_tells_of_it() -> None:
    world = Recording()
    world.tell("no")
    world.run(SECOND)
    event = world.event
    assert (event.action, event.reporting_component, event.reporting_instance) == (
        "Trying",
        "probe",
        "probe-master",
    )
    assert event.event_time
    assert (event.count, event.first_timestamp, event.source.component, event.series) == (0, "", "", None)
    assert (event.seen, event.reporter) == (1, "probe")


def test_the_second_time_begins_a_series_whatever_its_text() -> None:
    world = Recording()
    world.tell("no")
    world.run(SECOND)
    world.tell("still not")
    world.run(SECOND)
    assert (world.event.message, world.event.series.count) == ("no", 2)
    assert world.event.last_seen > world.event.first_seen


def test_further_times_are_written_when_the_series_has_been_silent_for_six_minutes() -> None:
    world = Recording()
    for _ in range(5):
        world.tell("no")
        world.run(SECOND)
    assert world.event.seen == 2
    world.run(6 * MINUTE)
    assert world.event.seen == 2
    world.run(6 * MINUTE)
    assert world.event.seen == 5
    assert world.recorder.state.known == {}


def test_a_long_series_is_written_every_half_hour() -> None:
    world = Recording()
    for _ in range(31):
        world.tell("no")
        world.run(MINUTE)
    assert world.event.seen >= 30


def test_what_was_told_once_is_a_new_event_after_a_while() -> None:
    world = Recording()
    world.tell("no")
    world.run(13 * MINUTE)
    world.tell("no")
    world.run(SECOND)
    assert [event.series for event in world.etcd.range("events").values()] == [None, None]


def test_a_series_whose_event_is_gone_is_made_anew() -> None:
    world = Recording()
    world.tell("no")
    world.run(SECOND)
    key = next(iter(world.etcd.range("events")))
    world.etcd.delete("events", key, world.event)
    world.tell("no")
    world.run(SECOND)
    assert world.event.seen == 2
