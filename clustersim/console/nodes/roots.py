"""`chroot /host`: from a container in which the root of its machine is mounted into the machine, as people do
who debug a node (kubernetes.io, Debugging Kubernetes Nodes With Kubectl).
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.pod_containers import every_container

_CHROOT: Final = ("chroot", "/usr/sbin/chroot")


def behind_chroot(pod: Any, container: str, words: Sequence[str]) -> Sequence[str] | None:
    """What a command runs on the machine of its pod; None: it stays in its container."""
    if (
        len(words) < 2
        or words[0] not in ("chroot", "/usr/sbin/chroot")
        or not _is_root(pod, container, words[1])
    ):
        return None
    return words[2:]


def _is_root(pod: Any, container: str, path: str) -> bool:
    """The root of the machine is mounted there."""
    roots = {one.name for one in pod.spec.volumes if one.host_path is not None and one.host_path.path == "/"}
    spec = next((one for one in every_container(pod) if one.name == container), None)
    return spec is not None and any(
        mount.name in roots and mount.mount_path.rstrip("/") == path.rstrip("/") and not mount.sub_path
        for mount in spec.volume_mounts
    )
