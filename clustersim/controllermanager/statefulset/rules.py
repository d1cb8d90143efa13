"""Rules of the StatefulSet controller, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_STATEFUL: Final = "v1.7.5, v1.8.0 pkg/controller/statefulset/stateful_set_control.go updateStatefulSet"
_STATEFUL_NAME: Final = "statefulset-controller"

ORDINAL_MISSING: Final = Rule(
    "statefulset.missing",
    _STATEFUL_NAME,
    _STATEFUL,
    _("There is no pod {pod}, and nothing before it is in the way: it is created."),
)

ORDINAL_FAILED: Final = Rule(
    "statefulset.failed",
    _STATEFUL_NAME,
    _STATEFUL,
    _("Pod {pod} has failed: it is deleted, so that its name is free for the next one."),
)

ORDINAL_NOT_READY: Final = Rule(
    "statefulset.waits-for-ready",
    _STATEFUL_NAME,
    _STATEFUL,
    _("Pod {pod} is not running and ready: the set waits for it, and makes no second pod of that name."),
)

ORDINAL_NOT_AVAILABLE: Final = Rule(
    "statefulset.waits-for-availability",
    _STATEFUL_NAME,
    "v1.36 pkg/controller/statefulset/stateful_set_control.go processReplica",
    _("Pod {pod} is ready, but not for its minReadySeconds yet: the set waits for it."),
)

ORDINAL_LEAVING: Final = Rule(
    "statefulset.waits-for-deletion",
    _STATEFUL_NAME,
    _STATEFUL,
    _("Pod {pod} is being deleted: the set waits until it is gone, and makes no second pod of that name."),
)

CLAIM_STALE: Final = Rule(
    "statefulset.waits-for-claim",
    _STATEFUL_NAME,
    "v1.36 pkg/controller/statefulset/stateful_pod_control.go PodClaimIsStale",
    _("A claim of {pod} still belongs to the last pod of that name and is about to go: the set waits."),
)

CLAIM_MISSING: Final = Rule(
    "statefulset.claim-missing",
    _STATEFUL_NAME,
    "v1.36 pkg/controller/statefulset/stateful_set_control.go processReplica",
    _("Pod {pod} is pending, and a claim of it is missing: it is created."),
)

CLAIM_OWNERS: Final = Rule(
    "statefulset.claim-owners",
    _STATEFUL_NAME,
    "v1.36 pkg/controller/statefulset/stateful_set_utils.go isClaimOwnerUpToDate",
    _("persistentVolumeClaimRetentionPolicy says with whom the claims of {pod} go: their owners are set."),
)

ORDINAL_UNNAMED: Final = Rule(
    "statefulset.unnamed",
    _STATEFUL_NAME,
    "v1.36 pkg/controller/statefulset/stateful_set_utils.go identityMatches",
    _("The label of {pod} does not tell its name: it is written again."),
)

ORDINAL_SURPLUS: Final = Rule(
    "statefulset.surplus",
    _STATEFUL_NAME,
    _STATEFUL,
    _("{wanted:pod is|pods are} wanted: {pod}, the last one, is deleted."),
)

ORDINAL_OUTDATED: Final = Rule(
    "statefulset.outdated",
    _STATEFUL_NAME,
    _STATEFUL,
    _("Pod {pod} is of an old template, and those after it are new and ready: it is deleted."),
)
