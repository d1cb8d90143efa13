"""What workers need, imported once in the process they are forked from."""

import gc

import django

django.setup()

from visualizer.rooms import answering  # noqa: E402

__all__ = ["answering"]

gc.collect()
gc.freeze()
