"""A run as a file: the same run where it is read, and nothing else is let in."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from clustersim import Command, default_scenario
from clustersim.bounds import LARGEST_RUN_FILE
from clustersim.engine.time import SECOND
from clustersim.run import Given, Inputs, Run
from clustersim.runfile import RunFileError, read_run, replay_run, write_run

END = 100 * SECOND


@pytest.fixture(scope="module")
def run() -> Run:
    commands = (Given(3 * SECOND, Command("stop-kubelet", "n1"), "alice"),)
    flags = default_scenario("v1.7").flags.with_texts(
        {"controller-manager": {"node-monitor-grace-period": "20s"}}
    )
    return Run(Inputs(replace(default_scenario("v1.7"), flags=flags), commands), END)


def test_a_run_read_again_ends_in_the_same_state(run: Run) -> None:
    again, same = replay_run(read_run(write_run(run)))
    assert same
    assert again.head.state_hash() == run.head.state_hash()
    assert again.inputs == run.inputs


def test_the_file_is_small_and_holds_inputs_by_value(run: Run) -> None:
    data = write_run(run)
    found = json.loads(data)
    assert len(data) < 64 * 1024
    assert found["until"] == END
    assert found["seed"] == run.scenario.seed
    assert found["commands"][0]["command"]["do"] == "stop-kubelet"
    assert found["scenario"]["flags"]


def test_the_same_run_makes_the_same_file(run: Run) -> None:
    assert write_run(run) == write_run(Run(run.inputs, END))


def test_a_run_of_an_engine_that_behaved_otherwise_says_so(run: Run) -> None:
    file = read_run(write_run(run))
    _again, same = replay_run(replace(file, state_hash="0" * 32).sealed())
    assert not same


def edited(run: Run, **fields: Any) -> bytes:
    """The file with other values and a seal that fits."""
    return msgspec.json.encode(replace(read_run(write_run(run)), **fields).sealed())


def test_a_file_that_was_changed_is_refused(run: Run) -> None:
    with pytest.raises(RunFileError, match="changed"):
        read_run(write_run(run).replace(b"alice", b"mallo"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no",
        b"[1]",
        b'"x"',
        b"{}",
        b'{"format":"clustersim-run/2"}',
        b"\xff",
        b"x" * (LARGEST_RUN_FILE + 1),
    ],
)
def test_a_foreign_file_is_refused(data: bytes) -> None:
    with pytest.raises(RunFileError):
        read_run(data)


@pytest.mark.parametrize(
    "fields",
    [
        {"until": -1},
        {"until": 10**18},
        {"release": "v9.9"},
        {
            "commands": (
                Given(9 * SECOND, Command("stop-kubelet", "n1")),
                Given(SECOND, Command("power-off", "n1")),
            )
        },
        {"commands": (Given(END + 1, Command("stop-kubelet", "n1")),)},
        {"commands": (Given(0, Command("make-coffee")),)},
    ],
)
def test_a_run_that_cannot_be_is_refused(run: Run, fields: dict[str, Any]) -> None:
    with pytest.raises(RunFileError):
        read_run(edited(run, **fields))


def test_a_cluster_too_large_for_a_page_is_refused(run: Run) -> None:
    node = run.scenario.nodes[0]
    nodes = tuple(replace(node, name=f"n{number}") for number in range(2000))
    with pytest.raises(RunFileError):
        read_run(edited(run, scenario=replace(run.scenario, nodes=nodes)))


def test_every_refusal_can_be_read_in_chinese(run: Run) -> None:
    with pytest.raises(RunFileError) as refused:
        read_run(b"{}")
    assert refused.value.message.text("zh")
