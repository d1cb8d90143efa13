"""What the API server does to objects of each kind when they are created and changed, beside filling in and
checking (pkg/registry/*/*/strategy.go)."""

from typing import Any, Final

from clustersim.api import apps, autoscaling, batch, networking, policy
from clustersim.api import core_v1 as v1
from clustersim.api.certificates import CertificateSigningRequest
from clustersim.api.coordination import Lease
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.endpointsubsets import V1_7, repacked
from clustersim.api.kept import Kept
from clustersim.api.meta import LEADER_ANNOTATION, ObjectMeta, replace
from clustersim.api.quality import qos_class
from clustersim.apiserver.generations import with_first_generation, with_next_generation
from clustersim.apiserver.label_keys import with_label_keys
from clustersim.apiserver.traits import TRAITS, ApiTraits
from clustersim.digits import is_whole

STATUS_IS_THEIRS: Final = (
    apps.DaemonSet,
    apps.Deployment,
    apps.ReplicaSet,
    apps.StatefulSet,
    batch.CronJob,
    batch.Job,
    networking.Ingress,
    networking.NetworkPolicy,
    policy.PodDisruptionBudget,
    v1.ReplicationController,
    CustomResourceDefinition,
    autoscaling.HorizontalPodAutoscaler,
    v1.PersistentVolume,
    v1.PersistentVolumeClaim,
    v1.ResourceQuota,
    v1.Service,
    CertificateSigningRequest,
)
"""Kinds that begin without a status, whatever the request says. A Node may bring its own."""

ADMIN: Final = "admin"
ADMIN_GROUPS: Final = ("system:masters", "system:authenticated")
"""Who people are to the API server."""

CONTROLLER_UID: Final = "controller-uid"
JOB_NAME: Final = "job-name"
BATCH_PREFIX: Final = "batch.kubernetes.io/"
TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"


SCHEDULING_GATED: Final = v1.PodCondition(
    type="PodScheduled",
    status="False",
    reason="SchedulingGated",
    message="Scheduling is blocked due to non-empty scheduling gates",
)
"""What a pod with gates begins with (pkg/registry/core/pod/strategy.go)."""


def prepare_create(obj: Any, release: str) -> Any:
    """The object as it begins: its first status, its first generation."""
    if isinstance(obj, v1.Event):
        return obj  # It has neither, and most of what is created is one.
    if isinstance(obj, v1.Pod):
        gated = (SCHEDULING_GATED,) if obj.spec.scheduling_gates else ()
        first = v1.PodStatus(
            phase="Pending", qos_class=qos_class(obj.spec, today=TRAITS[release].of_today), conditions=gated
        )
        obj = with_label_keys(obj) if TRAITS[release].of_today else obj
        return with_first_generation(replace(obj, status=first), release)
    if isinstance(obj, v1.Namespace):
        finalizers = obj.spec.finalizers or ("kubernetes",)
        spec = replace(obj.spec, finalizers=finalizers)
        return replace(obj, spec=spec, status=v1.NamespaceStatus(phase="Active"))
    if isinstance(obj, CertificateSigningRequest):
        obj = replace(obj, spec=replace(obj.spec, username=ADMIN, groups=ADMIN_GROUPS))
    status = getattr(obj, "status", None)
    if isinstance(obj, Kept):
        obj = replace(obj, status=None)
    if isinstance(obj, STATUS_IS_THEIRS) and status is not None:
        obj = replace(obj, status=type(status)())
    obj = with_first_generation(obj, release)
    if isinstance(obj, apps.DaemonSet):
        obj = _first_template(obj, TRAITS[release])
    if isinstance(obj, apps.StatefulSet):
        obj = _without_max_unavailable(obj)
    return obj


def _without_max_unavailable(found: apps.StatefulSet) -> apps.StatefulSet:
    """The gate MaxUnavailableStatefulSet is off in v1.36: the field is dropped without a word
    (pkg/registry/apps/statefulset/strategy.go dropStatefulSetDisabledFields)."""
    rolling = found.spec.update_strategy.rolling_update
    if rolling is None or rolling.max_unavailable is None:
        return found
    update = replace(found.spec.update_strategy, rolling_update=replace(rolling, max_unavailable=None))
    return replace(found, spec=replace(found.spec, update_strategy=update))


def _first_template(daemons: apps.DaemonSet, traits: ApiTraits) -> apps.DaemonSet:
    if traits.template_generation:
        return replace(daemons, spec=replace(daemons.spec, template_generation=1))
    metadata = daemons.metadata
    annotations = {**metadata.annotations, TEMPLATE_GENERATION: "1"}
    return replace(daemons, metadata=replace(metadata, annotations=annotations))


def identified(obj: Any, uid: str, release: str) -> Any:
    """What depends on the UID that the object has just been given."""
    if isinstance(obj, batch.Job) and not obj.spec.manual_selector:
        return _select_own_pods(obj, uid, TRAITS[release])
    return obj


def _select_own_pods(job: batch.Job, uid: str, traits: ApiTraits) -> batch.Job:
    """A Job finds its pods by its UID; what it brings itself stays, and is refused where it does not fit
    (pkg/registry/batch/job/strategy.go generateSelector)."""
    template = job.spec.template
    own = {CONTROLLER_UID: uid, JOB_NAME: job.metadata.name}
    chosen = {CONTROLLER_UID: uid}
    if traits.of_today:
        chosen = {f"{BATCH_PREFIX}{CONTROLLER_UID}": uid}
        own = {**chosen, f"{BATCH_PREFIX}{JOB_NAME}": job.metadata.name, **own}
    labels = {**own, **template.metadata.labels}
    template = replace(template, metadata=replace(template.metadata, labels=labels))
    selector = job.spec.selector
    selector = replace(selector, match_labels={**chosen, **selector.match_labels})
    return replace(
        job,
        metadata=replace(job.metadata, labels=job.metadata.labels or labels),
        spec=replace(job.spec, template=template, selector=selector),
    )


def prepare_update(old: Any, new: Any, release: str) -> Any:
    """Keep what the main resource may not change: the status; raise the generation where the spec changed."""
    if isinstance(new, v1.Endpoints):
        return new
    if hasattr(old, "status"):
        new = replace(new, status=old.status)
    if isinstance(new, v1.Namespace):
        return replace(new, spec=replace(new.spec, finalizers=old.spec.finalizers))
    if isinstance(new, apps.DaemonSet):
        new = _next_template(old, new)
    if isinstance(new, apps.StatefulSet):
        new = _without_max_unavailable(new)
    return with_next_generation(old, new, release)


def canonical(obj: Any, release: str) -> Any:
    """What is stored of something valid: servers of v1.7 and v1.8 pack the subsets of Endpoints anew
    (pkg/registry/core/endpoint/strategy.go)."""
    if not isinstance(obj, v1.Endpoints) or TRAITS[release].of_today:
        return obj
    packed = repacked(obj.subsets, V1_7)
    return obj if packed == obj.subsets else replace(obj, subsets=packed)


def _next_template(old: apps.DaemonSet, new: apps.DaemonSet) -> apps.DaemonSet:
    """The generation of a DaemonSet's template; v1.36 keeps it in an annotation."""
    changed = new.spec.template != old.spec.template
    annotated = old.metadata.annotations.get(TEMPLATE_GENERATION, "")
    if not is_whole(annotated):
        generation = old.spec.template_generation + changed
        return replace(new, spec=replace(new.spec, template_generation=generation))
    metadata = new.metadata
    annotations = {**metadata.annotations, TEMPLATE_GENERATION: str(int(annotated) + changed)}
    return replace(new, metadata=replace(metadata, annotations=annotations))


def status_metadata(old: Any, new: Any) -> ObjectMeta:
    """The metadata of a change of the status that a client sends: labels and annotations are taken with it,
    but by kinds whose strategy leaves all as it was (ResetObjectMetaForStatus);
    of Deployments not the labels."""
    given: ObjectMeta = new.metadata
    kept: ObjectMeta = replace(
        old.metadata, managed_fields=given.managed_fields or old.metadata.managed_fields
    )
    if isinstance(old, Kept):
        return kept
    labels = kept.labels if isinstance(old, apps.Deployment) else given.labels
    changed: ObjectMeta = replace(
        kept, labels=labels, annotations=given.annotations, finalizers=given.finalizers
    )
    return changed


def prepare_status_update(old: Any, new: Any, release: str) -> Any:
    """The new status on the old object; of Deployments also the annotations, where the revision stands. Of
    pods today's server keeps the class of service where nothing is said of it."""
    if isinstance(new, apps.Deployment):
        old = replace(old, metadata=replace(old.metadata, annotations=new.metadata.annotations))
    if isinstance(new, v1.Pod) and not new.status.qos_class and TRAITS[release].of_today:
        return replace(old, status=replace(new.status, qos_class=old.status.qos_class))
    return replace(old, status=new.status)


def only_time_changed(old: Any, new: Any) -> bool:
    """A node status that changed nothing but its heartbeat, a lock or a node's Lease that was merely renewed:
    routine, not a transition."""
    if isinstance(new, v1.Endpoints) and isinstance(old, v1.Endpoints):
        return (
            new.subsets == old.subsets
            and set(new.metadata.annotations) == set(old.metadata.annotations) == {LEADER_ANNOTATION}
            and (_holder(new) == _holder(old))
        )
    if isinstance(new, v1.Node) and isinstance(old, v1.Node):
        before, after = old.status, new.status
        if len(before.conditions) != len(after.conditions) or new.spec is not old.spec:
            return False
        for one, other in zip(before.conditions, after.conditions, strict=True):
            if one.status != other.status or one.reason != other.reason or one.message != other.message:
                return False
        return _beside_conditions(before) == _beside_conditions(after)
    if isinstance(new, Lease) and isinstance(old, Lease):
        return replace(old.spec, renew_time="") == replace(new.spec, renew_time="")
    return False


def _beside_conditions(status: v1.NodeStatus) -> tuple[object, ...]:
    return status.node_info, status.capacity, status.volumes_attached, status.volumes_in_use


def is_renewal(old: Any, new: Any) -> bool:
    """Of what is routine: nobody who looks away from heartbeats would miss anything. A node's images are in
    its status, too."""
    return not isinstance(new, v1.Node) or _beside_heartbeat(old) == _beside_heartbeat(new)


def _beside_heartbeat(node: v1.Node) -> tuple[object, ...]:
    metadata, status = node.metadata, node.status
    return metadata.labels, metadata.annotations, status.images, status.allocatable


def _holder(endpoints: v1.Endpoints) -> str:
    record = endpoints.metadata.annotations[LEADER_ANNOTATION]
    return record.partition('"holderIdentity":"')[2].partition('"')[0]
