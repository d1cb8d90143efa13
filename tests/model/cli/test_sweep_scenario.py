"""`sweep --seeds` runs a scenario with many seeds and settings; `--svg` draws runs and sweeps."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from clustersim.cli.main import main

KUBELET_DIES = str(Path(__file__).parents[3] / "examples" / "kubelet-dies.yaml")
VARY = "controller-manager.pod-eviction-timeout=1m,5m"


def swept(folder: Path, jobs: int) -> tuple[list[str], dict[str, Path]]:
    """What is typed behind `clustersim`, and the files that are written then."""
    files = {kind: folder / f"{jobs}.{kind}" for kind in ("csv", "json", "svg")}
    wanted = [word for kind, path in files.items() for word in (f"--{kind}", str(path))]
    return ["sweep", "--seeds", "2", "--vary", VARY, "--jobs", str(jobs), *wanted, KUBELET_DIES], files


def texts(files: dict[str, Path]) -> dict[str, str]:
    return {kind: path.read_text(encoding="utf-8") for kind, path in files.items()}


def test_a_sweep_comes_to_the_same_on_one_core_and_on_two(tmp_path: Path) -> None:
    (alone, alone_files), (shared, shared_files) = swept(tmp_path, 1), swept(tmp_path, 2)
    assert main(alone) == 0
    subprocess.run([sys.executable, "-m", "clustersim", *shared], check=True, capture_output=True)
    one, two = texts(alone_files), texts(shared_files)
    assert one == two
    rows = list(csv.DictReader(one["csv"].splitlines()))
    assert [(row["seed"], row["settings"]) for row in rows] == [
        (seed, f"controller-manager.pod-eviction-timeout={value}") for value in ("1m", "5m") for seed in "12"
    ]
    waits = [float(row["eviction-announced n1"]) - float(row["node-not-ready n1"]) for row in rows]
    assert max(waits[:2]) < 60 < min(waits[2:])
    assert len(json.loads(one["json"])) == 4
    words = list(ET.fromstring(one["svg"]).itertext())
    assert "node-not-ready n1" in words
    assert {"1:00", "5:00"} <= set(words)


def test_a_run_is_drawn_with_its_nodes_and_acts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "run.svg"
    assert main(["run", KUBELET_DIES, "--svg", str(picture)]) == 0
    words = list(ET.fromstring(picture.read_text(encoding="utf-8")).itertext())
    assert [name for name in words if name in ("n1", "n2", "n3")] == ["n1", "n2", "n3"]
    assert any("NotReady" in text for text in words)
    assert any("kubelet" in text for text in words)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--vary", "grace=1"], "--vary wants COMPONENT.FLAG=VALUE,VALUE, not grace=1"),
        (["--vary", "kubelet.nonsense=1"], "nonsense"),
        (["--vary", "controller-manager.pod-eviction-timeout=" + ",".join(["1m"] * 60_000)], "120000"),
    ],
)
def test_what_is_wrong_with_a_sweep_is_said(
    wrong: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", "--seeds", "2", *wrong, KUBELET_DIES]) == 2
    assert said in capsys.readouterr().err
