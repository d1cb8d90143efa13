"""Names in a program of jq: patterns, loops, functions; and what ``=`` and its like make."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from clustersim.console.shell.jq import paths, tree
from clustersim.console.shell.jq.evaluation import binary
from clustersim.console.shell.jq.running import Closure, Function, Place, Results, Run, Scope, Way, path_of
from clustersim.console.shell.jq.tree import Json, Node
from clustersim.console.shell.jq.values import is_true

_NOTHING: Final = object()


def _variable(run: Run, node: tree.Variable, place: Place, scope: Scope, depth: int) -> Results:
    yield Place(scope.variables[node.name])


def _names(run: Run, pattern: Node, value: Json, scope: Scope, depth: int) -> Iterator[dict[str, Json]]:
    """What a pattern calls the parts of a value. Raises JqError."""
    match pattern:
        case tree.Bound(name):
            yield {name: value}
        case tree.Elements(patterns):
            parts: list[tuple[Node, Json]] = [(tree.Literal(i), one) for i, one in enumerate(patterns)]
            yield from _together(run, [(key, "", one) for key, one in parts], value, scope, depth)
        case tree.Entries(entries):
            yield from _together(run, entries, value, scope, depth)


def _together(
    run: Run, entries: Sequence[tuple[Node, str, Node | None]], value: Json, scope: Scope, depth: int
) -> Iterator[dict[str, Json]]:
    if not entries:
        yield {}
        return
    (key_node, name, pattern), *others = entries
    for key in run.values(key_node, Place(value), scope, depth):
        part = paths.child(value, key)
        own = {name: part} if name else {}
        for inner in [{}] if pattern is None else _names(run, pattern, part, scope.bound(own), depth):
            named = {**own, **inner}
            for rest in _together(run, others, value, scope.bound(named), depth):
                yield {**named, **rest}


def _bind(run: Run, node: tree.Bind, place: Place, scope: Scope, depth: int) -> Results:
    for value in run.values(node.of, place, scope, depth):
        for names in _names(run, node.pattern, value, scope, depth):
            yield from run.results(node.body, place, scope.bound(names), depth)


def _reduce(run: Run, node: tree.Reduce, place: Place, scope: Scope, depth: int) -> Results:
    """The last that an update makes is what the next begins with; where it makes nothing, null."""
    for begun in run.results(node.begin, place, scope, depth):
        state = begun
        for value in run.values(node.of, place, scope, depth):
            for names in _names(run, node.pattern, value, scope, depth):
                last = deque(run.results(node.update, state, scope.bound(names), depth), maxlen=1)
                state = last[0] if last else Place(None)
        yield state


def _foreach(run: Run, node: tree.Foreach, place: Place, scope: Scope, depth: int) -> Results:
    for begun in run.results(node.begin, place, scope, depth):
        state = begun
        for value in run.values(node.of, place, scope, depth):
            for names in _names(run, node.pattern, value, scope, depth):
                inner = scope.bound(names)
                for updated in run.results(node.update, state, inner, depth):
                    state = updated
                    yield from run.results(node.extract, state, inner, depth)


def _define(run: Run, node: tree.Define, place: Place, scope: Scope, depth: int) -> Results:
    function = Function(node.parameters, node.body, scope)
    key = (node.name, len(node.parameters))
    inner = replace(scope, functions={**scope.functions, key: function})
    yield from run.results(node.rest, place, inner, depth)


def _call(run: Run, node: tree.Call, place: Place, scope: Scope, depth: int) -> Results:
    key = (node.name, len(node.arguments))
    function = scope.functions.get(key)
    if function is None:
        yield from run.builtins[key](run, place, [_closure(run, one, scope, depth) for one in node.arguments])
        return
    own = {key: function} if function.recursive else {}
    arguments = {
        (name, 0): Function((), argument, scope, recursive=False)
        for name, argument in zip(function.parameters, node.arguments, strict=True)
    }
    inner = replace(function.scope, functions={**function.scope.functions, **own, **arguments})
    yield from run.results(function.body, place, inner, depth)


def _closure(run: Run, node: Node, scope: Scope, depth: int) -> Closure:
    return lambda place: run.results(node, place, scope, depth)


def _assign(run: Run, node: tree.Assign, place: Place, scope: Scope, depth: int) -> Results:
    """``=`` and ``+=``: once for each value on the right; ``|=``: once, with what each old value becomes."""
    changed = [path_of(one) for one in run.results(node.left, Place(place.value, ()), scope, depth)]
    if node.sign == "|":
        yield Place(_updated(run, node.right, place.value, changed, scope, depth))
        return
    for new in run.values(node.right, place, scope, depth):
        value = place.value
        for path in changed:
            value = run.sized(paths.put(value, path, _combined(run, node.sign, paths.get(value, path), new)))
        yield Place(value)


def _combined(run: Run, sign: str, old: Json, new: Json) -> Json:
    if sign == "//":
        return old if is_true(old) else new
    return binary(run, sign, old, new) if sign else new


def _updated(
    run: Run, update: Node, value: Json, changed: Sequence[tuple[Json, ...]], scope: Scope, depth: int
) -> Json:
    """The first that each becomes; what becomes nothing is removed."""
    removed: list[Json] = []
    for path in changed:
        first = next(run.values(update, Place(paths.get(value, path)), scope, depth), _NOTHING)
        if first is _NOTHING:
            removed.append(list(path))
        else:
            value = run.sized(paths.put(value, path, first))
    return paths.without(value, removed)


NAMING: Final[dict[type[Node], Way]] = {
    tree.Assign: _assign,
    tree.Bind: _bind,
    tree.Call: _call,
    tree.Define: _define,
    tree.Foreach: _foreach,
    tree.Reduce: _reduce,
    tree.Variable: _variable,
}
