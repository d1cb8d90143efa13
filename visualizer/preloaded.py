"""What workers need, imported once in the process they are forked from."""

import gc

import django

gc.disable()  # all that is imported stays
django.setup()

from clustersim.engine.collecting import put_aside  # noqa: E402
from visualizer.profiles import effect  # noqa: E402
from visualizer.rooms.computing import answering  # noqa: E402

__all__ = ["answering", "effect"]

gc.collect()
put_aside()
gc.enable()
