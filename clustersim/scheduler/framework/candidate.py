"""A pod that looks for a node, with what is computed only once for all nodes.

Source: v1.36 staging/src/k8s.io/component-helpers/resource/helpers.go (PodRequests).
"""

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.scheduler.resources import Resources, is_best_effort, nonzero_request, pod_request


class Candidate(msgspec.Struct, frozen=True):
    """nonzero: what scoring counts, where a container that says nothing counts as a small one."""

    pod: Pod
    request: Resources
    nonzero: Resources
    best_effort: bool


def candidate(pod: Pod) -> Candidate:
    """The pod, ready for the plugins."""
    return Candidate(pod, pod_request(pod), nonzero_request(pod), is_best_effort(pod))
