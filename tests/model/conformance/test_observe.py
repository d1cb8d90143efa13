"""What an observer sees of a run of the model, and what it cannot see."""

from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace

from clustersim.conformance.recording import RecordedAction, read
from clustersim.conformance.run import observed
from clustersim.conformance.setup import prepare
from clustersim.engine.time import SECOND, seconds

GOLDEN = Path(__file__).parents[2] / "golden"


def run(*actions, until=30.0, name="v1.7.5/seed-run1"):
    recording = read(GOLDEN / f"{name}.json")
    recording = replace(recording, actions=actions, final=replace(recording.final, t=until))
    return observed(prepare(recording))


def ended(seen):
    return [change.t for change in seen.containers if change.what == "exited" and change.t >= 0]


def test_the_boot_of_the_world_is_seen_too():
    seen = run(RecordedAction(t=0.0, do="watch", target=None), until=1.0)
    assert {change.key for change in seen.nodes if change.before is None} == {"n1", "n2", "n3"}
    assert seen.end == SECOND


def test_nobody_reports_the_end_of_containers_that_end_with_their_runtime():
    assert ended(run(RecordedAction(t=0.0, do="stop-docker", target="n3", containers="lost"))) == []


def test_the_end_of_a_machine_ends_its_containers_for_everybody_to_see():
    assert ended(run(RecordedAction(t=0.0, do="power-off", target="n3", containers="exited"))) == [0, 0]


def test_heartbeats_are_seen_although_they_change_nothing():
    seen = run(RecordedAction(t=0.0, do="watch", target=None))
    late = [t for t in seen.heartbeats["n1"] if t > 0]
    assert len(late) == 3
    assert all(10 * SECOND <= b - a < seconds(10.05) for a, b in pairwise(late))


def test_where_nodes_have_leases_their_renewals_are_the_heartbeats():
    cut = RecordedAction(t=0.0, do="cut-network", target="n2")
    heal = RecordedAction(t=5.0, do="heal-network", target="n2")
    seen = run(cut, heal, name="v1.36.2/network-cut-25s")
    late = [t for t in seen.heartbeats["n2"] if t > 0]
    assert len(late) == 3
    assert all(10 * SECOND <= b - a < seconds(10.5) for a, b in pairwise(late))


def test_an_exit_and_the_start_by_the_supervisor_are_told_apart_from_a_kill():
    away = run(
        RecordedAction(t=0.0, do="stop-apiserver", target="apiserver"), name="v1.7.5/apiserver-away-90s"
    )
    told = [(change.component, change.what) for change in away.processes if change.t > 0]
    assert sorted(told) == [
        ("controller-manager", "exited"),
        ("controller-manager", "started"),
        ("scheduler", "exited"),
        ("scheduler", "started"),
    ]
    killed = run(RecordedAction(t=0.0, do="stop-scheduler", target="scheduler"))
    assert [change for change in killed.processes if change.t > 0] == []
