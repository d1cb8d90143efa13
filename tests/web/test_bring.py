"""A lesson that an instructor brings."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clustersim.lesson import LessonError
from tests.model.lesson.small import TEXT
from visualizer.lessons import catalogue
from visualizer.lessons.models import Course

PAGE = "/lessons/bring/"


@pytest.fixture
def instructor(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def test_visitors_bring_no_lessons(client: Client, db: None) -> None:
    assert client.post(PAGE, {"text": TEXT}).status_code == 302
    assert not Course.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_lesson_is_checked_as_the_shipped_ones_are(instructor: Client) -> None:
    page = instructor.post(PAGE, {"text": TEXT}).content.decode()
    assert "Everything in it is true of the model." in page
    wrong = TEXT.replace('that: "not n1.ready"', 'that: "n1.ready"')
    page = instructor.post(PAGE, {"text": wrong}).content.decode()
    assert "its check fails" in page
    assert "not true: n1.ready" in page


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_read_is_told_with_its_place_and_kept(instructor: Client) -> None:
    page = instructor.post(
        PAGE, {"text": TEXT.replace("allow: [inspect]", "allow: [inspekt]")}
    ).content.decode()
    assert "unknown power inspekt; did you mean inspect?" in page
    assert "id: small" in page


@pytest.mark.django_db(transaction=True)
def test_a_file_is_opened_for_a_class(instructor: Client) -> None:
    file = SimpleUploadedFile("small.yaml", TEXT.encode())
    answer = instructor.post(PAGE, {"file": file, "open": "1"})
    course = Course.objects.get()
    assert course.lesson == "small"
    assert answer.url == f"/rooms/{course.room.code}/class/"  # type: ignore[attr-defined]


def test_markup_in_a_lesson_is_text(instructor: Client) -> None:
    page = instructor.post(PAGE, {"text": "</textarea><script>alert(1)</script>\n"}).content.decode()
    assert "<script>alert" not in page


def test_a_broken_lesson_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = catalogue.shipped()[3].name

    def read(path: object) -> object:
        if str(path).endswith(broken):
            raise LessonError([])
        return catalogue_read(path)

    catalogue_read = catalogue.load_lesson
    monkeypatch.setattr(catalogue, "load_lesson", read)
    catalogue.offers.cache_clear()
    try:
        assert len(catalogue.offers()) == len(catalogue.shipped()) - 1
    finally:
        catalogue.offers.cache_clear()
