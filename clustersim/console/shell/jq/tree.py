"""What a program of jq consists of, once it is read."""

from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = Any
"""None, bool, int, float, str, list or dict, as JSON has them."""


class Node(msgspec.Struct, frozen=True):
    """A part of a program: given one value, it makes any number of them."""


class Pair(Node, frozen=True):
    """Two parts with a sign between them."""

    left: Node
    right: Node


class Identity(Node, frozen=True):
    """``.``"""


class Index(Node, frozen=True):
    """``of.name``, ``of["name"]``, ``of[3]``; `key` is asked of what came in, not of `of`."""

    of: Node
    key: Node


class Range(Node, frozen=True):
    """``of[begin:end]``; None: from the first, to the last."""

    of: Node
    begin: Node | None
    end: Node | None


class Iterate(Node, frozen=True):
    """``of[]``"""

    of: Node


class Literal(Node, frozen=True):
    """A number, true, false or null."""

    value: Json


class Text(Node, frozen=True):
    """A string; what stands in ``\\( )`` is put in as `form` says: ``@base64 "\\(.a)"``."""

    parts: tuple[str | Node, ...]
    form: str = "text"


class Format(Node, frozen=True):
    """``@csv`` by itself: what came in, in that form."""

    form: str


class Array(Node, frozen=True):
    """``[of]``; None: an empty one."""

    of: Node | None


class Object(Node, frozen=True):
    """``{key: value, ...}``"""

    entries: tuple[tuple[Node, Node], ...]


class Pipe(Pair, frozen=True):
    """``left | right``"""


class Comma(Pair, frozen=True):
    """``left, right``"""


class Negated(Node, frozen=True):
    """``-of``"""

    of: Node


class Binary(Pair, frozen=True):
    """Arithmetic and comparisons."""

    sign: str


class Both(Pair, frozen=True):
    """``left and right``"""


class Either(Pair, frozen=True):
    """``left or right``"""


class Alternative(Pair, frozen=True):
    """``left // right``"""


class Assign(Pair, frozen=True):
    """``left = right``, ``left |= right``, ``left += right``; sign: what stands before the ``=``."""

    sign: str


class If(Node, frozen=True):
    """``if condition then then else otherwise end``"""

    condition: Node
    then: Node
    otherwise: Node


class Try(Node, frozen=True):
    """``try of catch handler``, ``of?``"""

    of: Node
    handler: Node | None


class Bound(Node, frozen=True):
    """A name that a pattern gives: ``$name``."""

    name: str


class Elements(Node, frozen=True):
    """A pattern: ``[$first, $second]``."""

    patterns: tuple[Node, ...]


class Entries(Node, frozen=True):
    """A pattern: ``{key: pattern, $name}``; the name, when there is one, is given the value, too."""

    patterns: tuple[tuple[Node, str, Node | None], ...]


class Bind(Node, frozen=True):
    """``of as pattern | body``"""

    of: Node
    pattern: Node
    body: Node


class Reduce(Node, frozen=True):
    """``reduce of as pattern (begin; update)``"""

    of: Node
    pattern: Node
    begin: Node
    update: Node


class Foreach(Node, frozen=True):
    """``foreach of as pattern (begin; update; extract)``"""

    of: Node
    pattern: Node
    begin: Node
    update: Node
    extract: Node


class Define(Node, frozen=True):
    """``def name(parameters): body; rest``"""

    name: str
    parameters: tuple[str, ...]
    body: Node
    rest: Node


class Call(Node, frozen=True):
    """A function by its name, or a parameter of one."""

    name: str
    arguments: tuple[Node, ...]


class Variable(Node, frozen=True):
    """``$name``"""

    name: str


class Label(Node, frozen=True):
    """``label $name | body``"""

    name: str
    body: Node


class Break(Node, frozen=True):
    """``break $name``"""

    name: str
