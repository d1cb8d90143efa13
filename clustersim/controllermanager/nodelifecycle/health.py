"""The health of a node today: a renewed Lease is a sign of life as good as a new status. Pure functions.

Source: v1.36.2 pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth.
"""

from typing import Final

from clustersim.api.coordination import Lease
from clustersim.api.core_v1 import Node
from clustersim.api.meta import replace
from clustersim.api.topology import zone_key
from clustersim.controllermanager.node.health import NodeHealth
from clustersim.controllermanager.node.health import observe as observe_status
from clustersim.engine.time import Micros

LEASES: Final = "kube-node-lease"
"""The namespace of the nodes' Leases."""

EXCLUDED_LABEL: Final = "node.kubernetes.io/exclude-disruption"


def place_of(known: NodeHealth | None, node: Node) -> tuple[str, bool]:
    """A node's zone, and whether it counts there: all do but those with a label that says otherwise."""
    labels = node.metadata.labels
    if known is not None and known.node.metadata.labels is labels:
        return known.zone, known.counted
    return zone_key(node), EXCLUDED_LABEL not in labels


def observe(known: NodeHealth | None, node: Node, lease: Lease | None, now: Micros) -> NodeHealth:
    """The health of a node after a look at its object and at its Lease.

    With a new status the controller forgets which renewal it knew; so the pass after one that saw a new
    status but no new Lease counts the old Lease as a sign of life once more.
    """
    seen = observe_status(known, node, place_of(known, node), now)
    if not seen.ready and known is not None and not known.ready:
        seen = replace(seen, probe=known.probe, transition=known.transition)
    saved = known.lease if known is not None else ""
    kept = known is not None and known.heartbeat == seen.heartbeat and bool(known.ready) == bool(seen.ready)
    renewed = lease.spec.renew_time if lease is not None else ""
    if renewed > saved:
        return replace(seen, lease=renewed, probe=now)
    return replace(seen, lease=saved if kept else "")
