"""Rules of the controllers that have no package of their own, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_REPLICATION: Final = "v1.7.5, v1.8.0 pkg/controller/replication/replication_controller.go"
_GC: Final = "v1.7.5, v1.8.0 pkg/controller/podgc/gc_controller.go"

TOO_FEW: Final = Rule(
    "replication-controller.too-few",
    "replication-controller",
    f"{_REPLICATION} manageReplicas",
    _(
        "{active} of {wanted:pod is|pods are} active (neither ended nor being deleted): "
        "{difference:is|are} created."
    ),
)

TOO_MANY: Final = Rule(
    "replication-controller.too-many",
    "replication-controller",
    f"{_REPLICATION} manageReplicas; pkg/controller/controller_utils.go ActivePods",
    _(
        "{active:pod is|pods are} active and {wanted} wanted: {difference:is|are} deleted, "
        "beginning with those not ready."
    ),
)

_SETS: Final = "v1.7.5, v1.8.0 pkg/controller/replicaset/replica_set.go"
SET_TOO_FEW: Final = Rule(
    "replicaset-controller.too-few",
    "replicaset-controller",
    f"{_SETS} manageReplicas",
    TOO_FEW.text,
)
SET_TOO_MANY: Final = Rule(
    "replicaset-controller.too-many",
    "replicaset-controller",
    f"{_SETS} manageReplicas; pkg/controller/controller_utils.go ActivePods",
    TOO_MANY.text,
)

GC_THRESHOLD: Final = Rule(
    "pod-gc.terminated",
    "pod-gc",
    f"{_GC} gcTerminated",
    _(
        "{terminated:pod has|pods have} ended and {threshold} may stay; those beyond that, the oldest, "
        "are deleted: {surplus}."
    ),
    flags=("controller-manager.terminated-pod-gc-threshold",),
)

GC_ORPHANED: Final = Rule(
    "pod-gc.orphaned",
    "pod-gc",
    f"{_GC} gcOrphaned",
    _("Pod {pod} is bound to {node}, and there is no such Node object any more: it is deleted by force."),
)

GC_UNSCHEDULED: Final = Rule(
    "pod-gc.unscheduled-terminating",
    "pod-gc",
    f"{_GC} gcUnscheduledTerminating",
    _("Pod {pod} is being deleted and was never bound to a node: it is deleted by force."),
)

OWNER_GONE: Final = Rule(
    "garbage-collector.owner-gone",
    "garbage-collector",
    "v1.7.5, v1.8.0 pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem",
    _("{object} has no owner left ({owner} is gone): it is deleted."),
)

_COLLECTOR: Final = "garbage-collector"
_COLLECTOR_SOURCE: Final = "v1.7.5, v1.8.0, v1.36 pkg/controller/garbagecollector/garbagecollector.go"

OWNER_LEFT: Final = Rule(
    "garbage-collector.owner-left",
    _COLLECTOR,
    f"{_COLLECTOR_SOURCE} attemptToDeleteItem",
    _("{object} has another owner left: only the reference to {owner} is removed."),
)

OWNER_LEAVING: Final = Rule(
    "garbage-collector.owner-leaving",
    _COLLECTOR,
    f"{_COLLECTOR_SOURCE} attemptToDeleteItem",
    _("{owner} is being deleted in the foreground and waits for {object}: that is deleted."),
)

DEPENDENTS_GONE: Final = Rule(
    "garbage-collector.dependents-gone",
    _COLLECTOR,
    f"{_COLLECTOR_SOURCE} processDeletingDependentsItem",
    _("Nothing that {object} owns holds its deletion up any more: its finalizer is removed, and it goes."),
)

ORPHANED: Final = Rule(
    "garbage-collector.orphaned",
    _COLLECTOR,
    f"{_COLLECTOR_SOURCE} attemptToOrphanWorker",
    _(
        "{object} is deleted without what it owns: "
        "{count:object loses its owner|objects lose their owner} first."
    ),
)

_NAMESPACES: Final = "namespace-controller"
_NAMESPACES_SOURCE: Final = (
    "v1.7.5, v1.8.0, v1.36 pkg/controller/namespace/deletion/namespaced_resources_deleter.go"
)

NAMESPACE_CONTENT: Final = Rule(
    "namespace.content",
    _NAMESPACES,
    f"{_NAMESPACES_SOURCE} deleteAllContent",
    _("Namespace {namespace} is being deleted: so {count:object|objects} in it must go first."),
)

NAMESPACE_NOT_EMPTY: Final = Rule(
    "namespace.not-empty",
    _NAMESPACES,
    f"{_NAMESPACES_SOURCE} deleteAllContent",
    _(
        "Namespace {namespace} stays Terminating: {count:object is|objects are} still there, {object} for "
        "one."
    ),
)

NAMESPACE_EMPTY: Final = Rule(
    "namespace.empty",
    _NAMESPACES,
    f"{_NAMESPACES_SOURCE} finalizeNamespace",
    _("Namespace {namespace} is empty: its finalizer is removed, and it goes."),
)

TTL_OVER: Final = Rule(
    "ttl-after-finished.over",
    "ttl-after-finished-controller",
    "v1.36 pkg/controller/ttlafterfinished/ttlafterfinished_controller.go processTTL",
    _("Job {job} is deleted {ttl} after it has ended, with its pods before it."),
)

CLAIM_GETS_VOLUME: Final = Rule(
    "persistentvolume.provisioned",
    "persistentvolume-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/pv_controller.go provisionClaim",
    _("No volume serves claim {claim}, and its class makes directories of nodes: {volume} is made for it."),
)
CLAIM_FITS: Final = Rule(
    "persistentvolume.fits",
    "persistentvolume-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/index.go findMatchingVolume",
    _("Volume {volume} is the smallest that serves claim {claim}: they are bound to each other."),
)

RELEASED: Final = Rule(
    "persistentvolume.released",
    "persistentvolume-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/pv_controller.go reclaimVolume",
    _("The claim of volume {volume} is gone, and the volume is to {policy} then."),
)

ATTACHED_ELSEWHERE: Final = Rule(
    "attachdetach.attached-elsewhere",
    "attachdetach-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/attachdetach/reconciler/reconciler.go",
    _("Volume {volume} is wanted on {node}, is still attached to {elsewhere}, and may have one node only."),
)

ATTACHED: Final = Rule(
    "attachdetach.wanted",
    "attachdetach-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/attachdetach/reconciler/reconciler.go",
    _("A pod on {node} wants volume {volume}: it is attached to the node."),
)

DETACHED: Final = Rule(
    "attachdetach.wanted-no-more",
    "attachdetach-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/attachdetach/reconciler/reconciler.go",
    _("No pod on {node} wants volume {volume} any more, and the node does not use it: it is detached."),
)

DETACHED_BY_FORCE: Final = Rule(
    "attachdetach.unmount-waited-for",
    "attachdetach-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/attachdetach/reconciler/reconciler.go "
    "maxWaitForUnmountDuration",
    _("Nobody on {node} wants volume {volume}, which the node has not let go for 6 minutes: it is detached."),
)

USED_NO_MORE: Final = Rule(
    "volumeprotection.used-no-more",
    "persistentvolumeclaim-protection-controller",
    "v1.36 pkg/controller/volume/pvcprotection/pvc_protection_controller.go",
    _("{name} is to be deleted and nobody uses it: its finalizer goes."),
)

CLAIM_OF_POD: Final = Rule(
    "resourceclaim.of-pod",
    "resourceclaim-controller",
    "v1.36 pkg/controller/resourceclaim/controller.go handleClaim",
    _("{pod} is to have a claim of its own, made from the template {template}."),
)

CLAIM_OF_VOLUME: Final = Rule(
    "ephemeral-volume.claim",
    "ephemeral-volume-controller",
    "v1.36 pkg/controller/volume/ephemeral/controller.go handleVolume",
    _("Volume {volume} of {pod} goes with its pod: claim {claim} is made for it."),
)

DISRUPTION_STALE: Final = Rule(
    "disruption.stale",
    "disruption-controller",
    "v1.36 pkg/controller/disruption/disruption.go syncStalePodDisruption",
    _("{pod} was to be disrupted, and is not being deleted two minutes later: it stays."),
)

DISRUPTIONS_ALLOWED: Final = Rule(
    "disruption.allowed",
    "disruption-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/disruption/disruption.go updatePdbStatus",
    _(
        "Of the pods of budget {budget} {healthy:is|are} healthy and {desired} must be: "
        "{allowed:eviction is|evictions are} allowed now."
    ),
)
