"""Validation of Events (pkg/apis/core/validation/events.go)."""

from clustersim.api.core.event import Event
from clustersim.apiserver.validation.errors import FieldErrors


def check_new_event(errors: FieldErrors, event: Event) -> None:
    """An Event is in the namespace of its object; an Event of an object without a namespace is in one of two
    that every cluster has."""
    about, here = event.involved_object.namespace, event.metadata.namespace
    if about != here if about else here not in ("default", "kube-system"):
        errors.invalid("involvedObject.namespace", about, "does not match event.namespace")
