"""What a part of a process remembers is kept at hand, and is that of the present life of the process."""

from clustersim import Cluster, default_scenario
from clustersim.client.recorder import EventRecorder
from clustersim.kubelet.kubelet import Kubelet


def kubelet_of(cluster: Cluster) -> Kubelet:
    kubelet = cluster.world.engine.actors["kubelet@n1"]
    assert isinstance(kubelet, Kubelet)
    return kubelet


def test_it_is_the_memory_of_the_process() -> None:
    kubelet = kubelet_of(Cluster(default_scenario("v1.8")))
    assert kubelet.pleg.state is kubelet.state.parts["pleg"]
    assert kubelet.loops["pleg"].state is kubelet.state.loops["pleg"]


def test_a_process_that_ends_forgets() -> None:
    kubelet = kubelet_of(Cluster(default_scenario("v1.8")))
    before = kubelet.pleg.state
    assert before.pods
    kubelet.kill()
    assert not kubelet.pleg.state.pods
    assert kubelet.pleg.state is not before
    assert kubelet.loops["pleg"].state.due is None


def test_a_process_that_is_put_into_another_state_remembers_that() -> None:
    cluster = Cluster(default_scenario("v1.8"))
    other = kubelet_of(Cluster.restore(cluster.snapshot()))
    kubelet = kubelet_of(cluster)
    assert kubelet.pleg.state.pods
    kubelet.load(other.save())
    assert kubelet.pleg.state is other.pleg.state


def test_parts_of_one_name_share_it_and_both_forget() -> None:
    kubelet = kubelet_of(Cluster(default_scenario("v1.8")))
    one, two = (EventRecorder(kubelet.api, "twice") for _ in range(2))
    assert one.state is two.state
    kubelet.kill()
    kubelet.start()
    assert one.state is two.state is kubelet.state.parts["recorder/twice"]
