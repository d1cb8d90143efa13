"""Snapshots as bytes: what comes back goes on exactly as what was written."""

import gc
import subprocess
import sys
from weakref import ref

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.releases import RELEASES
from clustersim.snapshots import pack, unpack
from clustersim.view import build_view, event_items


@pytest.fixture(params=sorted(RELEASES))
def cluster(request: pytest.FixtureRequest) -> Cluster:
    cluster = Cluster(default_scenario(request.param))
    cluster.run_until(seconds(20))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(seconds(330))
    return cluster


def test_a_cluster_goes_on_from_bytes_as_if_nothing_had_been(cluster: Cluster) -> None:
    other = Cluster.restore(unpack(pack(cluster.snapshot())))
    assert other.state_hash() == cluster.state_hash()
    for one in (cluster, other):
        one.apply(Command("start-kubelet", "n1"))
        one.run_until(seconds(900))
    assert other.state_hash() == cluster.state_hash()
    assert build_view(other) == build_view(cluster)
    assert event_items(other.record.since(0)) == event_items(cluster.record.since(0))


def test_another_process_reads_the_same(cluster: Cluster) -> None:
    code = (
        "import sys; from clustersim import Cluster; from clustersim.snapshots import unpack;"
        "print(Cluster.restore(unpack(sys.stdin.buffer.read())).state_hash())"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], input=pack(cluster.snapshot()), capture_output=True, check=True
    )
    assert printed.stdout.decode().strip() == cluster.state_hash()


def test_bytes_that_hold_something_else_are_refused() -> None:
    with pytest.raises(TypeError, match="no snapshot"):
        unpack(b"\x80\x05N.")


@pytest.mark.parametrize("release", sorted(RELEASES))
def test_a_cluster_that_goes_at_once_leaves_no_garbage(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    cluster.goes_at_once = True
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(seconds(60))
    etcd = ref(cluster.world.etcd)
    gc.collect()
    gc.disable()
    try:
        del cluster
        assert etcd() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_part_of_a_world_outlives_its_cluster() -> None:
    apiserver = Cluster(default_scenario()).world.apiserver
    gc.collect()
    assert apiserver.running
    assert apiserver.engine.now == 0
