"""Validation of the annotations that mean something to the server or a kubelet: of pods and of templates.

Source: v1.7.5, v1.8.0 pkg/api/validation/validation.go, v1.36 pkg/apis/core/validation/validation.go
ValidatePodSpecificAnnotations, ValidatePodSpecificAnnotationUpdates.
"""

import re
from collections.abc import Mapping
from typing import Final

from clustersim.api.core.pod import PodSpec
from clustersim.api.core.security import AppArmorProfile, SeccompProfile
from clustersim.api.mirrors import MIRROR
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.files_of_pods import check_local_path

DELETION_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP: Final = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_OF_CONTAINER: Final = "container.seccomp.security.alpha.kubernetes.io/"

_MOST: Final = 2**31 - 1


def check_pod_annotations(
    errors: FieldErrors, field: str, annotations: Mapping[str, str], spec: PodSpec
) -> None:
    """Those of a pod, or of a template. field: such as metadata.annotations."""
    if not annotations:
        return
    if MIRROR in annotations and not spec.node_name:
        why = "must set spec.nodeName if mirror pod annotation is set"
        errors.invalid(f"{field}[{MIRROR}]", annotations[MIRROR], why)
    if DELETION_COST in annotations:
        _check_cost(errors, field, annotations[DELETION_COST])
    for key, profile in annotations.items():
        if key == SECCOMP or key.startswith(SECCOMP_OF_CONTAINER):
            _check_seccomp(errors, f"{field}.{key}", profile)
    for key, profile in annotations.items():
        if key.startswith(APPARMOR):
            _check_apparmor(errors, f"{field}[{key}]", key.removeprefix(APPARMOR), profile, spec)


def _check_cost(errors: FieldErrors, field: str, text: str) -> None:
    """What the deletion of a pod costs is a number (v1.36 GetDeletionCostFromPodAnnotations)."""
    is_number = re.fullmatch("0|-?[1-9][0-9]*|-[0-9]+", text, re.ASCII) is not None
    if errors.modern and not (is_number and len(text) < 12 and -_MOST - 1 <= int(text) <= _MOST):
        errors.invalid(f"{field}[{DELETION_COST}]", text, "must be a 32bit integer")


def _check_seccomp(errors: FieldErrors, field: str, profile: str) -> None:
    if profile in ("docker/default", "unconfined") or (errors.modern and profile == "runtime/default"):
        return
    if profile.startswith("localhost/"):
        check_local_path(errors, field, profile.removeprefix("localhost/"), reserved=False)
    else:
        errors.invalid(field, profile, "must be a valid seccomp profile")


def _check_apparmor(errors: FieldErrors, field: str, container: str, profile: str, spec: PodSpec) -> None:
    if all(container != one.name for one in (*spec.init_containers, *spec.containers)):
        errors.invalid(field, container, "container not found")
    known = ("", "runtime/default", "unconfined") if errors.modern else ("", "runtime/default")
    if profile not in known and not profile.startswith("localhost/"):
        errors.invalid(field, profile, f'invalid AppArmor profile name: "{profile}"')


def check_annotations_kept(
    errors: FieldErrors, old: Mapping[str, str], new: Mapping[str, str], spec: PodSpec
) -> None:
    """Some annotations of a pod are there from its creation on or never."""
    if old is new or old == new:
        return
    for key in [key for key, value in old.items() if new.get(key) != value]:
        if (what := _fixed(key)) is not None:
            errors.forbidden(f"metadata.annotations[{key}]", f"may not remove or update {what}")
    for key in [key for key in new if key not in old]:
        if (what := _fixed(key)) is not None:
            errors.forbidden(f"metadata.annotations[{key}]", f"may not add {what}")
    unchanged = DELETION_COST in new and new[DELETION_COST] == old.get(DELETION_COST)
    looked = {key: text for key, text in new.items() if key != DELETION_COST} if unchanged else new
    check_pod_annotations(errors, "metadata.annotations", looked, spec)


def _fixed(key: str) -> str | None:
    if key.startswith(APPARMOR):
        return "AppArmor annotations"
    return "mirror pod annotation" if key == MIRROR else None


def check_profiles_match(errors: FieldErrors, annotations: Mapping[str, str], spec: PodSpec) -> None:
    """A profile that is told by an annotation and by a field is the same (v1.36
    validateSeccompAnnotationsAndFields, validateAppArmorAnnotationsAndFieldsMatchOnCreate)."""
    if not annotations or not errors.modern:
        return
    pod = spec.security_context
    if pod.seccomp_profile is not None and SECCOMP in annotations:
        here = "spec.securityContext.seccompProfile"
        _check_match(errors, here, "seccomp", annotations[SECCOMP], pod.seccomp_profile)
    for kind, containers in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for index, container in enumerate(containers):
            context, field = container.security_context, f"spec.{kind}[{index}].securityContext"
            told = annotations.get(f"{SECCOMP_OF_CONTAINER}{container.name}")
            if context is not None and context.seccomp_profile is not None and told is not None:
                _check_match(errors, f"{field}.seccompProfile", "seccomp", told, context.seccomp_profile)
            told = annotations.get(f"{APPARMOR}{container.name}")
            armor = context.app_armor_profile if context is not None else None
            if told is not None and (profile := armor or pod.app_armor_profile) is not None:
                _check_match(errors, f"{field}.appArmorProfile", "apparmor", told, profile)


def _check_match(
    errors: FieldErrors, field: str, what: str, told: str, profile: SeccompProfile | AppArmorProfile
) -> None:
    usual = ("runtime/default", "docker/default") if what == "seccomp" else ("runtime/default",)
    known: dict[str, tuple[str, ...]] = {"Unconfined": ("unconfined",), "RuntimeDefault": usual}
    if profile.type == "Localhost":
        if not told.startswith("localhost/"):
            errors.forbidden(f"{field}.type", f"{what} type in annotation and field must match")
        elif told.removeprefix("localhost/") != profile.localhost_profile:
            errors.forbidden(
                f"{field}.localhostProfile", f"{what} profile in annotation and field must match"
            )
    elif profile.type in known and told not in known[profile.type]:
        errors.forbidden(f"{field}.type", f"{what} type in annotation and field must match")
