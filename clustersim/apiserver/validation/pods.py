"""Validation of pods and of the templates that pods are made from."""

from typing import Any, Final

import msgspec

from clustersim.api.core.container import ContainerPort, ResourceRequirements
from clustersim.api.core.pod import Pod, PodSpec, PodTemplate, PodTemplateSpec
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.containers import check_containers
from clustersim.apiserver.validation.devices import check_claims_of_pod
from clustersim.apiserver.validation.ephemeral import check_ephemeral_containers
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.gates import as_before, check_gates
from clustersim.apiserver.validation.go_fields import go_diff, go_difference_of_old
from clustersim.apiserver.validation.meta import check_annotations, check_labels
from clustersim.apiserver.validation.name_service import check_names
from clustersim.apiserver.validation.placement import check_affinity, check_spreading, check_tolerations
from clustersim.apiserver.validation.pod_annotations import check_pod_annotations, check_profiles_match
from clustersim.apiserver.validation.references import check_files_of_variables
from clustersim.apiserver.validation.requirements import check_requirements, check_whole_pod
from clustersim.apiserver.validation.security import check_rights_of_pod, check_system, check_users_of_host
from clustersim.apiserver.validation.volumes import check_made_claims, check_volumes
from clustersim.apiserver.validation.windows import check_host_processes

PREEMPTION_POLICIES: Final = ("PreemptLowerPriority", "Never")
RESTART_POLICIES: Final = ("Always", "OnFailure", "Never")
DNS_POLICIES: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default")
MAX_INT32: Final = 2**31 - 1


def check_pod_spec(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Everything of a pod's specification that can be wrong by itself."""
    whole = (errors.release, id(spec), field == "spec")
    if whole in _KNOWN:
        return  # Pods that are made together share even that.
    before = len(errors.causes)
    _check_whole(errors, field, spec)
    if len(errors.causes) == before:
        _remember(whole, spec)


def _check_whole(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    release = errors.release
    known = _identity(spec, release, alone=field == "spec")
    if known not in _KNOWN:
        before = len(errors.causes)
        _check_contents(errors, field, spec)
        if len(errors.causes) == before:
            _remember(known, spec)
    errors.one_of(f"{field}.restartPolicy", spec.restart_policy, RESTART_POLICIES)
    policies = (*DNS_POLICIES, "None") if errors.modern else DNS_POLICIES
    errors.one_of(f"{field}.dnsPolicy", spec.dns_policy, policies)
    for key, value in spec.node_selector.items():
        errors.each(f"{field}.nodeSelector", key, names.qualified_name(key, release))
        errors.each(f"{field}.nodeSelector", value, names.label_value(value, release))
    check_rights_of_pod(errors, f"{field}.securityContext", spec)
    check_host_processes(errors, field, spec)
    check_users_of_host(errors, field, spec)
    check_system(errors, field, spec)
    check_claims_of_pod(errors, field, spec)
    check_whole_pod(errors, f"{field}.resources", spec)
    check_names(errors, field, spec)
    for name, text, rule in (
        ("serviceAccountName", spec.service_account_name, names.dns_subdomain),
        ("nodeName", spec.node_name, names.dns_subdomain),
        ("hostname", spec.hostname, names.dns_label),
        ("subdomain", spec.subdomain, names.dns_label),
        ("priorityClassName", spec.priority_class_name, names.dns_subdomain),
        ("runtimeClassName", spec.runtime_class_name, names.dns_subdomain),
        ("schedulerName", spec.scheduler_name, names.qualified_name),
    ):
        if text:
            errors.each(f"{field}.{name}", text, rule(text, release))
    if spec.active_deadline_seconds is not None:
        errors.within(f"{field}.activeDeadlineSeconds", spec.active_deadline_seconds, 1, MAX_INT32)
    check_tolerations(errors, f"{field}.tolerations", spec.tolerations)
    if spec.affinity is not None:
        check_affinity(errors, f"{field}.affinity", spec.affinity)
    check_spreading(errors, f"{field}.topologySpreadConstraints", spec.topology_spread_constraints)
    _check_what_is_of_today(errors, field, spec)


def _check_what_is_of_today(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    release = errors.release
    for index, condition in enumerate(spec.readiness_gates):
        told = condition.condition_type
        errors.each(
            f"{field}.readinessGates[{index}].conditionType", told, names.qualified_name(told, release)
        )
    errors.one_of(f"{field}.preemptionPolicy", spec.preemption_policy, PREEMPTION_POLICIES, needed=False)
    if spec.overhead:
        check_requirements(errors, f"{field}.overhead", ResourceRequirements(limits=spec.overhead))
    if errors.modern:
        check_files_of_variables(errors, field, spec)
    gates = [gate.name for gate in spec.scheduling_gates]
    for index, gate in enumerate(gates):
        errors.each(f"{field}.schedulingGates[{index}]", gate, names.qualified_name(gate, release))
        if gate in gates[:index]:
            errors.duplicate(f"{field}.schedulingGates[{index}]", gate)


def _check_contents(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    volumes = check_volumes(errors, f"{field}.volumes", spec.volumes)
    if not spec.containers:
        errors.required(f"{field}.containers")
    check_containers(errors, f"{field}.containers", spec, volumes)
    check_containers(errors, f"{field}.initContainers", spec, volumes, init=True)
    _check_shared_names(errors, field, spec)
    check_ephemeral_containers(errors, f"{field}.ephemeralContainers", spec, volumes)
    _check_host(errors, field, spec)


_KNOWN: Final[dict[tuple[Any, ...], PodSpec]] = {}
"""Specifications that were found right, or whose containers and volumes were: thousands of pods share those
of a template, and what never changes need not be looked at twice."""

_MOST_KNOWN: Final = 512


def _identity(spec: PodSpec, release: str, *, alone: bool) -> tuple[Any, ...]:
    """alone: a pod, not a template."""
    return (
        release,
        id(spec.containers),
        id(spec.init_containers),
        id(spec.ephemeral_containers),
        id(spec.volumes),
        spec.restart_policy,
        spec.termination_grace_period_seconds,
        spec.host_network,
        alone,
    )


def _remember(known: tuple[Any, ...], spec: PodSpec) -> None:
    """The specification is kept, so that nothing else can get its identity."""
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.pop(next(iter(_KNOWN)))
    _KNOWN[known] = spec


def _check_shared_names(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Init containers and containers share their names."""
    taken = [container.name for container in spec.containers]
    for index, container in enumerate(spec.init_containers):
        if container.name and container.name in taken:
            errors.duplicate(f"{field}.initContainers[{index}].name", container.name)


def _check_host(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Ports of the node: each only once, and on the node's own network only those the container has."""
    taken: list[tuple[str, str, int]] = []
    for place, container in enumerate(spec.containers):
        for index, port in enumerate(container.ports):
            here = f"{field}.containers[{place}].ports[{index}]"
            if spec.host_network and port.host_port != port.container_port:
                _check_same(errors, here, port, template=field != "spec")
            if not port.host_port:
                continue
            key = (port.protocol, port.host_ip, port.host_port)
            if key in taken:
                told = f"{port.protocol}/{port.host_ip}/{port.host_port}"
                errors.duplicate(f"{here}.hostPort", told)
            taken.append(key)


def _check_same(errors: FieldErrors, field: str, port: ContainerPort, *, template: bool) -> None:
    """On the node's network a container's port is the node's (validateHostNetwork, today
    validatePodHostNetworkDeps: a template of today may leave it out)."""
    if not errors.modern:
        why = "must match `hostPort` when `hostNetwork` is true"
        errors.invalid(f"{field}.containerPort", port.container_port, why)
    elif port.host_port or not template:
        why = "must match `containerPort` when `hostNetwork` is true"
        errors.invalid(f"{field}.hostPort", port.host_port, why)


def check_pod(errors: FieldErrors, pod: Pod) -> None:
    """A pod: what templates may say as well, and images without space around them
    (validateContainersOnlyForPod)."""
    check_pod_spec(errors, "spec", pod.spec)
    check_pod_annotations(errors, "metadata.annotations", pod.metadata.annotations, pod.spec)
    if pod.spec.volumes:
        check_made_claims(errors, "spec.volumes", pod.spec.volumes, pod.metadata.name)
    for name, containers in (
        ("containers", pod.spec.containers),
        ("initContainers", pod.spec.init_containers),
    ):
        for index, container in enumerate(containers):
            if container.image != container.image.strip():
                why = "must not have leading or trailing whitespace"
                errors.invalid(f"spec.{name}[{index}].image", container.image, why)


def check_new_pod(errors: FieldErrors, pod: Pod) -> None:
    """A pod that is made is on no node before it may be scheduled (ValidatePodCreate)."""
    check_pod(errors, pod)
    check_profiles_match(errors, pod.metadata.annotations, pod.spec)
    if pod.spec.ephemeral_containers:
        errors.forbidden("spec.ephemeralContainers", "cannot be set on create")
    if pod.spec.node_name and pod.spec.scheduling_gates:
        errors.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared")


def check_template(errors: FieldErrors, field: str, template: PodTemplateSpec) -> None:
    """What pods are made from."""
    check_template_metadata(errors, field, template)
    check_pod_spec(errors, f"{field}.spec", template.spec)
    if template.spec.ephemeral_containers:
        why = "ephemeral containers not allowed in pod template"
        errors.forbidden(f"{field}.spec.ephemeralContainers", why)


def check_template_metadata(errors: FieldErrors, field: str, template: PodTemplateSpec) -> None:
    """What the pods have besides their spec."""
    check_labels(errors, f"{field}.labels", template.metadata.labels)
    check_annotations(errors, template.metadata.annotations, f"{field}.annotations")
    check_pod_annotations(errors, f"{field}.annotations", template.metadata.annotations, template.spec)


def check_pod_update(errors: FieldErrors, old: Pod, new: Pod) -> None:
    """Of a pod only images, an earlier deadline and more tolerations may change."""
    before, after = old.spec, new.spec
    if before is after or before == after:
        return
    for name in ("containers", "init_containers"):
        if len(getattr(before, name)) != len(getattr(after, name)):
            field = "spec.containers" if name == "containers" else "spec.initContainers"
            errors.forbidden(field, "pod updates may not add or remove containers")
            return
    if not _is_earlier(errors, before.active_deadline_seconds, after.active_deadline_seconds):
        return
    if tuple(one for one in after.tolerations if one in before.tolerations) != before.tolerations:
        kept = [one for one in before.tolerations if _with_any_seconds(one, after)]
        if len(kept) != len(before.tolerations):
            errors.forbidden(
                "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
            )
    check_gates(errors, before, after)
    munged = msgspec.structs.replace(
        after,
        containers=_images_of(after.containers, before.containers),
        init_containers=_images_of(after.init_containers, before.init_containers),
        active_deadline_seconds=before.active_deadline_seconds,
        tolerations=before.tolerations,
        scheduling_gates=before.scheduling_gates,
    )
    if errors.modern and before.scheduling_gates:
        munged = as_before(errors, before, munged)
    if munged != before:
        difference = ""  # v1.7 does not tell it.
        if errors.modern:
            difference = f"\n{go_diff(before, munged)}"
        elif errors.release == "v1.8":
            difference = f"\n{go_difference_of_old(munged, before)}"
        errors.forbidden("spec", f"{_UPDATE[errors.release]}{difference}")


def _is_earlier(errors: FieldErrors, before: int | None, deadline: int | None) -> bool:
    """Whether a deadline is one that a pod can be given later; what is wrong with it is told."""
    field = "spec.activeDeadlineSeconds"
    if deadline is None:
        if before is not None:
            errors.invalid(field, None, "must not update from a positive integer to nil value")
        return True
    if not 0 <= deadline <= MAX_INT32:
        errors.within(field, deadline, 0, MAX_INT32)
        return False
    if before is not None and before < deadline:
        errors.invalid(field, deadline, "must be less than or equal to previous value")
        return False
    return True


_UPDATE: Final = {
    "v1.7": "pod updates may not change fields other than `spec.containers[*].image`, "
    "`spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to "
    "existing tolerations)",
    "v1.8": "pod updates may not change fields other than `spec.containers[*].image`, "
    "`spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to "
    "existing tolerations)",
    "v1.36": "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
    "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
    "previously negative)",
}


def _with_any_seconds(wanted: Any, spec: PodSpec) -> bool:
    def bare(one: Any) -> Any:
        return msgspec.structs.replace(one, toleration_seconds=None)

    return any(bare(one) == bare(wanted) for one in spec.tolerations)


def _images_of(new: tuple[Any, ...], old: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(new) != len(old):
        return new
    return tuple(
        msgspec.structs.replace(one, image=other.image) if one.image != other.image else one
        for one, other in zip(new, old, strict=True)
    )


def check_pod_template(errors: FieldErrors, template: PodTemplate) -> None:
    """The template."""
    check_template(errors, "template", template.template)
