"""What the runtime is asked to make for a pod: its sandbox, and its containers.

Source: v1.7.5 pkg/kubelet/kuberuntime/kuberuntime_sandbox.go generatePodSandboxConfig,
kuberuntime_container.go generateContainerConfig.
"""

from collections.abc import Mapping
from sys import intern
from typing import Any, Final

import msgspec

from clustersim.api.api_resources import RESOURCES
from clustersim.api.core_v1 import Container as ContainerSpec
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import NONE
from clustersim.api.owners import controller_of
from clustersim.engine.time import Micros
from clustersim.kubelet import volumes
from clustersim.kubelet.pleg import PodView
from clustersim.machine import Machine
from clustersim.programs import program_of
from clustersim.runtime.host_files import host_paths
from clustersim.runtime.records import Container, Held, Sandbox
from clustersim.runtime.shared_volumes import with_shared

_SHORT_NAMES: Final = {
    resource.kind: resource.short_names[0] for resource in RESOURCES.values() if resource.short_names
}
"""Of kinds that have one."""


def sandbox_config(pod: Pod, attempt: int, now: Micros) -> Sandbox:
    """The pod's sandbox; attempt: how many it had before."""
    return Sandbox(
        id="",
        attempt=attempt,
        ip="",
        created_at=now,
        host_network=pod.spec.host_network,
        **_labels(pod),
    )


def container_config(
    pod: Pod,
    spec: ContainerSpec,
    machine: Machine,
    *,
    sandbox: str,
    attempt: int,
    held: tuple[Held, ...],
    folders: Mapping[str, str],
    parts: Mapping[str, str],
    now: Micros,
) -> Container:
    """One of its containers. sandbox: its id; held: what its environment is made of; folders: of the machine,
    which its claims stand for; parts: of its volumes, which variables name."""
    wanted = Container(
        id="",
        name=spec.name,
        image=spec.image,
        sandbox_id=sandbox,
        attempt=attempt,
        spec=spec,
        created_at=now,
        host_paths={**host_paths(pod), **folders} or NONE,
        parts=parts or NONE,
        held=(*held, *volumes.parts_of(machine, pod.metadata.uid, spec)),
        **_labels(pod),
    )
    there = with_shared(wanted, machine).files
    left = [(file.path, file.text) for file in there if file.text is not None]
    return msgspec.structs.replace(wanted, program=program_of(pod, spec.name, left))


def untargeted(pod: Pod, view: PodView, name: str) -> str:
    """Why an ephemeral container cannot see the processes of the one it is put in for: that was never made
    (v1.36.2 kuberuntime_container.go getTargetID); empty if it can."""
    looking = next((one for one in pod.spec.ephemeral_containers if one.name == name), None)
    target = "" if looking is None else looking.target_container_name
    return f"unable to find target container {target}" if target and view.latest(target) is None else ""


def _labels(pod: Pod) -> dict[str, Any]:
    """The labels by which the runtime's records tell their pod."""
    metadata, owner = pod.metadata, controller_of(pod)
    named = ""
    if owner is not None:
        kind = _SHORT_NAMES.get(owner.kind, owner.kind.lower())
        named = intern(f"{kind}/{metadata.namespace}/{owner.name}")
    return {
        "pod_uid": metadata.uid,
        "pod": metadata.name,
        "namespace": metadata.namespace,
        "owner": named,
        "grace_seconds": pod.spec.termination_grace_period_seconds,
    }
