"""Validation of ephemeral containers, and of what may become of them (v1.36.2 pkg/apis/core/validation
validateEphemeralContainers, ValidatePodEphemeralContainersUpdate)."""

from typing import Final

from clustersim.api.core.container import Container, EphemeralContainer
from clustersim.api.core.pod import Pod, PodSpec
from clustersim.api.core.volumes import Volume
from clustersim.api.mirrors import MIRROR
from clustersim.api.pod_containers import as_container
from clustersim.apiserver.validation import names
from clustersim.apiserver.validation.containers import check_container
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.go_fields import go_diff

NOT_FOR_EPHEMERAL: Final = "cannot be set for an Ephemeral Container"
_EMPTY: Final = Container()
_FORBIDDEN: Final = (
    ("ports", "ports"),
    ("resources", "resources"),
    ("resize_policy", "resizePolicy"),
    ("restart_policy", "restartPolicy"),
    ("restart_policy_rules", "restartPolicyRules"),
    ("liveness_probe", "livenessProbe"),
    ("readiness_probe", "readinessProbe"),
    ("startup_probe", "startupProbe"),
    ("lifecycle", "lifecycle"),
)
"""What a container for looking into a pod does not have."""


def check_ephemeral_containers(
    errors: FieldErrors, field: str, spec: PodSpec, volumes: dict[str, Volume]
) -> None:
    """Each has a name of its own among all containers of the pod, and looks at one that is not of its
    kind."""
    others = [one.name for one in (*spec.containers, *spec.init_containers)]
    taken = list(others)
    for index, one in enumerate(spec.ephemeral_containers):
        here, plain = f"{field}[{index}]", as_container(one)
        if not one.name:
            errors.required(f"{here}.name")
        else:
            errors.each(f"{here}.name", one.name, names.dns_label(one.name, errors.release))
        check_container(errors, here, plain, volumes)
        if one.image != one.image.strip():
            errors.invalid(f"{here}.image", one.image, "must not have leading or trailing whitespace")
        if one.name in taken:
            errors.duplicate(f"{here}.name", one.name)
        taken.append(one.name)
        if one.target_container_name and one.target_container_name not in others:
            errors.missing(f"{here}.targetContainerName", one.target_container_name)
        _check_plain(errors, here, one, plain)


def _check_plain(errors: FieldErrors, here: str, one: EphemeralContainer, plain: Container) -> None:
    for attribute, name in _FORBIDDEN:
        if getattr(plain, attribute) != getattr(_EMPTY, attribute):
            errors.forbidden(f"{here}.{name}", NOT_FOR_EPHEMERAL)
    for place, mount in enumerate(one.volume_mounts):
        for given, name in ((mount.sub_path, "subPath"), (mount.sub_path_expr, "subPathExpr")):
            if given:
                errors.forbidden(f"{here}.volumeMounts[{place}].{name}", NOT_FOR_EPHEMERAL)


def check_added(errors: FieldErrors, old: Pod, new: Pod) -> None:
    """Those that are there stay, and stay as they are."""
    if MIRROR in old.metadata.annotations:
        errors.causes.clear()
        errors.forbidden("", "static pods do not support ephemeral containers")
        return
    field, now = "spec.ephemeralContainers", {one.name: one for one in new.spec.ephemeral_containers}
    for before in old.spec.ephemeral_containers:
        if before.name not in now:
            errors.forbidden(field, f'existing ephemeral containers "{before.name}" may not be removed\n')
        elif before != now[before.name]:
            difference = go_diff(before, now[before.name])
            why = f'existing ephemeral containers "{before.name}" may not be changed\n{difference}'
            errors.forbidden(field, why)
