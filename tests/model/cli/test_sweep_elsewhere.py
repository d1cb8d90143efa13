"""`sweep --on dask://…` runs on the workers of a Dask cluster; here one that is played."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clustersim.cli.main import main
from clustersim.scenario.version import engine_version

KUBELET_DIES = str(Path(__file__).parents[3] / "examples" / "kubelet-dies.yaml")


class Played:
    """A client whose only worker is this process."""

    version = engine_version()
    asked: list[str] = []

    def __init__(self, address: str) -> None:
        self.asked.append(address)

    def __enter__(self) -> "Played":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, function: Callable[[], str]) -> dict[str, str]:
        assert function is engine_version
        return {"tcp://worker:1": self.version}

    def map(self, function: Callable[[Any], Any], wanted: Iterable[Any], *, pure: bool) -> list[Any]:
        assert not pure
        return [SimpleNamespace(result=lambda one=one: function(one)) for one in wanted]


class Away(Played):
    def __init__(self, address: str) -> None:
        raise TimeoutError(f"Timed out trying to connect to {address}")


class Older(Played):
    version = "older"


def sweep(where: str, path: Path) -> int:
    return main(["sweep", "--seeds", "1", "--on", where, KUBELET_DIES, "--csv", str(path)])


def test_a_sweep_on_workers_comes_to_the_same_as_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Played))
    assert sweep("dask://lab:8786", tmp_path / "there.csv") == 0
    assert Played.asked == ["tcp://lab:8786"]
    here = ["sweep", "--seeds", "1", "--jobs", "1", KUBELET_DIES, "--csv", str(tmp_path / "here.csv")]
    assert main(here) == 0
    assert (tmp_path / "there.csv").read_text() == (tmp_path / "here.csv").read_text()


@pytest.mark.parametrize(
    ("client", "where", "words"),
    [
        (Played, "ssh://lab", "dask://HOST:PORT"),
        (Away, "dask://lab:8786", "no Dask scheduler answers at lab:8786"),
        (Older, "dask://lab:8786", "tcp://worker:1 has engine older"),
        (None, "dask://lab:8786", "pip install clustersim[dask]"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    client: type | None,
    where: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = None if client is None else SimpleNamespace(Client=client)
    monkeypatch.setitem(sys.modules, "distributed", found)
    assert sweep(where, tmp_path / "no.csv") == 2
    assert words in capsys.readouterr().err
