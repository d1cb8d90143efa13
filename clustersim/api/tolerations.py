"""Taints and tolerations: which toleration covers which taint, and for how long (pkg/api/v1/helper)."""

from collections.abc import Iterable
from typing import Final

from clustersim.api.core_v1 import Node, Taint, Toleration

NOT_READY_TAINT: Final = "node.alpha.kubernetes.io/notReady"
UNREACHABLE_TAINT: Final = "node.alpha.kubernetes.io/unreachable"


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Whether a toleration covers a taint (ToleratesTaint)."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    return toleration.operator == "Exists" or toleration.value == taint.value


def matching(taints: tuple[Taint, ...], tolerations: tuple[Toleration, ...]) -> tuple[Toleration, ...] | None:
    """For each taint the first toleration that covers it; None if some taint has none."""
    found = [next((t for t in tolerations if tolerates(t, taint)), None) for taint in taints]
    used = tuple(toleration for toleration in found if toleration is not None)
    return used if len(used) == len(taints) else None


def shortest(tolerations: tuple[Toleration, ...]) -> int | None:
    """The least number of seconds among them, 0 at least; None if all tolerate for ever."""
    seconds = [max(0, t.toleration_seconds) for t in tolerations if t.toleration_seconds is not None]
    return min(seconds, default=None)


def no_execute_taints(node: Node) -> tuple[Taint, ...]:
    """A node's taints that drive pods away."""
    return tuple(taint for taint in node.spec.taints if taint.effect == "NoExecute")


def merged(tolerations: Iterable[Toleration]) -> tuple[Toleration, ...]:
    """Without those that another covers as a whole; of equal ones the first
    (v1.36 pkg/util/tolerations MergeTolerations)."""
    every, kept = list(tolerations), list[Toleration]()
    for index, one in enumerate(every):
        later = [other for other in every[index + 1 :] if other != one]
        if not any(covers(other, one) for other in (*kept, *later)):
            kept.append(one)
    return tuple(kept)


def _longer(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one > other)


def covers(wide: Toleration, narrow: Toleration) -> bool:
    """Whether one tolerates all that the other does (isSuperset)."""
    if wide == narrow:
        return True
    if narrow.key != wide.key and (wide.key or wide.operator != "Exists"):
        return False
    if wide.effect and narrow.effect != wide.effect:
        return False
    if wide.effect == "NoExecute" and _longer(narrow.toleration_seconds, wide.toleration_seconds):
        return False
    if wide.operator in ("", "Equal"):
        return narrow.operator == "Equal" and narrow.value == wide.value
    return wide.operator == "Exists"
