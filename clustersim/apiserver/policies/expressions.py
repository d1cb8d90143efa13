"""Expressions of policies, compiled (apiserver pkg/admission/plugin/cel/compile.go, composition.go)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from clustersim.cel.checker import MESSAGES, OBJECT, PATCH
from clustersim.cel.program import CompileError, Program, compiled
from clustersim.cel.types import (
    BOOL,
    DYN,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
    object_of,
)

Variables = tuple[tuple[str, str], ...]
"""Names and expressions of what a policy names, in its order."""

BOOLEAN: Final = (BOOL,)
TEXT: Final = (STRING,)
TEXT_OR_NULL: Final = (STRING, NULL)
ANY: Final[tuple[Type, ...]] = ()
CONFIGURATION: Final = (Type("object", name=OBJECT),)
PATCHES: Final = (list_of(Type("object", name=PATCH)),)

_KIND: Final = object_of("kubernetes.GroupVersionKind", dict.fromkeys(("group", "version", "kind"), STRING))
_RESOURCE: Final = object_of(
    "kubernetes.GroupVersionResource", dict.fromkeys(("group", "version", "resource"), STRING)
)
_USER: Final = object_of(
    "kubernetes.UserInfo",
    {
        "username": STRING,
        "uid": STRING,
        "groups": list_of(STRING),
        "extra": map_of(STRING, list_of(STRING)),
    },
)
_REQUEST: Final = object_of(
    "kubernetes.AdmissionRequest",
    {
        "kind": _KIND,
        "resource": _RESOURCE,
        "subResource": STRING,
        "requestKind": _KIND,
        "requestResource": _RESOURCE,
        "requestSubResource": STRING,
        "name": STRING,
        "namespace": STRING,
        "operation": STRING,
        "userInfo": _USER,
        "dryRun": BOOL,
        "options": DYN,
    },
)
_NAMESPACE: Final = object_of(
    "kubernetes.Namespace",
    {
        "metadata": object_of(
            "kubernetes.NamespaceMetadata",
            {
                "name": STRING,
                "generateName": STRING,
                "namespace": STRING,
                "labels": map_of(STRING, STRING),
                "annotations": map_of(STRING, STRING),
                "UID": STRING,
                "creationTimestamp": TIMESTAMP,
                "deletionGracePeriodSeconds": INT,
                "deletionTimestamp": TIMESTAMP,
                "generation": INT,
                "resourceVersion": STRING,
                "finalizers": list_of(STRING),
            },
        ),
        "spec": object_of("kubernetes.NamespaceSpec", {"finalizers": list_of(STRING)}),
        "status": object_of("kubernetes.NamespaceStatus", {"conditions": list_of(DYN), "phase": STRING}),
    },
)
_AUTHORIZER: Final = Type("kubernetes.authorization.Authorizer")
_CHECK: Final = Type("kubernetes.authorization.ResourceCheck")


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
                **_declared(params=params, authorizer=authorizer, messages=messages),
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


def _declared(*, params: bool, authorizer: bool, messages: bool) -> Mapping[str, Type]:
    found = {"object": DYN, "oldObject": DYN, "namespaceObject": _NAMESPACE, "request": _REQUEST}
    if params:
        found["params"] = DYN
    if messages:
        found[MESSAGES] = DYN
    if authorizer:
        found |= {"authorizer": _AUTHORIZER, "authorizer.requestResource": _CHECK}
    return found


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
