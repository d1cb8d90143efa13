"""Rules of the deployment controller, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_WHERE: Final = "v1.7.5, v1.8.0 pkg/controller/deployment"
_COMPONENT: Final = "deployment-controller"

NEW_SET: Final = Rule(
    "deployment.new-replica-set",
    _COMPONENT,
    f"{_WHERE}/sync.go getNewReplicaSet",
    _("No ReplicaSet has the Deployment's template: {set} is created for it, with {count:pod|pods}."),
)

MAY_GROW: Final = Rule(
    "deployment.may-grow",
    _COMPONENT,
    f"{_WHERE}/rolling.go reconcileNewReplicaSet",
    _(
        "The ReplicaSets want {total:pod|pods} and may want {most} ({wanted} and {surge} more): {set} goes "
        "from {before} to {after}."
    ),
)

MAY_SHRINK: Final = Rule(
    "deployment.may-shrink",
    _COMPONENT,
    f"{_WHERE}/rolling.go scaleDownOldReplicaSetsForRollingUpdate",
    _("{available:pod is|pods are} available and only {least} must be: {set} goes from {before} to {after}."),
)

NOT_HEALTHY: Final = Rule(
    "deployment.not-healthy",
    _COMPONENT,
    f"{_WHERE}/rolling.go cleanupUnhealthyReplicas",
    _(
        "Old pods that are not available go first: {set}, which has {available:available pod|available pods},"
        " goes from {before} to {after}."
    ),
)

RESIZED: Final = Rule(
    "deployment.resized",
    _COMPONENT,
    f"{_WHERE}/sync.go scale",
    _("The Deployment wants {wanted:pod|pods} now: {set} goes from {before} to {after}."),
)

RECREATED: Final = Rule(
    "deployment.recreated",
    _COMPONENT,
    f"{_WHERE}/recreate.go",
    _("Recreate: every old pod goes before a new one comes: {set} goes from {before} to {after}."),
)

OLD_PODS: Final = Rule(
    "deployment.old-pods",
    _COMPONENT,
    f"{_WHERE}/recreate.go oldPodsRunning",
    _(
        "Recreate: {count:old pod is|old pods are} still there, those being deleted included: no new one is "
        "created."
    ),
)

HISTORY: Final = Rule(
    "deployment.history",
    _COMPONENT,
    f"{_WHERE}/sync.go cleanupDeployment",
    _(
        "At most {count:old ReplicaSet is|old ReplicaSets are} kept: {set}, the oldest without pods, is "
        "deleted."
    ),
)

ROLLED_BACK: Final = Rule(
    "deployment.rolled-back",
    _COMPONENT,
    f"{_WHERE}/rollback.go",
    _("The Deployment is to go back to revision {revision}: it gets the template of {set}."),
)

RULES: Final = (
    NEW_SET,
    MAY_GROW,
    MAY_SHRINK,
    NOT_HEALTHY,
    RESIZED,
    RECREATED,
    OLD_PODS,
    HISTORY,
    ROLLED_BACK,
)
