"""Label and field selectors: what they say, and which objects they choose."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.api_resource import Resource
from clustersim.api.conversion import struct_field
from clustersim.api.core_v1 import Event, Pod
from clustersim.api.definitions import CustomObject
from clustersim.api.kept import Kept
from clustersim.api.label_text import requirements, whole_number
from clustersim.api.meta import LabelSelector, LabelSelectorRequirement
from clustersim.api.structural import at_path


def matches_labels(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Every required label has its value. An empty selector matches everything."""
    return selector.items() <= labels.items()


def meets(labels: Mapping[str, str], key: str, operator: str, values: Sequence[str]) -> bool:
    """One requirement on labels: In, NotIn, Exists, DoesNotExist; of nodes also Gt and Lt
    (apimachinery/pkg/labels/selector.go)."""
    value = labels.get(key)
    match operator:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt":
            return value is not None and _compares(value, operator, values)
    return False


def _compares(value: str, operator: str, values: Sequence[str]) -> bool:
    here, there = whole_number(value), whole_number(values[0]) if values else None
    if here is None or there is None:
        return False
    return here > there if operator == "Gt" else here < there


def selects(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether a selector chooses an object with these labels: an empty one chooses all, none chooses none."""
    if selector is None or not selector.match_labels.items() <= labels.items():
        return False
    return not selector.match_expressions or meets_all(selector.match_expressions, labels)


def meets_all(requirements: Iterable[LabelSelectorRequirement], labels: Mapping[str, str]) -> bool:
    """Whether labels meet every one of these requirements."""
    return all(meets(labels, one.key, one.operator, one.values) for one in requirements)


def selection_of(obj: Any) -> LabelSelector:
    """The whole selector of a Service or a controller, whatever form its kind gives it."""
    selector: dict[str, str] | LabelSelector | None = obj.spec.selector
    if isinstance(selector, LabelSelector):
        return selector
    return LabelSelector(match_labels=selector or {})


def selector_of(obj: Any) -> dict[str, str]:
    """The labels that a Service or a controller selects by, whatever form its kind gives them."""
    selector: dict[str, str] | LabelSelector = obj.spec.selector
    return selector.match_labels if isinstance(selector, LabelSelector) else selector


# --- as texts ----------------------------------------------------------------------------------------


def parse_label_selector(text: str) -> LabelSelector:
    """The selector of a text such as "app=web,tier in (a, b),!old". Raises ValueError."""
    labels: dict[str, str] = {}
    expressions: list[LabelSelectorRequirement] = []
    for key, operator, values in requirements(text):
        if operator == "=" and labels.setdefault(key, values[0]) == values[0]:
            continue
        operator = {"=": "In", "!=": "NotIn"}.get(operator, operator)
        expressions.append(LabelSelectorRequirement(key=key, operator=operator, values=values))
    return LabelSelector(match_labels=labels, match_expressions=tuple(expressions))


def parse_field_selector(text: str) -> dict[str, str]:
    """The fields of a text such as "spec.nodeName=n1,status.phase!=Failed"; a value that must differ begins
    with "!", and one that begins so itself with "="; several for one field stand in lines, those that must
    differ first. Raises ValueError.

    Source: apimachinery pkg/fields/selector.go parseSelector, splitTerm.
    """
    fields: dict[str, set[str]] = {}
    for term in sorted(filter(None, _TERM.findall(text))):
        found = _FIELD_SIGN.search(term)
        if found is None:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{term}'")
        field, value = term[: found.start()], _unescaped(term[found.end() :])
        if field or value:
            plain = f"={value}" if value.startswith(("!", "=")) else value
            fields.setdefault(field, set()).add(f"!{value}" if found[0] == "!=" else plain)
    return {field: "\n".join(sorted(values)) for field, values in fields.items()}


_TERM: Final = re.compile(r"(?:\\.|\\\Z|[^,\\])+", re.DOTALL)
_FIELD_SIGN: Final = re.compile(r"!=|==|=")


def _unescaped(value: str) -> str:
    """Commas, equals signs and backslashes of a value stand behind a backslash (UnescapeValue)."""
    plain, escaped = "", False
    for char in value:
        if escaped and char not in "\\,=":
            raise ValueError(f"invalid field selector: invalid escape sequence: \\{char}")
        if not escaped and char in ",=":
            raise ValueError(f"invalid field selector: unescaped character in value: {ord(char)}")
        plain += char if escaped or char != "\\" else ""
        escaped = not escaped and char == "\\"
    if escaped:
        raise ValueError("invalid field selector: invalid escape sequence: \\")
    return plain


# --- fields ------------------------------------------------------------------------------------------

_METADATA: Final = ("metadata.name", "metadata.namespace")
_REFERENCE: Final = {
    "kind": "kind",
    "namespace": "namespace",
    "name": "name",
    "uid": "uid",
    "apiVersion": "api_version",
    "resourceVersion": "resource_version",
    "fieldPath": "field_path",
}
_OF_KIND: Final[dict[str, dict[str, str]]] = {
    "Pod": {
        "spec.host": "spec.node_name",
        "spec.hostNetwork": "spec.host_network",
        "spec.nodeName": "spec.node_name",
        "spec.restartPolicy": "spec.restart_policy",
        "spec.schedulerName": "spec.scheduler_name",
        "spec.serviceAccountName": "spec.service_account_name",
        "status.phase": "status.phase",
        "status.podIP": "status.pod_ip",
        "status.podIPs": "",
        "status.nominatedNodeName": "status.nominated_node_name",
    },
    "CertificateSigningRequest": {"spec.signerName": "spec.signer_name"},
    "Node": {"spec.unschedulable": "spec.unschedulable"},
    "Namespace": {"status.phase": "status.phase"},
    "ReplicationController": {"status.replicas": "status.replicas"},
    "Job": {"status.successful": "status.succeeded"},
    "Secret": {"type": "type"},
    "ResourceSlice": {"spec.nodeName": "spec.nodeName", "spec.driver": "spec.driver"},
    "Service": {"spec.clusterIP": "spec.cluster_ip", "spec.type": "spec.type"},
    "Event": {
        "reason": "reason",
        "type": "type",
        "source": "source.component",
        "reportingComponent": "reporting_component",
        **{f"involvedObject.{name}": f"involved_object.{field}" for name, field in _REFERENCE.items()},
    },
}
"""Fields that the API can select by (pkg/apis/*/*/conversion.go and the registries' strategies); without a
place: it is empty of all objects."""

_ONLY_NAME: Final = ("CertificateSigningRequest", "Namespace", "Node", "ResourceSlice")
"""Kinds with fields of their own that have no namespace."""


def field_of(obj: Any, path: str) -> str:
    """The value of a selectable field; ValueError for a field that the API does not index."""
    if path == "metadata.name":
        return str(obj.metadata.name)
    if isinstance(obj, Pod) and path == "spec.nodeName":
        return obj.spec.node_name
    if path == "metadata.namespace":
        return str(obj.metadata.namespace)
    if isinstance(obj, Event) and path == "source":  # pkg/registry/core/event/strategy.go
        return obj.reporter
    if isinstance(obj, CustomObject):
        return _text(at_path(obj.content, path))
    place = _OF_KIND.get(type(obj).__name__, {}).get(path)
    if place is None:
        raise ValueError(f"field label not supported: {path}")
    if isinstance(obj, Kept):
        return _text(at_path({"spec": obj.spec}, place))
    if not place:
        return ""
    for name in place.split("."):
        obj = getattr(obj, name)
    return _text(obj)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def unselectable(resource: Resource, path: str, api_version: str = "") -> str:
    """Why objects of a kind cannot be selected by that field in a version; empty where they can.

    Sources: pkg/apis/*/*/conversion.go; apimachinery pkg/runtime/conversion.go
    DefaultMetaV1FieldSelectorConversion; apiextensions-apiserver pkg/apiserver/conversion/converter.go.
    """
    kind, added = resource.kind, resource.definition is not None
    own = resource.selectable_in(api_version) if added else _OF_KIND.get(kind, {})
    named = resource.namespaced if added else kind not in _ONLY_NAME
    if path == "metadata.name" or (named and path == "metadata.namespace"):
        return ""
    if not added and not own:
        return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    if kind == "Job" and not added and path not in own:
        return f'field label "{path}" not supported for Job'
    if struct_field(kind, api_version, path) in own and path != "deprecatedSource":
        return ""
    of = f" for {api_version}, Kind={kind}" if kind == "ResourceSlice" and not added else ""
    return f"field label not supported{of}: {path}"


def matches_fields(selector: Mapping[str, str], obj: Any) -> bool:
    """Every required field has its values; one that begins with "!" must differ."""
    for path, wanted in selector.items():
        value = field_of(obj, path)
        for one in wanted.split("\n"):
            same = value == (one[1:] if one.startswith(("!", "=")) else one)
            if same is one.startswith("!"):
                return False
    return True
