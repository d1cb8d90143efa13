"""Mirror pods: what the API server has of static pods, which only their kubelet can start and stop."""

from typing import Final

from clustersim.api.core_v1 import Pod

MIRROR: Final = "kubernetes.io/config.mirror"
"""The annotation that makes a pod a mirror: the uid of the static pod."""


def is_mirror(pod: Pod) -> bool:
    """The pod stands for a static pod of its node."""
    return MIRROR in pod.metadata.annotations
