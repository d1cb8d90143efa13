import pytest

from clustersim.engine.time import SECOND
from clustersim.lesson import LessonError, load_lesson, scenario_of
from tests.model.lesson.small import changed, lesson


def complaints(*changes: tuple[str, str]) -> list[str]:
    with pytest.raises(LessonError) as caught:
        load_lesson(changed(*changes))
    return [error.text() for error in caught.value.errors]


def test_a_lesson_is_read_with_its_cluster_as_a_scenario() -> None:
    found = lesson()
    assert [step.id for step in found.steps] == ["guess", "kill", "choose", "mend", "part", "sort", "think"]
    assert found.scenario.release == "v1.7"
    assert found.scenario.seed == 3
    assert [spec.target for spec in found.scenario.objects] == ["rc/web"]


def test_powers_of_the_lesson_hold_in_every_step_and_grow_in_some() -> None:
    steps = {step.id: step.allow for step in lesson().steps}
    assert steps["kill"] == ("inspect",)
    assert steps["mend"] == ("inspect", "start-kubelet")


def test_a_question_is_judged_after_the_next_step_in_which_time_passes() -> None:
    judged = {ask.id: ask.judge_after for _index, ask in lesson().asks()}
    assert judged == {"when": "kill", "which": "mend", "who": "part", "order": "sort"}


def test_several_complaints_come_at_once_each_with_line_column_and_the_nearest_name() -> None:
    found = complaints(
        ("allow: [inspect]", "allow: [inspekt]"),
        ('    why: "node-not-ready[n1]"', '    wyh: "node-not-ready[n1]"'),
        ("action: start-kubelet", "action: start-kublet"),
        ('done: "n1.ready"', 'done: "n1.redy"'),
    )
    assert found == [
        "-:10:9: unknown power inspekt; did you mean inspect?",
        "-:30:5: unknown key wyh; did you mean why?",
        "-:48:17: unknown attribute redy; did you mean ready?",
        "-:50:35: unknown action start-kublet; did you mean start-kubelet?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("lesson/1", "lesson/2", "is none of lesson/1"),
        ("id: small\n", "", "id is missing"),
        ("releases: [v1.7, v1.8]", "releases: [v1.9]", "v1.9 is none of v1.7, v1.8"),
        ("  nodes: 3\n", "  nodes: 3\n  actions: []\n", "does not belong here"),
        ("  nodes: 3\n", "  nodse: 3\n", "did you mean nodes?"),
        (", limit: 60s", "", "limit is missing"),
        ("limit: 60s", "for: 60s", "a run lasts"),
        ("limit: 60s", "limit: 60h", "too long"),
        ("{en: Small, zh: 小}", "{en: Small}", "zh is missing"),
        ("id: choose", "id: kill", "kill is given twice"),
        ("id: which", "id: when", "when is given twice"),
        (
            "id: think",
            "id: again\n    do: [{at: 0s, as: stop, action: watch}]\n  - id: think",
            "stop is given twice",
        ),
        ("judge-after: mend", "judge-after: guess", "no step after choose is called guess"),
        (', when: "n1.ready"}', "}", "an option is right `when`"),
        ("misconception: 9", "misconception: 26", "not between 1 and 25"),
        ("parts: [controller-manager]", "parts: [controler-manager]", "did you mean controller-manager?"),
        ("kind: point", "kind: pint", "did you mean point?"),
        ("tolerance: 8s", "tolerence: 8s", "did you mean tolerance?"),
        ('from: "elapsed(action:stop, node-not-ready[n1])"', 'from: "n1.ready"', "expected a number"),
        ("{flags.controller-manager.node-monitor-grace-period}.", "{n1.redy}.", "did you mean ready?"),
        ("steps:\n  - id: guess", "pins: [kubelet.max-pod]\nsteps:\n  - id: guess", "max-pods"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, words: str) -> None:
    assert any(words in text for text in complaints((old, new))), complaints((old, new))


def test_the_time_that_all_steps_take_is_bounded() -> None:
    early = "".join(f"  - id: early-{n}\n    run: {{for: 2h}}\n" for n in range(3))
    assert complaints(("  - id: guess\n", f"{early}  - id: guess\n")) == [
        "-:12:3: the steps together run longer than 6h"
    ]


def test_a_draft_may_lack_its_chinese() -> None:
    found = lesson(("{en: Small, zh: 小}", "{en: Small}"), ("seed: 3", "seed: 3\ndraft: true"))
    assert found.title.raw("zh") == "Small"


def test_a_file_that_is_no_yaml_is_a_complaint() -> None:
    with pytest.raises(LessonError, match="-:3:1:"):
        load_lesson("format: lesson/1\nid: [\n")


def test_a_profile_changes_flags_but_those_a_lesson_pins() -> None:
    profile = {"controller-manager": {"node-monitor-grace-period": "20s", "pod-eviction-timeout": "1m"}}
    pinned = lesson(("seed: 3", "seed: 3\npins: [controller-manager.pod-eviction-timeout]"))
    flags = scenario_of(pinned, profile=profile).flags.controller_manager
    assert flags.node_monitor_grace_period == 20 * SECOND
    assert flags.pod_eviction_timeout == 300 * SECOND


def test_another_release_brings_its_own_defaults() -> None:
    found = lesson()
    assert scenario_of(found, "v1.8").release == "v1.8"
    assert scenario_of(found, "v1.8").flags.kubelet.heartbeat_timeout == 10 * SECOND


def test_an_inventory_has_a_form_and_asks_how_sure_one_is() -> None:
    found = lesson(
        ("id: small\n", "id: small\nkind: inventory\nform: B\n"),
        ("      rounds: 2\n", "      confidence: false\n"),
    )
    assert found.form == "B"
    assert [ask.confidence for _index, ask in found.asks()] == [False, True, True, True]


def test_only_an_inventory_has_forms() -> None:
    assert "only an inventory has forms" in complaints(("id: small\n", "id: small\nform: A\n"))[0]
