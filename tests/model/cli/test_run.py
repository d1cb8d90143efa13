from pathlib import Path

import msgspec
import pytest

from clustersim.cli import main

KUBELET_DIES = """
nodes: 2
objects: [{kind: ReplicationController, name: web, replicas: 2}]
actions: [{at: 0s, do: stop-kubelet, target: n1}]
until: 50s
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "scenario.yaml"
    path.write_text(KUBELET_DIES)
    return str(path)


def lines(capsys: pytest.CaptureFixture[str], *argv: str) -> list[str]:
    assert main(argv) == 0
    return capsys.readouterr().out.splitlines()


def test_a_run_is_told_line_by_line_in_order(capsys: pytest.CaptureFixture[str], file: str) -> None:
    told = lines(capsys, "run", file)
    assert "The scenario: Stop the kubelet (n1)" in told[0]
    (lost,) = [line for line in told if "Node n1: Ready True becomes Unknown (NodeStatusUnknown)." in line]
    assert 30 < float(lost.split("s ")[0]) < 46
    times = [float(line.split("s ")[0]) for line in told if line.lstrip().startswith("+")]
    assert times == sorted(times)


def test_a_run_from_a_kept_world_tells_the_same(
    capsys: pytest.CaptureFixture[str], file: str, tmp_path: Path
) -> None:
    told = lines(capsys, "run", file)
    kept = [lines(capsys, "run", file, "--cache", str(tmp_path / "kept")) for _ in range(2)]
    assert kept == [told, told]


def test_a_rule_that_fired_is_told_with_its_numbers(capsys: pytest.CaptureFixture[str], file: str) -> None:
    told = "\n".join(lines(capsys, "run", file))
    assert "more than 40s after the pass that saw its last heartbeat" in told


def test_a_run_is_told_in_chinese(capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert lines(capsys, "run", file, "--language", "zh", "--until", "1s")


def test_a_run_as_json_has_one_event_on_each_line_in_both_languages(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    events = [msgspec.json.decode(line) for line in lines(capsys, "run", file, "--json")]
    assert events[0]["verb"] == "stop-kubelet"
    assert events[0]["t"] == 0
    assert all(set(event["text"]) == {"en", "zh"} for event in events)
    ids = [event["id"] for event in events]
    assert ids == sorted(ids)
    (lost,) = [event for event in events if "becomes Unknown" in event["text"]["en"]]
    assert lost["object"] == "nodes/n1"


def test_the_same_file_gives_the_same_run(capsys: pytest.CaptureFixture[str], file: str) -> None:
    assert lines(capsys, "run", file, "--json") == lines(capsys, "run", file, "--json")


def test_another_seed_gives_other_phases(capsys: pytest.CaptureFixture[str], file: str) -> None:
    first, second = (lines(capsys, "run", file, "--json", "--seed", seed) for seed in ("1", "2"))
    assert first != second


def test_a_setting_of_the_command_line_goes_before_that_of_the_file(
    capsys: pytest.CaptureFixture[str], file: str
) -> None:
    grace = "controller-manager.node-monitor-grace-period=20s"
    told = lines(capsys, "run", file, "--set", grace, "--until", "30s")
    assert any("Node n1: Ready True becomes Unknown" in line for line in told)


def test_an_unwise_setting_is_warned_of(capsys: pytest.CaptureFixture[str], file: str) -> None:
    grace = "controller-manager.node-monitor-grace-period=20s"
    main(["run", file, "--set", grace, "--until", "1s"])
    assert "warning: controller-manager --node-monitor-grace-period: The grace" in capsys.readouterr().err


def test_what_happens_before_zero_is_told_on_demand(capsys: pytest.CaptureFixture[str], file: str) -> None:
    told = lines(capsys, "run", file, "--boot", "--until", "0s")
    assert any("Node n1 is registered." in line and line.lstrip().startswith("-") for line in told)


def test_a_scenario_is_read_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from io import StringIO

    monkeypatch.setattr("sys.stdin", StringIO(KUBELET_DIES))
    assert lines(capsys, "run", "-", "--until", "1s")


def test_an_action_that_cannot_be_done_ends_the_run_with_its_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "impossible.yaml"
    path.write_text("nodes: 1\nobjects: []\nactions: [{at: 5s, do: delete-pod, target: none}]\n")
    assert main(["run", str(path)]) == 2
    assert capsys.readouterr().err == "error: the action at 5s cannot be done: there is no pod none\n"
