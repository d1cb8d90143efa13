"""What learners type and answer, what is drawn for them, and what is hidden: words of a lesson file."""

import pytest

from clustersim.engine.time import SECOND
from clustersim.lesson import LessonRun, check, load_lesson
from clustersim.lesson.blind import NOBODYS
from clustersim.lesson.expressions.typed_lines import TypedLine, is_such
from clustersim.lesson.file.errors import LessonError
from clustersim.lesson.play import play, reach
from tests.model.lesson.small import changed, lesson, run

MEND = """    task:
      text: {en: "Mend n1.", zh: "修好 n1。"}
      done: "n1.ready"
      hints: [{when: "n1.kubelet == 'stopped'", en: "It is down.", zh: "它停了。"}]
      solution: [{at: 1s, action: start-kubelet, target: n1}]
"""
THINK = "  - id: think\n"

LOOK = """  - id: look
    allow: [console]
    task:
      text: {en: "Look on n1.", zh: "在 n1 上看。"}
      done: "typed('docker ps', n1) and typed('kubectl get pods -o wide')"
      solution:
        - {at: 1s, type: "kubectl get po --output=wide"}
        - {at: 2s, type: "docker ps -a", on: n1}
"""
DRAWN = """  - id: repair
    allow: [console, start-kubelet, start-docker]
    hidden: true
    draw:
      - id: kubelet
        do: [{at: 1s, action: stop-kubelet, target: n2}]
        solution: [{at: 3s, action: start-kubelet, target: n2}]
      - id: docker
        do: [{at: 1s, action: stop-docker, target: n2}]
        solution: [{at: 3s, action: start-docker, target: n2}]
    run: {for: 2s, speed: 20}
    task:
      text: {en: "Repair n2.", zh: "修好 n2。"}
      done: "n2.kubelet == 'running' and n2.docker == 'running'"
      hints: [{when: "now > 0s", en: "Look.", zh: "看。"}]
"""
BRANCH = """  - id: well
    when: "right(when) and answered(which[back])"
    say: {en: "Well done.", zh: "很好。"}
  - id: again
    when: "not answered(which[back])"
    say: {en: "Look again.", zh: "再看看。"}
"""
WORDS = (
    "n1.status in ('Ready', 'NotReady')",
    "min(nodes.containers.running) <= max(nodes.containers.running)",
    "2 * 30s == 1m and 1m / 30s == 2",
    "distinct(pods.of(web).node) > 1",
    "all(pods.of(web).waiting == '')",
    "all(pods.of(web).image == 'web')",
    "count(event:NodeNotSchedulable 'status is now') == 1",
    "n1.taints == 0 and not n1.memory_pressure and not n1.disk_pressure",
    "count(pods.of(web).ready) - before in (0, 1)",
    "did(cordon[n2]) and not did(stop-kubelet[n1])",
    "elapsed(step, event:NodeNotSchedulable[n2]) < 15s",
)
WORDY = """  - id: words
    let: {before: count(pods.of(web).ready)}
    do: [{at: 1s, action: cordon, target: n2}]
    run: {for: 15s, speed: 60}
    why-not: n3
    check:
""" + "".join(f'      - {{that: "{word}", say: {{en: "Yes.", zh: "对。"}}}}\n' for word in WORDS)
HIDDEN = """  - id: secret
    hidden: true
    do: [{at: 1s, action: cordon, target: n3}]
    run: {for: 5s, speed: 20}
"""


def with_step(step: str) -> str:
    return changed((THINK, step + THINK))


def begun(found: LessonRun) -> list[str]:
    return [entry.text for entry in found.progress.transcript if entry.what == "step"]


def test_every_word_of_a_condition_can_stand_in_a_lesson() -> None:
    assert not check(load_lesson(with_step(WORDY))).failures


# --- what is typed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("kubectl get pods", "kubectl get pods"),
        ("k get po -o wide", "kubectl get pods"),
        ("kubectl -n default get pod --output=wide", "kubectl get pods -o wide"),
        ("kubectl get pods -owide | grep n1", "kubectl get pods -o wide"),
        ("kubectl get nodes; kubectl get pods", "kubectl get pods"),
        ("kubectl describe rc/web", "kubectl describe replicationcontrollers web"),
        ("on n1 docker ps", "docker ps"),
        ("ssh root@n1 docker ps -a", "docker ps"),
    ],
)
def test_a_line_is_such_a_command_however_it_is_written(line: str, wanted: str) -> None:
    assert is_such(TypedLine(line), wanted)


@pytest.mark.parametrize(
    ("line", "wanted", "on"),
    [
        ("kubectl get nodes", "kubectl get pods", ""),
        ("kubectl get", "kubectl get pods", ""),
        ("pods get kubectl", "kubectl get pods", ""),
        ("echo 'kubectl get pods'", "kubectl get pods", ""),
        ("docker ps", "docker ps", "n1"),
        ("on n2 docker ps", "docker ps", "n1"),
        ("'", "kubectl", ""),
    ],
)
def test_another_line_is_not(line: str, wanted: str, on: str) -> None:
    assert not is_such(TypedLine(line), wanted, on)


def test_a_task_is_done_by_what_is_typed_and_its_solution_types_it() -> None:
    found = check(load_lesson(with_step(LOOK)))
    assert not found.failures
    told = run(load_lesson(with_step(LOOK)))
    reach(told, told.lesson.step_index("look"))
    told.heard("kubectl get pods -o wide")
    told.heard("docker ps", "n2")
    assert not told.progress.over
    told.heard("docker ps", "n1")
    assert told.progress.over


def test_what_was_typed_in_another_step_does_not_count() -> None:
    told = run(load_lesson(with_step(LOOK)))
    reach(told, told.lesson.step_index("look") - 1)
    told.heard("docker ps", "n1")
    told.heard("kubectl get pods -o wide")
    told.start(told.lesson.step_index("look"))
    assert not told.progress.over


def test_a_typed_solution_acts_on_the_cluster() -> None:
    typed = MEND.replace(
        "{at: 1s, action: start-kubelet, target: n1}", '{at: 1s, type: "systemctl start kubelet", on: n1}'
    )
    power = ("allow: [start-kubelet]", "allow: [start-kubelet, console]")
    assert not check(lesson((MEND, typed), power)).failures


# --- what is answered ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instead", "step"),
    [({}, "well"), ({"which": "gone"}, "again"), ({"which": None}, "again"), ({"when": 500.0}, "")],
)
def test_the_lesson_goes_on_by_what_was_answered(instead: dict, step: str) -> None:
    played = begun(play(load_lesson(with_step(BRANCH)), instead=instead))
    assert [name for name in played if name in ("well", "again")] == ([step] if step else [])


def test_a_class_goes_on_by_what_most_of_it_answered() -> None:
    found = play(load_lesson(with_step(BRANCH)))
    for answers, option, right in (
        (["back", "back", "gone"], "back", True),
        (["back", "gone"], "gone", True),
        (["gone", "gone", None], "gone", False),
    ):
        found.answered("which", answers)
        given = found.progress.given["which"]
        assert option in given.chosen
        assert given.right is right


def test_a_branching_lesson_is_checked_on_every_way() -> None:
    assert not check(load_lesson(with_step(BRANCH))).failures
    never = BRANCH.replace("not answered(which[back])", "answered(which[back]) and not right(which)")
    told = [finding.said() for finding in check(load_lesson(with_step(never))).failures]
    assert told == ["nothing that is answered leads here"] * 2  # in each release
    bad = BRANCH.replace(
        'say: {en: "Look again."',
        'run: {until: "n1.status == \'NotReady\'", limit: 2s}\n    say: {en: "Look again."',
    )
    told = [finding.text() for finding in check(load_lesson(with_step(bad))).failures]
    assert any("again" in text and "not reached before the limit" in text for text in told)


def test_of_a_step_that_does_not_come_the_next_one_is_begun() -> None:
    found = run(load_lesson(with_step(BRANCH)))
    reach(found, found.lesson.step_index("well"))
    assert found.step.id == "again"


# --- what is drawn and hidden ----------------------------------------------------------------------


def at(text: str, step: str, lot: int) -> LessonRun:
    found = run(load_lesson(text))
    found.progress.lot = lot
    reach(found, found.lesson.step_index(step))
    return found


@pytest.mark.parametrize(("lot", "drawn"), [(0, "kubelet"), (1, "docker"), (2, "kubelet")])
def test_each_learner_gets_what_was_drawn_and_it_is_hidden_until_the_task_is_done(
    lot: int, drawn: str
) -> None:
    found = at(with_step(DRAWN), "repair", lot)
    found.advance(found.cluster.now + 2 * SECOND)
    assert (found.at_task, found.blind) == (True, True)
    assert (found.look.process_state("kubelet", "n2") == "stopped") is (drawn == "kubelet")
    for action in found.solution:
        found.carry_out(action)
    found.advance(found.cluster.now + 10 * SECOND)
    assert (found.progress.over, found.blind) == (True, False)


def test_nothing_is_drawn_and_hidden_where_a_class_watches() -> None:
    found = at(with_step(DRAWN), "repair", NOBODYS)
    found.advance(found.cluster.now + 2 * SECOND)
    assert (found.progress.over, found.blind) == (True, False)


def test_every_draw_is_checked() -> None:
    assert not check(load_lesson(with_step(DRAWN))).failures
    unsolved = DRAWN.replace(
        "{at: 3s, action: start-docker, target: n2}", "{at: 3s, action: uncordon, target: n2}"
    )
    told = [finding.text() for finding in check(load_lesson(with_step(unsolved))).failures]
    assert any("the solution does not do the task" in text for text in told)


def test_what_a_step_hides_is_shown_by_the_next() -> None:
    found = at(with_step(HIDDEN), "secret", 0)
    found.advance(found.cluster.now + 5 * SECOND)
    assert (found.progress.over, found.blind) == (True, True)
    found.start(found.progress.step + 1)
    assert not found.blind


# --- what authors get wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "old", "new", "said"),
    [
        (LOOK, "docker ps', n1", "dokcer ps', n1", "there is no command dokcer; did you mean docker?"),
        (LOOK, "kubectl get pods", "kubectl gte pods", "there is no command gte; did you mean get?"),
        (LOOK, "ps', n1", "ps', n9", "no node n9; did you mean n3?"),
        (LOOK, "typed('docker ps', n1)", "typed(docker)", "expected a command in 'quotes', found docker"),
        (LOOK, '"docker ps -a"', '"dokcer ps"', "there is no command dokcer"),
        (BRANCH, "right(when)", "right(wehn)", "no question before this is called wehn; did you mean when?"),
        (BRANCH, 'which[back])"', 'which[bakc])"', "no answer is called bakc; did you mean back?"),
        (DRAWN, "    task:", "    taks:", "unknown key taks; did you mean task?"),
        (DRAWN, "    hidden: true", "    hidden: yes please", "expected true or false, found yes please"),
        (
            DRAWN,
            "allow: [console, ",
            "allow: [",
            "what is hidden can be looked for with the power `console` alone",
        ),
        (
            DRAWN,
            "start-docker]",
            "stop-docker]",
            "its solution does start-docker, which `allow` does not let students do",
        ),
        (
            LOOK,
            "    allow: [console]\n",
            "",
            "its solution types on the console, which `allow` does not let students do",
        ),
        (
            DRAWN,
            "    run: {for: 2s, speed: 20}",
            "    do: [{at: 1s, action: cordon, target: n2}]",
            "a task has a step of its own",
        ),
    ],
)
def test_mistakes_in_these_words_are_told(step: str, old: str, new: str, said: str) -> None:
    assert old in step
    text = with_step(step.replace(old, new, 1))
    try:
        told = [finding.said() for finding in check(load_lesson(text)).failures]
    except LessonError as error:
        told = [one.said("en") for one in error.errors]
    assert said in told


def test_the_last_step_comes_for_everybody_and_hides_nothing() -> None:
    text = changed((THINK, THINK + '    when: "n1.ready"\n    hidden: true\n'))
    with pytest.raises(LessonError) as caught:
        load_lesson(text)
    assert [error.said("en") for error in caught.value.errors] == [
        "the last step comes for everybody",
        "nothing after the last step can show what is hidden in it",
    ]
