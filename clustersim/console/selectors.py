"""What -l and --field-selector say: "app=web,tier in (a,b),!old" and "status.phase!=Running".

Sources: apimachinery pkg/labels/selector.go, pkg/fields/selector.go.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from clustersim.console.answer import Said
from clustersim.digits import is_whole

LONGEST: Final = 2000
_KEY: Final = re.compile(
    r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z"
)
_SET: Final = re.compile(r"(?P<key>[^\s(),]+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)\s*(?:,|\Z)")


class _Term(NamedTuple):
    key: str
    operator: str
    values: tuple[str, ...]


class LabelSelector:
    """A label selector. Raises Said."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise Said("error: the selector is too long")
        self._terms = tuple(_terms(text))

    def __bool__(self) -> bool:
        return bool(self._terms)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Every term holds."""
        return all(_holds(term, labels) for term in self._terms)


def _terms(text: str) -> list[_Term]:
    found: list[_Term] = []
    rest = text.strip()
    while rest:
        if (match := _SET.match(rest)) is not None:
            values = tuple(value.strip() for value in match["values"].split(","))
            found.append(_Term(_key(match["key"], text), match["operator"], values))
            rest = rest[match.end() :].strip()
            continue
        part, _comma, rest = rest.partition(",")
        found.append(_term(part.strip(), text))
        rest = rest.strip()
    return found


def _term(part: str, text: str) -> _Term:
    for operator in ("!=", "==", "="):
        key, sign, value = part.partition(operator)
        if sign:
            if any(char in value for char in "=!() "):
                raise Said(
                    f"error: unable to parse requirement: found '{value.strip()}', expected: identifier"
                )
            return _Term(_key(key.strip(), text), "!=" if operator == "!=" else "=", (value.strip(),))
    for operator in (">", "<"):
        key, sign, value = part.partition(operator)
        if sign and is_whole(value.strip().lstrip("-")):
            return _Term(_key(key.strip(), text), operator, (value.strip()[:18],))
    if part.startswith("!"):
        return _Term(_key(part[1:].strip(), text), "!", ())
    return _Term(_key(part, text), "exists", ())


def _key(key: str, text: str) -> str:
    if not _KEY.match(key):
        raise Said(
            f"error: unable to parse requirement: invalid label key {key!r}".replace("'", '"')
            if key
            else f"error: unable to parse requirement: found '', expected: identifier in {text!r}"
        )
    return key


def _holds(term: _Term, labels: Mapping[str, str]) -> bool:
    value = labels.get(term.key)
    match term.operator:
        case "=" | "in":
            return value in term.values
        case "!=" | "notin":
            return value not in term.values
        case "!":
            return value is None
        case ">" | "<":
            if value is None or not is_whole(value.lstrip("-")) or len(value) > 18:
                return False
            return (int(value) > int(term.values[0])) is (term.operator == ">")
    return value is not None


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
    """A field selector. Raises Said."""

    def __init__(self, text: str) -> None:
        self._terms: list[tuple[str, bool, str]] = []
        for part in text[:LONGEST].split(",") if text else ():
            match = re.match(r"([^=!]+)(!=|==|=)(.*)\Z", part.strip())
            if match is None:
                raise Said(f"error: invalid selector: '{part}'; can't understand '{part}'")
            self._terms.append((match[1].strip(), match[2] != "!=", match[3].strip()))

    def __bool__(self) -> bool:
        return bool(self._terms)

    def check(self, resource: str, kind: str, api_version: str) -> None:
        """Raises Said for a field that this resource is not indexed by."""
        known = ("metadata.name", "metadata.namespace", *FIELDS.get(resource, ()))
        for path, _same, _value in self._terms:
            if path not in known:
                raise Said(_not_indexed(resource, api_version, f"{path}={_value}", path))

    def matches(self, obj: Any) -> bool:
        """Every term holds."""
        return all((field_text(obj, path) == value) is same for path, same, value in self._terms)


def _not_indexed(resource: str, api_version: str, term: str, path: str) -> str:
    """Kinds with fields of their own name what they do not know; the others, what they know."""
    group, _slash, version = api_version.rpartition("/")
    why = (
        f"field label not supported: {path}"
        if resource in FIELDS
        else f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    )
    return (
        f'Error from server (BadRequest): Unable to find "{group}/{version}, Resource={resource}" that match '
        f'label selector "", field selector "{term}": {why}'
    )


def field_text(obj: Any, path: str) -> str:
    """The value of a field by its path on the wire, as a text."""
    if path == "source":
        return str(obj.reporter)
    value = obj
    for name in path.split("."):
        value = getattr(value, _attribute(name), "")
    return str(value).lower() if isinstance(value, bool) else str("" if value is None else value)


def _attribute(name: str) -> str:
    special = {"podIP": "pod_ip", "clusterIP": "cluster_ip", "successful": "succeeded"}
    return special.get(name) or re.sub(r"(?<=[a-z])([A-Z])", lambda match: f"_{match[1].lower()}", name)
