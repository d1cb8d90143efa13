"""Renewals of locks that nothing disturbs are done in one turn, and nobody can tell."""

from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.api.request import Request
from clustersim.cluster import Snapshot
from clustersim.engine.state import digest
from clustersim.engine.time import MILLISECOND, SECOND, Micros
from clustersim.releases import RELEASES

Trouble = Callable[[Cluster], object]


def write_lock(cluster: Cluster) -> None:
    """Somebody marks the lock."""
    kind = "leases" if cluster.release == "v1.36" else "endpoints"
    patch = {"metadata": {"labels": {"seen": "yes"}}}
    request = Request("patch", kind, "kube-system", "kube-scheduler", patch)
    cluster.world.engine.cause = 0
    assert cluster.world.apiserver.handle(request, "test").ok


def delete_pod(cluster: Cluster) -> None:
    """The scheduler gets something to do."""
    cluster.apply(Command("delete-pod", next(iter(cluster.objects("pods")))))


def process(name: str, do: str) -> Trouble:
    return lambda cluster: getattr(cluster.process(name), do)()


TROUBLES: dict[str, tuple[Trouble, Trouble | None]] = {
    "killed": (process("scheduler", "kill"), process("scheduler", "start")),
    "hung": (process("scheduler", "hang"), process("scheduler", "resume")),
    "apiserver": (process("apiserver", "kill"), process("apiserver", "start")),
    "apiserver-hung": (process("apiserver", "hang"), process("apiserver", "resume")),
    "etcd": (process("etcd", "kill"), process("etcd", "start")),
    "written": (write_lock, None),
    "busy": (delete_pod, None),
}


@cache
def at_rest(release: str, *, ticking: bool) -> Snapshot:
    """Some time after zero."""
    cluster = Cluster(msgspec.structs.replace(default_scenario(release), ticking=ticking))
    cluster.run_until(5 * SECOND)
    return cluster.snapshot()


def next_renewal(release: str) -> Micros:
    """When the scheduler's next renewal begins."""
    cluster = Cluster.restore(at_rest(release, ticking=False))
    return cluster.world.express.state.aboard["scheduler"].begins


def told(release: str, trouble: str, at: Micros, lasts: Micros, *, ticking: bool) -> tuple[object, ...]:
    cluster = Cluster.restore(at_rest(release, ticking=ticking))
    cluster.run_until(at)
    begin, end = TROUBLES[trouble]
    begin(cluster)
    cluster.run_until(at + lasts)
    if end is not None:
        end(cluster)
    cluster.run_until(at + lasts + 40 * SECOND)
    trace = [msgspec.json.encode(event) for event in cluster.record]
    return (*trace, cluster.record.state.runs, digest(cluster.world.etcd.store.objects))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_finds_the_messages_of_a_renewal_where_they_would_be(release: str, trouble: str) -> None:
    begins = next_renewal(release)
    for offset, lasts in ((50, MILLISECOND), (2000, 20 * SECOND), (3650, 20 * SECOND), (6000, MILLISECOND)):
        lazy = told(release, trouble, begins + offset, lasts, ticking=False)
        assert lazy == told(release, trouble, begins + offset, lasts, ticking=True), offset


@pytest.mark.parametrize("release", RELEASES)
def test_a_cluster_at_rest_is_on_the_express(release: str) -> None:
    cluster = Cluster(default_scenario(release))
    cluster.run_until(15 * SECOND)
    expected = {"controller-manager", "scheduler", *(f"kubelet@{node}" for node in cluster.machines)}
    assert set(cluster.world.express.state.aboard) == expected


def test_a_ticking_cluster_never_is() -> None:
    cluster = Cluster(msgspec.structs.replace(default_scenario("v1.8"), ticking=True))
    assert not cluster.world.express.state.aboard
