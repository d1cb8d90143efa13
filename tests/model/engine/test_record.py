"""The causal record keeps what matters and bounds the rest."""

from clustersim.engine import record as module
from clustersim.engine.record import Record, RoutineRun
from clustersim.engine.time import SECOND


def add(record: Record, kind: str, causes: tuple[int, ...] = ()) -> int:
    return record.add(0, kind, "somebody", "did", "nodes/n1", None, None, causes, None)


def test_heartbeats_are_kept_as_runs() -> None:
    record = Record()
    for number in range(100):
        last = record.routine(number * 10 * SECOND, "nodes/n1")
    run = record.get(last)
    assert isinstance(run, RoutineRun)
    assert (run.first, run.last, run.count) == (0, 990 * SECOND, 100)
    assert not record.state.events


def test_a_pause_ends_a_run() -> None:
    record = Record()
    record.routine(0, "nodes/n1")
    record.routine(60 * SECOND, "nodes/n1")
    assert [run.count for run in record.state.runs["nodes/n1"]] == [1, 1]


def test_old_detail_is_forgotten_but_never_what_led_to_a_transition(monkeypatch) -> None:
    monkeypatch.setattr(module, "DETAIL_LIMIT", 10)
    record = Record()
    cause = add(record, "write")
    transition = add(record, "decision", (cause,))
    detail = [add(record, "write") for _ in range(50)]
    assert record.get(cause) is not None
    assert record.get(transition) is not None
    assert record.get(detail[0]) is None
    assert record.get(detail[-1]) is not None
    assert len(record.state.events) <= 13


def test_no_marks_are_kept_of_what_is_older_than_the_window(monkeypatch) -> None:
    monkeypatch.setattr(module, "DETAIL_LIMIT", 10)
    record = Record()
    causes = [add(record, "write") for _ in range(5)]
    for cause in causes:
        add(record, "decision", (cause,))
    later = add(record, "write", (causes[0],))
    for _ in range(50):
        add(record, "write")
    add(record, "decision", (later, causes[1]))
    assert all(record.get(cause) is not None for cause in causes)
    assert not record.state.kept


def test_events_since_an_id_come_in_order() -> None:
    record = Record()
    ids = [add(record, "act") for _ in range(5)]
    assert [event.id for event in record.since(ids[1])] == ids[2:]
