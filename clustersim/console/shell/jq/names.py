"""Which names of a program nobody defined: jq says so before it runs anything."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from clustersim.console.shell.jq import tree
from clustersim.console.shell.jq.tree import Node


@dataclass(frozen=True, slots=True)
class Known:
    """Functions by name and count of parameters, variables and labels."""

    functions: frozenset[tuple[str, int]]
    variables: frozenset[str]
    labels: frozenset[str] = frozenset()


def undefined(
    node: Node, functions: Collection[tuple[str, int]], variables: Collection[str]
) -> Iterator[str]:
    """Each as jq names it: ``foo/1``, ``$x``, ``$*label-out``."""
    return _unknown(node, Known(frozenset(functions), frozenset(variables)))


def _unknown(node: object, known: Known) -> Iterator[str]:
    match node:
        case tree.Call(name, arguments) if (name, len(arguments)) not in known.functions:
            yield f"{name}/{len(arguments)}"
        case tree.Variable(name) if name not in known.variables:
            yield f"${name}"
        case tree.Break(name) if name not in known.labels:
            yield f"$*label-{name}"
        case tree.Define(name, parameters, body, rest):
            with_it = replace(known, functions=known.functions | {(name, len(parameters))})
            within = replace(with_it, functions=with_it.functions | {(one, 0) for one in parameters})
            yield from _unknown(body, within)
            yield from _unknown(rest, with_it)
            return
        case tree.Label(name, body):
            yield from _unknown(body, replace(known, labels=known.labels | {name}))
            return
        case tree.Bind() | tree.Reduce() | tree.Foreach():
            yield from _unknown(node.of, known)
            yield from _unknown(node.pattern, known)
            if not isinstance(node, tree.Bind):
                yield from _unknown(node.begin, known)
            bound = replace(known, variables=known.variables | set(_bound(node.pattern)))
            for part in _within(node):
                yield from _unknown(part, bound)
            return
    for inner in _parts(node):
        yield from _unknown(inner, known)


def _within(node: tree.Bind | tree.Reduce | tree.Foreach) -> list[Node]:
    """Where the names of its pattern are known."""
    match node:
        case tree.Bind():
            return [node.body]
        case tree.Reduce():
            return [node.update]
        case tree.Foreach():
            return [node.update, node.extract]


def _bound(pattern: Node) -> Iterator[str]:
    match pattern:
        case tree.Bound(name):
            yield name
        case tree.Elements(patterns):
            for one in patterns:
                yield from _bound(one)
        case tree.Entries(entries):
            for _, name, inner in entries:
                yield from [name] if name else []
                yield from _bound(inner) if inner is not None else []


def _parts(node: object) -> Iterator[object]:
    """The nodes within one, however they are kept."""
    if isinstance(node, tuple):
        yield from node
    elif isinstance(node, Node):
        for name in node.__struct_fields__:
            yield getattr(node, name)
