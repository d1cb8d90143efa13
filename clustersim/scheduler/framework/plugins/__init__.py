"""The plugins of the default profile, in the order in which they filter.

Source: v1.36 pkg/scheduler/apis/config/v1/default_plugins.go.
"""

from typing import Final

from clustersim.scheduler.framework.plugin import Plugin
from clustersim.scheduler.framework.plugins.balanced_allocation import BalancedAllocation
from clustersim.scheduler.framework.plugins.dynamic_resources import DynamicResources
from clustersim.scheduler.framework.plugins.image_locality import ImageLocality
from clustersim.scheduler.framework.plugins.inter_pod_affinity import InterPodAffinity
from clustersim.scheduler.framework.plugins.node_affinity import NodeAffinity
from clustersim.scheduler.framework.plugins.node_name import NodeName
from clustersim.scheduler.framework.plugins.node_ports import NodePorts
from clustersim.scheduler.framework.plugins.node_resources_fit import NodeResourcesFit
from clustersim.scheduler.framework.plugins.node_unschedulable import NodeUnschedulable
from clustersim.scheduler.framework.plugins.pod_topology_spread import PodTopologySpread
from clustersim.scheduler.framework.plugins.taint_toleration import TaintToleration
from clustersim.scheduler.framework.plugins.volume_binding import VolumeBinding
from clustersim.scheduler.framework.plugins.volume_restrictions import VolumeRestrictions
from clustersim.scheduler.framework.plugins.volume_zone import VolumeZone

DEFAULT: Final[tuple[Plugin, ...]] = (
    NodeUnschedulable(),
    NodeName(),
    TaintToleration(),
    NodeAffinity(),
    NodePorts(),
    NodeResourcesFit(),
    VolumeRestrictions(),
    VolumeBinding(),
    VolumeZone(),
    PodTopologySpread(),
    InterPodAffinity(),
    DynamicResources(),
    BalancedAllocation(),
    ImageLocality(),
)

BY_NAME: Final = {plugin.name: plugin for plugin in DEFAULT}
