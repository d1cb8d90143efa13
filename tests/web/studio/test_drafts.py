"""Drafts: whose they are, what saving keeps, and what two authors see who write at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.model.lesson.small import TEXT
from visualizer import workers
from visualizer.studio import drafts
from visualizer.studio.models import Draft, Version
from visualizer.studio.words import words

NEW = "/studio/new/"


def test_visitors_and_operators_write_no_lessons(client: Client, operator: User) -> None:
    assert client.get("/studio/").status_code == 302
    client.force_login(operator)
    assert client.post(NEW).status_code == 403
    assert not Draft.objects.exists()


def test_a_draft_is_its_owners_until_it_is_shared(client: Client, draft: Draft, colleague: User) -> None:
    client.force_login(colleague)
    address = draft.get_absolute_url()
    assert client.get(address).status_code == 403
    assert draft.name not in client.get("/studio/").content.decode()
    draft.shared_with.add(colleague)
    assert client.get(address).status_code == 200
    assert client.post(f"{address}authors/", {"name": "alice"}).status_code == 403
    assert client.post(f"{address}put-aside/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_new_lesson_begins_with_a_template_that_passes_its_check(page: Client) -> None:
    address = page.post(NEW).url.removesuffix("form/")  # type: ignore[attr-defined]
    shown = page.get(f"{address}check/").content.decode()
    assert "Everything in it is true of the model, with every seed." in shown
    assert "NotReady: nobody reports any more" in shown


def test_a_shipped_lesson_is_duplicated(page: Client) -> None:
    page.post(NEW, {"lesson": "kubelet-dies"})
    assert "id: kubelet-dies" in Draft.objects.get().text


def test_a_file_and_a_text_are_brought(page: Client) -> None:
    page.post(NEW, {"file": SimpleUploadedFile("small.yaml", TEXT.encode())})
    page.post(NEW, {"text": TEXT})
    assert [one.text for one in Draft.objects.all()] == [TEXT, TEXT]
    assert {one.name for one in Draft.objects.all()} == {"Small"}


def test_what_is_no_text_makes_no_draft(page: Client) -> None:
    page.post(NEW, {"text": "  "})
    page.post(NEW, {"text": "a\0b"})
    page.post(NEW, {"file": SimpleUploadedFile("x.yaml", b"\xff\xfe")})
    page.post(NEW, {"file": SimpleUploadedFile("x.yaml", b"#" * 300_000)})
    assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_is_shown_at_its_line(page: Client, draft: Draft) -> None:
    wrong = TEXT.replace("allow: [inspect]", "allow: [inspekt]")
    said = page.post(
        f"{draft.get_absolute_url()}save/", {"text": wrong, "revision": 1}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'data-line="10"' in said
    assert "unknown power inspekt; did you mean inspect?" in said
    assert 'value="2"' in said
    draft.refresh_from_db()
    assert (draft.text, draft.revision) == (wrong, 2)


@pytest.mark.django_db(transaction=True)
def test_complaints_are_in_the_language_of_the_page(page: Client, draft: Draft) -> None:
    said = page.post(
        f"{draft.get_absolute_url()}save/",
        {"text": TEXT.replace("seed: 3", "seed:3"), "revision": 1},
        headers={"HX-Request": "true", "Accept-Language": "zh-Hans"},
    ).content.decode()
    assert "冒号后面少了一个空格" in said


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_both_see_both_texts(
    client: Client, draft: Draft, instructor: User, colleague: User
) -> None:
    draft.shared_with.add(colleague)
    drafts.save(draft.pk, colleague, 1, TEXT.replace("Mend n1.", "Theirs."))
    client.force_login(instructor)
    mine = TEXT.replace("Mend n1.", "Mine.")
    save = f"{draft.get_absolute_url()}save/"
    answer = client.post(save, {"text": mine, "revision": 1})
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "cora changed this lesson while you wrote" in said
    assert "Theirs." in said
    assert "Mine." in said
    draft.refresh_from_db()
    assert "Theirs." in draft.text
    assert draft.versions.get(kind=Version.Kind.CONFLICT).text == mine
    client.post(save, {"text": mine, "revision": 1, "mine": "1"})
    draft.refresh_from_db()
    assert draft.text == mine
    assert any("Theirs." in version.text for version in draft.versions.all())


def test_what_one_author_writes_in_one_sitting_is_one_version(draft: Draft, instructor: User) -> None:
    for number in range(5):
        drafts.save(draft.pk, instructor, number + 1, f"{TEXT}# {number}\n")
    assert [version.kind for version in draft.versions.all()] == ["begun", "written"]
    draft.versions.update(written=timezone.now() - timedelta(hours=1))
    drafts.save(draft.pk, instructor, 6, f"{TEXT}# later\n")
    assert draft.versions.count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_earlier_version_is_taken_back_as_a_new_one(page: Client, draft: Draft, instructor: User) -> None:
    drafts.save(draft.pk, instructor, 1, f"{TEXT}# more\n")
    address = draft.get_absolute_url()
    assert "# more" in page.get(f"{address}versions/").content.decode()
    first = draft.versions.first()
    assert first is not None
    page.post(f"{address}versions/{first.pk}/restore/")
    draft.refresh_from_db()
    assert (draft.text, draft.revision) == (TEXT, 3)
    assert draft.versions.count() == 3


@pytest.mark.django_db(transaction=True)
def test_what_is_put_aside_is_taken_back(page: Client, draft: Draft) -> None:
    address = f"{draft.get_absolute_url()}put-aside/"
    page.post(address)
    assert "Small" not in page.get("/studio/").content.decode()
    assert "Small" in page.get("/studio/?binned=1").content.decode()
    page.post(address)
    assert "Small" in page.get("/studio/").content.decode()


def test_the_list_of_drafts_asks_the_database_no_more_for_more_drafts(
    page: Client, instructor: User, django_assert_max_num_queries: object
) -> None:
    for _number in range(12):
        drafts.begin(instructor, TEXT)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page.get("/studio/")


@pytest.mark.django_db(transaction=True)
def test_markup_in_a_lesson_is_text(page: Client) -> None:
    address = page.post(
        NEW, {"text": "title: <script>alert(1)</script>\n</textarea><script>alert(2)</script>\n"}
    )
    shown = page.get(address.url).content.decode()  # type: ignore[attr-defined]
    assert "<script>alert" not in shown


def test_the_title_is_found_without_reading_the_lesson() -> None:
    assert drafts.name_of('title: {en: "A: b", zh: "乙"}\n') == "A: b"
    assert drafts.name_of("title:\n  en: Two lines\n  zh: 两行\n") == "Two lines"
    assert drafts.name_of("title: Plain\nsteps: [\n") == "Plain"
    assert drafts.name_of("steps: []\n") == ""


def test_the_editor_offers_the_words_of_the_format() -> None:
    offered = {(word["meta"], word["value"]) for word in words()}
    for word in (("key", "slow-near-deadline"), ("action", "stop-kubelet"), ("moment", "node-not-ready")):
        assert word in offered
    assert {("function", "distinct"), ("node", "containers.kept"), ("question", "choice")} <= offered


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (workers.TooLong, "takes too long, or too much memory"),
        (workers.Busy, "The server has much to compute"),
    ],
)
def test_a_check_that_cannot_be_computed_says_so_and_publishes_nothing(
    page: Client, draft: Draft, monkeypatch: pytest.MonkeyPatch, error: type[Exception], said: str
) -> None:
    page.get(draft.get_absolute_url())

    def refuse(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(workers, "wait", refuse)
    assert said in page.get(f"{draft.get_absolute_url()}check/").content.decode()
    page.post(f"{draft.get_absolute_url()}publish/")
    draft.refresh_from_db()
    assert draft.publication is None


@pytest.mark.django_db(transaction=True)
def test_long_lists_come_in_pages(page: Client, instructor: User) -> None:
    draft = [drafts.begin(instructor, TEXT) for _number in range(31)][-1]
    shown = page.get("/studio/").content.decode()
    assert 'hx-get="/studio/?page=2"' in shown
    assert 'rel="prev"' in page.get("/studio/?page=2").content.decode()
    for number in range(12):
        draft.versions.create(text=f"{number}\n", revision=1, kind=Version.Kind.PUBLISHED)
    assert 'href="?page=2"' in page.get(f"{draft.get_absolute_url()}versions/").content.decode()
