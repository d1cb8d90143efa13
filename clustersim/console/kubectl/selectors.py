"""What -l and --field-selector say: "app=web,tier in (a,b),!old" and "status.phase!=Running".

Sources: apimachinery pkg/labels/selector.go, pkg/fields/selector.go.
"""

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from clustersim.api.definitions import CustomObject
from clustersim.api.selectors import field_of, parse_label_selector, selects
from clustersim.apiserver.label_words import why
from clustersim.console.answer import Said

if TYPE_CHECKING:
    from clustersim.console.api import Api

LONGEST: Final = 2000


class LabelSelector:
    """A label selector. Raises ValueError."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError("the selector is too long")
        self._selector = parse_label_selector(text)
        self._chooses = bool(text.strip())

    def __bool__(self) -> bool:
        return self._chooses

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Every term holds."""
        return selects(self._selector, labels)


def labels_of(api: "Api", text: str, resource: str = "", fields: str = "") -> LabelSelector:
    """The selector behind -l; resource: what is asked for by it, with a field selector: since v1.9 the API
    server judges it. Raises Said."""
    try:
        return LabelSelector(text)
    except ValueError as error:
        told = why(error, api.release)
    if not api.today:
        raise Said(f'error: the provided selector "{text}" is not valid: {told}')
    if not resource:
        raise Said(f"error: {told}")
    raise Said(_unfit(resource, api.api_version(resource), text, fields, told))


FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "events": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    "namespaces": ("status.phase", "name"),
    "nodes": ("spec.unschedulable",),
    "pods": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
        "spec.hostNetwork",
    ),
    "jobs": ("status.successful",),
    "replicasets": ("status.replicas",),
    "replicationcontrollers": ("status.replicas",),
    "secrets": ("type",),
    "services": ("spec.clusterIP", "spec.type"),
}
"""Fields that can be selected by, besides metadata.name and metadata.namespace."""


class FieldSelector:
    """A field selector."""

    def __init__(self, text: str) -> None:
        self._text = text[:LONGEST]
        self._terms: list[tuple[str, bool, str]] = []
        self._strange = ""
        for part in self._text.split(","):
            match = re.match(r"([^=!]+)(!=|==|=)(.*)\Z", part.strip())
            if match is not None:
                self._terms.append((match[1].strip(), match[2] != "!=", match[3].strip()))
            elif part:
                self._strange = self._strange or part

    def __bool__(self) -> bool:
        return bool(self._terms)

    def check(self, resource: str, api_version: str, added: Collection[str] | None = None) -> None:
        """Raises Said for what is none, and for a field that this resource is not indexed by. added: the
        fields of a kind that somebody added."""
        if self._strange:
            told = f"invalid selector: '{self._text}'; can't understand '{self._strange}'"
            raise Said(_unfit(resource, api_version, "", self._text, told))
        own = FIELDS.get(resource, ()) if added is None else added
        known = ("metadata.name", "metadata.namespace", *own)
        for path, _same, _value in self._terms:
            if path not in known:
                raise Said(
                    _unfit(resource, api_version, "", f"{path}={_value}", _not_indexed(resource, path))
                )

    def matches(self, obj: Any) -> bool:
        """Every term holds."""
        return all((field_text(obj, path) == value) is same for path, same, value in self._terms)


def _not_indexed(resource: str, path: str) -> str:
    """Kinds with fields of their own name what they do not know; the others, what they know."""
    if resource in FIELDS:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def _unfit(resource: str, api_version: str, labels: str, fields: str, told: str) -> str:
    """A list that the API server would not give (cli-runtime pkg/resource EnhanceListError)."""
    group, _slash, version = api_version.rpartition("/")
    return (
        f'Error from server (BadRequest): Unable to find "{group}/{version}, Resource={resource}" that match '
        f'label selector "{labels}", field selector "{fields}": {told}'
    )


def field_text(obj: Any, path: str) -> str:
    """The value of a field by its path on the wire, as a text."""
    if path == "source":
        return str(obj.reporter)
    if isinstance(obj, CustomObject):
        return field_of(obj, path)
    value = obj
    for name in path.split("."):
        value = getattr(value, _attribute(name), "")
    return str(value).lower() if isinstance(value, bool) else str("" if value is None else value)


def _attribute(name: str) -> str:
    special = {"podIP": "pod_ip", "clusterIP": "cluster_ip", "successful": "succeeded"}
    return special.get(name) or re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)
