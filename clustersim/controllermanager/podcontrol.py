"""Pod control: how controllers create and delete pods, and the Events they tell of it.

Source: v1.7.5, v1.8.0 pkg/controller/controller_utils.go RealPodControl.
"""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod, PodTemplateSpec
from clustersim.api.meta import ApiObject, ObjectMeta
from clustersim.api.status import Reply
from clustersim.controllermanager.part import Controller
from clustersim.controllermanager.references import owned_by, reference_to

CREATED_BY: Final = "kubernetes.io/created-by"


def pod_from(template: PodTemplateSpec, owner: ApiObject, release: str, *, created_by: bool) -> Pod:
    """A pod of the template; the API server completes its name. created_by: it carries the annotation of old
    that says so."""
    annotations = template.metadata.annotations
    if created_by:
        annotations = {**annotations, CREATED_BY: _created_by(owner, release)}
    metadata = ObjectMeta(
        generate_name=f"{owner.metadata.name}-",
        namespace=owner.metadata.namespace,
        labels=template.metadata.labels,
        annotations=annotations,
        owner_references=(owned_by(owner, release),),
        finalizers=template.metadata.finalizers,
    )
    return Pod(metadata=metadata, spec=template.spec)


def _created_by(owner: ApiObject, release: str) -> str:
    plain = {"kind": "SerializedReference", "apiVersion": "v1", "reference": reference_to(owner, release)}
    return msgspec.json.encode(plain).decode() + "\n"


def is_forgiven(controller: Controller, reply: Reply) -> bool:
    """Something could not be created since its namespace is being deleted: in v1.36 nobody minds
    (NamespaceTerminatingCause)."""
    ends = reply.status == 403 and "is being terminated" in reply.message
    return ends and controller.traits.forgives_ending_namespaces


def tell_created(controller: Controller, owner: ApiObject, reply: Reply) -> None:
    """The Event about a pod that was created, or was not."""
    if reply.ok:
        controller.tell(owner, "Normal", "SuccessfulCreate", f"Created pod: {reply.body.metadata.name}")
    elif not is_forgiven(controller, reply):
        controller.tell(owner, "Warning", "FailedCreate", f"Error creating: {reply.message}")


def tell_deleted(controller: Controller, owner: ApiObject, pod: str, reply: Reply) -> None:
    """The Event about a pod that was deleted, or was not; of one that was gone already none in v1.36."""
    if reply.ok:
        controller.tell(owner, "Normal", "SuccessfulDelete", f"Deleted pod: {pod}")
    elif reply.status != 404 or not controller.traits.forgives_pods_that_are_gone:
        controller.tell(owner, "Warning", "FailedDelete", f"Error deleting: {reply.message}")
