"""What recordings call `pod-bound-to-node`: it is no milestone, but may be forbidden."""

from collections.abc import Iterator

from clustersim.conformance.history import History
from clustersim.conformance.observation import Milestone


def pod_bound_to_node(run: History) -> Iterator[Milestone]:
    """A pod other than a DaemonSet pod is bound to this node."""
    for pod in run.pods:
        if pod.bound is not None and pod.bound >= run.start and pod.first.owner_kind != "DaemonSet":
            yield Milestone("pod-bound-to-node", pod.node, pod.bound)
