"""Recording: the log of a room becomes a draft."""

import msgspec
import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim import Command
from clustersim.engine.time import SECOND
from clustersim.lesson import check, load_lesson
from tests.model.lesson.small import TEXT
from visualizer.rooms.models import Branch, CommandEntry, Room
from visualizer.studio import drafts
from visualizer.studio.models import Draft, Recording

pytestmark = pytest.mark.django_db(transaction=True)


def played(room: Room, seconds: int, *commands: tuple[int, str, str]) -> None:
    """As if the room had played so far and somebody had done this in it."""
    assert room.branch is not None
    Branch.objects.filter(pk=room.branch.pk).update(mark=seconds * SECOND)
    for at, do, target in commands:
        CommandEntry.objects.create(
            branch=room.branch,
            seq=room.branch.commands.count() + 1,
            t=at * SECOND,
            actor="ines",
            command=msgspec.to_builtins(Command(do, target)),
            epoch=1,
        )


def begun(page: Client, **fields: str) -> Recording:
    page.post("/studio/record/", fields or {"release": "v1.8"})
    return Recording.objects.get()


def test_what_was_done_in_the_room_becomes_a_draft_that_passes_its_check(page: Client) -> None:
    recording = begun(page)
    address = f"/studio/recordings/{recording.pk}/"
    played(recording.room, 4)
    page.post(f"{address}close/", {"say": "Three nodes.", "t": str(3 * SECOND)})
    played(recording.room, 70, (6, "stop-kubelet", "n1"))
    shown = page.get(f"{address}closing/").content.decode()
    assert "Stop the kubelet (n1)" in shown
    assert "What STATUS will n1 have at the end?" in shown
    page.post(f"{address}close/", {"say": "It stops.", "question": "n1.status", "t": str(66 * SECOND)})
    page.post(f"{address}close/", {"finish": "1", "title": "Silent node"})
    draft = Draft.objects.get()
    lesson = load_lesson(draft.text)
    assert check(lesson).failures == ()
    assert (lesson.id, lesson.releases, draft.name) == ("silent-node", ("v1.8",), "Silent node")


def test_the_last_step_can_be_closed_with_the_lesson(page: Client) -> None:
    recording = begun(page)
    played(recording.room, 70, (6, "stop-kubelet", "n1"))
    page.post(f"/studio/recordings/{recording.pk}/close/", {"say": "It stops.", "finish": "1"})
    assert "stop-kubelet" in Draft.objects.get().text


def test_what_was_recorded_after_the_time_somebody_went_back_to_is_no_part_of_it(page: Client) -> None:
    recording = begun(page)
    played(recording.room, 50)
    page.post(f"/studio/recordings/{recording.pk}/close/", {"say": "Late.", "t": str(40 * SECOND)})
    played(recording.room, 20)
    assert "Step 1" in page.get(f"/studio/recordings/{recording.pk}/closing/").content.decode()


def test_steps_of_a_branch_that_was_left_are_no_part_of_it(page: Client) -> None:
    recording = begun(page)
    room, address = recording.room, f"/studio/recordings/{recording.pk}/"
    played(room, 60)
    page.post(f"{address}close/", {"say": "Kept.", "t": str(10 * SECOND)})
    page.post(f"{address}close/", {"say": "Left.", "t": str(50 * SECOND)})
    fork = Branch.objects.create(
        room=room,
        parent=room.branch,
        forked_at=20 * SECOND,
        mark=70 * SECOND,
        name="again",
        engine_version="1",
    )
    Room.objects.filter(pk=room.pk).update(branch=fork)
    assert "Step 2" in page.get(f"{address}closing/").content.decode()
    page.post(f"{address}close/", {"say": "Anew.", "finish": "1"})
    text = Draft.objects.get().text
    assert "Kept." in text
    assert "Anew." in text
    assert "Left." not in text


def test_a_lesson_is_recorded_in_the_cluster_of_a_draft(page: Client, instructor: User) -> None:
    draft = drafts.begin(instructor, TEXT)
    recording = begun(page, draft=str(draft.pk))
    assert recording.room.scenario["seed"] == 3
    played(recording.room, 70, (6, "stop-kubelet", "n2"))
    page.post(f"/studio/recordings/{recording.pk}/close/", {"say": "It stops.", "finish": "1"})
    made = load_lesson(Draft.objects.exclude(pk=draft.pk).get().text)
    assert made.scenario.seed == 3
    assert check(made).failures == ()


def test_a_recording_is_its_owners(page: Client, colleague: User) -> None:
    recording = begun(page)
    other = Client()
    other.force_login(colleague)
    assert other.get(f"/studio/recordings/{recording.pk}/closing/").status_code == 403
    assert other.post(f"/studio/recordings/{recording.pk}/close/").status_code == 403
    assert "close-step" not in other.get(f"/rooms/{recording.room.code}/").content.decode()
    assert "close-step" in page.get(f"/rooms/{recording.room.code}/").content.decode()


def test_braces_and_lines_in_a_sentence_do_no_harm(page: Client) -> None:
    recording = begun(page)
    played(recording.room, 70, (6, "stop-kubelet", "n1"))
    page.post(
        f"/studio/recordings/{recording.pk}/close/",
        {"say": "{now}\n- id: x\n\"'", "finish": "1", "title": "'<b>"},
    )
    lesson = load_lesson(Draft.objects.get().text)
    assert lesson.title.en == "'<b>"
    assert check(lesson).failures == ()
