"""Conditions of nodes, pods and workloads."""

from typing import Any, Protocol, TypeVar

from msgspec.structs import replace


class Condition(Protocol):
    """What all conditions have."""

    @property
    def type(self) -> str: ...

    @property
    def status(self) -> str: ...


C_co = TypeVar("C_co", bound=Condition, covariant=True)


class Status(Protocol[C_co]):
    """The status of an object that has conditions, one of each type at most."""

    @property
    def conditions(self) -> tuple[C_co, ...]: ...


def condition_of(status: Status[C_co], kind: str) -> C_co | None:
    """Its condition of that type."""
    return next((one for one in status.conditions if one.type == kind), None)


def says(status: Status[Condition], kind: str) -> str:
    """What its condition of that type says: "True", "False" or "Unknown"; "" where there is none."""
    return next((one.status for one in status.conditions if one.type == kind), "")


def is_true(status: Status[Condition], kind: str) -> bool:
    """Its condition of that type is there and says so."""
    return says(status, kind) == "True"


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


def rebased(status: Any, before: Any, current: Any) -> Any:
    """What a patch makes of a status that has changed meanwhile: a patch says only what differs between what
    its sender read and what it wants, condition by condition and field by field (a two-way strategic merge,
    component-helpers node/util and pkg/util/node PatchNodeStatus). before: None where it says everything."""
    if before is None or before is current:
        return status
    had = {condition.type: condition for condition in before.conditions}
    has = {condition.type: condition for condition in current.conditions}
    conditions = tuple(
        _over(condition, had[condition.type], has[condition.type])
        if condition.type in had and condition.type in has
        else condition
        for condition in status.conditions
    )
    return replace(_over(status, before, current), conditions=conditions)


def _over(wanted: Any, before: Any, current: Any) -> Any:
    """The fields in which `wanted` differs from `before`, over those of `current`."""
    fields = wanted.__struct_fields__
    changed = {name: value for name in fields if (value := getattr(wanted, name)) != getattr(before, name)}
    return replace(current, **changed)
