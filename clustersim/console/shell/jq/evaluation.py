"""Runs a program of jq on a value, lazily: a part is asked for its next result when somebody wants one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from clustersim.console.shell.jq import arithmetic, tree
from clustersim.console.shell.jq.formats import formatted
from clustersim.console.shell.jq.running import Place, Results, Run, Scope, Stopped, Way, children, step
from clustersim.console.shell.jq.tree import Json, Node
from clustersim.console.shell.jq.values import JqError, is_true, shown, type_of

# --- paths and values --------------------------------------------------------------------------------------


def _identity(run: Run, node: tree.Identity, place: Place, scope: Scope, depth: int) -> Results:
    yield place


def _index(run: Run, node: tree.Index, place: Place, scope: Scope, depth: int) -> Results:
    for of in run.results(node.of, place, scope, depth):
        for key in run.values(node.key, place, scope, depth):
            yield step(of, key)


def _range(run: Run, node: tree.Range, place: Place, scope: Scope, depth: int) -> Results:
    nothing = tree.Literal(None)
    for of in run.results(node.of, place, scope, depth):
        for end in run.values(node.end or nothing, place, scope, depth):
            for begin in run.values(node.begin or nothing, place, scope, depth):
                yield step(of, {"start": begin, "end": end})


def _iterate(run: Run, node: tree.Iterate, place: Place, scope: Scope, depth: int) -> Results:
    for of in run.results(node.of, place, scope, depth):
        for one in children(of):
            run.spend()
            yield one


def _literal(run: Run, node: tree.Literal, place: Place, scope: Scope, depth: int) -> Results:
    yield Place(node.value)


# --- making values -----------------------------------------------------------------------------------------


def _text(run: Run, node: tree.Text, place: Place, scope: Scope, depth: int) -> Results:
    for text in _texts(run, node, len(node.parts), place, scope, depth):
        yield Place(run.sized(text))


def _texts(run: Run, node: tree.Text, count: int, place: Place, scope: Scope, depth: int) -> Iterator[str]:
    """The first parts, joined: the last of them changes slowest, as in jq."""
    if not count:
        yield ""
        return
    part = node.parts[count - 1]
    ends = [part] if isinstance(part, str) else run.values(part, place, scope, depth)
    for end in ends:
        told = end if isinstance(part, str) else formatted(node.form, end)
        for begin in _texts(run, node, count - 1, place, scope, depth):
            run.spend(len(begin) >> 10)
            yield begin + told


def _format(run: Run, node: tree.Format, place: Place, scope: Scope, depth: int) -> Results:
    run.sized(place.value)
    yield Place(formatted(node.form, place.value))


def _array(run: Run, node: tree.Array, place: Place, scope: Scope, depth: int) -> Results:
    found = [] if node.of is None else list(run.values(node.of, place, scope, depth))
    yield Place(run.sized(found))


def _object(run: Run, node: tree.Object, place: Place, scope: Scope, depth: int) -> Results:
    for made in _objects(run, node.entries, place, scope, depth):
        yield Place(run.sized(made))


def _objects(
    run: Run, entries: Sequence[tuple[Node, Node]], place: Place, scope: Scope, depth: int
) -> Iterator[dict[str, Json]]:
    made: list[dict[str, Json]] = [{}]
    for key_node, value_node in entries:
        longer: list[dict[str, Json]] = []
        for begun in made:
            for key in run.values(key_node, place, scope, depth):
                if not isinstance(key, str):
                    raise JqError("Object keys must be strings")
                for value in run.values(value_node, place, scope, depth):
                    run.spend(1 + (len(begun) >> 4))
                    longer.append({**begun, key: value})
        made = longer
    yield from made


def _negated(run: Run, node: tree.Negated, place: Place, scope: Scope, depth: int) -> Results:
    for value in run.values(node.of, place, scope, depth):
        if type_of(value) != "number":
            raise JqError(f"{shown(value)} cannot be negated")
        yield Place(-value)


def _binary(run: Run, node: tree.Binary, place: Place, scope: Scope, depth: int) -> Results:
    for right in run.values(node.right, place, scope, depth):
        for left in run.values(node.left, place, scope, depth):
            yield Place(binary(run, node.sign, left, right))


def binary(run: Run, sign: str, left: Json, right: Json) -> Json:
    """Of two values; they are looked at whole. Raises JqError, TooMuch."""
    if isinstance(left, list | dict | str) or isinstance(right, list | dict | str):
        run.sized([left, right])
        return run.sized(arithmetic.SIGNS[sign](left, right))
    return arithmetic.SIGNS[sign](left, right)


# --- choices -----------------------------------------------------------------------------------------------


def _decided(by: bool) -> Way:
    """``and`` is decided by a left that is false, ``or`` by one that is true."""

    def decided(run: Run, node: tree.Pair, place: Place, scope: Scope, depth: int) -> Results:
        for left in run.values(node.left, place, scope, depth):
            if is_true(left) is by:
                yield Place(by)
                continue
            for right in run.values(node.right, place, scope, depth):
                yield Place(is_true(right))

    return decided


def _alternative(run: Run, node: tree.Alternative, place: Place, scope: Scope, depth: int) -> Results:
    """All of the left that is true, errors left out; where there is none, the right."""
    found = False
    try:
        for one in run.results(node.left, place, scope, depth):
            if is_true(one.value):
                found = True
                yield one
    except JqError:
        pass
    if not found:
        yield from run.results(node.right, place, scope, depth)


def _if(run: Run, node: tree.If, place: Place, scope: Scope, depth: int) -> Results:
    for condition in run.values(node.condition, place, scope, depth):
        yield from run.results(node.then if is_true(condition) else node.otherwise, place, scope, depth)


def _try(run: Run, node: tree.Try, place: Place, scope: Scope, depth: int) -> Results:
    results = run.results(node.of, place, scope, depth)
    while True:
        try:
            one = next(results)
        except StopIteration:
            return
        except JqError as error:
            if node.handler is not None:
                yield from run.results(node.handler, Place(error.value), scope, depth)
            return
        yield one


def _pipe(run: Run, node: tree.Pipe, place: Place, scope: Scope, depth: int) -> Results:
    for one in run.results(node.left, place, scope, depth):
        yield from run.results(node.right, one, scope, depth)


def _comma(run: Run, node: tree.Comma, place: Place, scope: Scope, depth: int) -> Results:
    yield from run.results(node.left, place, scope, depth)
    yield from run.results(node.right, place, scope, depth)


def _label(run: Run, node: tree.Label, place: Place, scope: Scope, depth: int) -> Results:
    label = object()
    inner = replace(scope, labels={**scope.labels, node.name: label})
    try:
        yield from run.results(node.body, place, inner, depth)
    except Stopped as stopped:
        if stopped.label is not label:
            raise


def _break(run: Run, node: tree.Break, place: Place, scope: Scope, depth: int) -> Results:
    raise Stopped(scope.labels[node.name])


EVALUATION: Final[dict[type[Node], Way]] = {
    tree.Alternative: _alternative,
    tree.Array: _array,
    tree.Binary: _binary,
    tree.Both: _decided(False),
    tree.Break: _break,
    tree.Comma: _comma,
    tree.Either: _decided(True),
    tree.Format: _format,
    tree.Identity: _identity,
    tree.If: _if,
    tree.Index: _index,
    tree.Iterate: _iterate,
    tree.Label: _label,
    tree.Literal: _literal,
    tree.Negated: _negated,
    tree.Object: _object,
    tree.Pipe: _pipe,
    tree.Range: _range,
    tree.Text: _text,
    tree.Try: _try,
}
