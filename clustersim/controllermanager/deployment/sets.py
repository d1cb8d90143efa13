"""The ReplicaSets of a Deployment: which is the new one, what it is called, what its annotations say.

Pure functions. Source: v1.7.5, v1.8.0 pkg/controller/deployment/util/deployment_util.go, sync.go.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from clustersim.api.apps import Deployment, ReplicaSet, ReplicaSetSpec
from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.api.int_or_percent import resolve
from clustersim.api.meta import IntOrString, ObjectMeta, replace
from clustersim.api.owners import POD_TEMPLATE_HASH
from clustersim.controllermanager.references import owned_by
from clustersim.controllermanager.traits import Traits
from clustersim.digits import is_whole

REVISION: Final = "deployment.kubernetes.io/revision"
REVISION_HISTORY: Final = "deployment.kubernetes.io/revision-history"
DESIRED: Final = "deployment.kubernetes.io/desired-replicas"
MAXIMUM: Final = "deployment.kubernetes.io/max-replicas"
ROLLBACK_TO: Final = "deprecated.deployment.rollback.to"
"""Where v1.36 looks for what was the field rollbackTo."""
NOT_COPIED: Final = (
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    REVISION_HISTORY,
    DESIRED,
    MAXIMUM,
    ROLLBACK_TO,
)
"""Annotations of a Deployment that its ReplicaSets do not get."""


def annotations_for(deployment: Deployment, of_revision: Mapping[str, str]) -> dict[str, str]:
    """What a Deployment that goes back has: those of the revision, except for what each object has of its own
    (util/deployment_util.go SetDeploymentAnnotationsTo)."""
    own = {key: value for key, value in deployment.metadata.annotations.items() if key in NOT_COPIED}
    return {**own, **{key: value for key, value in of_revision.items() if key not in NOT_COPIED}}


def without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    """The template without the label that tells ReplicaSets apart."""
    labels = {k: v for k, v in template.metadata.labels.items() if k != POD_TEMPLATE_HASH}
    return replace(template, metadata=replace(template.metadata, labels=labels))


def by_age(sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
    """The oldest first."""
    return sorted(sets, key=lambda found: (found.metadata.creation_timestamp, found.metadata.name))


def new_set(deployment: Deployment, sets: Iterable[ReplicaSet]) -> ReplicaSet | None:
    """The ReplicaSet with the Deployment's template, the oldest of them."""
    wanted = without_hash(deployment.spec.template)
    return next((found for found in by_age(sets) if without_hash(found.spec.template) == wanted), None)


def revision_of(found: ReplicaSet | Deployment) -> int:
    """Its revision; 0 without one."""
    text = found.metadata.annotations.get(REVISION, "")
    return int(text) if is_whole(text) else 0


def desired_of(found: ReplicaSet, annotation: str = DESIRED) -> int | None:
    """What the Deployment wanted when it last touched the ReplicaSet."""
    text = found.metadata.annotations.get(annotation, "")
    return int(text) if is_whole(text) else None


def fenceposts(deployment: Deployment) -> tuple[int, int]:
    """maxSurge and maxUnavailable in pods; both 0 would never end, so then one may be unavailable."""
    rolling, replicas = deployment.spec.strategy.rolling_update, deployment.spec.replicas
    if deployment.spec.strategy.type != "RollingUpdate" or rolling is None:
        return 0, 0
    surge = amount(rolling.max_surge or 0, replicas, up=True)
    unavailable = amount(rolling.max_unavailable or 0, replicas, up=False)
    return surge, 1 if surge == 0 and unavailable == 0 else unavailable


def amount(value: IntOrString, total: int, *, up: bool) -> int:
    """A number, or a percentage of the total, rounded up or down."""
    return resolve(value, total, round_up=up)


def sized(found: ReplicaSet, deployment: Deployment, replicas: int) -> ReplicaSet:
    """The ReplicaSet with another size, and with what the Deployment wants written on it."""
    wanted = deployment.spec.replicas
    surge, _unavailable = fenceposts(deployment)
    annotations = {**found.metadata.annotations, DESIRED: str(wanted), MAXIMUM: str(wanted + surge)}
    return replace(
        found,
        metadata=replace(found.metadata, annotations=annotations),
        spec=replace(found.spec, replicas=replicas),
    )


def revised(found: ReplicaSet, deployment: Deployment, revision: int, traits: Traits) -> ReplicaSet:
    """The new ReplicaSet with the Deployment's annotations and a revision that is not lower than its own.
    Source: SetNewReplicaSetAnnotations. v1.7.5 compares revisions as texts, so whoever goes back from
    revision 10 to 9 stays at 9; until v1.8.0 any annotation that changes makes the history longer."""
    annotations = dict(found.metadata.annotations)
    for key, value in deployment.metadata.annotations.items():
        if key not in NOT_COPIED:
            annotations[key] = value
    told, before = annotations.get(REVISION, ""), revision_of(found)
    newer = told < str(revision) if traits.revisions_are_texts else before < revision
    changed = traits.history_of_annotations and annotations != found.metadata.annotations
    if newer:
        annotations[REVISION] = str(revision)
    if before and (newer or changed):
        history = [text for text in annotations.get(REVISION_HISTORY, "").split(",") if text]
        annotations[REVISION_HISTORY] = ",".join([*history, told])
    return replace(
        found,
        metadata=replace(found.metadata, annotations=annotations),
        spec=replace(found.spec, min_ready_seconds=deployment.spec.min_ready_seconds),
    )


def made_for(deployment: Deployment, revision: int, traits: Traits) -> ReplicaSet:
    """A new ReplicaSet for the Deployment's template, with no pods yet."""
    template, hashed = deployment.spec.template, traits.template_hash
    collisions = deployment.status.collision_count
    label = hashed.in_label(template, collisions)
    labels = {**template.metadata.labels, POD_TEMPLATE_HASH: label}
    name = f"{deployment.metadata.name}-{hashed.in_name(template, collisions)}"
    chosen = deployment.spec.selector
    selector = replace(chosen, match_labels={**chosen.match_labels, POD_TEMPLATE_HASH: label})
    made = ReplicaSet(
        metadata=ObjectMeta(
            name=name,
            namespace=deployment.metadata.namespace,
            labels=labels,
            owner_references=(owned_by(deployment, traits.release),),
        ),
        spec=ReplicaSetSpec(
            replicas=0,
            template=replace(template, metadata=replace(template.metadata, labels=labels)),
            selector=selector,
        ),
    )
    return revised(made, deployment, revision, traits)


def total_wanted(sets: Iterable[ReplicaSet]) -> int:
    """How many pods they want together."""
    return sum(found.spec.replicas for found in sets)
