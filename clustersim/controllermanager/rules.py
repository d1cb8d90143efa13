"""Rules of the controllers that look after workloads and old pods, as they fire and explain."""

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

_DAEMON: Final = "v1.7.5 pkg/controller/daemon/daemoncontroller.go manage; v1.8.0 daemon_controller.go"
_DAEMON_NAME: Final = "daemonset-controller"

DAEMON_MISSING: Final = Rule(
    "daemonset.missing",
    _DAEMON_NAME,
    _DAEMON,
    _("Node {node} has no pod of the set: one is created there, whether the node is ready or not."),
)

DAEMON_UNWANTED: Final = Rule(
    "daemonset.unwanted",
    _DAEMON_NAME,
    _DAEMON,
    _("Node {node} is not one of the set's any more: its pod is deleted."),
)

DAEMON_FAILED: Final = Rule(
    "daemonset.failed",
    _DAEMON_NAME,
    _DAEMON,
    _("Pod {pod} on {node} has failed: it is deleted, and another one will be made."),
)

DAEMON_TOO_MANY: Final = Rule(
    "daemonset.too-many",
    _DAEMON_NAME,
    _DAEMON,
    _("Node {node} has more than one pod of the set: {pod}, which is not the oldest, is deleted."),
)

DAEMON_OUTDATED: Final = Rule(
    "daemonset.outdated",
    _DAEMON_NAME,
    "v1.7.5, v1.8.0 pkg/controller/daemon/update.go rollingUpdate",
    _(
        "Pod {pod} is of an old template, and the set may have {most:unavailable pod|unavailable pods}: "
        "it is deleted."
    ),
)

_TODAYS_DAEMON: Final = "v1.36 pkg/controller/daemon"

DAEMON_SUCCEEDED: Final = Rule(
    "daemonset.succeeded",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/daemon_controller.go podsShouldBeOnNode",
    _("Pod {pod} on {node} has ended well, which a daemon should not: it is deleted, and another one comes."),
)

DAEMON_BACKOFF: Final = Rule(
    "daemonset.back-off",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/daemon_controller.go podsShouldBeOnNode",
    _("Pod {pod} on {node} has failed, as others before it: it is left for {wait} before it is replaced."),
)

DAEMON_SURGE: Final = Rule(
    "daemonset.surge",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/update.go rollingUpdate",
    _(
        "The pod on {node} is of an old template, and the set may have {most:pod|pods} too many: the new one "
        "is created before the old one goes."
    ),
)

DAEMON_SURGED: Final = Rule(
    "daemonset.surged",
    _DAEMON_NAME,
    f"{_TODAYS_DAEMON}/update.go rollingUpdate",
    _("Pod {pod} is of an old template, and its node has an available new one: it is deleted."),
)

_JOB: Final = "v1.7.5, v1.8.0 pkg/controller/job"
_JOB_NAME: Final = "job-controller"

JOB_TOO_FEW: Final = Rule(
    "job.too-few",
    _JOB_NAME,
    f"{_JOB} manageJob",
    _(
        "{active:pod is|pods are} active and {wanted} wanted ({succeeded:has|have} succeeded): "
        "{difference:is|are} created."
    ),
)

JOB_TOO_MANY: Final = Rule(
    "job.too-many",
    _JOB_NAME,
    f"{_JOB} manageJob",
    _(
        "{active:pod is|pods are} active and {wanted} wanted ({succeeded:has|have} succeeded): "
        "{difference:is|are} deleted."
    ),
)

JOB_COMPLETE: Final = Rule(
    "job.complete",
    _JOB_NAME,
    f"{_JOB} syncJob",
    _("{succeeded:pod has|pods have} succeeded: the Job is complete."),
)

JOB_FAILED: Final = Rule(
    "job.failed",
    _JOB_NAME,
    f"{_JOB} syncJob",
    _("The Job has failed ({reason}): its active pods are deleted."),
)

_TODAYS_JOB: Final = "v1.36 pkg/controller/job/job_controller.go"

JOB_BACKOFF: Final = Rule(
    "job.back-off",
    _JOB_NAME,
    f"{_TODAYS_JOB} manageJob; backoff_utils.go",
    _(
        "{failed:pod has|pods have} failed since the last success, and the pause after that, counted from "
        "when the last one ended, is not over: {wait} more until the next pod is created."
    ),
)

JOB_FAILURE_TARGET: Final = Rule(
    "job.failure-target",
    _JOB_NAME,
    f"{_TODAYS_JOB} syncJob",
    _(
        "The Job is to fail ({reason}; {failed:pod has|pods have} failed): active pods are deleted, and when "
        "every pod is counted it is marked Failed."
    ),
)

JOB_SUCCESS_CRITERIA: Final = Rule(
    "job.success-criteria-met",
    _JOB_NAME,
    f"{_TODAYS_JOB} syncJob",
    _(
        "Enough has succeeded ({succeeded:pod|pods}; {reason}): when every pod is counted and none is left, "
        "the Job is marked Complete."
    ),
)

_CRON: Final = "cronjob-controller"
_CRON_SOURCE: Final = "v1.8.0, v1.36 pkg/controller/cronjob"

CRON_DUE: Final = Rule(
    "cronjob.due",
    _CRON,
    f"{_CRON_SOURCE} syncCronJob",
    _("By its schedule ({schedule}) CronJob {name} was to start a Job at {start}: one is created."),
)

CRON_FORBIDDEN: Final = Rule(
    "cronjob.forbidden",
    _CRON,
    f"{_CRON_SOURCE} syncCronJob",
    _("A Job of {name} still runs, and the concurrency policy is Forbid: no other one is created."),
)

CRON_HISTORY: Final = Rule(
    "cronjob.history",
    _CRON,
    f"{_CRON_SOURCE} cleanupFinishedJobs",
    _("At most {count:ended Job of that kind is|ended Jobs of that kind are} kept: {job} is deleted."),
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

CLAIM_FITS: Final = Rule(
    "persistentvolume.fits",
    "persistentvolume-controller",
    "v1.7.5, v1.8.0, v1.36 pkg/controller/volume/persistentvolume/index.go findMatchingVolume",
    _("Volume {volume} is the smallest that serves claim {claim}: they are bound to each other."),
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

WORKLOAD_RULES: Final = (
    ORDINAL_MISSING,
    ORDINAL_FAILED,
    ORDINAL_NOT_READY,
    ORDINAL_NOT_AVAILABLE,
    ORDINAL_LEAVING,
    ORDINAL_SURPLUS,
    ORDINAL_OUTDATED,
    DAEMON_MISSING,
    DAEMON_UNWANTED,
    DAEMON_FAILED,
    DAEMON_TOO_MANY,
    DAEMON_OUTDATED,
    DAEMON_SUCCEEDED,
    DAEMON_BACKOFF,
    DAEMON_SURGE,
    DAEMON_SURGED,
    JOB_TOO_FEW,
    JOB_TOO_MANY,
    JOB_COMPLETE,
    JOB_FAILED,
    JOB_BACKOFF,
    JOB_FAILURE_TARGET,
    JOB_SUCCESS_CRITERIA,
    CRON_DUE,
    CRON_FORBIDDEN,
    CRON_HISTORY,
    OWNER_GONE,
    OWNER_LEFT,
    OWNER_LEAVING,
    DEPENDENTS_GONE,
    ORPHANED,
    NAMESPACE_CONTENT,
    NAMESPACE_NOT_EMPTY,
    NAMESPACE_EMPTY,
    DISRUPTIONS_ALLOWED,
    TTL_OVER,
    CLAIM_FITS,
)

RULES: Final = (
    TOO_FEW,
    TOO_MANY,
    SET_TOO_FEW,
    SET_TOO_MANY,
    *WORKLOAD_RULES,
    GC_THRESHOLD,
    GC_ORPHANED,
    GC_UNSCHEDULED,
)
