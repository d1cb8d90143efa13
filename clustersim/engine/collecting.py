"""Python's collector of cyclic garbage, which a model does not need: what it makes are trees."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

OLDEST: Final = 2
"""The generation of what has been there for long; whoever searches it searches all others."""
LONG: Final = 0.05
"""Seconds of a search for garbage that hold up everybody too long."""


class _Collector:
    """How it stands.

    aside: something has been put aside, and would have to be counted, one by one. times: how often worlds
    were, with whatever else there was. began: when, by that clock, the last search through all in sight
    began. searching: all is searched, also what is aside. at_work: a token for each that makes something now,
    maybe in threads of their own; the last of them sets the collector going again, if it was stopped here.
    """

    def __init__(self) -> None:
        self.aside = False
        self.times = 0
        self.clock: Callable[[], float] = float
        self.began = 0.0
        self.searching = False
        self.stopped = False
        self.at_work: set[object] = set()


_collector: Final = _Collector()


def put_aside() -> None:
    """What there is now is not looked through for garbage any more, until it is taken back."""
    gc.freeze()
    _collector.aside = True


def take_back() -> None:
    """What was put aside is looked through again."""
    gc.unfreeze()
    _collector.aside = False


def put_aside_when_much(clock: Callable[[], float]) -> None:
    """From now on: whenever a search through all that is in sight has taken long, as that clock says (the
    thread's CPU seconds), what is left is put aside. Not sooner, since whatever is there for a moment only is
    put aside with it, and stays when it has become garbage.
    """
    _collector.clock = clock
    if _ended not in gc.callbacks:
        gc.callbacks.append(_ended)


def how_many_aside() -> int:
    """How many things were put aside."""
    return gc.get_freeze_count()


def times_put_aside() -> int:
    """How often worlds were put aside: since then garbage may lie among them."""
    return _collector.times


def search_all() -> None:
    """Throw garbage away, also what was put aside; what is left is put aside again. 200,000 things take a
    tenth of a second.
    """
    take_back()
    _collector.searching = True
    try:
        gc.collect()
    finally:
        _collector.searching = False
    put_aside()


def _ended(phase: str, info: dict[str, int]) -> None:
    """Called by Python before and after each search."""
    if info["generation"] < OLDEST or _collector.searching:
        return
    if phase == "start":
        _collector.began = _collector.clock()
    elif _collector.clock() - _collector.began > LONG:
        _put_worlds_aside()


def _put_worlds_aside() -> None:
    put_aside()
    _collector.times += 1


@contextmanager
def without_collecting() -> Iterator[None]:
    """For work that makes much and throws little away: looking for garbage there would be in vain, and cost
    more the more there is."""
    token = object()
    _collector.at_work.add(token)
    _stop()
    try:
        yield
    finally:
        _collector.at_work.discard(token)
        if not _collector.at_work:
            _go_on()


@contextmanager
def made_to_stay() -> Iterator[None]:
    """For work that makes what will be there for long: it is looked through neither now nor later. Garbage
    that was there before is thrown away, since it would stay, too.
    """
    if not _collector.at_work:
        gc.collect()
    with without_collecting():
        try:
            yield
        finally:
            _put_worlds_aside()


def _stop() -> None:
    if gc.isenabled():
        gc.disable()
        _collector.stopped = True


def _go_on() -> None:
    if not _collector.stopped:
        return
    if not _collector.aside:  # What was made meanwhile counts as old, and is not looked at at once.
        gc.freeze()
        gc.unfreeze()
    _collector.stopped = False
    gc.enable()
    if _collector.at_work:  # Another thread has begun in between.
        _stop()
