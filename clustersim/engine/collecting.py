"""Python's collector of cyclic garbage, which a model does not need: what it makes are trees."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
        if not gc.get_freeze_count():  # What was made meanwhile counts as old, and is not looked at at once.
            gc.freeze()
            gc.unfreeze()
        gc.enable()
