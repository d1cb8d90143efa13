"""Which checks a level of a version makes (pod-security-admission policy/registry.go), and what a namespace's
labels ask for (api/helpers.go)."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from clustersim.api.errors import Cause
from clustersim.apiserver.pod_security import baseline, restricted
from clustersim.apiserver.pod_security.words import (
    Asked,
    Check,
    Violation,
    not_for_own_users,
    not_on_windows,
)

LEVELS: Final = ("privileged", "baseline", "restricted")
PREFIX: Final = "pod-security.kubernetes.io/"
_NEWEST: Final = 36


class Standard(NamedTuple):
    """A level as a version has it."""

    level: str = "privileged"
    version: str = "latest"

    def __str__(self) -> str:
        return f"{self.level}:{self.version}"

    @property
    def strictness(self) -> int:
        """The stricter, the more."""
        return LEVELS.index(self.level)


class Policy(NamedTuple):
    """What a namespace asks of its pods; errors: labels that say nothing."""

    enforce: Standard
    warn: Standard
    errors: tuple[Cause, ...] = ()


def _wrong(label: str, value: str, why: str) -> Cause:
    told = f'Invalid value: "{value}": {why}'
    return Cause("FieldValueInvalid", told, f"metadata.labels[{label}]")


def policy_of(labels: Mapping[str, str]) -> Policy:
    """What is not to be read is taken for the strictest where it is enforced, for the mildest elsewhere."""
    errors: list[Cause] = []
    found: dict[str, Standard] = {}
    for mode in ("enforce", "audit", "warn"):
        level = labels.get(PREFIX + mode, "privileged")
        if level not in LEVELS:
            errors.append(_wrong(PREFIX + mode, level, f"must be one of {', '.join(LEVELS)}"))
            level = "restricted" if mode == "enforce" else "privileged"
        version = labels.get(f"{PREFIX}{mode}-version", "latest")
        if version != "latest" and not re.fullmatch(r"v1\.(\d|[1-9]\d*)", version, re.ASCII):
            errors.append(_wrong(f"{PREFIX}{mode}-version", version, 'must be "latest" or "v1.x"'))
            version = "latest"
        found[mode] = Standard(level, version)
    enforce, warn = found["enforce"], found["warn"]
    said = labels.get(f"{PREFIX}enforce") in LEVELS
    if f"{PREFIX}warn" not in labels and said and enforce.strictness > warn.strictness:
        warn = Standard(enforce.level, warn.version if f"{PREFIX}warn-version" in labels else enforce.version)
    return Policy(enforce, warn, tuple(errors))


Versions = tuple[tuple[int, Check], ...]

_BASELINE: Final[dict[str, Versions]] = {
    "appArmorProfile": ((0, baseline.app_armor),),
    "capabilities_baseline": ((0, baseline.capabilities),),
    "hostNamespaces": ((0, baseline.host_namespaces),),
    "hostPathVolumes": ((0, baseline.host_paths),),
    "hostPorts": ((0, baseline.host_ports),),
    "hostProbesAndHostLifecycle": ((34, baseline.probed_hosts),),
    "privileged": ((0, baseline.privileged),),
    "procMount": ((0, baseline.proc_mount), (35, not_for_own_users(baseline.proc_mount))),
    "seLinuxOptions": ((0, baseline.se_linux()), (31, baseline.se_linux("container_engine_t"))),
    "seccompProfile_baseline": ((0, baseline.seccomp_notes), (19, baseline.seccomp)),
    "sysctls": (
        (0, baseline.sysctls(baseline.SYSCTLS)),
        (27, baseline.sysctls(baseline.SYSCTLS_27)),
        (29, baseline.sysctls(baseline.SYSCTLS_29)),
        (32, baseline.sysctls(baseline.SYSCTLS_32)),
    ),
    "windowsHostProcess": ((0, baseline.host_process),),
}
_RESTRICTED: Final[dict[str, Versions]] = {
    "allowPrivilegeEscalation": (
        (8, restricted.privilege_escalation),
        (25, not_on_windows(restricted.privilege_escalation)),
    ),
    "capabilities_restricted": (
        (22, restricted.capabilities),
        (25, not_on_windows(restricted.capabilities)),
    ),
    "procMount_restricted": ((35, baseline.proc_mount),),
    "restrictedVolumes": ((0, restricted.volumes),),
    "runAsNonRoot": ((0, restricted.non_root), (35, not_for_own_users(restricted.non_root))),
    "runAsUser": ((23, restricted.user), (35, not_for_own_users(restricted.user))),
    "seccompProfile_restricted": ((19, restricted.seccomp), (25, not_on_windows(restricted.seccomp))),
}
_OVERRIDDEN: Final = {
    "capabilities_restricted": "capabilities_baseline",
    "procMount_restricted": "procMount",
    "restrictedVolumes": "hostPathVolumes",
    "seccompProfile_restricted": "seccompProfile_baseline",
}
"""Checks of restricted that stand for one of baseline."""


def _at(table: Mapping[str, Versions], minor: int) -> dict[str, Check]:
    known = {name: [check for since, check in checks if since <= minor] for name, checks in table.items()}
    return {name: checks[-1] for name, checks in known.items() if checks}


@cache
def _checks(standard: Standard) -> tuple[Check, ...]:
    if standard.level == "privileged":
        return ()
    minor = _NEWEST if standard.version == "latest" else int(standard.version.partition(".")[2])
    low, high = _at(_BASELINE, minor), _at(_RESTRICTED, minor)
    if standard.level == "baseline":
        return tuple(low.values())
    overridden = {_OVERRIDDEN.get(name) for name in high}
    return (*(check for name, check in low.items() if name not in overridden), *high.values())


def violations(standard: Standard, pod: Any) -> list[Violation]:
    """What a pod, or a template of pods, has that a standard does not allow."""
    asked = Asked(pod.metadata.annotations, pod.spec)
    return [found for check in _checks(standard) if (found := check(asked)) is not None]


def told(found: list[Violation]) -> str:
    """All of it, with the details."""
    return ", ".join(f"{reason} ({detail})" if detail else reason for reason, detail in found)
