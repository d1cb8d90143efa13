"""Any moment of a run can be revisited, exactly; a fork shares the past and goes its own way."""

import random

import pytest

from clustersim import Cluster, Command, CommandError, default_scenario
from clustersim.engine.time import SECOND
from clustersim.run import MOST_SNAPSHOTS, Given, Inputs, Run

COMMANDS = (
    Given(2 * SECOND, Command("stop-kubelet", "n1")),
    Given(90 * SECOND, Command("cut-network", "n2")),
    Given(150 * SECOND, Command("heal-network", "n2")),
    Given(150 * SECOND, Command("scale", "rc/tomcat", {"replicas": 5})),
    Given(340 * SECOND, Command("start-kubelet", "n1")),
)
END = 450 * SECOND


def straight(t: int, commands: tuple[Given, ...] = COMMANDS) -> Cluster:
    """The cluster at `t`, computed from the beginning in one go."""
    cluster = Cluster(default_scenario("v1.7"))
    for command in commands:
        if command.t <= t:
            cluster.run_until(command.t)
            cluster.apply(command.command, command.actor)
    cluster.run_until(t)
    return cluster


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(Inputs(default_scenario("v1.7"), COMMANDS), END)


def test_two_hundred_random_moments_equal_a_straight_run(run: Run) -> None:
    chance = random.Random(7)
    moments = [chance.randint(0, END) for _ in range(200)]
    live, given = Run(Inputs(default_scenario("v1.7"))), list(COMMANDS)
    straight_hashes = {}
    for t in sorted(moments):
        while given and given[0].t <= t:
            live.run_until(given[0].t)
            live.apply(given[0].command, given[0].actor)
            given.pop(0)
        live.run_until(t)
        straight_hashes[t] = live.head.state_hash()
    assert all(run.at(t).state_hash() == straight_hashes[t] for t in moments)


def test_looking_back_leaves_the_head_alone(run: Run) -> None:
    before = run.head.state_hash()
    run.at(100 * SECOND).apply(Command("power-off", "n3"))
    assert run.head.state_hash() == before


def test_a_fork_equals_a_run_that_was_given_other_commands(run: Run) -> None:
    fork = run.fork(120 * SECOND)
    fork.apply(Command("start-kubelet", "n1"))
    fork.run_until(300 * SECOND)
    commands = (*COMMANDS[:2], Given(120 * SECOND, Command("start-kubelet", "n1")))
    assert fork.head.state_hash() == straight(300 * SECOND, commands).state_hash()
    assert run.commands == list(COMMANDS)


def test_a_run_without_one_of_its_inputs_is_a_fresh_run_without_it(run: Run) -> None:
    inputs = run.inputs.without(0)
    assert Run(inputs, END).head.state_hash() == straight(END, COMMANDS[1:]).state_hash()


def test_a_refused_command_is_no_input() -> None:
    run = Run(Inputs(default_scenario("v1.7")))
    with pytest.raises(CommandError):
        run.apply(Command("stop-kubelet", "n9"))
    assert run.commands == []


def test_snapshots_stay_few_however_long_the_run() -> None:
    run = Run(Inputs(default_scenario("v1.7")))
    run.run_until(3 * 3600 * SECOND)
    assert run.snapshots <= MOST_SNAPSHOTS
    assert run.at(5000 * SECOND).now == 5000 * SECOND
