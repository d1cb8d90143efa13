"""Diagnosing blindly: what is drawn, what stays hidden, what a commitment comes to."""

import pytest

from clustersim.lesson import LessonRun, check
from clustersim.lesson.blind import NOBODYS, Commitment, evidence
from clustersim.lesson.play import play, play_step
from tests.model.lesson.small import changed, lesson, run

BLIND = """  - id: blind
    allow: [console]
    diagnose:
      text: {en: "What is wrong?", zh: "出了什么问题？"}
      for: 60s
      causes:
        - id: kubelet
          en: "n2's kubelet is down"
          zh: "n2 的 kubelet 停了"
          do: [{at: 5s, action: stop-kubelet, target: n2}]
          evidence: {command: "systemctl status kubelet", on: n2, shows: "inactive (dead)"}
          reply: {en: "It runs.", zh: "它在运行。"}
          explain: {en: "Nobody reports for n2.", zh: "没有谁替 n2 上报。"}
        - id: cordon
          en: "n2 is cordoned"
          zh: "n2 不可调度"
          do: [{at: 5s, action: cordon, target: n2}]
          evidence: {command: "kubectl get nodes", shows: "SchedulingDisabled"}
          reply: {en: "It takes pods.", zh: "它接收 pod。"}
          explain: {en: "The scheduler leaves n2 out.", zh: "调度器不选 n2。"}
  - id: think
"""
CHANGE = ("  - id: think\n", BLIND)
STEP = 6


def at_the_blind_step(lot: int) -> LessonRun:
    found = run(lesson(CHANGE))
    found.progress.lot = lot
    for index in range(STEP):
        play_step(found, index)
    found.start(STEP)
    return found


def test_a_lot_draws_one_of_the_causes_and_hides_it_until_somebody_commits() -> None:
    for lot, cause in enumerate(("kubelet", "cordon", "kubelet")):
        found = at_the_blind_step(lot)
        assert found.drawn is not None
        assert (found.drawn.id, found.blind, found.ripe) == (cause, True, False)
        found.advance(found.cluster.now + 60_000_000)
        assert found.ripe
        found.commit(evidence(found.cluster, found.drawn))
        assert (found.blind, found.progress.over) == (False, True)


def test_nothing_is_drawn_for_a_class_that_watches() -> None:
    found = at_the_blind_step(NOBODYS)
    assert (found.drawn, found.blind, found.progress.over) == (None, False, True)


@pytest.mark.parametrize(
    ("cause", "line", "right", "tells"),
    [
        ("kubelet", "systemctl status kubelet", True, True),
        ("kubelet", "kubectl get pods", True, False),
        ("cordon", "systemctl status kubelet", False, True),
    ],
)
def test_a_commitment_is_right_by_its_cause_and_tells_by_its_output(
    cause: str, line: str, right: bool, tells: bool
) -> None:
    found = at_the_blind_step(0)
    found.advance(found.cluster.now + 60_000_000)
    output = "Active: inactive (dead)" if line.startswith("systemctl") else "Running"
    found.commit(Commitment(cause, line, "n2", output))
    assert found.verdict is not None
    assert (found.verdict.right, found.verdict.tells) == (right, tells)


def test_a_lesson_is_played_with_whatever_can_be_drawn() -> None:
    assert check(lesson(CHANGE)).failures == ()
    assert play(lesson(CHANGE), lot=1).progress.drawn == {"blind": "cordon"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('shows: "SchedulingDisabled"', 'shows: "n2"', "shows the evidence of cordon: n2"),
        ('shows: "SchedulingDisabled"', 'shows: "sunshine"', "kubectl get nodes does not show sunshine"),
    ],
)
def test_evidence_that_tells_no_cause_apart_is_told(old: str, new: str, words: str) -> None:
    found = check(lesson(CHANGE, (old, new))).failures
    assert any(words in finding.message.text() for finding in found)


def test_the_same_draw_makes_the_same_run() -> None:
    first, second = (play(lesson(CHANGE), lot=1).cluster.state_hash() for _ in range(2))
    assert first == second
    assert changed(CHANGE).count("diagnose:") == 1
