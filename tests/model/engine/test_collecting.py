"""Making worlds beside what was put aside."""

import gc
import time
import weakref
from collections.abc import Iterator

import pytest

from clustersim import Cluster, default_scenario
from clustersim.engine import collecting
from clustersim.engine.collecting import (
    made_to_stay,
    put_aside,
    put_aside_when_much,
    search_all,
    take_back,
    times_put_aside,
    without_collecting,
)


class Circle:
    """Garbage, as soon as nobody has it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def aside() -> Iterator[None]:
    put_aside()
    yield
    take_back()


def test_what_was_put_aside_stays_there_while_worlds_are_made() -> None:
    before = gc.get_freeze_count()
    Cluster(default_scenario())
    assert before > 1000
    assert gc.get_freeze_count() > before * 0.9


def test_what_was_put_aside_is_not_counted_for_each_world(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> int:
        raise AssertionError("the collector goes through all of it, one by one")

    monkeypatch.setattr(gc, "get_freeze_count", counted)
    Cluster.restore(Cluster(default_scenario()).snapshot())


def test_who_is_done_first_does_not_set_the_collector_going_for_who_still_makes_something() -> None:
    first, second = without_collecting(), without_collecting()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_what_was_stopped_before_stays_so() -> None:
    gc.disable()
    try:
        with without_collecting():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_garbage_is_not_put_aside_with_what_is_made_to_stay() -> None:
    garbage = weakref.ref(Circle())
    before = gc.get_freeze_count()
    with made_to_stay():
        made = [[number] for number in range(1000)]
    assert garbage() is None
    assert gc.get_freeze_count() >= before + len(made)


@pytest.mark.parametrize(("long", "times"), [(0.0, 1), (1000.0, 0)])
def test_what_is_left_after_a_long_search_is_put_aside(
    monkeypatch: pytest.MonkeyPatch, long: float, times: int
) -> None:
    monkeypatch.setattr(collecting, "LONG", long)
    before, aside = times_put_aside(), gc.get_freeze_count()
    made = [[number] for number in range(1000)]
    put_aside_when_much(time.thread_time)
    try:
        gc.collect()
    finally:
        gc.callbacks.remove(collecting._ended)
    assert times_put_aside() == before + times
    assert (gc.get_freeze_count() >= aside + len(made)) is bool(times)


def test_garbage_that_was_put_aside_while_it_was_of_use_is_found_by_a_search_through_all() -> None:
    circle = Circle()
    with made_to_stay():
        pass
    garbage = weakref.ref(circle)
    del circle
    gc.collect()
    assert garbage() is not None
    search_all()
    assert garbage() is None
    assert gc.get_freeze_count() > 1000
