import msgspec
import pytest

from clustersim.cluster import Cluster
from clustersim.command import Command
from clustersim.engine.time import SECOND
from clustersim.lesson import LessonError, LessonRun, Progress, check, play, play_step, reach
from clustersim.lesson.file.schema import AskKind
from tests.model.lesson.small import lesson, run


def test_a_step_without_time_is_over_at_once() -> None:
    under_way = run(lesson())
    under_way.start(0)
    assert under_way.progress.over
    assert under_way.cluster.now == 0


def test_a_step_acts_at_its_times_and_stops_at_the_first_event_at_which_its_condition_holds() -> None:
    under_way = run(lesson())
    under_way.start(1)
    assert under_way.next_stop() == 2 * SECOND
    assert not under_way.advance(10 * SECOND)
    assert under_way.cluster.now == 10 * SECOND
    assert under_way.watch.labels["stop"].t == 2 * SECOND
    assert under_way.advance(500 * SECOND)
    (lost,) = under_way.watch.times(under_way.lesson.steps[1].why)
    assert under_way.cluster.now == lost


def test_in_which_strides_it_advances_makes_no_difference() -> None:
    whole, strided = run(lesson()), run(lesson())
    whole.start(1)
    whole.advance(100 * SECOND)
    strided.start(1)
    while not strided.advance(strided.cluster.now + SECOND // 7):
        pass
    assert strided.cluster.now == whole.cluster.now
    assert strided.cluster.state_hash() == whole.cluster.state_hash()
    assert strided.progress.transcript == whole.progress.transcript


def test_a_limit_ends_a_run_whose_condition_never_holds() -> None:
    under_way = run(lesson(("limit: 60s", "limit: 10s")))
    play_step(under_way, 1)
    assert [(e.t, e.ok) for e in under_way.progress.transcript if e.what == "run"] == [(10 * SECOND, False)]


def test_answers_are_judged_by_the_run_and_not_before_it() -> None:
    under_way = run(lesson())
    under_way.start(0)
    assert under_way.judge("when", 40) is None
    play_step(under_way, 1)
    truth = under_way.progress.truths["when"]
    assert truth.number is not None
    assert under_way.judge("when", truth.number + 7).right
    assert not under_way.judge("when", truth.number + 9).right


def test_a_changed_timeout_changes_the_right_answer() -> None:
    plain = run(lesson())
    quick = run(lesson(), controller_manager={"node-monitor-grace-period": "20s"})
    for under_way in (plain, quick):
        play_step(under_way, 0)
        play_step(under_way, 1)
    difference = plain.progress.truths["when"].number - quick.progress.truths["when"].number
    assert difference == pytest.approx(20, abs=0.1)


def test_a_wrong_number_near_a_trap_gets_its_reply_and_its_misconception() -> None:
    under_way = play(lesson())
    assert under_way.judge("when", 342).misconception == 1
    assert under_way.judge("when", 342).reply.en == "They overlap."
    assert under_way.judge("when", 200).reply.en == "No."


def test_choices_points_and_orders_are_judged() -> None:
    under_way = play(lesson())
    assert under_way.judge("which", "back").right
    assert under_way.judge("which", "gone").misconception == 9
    assert under_way.judge("who", "controller-manager").right
    assert under_way.judge("who", "etcd").reply.en == "It only stores."
    assert under_way.judge("order", ["stop", "lost", "ready"]).right
    assert not under_way.judge("order", ["lost", "stop", "ready"]).right
    assert {ask.kind for _i, ask in under_way.lesson.asks()} == set(AskKind) - {AskKind.SELECT}


SELECT = (
    ("kind: choice", "kind: select\n      reply: {en: One is missing., zh: 少了一个。}"),
    (
        'when: "n1.ready"}',
        """when: "n1.ready"}
        - {id: pods, en: pods, zh: pod, when: "count(pods.of(web)) == 3"}""",
    ),
)


def test_of_several_right_answers_all_are_chosen_and_no_other() -> None:
    under_way = play(lesson(*SELECT))
    assert under_way.right_answer("which") == "back, pods"
    assert under_way.judge("which", ["back", "pods"]).right
    assert under_way.judge("which", ["pods", "back"]).right
    assert under_way.judge("which", ["back"]).reply.en == "One is missing."
    wrong = under_way.judge("which", ["back", "pods", "gone"])
    assert (wrong.right, wrong.reply.en, wrong.misconception) == (False, "Look again.", 9)


def test_what_a_step_waits_for_is_shown_when_it_is_over() -> None:
    under_way = run(lesson(('why: "node-not-ready[n1]"', "why-not: n1")))
    play_step(under_way, 0)
    play_step(under_way, 1)
    assert under_way.why_not() == "n1"
    assert all(entry.ok for entry in under_way.progress.transcript)


def test_a_step_that_waits_for_nothing_is_told() -> None:
    quiet = lesson(("    why: ", "    why-not: etcd\n    why: "))
    found = [one.text() for one in check(quiet).failures]
    assert all("nothing to explain: nothing is about to happen to etcd" in text for text in found)
    assert len(found) == 2


def test_a_task_waits_for_the_learner_and_hints_at_the_learners_own_state() -> None:
    under_way = run(lesson())
    play_step(under_way, 1)
    under_way.start(3)
    assert under_way.next_stop() is None
    assert not under_way.advance(under_way.cluster.now + 20 * SECOND)
    assert [hint.en for hint in under_way.hints()] == ["It is down."]
    under_way.cluster.apply(Command("start-kubelet", "n1"))
    assert under_way.hints() == ()
    assert under_way.advance(under_way.cluster.now + 20 * SECOND)


def test_texts_show_the_values_of_the_run() -> None:
    under_way = run(lesson(), controller_manager={"node-monitor-grace-period": "1m20s"})
    assert under_way.text(under_way.lesson.steps[2].say) == "Grace is 1 min 20 s."
    assert under_way.text(under_way.lesson.steps[2].say, "zh") == "宽限 1 分 20 秒。"


def test_why_points_at_the_event_that_shows_the_moment() -> None:
    under_way = run(lesson())
    play_step(under_way, 1)
    event = under_way.cluster.record.get(under_way.why())
    assert (event.kind, event.object) == ("write", "nodes/n1")


def test_a_run_goes_on_from_its_progress_on_a_restored_cluster() -> None:
    first = run(lesson())
    play_step(first, 0)
    first.start(1)
    first.advance(20 * SECOND)
    again = LessonRun(first.lesson, Cluster.restore(first.cluster.snapshot()), progress=first.progress)
    again.advance(100 * SECOND)
    assert again.progress.truths["when"] == play(lesson()).progress.truths["when"]


def test_commands_of_a_lesson_go_through_whoever_carries_them_out() -> None:
    found = lesson()
    seen: list[Command] = []
    cluster = run(found).cluster

    def act(command: Command) -> int:
        seen.append(command)
        return cluster.apply(command)

    under_way = LessonRun(found, cluster, act=act)
    play_step(under_way, 1)
    assert seen == [Command("stop-kubelet", "n1")]


def test_any_later_step_can_be_reached() -> None:
    under_way = run(lesson())
    reach(under_way, 3)
    assert under_way.step.id == "mend"
    assert under_way.cluster.now > 30 * SECOND
    assert list(under_way.progress.truths) == ["when"]


def test_progress_can_be_kept_as_text() -> None:
    progress = play(lesson()).progress
    assert msgspec.json.decode(msgspec.json.encode(progress), type=Progress) == progress


def test_the_right_answer_is_said_in_both_languages() -> None:
    under_way = play(lesson())
    assert under_way.right_answer("which", "zh") == "回来"
    assert under_way.right_answer("order") == "stop → lost → ready"
    assert under_way.right_answer("who") == "controller-manager"
    assert under_way.right_answer("when").endswith(" s")
    assert under_way.right_answer("when", "zh").endswith(" 秒")
    assert run(lesson()).right_answer("when") == ""


def test_a_value_that_a_step_gave_a_name_is_spoken_of_later() -> None:
    named = '  - id: kill\n    let: {before: "count(pods.of(web).ready)", then: "now"}\n'
    ready = "count(pods.of(web).ready)"
    check = f'- {{that: "not n1.ready and before == 3 and {ready} <= before and now - then > 30s"}}'
    run = play(lesson(("  - id: kill\n", named), ('- {that: "not n1.ready"}', check)))
    assert all(entry.ok for entry in run.progress.transcript)
    assert run.progress.remembered["before"] == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("n1", "n1 cannot be a name here: it means something else"),
        ("count", "count cannot be a name here"),
        ("Big-one", "Big-one cannot be a name here"),
    ],
)
def test_a_name_must_be_free(name: str, said: str) -> None:
    with pytest.raises(LessonError, match=said):
        lesson(("  - id: kill\n", f'  - id: kill\n    let: {{{name}: "now"}}\n'))


def test_a_name_is_not_known_before_its_step() -> None:
    with pytest.raises(LessonError, match="there is no before"):
        lesson(
            ("  - id: kill\n", '  - id: kill\n    let: {before: "now"}\n'),
            ('from: "elapsed(action:stop, node-not-ready[n1])"', 'from: "before"'),
        )


def test_a_chain_of_causes_is_put_in_order_as_the_run_has_it() -> None:
    item = """  - id: chain
    ask:
      id: chain
      kind: order
      text: {en: "What led to it?", zh: "是什么导致的？"}
      explain: {en: "So it is.", zh: "就是这样。"}
      chain: "node-not-ready[n1]"
  - id: choose
"""
    found = play(lesson(("  - id: choose\n", item)))
    whole = found.whole(next(ask for _index, ask in found.lesson.asks() if ask.id == "chain"))
    right = found.progress.truths["chain"].right
    assert right == tuple(option.id for option in whole.options)
    assert len(right) >= 3
    assert all(option.text.en and option.text.zh for option in whole.options)
    assert "kubelet" in whole.options[0].text.en
    assert "Unknown" in whole.options[-1].text.en
    assert found.judge("chain", right).right  # type: ignore[union-attr]
    assert not found.judge("chain", right[::-1]).right  # type: ignore[union-attr]
