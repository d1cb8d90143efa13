"""Label and field selectors, as far as equality goes (all that components of these releases use)."""

from collections.abc import Mapping
from typing import Any

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import LabelSelector


def matches_labels(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Every required label has its value. An empty selector matches everything."""
    return selector.items() <= labels.items()


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
