"""What is left out because it would find nothing: a story is the same, event by event, where all is looked
at."""

import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario
from clustersim.controllermanager.informers import SharedInformers
from clustersim.engine.record import Event
from clustersim.engine.time import SECOND
from clustersim.kubelet.status_manager import StatusManager
from clustersim.runtime.records import Listing
from clustersim.scenario_schema import ContainerSpec, ObjectSpec

STORY = (
    (5, Command("scale", "rc/tomcat", {"replicas": 6})),
    (20, Command("stop-docker", "n2")),
    (35, Command("start-docker", "n2")),
    (60, Command("set-image", "deployment/web", {"image": "web:2"})),
    (80, Command("delete-pod", "")),
    (95, Command("stop-kubelet", "n1")),
    (125, Command("start-kubelet", "n1")),
    (150, Command("scale", "deployment/web", {"replicas": 1})),
    (200, Command("stop-apiserver", "apiserver")),
    (205, Command("crash-container", "")),
    (245, Command("start-apiserver", "apiserver")),
    (300, Command("cut-network", "n3")),
    (360, Command("heal-network", "n3")),
)


def _story(release: str) -> list[Event]:
    scenario = default_scenario(release)
    web = ObjectSpec(
        kind="Deployment",
        name="web",
        replicas=3,
        selector={"app": "web"},
        labels={"app": "web"},
        containers=(ContainerSpec(name="web", image="web:1"),),
    )
    cluster = Cluster(replace(scenario, objects=(*scenario.objects, web)))
    for at, command in STORY:
        cluster.run_until(at * SECOND)
        if not command.target:
            command = Command(command.do, next(iter(cluster.objects("pods"))))
        cluster.apply(command)
    cluster.run_until(400 * SECOND)
    return list(cluster.record)


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_controllers_are_told_of_all_pods_and_do_the_same(
    release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = _story(release)

    def tell_everybody(self: SharedInformers, old: object, new: object) -> None:
        self._tell(self._listeners["pods"], old, new)

    monkeypatch.setattr(SharedInformers, "_tell_of_pod", tell_everybody)
    assert _story(release) == short


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_kubelets_look_at_everything_and_do_the_same(release: str, monkeypatch: pytest.MonkeyPatch) -> None:
    short = _story(release)
    monkeypatch.setattr(StatusManager, "_unsettled", lambda self: list(self.state.statuses.items()))
    monkeypatch.setattr(Listing, "all_live", False)
    assert _story(release) == short
