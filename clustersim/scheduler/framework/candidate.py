"""A pod that looks for a node, with what is computed only once for all nodes."""

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.host_ports import HostPort, host_ports
from clustersim.api.meta import replace
from clustersim.api.resources import Resources, requests_v136


class Candidate(msgspec.Struct, frozen=True):
    """nonzero: what scoring counts, where a container that says nothing counts as a small one, and resources
    of the pod as a whole do not count (plugins/noderesources/fit.go NewFit does not tell its scorer)."""

    pod: Pod
    request: Resources
    nonzero: Resources
    ports: tuple[HostPort, ...] = ()


def candidate(pod: Pod) -> Candidate:
    """The pod, ready for the plugins."""
    asked = requests_v136(pod)
    assumed = asked.assumed
    if pod.spec.resources is not None:
        by_containers = replace(pod, spec=replace(pod.spec, resources=None))
        assumed = requests_v136(by_containers).assumed
    return Candidate(pod, asked.counted, assumed, host_ports(pod))


def priority_of(pod: Pod) -> int:
    """How important the pod is; 0 where nobody said."""
    return pod.spec.priority or 0
