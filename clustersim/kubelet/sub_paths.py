"""Which part of a volume a container mounts, where variables of its environment say so.

Source: v1.36 pkg/kubelet/container/helpers.go ExpandContainerVolumeMounts, pkg/kubelet/kubelet_pods.go
makeMounts, pkg/volume/validation ValidatePathNoBacksteps.
"""

from collections.abc import Mapping
from typing import Any

from clustersim.api.core_v1 import Container, Pod
from clustersim.api.downward import amount, field_value
from clustersim.api.variable_names import expanded, variables_in


class SubPathError(Exception):
    """Why a container cannot be made."""


def parts_of_mounts(pod: Pod, spec: Container) -> dict[str, str]:
    """The parts that variables name, by where they are mounted. Raises SubPathError."""
    wanted = [mount for mount in spec.volume_mounts if mount.sub_path_expr]
    if not wanted:
        return {}
    variables = _variables(pod, spec)
    found = {}
    for mount in wanted:
        missing = sorted({name for name in variables_in(mount.sub_path_expr) if not variables.get(name)})
        if missing:
            raise SubPathError(f"missing value for {', '.join(missing)}")
        path = expanded(mount.sub_path_expr, variables)
        if path.startswith("/"):
            raise SubPathError(f"error SubPath `{path}` must not be an absolute path")
        if ".." in path.split("/"):
            raise SubPathError(f"unable to provision SubPath `{path}`: must not contain '..'")
        found[mount.mount_path] = path.rstrip("/")
    return found


def _variables(pod: Pod, spec: Container) -> Mapping[str, str]:
    """Those of its environment that it is given by its pod."""
    found: dict[str, str] = {}
    for variable in spec.env:
        source: Any = variable.value_from
        if source is None:
            found[variable.name] = expanded(str(variable.value), found)
        elif source.field_ref is not None:
            found[variable.name] = field_value(pod, source.field_ref.field_path)
        elif source.resource_field_ref is not None:
            found[variable.name] = amount(spec, source.resource_field_ref, {})
    return found
