"""How the server of today shows its own types in messages: as JSON, yet with the fields named and ordered as
in its source, and all of them, since these types have no tags for JSON.

Source: v1.36 pkg/apis/core/types.go, pkg/apis/apps/types.go, pkg/apis/policy/types.go.
"""

from typing import Any, Final

import msgspec

from clustersim.api.apps import RollingUpdateStatefulSetStrategy
from clustersim.api.core.node import Taint
from clustersim.api.core.security import (
    AppArmorProfile,
    Capabilities,
    SeccompProfile,
    SecurityContext,
    SELinuxOptions,
    WindowsSecurityContextOptions,
)
from clustersim.api.policy import PodDisruptionBudgetSpec

_FIELDS: Final[dict[type, dict[str, str]]] = {
    AppArmorProfile: {"Type": "type", "LocalhostProfile": "localhost_profile"},
    Capabilities: {"Add": "add", "Drop": "drop"},
    PodDisruptionBudgetSpec: {
        "MinAvailable": "min_available",
        "Selector": "selector",
        "MaxUnavailable": "max_unavailable",
        "UnhealthyPodEvictionPolicy": "unhealthy_pod_eviction_policy",
    },
    RollingUpdateStatefulSetStrategy: {"Partition": "partition", "MaxUnavailable": "max_unavailable"},
    SeccompProfile: {"Type": "type", "LocalhostProfile": "localhost_profile"},
    SecurityContext: {
        "Capabilities": "capabilities",
        "Privileged": "privileged",
        "SELinuxOptions": "se_linux_options",
        "WindowsOptions": "windows_options",
        "RunAsUser": "run_as_user",
        "RunAsGroup": "run_as_group",
        "RunAsNonRoot": "run_as_non_root",
        "ReadOnlyRootFilesystem": "read_only_root_filesystem",
        "AllowPrivilegeEscalation": "allow_privilege_escalation",
        "ProcMount": "proc_mount",
        "SeccompProfile": "seccomp_profile",
        "AppArmorProfile": "app_armor_profile",
    },
    SELinuxOptions: {"User": "user", "Role": "role", "Type": "type", "Level": "level"},
    Taint: {"Key": "key", "Value": "value", "Effect": "effect", "TimeAdded": "time_added"},
    WindowsSecurityContextOptions: {
        "GMSACredentialSpecName": "gmsa_credential_spec_name",
        "GMSACredentialSpec": "gmsa_credential_spec",
        "RunAsUserName": "run_as_user_name",
        "HostProcess": "host_process",
    },
}


def with_go_fields(value: Any) -> Any:
    """What becomes JSON of a value: of the types that are known here with the names of the source."""
    fields = _FIELDS.get(type(value))
    if fields is None:
        return msgspec.to_builtins(value)
    shown = {name: with_go_fields(getattr(value, attribute)) for name, attribute in fields.items()}
    if isinstance(value, Taint):
        return shown | {"TimeAdded": shown["TimeAdded"] or None}
    if isinstance(value, SELinuxOptions):
        return shown
    return {name: None if one in ("", (), []) else one for name, one in shown.items()}
