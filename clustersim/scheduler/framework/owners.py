"""By what the pods of a kind are told from others: all that the Services and the controller of a pod select
by, together.

Source: v1.36 pkg/scheduler/framework/plugins/helper/spread.go (DefaultSelector).
"""

from typing import Any

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import LabelSelector, LabelSelectorRequirement
from clustersim.api.selectors import selection_of, selects


def default_selector(
    pod: Pod, services: tuple[Any, ...], *controllers: tuple[Any, ...]
) -> LabelSelector | None:
    """The selector; None where nothing selects the pod."""
    metadata = pod.metadata
    labels: dict[str, str] = {}
    further: tuple[LabelSelectorRequirement, ...] = ()
    for service in services:
        if service.metadata.namespace == metadata.namespace:
            selector = selection_of(service)
            if selector.match_labels and selects(selector, metadata.labels):
                labels |= selector.match_labels
    owner = next((one for one in metadata.owner_references if one.controller), None)
    if owner is not None:
        for controller in (one for group in controllers for one in group):
            if controller.metadata.uid == owner.uid:
                selector = selection_of(controller)
                labels |= selector.match_labels
                further += selector.match_expressions
    if not labels and not further:
        return None
    return LabelSelector(match_labels=labels, match_expressions=further)
