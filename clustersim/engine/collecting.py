"""Python's collector of cyclic garbage, which a model does not need: what it makes are trees."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final


class _Collector:
    """How it stands. aside: something has been put aside, and would have to be counted, one by one. at_work:
    so many make something, in threads of their own; the last of them sets the collector going again, if it
    went before.
    """

    aside = False
    at_work = 0
    went = True
    lock = Lock()


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
    _stop()
    try:
        yield
    finally:
        _go_on()


@contextmanager
def made_to_stay() -> Iterator[None]:
    """For work that makes what will be there for long: it is looked through neither now nor later. Garbage
    that was there before is thrown away, since it would stay, too.
    """
    if not _collector.at_work:
        gc.collect()
    _stop()
    try:
        yield
    finally:
        put_aside()
        _go_on()


def _stop() -> None:
    with _collector.lock:
        if not _collector.at_work:
            _collector.went = gc.isenabled()
            gc.disable()
        _collector.at_work += 1


def _go_on() -> None:
    with _collector.lock:
        _collector.at_work -= 1
        if _collector.at_work or not _collector.went:
            return
        if not _collector.aside:  # What was made meanwhile counts as old, and is not looked at at once.
            gc.freeze()
            gc.unfreeze()
        gc.enable()
