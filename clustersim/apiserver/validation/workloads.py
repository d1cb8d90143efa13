"""Validation of the workloads that keep pods running, and of what they share."""

from typing import Any, Final

import msgspec

from clustersim.api.apps import (
    NO_SELECTOR,
    DaemonSet,
    Deployment,
    DeploymentStrategy,
    ReplicaSet,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
)
from clustersim.api.core.controller import ReplicationController
from clustersim.api.core.pod import PodTemplateSpec
from clustersim.api.core.volumes import EmptyDirVolumeSource, Volume
from clustersim.api.int_or_percent import is_percent, percent
from clustersim.api.meta import LabelSelector
from clustersim.api.selectors import selects
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.errors import IMMUTABLE, FieldErrors, int_or_string
from clustersim.apiserver.validation.meta import check_label_selector, check_labels
from clustersim.apiserver.validation.pods import check_template, check_template_metadata
from clustersim.apiserver.validation.volumes import check_claim_spec

_MISMATCH: Final = "`selector` does not match template `labels`"


def check_replication_controller(errors: FieldErrors, controller: ReplicationController) -> None:
    """Its selector is a map."""
    spec = controller.spec
    errors.not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    check_labels(errors, "spec.selector", spec.selector)
    if not spec.selector:
        errors.required("spec.selector")
    errors.not_negative("spec.replicas", spec.replicas)
    if spec.template == PodTemplateSpec():
        errors.required("spec.template")
        return
    labels = spec.template.metadata.labels
    if spec.selector and not spec.selector.items() <= labels.items():
        errors.invalid("spec.template.metadata.labels", labels, _MISMATCH)
    check_template(errors, "spec.template", spec.template)
    _check_shared_disks(errors, spec.template, spec.replicas or 0)
    check_restart_policy(errors, spec.template, "ReplicationController")


def check_restart_policy(errors: FieldErrors, template: PodTemplateSpec, kind: str = "ReplicaSet") -> None:
    """Pods that are to run for ever restart always, and have no deadline. kind: whose pods they are said to
    be."""
    policy = template.spec.restart_policy
    if policy != "Always":
        errors.unsupported("spec.template.spec.restartPolicy", policy, ("Always",))
    deadline, field = template.spec.active_deadline_seconds, "spec.template.spec.activeDeadlineSeconds"
    if deadline is None:
        return
    if errors.modern:
        errors.forbidden(field, f"activeDeadlineSeconds in {kind} is not Supported")
    else:
        field = "spec.spec.activeDeadlineSeconds" if kind == "StatefulSet" else field
        errors.invalid(field, deadline, "must not be specified")


def check_selector(
    errors: FieldErrors, selector: LabelSelector, template: PodTemplateSpec, kind: str
) -> None:
    """It selects something, and it selects the pods that the template makes."""
    labels, daemons = template.metadata.labels, kind == "daemonset"
    if selector is NO_SELECTOR:
        if not daemons:
            errors.required("spec.selector")
        errors.invalid("spec.template.metadata.labels", labels, _MISMATCH)
    elif selector == NO_SELECTOR:
        wrong = "is invalid for {}" if errors.modern else "is not valid for {}."
        errors.invalid("spec.selector", selector, f"empty selector {wrong.format(kind)}")
    elif check_label_selector(errors, "spec.selector", selector):
        if not selects(selector, labels):
            errors.invalid("spec.template.metadata.labels", labels, _MISMATCH)
    elif not daemons:
        why = f"invalid label selector{'' if errors.modern else '.'}"
        errors.invalid("spec.selector", selector, "" if kind == "statefulset" else why)


def _check_shared_disks(errors: FieldErrors, template: PodTemplateSpec, replicas: int | None) -> None:
    """v1.7 and v1.8: a disk of GCE is at several pods only if none of them writes
    (ValidateReadOnlyPersistentDisks)."""
    if errors.modern or (replicas is not None and replicas <= 1):
        return
    for index, volume in enumerate(template.spec.volumes):
        if volume.gce_persistent_disk is not None and not volume.gce_persistent_disk.read_only:
            why = (
                "must be true for replicated pods > 1; GCE PD can only be mounted on multiple machines if it "
                "is read-only"
            )
            errors.invalid(f"spec.template.spec.volumes[{index}].gcePersistentDisk.readOnly", False, why)


def check_replica_set(errors: FieldErrors, replica_set: ReplicaSet) -> None:
    """How many of which."""
    spec = replica_set.spec
    errors.not_negative("spec.replicas", spec.replicas)
    errors.not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    check_selector(errors, spec.selector, spec.template, "deployment")
    check_template(errors, "spec.template", spec.template)
    _check_shared_disks(errors, spec.template, spec.replicas or 0)
    check_restart_policy(errors, spec.template)


def check_deployment(errors: FieldErrors, deployment: Deployment) -> None:
    """How many of which, and how a change is rolled out."""
    spec = deployment.spec
    errors.not_negative("spec.replicas", spec.replicas)
    check_selector(errors, spec.selector, spec.template, "deployment")
    check_template(errors, "spec.template", spec.template)
    _check_shared_disks(errors, spec.template, spec.replicas or 0)
    check_restart_policy(errors, spec.template)
    _check_strategy(errors, "spec.strategy", spec.strategy)
    errors.not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    errors.not_negative("spec.revisionHistoryLimit", spec.revision_history_limit)
    if spec.rollback_to is not None:
        errors.not_negative("spec.rollback.revision", spec.rollback_to.revision)
    deadline = spec.progress_deadline_seconds
    if deadline is not None:
        errors.not_negative("spec.progressDeadlineSeconds", deadline)
        if deadline <= spec.min_ready_seconds:
            why = f"must be greater than minReadySeconds{'' if errors.modern else '.'}"
            errors.invalid("spec.progressDeadlineSeconds", deadline, why)


def _check_strategy(errors: FieldErrors, field: str, strategy: DeploymentStrategy) -> None:
    rolling = strategy.rolling_update
    if strategy.type == "Recreate":
        if rolling is not None:
            errors.forbidden(
                f"{field}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"
            )
    elif strategy.type != "RollingUpdate":
        errors.unsupported(field, strategy, ("Recreate", "RollingUpdate"))
    elif rolling is None:
        errors.required(f"{field}.rollingUpdate", "this should be defaulted and never be nil")
    else:
        _check_rolling(errors, f"{field}.rollingUpdate", rolling)


def _check_rolling(errors: FieldErrors, field: str, rolling: RollingUpdateDeployment) -> None:
    unavailable, surge = rolling.max_unavailable, rolling.max_surge
    for name, value in (("maxUnavailable", unavailable), ("maxSurge", surge)):
        check_int_or_percent(errors, f"{field}.{name}", value)
    if _is_zero(unavailable) and _is_zero(surge):
        shown = int_or_string(errors, unavailable if unavailable is not None else 0)
        errors.invalid(f"{field}.maxUnavailable", shown, "may not be 0 when `maxSurge` is 0")
    at_most_all(errors, f"{field}.maxUnavailable", unavailable)


def _is_zero(value: int | str | None) -> bool:
    return value == 0 or value == "0%"


def check_int_or_percent(errors: FieldErrors, field: str, value: int | str | None) -> None:
    """A number that is not negative, or a percentage."""
    if isinstance(value, str):
        errors.each(field, int_or_string(errors, value), names.percentage(value))
    else:
        errors.not_negative(field, value)


def at_most_all(errors: FieldErrors, field: str, value: int | str | None) -> None:
    """No more than 100 %."""
    if isinstance(value, str) and is_percent(value) and (percent(value) or 0) > 100:
        errors.invalid(field, int_or_string(errors, value), "must not be greater than 100%")


def check_stateful_set(errors: FieldErrors, stateful: StatefulSet) -> None:
    """Pods with names that stay. v1.7 and v1.8 look at what surrounds the spec of the pods: what is wrong
    with it is found when the first pod is made (ValidatePodTemplateSpecForStatefulSet)."""
    spec = stateful.spec
    if spec.pod_management_policy not in ("OrderedReady", "Parallel"):
        if not spec.pod_management_policy:
            errors.required("spec.podManagementPolicy")
        else:
            errors.invalid(
                "spec.podManagementPolicy", spec.pod_management_policy, "must be 'OrderedReady' or 'Parallel'"
            )
    update = spec.update_strategy
    if not update.type:
        errors.required("spec.updateStrategy")
    elif update.type not in ("RollingUpdate", "OnDelete"):
        errors.invalid("spec.updateStrategy", update, "must be 'RollingUpdate' or 'OnDelete'")
    elif update.type == "OnDelete" and update.rolling_update is not None:
        errors.invalid(
            "spec.updateStrategy.rollingUpdate",
            update.rolling_update,
            "only allowed for updateStrategy 'RollingUpdate'",
        )
    elif update.rolling_update is not None:
        _check_rolling_set(errors, "spec.updateStrategy.rollingUpdate", update.rolling_update)
    _check_retention(errors, stateful)
    errors.not_negative("spec.replicas", spec.replicas)
    errors.not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    if spec.ordinals is not None:
        errors.not_negative("spec.ordinals.start", spec.ordinals.start)
    check_selector(errors, spec.selector, spec.template, "statefulset")
    if errors.modern:
        check_template(errors, "spec.template", _with_claims(stateful))
    else:
        check_template_metadata(errors, "spec.template", spec.template)
    check_restart_policy(errors, spec.template, "StatefulSet")


def _check_rolling_set(errors: FieldErrors, field: str, rolling: RollingUpdateStatefulSetStrategy) -> None:
    """From which pod on, and how many at once (gate MaxUnavailableStatefulSet)."""
    errors.not_negative(f"{field}.partition", rolling.partition)
    most = getattr(rolling, "max_unavailable", None)
    if errors.modern and most is not None:
        check_int_or_percent(errors, f"{field}.maxUnavailable", most)
        if _is_zero(most):
            errors.invalid(f"{field}.maxUnavailable", most, "cannot be 0")
        at_most_all(errors, f"{field}.maxUnavailable", most)


def _check_retention(errors: FieldErrors, stateful: StatefulSet) -> None:
    """What becomes of claims."""
    policy = stateful.spec.persistent_volume_claim_retention_policy
    if policy is None:
        return
    field = "spec.persistentVolumeClaimRetentionPolicy"
    for name, value in (("whenDeleted", policy.when_deleted), ("whenScaled", policy.when_scaled)):
        if value not in _RETENTION:
            errors.unsupported(f"{field}.{name}", value, _RETENTION)


_RETENTION: Final = ("Retain", "Delete")
"""In the order in which a message names them."""


def check_new_stateful_set(errors: FieldErrors, stateful: StatefulSet) -> None:
    """One that is made names a Service and claims that there can be (v1.36)."""
    check_stateful_set(errors, stateful)
    if errors.modern:
        for index, claim in enumerate(stateful.spec.volume_claim_templates):
            check_claim_spec(errors, f"spec.volumeClaimTemplates[{index}].spec", claim.spec)
    service = stateful.spec.service_name
    if errors.modern and service:
        errors.each("spec.serviceName", service, names.dns_label(service, errors.release))


def _with_claims(stateful: StatefulSet) -> PodTemplateSpec:
    """The template with a volume for every claim: what its containers may mount."""
    template, claims = stateful.spec.template, stateful.spec.volume_claim_templates
    if not claims:
        return template
    taken = {claim.metadata.name for claim in claims}
    volumes = tuple(volume for volume in template.spec.volumes if volume.name not in taken)
    made = tuple(_claimed(claim.metadata.name) for claim in claims if claim.metadata.name)
    return msgspec.structs.replace(
        template, spec=msgspec.structs.replace(template.spec, volumes=volumes + made)
    )


def _claimed(name: str) -> Any:
    return Volume(name=name, empty_dir=EmptyDirVolumeSource())


def check_daemon_set(errors: FieldErrors, daemons: DaemonSet) -> None:
    """One pod on every node."""
    spec = daemons.spec
    check_selector(errors, spec.selector, spec.template, "daemonset")
    check_template(errors, "spec.template", spec.template)
    _check_shared_disks(errors, spec.template, None)
    check_restart_policy(errors, spec.template, "DaemonSet")
    errors.not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    errors.not_negative("spec.templateGeneration", spec.template_generation)
    errors.not_negative("spec.revisionHistoryLimit", spec.revision_history_limit)
    update = spec.update_strategy
    if update.type not in ("RollingUpdate", "OnDelete"):
        errors.unsupported("spec.updateStrategy", update, ("RollingUpdate", "OnDelete"))
    elif update.type == "RollingUpdate":
        field = "spec.updateStrategy.rollingUpdate"
        if update.rolling_update is None:
            errors.required(field)
            return
        _check_rolling_daemons(errors, field, update.rolling_update)


def _check_rolling_daemons(errors: FieldErrors, field: str, rolling: RollingUpdateDaemonSet) -> None:
    """Today a new pod comes before or after the old one goes, not both (ValidateRollingUpdateDaemonSet)."""
    value, surge = rolling.max_unavailable, rolling.max_surge
    none = surge is None or _is_zero(surge)
    check_int_or_percent(errors, f"{field}.maxUnavailable", value)
    check_int_or_percent(errors, f"{field}.maxSurge", surge)
    if _is_zero(value) and none:
        if errors.modern:
            errors.required(f"{field}.maxUnavailable", "cannot be 0 when maxSurge is 0")
        else:
            shown = int_or_string(errors, value if value is not None else 0)
            errors.invalid(f"{field}.maxUnavailable", shown, "cannot be 0")
    at_most_all(errors, f"{field}.maxUnavailable", value)
    if errors.modern and surge is not None:
        at_most_all(errors, f"{field}.maxSurge", surge)
        if not _is_zero(value) and not none:
            why = "may not be set when maxUnavailable is non-zero"
            errors.invalid(f"{field}.maxSurge", int_or_string(errors, surge), why)


def check_selector_kept(errors: FieldErrors, old: Any, new: Any) -> None:
    """The selectors of apps/v1 and apps/v1beta2 stay as they were made."""
    if old.spec.selector != new.spec.selector:
        given = None if new.spec.selector is NO_SELECTOR else new.spec.selector
        errors.invalid("spec.selector", given, IMMUTABLE)


_STATEFUL_KEPT: Final = {
    "v1.7": "updates to statefulset spec for fields other than 'replicas', 'template', and "
    "'updateStrategy' are forbidden.",
    "v1.8": "updates to statefulset spec for fields other than 'replicas', 'template', and "
    "'updateStrategy' are forbidden.",
    "v1.36": "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
    "'minReadySeconds' are forbidden",
}


def check_stateful_set_update(errors: FieldErrors, old: StatefulSet, new: StatefulSet) -> None:
    """Few fields of a StatefulSet may change."""
    before, after = old.spec, new.spec
    free: dict[str, Any] = {
        "replicas": after.replicas,
        "template": after.template,
        "update_strategy": after.update_strategy,
    }
    if errors.modern:
        free |= {
            "ordinals": after.ordinals,
            "revision_history_limit": after.revision_history_limit,
            "min_ready_seconds": after.min_ready_seconds,
            "persistent_volume_claim_retention_policy": after.persistent_volume_claim_retention_policy,
        }
    if msgspec.structs.replace(before, **free) != after:
        errors.forbidden("spec", _STATEFUL_KEPT[errors.release])
