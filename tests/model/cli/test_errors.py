from pathlib import Path

import pytest

from clustersim.cli import main


def wrong(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(argv) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text("nodes: 1\nobjects: []\nuntil: 1s\n")
    return path


def test_a_wrong_file_is_refused_with_its_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("nodes: 3\nactions:\n  - {at: 0s, do: stop-kublet, target: n1}\n")
    assert (
        wrong(capsys, "run", str(path))
        == f"error: {path}:3:18: unknown action stop-kublet; did you mean stop-kubelet?\n"
    )


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    assert wrong(capsys, "run", str(path)) == f"error: {path}: No such file or directory\n"


def test_a_flag_that_is_not_there_is_named_with_the_nearest(
    capsys: pytest.CaptureFixture[str], scenario: Path
) -> None:
    said = wrong(capsys, "run", str(scenario), "--set", "controller-manager.node-monitor-grace=1m")
    assert said == (
        "error: controller-manager has no flag node-monitor-grace; did you mean node-monitor-grace-period?\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--set", "kubelet.max-pods"], "--set wants COMPONENT.FLAG=VALUE, not kubelet.max-pods"),
        (["--set", "kubelet.max-pods=x"], 'invalid argument "x" for --max-pods=x'),
        (["--set", "scheduler.leader-elect-lease-duration=1s"], "leaseDuration must be greater"),
        (["--until", "7"], "time: missing unit in duration 7"),
        (["--until=-7s"], "--until -7s is negative"),
    ],
)
def test_a_wrong_option_is_refused(
    capsys: pytest.CaptureFixture[str], scenario: Path, options: list[str], said: str
) -> None:
    assert wrong(capsys, "run", str(scenario), *options).startswith(f"error: {said}")


def test_a_wrong_command_line_ends_with_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rum"])
    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
