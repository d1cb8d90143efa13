"""What authors get wrong, and what they are told: where, what, and what to do."""

import pytest

from clustersim import ScenarioError, load_scenario
from clustersim.lesson.review import read
from tests.model.lesson.small import TEXT

NOT_N1 = '"not n1.ready"'
QUESTION = 'text: {en: "Which?", zh: "哪个？"}'


def told(old: str, new: str, language: str = "en") -> list[str]:
    assert old in TEXT
    found = read(TEXT.replace(old, new, 1), language)
    return [f"{complaint.line}:{complaint.column} {complaint.text}" for complaint in found.complaints]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("60s", "60sec", "26:52 expected a time such as 40s, 1m30s or 2.5 (seconds), found 60sec"),
        ("n1.status ==", "n1.status =", "26:29 = is not understood; did you mean ==?"),
        (NOT_N1, '"not n1.ready && n2.ready"', "29:30 && is not understood; did you mean and?"),
        (NOT_N1, '"not n1.ready || n2.ready"', "29:30 || is not understood; did you mean or?"),
        (NOT_N1, '"!n1.ready"', "29:17 ! is not understood; did you mean not?"),
        (NOT_N1, "'n1.status == \"Ready\"'", "29:30 \" is not understood; did you mean '?"),
        (NOT_N1, '"Count(nodes.ready) == 2"', "29:17 there is no Count; did you mean count?"),
        (NOT_N1, '"count(nodes.ready == 2"', "29:22 this ( is not closed"),
        (NOT_N1, '"n1.ready)"', "29:25 this ) closes nothing"),
        ('[n1]"', '[n1"', "30:25 this [ is not closed"),
        ("  - id: kill\n", "  - id: kill\n\tsay: x\n", "25:1 tabs are not allowed here: use spaces"),
        (
            "    run: {until",
            "   run: {until",
            "26:4 this line begins with 3 spaces, which is not where the lines it belongs to begin",
        ),
        (QUESTION, "text: {en: “Which: a, b?”, zh: 哪个}", '38:18 “ is no punctuation of YAML: write "'),
        ("goal: {", "goal： {", "4:5 ： is no punctuation of YAML: write :"),
        ("See it, zh", "See it， zh", "4:18 ， is no punctuation of YAML: write ,"),
        (
            QUESTION,
            "text: {en: Which: it, zh: 哪}",
            "38:23 a text that has a colon in it must stand in quotes",
        ),
        ("seed: 3", "seed:3", "6:6 a space is missing after the colon"),
        ("seed: 3", "seed", "6:1 this line has no colon after its key"),
        ('en: "Which?"', 'en: "Which?', "38:32 a quote on this line is not closed"),
        ('"哪个？"}\n', '"哪个？"\n', "39:7 a comma is missing before this, or a }"),
        ("id: which", "id: when", "36:11 when is given twice"),
        (
            "judge-after: mend",
            "judge-after: mned",
            "40:20 no step after choose is called mned; did you mean mend?",
        ),
        ("seed: 3", "seed: 3\nseed: 4", "7:1 seed is given twice"),
        (
            NOT_N1,
            "\"all(pods.of(web).status == 'ImagePulBackOff')\"",
            "29:44 it is never ImagePulBackOff; did you mean ImagePullBackOff?",
        ),
        (
            "seed: 3",
            "seed: 3\nneeds: [kubelet-deis]",
            "7:1 needs: no lesson is called kubelet-deis; did you mean kubelet-dies?",
        ),
        ("seed: 3", "seed: 3\nneeds: [small]", "7:1 needs: these lessons need each other: small → small"),
        (
            TEXT,
            "format: scenario/1\nnodes: 3\n",
            "1:9 this is a scenario, not a lesson: use `python -m clustersim run`",
        ),
        (TEXT, "- a\n- b\n", "1:1 a lesson begins with `format: lesson/1`"),
    ],
)
def test_a_mistake_is_told_alone_where_it_stands(old: str, new: str, said: str) -> None:
    assert told(old, new) == [said]


def test_lessons_that_need_each_other_are_told() -> None:
    text = TEXT.replace("seed: 3", "seed: 3\nneeds: [kubelet-dies, first]")
    found = read(text, "en", {"first": ("second",), "second": ("small",)})
    said = "needs: these lessons need each other: small → first → second → small"
    assert [complaint.text for complaint in found.complaints] == [said]


def test_a_second_step_of_the_same_id_is_told_at_its_own_line() -> None:
    assert "44:9 kill is given twice" in told("- id: mend", "- id: kill")


def test_complaints_are_in_the_language_of_the_reader() -> None:
    assert told("seed: 3", "seed:3", "zh") == ["6:6 冒号后面少了一个空格"]
    assert told("n1.status == 'NotReady'", "n1.status == 3", "zh") == ["26:29 文本 不能与 数字 比较"]


def test_a_lesson_is_no_scenario_and_its_author_is_told_so() -> None:
    with pytest.raises(ScenarioError, match="this is a lesson, not a scenario"):
        load_scenario(TEXT)
