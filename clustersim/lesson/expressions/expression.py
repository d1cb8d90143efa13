"""Expressions as data: what a checked text means. Made by `parser`, read by `evaluate`; never code."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from clustersim.lesson.expressions.kinds import BOOLEAN, NUMBER, TIME, Single, Type


class MomentKind(StrEnum):
    """How a moment is named: `action:stop`, `act:scale[rc/web]`, `event:NodeNotReady[n1]`,
    `node-not-ready[n1]`, `start`, `step`, `now`."""

    ACTION = "action"
    ACT = "act"
    EVENT = "event"
    MILESTONE = "milestone"
    POINT = "point"


class Moment(msgspec.Struct, frozen=True):
    """A moment of the run: something named `name` happened, to `of` where that is said. saying: of a
    Kubernetes Event, what its message must contain.
    """

    kind: MomentKind
    name: str
    of: str = ""
    saying: str = ""

    def __str__(self) -> str:
        prefix = "" if self.kind in (MomentKind.MILESTONE, MomentKind.POINT) else f"{self.kind}:"
        about = f"[{self.of}]" if self.of else ""
        return f"{prefix}{self.name}{about}" + (f" '{self.saying}'" if self.saying else "")


class Source(StrEnum):
    """What kind of thing a field belongs to."""

    NODES = "nodes"
    PODS = "pods"
    SERVICE = "services"
    WORKLOAD = "workload"
    COMPONENT = "component"
    FLAG = "flags"
    CLOCK = "now"
    REMEMBERED = "let"


class Filter(msgspec.Struct, frozen=True):
    """Only those of many: `of(web)`, `on(n1)`, `old`, `new`; of a node `has(web:1)`, of requests
    `last(30s)`."""

    name: str
    argument: str = ""


class Literal(msgspec.Struct, frozen=True):
    """A value that stands in the text."""

    value: Single
    type: Type


class Field(msgspec.Struct, frozen=True):
    """A value of the cluster. `name`: which thing ("" for all of them); `attribute`: which of its values."""

    source: Source
    name: str
    attribute: str
    type: Type
    filters: tuple[Filter, ...] = ()


class Negation(msgspec.Struct, frozen=True):
    """not x"""

    operand: "Expression"
    type: Type


class Logic(msgspec.Struct, frozen=True):
    """x and y, x or y"""

    operator: str
    left: "Expression"
    right: "Expression"
    type: Type


class Comparison(msgspec.Struct, frozen=True):
    """x == y and the other five; with many on a side, each of them is compared."""

    operator: str
    left: "Expression"
    right: "Expression"
    type: Type


class Arithmetic(msgspec.Struct, frozen=True):
    """x + y, x - y, x * y, x / y; what is divided by nothing is not known."""

    operator: str
    left: "Expression"
    right: "Expression"
    type: Type


class Reduction(msgspec.Struct, frozen=True):
    """count(x), all(x), any(x); all of none does not hold: where nothing is, nothing was shown. min(x) and
    max(x) of none are not known. distinct(x): how many different values there are.
    """

    name: str
    operand: "Expression"
    type: Type


class Elapsed(msgspec.Struct, frozen=True):
    """elapsed(a, b): from the first a to the first b after it; unknown until both have happened."""

    since: Moment
    until: Moment
    type: Type = TIME


class Happened(msgspec.Struct, frozen=True):
    """happened(a): it has been, at least once since the lesson began. did(a): somebody did it since the step
    began (`in_step`).
    """

    moment: Moment
    in_step: bool = False
    type: Type = BOOLEAN


class Occurrences(msgspec.Struct, frozen=True):
    """count(event:FailedScheduling): how often it has been since the lesson began."""

    moment: Moment
    type: Type = NUMBER


class Typed(msgspec.Struct, frozen=True):
    """typed('kubectl get pods', n1): somebody typed such a command since the step began; `on`: there."""

    command: str
    on: str = ""
    type: Type = BOOLEAN


class Answered(msgspec.Struct, frozen=True):
    """answered(ask[option]): that was the answer; in a class, no other was given more often."""

    ask: str
    option: str
    type: Type = BOOLEAN


class Right(msgspec.Struct, frozen=True):
    """right(ask): the answer was right; in a class, at least half of them were. Unknown before the run has
    judged the question, and where nobody was asked.
    """

    ask: str
    type: Type = BOOLEAN


Expression = (
    Literal
    | Field
    | Negation
    | Logic
    | Comparison
    | Arithmetic
    | Reduction
    | Elapsed
    | Happened
    | Occurrences
    | Typed
    | Answered
    | Right
)


def parts(expression: Expression) -> Iterator[Expression]:
    """An expression, and everything that it is made of."""
    yield expression
    match expression:
        case Negation(operand=operand) | Reduction(operand=operand):
            yield from parts(operand)
        case (
            Logic(left=left, right=right)
            | Comparison(left=left, right=right)
            | Arithmetic(left=left, right=right)
        ):
            yield from parts(left)
            yield from parts(right)


def is_constant(expression: Expression) -> bool:
    """Nothing in it depends on a run."""
    composed = Negation | Reduction | Logic | Comparison | Arithmetic
    return all(isinstance(part, Literal | composed) for part in parts(expression))
