"""What comes of values that are put together in an expression: of which type it is, or why they do not go
together.

Everything here is given the sign or word that stands there, to say where it goes wrong, and raises
ExpressionError.
"""

from typing import Final

from clustersim.i18n import _
from clustersim.lesson.expressions.expression import (
    Arithmetic,
    Comparison,
    Expression,
    Literal,
    Logic,
    Reduction,
)
from clustersim.lesson.expressions.kinds import BOOLEAN, NUMBER, TIME, Kind, Type
from clustersim.lesson.expressions.paths import unknown
from clustersim.lesson.expressions.tokens import ExpressionError, Token

_PRODUCTS: Final[dict[tuple[Kind, str, Kind], Type]] = {
    (Kind.NUMBER, "*", Kind.NUMBER): NUMBER,
    (Kind.NUMBER, "*", Kind.TIME): TIME,
    (Kind.TIME, "*", Kind.NUMBER): TIME,
    (Kind.NUMBER, "/", Kind.NUMBER): NUMBER,
    (Kind.TIME, "/", Kind.NUMBER): TIME,
    (Kind.TIME, "/", Kind.TIME): NUMBER,
}
"""Of which kind a product or a quotient is; there are no others."""


def joined(left: Expression, token: Token, right: Expression) -> Logic:
    """One and, or or, the other."""
    for side in (left, right):
        must_be(side, BOOLEAN, token)
    return Logic(token.text, left, right, BOOLEAN.for_each(_shared(left, right, token)))


def compared(left: Expression, token: Token, right: Expression, at: Token, other: Token) -> Comparison:
    """Two values compared, if they can be."""
    if left.type.kind is not right.type.kind:
        raise ExpressionError(
            token.at,
            _("{left} cannot be compared with {right}"),
            left=left.type.said,
            right=right.type.said,
        )
    if token.text not in ("==", "!=") and left.type.kind in (Kind.TEXT, Kind.BOOLEAN):
        raise ExpressionError(token.at, _("only numbers and times are more or less than others"))
    _must_be_possible(left, right, at)
    _must_be_possible(right, left, other)
    return Comparison(token.text, left, right, BOOLEAN.for_each(_shared(left, right, token)))


def added(left: Expression, token: Token, right: Expression) -> Arithmetic:
    """A sum or a difference."""
    if left.type.kind is not right.type.kind or left.type.kind not in (Kind.NUMBER, Kind.TIME):
        raise ExpressionError(token.at, _("only two numbers, or two times, can be added"))
    kind = NUMBER if left.type.kind is Kind.NUMBER else TIME
    return Arithmetic(token.text, left, right, kind.for_each(_shared(left, right, token)))


def multiplied(left: Expression, token: Token, right: Expression) -> Arithmetic:
    """A product or a quotient."""
    kind = _PRODUCTS.get((left.type.kind, token.text, right.type.kind))
    if kind is None:
        raise ExpressionError(
            token.at,
            _("{left} {sign} {right} means nothing"),
            left=left.type.said,
            sign=token.text,
            right=right.type.said,
        )
    return Arithmetic(token.text, left, right, kind.for_each(_shared(left, right, token)))


def reduced(token: Token, operand: Expression) -> Reduction:
    """One value of many."""
    if token.text in ("count", "all", "any"):
        must_be(operand, BOOLEAN, token)
    elif token.text != "distinct" and operand.type.kind not in (Kind.NUMBER, Kind.TIME):
        must_be(operand, NUMBER, token)
    if not operand.type.each:
        raise ExpressionError(token.at, _("{name} needs many values, such as nodes.ready"), name=token.text)
    same = Type(operand.type.kind)
    types = {"count": NUMBER, "distinct": NUMBER, "min": same, "max": same}
    return Reduction(token.text, operand, types.get(token.text, BOOLEAN))


def must_be(operand: Expression, wanted: Type, token: Token) -> None:
    """It is of that type."""
    if operand.type.kind is not wanted.kind:
        raise ExpressionError(
            token.at,
            _("{name} needs {what}, found {found}"),
            name=token.text,
            what=wanted.said,
            found=operand.type.said,
        )


def _must_be_possible(literal: Expression, other: Expression, at: Token) -> None:
    known = other.type.words
    if isinstance(literal, Literal) and known and literal.value not in known:
        raise unknown(at.at, str(literal.value), known, _("it is never {name}"))


def _shared(left: Expression, right: Expression, token: Token) -> str:
    one, other = left.type.each, right.type.each
    if one and other and one != other:
        raise ExpressionError(token.at, _("{one} and {other} are not the same things"), one=one, other=other)
    return one or other
