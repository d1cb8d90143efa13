"""What an inventory tells: statistics of its questions, students paired by the codes they keep."""

import csv
import io
import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim.lesson import load_lesson
from tests.model.lesson.small import changed
from visualizer.lessons.catalogue import Offer
from visualizer.lessons.codes import code_of, tidy_code
from visualizer.lessons.item_statistics import Gain, Given, gain, items
from visualizer.lessons.models import Answer, Mode, Reflection, Student
from visualizer.lessons.records import sheets
from visualizer.lessons.views import open_room
from visualizer.rooms.models import Room

YES, NO = Given(("a",), True, 3), Given(("b",), False, 1)


def test_difficulty_is_the_share_of_right_answers_and_not_sure_is_none() -> None:
    found = items(["q"], [{"q": YES}, {"q": NO}, {"q": Given(("",), False)}, {}])[0]
    assert (found.answered, found.difficulty) == (3, pytest.approx(1 / 3))
    assert found.shares == {"": pytest.approx(1 / 3), "a": pytest.approx(1 / 3), "b": pytest.approx(1 / 3)}
    assert (found.sure_right, found.sure_wrong) == (3, 1)


def test_of_several_that_are_chosen_each_has_its_share() -> None:
    found = items(["q"], [{"q": Given(("a", "b"), True)}, {"q": Given(("b",), False)}])[0]
    assert found.shares == {"a": 0.5, "b": 1.0}


def test_a_question_that_goes_with_the_rest_discriminates() -> None:
    good = [{"q": YES, "r": YES, "s": YES}] * 3 + [{"q": NO, "r": NO, "s": NO}] * 3
    assert items(["q", "r", "s"], good)[0].discrimination == pytest.approx(1)
    against = [{"q": NO, "r": YES, "s": YES}] * 3 + [{"q": YES, "r": NO, "s": NO}] * 3
    assert items(["q", "r", "s"], against)[0].discrimination == pytest.approx(-1)
    assert items(["q", "r", "s"], good[:4])[0].discrimination is None
    assert items(["q", "r"], [{"q": YES, "r": YES}] * 6)[0].discrimination is None


def test_the_gain_is_what_was_learned_of_what_could_be_by_those_who_were_there_twice() -> None:
    before = {"x": {"q": YES, "r": NO}, "y": {"q": NO, "r": NO}, "gone": {"q": YES, "r": YES}}
    after = {"x": {"q": YES, "r": YES}, "y": {"q": YES, "r": NO}, "new": {"q": NO, "r": NO}}
    found = gain(["q", "r"], before, after)
    assert (found.pairs, found.before, found.after, found.gain) == (2, 0.25, 0.75, pytest.approx(2 / 3))
    assert gain(["q"], before, {}) == Gain(0)
    assert gain(["q"], {"x": {"q": YES}}, {"x": {"q": YES}}).gain is None


def test_a_code_is_the_same_in_every_room_and_is_taken_however_it_is_typed() -> None:
    assert code_of("abc") == code_of("abc") != code_of("abd")
    assert tidy_code("  Blue Otter-17 ") == "blue-otter-17"


def taken(owner: User, form: str, right: dict[str, bool]) -> Room:
    """An inventory that these students took."""
    text = changed(("id: small\n", f"id: small\nkind: inventory\nform: {form}\n"))
    room = open_room(Offer(load_lesson(text), text), "v1.7", Mode.FOLLOW, owner)
    for code, is_right in right.items():
        Student.objects.create(room=room, who=f"{form}{code}", code=code)
        Answer.objects.create(
            room=room, ask="which", round=1, who=f"{form}{code}", answer="=back", right=is_right, confidence=2
        )
    return room


@pytest.mark.django_db
def test_before_and_after_are_paired_by_code_on_the_page_and_in_the_file(client: Client, staff: User) -> None:
    before = taken(staff, "A", {"one": False, "two": True})
    after = taken(staff, "B", {"one": True, "three": True})
    assert set(sheets(before.course, load_lesson(before.course.text))) == {"one", "two"}
    client.force_login(staff)
    query = f"?before={before.code}&after={after.code}"
    page = client.get(f"/inventory/{query}").content.decode()
    assert "1 student answered both times." in page
    rows = list(csv.DictReader(io.StringIO(client.get(f"/inventory.csv{query}").content.decode("utf-8-sig"))))
    which = [row for row in rows if row["question"] == "which" and row["option"] == "back"]
    assert [(row["when"], row["form"], row["difficulty"]) for row in which] == [
        ("before", "A", "0.500"),
        ("after", "B", "1.000"),
    ]


@pytest.mark.django_db
def test_the_record_of_a_class_stays_when_its_room_was_stopped_and_is_for_its_teacher(
    client: Client, staff: User
) -> None:
    room = taken(staff, "A", {"one": True})
    Reflection.objects.create(student=Student.objects.get(), step="think", text="<b>bold</b>")
    Room.objects.filter(pk=room.pk).update(stopped=room.created)
    assert client.get(f"/rooms/{room.code}/record/").status_code == 302
    client.force_login(User.objects.create_user("pupil"))
    assert client.get(f"/rooms/{room.code}/record/").status_code == 403
    client.force_login(staff)
    page = client.get(f"/rooms/{room.code}/record/").content.decode()
    assert 'data-state="right"' in page
    assert re.search(r'<th scope="col" title="which">\d\. \w', page)
    assert "&lt;b&gt;bold" in page


@pytest.mark.django_db
def test_the_report_tells_how_many_chose_each_of_several_and_what_was_said_where_nothing_is_chosen(
    client: Client, staff: User
) -> None:
    text = changed(
        ("id: small\n", "id: small\nkind: inventory\n"),
        ("kind: choice", "kind: select"),
        ('back, zh: 回来, when: "n1.ready"', 'back, zh: 回来, when: "true"'),
    )
    room = open_room(Offer(load_lesson(text), text), "v1.7", Mode.FOLLOW, staff)
    for who, which, point in (("a", ["back", "gone"], "etcd"), ("b", ["back"], "controller-manager")):
        Student.objects.create(room=room, who=who, code=who)
        Answer.objects.create(room=room, ask="which", round=1, who=who, answer=which, right=len(which) == 1)
        Answer.objects.create(room=room, ask="who", round=1, who=who, answer=point, right=point != "etcd")
    client.force_login(staff)
    rows = csv.DictReader(io.StringIO(client.get(f"/inventory.csv?before={room.code}").content.decode()))
    shares = {(row["question"], row["option"]): (row["share"], row["right"]) for row in rows}
    assert shares["which", "back"] == ("1.000", "yes")
    assert shares["which", "gone"] == ("0.500", "no")
    assert shares["who", "etcd"] == ("0.500", "no")
    assert shares["who", "controller-manager"] == ("0.500", "yes")
