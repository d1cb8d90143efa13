"""Functions of jq that tell of paths, or go by them."""

from collections.abc import Iterator, Sequence
from typing import Final

from clustersim.console.shell.jq import paths
from clustersim.console.shell.jq.running import Builtin, Closure, Place, Results, Run, path_of
from clustersim.console.shell.jq.streams import holds, recurse, values
from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError


def _found(place: Place, program: Closure) -> Iterator[tuple[Json, ...]]:
    for one in program(Place(place.value, ())):
        yield path_of(one)


def _path(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for path in _found(place, given[0]):
        yield Place(list(path))


def _paths(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """paths, paths(condition)."""
    for one in recurse(run, Place(place.value, ()), ()):
        if one.path and (not given or holds(given[0], one.value)):
            yield Place(list(one.path))


def _leaf_paths(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for one in recurse(run, Place(place.value, ()), ()):
        if one.path and not isinstance(one.value, list | dict):
            yield Place(list(one.path))


def _getpath(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for path in values(given[0], place.value):
        if not isinstance(path, list):
            raise JqError("Path must be specified as an array")
        yield Place(paths.get(place.value, path), None if place.path is None else (*place.path, *path))


def _del(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(paths.without(place.value, [list(path) for path in _found(place, given[0])]))


def _pick(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    made: Json = None
    for path in _found(place, given[0]):
        made = run.sized(paths.put(made, path, paths.get(place.value, path)))
    yield Place(made)


def _end(index: int) -> Builtin:
    """first, last: ``.[0]``, ``.[-1]``."""

    def element(run: Run, place: Place, given: Sequence[Closure]) -> Results:
        path = None if place.path is None else (*place.path, index)
        yield Place(paths.child(place.value, index), path)

    return element


PATHS: Final[dict[tuple[str, int], Builtin]] = {
    ("del", 1): _del,
    ("first", 0): _end(0),
    ("getpath", 1): _getpath,
    ("last", 0): _end(-1),
    ("leaf_paths", 0): _leaf_paths,
    ("path", 1): _path,
    ("paths", 0): _paths,
    ("paths", 1): _paths,
    ("pick", 1): _pick,
}
