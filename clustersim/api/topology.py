"""The labels by which nodes say where they are.

Sources: v1.7.5 pkg/kubelet/apis/well_known_labels.go; v1.36 k8s.io/api/core/v1/well_known_labels.go.
"""

from typing import Final

from clustersim.api.core_v1 import Node

HOSTNAME: Final = "kubernetes.io/hostname"
ZONE: Final = "topology.kubernetes.io/zone"
REGION: Final = "topology.kubernetes.io/region"
OLD_ZONE: Final = "failure-domain.beta.kubernetes.io/zone"
OLD_REGION: Final = "failure-domain.beta.kubernetes.io/region"
"""Of v1.7 and v1.8; deprecated since v1.17."""


def zone_key(node: Node, region_label: str = REGION, zone_label: str = ZONE) -> str:
    """Region and zone of a node as one key, "" where it says neither (GetZoneKey)."""
    labels = node.metadata.labels
    region, zone = labels.get(region_label, ""), labels.get(zone_label, "")
    return f"{region}:\0:{zone}" if region or zone else ""


def old_zone_key(node: Node) -> str:
    """The same in v1.7 and v1.8."""
    return zone_key(node, OLD_REGION, OLD_ZONE)
