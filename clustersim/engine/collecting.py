"""Python's collector of cyclic garbage, which a model does not need: what it makes are trees."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final


class _Aside:
    """Whether something has been put aside. The collector would have to count it, one by one."""

    anything = False


_aside: Final = _Aside()


def put_aside() -> None:
    """What there is now is not looked through for garbage any more, until it is taken back."""
    gc.freeze()
    _aside.anything = True


def take_back() -> None:
    """What was put aside is looked through again."""
    gc.unfreeze()
    _aside.anything = False


@contextmanager
def without_collecting() -> Iterator[None]:
    """For work that makes much and throws little away: looking for garbage there would be in vain, and cost
    more the more there is."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not _aside.anything:  # What was made meanwhile counts as old, and is not looked at at once.
            gc.freeze()
            gc.unfreeze()
        gc.enable()
