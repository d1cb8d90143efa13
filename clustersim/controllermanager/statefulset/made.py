"""What a StatefulSet makes: its pods, their claims, and what revisions of its template are called.

Pure functions. Source: v1.7.5, v1.8.0, v1.36 pkg/controller/statefulset/stateful_set_utils.go;
pkg/controller/history/controller_history.go NewControllerRevision.
"""

from typing import Any, Final

from clustersim.api.apps import StatefulSet
from clustersim.api.core_v1 import PersistentVolumeClaim, PersistentVolumeClaimVolumeSource, Pod, Volume
from clustersim.api.meta import ObjectMeta, replace
from clustersim.controllermanager.deployment.templatehash import TemplateHash, safe_encoded
from clustersim.controllermanager.history import REVISION_LABEL, data_hash

HASH_LABEL: Final = "controller.kubernetes.io/hash"
"""On a revision what its name ends with."""
POD_NAME_LABEL: Final = "statefulset.kubernetes.io/pod-name"
POD_INDEX_LABEL: Final = "apps.kubernetes.io/pod-index"


def pod_of(owner: StatefulSet, made: Pod, ordinal: int, revision: str, *, told: bool) -> Pod:
    """The pod with that number. made: what the template gives; told: labels tell its name and number."""
    name = f"{owner.metadata.name}-{ordinal}"
    identity = identity_of(name, ordinal) if told else {}
    labels = {**made.metadata.labels, REVISION_LABEL: revision, **identity}
    metadata = replace(made.metadata, generate_name="", name=name, labels=labels)
    claims = {
        template.metadata.name: f"{template.metadata.name}-{name}"
        for template in owner.spec.volume_claim_templates
    }
    volumes = tuple(
        Volume(name=volume, persistent_volume_claim=PersistentVolumeClaimVolumeSource(claim_name=claim))
        for volume, claim in claims.items()
    )
    volumes += tuple(volume for volume in made.spec.volumes if volume.name not in claims)
    spec = replace(made.spec, volumes=volumes, hostname=name, subdomain=owner.spec.service_name)
    return replace(made, metadata=metadata, spec=spec)


def identity_of(name: str, ordinal: int) -> dict[str, str]:
    """Labels that tell the name and the number of a pod."""
    return {POD_NAME_LABEL: name, POD_INDEX_LABEL: str(ordinal)}


def named_again(pod: Pod, ordinal: int) -> Pod:
    """The pod with those labels (updateIdentity)."""
    labels = {**pod.metadata.labels, **identity_of(pod.metadata.name, ordinal)}
    return replace(pod, metadata=replace(pod.metadata, labels=labels))


def claims_of(owner: StatefulSet, ordinal: int, *, own_labels: bool) -> list[PersistentVolumeClaim]:
    """The claims of the pod with that number. own_labels: they keep those of their templates beside those
    that are selected; v1.7 and v1.8 lose them."""
    name, selected = f"{owner.metadata.name}-{ordinal}", owner.spec.selector.match_labels
    return [
        replace(
            template,
            metadata=ObjectMeta(
                name=f"{template.metadata.name}-{name}",
                namespace=owner.metadata.namespace,
                labels={**template.metadata.labels, **selected} if own_labels else selected,
                annotations=template.metadata.annotations,
            ),
        )
        for template in owner.spec.volume_claim_templates
    ]


def revision_metadata(
    owner: StatefulSet, data: dict[str, Any], collisions: int | None, hashed: TemplateHash, *, annotated: bool
) -> ObjectMeta:
    """Name and labels of a revision: v1.7 and v1.8 give it the labels that are selected, today it has those
    of the template. annotated: it carries the annotations of its set."""
    number = data_hash(data, collisions)
    name = safe_encoded(number) if hashed.safe_names else number
    label = safe_encoded(number) if hashed.safe_labels else number
    template, selected = owner.spec.template.metadata.labels, owner.spec.selector.match_labels
    return ObjectMeta(
        name=f"{owner.metadata.name}-{name}",
        labels={**(template if hashed.safe_labels else selected), HASH_LABEL: label},
        annotations=owner.metadata.annotations if annotated else {},
    )
