"""What a run of a program of jq goes by: places, names, and a budget of steps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from clustersim.console.shell.jq import paths
from clustersim.console.shell.jq.tree import Json, Node
from clustersim.console.shell.jq.values import JqError, shown, size_of

MOST_STEPS: Final = 200_000
"""Of one program with all its inputs."""
MOST_VALUES: Final = 200_000
"""In one value."""
DEEPEST: Final = 120
"""Calls, pipes and the like that wait for one another."""
_SIZED: Final = 16
"""Values that one looks at in a step."""


class TooMuch(Exception):
    """More steps than there are for a program, or a value larger than any may be."""


class Stopped(Exception):
    """``break`` of a label."""

    def __init__(self, label: object) -> None:
        super().__init__()
        self.label = label


class Place(NamedTuple):
    """A value, and the path to it from what the program was asked about; None where nobody asks for paths
    or where it is on none."""

    value: Json
    path: tuple[Json, ...] | None = None


Results: TypeAlias = Iterator[Place]
Closure: TypeAlias = Callable[[Place], Results]
"""An argument of a function: what it makes of a value."""
Builtin: TypeAlias = Callable[["Run", Place, Sequence[Closure]], Results]
"""A function of jq's own."""
Way: TypeAlias = Callable[..., Results]
"""How a kind of node is run: of the run, the node, a place, a scope and how deep it is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean. functions: by name and count of parameters."""

    variables: Mapping[str, Json] = field(default_factory=dict)
    functions: Mapping[tuple[str, int], "Function"] = field(default_factory=dict)
    labels: Mapping[str, object] = field(default_factory=dict)

    def bound(self, names: Mapping[str, Json]) -> "Scope":
        return replace(self, variables={**self.variables, **names})


@dataclass(frozen=True, slots=True)
class Function:
    """One that a program defines, or an argument (without parameters) in the scope where it was written."""

    parameters: tuple[str, ...]
    body: Node
    scope: Scope
    recursive: bool = True


class Run:
    """One run of a program, whose names are all known.

    ways: how each kind of node is run. inputs: what ``input`` reads. now: seconds since 1970.

    Raises JqError, TooMuch.
    """

    def __init__(
        self,
        ways: Mapping[type[Node], Way],
        builtins: Mapping[tuple[str, int], Builtin],
        inputs: Iterator[Json],
        now: float,
    ) -> None:
        self._ways = ways
        self.builtins = builtins
        self.inputs = inputs
        self.now = now
        self._left = MOST_STEPS

    def spend(self, cost: int = 1) -> None:
        """Raises TooMuch."""
        self._left -= cost
        if self._left < 0:
            raise TooMuch

    def sized(self, value: Json) -> Json:
        """That value, when it is not too large. Raises TooMuch, JqError."""
        if isinstance(value, list | dict | str):
            size = size_of(value, MOST_VALUES)
            self.spend(size // _SIZED)
            if size > MOST_VALUES:
                raise TooMuch
        return value

    def results(self, node: Node, place: Place, scope: Scope, depth: int = 0) -> Results:
        """What a part of a program makes of a value."""
        self.spend()
        if depth > DEEPEST:
            raise TooMuch
        return self._ways[type(node)](self, node, place, scope, depth + 1)

    def values(self, node: Node, place: Place, scope: Scope, depth: int) -> Iterator[Json]:
        """Those alone, where paths do not matter."""
        for one in self.results(node, Place(place.value), scope, depth):
            yield one.value


def step(place: Place, key: Json) -> Place:
    """What stands under a key. Raises JqError."""
    return Place(paths.child(place.value, key), None if place.path is None else (*place.path, key))


def children(place: Place) -> Results:
    """All elements. Raises JqError."""
    if not isinstance(place.value, list | dict):
        raise JqError(f"Cannot iterate over {'null' if place.value is None else shown(place.value)}")
    keys = range(len(place.value)) if isinstance(place.value, list) else list(place.value)
    for key in keys:
        yield Place(place.value[key], None if place.path is None else (*place.path, key))


def path_of(place: Place) -> tuple[Json, ...]:
    """Raises JqError for what is not on a path."""
    if place.path is None:
        raise JqError(f"Invalid path expression with result {shown(place.value).partition(' (')[2][:-1]}")
    return place.path
