"""Events: told one after another, counted, combined, limited, tried again."""

from typing import Any

import pytest

from clustersim.api.meta import ObjectReference
from clustersim.client import recorder
from clustersim.client.recorder import (
    COMBINED,
    QUEUE_LIMIT,
    RECORDER_OF_TODAY,
    RECORDER_OF_V1_7,
    RECORDER_OF_V1_8,
    EventRecorder,
    RecorderTraits,
)
from clustersim.engine.time import MINUTE, SECOND
from tests.model.worlds import ApiWorld

NODE = ObjectReference(kind="Node", name="n1", uid="u")


class Recording(ApiWorld):
    """A probe that tells things."""

    def __init__(self, traits: RecorderTraits = RECORDER_OF_V1_7) -> None:
        super().__init__()
        self.recorder = EventRecorder(self.probe.api, "probe", host="n1", traits=traits)

    def tell(
        self, message: str, reason: str = "Said", involved: ObjectReference = NODE, kind: str = "Normal"
    ) -> None:
        self.recorder.event(involved, kind, reason, message)

    @property
    def events(self) -> list[Any]:
        return list(self.etcd.range("events").values())

    @property
    def texts(self) -> list[tuple[str, int]]:
        return [(event.message, event.count) for event in self.events]


def test_an_event_says_who_tells_what_about_which_object() -> None:
    world = Recording()
    world.tell("hello")
    world.run(SECOND)
    event = world.events[0]
    assert (event.reason, event.message, event.type, event.count) == ("Said", "hello", "Normal", 1)
    assert (event.source.component, event.source.host) == ("probe", "n1")
    assert event.involved_object == NODE
    assert event.metadata.namespace == "default"
    assert event.first_timestamp == event.last_timestamp


def test_today_an_event_says_twice_who_tells() -> None:
    """v1.36 client-go tools/record/event.go generateEvent."""
    reporters = []
    for traits in (RECORDER_OF_TODAY, RECORDER_OF_V1_8, RECORDER_OF_V1_7):
        world = Recording(traits)
        world.tell("hello")
        world.run(SECOND)
        event = world.events[0]
        reporters.append((event.reporting_component, event.reporting_instance))
    assert reporters == [("probe", "n1"), ("", ""), ("", "")]


def test_the_same_text_twelve_times_counts_to_twelve() -> None:
    world = Recording()
    for _ in range(12):
        world.tell("again")
        world.run(SECOND)
    assert world.texts == [("again", 12)]
    assert world.events[0].last_timestamp > world.events[0].first_timestamp


def test_the_same_text_told_at_once_is_one_event_too() -> None:
    world = Recording()
    for _ in range(3):
        world.tell("at once")
    world.run(SECOND)
    assert world.texts == [("at once", 3)]


def test_from_the_tenth_different_text_on_one_combined_event_counts() -> None:
    world = Recording()
    for number in range(12):
        world.tell(f"text {number}")
        world.run(SECOND)
    singles = [(f"text {number}", 1) for number in range(9)]
    assert world.texts == [*singles, (f"{COMBINED}text 11", 3)]


def test_after_ten_quiet_minutes_texts_are_told_singly_again() -> None:
    world = Recording()
    for number in range(9):
        world.tell(f"text {number}")
    world.run(11 * MINUTE)
    world.tell("later")
    world.run(SECOND)
    assert ("later", 1) in world.texts


def test_different_reasons_are_not_combined() -> None:
    world = Recording()
    for number in range(12):
        world.tell(f"text {number}", reason=f"Reason{number % 2}")
        world.run(SECOND)
    assert not [text for text, _ in world.texts if text.startswith(COMBINED)]


@pytest.mark.parametrize(
    ("traits", "posted"), [(RECORDER_OF_V1_7, 40), (RECORDER_OF_V1_8, 25), (RECORDER_OF_TODAY, 25)]
)
def test_v1_8_posts_25_events_about_an_object_and_then_one_in_five_minutes(
    traits: RecorderTraits, posted: int
) -> None:
    world = Recording(traits)
    for number in range(40):
        world.tell("same", reason=f"Reason{number}")
    world.run(5 * SECOND)
    assert len(world.events) == posted


@pytest.mark.parametrize(("traits", "posted"), [(RECORDER_OF_V1_8, 25), (RECORDER_OF_TODAY, 50)])
def test_today_warnings_have_a_limit_of_their_own(traits: RecorderTraits, posted: int) -> None:
    """Recorded: v1.36.2 container-crash-loop, image-pull-fails-then-succeeds."""
    world = Recording(traits)
    for number in range(40):
        world.tell("same", reason=f"Reason{number}")
        world.tell("same", reason=f"Trouble{number}", kind="Warning")
    world.run(5 * SECOND)
    assert len(world.events) == posted


def test_what_is_held_back_is_counted_with_the_next_that_is_posted() -> None:
    world = Recording(RECORDER_OF_V1_8)
    for _ in range(40):
        world.tell("same")
    world.run(301 * SECOND)
    world.tell("same")
    world.run(5 * SECOND)
    (event,) = world.events
    assert event.count == 41


def test_events_are_posted_one_after_another_in_the_order_they_were_told() -> None:
    world = Recording()
    for text in ("first", "second", "third"):
        world.tell(text)
    world.run(SECOND)
    writes = [event for event in world.engine.record if event.object.startswith("events/")]
    assert [event.after.message for event in writes] == ["first", "second", "third"]
    assert writes[0].t < writes[1].t < writes[2].t


def test_events_told_while_the_api_server_is_away_arrive_after_it_is_back() -> None:
    world = Recording()
    world.apiserver.kill()
    world.tell("during")
    world.tell("after that")
    world.run(15 * SECOND)
    world.apiserver.start()
    world.run(25 * SECOND)
    assert world.texts == [("during", 1), ("after that", 1)]


def test_an_event_is_given_up_after_twelve_tries() -> None:
    world = Recording()
    world.apiserver.kill()
    world.tell("lost")
    world.run(2 * MINUTE)
    world.apiserver.start()
    world.run(MINUTE)
    assert world.texts == []


def test_an_event_that_expired_meanwhile_is_posted_anew() -> None:
    world = Recording()
    world.tell("again")
    world.run(SECOND)
    world.etcd.delete("events", next(iter(world.etcd.range("events"))), world.events[0])
    world.tell("again")
    world.run(SECOND)
    assert world.texts == [("again", 1)]


def test_what_does_not_fit_into_the_queue_is_dropped() -> None:
    world = Recording()
    world.apiserver.kill()
    for number in range(QUEUE_LIMIT + 50):
        world.tell("same", reason=f"Reason{number}")
    assert len(world.recorder.state.queue) == QUEUE_LIMIT


def test_a_recorder_forgets_the_oldest_of_too_many_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_KEPT", 2)
    world = Recording()
    for reason in ("A", "B", "C", "C", "A"):
        world.tell("same", reason=reason)
        world.run(SECOND)
    assert [(event.reason, event.count) for event in world.events] == [
        ("A", 1),
        ("B", 1),
        ("C", 2),
        ("A", 1),
    ]


def test_an_event_is_caused_by_what_it_tells_of() -> None:
    world = Recording()
    world.engine.cause = cause = world.probe.emit("decision", "said", "nodes/n1")
    world.tell("first")
    world.tell("second")
    assert world.engine.cause == cause
    world.run(SECOND)
    writes = [event for event in world.engine.record if event.object.startswith("events/")]
    assert [event.causes for event in writes] == [(cause,), (cause,)]
