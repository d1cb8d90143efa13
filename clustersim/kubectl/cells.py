"""Rows of the simplest shape: the name of an object, some values of it, and its age or when it was made.

Source: v1.7.5, v1.8.0, v1.36 pkg/printers/internalversion/printers.go.
"""

from collections.abc import Callable
from typing import Any

from clustersim.engine.time import Micros
from clustersim.kubectl.ages import age, age_today
from clustersim.kubectl.columns import Cell, Cells

Age = Callable[[str, Micros], str]


def named_and_aged(*values: Callable[[Any], Cell], today: bool = False) -> Cells:
    """Cells of a kind whose row is its name, some values, and its age."""
    told: Age = age_today if today else age

    def cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
        found = (value(obj) for value in values)
        return (obj.metadata.name, *found, told(obj.metadata.creation_timestamp, now))

    return cells


def created_at_cells(obj: Any, now: Micros) -> tuple[Cell, ...]:
    """Its name and the moment it was made."""
    return (obj.metadata.name, obj.metadata.creation_timestamp)
