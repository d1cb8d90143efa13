"""Python's collector of cyclic garbage, which a model does not need: what it makes are trees."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


class _Collector:
    """How it stands. aside: something has been put aside, and would have to be counted, one by one. at_work:
    a token for each that makes something now, maybe in threads of their own; the last of them sets the
    collector going again, if it was stopped here.
    """

    def __init__(self) -> None:
        self.aside = False
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
            put_aside()


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
