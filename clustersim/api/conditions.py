"""Conditions of nodes, pods and workloads."""

from typing import Any


def merge_conditions(old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """A strategic merge by condition type: patched ones take the place of the old, unknown ones are added."""
    if tuple(condition.type for condition in old) == tuple(condition.type for condition in new):
        return new
    patched = {condition.type: condition for condition in new}
    kept = tuple(patched.pop(condition.type, condition) for condition in old)
    return kept + tuple(patched.values())


def patch_conditions(
    old: tuple[Any, ...], new: tuple[Any, ...], dropped: tuple[str, ...] = ()
) -> tuple[Any, ...]:
    """The same for a patch that also tells the order ($setElementOrder), as a kubelet's does: what it does
    not name comes last. dropped: types of which there is no condition any more."""
    named = dict.fromkeys((*(condition.type for condition in new), *dropped), True)
    return (*new, *(condition for condition in old if condition.type not in named))
