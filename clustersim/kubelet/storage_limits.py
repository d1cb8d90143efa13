"""What a pod may write to the disk of its node: the limits of its containers, all of them together, and those
of its empty folders (v1.36 pkg/kubelet/eviction/eviction_manager.go localStorageEviction)."""

from typing import Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.quantity import Quantity, byte_count, parse_quantity
from clustersim.api.resources import pod_limits
from clustersim.kubelet.admission import STORAGE
from clustersim.runtime.storage import Written

_NANO: Final = 10**9
_OF_MEMORY: Final = "Memory"


class Excess(msgspec.Struct, frozen=True):
    """More was written than may be. message: as Events and the status tell it; place: the volume or the
    container, or the pod; written, limit: bytes."""

    message: str
    place: str
    written: int
    limit: int


def is_limited(pod: Pod) -> bool:
    """There is something that it may not write."""
    return any(STORAGE in one.resources.limits for one in pod.spec.containers) or any(
        one.empty_dir is not None and one.empty_dir.size_limit for one in pod.spec.volumes
    )


def local_volumes(pod: Pod) -> set[str]:
    """Its volumes that lie on the disk of the node."""
    return {
        one.name
        for one in pod.spec.volumes
        if one.host_path is not None or (one.empty_dir is not None and one.empty_dir.medium != _OF_MEMORY)
    }


def excess(pod: Pod, written: Written) -> Excess | None:
    """The first limit that is passed: of a folder, of the whole pod, of a container."""
    return _of_folders(pod, written) or _of_pod(pod, written) or _of_containers(pod, written)


def _of_folders(pod: Pod, written: Written) -> Excess | None:
    for volume in pod.spec.volumes:
        limit = volume.empty_dir.size_limit if volume.empty_dir is not None else ""
        used = written.volumes.get(volume.name, 0)
        if limit and used > byte_count(limit) > 0:
            told = parse_quantity(limit).text()
            message = f'Usage of EmptyDir volume "{volume.name}" exceeds the limit "{told}". '
            return Excess(message, volume.name, used, byte_count(limit))
    return None


def _of_pod(pod: Pod, written: Written) -> Excess | None:
    given = [one.resources.limits[STORAGE] for one in pod.spec.containers if STORAGE in one.resources.limits]
    if not given:
        return None
    limit = pod_limits(pod).amount(STORAGE)
    used = written.total({one.name for one in pod.spec.volumes if one.empty_dir is not None})
    if used <= limit:
        return None
    told = Quantity(limit * _NANO, parse_quantity(given[0]).style).text()
    message = f"Pod ephemeral local storage usage exceeds the total limit of containers {told}. "
    return Excess(message, pod.metadata.name, used, limit)


def _of_containers(pod: Pod, written: Written) -> Excess | None:
    for container in pod.spec.containers:
        limit = container.resources.limits.get(STORAGE, "")
        used = written.layers.get(container.name, 0)
        if limit and used > byte_count(limit) > 0:
            told = parse_quantity(limit).text()
            message = f'Container {container.name} exceeded its local ephemeral storage limit "{told}". '
            return Excess(message, container.name, used, byte_count(limit))
    return None
