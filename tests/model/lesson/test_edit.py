"""A lesson file changed in places keeps everything else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.lesson import load_lesson, shipped
from clustersim.lesson.edit import KINDS, Document, NotEditable, changed, leaves

TEMPLATE = (shipped()[0].parents[1] / "template.yaml").read_text("utf-8")


def comments(text: str) -> list[str]:
    """What stands behind signs that begin comments in these files."""
    return [line.partition("# ")[2] for line in text.splitlines() if "# " in line]


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_shipped_lesson_stays_the_same_lesson_with_all_its_comments(path: Path) -> None:
    text = path.read_text("utf-8")
    again = Document(text).text()
    assert comments(again) == comments(text)
    before, after = load_lesson(text), load_lesson(again)
    assert (before.steps, before.title, before.scenario) == (after.steps, after.title, after.scenario)


def test_the_template_is_not_changed_by_being_read() -> None:
    assert Document(TEMPLATE).text() == TEMPLATE


def test_a_text_is_changed_and_nothing_else() -> None:
    text = changed(TEMPLATE, {"steps/0/say/en": 'It says: "yes" # no'})
    differing = [
        pair for pair in zip(TEMPLATE.splitlines(), text.splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert len(differing) == 1
    assert load_lesson(text).steps[0].say.en == 'It says: "yes" # no'  # type: ignore[union-attr]


def test_an_action_is_added_and_taken_away() -> None:
    where = "steps/2/do/1"
    more = changed(TEMPLATE, {f"{where}/at": "5s", f"{where}/action": "cordon", f"{where}/target": "n2"})
    assert "      - {at: 5s, action: cordon, target: n2}\n" in more
    fewer = changed(more, {f"{where}/at": "", f"{where}/action": "", f"{where}/target": ""})
    assert fewer == TEMPLATE


def test_a_check_whose_condition_is_emptied_is_gone() -> None:
    text = changed(TEMPLATE, {"steps/2/check/1/that": ""})
    assert len(load_lesson(text).steps[2].checks) == 1


def test_what_no_form_offers_is_not_changed() -> None:
    hostile = {
        "id": "x",
        "cluster/nodes": "9",
        "steps/0/id": "x",
        "steps/0/do/0/args": "x",
        "steps/999/say/en": "x",
    }
    assert changed(TEMPLATE, hostile) == TEMPLATE


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_of_every_kind_is_added_and_can_be_read(kind: str) -> None:
    document = Document(TEMPLATE)
    document.add(1, kind)
    assert load_lesson(document.text()).steps[2].id == f"{kind}-1"


def test_steps_are_moved_and_removed() -> None:
    document = Document(TEMPLATE)
    document.move(0, 1)
    document.remove(4)
    document.move(0, -1)
    assert [step["id"] for step in document.steps] == ["guess", "begin", "stop", "mend"]


@pytest.mark.parametrize("text", ["", "a: [", "- a", "steps: 3", "steps: [1, 2]", "\t"])
def test_what_has_no_steps_has_no_places(text: str) -> None:
    with pytest.raises(NotEditable):
        Document(text)


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from([path for path, _text in leaves(Document(TEMPLATE).root)]), st.text(max_size=40)
    )
)
def test_whatever_is_written_into_texts_can_be_written_again(places: dict[str, str]) -> None:
    """The result is YAML with steps, and writing the same again changes nothing."""
    try:
        once = changed(
            TEMPLATE, {path: value.replace("\0", "") for path, value in places.items() if value.strip()}
        )
    except ValueError:
        pytest.fail("a text could not be written")
    assert changed(once, {}) == once
