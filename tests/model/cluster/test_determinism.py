"""A run is a function of scenario, seed and commands; steps, looks, snapshots and hash seeds never matter."""

import subprocess
import sys

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from clustersim import Cluster, Command, default_scenario
from clustersim.engine.time import SECOND
from clustersim.explain.next_event import next_event_at

TRACE = """
import msgspec, hashlib
from clustersim import Cluster, Command, default_scenario
cluster = Cluster(default_scenario({release!r}))
cluster.run_until(3_000_000)
cluster.apply(Command("stop-kubelet", "n1"))
cluster.run_until(400_000_000)
cluster.apply(Command("start-kubelet", "n1"))
cluster.run_until(500_000_000)
trace = b"".join(msgspec.json.encode(event) for event in cluster.record)
print(hashlib.sha256(trace).hexdigest(), cluster.state_hash())
"""


def trace(cluster: Cluster) -> bytes:
    """Every event with all it carries."""
    return b"\n".join(msgspec.json.encode(event) for event in cluster.record)


def test_traces_are_byte_identical_in_processes_with_different_hash_seeds() -> None:
    outputs = set()
    for seed in ("0", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", TRACE.format(release="v1.7")],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_other_seeds_give_other_phases() -> None:
    one, other = (Cluster(msgspec.structs.replace(default_scenario("v1.7"), seed=seed)) for seed in (1, 2))
    assert one.state_hash() != other.state_hash()


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 360), min_size=1, max_size=5).map(sorted))
def test_running_in_steps_is_running_at_once(stops: list[int]) -> None:
    def run(*moments: int) -> str:
        cluster = Cluster(default_scenario("v1.7"))
        cluster.apply(Command("power-off", "n2"))
        for moment in moments:
            cluster.run_until(moment * SECOND)
        return cluster.state_hash()

    assert run(*stops, 361) == run(361)


def test_a_restored_snapshot_goes_on_as_the_original() -> None:
    cluster = Cluster(default_scenario("v1.8"))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(42 * SECOND)
    snapshot = cluster.snapshot()
    cluster.run_until(400 * SECOND)
    for _ in range(2):
        restored = Cluster.restore(snapshot)
        assert restored.now == 42 * SECOND
        restored.run_until(400 * SECOND)
        assert restored.state_hash() == cluster.state_hash()
        assert trace(restored) == trace(cluster)


def test_looking_changes_nothing() -> None:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(50 * SECOND)
    before = cluster.state_hash()
    next_event_at(cluster)
    cluster.find_pod("tomcat@n1")
    cluster.snapshot()
    assert cluster.state_hash() == before


def test_lazy_loops_leave_the_trace_of_their_ticking_twins() -> None:
    def run(ticking: bool) -> bytes:
        cluster = Cluster(msgspec.structs.replace(default_scenario("v1.7"), ticking=ticking))
        for at, do in (
            (2, "stop-kubelet"),
            (330, "start-kubelet"),
            (420, "power-off"),
            (450, "power-on"),
            (520, "hang-docker"),
        ):
            cluster.run_until(at * SECOND)
            cluster.apply(Command(do, "n1"))
        cluster.run_until(700 * SECOND)
        return trace(cluster)

    assert run(False) == run(True)


def test_who_hears_of_a_boot_gets_the_same_cluster() -> None:
    heard: list[float] = []
    assert (
        Cluster(default_scenario(), along=heard.append).state_hash()
        == Cluster(default_scenario()).state_hash()
    )
    assert heard == sorted(heard)


def test_looking_for_what_is_not_there_changes_nothing() -> None:
    cluster = Cluster(default_scenario())
    before = cluster.state_hash()
    assert cluster.objects("cronjobs") == {}
    assert cluster.state_hash() == before
