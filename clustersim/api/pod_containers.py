"""All containers of a pod, of whatever kind: those it starts with, those it is for, and those that somebody
put into it for looking around."""

from typing import Any

from clustersim.api.core.container import Container, EphemeralContainer
from clustersim.api.core.pod import Pod
from clustersim.api.core.pod_status import ContainerStatus


def as_container(one: EphemeralContainer) -> Container:
    """An ephemeral container as any other: all but whose processes it sees (core/v1
    EphemeralContainerCommon)."""
    fields = {name: getattr(one, name) for name in Container.__struct_fields__}
    return Container(**fields)


def ephemeral_containers(pod: Pod) -> tuple[Container, ...]:
    """Those put in for looking around."""
    return tuple(as_container(one) for one in pod.spec.ephemeral_containers)


def every_container(pod: Any) -> tuple[Container, ...]:
    """Containers, init containers, ephemeral containers."""
    return (*pod.spec.containers, *pod.spec.init_containers, *ephemeral_containers(pod))


def every_status(pod: Any) -> tuple[ContainerStatus, ...]:
    """What is reported of all of them."""
    status = pod.status
    return (
        *status.container_statuses,
        *status.init_container_statuses,
        *status.ephemeral_container_statuses,
    )


def user_and_group(pod: Any, spec: Any) -> tuple[int, int]:
    """The numbers with which a container runs, root's where nothing is said."""
    contexts = (spec.security_context, pod.spec.security_context)
    told = ([getattr(one, name, None) for one in contexts] for name in ("run_as_user", "run_as_group"))
    user, group = (next((int(one) for one in numbers if one is not None), 0) for numbers in told)
    return user, group


def field_path(pod: Pod, name: str) -> str:
    """Where in the pod a container stands, as Events say it (pkg/kubelet/container/ref.go fieldPath). One
    that the pod does not have is named like an ordinary one."""
    spec, field = pod.spec, "containers"
    for one in spec.containers:
        if one.name == name:
            return f"spec.containers{{{name}}}"
    if name in [one.name for one in spec.init_containers]:
        field = "initContainers"
    elif name in [one.name for one in spec.ephemeral_containers]:
        field = "ephemeralContainers"
    return f"spec.{field}{{{name}}}"
