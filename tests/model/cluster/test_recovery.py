"""Runs that break: what broke them is found and left out; all else is as if it had not been given."""

import pytest

from clustersim import Command, default_scenario, recovery
from clustersim.cluster import Cluster
from clustersim.engine.time import SECOND
from clustersim.faults import ACTIONS
from clustersim.recovery import Unbootable, recover
from clustersim.run import Given, Inputs, Run
from clustersim.scenario_schema import ActionSpec
from tests.breaking import Break


@pytest.fixture(autouse=True)
def breakable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIONS, "break", Break)


def given(t: int, do: str, target: str | None = None, **args: int) -> Given:
    return Given(t * SECOND, Command(do, target, dict(args)))


STOP, START = given(10, "stop-kubelet", "n1"), given(400, "start-kubelet", "n1")


def run_of(*commands: Given, until: int = 600) -> Run:
    return Run(Inputs(default_scenario(), commands), until * SECOND)


@pytest.mark.parametrize("after", [0, 1, 350])
def test_a_command_that_breaks_the_run_is_left_out_and_the_run_goes_on(after: int) -> None:
    found = recover(Inputs(default_scenario(), (STOP, given(20, "break", after=after), START)), 600 * SECOND)
    assert list(found.left_out) == [1]
    assert "Error" in str(found.left_out[1])
    assert found.failure is None
    assert found.run.head.state_hash() == run_of(STOP, START).head.state_hash()


def test_what_breaks_the_run_an_hour_later_is_found_among_what_was_given_since() -> None:
    others = [given(t, "cordon" if t % 200 else "uncordon", "n2") for t in range(100, 3600, 100)]
    commands = (STOP, given(50, "break", after=3600), *others)
    found = recover(Inputs(default_scenario(), commands), 4000 * SECOND)
    assert list(found.left_out) == [1]
    assert found.run.head.state_hash() == run_of(STOP, *others, until=4000).head.state_hash()


def test_several_are_left_out() -> None:
    commands = (given(5, "break", after=100), STOP, given(20, "break"), START, given(450, "break", after=1))
    found = recover(Inputs(default_scenario(), commands), 600 * SECOND)
    assert sorted(found.left_out) == [0, 2, 4]
    assert found.run.head.state_hash() == run_of(STOP, START).head.state_hash()


def test_a_command_that_is_refused_is_left_out_with_its_reason() -> None:
    found = recover(Inputs(default_scenario(), (given(5, "stop-kubelet", "n9"), STOP)), 60 * SECOND)
    assert list(found.left_out) == [0]
    assert found.run.head.state_hash() == run_of(STOP, until=60).head.state_hash()


def test_a_scenario_that_breaks_ends_at_its_last_good_moment() -> None:
    action = ActionSpec(at=300 * SECOND, do="break", target="", args={"after": 20})
    scenario = default_scenario()
    scenario = type(scenario)(
        **{f: getattr(scenario, f) for f in scenario.__struct_fields__} | {"actions": (action,)}
    )
    found = recover(Inputs(scenario, (STOP, START)), 600 * SECOND)
    assert found.failure is not None
    assert 200 * SECOND < found.failure.t == found.run.now < 320 * SECOND
    assert list(found.left_out) == [1]


def test_a_page_that_cannot_be_drawn_is_as_bad_as_a_run_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    view = recovery.build_view

    def fragile(cluster: Cluster) -> object:
        if any(node.spec.unschedulable for node in cluster.objects("nodes").values()):
            raise KeyError("n2")
        return view(cluster)

    monkeypatch.setattr(recovery, "build_view", fragile)
    found = recover(Inputs(default_scenario(), (STOP, given(20, "cordon", "n2"), START)), 600 * SECOND)
    assert list(found.left_out) == [1]


def test_what_breaks_at_the_beginning_is_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_cluster: Cluster) -> None:
        raise KeyError

    monkeypatch.setattr(recovery, "build_view", broken)
    with pytest.raises(Unbootable):
        recover(Inputs(default_scenario()), 0)


def test_a_run_goes_on_from_a_snapshot_as_if_it_had_been_there_all_along() -> None:
    whole = run_of(STOP, START)
    half = run_of(STOP, until=200)
    found = recover(
        Inputs(default_scenario(), (STOP, START)),
        600 * SECOND,
        Run.resumed(half.commands, half.head.snapshot()),
    )
    assert found.run.head.state_hash() == whole.head.state_hash()
    assert found.run.at(100 * SECOND).state_hash() == whole.at(100 * SECOND).state_hash()
    assert found.run.fork(300 * SECOND).head.state_hash() == whole.fork(300 * SECOND).head.state_hash()


def test_what_a_snapshot_had_been_given_already_can_still_be_left_out() -> None:
    commands = (given(5, "break", after=500), STOP, START)
    half = run_of(*commands[:2], until=300)
    found = recover(
        Inputs(default_scenario(), commands), 600 * SECOND, Run.resumed(half.commands, half.head.snapshot())
    )
    assert list(found.left_out) == [0]
    assert found.run.head.state_hash() == run_of(STOP, START).head.state_hash()
