"""What an expression was made of when it was read: each of its terms with its value then. It says why a
condition did not hold.
"""

from collections.abc import Iterator

import msgspec

from clustersim.lesson.expressions.evaluate import evaluate
from clustersim.lesson.expressions.expression import (
    Answered,
    Arithmetic,
    Comparison,
    Elapsed,
    Expression,
    Field,
    Happened,
    Literal,
    Logic,
    Negation,
    Occurrences,
    Reduction,
    Right,
    Source,
    Typed,
)
from clustersim.lesson.expressions.kinds import Kind, Value, written
from clustersim.lesson.expressions.vocabulary import LAST
from clustersim.lesson.look import Look

MOST_EACH = 8
"""Of a value for each of several things, so many are shown."""


class Term(msgspec.Struct, frozen=True):
    """A part of an expression, and what it was."""

    text: str
    value: Value
    kind: Kind

    def written(self, language: str = "en") -> str:
        """n1.status = NotReady"""
        if isinstance(self.value, tuple):
            values = ", ".join(written(one, self.kind, language) for one in self.value[:MOST_EACH])
            more = ", …" if len(self.value) > MOST_EACH else ""
            return f"{self.text} = [{values}{more}]"
        return f"{self.text} = {written(self.value, self.kind, language)}"


def terms(expression: Expression, look: Look) -> tuple[Term, ...]:
    """The values that an expression was decided by, each once, in their order."""
    found: dict[str, Term] = {}
    for part in _parts(expression):
        text = source(part)
        found[text] = Term(text, evaluate(part, look), part.type.kind)
    return tuple(found.values())


def _parts(expression: Expression) -> Iterator[Expression]:
    match expression:
        case Literal():
            return
        case Negation(operand=operand):
            yield from _parts(operand)
        case (
            Logic(left=left, right=right)
            | Comparison(left=left, right=right)
            | Arithmetic(left=left, right=right)
        ):
            yield from _parts(left)
            yield from _parts(right)
        case Reduction(operand=operand):
            yield expression
            yield from (part for part in _parts(operand) if not _is_bare(part))
        case _:
            yield expression


def _is_bare(expression: Expression) -> bool:
    """Pods without an attribute: it is true of each of them."""
    return isinstance(expression, Field) and not expression.attribute


def source(expression: Expression) -> str:
    """An expression as text: what `parse_expression` reads as the same again."""
    match expression:
        case Literal(value=value, type=type_):
            return _literal(value, type_.kind)
        case Field():
            return _path(expression)
        case Negation(operand=operand):
            return f"not {_inner(operand)}"
        case (
            Logic(operator=sign, left=left, right=right)
            | Comparison(operator=sign, left=left, right=right)
            | Arithmetic(operator=sign, left=left, right=right)
        ):
            return f"{_inner(left)} {sign} {_inner(right)}"
        case Reduction(name=name, operand=operand):
            return f"{name}({source(operand)})"
        case Elapsed(since=since, until=until):
            return f"elapsed({since}, {until})"
        case Happened(moment=moment, in_step=in_step):
            return f"did({str(moment).removeprefix('act:')})" if in_step else f"happened({moment})"
        case Occurrences(moment=moment):
            return f"count({moment})"
        case Typed(command=command, on=on):
            return f"typed('{command}', {on})" if on else f"typed('{command}')"
        case Answered(ask=ask, option=option):
            return f"answered({ask}[{option}])"
        case Right(ask=ask):
            return f"right({ask})"


def _inner(expression: Expression) -> str:
    composed = isinstance(expression, Negation | Logic | Comparison | Arithmetic)
    return f"({source(expression)})" if composed else source(expression)


def _literal(value: Value, kind: Kind) -> str:
    if kind is Kind.TEXT:
        return f"'{value}'"
    if kind is Kind.BOOLEAN:
        return "true" if value else "false"
    if kind is Kind.TIME:
        return f"{value}us"
    return f"{value}"


def _path(field: Field) -> str:
    filters = "".join(f".{f.name}({f.argument})" if f.argument else f".{f.name}" for f in field.filters)
    attribute = f".{field.attribute}" if field.attribute else ""
    match field.source:
        case Source.PODS:
            return f"pods{filters}{attribute}"
        case Source.NODES:
            return f"{field.name or 'nodes'}{filters}{attribute}"
        case Source.SERVICE if field.filters and field.filters[0].name == LAST:
            return f"services.{field.name}{attribute}{filters}"
        case Source.SERVICE:
            return f"services.{field.name}{filters}{attribute}"
        case Source.FLAG:
            return f"flags.{field.name}{attribute}"
        case Source.CLOCK:
            return "now"
        case Source.COMPONENT:
            return field.name
        case Source.REMEMBERED:
            return field.name
        case Source.WORKLOAD:
            return f"{field.name}{attribute}"
