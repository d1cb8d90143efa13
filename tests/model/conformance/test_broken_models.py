"""A model that is wrong in one point has to be found out: the recordings are worth something only then."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from clustersim.conformance import compare
from clustersim.conformance.compare import compare_file
from clustersim.conformance.report import FileResult
from clustersim.conformance.setup import Prepared, prepare
from clustersim.controllermanager.node import eviction_monitor, marking
from clustersim.controllermanager.node.health import NodeHealth
from clustersim.controllermanager.nodelifecycle import marking as marking_of_today
from clustersim.controllermanager.podgc import quarantine
from clustersim.controllermanager.tainteviction import controller as tainteviction
from clustersim.engine.time import SECOND

GOLDEN = Path(__file__).parents[2] / "golden"
ALL = ("v1.7.5", "v1.8.0", "v1.36.2")
SEEDS = {"v1.7.5": "seed-run1", "v1.8.0": "seed-run3", "v1.36.2": "seed-run2"}


@pytest.fixture(autouse=True)
def few_chances(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other outcomes of races do not help a wrong model; here only some are tried, since it takes time."""
    monkeypatch.setattr(compare, "MOST_CHANCES", 2)


def with_flags(monkeypatch: pytest.MonkeyPatch, **changed: int | float) -> None:
    """Every recording is run with these settings of the controller-manager, whatever its header says."""

    def broken(*args: object, **options: object) -> Prepared:
        prepared = prepare(*args, **options)  # type: ignore[arg-type]
        flags = prepared.scenario.flags
        manager = replace(flags.controller_manager, **changed)
        scenario = replace(prepared.scenario, flags=replace(flags, controller_manager=manager))
        return replace(prepared, scenario=scenario)

    monkeypatch.setattr(compare, "prepare", broken)


def judged(release: str, name: str) -> FileResult:
    result = compare_file(GOLDEN / release / f"{name}.json")
    assert not result.broken
    assert not result.unsupported
    return result


def wrong(result: FileResult) -> set[str]:
    return {row.name for row in result.rows if row.verdict not in ("ok", "unscored")}


@pytest.mark.parametrize("release", ALL)
def test_a_grace_period_three_seconds_too_long_is_found_out(
    monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    grace = 50 * SECOND if release == "v1.36.2" else 40 * SECOND
    with_flags(monkeypatch, node_monitor_grace_period=grace + 3 * SECOND)
    assert "node-not-ready" in wrong(judged(release, SEEDS[release]))


@pytest.mark.parametrize("release", ["v1.7.5", "v1.8.0"])
def test_an_eviction_that_counts_from_the_transition_is_found_out(
    monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    real = eviction_monitor.eviction_due

    def late(health: NodeHealth, observed: str, *rest: object) -> object:
        return real(replace(health, probe=health.transition), observed, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(eviction_monitor, "eviction_due", late)
    assert "pods-deletion-timestamp-first" in wrong(judged(release, SEEDS[release]))


def test_a_toleration_that_counts_from_the_last_heartbeat_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = tainteviction.shortest
    grace = 50

    def early(tolerations: tuple[object, ...]) -> int | None:
        seconds = real(tolerations)  # type: ignore[arg-type]
        return None if seconds is None else max(0, seconds - grace)

    monkeypatch.setattr(tainteviction, "shortest", early)
    assert "pods-deletion-timestamp-first" in wrong(judged("v1.36.2", "seed-run2"))


@pytest.mark.parametrize("release", ALL)
def test_a_limiter_ten_percent_too_slow_is_found_out(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    with_flags(monkeypatch, node_eviction_rate=0.09)
    expected = "node-tainted-noexecute" if release == "v1.36.2" else "pods-deletion-timestamp-first"
    name = "two-of-six" if release == "v1.36.2" else "all-nodes-stop"
    assert expected in wrong(judged(release, name))


@pytest.mark.parametrize("release", ALL)
def test_pods_that_are_not_marked_are_found_out(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    monkeypatch.setattr(marking_of_today, "needs_marking", lambda pod: False)
    monkeypatch.setattr(marking.Marking, "start", lambda self, node: self.proceed())
    missed = wrong(judged(release, SEEDS[release]))
    assert {"pods-ready-false-first", "endpoints-shrunk"} <= missed


def test_an_orphan_without_quarantine_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "QUARANTINE", 0)
    assert "old-pods-gone-first" in wrong(judged("v1.36.2", "node-deleted"))


def test_pods_that_are_evicted_although_no_node_is_ready_are_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_flags(monkeypatch, unhealthy_zone_threshold=2.0)
    missed = judged("v1.8.0", "four-of-eight")
    assert missed.passes, "half of the nodes is no disruption: the threshold does not matter there"
    missed = judged("v1.7.5", "four-of-six")
    assert not missed.passes
