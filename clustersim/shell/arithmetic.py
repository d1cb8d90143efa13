"""$((...)) of the shell: whole numbers, variables, + - * / % and comparisons."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Final

_LONGEST: Final = 200
_BEYOND: Final = 2**63
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")

_OPERATORS: Final[dict[type[ast.AST], Callable[[int, int], int]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda a, b: abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1),
    ast.Mod: lambda a, b: abs(a) % abs(b) * (1 if a >= 0 else -1),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def reckoned(text: str, variables: Mapping[str, str]) -> int | None:
    """What an expression comes to; None where a shell would complain. It reads as Python does, but that its
    division is that of C."""
    plain = text.strip().replace("/", "//")
    try:
        tree = ast.parse(plain or "0", mode="eval") if len(plain) <= _LONGEST else None
    except (SyntaxError, ValueError):
        return None
    return None if tree is None else _value(tree.body, variables)


def _value(node: ast.expr, variables: Mapping[str, str]) -> int | None:
    match node:
        case ast.Constant(value=int(value)):
            return _bounded(int(value))
        case ast.Name(id=name):
            told = variables.get(name, "0")
            return int(told) if _NUMBER.fullmatch(told) else 0
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _value(operand, variables)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=what, right=right):
            return _applied(_value(left, variables), type(what), _value(right, variables))
        case ast.Compare(left=left, ops=[what], comparators=[right]):
            return _applied(_value(left, variables), type(what), _value(right, variables))
    return None


def _applied(left: int | None, what: type[ast.AST], right: int | None) -> int | None:
    if left is None or right is None or what not in _OPERATORS:
        return None
    if what in (ast.FloorDiv, ast.Mod) and not right:
        return None
    return _bounded(int(_OPERATORS[what](left, right)))


def _bounded(value: int) -> int | None:
    return value if -_BEYOND <= value < _BEYOND else None
