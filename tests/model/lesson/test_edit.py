"""A lesson file changed in places keeps everything else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim.lesson import load_lesson, shipped
from clustersim.lesson.file import schema
from clustersim.lesson.file.beginnings import OF_A_KIND
from clustersim.lesson.file.edit import KINDS, Document, NotEditable, changed, leaves, written
from clustersim.lesson.file.loader import LESSON_KEYS
from clustersim.lesson.file.places import HEAD, IN_THE_TEXT, STEP, Form, Place, is_editable, place_of

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
        "format": "x",
        "cluster/nodes": "9",
        "steps/0/x": "x",
        "steps/0/say/fr": "x",
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


# --- everything that a lesson can say ----------------------------------------------------------------


def keys(places: tuple[Place, ...]) -> set[str]:
    return {name for place in places for name in ((place.key,) if place.key else ("en", "zh"))}


@pytest.mark.parametrize(
    ("struct", "path"),
    [
        (schema.Step, "steps/0"),
        (schema.Ask, "steps/0/ask"),
        (schema.Option, "steps/0/ask/options/0"),
        (schema.Trap, "steps/0/ask/traps/0"),
        (schema.Run, "steps/0/run"),
        (schema.Check, "steps/0/check/0"),
        (schema.Task, "steps/0/task"),
        (schema.Draw, "steps/0/draw/0"),
        (schema.Hint, "steps/0/task/hints/0"),
        (schema.Diagnosis, "steps/0/diagnose"),
        (schema.Cause, "steps/0/diagnose/causes/0"),
        (schema.Evidence, "steps/0/diagnose/causes/0/evidence"),
    ],
)
def test_a_form_has_every_key_of_the_format(struct: type, path: str) -> None:
    otherwise = {
        "checks": "check",
        "diagnosis": "diagnose",
        "duration": "for",
        "span": "for",
        "source": "",
        **({} if struct in (schema.Task, schema.Ask, schema.Diagnosis) else {"text": ""}),
        **({"tolerance": ""} if struct is schema.Ask else {}),
        **({"moment": ""} if struct is schema.Option else {}),  # of items, which are options in the code
    }
    wanted = {otherwise.get(name, name).replace("_", "-") for name in struct.__struct_fields__} - {""}
    place = place_of(path)
    assert place is not None
    assert wanted - keys(place.inside) == set()


def test_a_form_has_every_key_of_a_lesson_but_its_cluster() -> None:
    wanted = {key.replace("_", "-") for key in LESSON_KEYS} - {"steps", *IN_THE_TEXT}
    assert wanted == keys(HEAD)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_form_can_change_every_value_of_every_shipped_lesson_but_its_cluster(path: Path) -> None:
    root = Document(path.read_text("utf-8")).root
    assert [where for where, _text in leaves(root) if not is_editable(where)] == [
        where for where, _text in leaves(root) if where.partition("/")[0] in IN_THE_TEXT
    ]


def test_what_is_written_as_it_is_changes_nothing() -> None:
    for path in shipped()[:3]:
        text = Document(path.read_text("utf-8")).text()
        assert changed(text, dict(leaves(Document(text).root))) == text


@pytest.mark.parametrize("place", STEP, ids=lambda place: place.key)
def test_a_step_is_given_every_part_and_it_is_taken_away_again(place: Place) -> None:
    if place.key == "id":
        return
    step = 0 if place.key != "draw" else 3
    document = Document(TEMPLATE)
    document.drop(f"steps/{step}/{place.key}")
    bare = document.text()
    document.begin(f"steps/{step}/{place.key}")
    assert place.key in document.steps[step]
    load_lesson(document.text())
    document.drop(f"steps/{step}/{place.key}")
    assert document.text() == bare


@pytest.mark.parametrize("kind", OF_A_KIND)
def test_a_question_of_another_kind_has_what_that_kind_needs(kind: str) -> None:
    text = changed(TEMPLATE, {"steps/1/ask/kind": kind})
    asks = [ask for _index, ask in load_lesson(text).asks()]
    assert str(asks[0].kind) == kind
    assert load_lesson(changed(text, {"steps/1/ask/kind": "choice"})).asks()[0][1].options


def test_what_a_form_says_of_the_old_kind_goes_with_it() -> None:
    """A form sends everything that it shows."""
    shown = {path: text for path, text in leaves(Document(TEMPLATE).root) if path.startswith("steps/")}
    text = changed(TEMPLATE, {**shown, "steps/1/ask/kind": "point"})
    assert str(load_lesson(text).asks()[0][1].kind) == "point"
    where = "steps/2/do/0"
    scaled = changed(
        TEMPLATE, {f"{where}/action": "scale", f"{where}/target": "rc/web", f"{where}/replicas": "5"}
    )
    back = changed(scaled, {f"{where}/action": "cordon", f"{where}/target": "n1", f"{where}/replicas": "5"})
    assert load_lesson(back).steps[2].do[0].do == "cordon"


def test_lists_get_one_entry_more_of_their_own_kind() -> None:
    document = Document(TEMPLATE)
    for path in ("steps/1/ask/options", "steps/2/do", "steps/2/check", "steps/3/task/solution"):
        before = len(document.at(path))
        document.begin(path)
        assert len(document.at(path)) == before + 1
    load_lesson(document.text())


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("steps/0/focus", "n1, n2.kubelet", "focus: [n1, n2.kubelet]"),
        ("steps/0/core", "true", "core: true"),
        ("steps/0/let/before", "now", 'let: {before: "now"}'),
        ("steps/2/run/speed", "30", "speed: 30"),
        ("steps/2/why-not", "n1", "why-not: n1"),
    ],
)
def test_a_value_is_written_as_its_kind(path: str, value: str, line: str) -> None:
    text = changed(TEMPLATE, {path: value})
    assert line in text
    assert written(Document(text).at(path)) == value
    load_lesson(text)


def test_a_step_called_otherwise_is_still_the_one_that_decides() -> None:
    text = changed(TEMPLATE, {"steps/1/ask/judge-after": "stop"})
    renamed = changed(text, {"steps/2/id": "halt"})
    assert load_lesson(renamed).asks()[0][1].judge_after == "halt"


def test_a_plain_text_of_a_draft_gets_its_other_language() -> None:
    text = TEMPLATE.replace("id: my-lesson", "draft: true\nid: my-lesson")
    where = Document(text)
    where.steps[0]["say"] = "Look."
    both = changed(where.text(), {"steps/0/say/zh": "看。"})
    say = load_lesson(both).steps[0].say
    assert say is not None
    assert (say.en, say.zh) == ("Look.", "看。")


def test_every_form_of_a_value_has_a_place() -> None:
    def forms(places: tuple[Place, ...]) -> set[Form]:
        return {form for place in places for form in (place.form, *forms(place.inside))}

    assert forms((*HEAD, *STEP)) == set(Form)


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
