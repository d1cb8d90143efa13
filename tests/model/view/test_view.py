"""The view: what it shows of a cluster, and that looking changes nothing."""

import json

import msgspec
import pytest

from clustersim import Command, default_scenario
from clustersim.api.timestamp import micros
from clustersim.cluster import Cluster, Snapshot
from clustersim.engine.time import SECOND, seconds
from clustersim.scenario_schema import NodeSpec
from clustersim.view import build_view, diff_view
from clustersim.view.builder import ViewBuilder
from clustersim.view.structs import NodeItem, View
from tests.changes import applied


@pytest.fixture(scope="module")
def steady() -> Snapshot:
    return Cluster(default_scenario("v1.7")).snapshot()


@pytest.fixture
def cluster(steady: Snapshot) -> Cluster:
    return Cluster.restore(steady)


def _after(cluster: Cluster, t: float, *commands: tuple[str, str]) -> View:
    for do, target in commands:
        cluster.apply(Command(do, target))
    cluster.run_until(seconds(t))
    return build_view(cluster)


def _kinds(node: NodeItem) -> list[str]:
    return [difference.kind for difference in node.differs]


def test_looking_changes_nothing(cluster: Cluster) -> None:
    cluster.apply(Command("stop-kubelet", "n3"))
    cluster.run_until(seconds(50))
    before = cluster.state_hash()
    build_view(cluster)
    assert cluster.state_hash() == before


def test_a_steady_cluster_agrees_with_itself(cluster: Cluster) -> None:
    view = build_view(cluster)
    assert [node.ready for node in view.nodes.values()] == ["True"] * 3
    assert all(not node.differs for node in view.nodes.values())
    assert {pod.status for node in view.nodes.values() for pod in node.pods} == {"Running"}
    tomcat = view.workloads["rc/default/tomcat"]
    assert (tomcat.wants, tomcat.active, tomcat.objects, tomcat.ready, tomcat.endpoints) == (3, 3, 3, 3, 3)
    assert set(view.control) == {"etcd", "apiserver", "controller-manager", "scheduler"}
    assert set(view.deadlines) == {"grace/n1", "grace/n2", "grace/n3"}


def test_what_has_not_changed_is_equal(cluster: Cluster) -> None:
    cluster.run_until(seconds(3600))
    before = build_view(cluster)
    cluster.run_until(seconds(3600.1))
    changes = diff_view(before, build_view(cluster))
    assert not changes.workloads
    assert not changes.nodes


def test_applying_the_changes_gives_the_new_view(cluster: Cluster) -> None:
    before = build_view(cluster)
    after = _after(cluster, 45, ("stop-kubelet", "n3"))
    changes = diff_view(before, after)
    known, told, found = (json.loads(msgspec.json.encode(one)) for one in (before, changes, after))
    assert applied(known, told) == found


def test_of_a_node_only_what_changed_is_told(cluster: Cluster) -> None:
    before = build_view(cluster)
    changes = diff_view(before, _after(cluster, 12)).nodes
    assert changes
    assert all(set(told) == {"lastHeartbeat"} for told in changes.values())


def test_ages_are_left_to_the_page(cluster: Cluster) -> None:
    node = build_view(cluster).nodes["n1"]
    created = micros(cluster.object("nodes", "n1").metadata.creation_timestamp) // SECOND
    assert f"{{short:{created}}}" in node.printed.split()
    assert all("{short:" in pod.printed for pod in node.pods)


def test_a_zone_tells_who_waits_for_its_limiter_and_until_when() -> None:
    nodes = tuple(NodeSpec(name=f"n{number}") for number in range(1, 9))
    cluster = Cluster(msgspec.structs.replace(default_scenario("v1.36"), nodes=nodes))
    for name in ("n1", "n2", "n3", "n4"):
        cluster.apply(Command("stop-kubelet", name))
    assert build_view(cluster).control["controller-manager"].zones == ()
    cluster.run_until(seconds(62))
    view = build_view(cluster)
    (zone,) = view.control["controller-manager"].zones
    assert zone.zone == ""
    assert 0 < zone.waiting < 4
    assert zone.first is not None
    cluster.run_until(zone.first + SECOND)
    later = build_view(cluster).control["controller-manager"].zones
    assert sum(zone.waiting for zone in later) == zone.waiting - 1


def test_a_pod_on_a_lost_node_prints_running_though_it_is_not_ready(cluster: Cluster) -> None:
    view = _after(cluster, 60, ("stop-kubelet", "n3"))
    node = view.nodes["n3"]
    assert node.ready == "Unknown"
    assert node.printed.split()[1] == "NotReady"
    assert {(pod.status, pod.ready_text, pod.pod_ready) for pod in node.pods} == {("Running", "1/1", False)}
    assert not node.differs


def test_evicted_pods_of_a_stopped_kubelet_leave_orphans(cluster: Cluster) -> None:
    view = _after(cluster, 360, ("stop-kubelet", "n3"))
    node = view.nodes["n3"]
    assert {pod.status for pod in node.pods} == {"Unknown"}
    assert _kinds(node) == ["orphan"] * len(node.pods)
    assert all(container.state == "running" for container in node.containers)


def test_containers_of_a_machine_without_power_are_ghosts(cluster: Cluster) -> None:
    view = _after(cluster, 20, ("power-off", "n3"))
    node = view.nodes["n3"]
    assert node.machine.power == "off"
    assert set(_kinds(node)) == {"ghost"}


def test_a_node_deleted_under_a_silent_kubelet_leaves_orphans_without_pods(cluster: Cluster) -> None:
    view = _after(cluster, 60, ("stop-kubelet", "n3"), ("delete-node", "n3"))
    node = view.nodes["n3"]
    assert not node.registered
    assert not node.pods
    assert set(_kinds(node)) == {"orphan"}


def test_deadlines_count_from_the_last_heartbeat_seen(cluster: Cluster) -> None:
    view = _after(cluster, 20, ("stop-kubelet", "n3"))
    grace = view.deadlines["grace/n3"]
    assert grace.length == 40 * SECOND
    assert not grace.fired
    assert grace.due is not None
    assert 40 * SECOND < grace.due - grace.origin <= 46 * SECOND
    lost = _after(cluster, 60)
    assert lost.deadlines["grace/n3"].fired
    eviction = lost.deadlines["eviction/n3"]
    assert eviction.origin == lost.deadlines["grace/n3"].origin == grace.origin
    assert eviction.length == 300 * SECOND
    assert eviction.due is not None
    after = _after(cluster, eviction.due / SECOND + 0.5)
    assert after.deadlines["eviction/n3"].fired


def test_a_deadline_says_when_it_happens(cluster: Cluster) -> None:
    grace = _after(cluster, 20, ("stop-kubelet", "n3")).deadlines["grace/n3"]
    assert grace.due is not None
    assert _after(cluster, grace.due / SECOND - 0.05).nodes["n3"].ready == "True"
    assert _after(cluster, grace.due / SECOND + 0.15).nodes["n3"].ready == "Unknown"


def test_full_disruption_freezes_the_evictions(cluster: Cluster) -> None:
    view = _after(cluster, 400, *(("stop-kubelet", name) for name in ("n1", "n2", "n3")))
    frozen = [view.deadlines[f"eviction/{name}"].frozen for name in ("n1", "n2", "n3")]
    assert all(frozen)


def test_a_kubelet_of_today_lives_by_its_lease_though_nobody_looks() -> None:
    cluster = Cluster(default_scenario(release="v1.36"))
    view = _after(cluster, 240, ("stop-controller-manager", "controller-manager"))
    node = view.nodes["n1"]
    assert node.last_heartbeat is not None
    assert cluster.now - node.last_heartbeat < 11 * SECOND


def test_without_a_controller_there_are_no_deadlines(cluster: Cluster) -> None:
    assert not _after(cluster, 10, ("stop-controller-manager", "controller-manager")).deadlines


def test_requests_are_counted_for_their_service(cluster: Cluster) -> None:
    service = _after(cluster, 30).services["default/tomcat"]
    assert service.succeeded == 61
    assert service.rate == 2.0
    assert len(service.endpoints) == 3


def test_parts_tell_their_state(cluster: Cluster) -> None:
    view = _after(cluster, 5, ("stop-kubelet", "n1"), ("hang-docker", "n2"), ("cut-network", "n3"))
    assert view.nodes["n1"].parts["kubelet"].state == "stopped"
    assert view.nodes["n2"].parts["docker"].state == "hung"
    assert view.nodes["n3"].machine.network == "cut"
    assert view.nodes["n3"].parts["kube-proxy"].rules == 2 + 3 * 4 + 4


def test_a_pod_that_fits_nowhere_is_pending_in_its_workload(cluster: Cluster) -> None:
    for name in ("n1", "n2", "n3"):
        cluster.apply(Command("cordon", name))
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": 4}))
    cluster.run_until(seconds(3))
    view = build_view(cluster)
    (pod,) = view.workloads["rc/default/tomcat"].pending
    assert pod.status == "Pending"
    assert view.control["scheduler"].waiting == 1  # type: ignore[union-attr]


def test_the_wire_form_is_what_the_page_reads(cluster: Cluster) -> None:
    view = msgspec.json.decode(msgspec.json.encode(build_view(cluster)))
    node = view["nodes"]["n1"]
    assert {"printedHeader", "lastHeartbeat", "differs", "containers", "machine"} <= set(node)
    assert {"memoryMiB", "bootId", "power", "network"} <= set(node["machine"])
    assert "clusterIP" in view["services"]["default/tomcat"]
    assert "lastActive" in view["control"]["controller-manager"]["loops"][0]
    assert node["readySince"] < 0
    assert view["podHeader"].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]


def test_a_builder_goes_on_when_a_component_is_started_with_other_flags(cluster: Cluster) -> None:
    builder = ViewBuilder(cluster)
    builder.build()
    cluster.reconfigure("controller-manager", {"node-monitor-grace-period": "16s"})
    view = builder.build()
    assert view == build_view(cluster)
    assert view.control["controller-manager"].since == cluster.now
