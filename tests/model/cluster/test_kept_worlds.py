"""Booted worlds kept on disk: a world that is read goes on like one that was booted."""

from pathlib import Path

import msgspec
import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.cluster import Cluster as Booted
from clustersim.engine.time import SECOND
from clustersim.kept_worlds import KeptWorlds
from clustersim.releases import RELEASES

STORY = (
    (5, Command("scale", "rc/default/tomcat", {"replicas": 6})),
    (10, Command("stop-kubelet", "n1")),
    (60, Command("power-off", "n2")),
    (380, Command("start-kubelet", "n1")),
    (400, Command("power-on", "n2")),
)


def trace(cluster: Cluster) -> bytes:
    """What happens under commands and failures, and how it ends."""
    for at, command in STORY:
        cluster.run_until(at * SECOND)
        cluster.apply(command)
    cluster.run_until(500 * SECOND)
    events = [msgspec.json.encode(event) for event in cluster.record]
    return b"\n".join((*events, cluster.state_hash().encode()))


@pytest.mark.parametrize("release", RELEASES)
def test_a_world_that_is_read_goes_on_like_one_that_was_booted(release: str, tmp_path: Path) -> None:
    scenario, kept = default_scenario(release), KeptWorlds(tmp_path / "kept")
    booted, read = kept.cluster(scenario), kept.cluster(scenario)
    assert booted.state_hash() == read.state_hash()
    assert trace(booted) == trace(read) == trace(Cluster(scenario))


def test_a_kept_world_is_not_booted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, kept = default_scenario("v1.8"), KeptWorlds(tmp_path)
    kept.cluster(scenario)
    monkeypatch.setattr(Booted, "__init__", None)
    assert kept.cluster(scenario).now == 0


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    scenario, kept = default_scenario("v1.8"), KeptWorlds(tmp_path)
    other = msgspec.structs.replace(scenario, seed=7)
    assert kept.path_of(scenario) != kept.path_of(other)
    assert kept.path_of(scenario) == kept.path_of(default_scenario("v1.8"))


def test_what_cannot_be_read_is_booted_and_kept_anew(tmp_path: Path) -> None:
    scenario, kept = default_scenario("v1.7"), KeptWorlds(tmp_path)
    kept.path_of(scenario).write_bytes(b"half of a world")
    assert kept.cluster(scenario).state_hash() == Cluster(scenario).state_hash()
    assert kept.cluster(scenario).now == 0
    assert len(kept.path_of(scenario).read_bytes()) > 10_000


@pytest.mark.parametrize("release", RELEASES)
def test_what_many_pods_are_told_alike_is_kept_once(release: str, tmp_path: Path) -> None:
    scenario, kept = default_scenario(release), KeptWorlds(tmp_path)
    for cluster in (kept.cluster(scenario), kept.cluster(scenario)):
        pods = cluster.objects("pods").values()
        conditions = [one for pod in pods for one in pod.status.conditions]
        assert len(conditions) > len(set(conditions)) == len({id(one) for one in conditions})
