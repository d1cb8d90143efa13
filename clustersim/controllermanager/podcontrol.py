"""Pod control: how controllers create and delete pods, and the Events they tell of it.

Source: v1.7.5, v1.8.0 pkg/controller/controller_utils.go RealPodControl.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod, PodTemplateSpec
from clustersim.api.meta import ApiObject, ObjectMeta, ObjectReference, OwnerReference
from clustersim.api.registry import resource_of
from clustersim.api.status import Reply
from clustersim.controllermanager.part import Controller

CREATED_BY: Final = "kubernetes.io/created-by"


def reference_to(owner: ApiObject) -> ObjectReference:
    """The object as an Event names it."""
    resource, metadata = resource_of(owner), owner.metadata
    return ObjectReference(
        kind=resource.kind,
        namespace=metadata.namespace,
        name=metadata.name,
        uid=metadata.uid,
        api_version=resource.api_version,
        resource_version=metadata.resource_version,
    )


def owned_by(owner: ApiObject) -> OwnerReference:
    """The mark of a pod's controller."""
    resource = resource_of(owner)
    return OwnerReference(
        api_version=resource.api_version,
        kind=resource.kind,
        name=owner.metadata.name,
        uid=owner.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )


def pod_from(template: PodTemplateSpec, owner: ApiObject, *, created_by: bool) -> Pod:
    """A pod of the template; the API server completes its name. created_by: it carries the annotation of old
    that says so."""
    annotations = template.metadata.annotations
    if created_by:
        annotations = {**annotations, CREATED_BY: _created_by(owner)}
    metadata = ObjectMeta(
        generate_name=f"{owner.metadata.name}-",
        namespace=owner.metadata.namespace,
        labels=template.metadata.labels,
        annotations=annotations,
        owner_references=(owned_by(owner),),
    )
    return Pod(metadata=metadata, spec=template.spec)


def _created_by(owner: ApiObject) -> str:
    plain = {"kind": "SerializedReference", "apiVersion": "v1", "reference": reference_to(owner)}
    return msgspec.json.encode(plain).decode() + "\n"


def tell_created(controller: Controller, owner: ApiObject, reply: Reply) -> None:
    """The Event about a pod that was created, or was not."""
    if reply.ok:
        _tell(controller, owner, "Normal", "SuccessfulCreate", f"Created pod: {reply.body.metadata.name}")
    else:
        _tell(controller, owner, "Warning", "FailedCreate", f"Error creating: {reply.message}")


def tell_deleted(controller: Controller, owner: ApiObject, pod: str, reply: Reply) -> None:
    """The Event about a pod that was deleted, or was not."""
    if reply.ok:
        _tell(controller, owner, "Normal", "SuccessfulDelete", f"Deleted pod: {pod}")
    else:
        _tell(controller, owner, "Warning", "FailedDelete", f"Error deleting: {reply.message}")


def _tell(controller: Controller, owner: ApiObject, kind: str, reason: str, message: str) -> None:
    controller.recorder.event(reference_to(owner), kind, reason, message)
