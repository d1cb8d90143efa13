"""ImageLocality: better where large images of the pod are on the node already.

Source: v1.36 pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
"""

from typing import Final

from clustersim.api.core_v1 import Node
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
        spec = asked.pod.spec
        wanted = [_full(one.image) for one in (*spec.init_containers, *spec.containers)]
        having: dict[str, int] = dict.fromkeys(wanted, 0)
        for info in snapshot.infos:
            for image in _sizes(info.node):
                if image in having:
                    having[image] += 1
        if not any(having.values()):
            return None
        nodes, most = len(snapshot.infos), MOST_PER_CONTAINER * len(wanted)

        def points(info: NodeInfo) -> int:
            sizes = _sizes(info.node)
            total = sum(int(sizes[image] * (having[image] / nodes)) for image in wanted if image in sizes)
            return MAXIMUM * (min(most, max(LEAST, total)) - LEAST) // (most - LEAST)

        return points


def _sizes(node: Node | None) -> dict[str, int]:
    if node is None:
        return {}
    return {name: image.size_bytes for image in node.status.images for name in image.names}


def _full(image: str) -> str:
    """With the tag that it has if none is given."""
    return image if ":" in image.rpartition("/")[2] else f"{image}:latest"
