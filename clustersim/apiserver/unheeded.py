"""What this model's API server keeps and does not do, told to whoever sends it: webhooks, expressions of CEL,
other API servers. A real server would ask them before it takes an object.
"""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept import (
    APIService,
    MutatingAdmissionPolicy,
    MutatingAdmissionPolicyBinding,
    Webhooks,
)

_POLICIES: Final = (MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding)
_RULES: Final = "x-kubernetes-validations"
_WEBHOOKS: Final = "this API server keeps webhooks and calls none"
_CHANGES: Final = "this API server keeps policies that change what is let in and follows none"
_EXPRESSIONS: Final = "this API server keeps expressions of CEL and evaluates none"


def unheeded(obj: Any) -> tuple[str, ...]:
    """The warnings about an object."""
    if isinstance(obj, Webhooks):
        return (_WEBHOOKS,) if obj.webhooks else ()
    if isinstance(obj, _POLICIES):
        return (_CHANGES,)
    if isinstance(obj, APIService):
        spec = obj.spec if isinstance(obj.spec, Mapping) else {}
        asks = spec.get("service") and spec.get("group") != "metrics.k8s.io"
        return ("this API server keeps APIServices and asks no server behind it",) if asks else ()
    if not isinstance(obj, CustomResourceDefinition):
        return ()
    told = [f"{_EXPRESSIONS}: {_RULES}"] if _has_rules(obj) else []
    if obj.spec.conversion is not None and obj.spec.conversion.strategy == "Webhook":
        told.append(f"{_WEBHOOKS}: versions differ in their names alone")
    return tuple(told)


def _has_rules(definition: CustomResourceDefinition) -> bool:
    """Whether a schema of its versions has such expressions."""
    left: list[Any] = [
        version.schema.open_api_v3_schema
        for version in definition.spec.versions
        if version.schema is not None
    ]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            if value.get(_RULES):
                return True
            left += value.values()
        elif isinstance(value, list | tuple):
            left += value
    return False
