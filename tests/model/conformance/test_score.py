from pathlib import Path

import pytest
from msgspec.structs import replace

from clustersim.conformance.observation import Milestone
from clustersim.conformance.recording import Never, RecordedMilestone, read
from clustersim.conformance.score import compare, violated
from clustersim.engine.time import MILLISECOND, SECOND

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture
def recording():
    return read(GOLDEN / "v1.7.5" / "seed-run1.json")


def verdicts(recording, recorded, simulated, **options):
    rows = compare(replace(recording, milestones=tuple(recorded)), simulated, **options)
    return [row.verdict for row in rows]


def test_the_control_plane_has_half_a_second(recording):
    recorded = [RecordedMilestone("node-not-ready", "n3", 40.0, "Unknown")]
    within = [Milestone("node-not-ready", "n3", 40 * SECOND + 500 * MILLISECOND, "Unknown")]
    beyond = [Milestone("node-not-ready", "n3", 40 * SECOND - 501 * MILLISECOND, "Unknown")]
    assert verdicts(recording, recorded, within) == ["ok"]
    assert verdicts(recording, recorded, beyond) == ["outside"]


def test_a_kubelet_has_two_seconds(recording):
    recorded = [RecordedMilestone("node-ready-again", "n3", 40.0)]
    assert verdicts(recording, recorded, [Milestone("node-ready-again", "n3", 42 * SECOND)]) == ["ok"]
    assert verdicts(recording, recorded, [Milestone("node-ready-again", "n3", 43 * SECOND)]) == ["outside"]


def test_what_did_not_happen_is_missing_and_what_should_not_is_extra(recording):
    recorded = [RecordedMilestone("node-ready-again", "n3", 40.0)]
    simulated = [Milestone("node-deleted", "n3", 40 * SECOND)]
    assert sorted(verdicts(recording, recorded, simulated)) == ["extra", "missing"]


def test_another_reason_of_being_not_ready_is_another_milestone(recording):
    recorded = [RecordedMilestone("node-not-ready", "n3", 40.0, "Unknown")]
    simulated = [Milestone("node-not-ready", "n3", 40 * SECOND, "False")]
    assert sorted(verdicts(recording, recorded, simulated)) == ["extra", "missing"]


def test_the_number_on_a_last_has_to_be_equal(recording):
    recorded = [RecordedMilestone("pods-unknown-last", "n3", 40.0, 2)]
    assert verdicts(recording, recorded, [Milestone("pods-unknown-last", "n3", 40 * SECOND, 3)]) == ["value"]


def test_how_many_addresses_were_left_at_first_does_not_count(recording):
    recorded = [RecordedMilestone("endpoints-shrunk", "tomcat", 40.0, 2)]
    assert verdicts(recording, recorded, [Milestone("endpoints-shrunk", "tomcat", 40 * SECOND, 1)]) == ["ok"]


def test_the_kth_is_compared_with_the_kth(recording):
    recorded = [RecordedMilestone("node-ready-again", "n3", t) for t in (40.0, 80.0)]
    simulated = [Milestone("node-ready-again", "n3", t * SECOND) for t in (41, 90)]
    assert verdicts(recording, recorded, simulated) == ["ok", "outside"]


def test_nodes_due_at_the_same_pass_are_compared_as_a_set(recording):
    recorded = [
        RecordedMilestone("node-not-ready", "n1", 40.0, "Unknown"),
        RecordedMilestone("node-not-ready", "n2", 40.1, "Unknown"),
        RecordedMilestone("pods-unknown-last", "n1", 60.0, 2),
        RecordedMilestone("pods-unknown-last", "n2", 70.0, 1),
    ]
    simulated = [
        Milestone("node-not-ready", "n2", 40 * SECOND, "Unknown"),
        Milestone("node-not-ready", "n1", 40 * SECOND, "Unknown"),
        Milestone("pods-unknown-last", "n2", 60 * SECOND, 1),
        Milestone("pods-unknown-last", "n1", 70 * SECOND, 2),
    ]
    assert verdicts(recording, recorded, simulated) == ["ok"] * 4


def test_nodes_lost_at_different_passes_are_not_exchanged(recording):
    recorded = [
        RecordedMilestone("node-not-ready", "n1", 40.0, "Unknown"),
        RecordedMilestone("node-not-ready", "n2", 45.0, "Unknown"),
    ]
    simulated = [
        Milestone("node-not-ready", "n2", 40 * SECOND, "Unknown"),
        Milestone("node-not-ready", "n1", 45 * SECOND, "Unknown"),
    ]
    assert verdicts(recording, recorded, simulated) == ["outside"] * 2


def test_at_most_means_not_later(recording):
    recorded = [RecordedMilestone("node-not-ready", "n3", 40.0, "Unknown", at_most=True)]
    assert verdicts(recording, recorded, [Milestone("node-not-ready", "n3", 20 * SECOND, "Unknown")]) == [
        "ok"
    ]
    assert verdicts(recording, recorded, [Milestone("node-not-ready", "n3", 41 * SECOND, "Unknown")]) == [
        "outside"
    ]


def test_the_unscored_is_reported_and_not_counted(recording):
    recorded = [RecordedMilestone("node-ready-again", "n3", 40.0, unscored=True)]
    rows = compare(
        replace(recording, milestones=tuple(recorded)), [Milestone("node-ready-again", "n3", 90 * SECOND)]
    )
    assert [(row.verdict, row.counts) for row in rows] == [("unscored", False)]


def test_pods_settle_on_as_many_nodes_with_as_many_pods(recording):
    recorded = [RecordedMilestone("placement-settled", "web", 40.0, {"n1": 2, "n2": 1}, 0)]
    same = [Milestone("placement-settled", "web", 0, {"n1": 1, "n2": 2}, 0)]
    other = [Milestone("placement-settled", "web", 0, {"n1": 3}, 0)]
    assert verdicts(recording, recorded, same) == ["ok"]
    assert verdicts(recording, recorded, other) == ["value"]


def test_containers_count_only_where_they_are_the_subject(recording):
    assert verdicts(recording, [], [Milestone("container-started", "web@n1", 0, 0)]) == []


def test_a_fitted_phase_leaves_the_control_plane_out_of_the_median(recording):
    recorded = [RecordedMilestone("node-not-ready", "n3", 40.0, "Unknown")]
    simulated = [Milestone("node-not-ready", "n3", 40 * SECOND, "Unknown")]
    rows = compare(replace(recording, milestones=tuple(recorded)), simulated, fitted=True)
    assert [row.counts for row in rows] == [False]


def test_a_dead_container_may_wait_ten_seconds_for_its_cleaning_in_v1_8(recording):
    recorded = [RecordedMilestone("old-containers-removed-last", "n3", 40.0, 2)]
    simulated = [Milestone("old-containers-removed-last", "n3", 49 * SECOND, 2)]
    assert verdicts(replace(recording, release="v1.8.0"), recorded, simulated) == ["ok"]
    assert verdicts(recording, recorded, simulated) == ["outside"]


def test_a_never_is_broken_by_one_occurrence_after_its_beginning():
    never = Never(name="node-not-ready", of="n1", since=0.0, until=10.0)
    assert violated(never, [Milestone("node-not-ready", "n1", 0)]) is None
    assert violated(never, [Milestone("node-not-ready", "n2", 5 * SECOND)]) is None
    assert violated(never, [Milestone("node-not-ready", "n1", 10 * SECOND)]) is not None
    assert violated(never, [Milestone("node-not-ready", "n1", 11 * SECOND)]) is None
