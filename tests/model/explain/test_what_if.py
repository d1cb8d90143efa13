"""A run without one of its inputs, or with another, is a fresh run of those inputs."""

from typing import Any

import pytest
from msgspec.structs import replace

from clustersim import Command, CommandError, Scenario, default_scenario
from clustersim.engine.time import SECOND
from clustersim.explain import why
from clustersim.explain.subject import newest_about
from clustersim.explain.what_if import Input, changed, differs_from, inputs_behind, without
from clustersim.run import Given, Inputs, Run
from clustersim.scenario_schema import ActionSpec

END = 400 * SECOND
STOP = Given(5 * SECOND, Command("stop-kubelet", "n1"), "alice")
CUT = Given(60 * SECOND, Command("cut-network", "n2"), "bob")
HEAL = Given(90 * SECOND, Command("heal-network", "n2"), "bob")


def scenario(**fields: Any) -> Scenario:
    return replace(default_scenario("v1.7"), **fields)


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(Inputs(scenario(), (STOP, CUT, HEAL)), END)


def fresh(*commands: Given, **fields: Any) -> str:
    return Run(Inputs(scenario(**fields), commands), END).head.state_hash()


def otherwise(inputs: Inputs) -> str:
    return Run(inputs, END).head.state_hash()


def test_without_a_command_is_a_run_in_which_it_was_never_given(run: Run) -> None:
    assert otherwise(without(run.inputs, Input("command", 0))) == fresh(CUT, HEAL)


def test_a_command_can_be_given_at_another_time(run: Run) -> None:
    later = Given(70 * SECOND, STOP.command, STOP.actor)
    assert otherwise(changed(run.inputs, Input("command", 0), {"t": 70 * SECOND})) == fresh(CUT, later, HEAL)


def test_a_command_can_have_other_arguments() -> None:
    inputs = Inputs(scenario(), (Given(SECOND, Command("scale", "rc/tomcat", {"replicas": 5})),))
    other = changed(inputs, Input("command", 0), {"replicas": 1})
    assert otherwise(other) == fresh(Given(SECOND, Command("scale", "rc/tomcat", {"replicas": 1})))


def test_an_action_of_the_scenario_can_be_taken_away_and_moved() -> None:
    actions = tuple(
        ActionSpec(at=at * SECOND, do="stop-kubelet", target=node) for at, node in ((5, "n1"), (9, "n2"))
    )
    inputs = Inputs(scenario(actions=actions))
    assert otherwise(without(inputs, Input("action", 0))) == fresh(actions=actions[1:])
    moved = ActionSpec(at=20 * SECOND, do="stop-kubelet", target="n1")
    other = changed(inputs, Input("action", 0), {"t": 20 * SECOND})
    assert otherwise(other) == fresh(actions=(actions[1], moved))


def test_a_setting_can_be_changed_and_goes_back_to_its_default(run: Run) -> None:
    setting = Input("setting", component="controller-manager", flag="node-monitor-grace-period")
    shorter = changed(run.inputs, setting, {"value": "20s"})
    flags = scenario().flags.with_texts({"controller-manager": {"node-monitor-grace-period": "20s"}})
    assert otherwise(shorter) == fresh(STOP, CUT, HEAL, flags=flags)
    assert without(shorter, setting) == run.inputs


def test_another_release_keeps_what_was_set() -> None:
    flags = scenario().flags.with_texts({"controller-manager": {"pod-eviction-timeout": "1m"}})
    other = changed(Inputs(scenario(flags=flags)), Input("release"), {"value": "v1.8"}).scenario
    assert other.release == "v1.8"
    assert other.flags.texts(default_scenario("v1.8").flags) == {
        "controller-manager": {"pod-eviction-timeout": "1m0s"}
    }


def test_a_message_is_lost_in_a_cut_around_it(run: Run) -> None:
    lost = without(run.inputs, Input("message", 1, t=30 * SECOND, node="n3"))
    assert [given.command.do for given in lost.commands] == [
        "stop-kubelet",
        "cut-network",
        "heal-network",
        "cut-network",
        "heal-network",
    ]
    assert lost.commands[1].t < 30 * SECOND < lost.commands[2].t


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (Input("command", 3), None),
        (Input("command"), None),
        (Input("action", 0), None),
        (Input("setting", component="controller-manager", flag="colour"), None),
        (Input("setting", component="etcd", flag="colour"), {"value": "red"}),
        (Input("setting", component="controller-manager", flag="node-monitor-period"), {"value": "soon"}),
        (Input("release"), None),
        (Input("release"), {"value": "v0.1"}),
        (Input("message", 1, t=0, node="n1"), {"t": 1}),
        (Input("command", 0), {"t": -1}),
        (Input("command", 0), {"t": True}),
    ],
)
def test_what_cannot_be_otherwise_is_refused(run: Run, what: Input, values: dict[str, Any] | None) -> None:
    with pytest.raises(CommandError):
        without(run.inputs, what) if values is None else changed(run.inputs, what, values)


def test_two_runs_are_the_same_up_to_the_first_input_that_differs(run: Run) -> None:
    assert differs_from(run.inputs, without(run.inputs, Input("command", 1))) == CUT.t
    assert differs_from(run.inputs, run.inputs) == 0


# --- from a link to its input


def inputs_of_chain(run: Run, name: str) -> list[tuple[str, tuple[Input, ...]]]:
    event = newest_about(run.head, name, "grace/n1")
    assert event is not None
    return [(link.role, inputs_behind(run.head, link)) for link in why(run.head, event.id).links]


def test_behind_an_act_is_its_command_and_behind_a_rule_its_settings(run: Run) -> None:
    found = inputs_of_chain(run, "nodes/n1")
    act, rule = found[0], found[-1]
    assert act[0] == "act"
    assert (act[1][0].kind, act[1][0].index) == ("command", 0)
    assert [setting.flag for setting in rule[1]] == ["node-monitor-grace-period", "node-monitor-period"]


def test_behind_an_effect_is_nothing_unless_a_node_sent_it(run: Run) -> None:
    behind = [inputs for role, inputs in inputs_of_chain(run, "nodes/n1") if role in ("fault", "effect")]
    assert behind
    assert not any(behind)


def test_behind_what_a_kubelet_wrote_is_its_message(run: Run) -> None:
    written = next(
        e for e in run.head.record if e.actor == "kubelet@n2" and e.kind == "write" and e.t > 90 * SECOND
    )
    link = why(run.head, written.id).links[-1]
    assert [(found.kind, found.node) for found in inputs_behind(run.head, link)] == [("message", "n2")]


def test_the_scenarios_own_action_is_found_among_its_actions() -> None:
    action = ActionSpec(at=5 * SECOND, do="stop-kubelet", target="n1")
    run = Run(Inputs(scenario(actions=(action,)), (CUT,)), 100 * SECOND)
    _role, inputs = inputs_of_chain(run, "nodes/n1")[0]
    assert (inputs[0].kind, inputs[0].index) == ("action", 0)
