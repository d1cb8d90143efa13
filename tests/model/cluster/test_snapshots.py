"""Snapshots as bytes: what comes back goes on exactly as what was written."""

import gc
import io
import pickle
import subprocess
import sys
from collections import deque
from pathlib import Path
from weakref import ref

import pytest

from clustersim import Cluster, Command, default_scenario, seconds, snapshots
from clustersim.engine import state as states
from clustersim.engine.state import State, large_collections
from clustersim.releases import RELEASES
from clustersim.snapshots import pack, read, unpack
from clustersim.view import build_view, event_items


def disturbed(release: str) -> Cluster:
    cluster = Cluster(default_scenario(release))
    cluster.run_until(seconds(20))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(seconds(330))
    return cluster


@pytest.fixture(params=sorted(RELEASES))
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return disturbed(request.param)


def test_a_cluster_goes_on_from_bytes_as_if_nothing_had_been(cluster: Cluster) -> None:
    other = Cluster.restore(unpack(pack(cluster.snapshot())))
    assert other.state_hash() == cluster.state_hash()
    for one in (cluster, other):
        one.apply(Command("start-kubelet", "n1"))
        one.run_until(seconds(900))
    assert other.state_hash() == cluster.state_hash()
    assert build_view(other) == build_view(cluster)
    assert event_items(other.record.since(0)) == event_items(cluster.record.since(0))


def test_another_process_reads_the_same(tmp_path: Path) -> None:
    """One for all releases: what takes long is to start it."""
    clusters = [disturbed(release) for release in sorted(RELEASES)]
    files = [tmp_path / str(number) for number in range(len(clusters))]
    for file, cluster in zip(files, clusters, strict=True):
        file.write_bytes(pack(cluster.snapshot()))
    code = (
        "import sys; from pathlib import Path; from clustersim import Cluster;"
        "from clustersim.snapshots import unpack;"
        "[print(Cluster.restore(unpack(Path(name).read_bytes())).state_hash()) for name in sys.argv[1:]]"
    )
    printed = subprocess.run([sys.executable, "-c", code, *files], capture_output=True, check=True)
    assert printed.stdout.decode().split() == [cluster.state_hash() for cluster in clusters]


def test_who_reads_beside_others_reads_the_same_and_forgets_it_in_pieces(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[pickle.Unpickler] = []
    pieces: list[int] = []

    class Reader(pickle.Unpickler):
        def __init__(self, source: io.BytesIO) -> None:
            super().__init__(source)
            readers.append(self)

        def load(self) -> object:
            found = super().load()
            pieces.append(sum(one is not None for one in self.memo.copy().values()))
            return found

    monkeypatch.setattr(snapshots, "PIECE", 500)
    monkeypatch.setattr(pickle, "Unpickler", Reader)
    known = read(io.BytesIO(pack(cluster.snapshot())), beside_others=True)
    assert Cluster.restore(known).state_hash() == cluster.state_hash()
    most, *left = pieces[1:]
    assert len(left) == most // 500 + 1
    assert [most - 500 * (number + 1) for number in range(len(left) - 1)] == left[:-1]
    assert set(readers[0].memo.copy().values()) == {None}


class Wide(State):
    """As the memories of a control plane are."""

    own: dict[str, object]
    parts: dict[str, State]


class Dropped:
    """Tells when it goes."""

    def __init__(self, gone: list[int], number: int) -> None:
        self.gone, self.number = gone, number

    def __del__(self) -> None:
        self.gone.append(self.number)


def test_what_there_is_very_much_of_stays_with_who_lets_it_go_piece_by_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(states, "MANY", 2)
    gone: list[int] = []
    things = [Dropped(gone, number) for number in range(8)]
    inner = Wide({"few": things[0], "deep": {"a": things[1], "b": things[2], "c": things[3]}}, {})
    state = Wide({"line": deque(things[4:7]), "other": things[7]}, {"part": inner})
    held = list(large_collections(state))
    del things, inner, state
    assert sorted(gone) == [0, 7]  # the few went with what they were in
    while held:
        items = held.pop()
        while items:
            before = len(gone)
            items.pop()
            assert len(gone) == before + 1


def test_the_largest_collections_of_a_cluster_are_known(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MANY", 3)
    kept = {id(thing) for items in cluster.large_collections() for thing in items}
    assert {id(event) for event in cluster.record.since(0)} <= kept
    assert {id(pod) for pod in cluster.objects("pods").values()} <= kept


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
