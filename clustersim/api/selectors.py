"""Label and field selectors: which objects they choose."""

from collections.abc import Mapping, Sequence
from typing import Any

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import LabelSelector


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
    try:
        here, there = int(value), int(values[0])
    except (ValueError, IndexError):
        return False
    return here > there if operator == "Gt" else here < there


def selects(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether a selector chooses an object with these labels: an empty one chooses all, none chooses none."""
    if selector is None or not selector.match_labels.items() <= labels.items():
        return False
    return all(meets(labels, one.key, one.operator, one.values) for one in selector.match_expressions)


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


def field_of(obj: Any, path: str) -> str:
    """The value of a selectable field; ValueError for a field that the API does not index."""
    if path == "metadata.name":
        return str(obj.metadata.name)
    if path == "metadata.namespace":
        return str(obj.metadata.namespace)
    if isinstance(obj, Pod):
        if path == "spec.nodeName":
            return obj.spec.node_name
        if path == "status.phase":
            return obj.status.phase
    if path.startswith("involvedObject."):
        return str(getattr(obj.involved_object, path.partition(".")[2]))
    if path == "spec.unschedulable":
        return "true" if obj.spec.unschedulable else "false"
    raise ValueError(f"field label not supported: {path}")


def matches_fields(selector: Mapping[str, str], obj: Any) -> bool:
    """Every required field has its value; a required value that begins with "!" must differ."""
    for path, wanted in selector.items():
        value = field_of(obj, path)
        if (value == wanted[1:]) if wanted.startswith("!") else (value != wanted):
            return False
    return True
