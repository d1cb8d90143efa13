"""Keys of a ConfigMap or Secret that cannot be variables: they are left out of a container's environment.

Source: v1.7.5, v1.8.0 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables. Today's kubelet says nothing.
"""

from collections.abc import Iterator
from typing import Any

from clustersim.api.core_v1 import Container, Pod
from clustersim.api.variable_names import is_variable_name
from clustersim.runtime.records import Held


def told(pod: Pod, spec: Container, found: tuple[Held, ...], version: str) -> Iterator[str]:
    """What people are told of them. found: what the environment is made of; version: the kubelet's, as
    "v1.8.0"."""
    release = version.rpartition(".")[0]
    if release == "v1.36":
        return
    for source in spec.env_from:
        for resource, kind, one in (
            ("configmaps", "configMap", source.config_map_ref),
            ("secrets", "secret", source.secret_ref),
        ):
            data = _data(found, resource, one.name) if one is not None else {}
            names = sorted(f"{source.prefix}{key}" for key in data)
            keys = [name for name in names if not is_variable_name(name, release)]
            if keys and one is not None:
                yield (
                    f"Keys [{', '.join(keys)}] from the EnvFrom {kind} {pod.metadata.namespace}/{one.name} "
                    "were skipped since they are considered invalid environment variable names."
                )


def _data(found: tuple[Held, ...], resource: str, name: str) -> Any:
    return next((held.data for held in found if (held.resource, held.name) == (resource, name)), {})
