"""Expressions of policies, compiled (apiserver pkg/admission/plugin/cel/compile.go, composition.go)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from clustersim.cel.admission import Variables, declared
from clustersim.cel.checker import OBJECT, PATCH
from clustersim.cel.program import CompileError, Program, compiled
from clustersim.cel.types import (
    BOOL,
    DYN,
    NULL,
    STRING,
    Type,
    list_of,
    object_of,
)

BOOLEAN: Final = (BOOL,)
TEXT: Final = (STRING,)
TEXT_OR_NULL: Final = (STRING, NULL)
ANY: Final[tuple[Type, ...]] = ()
CONFIGURATION: Final = (Type("object", name=OBJECT),)
PATCHES: Final = (list_of(Type("object", name=PATCH)),)


class ExpressionError(Exception):
    """An expression that does not compile, or comes to something else than is wanted."""


@lru_cache(maxsize=512)
def compile_expression(
    source: str,
    wanted: tuple[Type, ...],
    variables: Variables,
    *,
    params: bool,
    authorizer: bool,
    messages: bool = False,
) -> Program:
    """wanted: of which types it may be, any where none is named; messages: it may make objects. Raises
    ExpressionError with what the API server says."""
    try:
        program = compiled(
            source,
            {
                **declared(params=params, authorizer=authorizer, messages=messages),
                **_named(variables, params),
            },
        )
    except CompileError as error:
        raise ExpressionError(f"compilation failed: {error}") from None
    if wanted and program.type not in wanted and not _is_empty(program.type, wanted):
        names = [one.kind if one.kind == "null_type" else str(one) for one in wanted]
        what = names[0] if len(names) == 1 else f"one of [{' '.join(names)}]"
        raise ExpressionError(f"must evaluate to {what} but got {program.type}")
    return program


def _is_empty(found: Type, wanted: tuple[Type, ...]) -> bool:
    """A list that is empty on one of several ways, where lists are wanted."""
    return str(found) == "list(dyn)" and wanted[0].kind == "list"


def _named(variables: Variables, params: bool) -> Mapping[str, Type]:
    """What `variables` has: what was named before."""
    if not variables:
        return {}
    fields: dict[str, Type] = {}
    for index, (name, source) in enumerate(variables):
        try:
            fields[name] = compile_variable(source, variables[:index], params=params).type
        except ExpressionError:
            fields[name] = DYN
    return {"variables": object_of("kubernetes.variables", fields)}


def compile_variable(source: str, before: Variables, *, params: bool) -> Program:
    """One that may use those before it. Raises ExpressionError."""
    return compile_expression(source, ANY, before, params=params, authorizer=True)
