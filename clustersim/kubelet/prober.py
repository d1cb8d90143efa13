"""Readiness and liveness probes: what they say of containers that have one (v1.7.5 pkg/kubelet/prober)."""

from clustersim.engine.state import State
from clustersim.kubelet.part import Part


class ProberMemory(State):
    """Results by container id."""


class Prober(Part):
    """Probe results."""

    name = "prober"

    def memory(self) -> ProberMemory:
        return ProberMemory()

    def readiness(self, uid: str) -> dict[str, bool]:
        """Of the pod's containers that have a readiness probe: is it ready?"""
        return {}

    def unhealthy(self, uid: str) -> dict[str, bool]:
        """The pod's containers whose liveness probe failed."""
        return {}
