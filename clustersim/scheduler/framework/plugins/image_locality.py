"""ImageLocality: better where large images of the pod are on the node already.

Source: v1.36 pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
"""

from collections.abc import Sequence
from typing import Final

from clustersim.api.core_v1 import Node, Pod
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.framework.candidate import Candidate
from clustersim.scheduler.framework.plugin import MAXIMUM, Plugin, Scorer, Snapshot

MIB: Final = 1024 * 1024
LEAST: Final = 23 * MIB
MOST_PER_CONTAINER: Final = 1000 * MIB
"""Below the one size nothing is won; above the other no more."""


class ImageLocality(Plugin):
    """Looks at `status.images`, weighted by the share of nodes that have them."""

    name = "ImageLocality"
    weight = 1

    def score(self, asked: Candidate, snapshot: Snapshot, feasible: list[NodeInfo]) -> Scorer | None:
        wanted = wanted_images(asked.pod)
        having: dict[str, int] = dict.fromkeys(wanted, 0)
        for info in snapshot.infos:
            for image in image_sizes(info.node):
                if image in having:
                    having[image] += 1
        if not any(having.values()):
            return None
        nodes = len(snapshot.infos)
        shares = [having[image] / nodes for image in wanted]

        def points(info: NodeInfo) -> int:
            sizes = image_sizes(info.node)
            return points_for([sizes.get(image, 0) for image in wanted], shares, containers_of(asked.pod))

        return points


def containers_of(pod: Pod) -> int:
    """How many containers the pod has; images of volumes do not raise the bar."""
    return len(pod.spec.init_containers) + len(pod.spec.containers)


def points_for(sizes: Sequence[int], shares: Sequence[float], containers: int) -> int:
    """Of a node that has images of those sizes, 0 for none; shares: of the nodes that have them."""
    most = MOST_PER_CONTAINER * containers
    total = sum(int(size * share) for size, share in zip(sizes, shares, strict=True))
    return MAXIMUM * (min(most, max(LEAST, total)) - LEAST) // (most - LEAST)


def wanted_images(pod: Pod) -> list[str]:
    """The images of the pod's containers and volumes, as nodes report them."""
    containers = [_full(one.image) for one in (*pod.spec.init_containers, *pod.spec.containers)]
    return containers + [_full(one.image.reference) for one in pod.spec.volumes if one.image is not None]


def image_sizes(node: Node | None) -> dict[str, int]:
    """Bytes of the images on the node, by name."""
    if node is None:
        return {}
    return {name: image.size_bytes for image in node.status.images for name in image.names}


def _full(image: str) -> str:
    """With the tag that it has if none is given."""
    return image if ":" in image.rpartition("/")[2] else f"{image}:latest"
