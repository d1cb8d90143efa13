"""What a program of jq consists of, once it is read."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""None, bool, int, float, str, list or dict, as JSON has them."""


class Node:
    """A part of a program: given one value, it makes any number of them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Identity(Node):
    """``.``"""


@dataclass(frozen=True, slots=True)
class Index(Node):
    """``of.name``, ``of["name"]``, ``of[3]``; `key` is asked of what came in, not of `of`."""

    of: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Range(Node):
    """``of[begin:end]``; None: from the first, to the last."""

    of: Node
    begin: Node | None
    end: Node | None


@dataclass(frozen=True, slots=True)
class Iterate(Node):
    """``of[]``"""

    of: Node


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, true, false or null."""

    value: Json


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string; what stands in ``\\( )`` is put in as `form` says: ``@base64 "\\(.a)"``."""

    parts: tuple[str | Node, ...]
    form: str = "text"


@dataclass(frozen=True, slots=True)
class Format(Node):
    """``@csv`` by itself: what came in, in that form."""

    form: str


@dataclass(frozen=True, slots=True)
class Array(Node):
    """``[of]``; None: an empty one."""

    of: Node | None


@dataclass(frozen=True, slots=True)
class Object(Node):
    """``{key: value, ...}``"""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """``first | second``"""

    first: Node
    second: Node


@dataclass(frozen=True, slots=True)
class Comma(Node):
    """``first, second``"""

    first: Node
    second: Node


@dataclass(frozen=True, slots=True)
class Negated(Node):
    """``-of``"""

    of: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic and comparisons."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Both(Node):
    """``left and right``"""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Either(Node):
    """``left or right``"""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Alternative(Node):
    """``left // right``"""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """``left = right``, ``left |= right``, ``left += right``; sign: what stands before the ``=``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then then else otherwise end``"""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Try(Node):
    """``try of catch handler``, ``of?``"""

    of: Node
    handler: Node | None


@dataclass(frozen=True, slots=True)
class Bound(Node):
    """A name that a pattern gives: ``$name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Elements(Node):
    """A pattern: ``[$first, $second]``."""

    patterns: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries(Node):
    """A pattern: ``{key: pattern, $name}``; the name, when there is one, is given the value, too."""

    patterns: tuple[tuple[Node, str, Node | None], ...]


@dataclass(frozen=True, slots=True)
class Bind(Node):
    """``of as pattern | body``"""

    of: Node
    pattern: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Reduce(Node):
    """``reduce of as pattern (begin; update)``"""

    of: Node
    pattern: Node
    begin: Node
    update: Node


@dataclass(frozen=True, slots=True)
class Foreach(Node):
    """``foreach of as pattern (begin; update; extract)``"""

    of: Node
    pattern: Node
    begin: Node
    update: Node
    extract: Node


@dataclass(frozen=True, slots=True)
class Define(Node):
    """``def name(parameters): body; rest``"""

    name: str
    parameters: tuple[str, ...]
    body: Node
    rest: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function by its name, or a parameter of one."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """``$name``"""

    name: str


@dataclass(frozen=True, slots=True)
class Label(Node):
    """``label $name | body``"""

    name: str
    body: Node


@dataclass(frozen=True, slots=True)
class Break(Node):
    """``break $name``"""

    name: str
