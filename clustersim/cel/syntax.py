"""Expressions as trees. `at`: where in the text a node is, in characters from its beginning."""

from typing import Any

import msgspec


class Node(msgspec.Struct, frozen=True):
    """A piece of an expression."""

    at: int


class Literal(Node, frozen=True):
    """A value that stands there itself."""

    value: Any


class Ident(Node, frozen=True):
    """A variable."""

    name: str


class Select(Node, frozen=True):
    """A field of something. test: only whether it is there (`has`); optional: `a.?b`."""

    operand: Node
    field: str
    test: bool = False
    optional: bool = False


class Call(Node, frozen=True):
    """A function or an operator (`_+_`); target: what it is called on."""

    function: str
    args: tuple[Node, ...]
    target: Node | None = None


class ListNode(Node, frozen=True):
    """A list; optional: the indexes of items that are left out where they are none."""

    items: tuple[Node, ...]
    optional: frozenset[int] = frozenset()


class MapNode(Node, frozen=True):
    """A map, of its keys and values."""

    entries: tuple[tuple[Node, Node], ...]
    optional: frozenset[int] = frozenset()


class Message(Node, frozen=True):
    """An object of a type that has a name, of its fields: `Object.spec{replicas: 3}`. optional: the indexes
    of fields that are left out where their values are none."""

    name: str
    fields: tuple[tuple[str, Node], ...]
    optional: frozenset[int] = frozenset()


class Fold(Node, frozen=True):
    """A macro over the items of a list or the keys of a map: all, exists, existsOne, map, filter,
    transformList, transformMap. names: of the item, or of its index or key and its value; parts: the
    expressions about them (of map and transforms the condition first, if there are two)."""

    macro: str
    range: Node
    names: tuple[str, ...]
    parts: tuple[Node, ...]


class Mapped(Node, frozen=True):
    """`optMap` and `optFlatMap`: what is in an optional value, by a name, becomes another."""

    operand: Node
    name: str
    body: Node
    flat: bool


def qualified_name(node: Node) -> str:
    """`authorizer.requestResource`, where a whole chain of names stands for one."""
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select) and not node.test and not node.optional:
        before = qualified_name(node.operand)
        return f"{before}.{node.field}" if before else ""
    return ""


class CelError(Exception):
    """What an evaluation ends with: `no such key: x`."""


class CostExceeded(CelError):
    """It would take too much."""


class Issue(msgspec.Struct, frozen=True, order=True):
    """Something wrong with the text of an expression."""

    at: int
    message: str


class CompileError(ValueError):
    """An invalid expression; the text shows each place (cel-go common/error.go)."""

    def __init__(self, source: str, issues: list[Issue]) -> None:
        self.issues = sorted(issues)
        super().__init__("\n".join(_displayed(source, issue) for issue in self.issues))


def _displayed(source: str, issue: Issue) -> str:
    before = source[: issue.at]
    line, start = before.count("\n") + 1, before.rfind("\n") + 1
    column = issue.at - start
    text = source[start:].split("\n", 1)[0].replace("\t", " ")
    dots = "".join("." if ord(char) < 128 else "\uff0e" for char in text[:column])
    mark = "^" if ord(text[column : column + 1] or "a") < 128 else "\uff3e"
    return f"ERROR: <input>:{line}:{column + 1}: {issue.message}\n | {text}\n | {dots}{mark}"
