"""By which labels the pods of a kind are told from others: what the Services and the controller of a pod
select by, all together.

Source: v1.36 pkg/scheduler/framework/plugins/helper/spread.go (DefaultSelector).
"""

from typing import Any

from clustersim.api.core_v1 import Pod
from clustersim.api.selectors import matches_labels, selector_of


def default_selector(pod: Pod, services: tuple[Any, ...], *controllers: tuple[Any, ...]) -> dict[str, str]:
    """The labels; none where nothing selects the pod."""
    namespace, labels = pod.metadata.namespace, pod.metadata.labels
    found: dict[str, str] = {}
    for service in services:
        if service.metadata.namespace == namespace:
            selector = selector_of(service)
            if selector and matches_labels(selector, labels):
                found |= selector
    owner = next((one for one in pod.metadata.owner_references if one.controller), None)
    if owner is not None:
        for controller in (one for group in controllers for one in group):
            if controller.metadata.namespace == namespace and controller.metadata.uid == owner.uid:
                found |= selector_of(controller)
    return found
