"""Validation of the rights of pods and containers.

Source: v1.7.5, v1.8.0 pkg/api/validation, v1.36 pkg/apis/core/validation, validation.go
ValidatePodSecurityContext, ValidateSecurityContext, validateLinux, validateWindows.
"""

import re
from typing import Final

from clustersim.api.core.pod import PodSpec
from clustersim.api.core.security import (
    AppArmorProfile,
    SeccompProfile,
    SecurityContext,
    WindowsSecurityContextOptions,
)
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.files_of_pods import check_local_path
from clustersim.apiserver.validation.windows import check_windows_options

MAX_INT32: Final = 2**31 - 1
LONGEST_SYSCTL: Final = 253
LONGEST_PATH: Final = 4095
_PROFILES: Final = ("Localhost", "RuntimeDefault", "Unconfined")
_SYSCTL: Final = r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
_OF_IPC: Final = ("kernel.shm", "kernel.msg", "kernel.sem", "fs.mqueue.")
_POLICIES: Final = ("Always", "OnRootMismatch")
_SYSTEMS: Final = ("linux", "windows")


def check_rights(errors: FieldErrors, field: str, context: SecurityContext) -> None:
    """Those of one container."""
    for name, number in (("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group)):
        if number is not None:
            errors.within(f"{field}.{name}", number, 0, MAX_INT32)
    errors.one_of(f"{field}.procMount", context.proc_mount, ("Default", "Unmasked"), needed=False)
    _check_seccomp(errors, f"{field}.seccompProfile", context.seccomp_profile)
    _check_app_armor(errors, f"{field}.appArmorProfile", context.app_armor_profile)
    if context.privileged and context.allow_privilege_escalation is False:
        why = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        errors.invalid(field, context, why)
    added = context.capabilities.add if context.capabilities is not None else ()
    if errors.modern and context.allow_privilege_escalation is False and "CAP_SYS_ADMIN" in added:
        why = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"
        errors.invalid(field, context, why)
    check_windows_options(errors, f"{field}.windowsOptions", context.windows_options)


def check_rights_of_pod(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Users and groups by number, profiles, and parameters of the kernel."""
    context = spec.security_context
    for name, number in (
        ("fsGroup", context.fs_group),
        ("runAsUser", context.run_as_user),
        ("runAsGroup", context.run_as_group),
    ):
        if number is not None:
            errors.within(f"{field}.{name}", number, 0, MAX_INT32)
    for index, group in enumerate(context.supplemental_groups):
        errors.within(f"{field}.supplementalGroups[{index}]", group, 0, MAX_INT32)
    if spec.share_process_namespace and spec.host_pid:
        why = "ShareProcessNamespace and HostPID cannot both be enabled"
        errors.invalid(f"{field}.shareProcessNamespace", True, why)
    _check_sysctls(errors, f"{field}.sysctls", spec)
    errors.one_of(f"{field}.fsGroupChangePolicy", context.fs_group_change_policy, _POLICIES, needed=False)
    if errors.modern:
        groups, disks = context.supplemental_groups_policy, context.se_linux_change_policy
        errors.one_of(f"{field}.supplementalGroupsPolicy", groups, ("Merge", "Strict"), needed=False)
        # The gate of the other one, SELinuxMount, is off.
        errors.one_of(f"{field}.seLinuxChangePolicy", disks, ("Recursive",), needed=False)
    _check_seccomp(errors, f"{field}.seccompProfile", context.seccomp_profile)
    check_windows_options(errors, f"{field}.windowsOptions", context.windows_options)
    _check_app_armor(errors, f"{field}.appArmorProfile", context.app_armor_profile)


def check_users_of_host(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """Who has users of its own shares nothing of the host (validateHostUsers); who has not leaves its /proc
    masked (ValidateSecurityContext)."""
    kinds = (("initContainers", spec.init_containers), ("containers", spec.containers))
    if spec.host_users is not False:
        for kind, containers in kinds:
            for index, container in enumerate(containers):
                if container.security_context and container.security_context.proc_mount == "Unmasked":
                    here = f"{field}.{kind}[{index}].securityContext.procMount"
                    errors.invalid(here, "Unmasked", "`hostUsers` must be false to use `Unmasked`")
        return
    why = "when `hostUsers` is false"
    for name, given in (
        ("hostNetwork", spec.host_network),
        ("HostPID", spec.host_pid),
        ("HostIPC", spec.host_ipc),
    ):
        if given:
            errors.forbidden(f"{field}.{name}", why)
    for kind, containers in kinds:
        for index, container in enumerate(containers):
            if container.volume_devices:
                errors.forbidden(f"{field}.{kind}[{index}].volumeDevices", why)


def _shared(sysctl: str, spec: PodSpec) -> str:
    """What of the host a pod shares, if the parameter is one of that (ValidateHostSysctl)."""
    if spec.host_network and sysctl.startswith("net."):
        return "hostNetwork"
    return "hostIPC" if spec.host_ipc and sysctl.startswith(_OF_IPC) else ""


def _check_sysctls(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    seen: list[str] = []
    for index, sysctl in enumerate(spec.security_context.sysctls):
        here = f"{field}[{index}].name"
        if not sysctl.name:
            errors.required(here)
        elif len(sysctl.name) > LONGEST_SYSCTL or not re.match(_SYSCTL, sysctl.name):
            why = f"must have at most {LONGEST_SYSCTL} characters and match regex {_SYSCTL}"
            errors.invalid(here, sysctl.name, why)
        elif sysctl.name in seen:
            errors.duplicate(here, sysctl.name)
        if shared := _shared(sysctl.name.replace("/", "."), spec):
            errors.invalid(here, sysctl.name, f"may not be specified when '{shared}' is true")
        seen.append(sysctl.name)


def _check_seccomp(errors: FieldErrors, field: str, profile: SeccompProfile | None) -> None:
    if profile is None:
        return
    if not profile.type:
        errors.required(f"{field}.type", "type is required when seccompProfile is set")
    elif profile.type not in _PROFILES:
        errors.unsupported(f"{field}.type", profile.type, _PROFILES)
    here = f"{field}.localhostProfile"
    if profile.type != "Localhost":
        if profile.localhost_profile:
            errors.invalid(here, profile, "can only be set when seccomp type is Localhost")
    elif not profile.localhost_profile:
        errors.required(here, "must be set when seccomp type is Localhost")
    else:
        check_local_path(errors, here, profile.localhost_profile, reserved=False)


def _check_app_armor(errors: FieldErrors, field: str, profile: AppArmorProfile | None) -> None:
    if profile is None:
        return
    here, text = f"{field}.localhostProfile", profile.localhost_profile
    if profile.type == "Localhost":
        if text != text.strip():
            errors.invalid(here, text, "must not be padded with whitespace")
        elif not text:
            errors.required(here, "must be set when AppArmor type is Localhost")
        if len(text.encode()) > LONGEST_PATH:
            errors.too_long(here, LONGEST_PATH)
    elif profile.type in _PROFILES:
        if text:
            errors.invalid(here, text, "can only be set when AppArmor type is Localhost")
    elif not profile.type:
        errors.required(f"{field}.type", "type is required when appArmorProfile is set")
    else:
        errors.unsupported(f"{field}.type", profile.type, _PROFILES)


def check_system(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    """A pod that says for which operating system it is asks for nothing of another."""
    if spec.os is None:
        return
    name = spec.os.name
    if not name:
        errors.required(f"{field}.os.name")
    elif name not in _SYSTEMS:
        errors.unsupported(f"{field}.os", name, _SYSTEMS)
    elif name == "linux":
        _check_linux(errors, field, spec)
    else:
        _check_windows(errors, field, spec)


def _check_linux(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    why = "windows options cannot be set for a linux pod"
    places: list[tuple[str, WindowsSecurityContextOptions | None]] = [
        (f"{field}.securityContext.windowsOptions", spec.security_context.windows_options)
    ]
    for index, container in enumerate(spec.containers):
        context = container.security_context
        options = context.windows_options if context is not None else None
        places.append((f"{field}.containers[{index}].securityContext.windowsOptions", options))
    for place, options in places:
        if options is not None:
            errors.forbidden(place, why)


def _check_windows(errors: FieldErrors, field: str, spec: PodSpec) -> None:
    pod, rights = spec.security_context, f"{field}.securityContext"
    places: list[tuple[str, object]] = [
        (f"{rights}.appArmorProfile", pod.app_armor_profile),
        (f"{rights}.seLinuxOptions", pod.se_linux_options),
        (f"{field}.hostUsers", spec.host_users),
        (f"{field}.hostPID", spec.host_pid or None),
        (f"{field}.hostIPC", spec.host_ipc or None),
        (f"{rights}.seccompProfile", pod.seccomp_profile),
        (f"{rights}.fsGroup", pod.fs_group),
        (f"{rights}.fsGroupChangePolicy", pod.fs_group_change_policy or None),
        (f"{rights}.sysctls", pod.sysctls or None),
        (f"{field}.shareProcessNamespace", spec.share_process_namespace),
        (f"{rights}.runAsUser", pod.run_as_user),
        (f"{rights}.runAsGroup", pod.run_as_group),
        (f"{rights}.supplementalGroups", pod.supplemental_groups or None),
        (f"{rights}.supplementalGroupsPolicy", pod.supplemental_groups_policy or None),
    ]
    for index, container in enumerate(spec.containers):
        context = container.security_context
        if context is None:
            continue
        here = f"{field}.containers[{index}].securityContext"
        places += [
            (f"{here}.appArmorProfile", context.app_armor_profile),
            (f"{here}.seLinuxOptions", context.se_linux_options),
            (f"{here}.seccompProfile", context.seccomp_profile),
            (f"{here}.capabilities", context.capabilities),
            (f"{here}.readOnlyRootFilesystem", context.read_only_root_filesystem),
            (f"{here}.privileged", context.privileged),
            (f"{here}.allowPrivilegeEscalation", context.allow_privilege_escalation),
            (f"{here}.procMount", context.proc_mount or None),
            (f"{here}.runAsUser", context.run_as_user),
            (f"{here}.runAsGroup", context.run_as_group),
        ]
    for place, given in places:
        if given is not None:
            errors.forbidden(place, "cannot be set for a windows pod")
