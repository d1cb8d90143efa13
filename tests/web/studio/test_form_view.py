"""The form view and the preview of a draft."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from clustersim.lesson import load_lesson
from clustersim.lesson.file.edit import Document, leaves
from clustersim.lesson.file.places import is_editable
from tests.model.lesson.test_blind import BLIND
from tests.model.lesson.test_learners import BRANCH, DRAWN, LOOK, WORDY, with_step
from visualizer.studio import drafts
from visualizer.studio.models import Draft, Version
from visualizer.studio.starts import template

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(instructor: User) -> Draft:
    return drafts.begin(instructor, template())


def change(page: Client, draft: Draft, **fields: str) -> Draft:
    named = {name.replace("__", "/"): value for name, value in fields.items()}
    page.post(f"{draft.get_absolute_url()}change/", {"base": str(draft.revision), **named})
    draft.refresh_from_db()
    return draft


def test_every_step_has_a_form_with_what_it_says(page: Client, draft: Draft) -> None:
    shown = page.get(f"{draft.get_absolute_url()}form/").content.decode()
    assert 'name="steps/0/say/en"' in shown
    assert "三个节点运行 web 的 pod" in shown
    assert 'value="n1.status == &#x27;Ready&#x27;"' in shown
    assert shown.count('class="card step"') == 5


def test_a_changed_field_is_saved_and_the_comments_stay(page: Client, draft: Draft) -> None:
    change(page, draft, steps__0__say__en="Look.")
    assert load_lesson(draft.text).steps[0].say.en == "Look."  # type: ignore[union-attr]
    assert "# what students may do in every step" in draft.text
    assert draft.revision == 2


def test_the_form_shows_every_value_of_a_rich_lesson(page: Client, instructor: User) -> None:
    text = with_step(WORDY + LOOK + DRAWN + BLIND.removesuffix("  - id: think\n") + BRANCH)
    draft = drafts.begin(instructor, text)
    shown = page.get(f"{draft.get_absolute_url()}form/").content.decode()
    root = Document(text).root
    missing = [
        where for where, _said in leaves(root) if is_editable(where) and f'name="{where}"' not in shown
    ]
    assert not missing


def test_parts_and_entries_are_added_and_removed_where_one_is(page: Client, draft: Draft) -> None:
    change(page, draft, op="more:steps/0/why-not")
    assert load_lesson(draft.text).steps[0].why_not == "n1"
    change(page, draft, op="more:steps/2/check")
    assert len(load_lesson(draft.text).steps[2].checks) == 3
    change(page, draft, op="drop:steps/2/check/2")
    change(page, draft, **{"steps__0__let__+__name": "before", "steps__0__let__+__value": "now"})
    assert list(load_lesson(draft.text).steps[0].let) == ["before"]
    for nonsense in ("more:steps", "drop:steps/0", "more:cluster/nodes", "drop:title", "more:steps/99/ask"):
        before = draft.text
        assert change(page, draft, op=nonsense).text == before


def test_a_step_with_other_parts_is_drawn_again_where_it_stands(page: Client, draft: Draft) -> None:
    address, base = f"{draft.get_absolute_url()}change/", {"base": "1"}
    answer = page.post(address, {**base, "steps/1/ask/kind": "number"}, headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#steps"
    assert 'name="steps/1/ask/answer/from"' in answer.content.decode()
    answer = page.post(address, {"base": "2", "steps/0/say/en": "Look."}, headers={"HX-Request": "true"})
    assert "HX-Retarget" not in answer


def test_steps_are_added_moved_and_removed(page: Client, draft: Draft) -> None:
    change(page, draft, op="add:0:ask")
    assert [step.id for step in load_lesson(draft.text).steps][:3] == ["begin", "ask-1", "guess"]
    change(page, draft, op="up:1")
    change(page, draft, op="remove:5")
    assert [step.id for step in load_lesson(draft.text).steps] == ["ask-1", "begin", "guess", "stop", "mend"]
    for nonsense in ("remove:99", "add:x:ask", "add:1:<b>", "fly:1", "up:-1"):
        before = draft.text
        assert change(page, draft, op=nonsense).text == before


def test_a_form_filled_in_before_somebody_else_saved_changes_nothing(
    page: Client, draft: Draft, colleague: User
) -> None:
    drafts.save(draft.pk, colleague, 1, draft.text.replace("My lesson", "Theirs"))
    change(page, draft, steps__0__say__en="Mine.")
    assert "Theirs" in draft.text
    assert "Mine." not in draft.text
    assert any("Mine." in version.text for version in draft.versions.all())


def test_a_conflict_in_the_form_shows_both_texts_and_goes_on_with_either(
    page: Client, draft: Draft, colleague: User
) -> None:
    drafts.save(draft.pk, colleague, 1, draft.text.replace("My lesson", "Theirs"))
    told = {"base": "1", "steps/0/say/en": "Mine."}
    answer = page.post(f"{draft.get_absolute_url()}change/", told)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Their text" in shown
    assert "Mine." in shown
    mine = draft.versions.get(kind=Version.Kind.CONFLICT)
    answer = page.post(f"{draft.get_absolute_url()}versions/{mine.pk}/restore/", {"to": "form"})
    assert answer.url.endswith("/form/")  # type: ignore[attr-defined]
    draft.refresh_from_db()
    assert "Mine." in draft.text
    assert "Theirs" in draft.text


def test_a_text_that_is_no_yaml_is_mended_as_text(page: Client, draft: Draft, instructor: User) -> None:
    drafts.save(draft.pk, instructor, 1, "steps: [")
    assert page.get(f"{draft.get_absolute_url()}form/").url == draft.get_absolute_url()  # type: ignore[attr-defined]
    assert page.post(f"{draft.get_absolute_url()}change/", {"base": "2"}).status_code == 302


def test_a_step_is_previewed_in_both_languages_and_frames(page: Client, draft: Draft) -> None:
    address = f"{draft.get_absolute_url()}preview/"
    english = page.get(f"{address}1/").content.decode()
    assert 'data-frame="phone"' in english
    assert "We stop the kubelet of n1." in english
    assert "→ NotReady: nobody reports any more" in english
    chinese = page.get(f"{address}2/?language=zh-hans&frame=projector&release=v1.8").content.decode()
    assert 'data-frame="projector"' in chinese
    assert "它的容器全部仍在运行。" in chinese
    assert page.get(f"{address}99/").status_code == 404


def test_a_step_is_shown_on_the_stage(page: Client, draft: Draft) -> None:
    address = f"{draft.get_absolute_url()}open/"
    assert page.post(address, {"step": "2"}).url.endswith("/?step=2")  # type: ignore[attr-defined]
    for nonsense in ("99", "x", "-1", "2&x"):
        assert "step" not in page.post(address, {"step": nonsense}).url  # type: ignore[attr-defined]


def test_the_pages_of_a_draft_are_its_owners(page: Client, draft: Draft, colleague: User) -> None:
    other = Client()
    other.force_login(colleague)
    for place in ("form/", "preview/0/", "check/", "versions/", "file/"):
        assert other.get(f"{draft.get_absolute_url()}{place}").status_code == 403
    for place in ("change/", "save/", "publish/", "unpublish/", "open/", "put-aside/", "authors/"):
        assert other.post(f"{draft.get_absolute_url()}{place}").status_code == 403
