"""Where pods were put before the story begins, as the scenario tells it.

It only holds for pods created before time zero: for each owner so many pods on each node, whatever the
scheduler would choose. What is already there is counted, so a restarted scheduler goes on where it was.
"""

from collections.abc import Mapping

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.timestamp import micros
from clustersim.scheduler.cache import CacheState, owner_of


class Placement(msgspec.Struct, frozen=True):
    """by_owner: {owner: {node: pods}}; by_name: {pod: node}."""

    by_owner: Mapping[str, Mapping[str, int]] = {}
    by_name: Mapping[str, str] = {}


def placed(pod: Pod, placement: Placement, cache: CacheState) -> str | None:
    """The node that the scenario has for this pod; None: it leaves the choice to the scheduler."""
    if micros(pod.metadata.creation_timestamp) >= 0:
        return None
    if (node := placement.by_name.get(pod.metadata.name)) is not None:
        return node
    owner = owner_of(pod)
    for node, wanted in placement.by_owner.get(owner, {}).items():
        info = cache.nodes.get(node)
        there = sum(count for kind, count in info.kinds.items() if kind.owner == owner) if info else 0
        if there < wanted:
            return node
    return None
