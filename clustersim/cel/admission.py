"""What expressions of policies know, and of which types that is
(apiserver pkg/admission/plugin/cel/compile.go)."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.kept import listing, mapping, text
from clustersim.cel.checker import MESSAGES
from clustersim.cel.types import BOOL, DYN, INT, STRING, TIMESTAMP, Type, list_of, map_of, object_of

Variables = tuple[tuple[str, str], ...]
"""Names and expressions of what a policy names, in its order."""

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
AUTHORIZER: Final = Type("kubernetes.authorization.Authorizer")
_CHECK: Final = Type("kubernetes.authorization.ResourceCheck")


def declared(*, params: bool, authorizer: bool, messages: bool) -> Mapping[str, Type]:
    """By their names."""
    found = {"object": DYN, "oldObject": DYN, "namespaceObject": _NAMESPACE, "request": _REQUEST}
    if params:
        found["params"] = DYN
    if messages:
        found[MESSAGES] = DYN
    if authorizer:
        found |= {"authorizer": AUTHORIZER, "authorizer.requestResource": _CHECK}
    return found


def variables_of(spec: Mapping[str, Any]) -> Variables:
    """What a policy names."""
    variables = map(mapping, listing(spec.get("variables")))
    return tuple((text(one.get("name")), text(one.get("expression"))) for one in variables)
