import re
from pathlib import Path

import pytest

from clustersim.lesson import check, main_check, main_sweep, main_words
from clustersim.lesson.checking.check import Result, one_place, unpaired
from clustersim.lesson.checking.sweep import sweep
from clustersim.lesson.checking.writing import misconceptions
from tests.model.lesson.small import changed, lesson


def failures(*changes: tuple[str, str]) -> str:
    return "\n".join(failure.text() for failure in check(lesson(*changes)).failures)


def test_a_good_lesson_passes_in_every_release_it_names() -> None:
    result = check(lesson())
    assert result.failures == ()
    assert result.releases == ("v1.7", "v1.8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("limit: 60s", "limit: 5s", "kill at 5.0 s: not reached before the limit: n1.status == 'NotReady'"),
        ("not n1.ready", "n1.ready", "not true: n1.ready"),
        ('when: "n1.ready"', 'when: "n2.cordoned"', "which at 44.2 s: the run has no answer"),
        ('done: "n1.ready"', 'done: "n2.ready"', "the task is done before anybody has done anything"),
        ("[{at: 1s, action: start-kubelet, target: n1}]", "[]", "the solution does not do the task"),
        ("n1.kubelet == 'stopped'", "n1.kubelet == 'hung'", "no hint fits the beginning of the task"),
        ("reflect: {en:", "say: {en:", "no step has `reflect`"),
        ("Mend n1.", " ".join(["word"] * 23), "a sentence of 23 words"),
        ("修好 n1。", "长" * 49, "a sentence of 49 characters"),
    ],
)
def test_a_lesson_that_is_not_so_fails(old: str, new: str, words: str) -> None:
    assert words in failures((old, new))


def test_a_wrong_option_without_a_reply_fails() -> None:
    other = '- {id: cordoned, en: cordoned, zh: 封锁, when: "n1.cordoned"}\n        - {id: gone'
    assert "which: cordoned is wrong and has no reply" in failures(("- {id: gone", other))


def test_a_right_answer_that_explains_nothing_fails() -> None:
    explanation = (
        '      text: {en: "Which?", zh: "哪个？"}\n      explain: {en: "So it is.", zh: "就是这样。"}\n'
    )
    bare = '      text: {en: "Which?", zh: "哪个？"}\n'
    assert "which: nothing explains the right answer" in failures((explanation, bare))
    of_option = (
        '        - {id: back, en: back, zh: 回来, explain: {en: "It is.", zh: "是的。"}, when: "n1.ready"}'
    )
    changes = ((explanation, bare), ('        - {id: back, en: back, zh: 回来, when: "n1.ready"}', of_option))
    assert check(lesson(*changes)).failures == ()


def test_a_course_whose_right_answers_stand_in_one_place_is_told() -> None:
    def course(*places: int) -> str:
        return one_place([Result(str(number), (), (), (), (place,)) for number, place in enumerate(places)])

    assert course(*[1] * 7, 2, 3, 2) == "7 of 10 right answers stand in place 1: spread them"
    assert course(*[1] * 5, 2, 3, 2, 3, 2) == ""
    assert course(1, 1, 1) == ""


def test_a_reveal_that_nobody_predicted_fails() -> None:
    early = "  - id: early\n    run: {until: 'now > 1s', limit: 30s}\n"
    result = check(lesson(("  - id: guess\n", f"{early}  - id: guess\n")))
    assert "early: nobody was asked what will happen before it is shown" in [
        failure.text() for failure in result.failures
    ]


def test_a_lesson_whose_checks_hold_although_nothing_is_done_fails() -> None:
    changes = (('      - {that: "not n1.ready"}\n', ""),)
    assert "every check is true even if nothing is done" in failures(*changes)


def test_misconceptions_are_counted_where_a_wrong_answer_carries_a_reply() -> None:
    assert misconceptions(lesson()) == (1, 9)


def test_the_command_line_reports_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(changed(), "utf-8")
    bad.write_text(changed(("id: small\n", "")), "utf-8")
    assert main_check([str(good)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok   small (v1.7, v1.8)",
        "lessons: 1 checked, 0 failed, misconceptions 2/25",
    ]
    assert main_check([str(good), str(bad), str(tmp_path / "none.yaml")]) == 1
    out = capsys.readouterr().out.splitlines()
    assert f"     {bad}:1:1: id is missing" in out
    assert out[-1] == "lessons: 3 checked, 2 failed, misconceptions 2/25"


def test_why_a_condition_did_not_hold_is_said_with_the_values_of_its_terms() -> None:
    assert "not true: n1.ready (n1.ready = False)" in failures(("not n1.ready", "n1.ready"))
    text = failures(('when: "n1.ready"', 'when: "count(pods.of(web).bound) >= 5"'))
    assert "the run has no answer: – (count(pods.of(web).bound) = 3; pods.of(web).bound = [True, " in text


def test_a_failure_is_said_in_chinese() -> None:
    found = check(lesson(("limit: 60s", "limit: 5s"))).failures[0]
    assert found.text("zh").startswith("v1.7: kill 在 5.0 秒: 到时限仍未达到")


def test_a_verbose_check_says_what_is_right_and_the_band_over_seeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(changed(), "utf-8")
    assert main_check(["-v", str(path)]) == 0
    out = capsys.readouterr().out
    assert "     v1.7: which: back\n" in out
    assert re.search(r"v1.8: when: [\d.]+ s \(20 seeds: 3\d\.\d \.\. 4\d\.\d\)", out)


def test_the_words_of_lessons_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main_words([]) == 0
    out = capsys.readouterr().out
    for word in (
        "node-not-ready",
        "stop-kubelet",
        "'NotReady'",
        "'ImagePullBackOff'",
        "rewind",
        "containers.kept",
    ):
        assert word in out


def test_the_command_line_wants_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main_check([]) == main_sweep(["--none"]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_sweep_reports_answers_that_move_beyond_their_tolerance() -> None:
    assert sweep(lesson(("tolerance: 8s", "tolerance: 15s")), "v1.7").outside == ()
    narrow = sweep(lesson(("tolerance: 8s", "tolerance: 1s")), "v1.7")
    assert narrow.outside
    assert narrow.ranges[0].startswith("when: 3")


def test_a_timeline_that_changed_is_shown_beside_the_old_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(changed(), "utf-8")
    assert main_check(["--record", str(path)]) == 0
    assert main_check([str(path)]) == 0
    path.write_text(changed(("at: 2s, as: stop", "at: 7s, as: stop")), "utf-8")
    capsys.readouterr()
    assert main_check([str(path)]) == 1
    shown = capsys.readouterr().out
    assert "the timeline was" in shown
    assert "2.0  kill: act stop-kubelet n1" in shown
    assert "7.0  kill: act stop-kubelet n1" in shown


def test_a_timeline_may_move_a_little(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(changed(), "utf-8")
    assert main_check(["--record", str(path)]) == 0
    path.write_text(changed(("at: 2s, as: stop", "at: 3s, as: stop")), "utf-8")
    assert main_check([str(path)]) == 0


def test_an_inventory_only_asks() -> None:
    assert "kill: an inventory only asks" in failures(("id: small", "id: small\nkind: inventory"))


def test_a_question_in_one_form_of_an_inventory_only_is_told() -> None:
    first = Result("a", (), form="A", asks=("one", "two"))
    assert unpaired([first]) == ""
    assert unpaired([first, Result("b", (), form="B", asks=("two", "one"))]) == ""
    told = unpaired([first, Result("b", (), form="B", asks=("two", "three"))])
    assert told == "in one form of the inventory only: one, three"
