"""Lessons given to others: published, shared by link, as files and bundles; and files that mean harm."""

import io
import zipfile

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.model.lesson.small import TEXT
from visualizer.lessons.models import Course
from visualizer.library.models import Publication
from visualizer.studio import bundles, drafts
from visualizer.studio.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)


def published(page: Client, draft: Draft, where: str = "listed") -> Draft:
    page.post(f"{draft.get_absolute_url()}publish/", {"where": where})
    draft.refresh_from_db()
    return draft


def test_a_published_lesson_is_taken_alone_and_in_a_class(page: Client, draft: Draft) -> None:
    published(page, draft)
    visitor = Client()
    assert 'id="small"' in visitor.get("/lessons/").content.decode()
    visitor.post("/lessons/small/start/")
    page.post("/lessons/small/start/", {"for": "class"})
    assert [course.mode for course in Course.objects.order_by("pk")] == ["alone", "follow"]
    page.post(f"{draft.get_absolute_url()}unpublish/")
    assert 'id="small"' not in visitor.get("/lessons/").content.decode()
    assert Course.objects.count() == 2


def test_what_is_written_after_publishing_is_not_published(
    page: Client, draft: Draft, instructor: User
) -> None:
    published(page, draft)
    drafts.save(draft.pk, instructor, 1, TEXT.replace("title: {en: Small", "title: {en: Other"))
    assert "Other" not in Client().get("/lessons/").content.decode()
    assert "publish it anew" in page.get(draft.get_absolute_url()).content.decode()


def test_a_lesson_whose_check_fails_is_not_published(page: Client, instructor: User) -> None:
    wrong = drafts.begin(instructor, TEXT.replace('that: "not n1.ready"', 'that: "n1.ready"'))
    assert published(page, wrong).publication is None
    assert "not true: n1.ready (n1.ready = False)" in page.get(wrong.get_absolute_url()).content.decode()


def test_an_id_is_nobody_elses(page: Client, draft: Draft, instructor: User) -> None:
    published(page, draft)
    assert published(page, drafts.begin(instructor, TEXT)).publication is None
    shipped = drafts.begin(instructor, TEXT.replace("id: small", "id: kubelet-dies"))
    assert published(page, shipped).publication is None
    assert published(page, draft).publication is not None


def test_a_lesson_shared_by_link_is_found_by_who_has_it(page: Client, draft: Draft) -> None:
    address = published(page, draft, "link").publication.get_absolute_url()  # type: ignore[union-attr]
    visitor = Client()
    assert "Small" not in visitor.get("/lessons/").content.decode()
    assert "Small" in visitor.get(address).content.decode()
    assert visitor.post(f"{address}start/").status_code == 302
    assert Course.objects.get().lesson == "small"
    assert visitor.post("/lessons/small/start/").status_code == 404
    assert visitor.get("/lessons/shared/guessed/").status_code == 404


def test_a_published_lesson_that_cannot_be_read_any_more_hides_no_other(page: Client, draft: Draft) -> None:
    published(page, draft)
    Publication.objects.create(lesson="broken", text="steps: [", digest="", listed=True)
    shown = Client().get("/lessons/").content.decode()
    assert 'id="small"' in shown
    assert 'id="kubelet-dies"' in shown
    assert Client().post("/lessons/broken/start/").status_code == 404


def test_a_readable_draft_is_tried_without_being_published(page: Client, draft: Draft) -> None:
    page.post(f"{draft.get_absolute_url()}open/", {"for": "class"})
    page.post(f"{draft.get_absolute_url()}open/")
    assert [course.mode for course in Course.objects.order_by("pk")] == ["follow", "alone"]


def test_a_bundle_comes_back_as_it_went(page: Client, draft: Draft) -> None:
    content = page.get(f"{draft.get_absolute_url()}file/?bundle=1").content
    assert content == page.get(f"{draft.get_absolute_url()}file/?bundle=1").content
    assert bundles.read(content) == [TEXT]
    page.post("/studio/new/", {"file": SimpleUploadedFile("small.zip", content)})
    assert [one.text for one in Draft.objects.all()] == [TEXT, TEXT]
    assert page.get(f"{draft.get_absolute_url()}file/").content.decode() == TEXT


def test_a_bundle_of_several_lessons_becomes_as_many_drafts(page: Client) -> None:
    content = bundles.write([("a", TEXT), ("a", f"{TEXT}# 2\n"), ("b", TEXT)])
    page.post("/studio/new/", {"file": SimpleUploadedFile("three.zip", content)})
    assert Draft.objects.count() == 3


def zipped(*files: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


CONTENTS = b'{"format": "lesson-bundle/1", "lessons": {"a.yaml": "%s"}}' % bundles.digest("x").encode()
HOSTILE = {
    "a path upward": zipped(("../a.yaml", b"x"), ("bundle.json", CONTENTS)),
    "an absolute path": zipped(("/etc/a.yaml", b"x"), ("bundle.json", CONTENTS)),
    "a folder": zipped(("lessons/a.yaml", b"x"), ("bundle.json", CONTENTS)),
    "a backslash": zipped(("..\\a.yaml", b"x"), ("bundle.json", CONTENTS)),
    "another kind of file": zipped(("a.html", b"<script>"), ("bundle.json", CONTENTS)),
    "no contents": zipped(("a.yaml", b"x")),
    "contents that are none": zipped(("a.yaml", b"x"), ("bundle.json", b"[")),
    "another format": zipped(("a.yaml", b"x"), ("bundle.json", CONTENTS.replace(b"/1", b"/2"))),
    "contents of another lesson": zipped(("b.yaml", b"x"), ("bundle.json", CONTENTS)),
    "a changed lesson": zipped(("a.yaml", b"y"), ("bundle.json", CONTENTS)),
    "a bomb": zipped(("a.yaml", b"0" * (8 << 20)), ("bundle.json", CONTENTS)),
    "too many files": zipped(*((f"a{number}.yaml", b"x") for number in range(60)), ("bundle.json", CONTENTS)),
    "bytes that are no text": zipped(("a.yaml", b"\xff"), ("bundle.json", CONTENTS)),
    "half a bundle": zipped(("a.yaml", b"x"), ("bundle.json", CONTENTS))[:60],
    "no bundle at all": b"PK nothing",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_bundle_that_means_harm_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(drafts.NotSaved):
        bundles.read(content)


def test_a_file_whose_claimed_size_lies_is_not_unpacked_beyond_it() -> None:
    content = bytearray(HOSTILE["a bomb"])
    for place in range(len(content) - 4):
        if int.from_bytes(content[place : place + 4], "little") == 8 << 20:
            content[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(drafts.NotSaved):
        bundles.read(bytes(content))


HOSTILE_LESSONS = {
    "billions of laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "a Python object": "format: !!python/object/apply:os.system [ls]\n",
    "too deep": "a: " + "[" * 500 + "]" * 500,
    "too many steps": TEXT
    + "".join(f"  - id: more-{n}\n    reflect: {{en: a, zh: b}}\n" for n in range(100)),
    "too long a run": TEXT.replace("limit: 60s", "limit: 9000h"),
    "too many nodes": TEXT.replace("nodes: 3", "nodes: 1000000"),
    "too many pods": TEXT.replace("replicas: 3", "replicas: 100000000"),
    "an expression that never ends": TEXT.replace('"not n1.ready"', '"' + "(" * 400 + '"'),
    "a long text": TEXT.replace("Mend n1.", "x" * 50_000),
}


@pytest.mark.parametrize("text", HOSTILE_LESSONS.values(), ids=HOSTILE_LESSONS.keys())
def test_a_lesson_that_means_harm_is_complained_of(page: Client, instructor: User, text: str) -> None:
    draft = drafts.begin(instructor, text)
    shown = page.get(draft.get_absolute_url()).content.decode()
    assert 'class="complaints"' in shown
    assert page.post(f"{draft.get_absolute_url()}open/").status_code == 302
    assert not Course.objects.exists()
