"""Making worlds beside what was put aside."""

import gc
from collections.abc import Iterator

import pytest

from clustersim import Cluster, default_scenario
from clustersim.engine.collecting import put_aside, take_back


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
