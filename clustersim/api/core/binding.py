"""Binding: how a scheduler assigns a pod to a node. It is never stored."""

from clustersim.api.meta import ApiObject, ObjectReference, written


class Binding(ApiObject, frozen=True, kw_only=True):
    """The subresource by which a scheduler assigns a pod to a node."""

    target: ObjectReference = written(ObjectReference())
