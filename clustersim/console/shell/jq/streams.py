"""Functions of jq that are given programs: how often and with what they run them."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from clustersim.console.shell.jq.arithmetic import add
from clustersim.console.shell.jq.formats import text
from clustersim.console.shell.jq.running import Builtin, Closure, Place, Results, Run, children
from clustersim.console.shell.jq.tree import Json
from clustersim.console.shell.jq.values import JqError, is_true, order, shown, type_of
from clustersim.console.shell.jq.whole import from_entries, to_entries


def values(closure: Closure, value: Json) -> Iterator[Json]:
    """What an argument makes of a value."""
    for one in closure(Place(value)):
        yield one.value


def _empty(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    return iter(())


def _error(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for value in values(given[0], place.value) if given else [place.value]:
        raise JqError(value)
    yield place


def _select(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for one in values(given[0], place.value):
        if is_true(one):
            yield place


def holds(condition: Closure, value: Json) -> bool:
    """Whether a condition makes anything true of a value."""
    return any(map(is_true, values(condition, value)))


def _of_type(*types: str) -> Builtin:
    def chosen(run: Run, place: Place, given: Sequence[Closure]) -> Results:
        if type_of(place.value) in types:
            yield place

    return chosen


def _map(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(
        run.sized([new for one in children(Place(place.value)) for new in values(given[0], one.value)])
    )


def _map_values(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    made = [(key, next(values(given[0], one), _NOTHING)) for key, one in _entries(place.value)]
    kept = [(key, one) for key, one in made if one is not _NOTHING]
    yield Place(run.sized(dict(kept) if isinstance(place.value, dict) else [one for _, one in kept]))


_NOTHING: Final = object()


def _entries(value: Json) -> list[tuple[Json, Json]]:
    return [(one.path[-1] if one.path else None, one.value) for one in children(Place(value, ()))]


# --- again and again ---------------------------------------------------------------------------------------


def _descended(run: Run, place: Place, below: Callable[[Place], Results]) -> Results:
    """A value, then what is made of it, and so on: depth first."""
    waiting: list[Results] = [iter((place,))]
    while waiting:
        one = next(waiting[-1], None)
        if one is None:
            waiting.pop()
            continue
        run.spend()
        yield one
        waiting.append(below(one))


def recurse(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """recurse, recurse(f), recurse(f; condition)."""

    def below(one: Place) -> Results:
        if not given:
            return children(one) if isinstance(one.value, list | dict) else iter(())
        if len(given) == 1:
            return given[0](one)
        return (found for found in given[0](one) if holds(given[1], found.value))

    return _descended(run, place, below)


def _while(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    condition, update = given
    if holds(condition, place.value):
        yield from recurse(run, place, (update, condition))


def _until(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    condition, update = given

    def below(one: Place) -> Results:
        return iter(()) if holds(condition, one.value) else update(one)

    for one in _descended(run, place, below):
        if holds(condition, one.value):
            yield one


def _walk(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """What each value becomes when all that is in it has become something: from the innermost outwards."""

    def walked(value: Json) -> Iterator[Json]:
        run.spend()
        if isinstance(value, list):
            value = [new for one in value for new in walked(one)]
        elif isinstance(value, dict):
            made = [(name, next(walked(one), _NOTHING)) for name, one in value.items()]
            value = {name: one for name, one in made if one is not _NOTHING}
        return values(given[0], value)

    for value in walked(place.value):
        yield Place(run.sized(value))


def _range(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """range(end), range(begin; end), range(begin; end; by)."""
    programs = given if len(given) > 1 else [lambda place: iter((Place(0),)), given[0]]
    for begin, end, *rest in product(programs, place.value):
        by = rest[0] if rest else 1
        if any(type_of(one) != "number" for one in (begin, end, by)):
            raise JqError("Range bounds must be numeric")
        at = begin
        while by and (at < end if by > 0 else at > end):
            run.spend()
            yield Place(at)
            at = add(at, by)


def product(programs: Sequence[Closure], value: Json) -> Iterator[list[Json]]:
    """All combinations of what arguments make of a value; the last changes fastest."""
    if not programs:
        yield []
        return
    for one in values(programs[0], value):
        for rest in product(programs[1:], value):
            yield [one, *rest]


# --- the first of many -------------------------------------------------------------------------------------


def _first(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    return itertools.islice(given[0](place), 1)


def _last(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    found: list[Place] = []
    for one in given[0](place):
        found[:] = [one]
    yield from found


def _limit(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for count in values(given[0], place.value):
        yield from itertools.islice(given[1](place), max(_whole(count), 0))


def _skip(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for count in values(given[0], place.value):
        yield from itertools.islice(given[1](place), max(_whole(count), 0), None)


def _nth(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for count in values(given[0], place.value):
        if _whole(count) < 0:
            raise JqError("Out of bounds negative array index")
        yield from itertools.islice(given[1](place), _whole(count), _whole(count) + 1)


def _whole(count: Json) -> int:
    if type_of(count) != "number":
        raise JqError(f"{shown(count)} is not a number")
    return int(max(min(count, 1e9), -1e9))


def _isempty(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(next(given[0](place), None) is None)


def _any(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(any(map(is_true, _asked(place, given))))


def _all(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(all(map(is_true, _asked(place, given))))


def _asked(place: Place, given: Sequence[Closure]) -> Iterator[Json]:
    """any, any(condition), any(generator; condition)."""
    of = given[0](Place(place.value)) if len(given) == 2 else children(Place(place.value))
    for one in of:
        yield from values(given[-1], one.value) if given else [one.value]


def _add(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """add, add(f)."""
    total: Json = None
    parts = values(given[0], place.value) if given else (one.value for one in children(Place(place.value)))
    for one in parts:
        run.spend(1 + (len(total) >> 6 if isinstance(total, list | dict | str) else 0))
        total = add(total, one)
    yield Place(run.sized(total))


def _in(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """IN(stream), IN(source; stream)."""
    among = [order(run.sized(one)) for one in values(given[-1], place.value)]
    asked = values(given[0], place.value) if len(given) == 2 else iter([place.value])
    yield Place(any(order(run.sized(one)) in among for one in asked))


def _index_by(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    """INDEX(f), INDEX(stream; f)."""
    of = given[0](Place(place.value)) if len(given) == 2 else children(Place(place.value))
    made: dict[str, Json] = {}
    for one in of:
        for key in values(given[-1], one.value):
            made[text(key)] = one.value
    yield Place(run.sized(made))


# --- by what a program makes of each -----------------------------------------------------------------------


def _keyed(run: Run, place: Place, given: Sequence[Closure], done: str) -> list[tuple[Any, Json]]:
    if not isinstance(place.value, list):
        raise JqError(f"{shown(place.value)} cannot be {done}, as it is not an array")
    run.sized(place.value)
    keyed = [(order(list(values(given[0], one))), one) for one in place.value]
    return sorted(keyed, key=lambda pair: pair[0])


def _sort_by(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place([one for _, one in _keyed(run, place, given, "sorted")])


def _grouped(run: Run, place: Place, given: Sequence[Closure], done: str) -> list[list[Json]]:
    found = itertools.groupby(_keyed(run, place, given, done), key=lambda pair: pair[0])
    return [[one for _, one in group] for _, group in found]


def _group_by(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(_grouped(run, place, given, "grouped"))


def _unique_by(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place([group[0] for group in _grouped(run, place, given, "grouped")])


def _min_by(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    keyed = _keyed(run, place, given, "sorted")
    yield Place(keyed[0][1] if keyed else None)


def _max_by(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    keyed = _keyed(run, place, given, "sorted")
    yield Place(keyed[-1][1] if keyed else None)


def _with_entries(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    changed = [new for entry in to_entries(place.value) for new in values(given[0], entry)]
    yield Place(run.sized(from_entries(changed)))


# --- the world outside -------------------------------------------------------------------------------------


def _input(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    found = next(run.inputs, _NOTHING)
    if found is _NOTHING:
        raise JqError("No more inputs")
    yield Place(found)


def _inputs(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    for one in run.inputs:
        yield Place(one)


def _now(run: Run, place: Place, given: Sequence[Closure]) -> Results:
    yield Place(run.now)


STREAMS: Final[dict[tuple[str, int], Builtin]] = {
    ("IN", 1): _in,
    ("IN", 2): _in,
    ("INDEX", 1): _index_by,
    ("INDEX", 2): _index_by,
    ("add", 0): _add,
    ("add", 1): _add,
    ("all", 0): _all,
    ("all", 1): _all,
    ("all", 2): _all,
    ("any", 0): _any,
    ("any", 1): _any,
    ("any", 2): _any,
    ("arrays", 0): _of_type("array"),
    ("booleans", 0): _of_type("boolean"),
    ("debug", 0): lambda run, place, given: iter((place,)),
    ("empty", 0): _empty,
    ("error", 0): _error,
    ("error", 1): _error,
    ("first", 1): _first,
    ("group_by", 1): _group_by,
    ("input", 0): _input,
    ("inputs", 0): _inputs,
    ("isempty", 1): _isempty,
    ("iterables", 0): _of_type("array", "object"),
    ("last", 1): _last,
    ("limit", 2): _limit,
    ("map", 1): _map,
    ("map_values", 1): _map_values,
    ("max_by", 1): _max_by,
    ("min_by", 1): _min_by,
    ("now", 0): _now,
    ("nth", 2): _nth,
    ("nulls", 0): _of_type("null"),
    ("numbers", 0): _of_type("number"),
    ("objects", 0): _of_type("object"),
    ("range", 1): _range,
    ("range", 2): _range,
    ("range", 3): _range,
    ("recurse", 0): recurse,
    ("recurse", 1): recurse,
    ("recurse", 2): recurse,
    ("repeat", 1): recurse,
    ("scalars", 0): _of_type("null", "boolean", "number", "string"),
    ("select", 1): _select,
    ("skip", 2): _skip,
    ("sort_by", 1): _sort_by,
    ("strings", 0): _of_type("string"),
    ("unique_by", 1): _unique_by,
    ("until", 2): _until,
    ("values", 0): _of_type("boolean", "number", "string", "array", "object"),
    ("walk", 1): _walk,
    ("while", 2): _while,
    ("with_entries", 1): _with_entries,
}
