"""What a pod says of its images: on which nodes they cannot be pulled.

The annotation `pull.clustersim/CONTAINER: fails on n2, n3`, or the key `pull` of a scenario's container.
"""

import re
from typing import Final

from clustersim.api.core_v1 import Pod

PULL: Final = "pull.clustersim/"
"""Annotation prefix of a pod: on which nodes the image of one of its containers is missing."""

_FAILS_ON: Final = re.compile(r"fails on ([a-z0-9][-.a-z0-9]*(?:, ?[a-z0-9][-.a-z0-9]*)*)")


def failing_nodes(text: str) -> tuple[str, ...]:
    """The nodes of "fails on n2, n3"; none where it says anything else."""
    told = _FAILS_ON.fullmatch(text.strip())
    return () if told is None else tuple(re.split(r", ?", told[1]))


def pull_annotation(container: str, nodes: tuple[str, ...]) -> dict[str, str]:
    """The annotation of a pod whose container's image is missing on these nodes."""
    return {f"{PULL}{container}": f"fails on {', '.join(nodes)}"} if nodes else {}


def pull_fails(pod: Pod, container: str, node: str) -> bool:
    """The image of the container cannot be pulled on that node."""
    return node in failing_nodes(pod.metadata.annotations.get(f"{PULL}{container}", ""))
