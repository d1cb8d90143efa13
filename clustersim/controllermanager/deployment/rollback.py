"""Back to an earlier revision, as spec.rollbackTo asks for it, or today an annotation.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/deployment/rollback.go.
"""

from collections.abc import Collection
from typing import NamedTuple

from clustersim.api.apps import Deployment, ReplicaSet
from clustersim.api.meta import replace
from clustersim.controllermanager.deployment import rules, sets
from clustersim.digits import is_whole
from clustersim.engine.rules import Verdict


class Rollback(NamedTuple):
    """The Deployment as it will be written, the Event that says so, and the rule if it goes back."""

    deployment: Deployment
    kind: str
    reason: str
    message: str
    verdict: Verdict | None = None


def rollback_asked(deployment: Deployment) -> int | None:
    """The revision that it is to go back to, 0 for the one before; None if it is not (getRollbackTo)."""
    if deployment.spec.rollback_to is not None:
        return deployment.spec.rollback_to.revision
    told = deployment.metadata.annotations.get(sets.ROLLBACK_TO, "")
    return int(told) if is_whole(told) else None


def rollback_of(
    deployment: Deployment, replica_sets: Collection[ReplicaSet], new: str, revision: int
) -> Rollback:
    """What comes of asking for a revision, 0 for the one before. new: the name of the present ReplicaSet."""
    known = sorted(sets.revision_of(found) for found in replica_sets)
    wanted = revision or (known[-2] if len(known) > 1 else 0)
    found = next((one for one in replica_sets if wanted and sets.revision_of(one) == wanted), None)
    left = {key: value for key, value in deployment.metadata.annotations.items() if key != sets.ROLLBACK_TO}
    changed = replace(
        deployment,
        metadata=replace(deployment.metadata, annotations=left),
        spec=replace(deployment.spec, rollback_to=None),
    )
    if found is None:
        which = "the revision to rollback to" if revision else "last revision"
        return Rollback(changed, "Warning", "DeploymentRollbackRevisionNotFound", f"Unable to find {which}.")
    if found.metadata.name == new:
        same = "The rollback revision contains the same template as current deployment"
        text = f'{same} "{deployment.metadata.name}"'
        return Rollback(changed, "Warning", "DeploymentRollbackTemplateUnchanged", text)
    annotations = sets.annotations_for(changed, found.metadata.annotations)
    changed = replace(
        changed,
        metadata=replace(changed.metadata, annotations=annotations),
        spec=replace(changed.spec, template=sets.without_hash(found.spec.template)),
    )
    verdict = rules.ROLLED_BACK.holds(revision=wanted, set=found.metadata.name)
    text = f'Rolled back deployment "{deployment.metadata.name}" to revision {wanted}'
    return Rollback(changed, "Normal", "DeploymentRollback", text, verdict)
