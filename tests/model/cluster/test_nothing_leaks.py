"""Nothing of one release is found in another's world: what is stored, written, told and settable."""

from functools import cache

import msgspec
import pytest

from clustersim import RELEASES, Cluster, Command, default_scenario
from clustersim.engine.time import SECOND
from clustersim.flags import catalogue
from clustersim.flags.setting import Releases
from clustersim.view import build_view

OLD = ("v1.7", "v1.8")
OF_TODAY = (
    "containerd://",
    "node.kubernetes.io/",
    "kube-node-lease",
    '"renewTime"',
    "taint-eviction-controller",
    "node-lifecycle",
    "DisruptionTarget",
    "PIDPressure",
    "v1.36",
)
OF_THE_OLD = (
    "docker://",
    "dockershim",
    "NodeLost",
    "OutOfDisk",
    "node.alpha.kubernetes.io/notReady",
    "node.alpha.kubernetes.io/unreachable",
    "DeletingAllPods",
    "NodeControllerEviction",
    "control-plane.alpha.kubernetes.io/leader",
    "controllermanager",
    "node-controller.",
    "v1.7.5",
    "v1.8.0",
)


@cache
def everything(release: str) -> str:
    """All that a run with a lost node and its return writes, decides, logs and prints."""
    cluster = Cluster(default_scenario(release))
    found: list[str] = []
    last = 0

    def collect() -> None:
        nonlocal last
        for event in cluster.record.since(last):
            last = event.id
            found.append(f"{event.kind} {event.verb} {event.actor} {event.object}")
            found.extend(msgspec.json.encode(one).decode() for one in (event.before, event.after) if one)
            if event.rule is not None and event.rule.rule.component.startswith("node"):
                found.append(f"{event.rule.rule.id} {event.rule.rule.source}")

    cluster.apply(Command("stop-kubelet", "n1"))
    for second in range(10, 421, 10):
        cluster.run_until(second * SECOND)
        collect()
    cluster.apply(Command("start-kubelet", "n1"))
    cluster.run_until(480 * SECOND)
    collect()
    found += [line.text for process in cluster.processes() for line in process.journal]
    found.append(msgspec.json.encode(build_view(cluster)).decode())
    return "\n".join(found)


@pytest.mark.parametrize("release", OLD)
@pytest.mark.parametrize("word", OF_TODAY)
def test_what_is_of_today_is_not_in_the_old_releases(release: str, word: str) -> None:
    assert word not in everything(release)


@pytest.mark.parametrize("word", OF_THE_OLD)
def test_what_is_of_the_old_releases_is_not_in_todays(word: str) -> None:
    assert word not in everything("v1.36")


def test_the_two_old_releases_call_the_controller_by_different_names() -> None:
    assert "from NodeController" in everything("v1.7") or "in NodeController" in everything("v1.7")
    assert "in NodeController" not in everything("v1.8")


def test_settings_are_those_that_the_release_has() -> None:
    names = {
        release: {f"{info.component}.{info.flag}" for info in catalogue(RELEASES[release].flags, release)}
        for release in RELEASES
    }
    assert "controller-manager.pod-eviction-timeout" in names["v1.8"]
    assert "controller-manager.pod-eviction-timeout" not in names["v1.36"]
    assert not any(name.startswith("docker.") for name in names["v1.36"])
    assert not any(name.startswith("containerd.") for name in names["v1.7"])


def test_a_setting_that_is_gone_says_what_took_its_place() -> None:
    gone = [info for info in catalogue() if info.setting.releases == Releases(last="v1.8")]
    assert [info.flag for info in gone if not info.setting.gone] == []
