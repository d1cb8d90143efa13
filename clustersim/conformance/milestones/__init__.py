"""The milestones of section 5 of the recordings' README: one small function for each, as defined there."""

from clustersim.conformance.history import history
from clustersim.conformance.milestones import containers, families, nodes, oldpods, services, workloads
from clustersim.conformance.observation import Milestone, Observation
from clustersim.conformance.recording import Recording


def extract(recording: Recording, seen: Observation) -> tuple[Milestone, ...]:
    """Every milestone in what was seen, in order of time.

    Of the recording only what was done and set up is used, never what came of it.
    """
    run = history(recording, seen)
    makers = (
        *nodes.ALL,
        *oldpods.ALL,
        *families.ALL,
        *workloads.ALL,
        *services.ALL,
        *containers.ALL,
    )
    found = [milestone for make in makers for milestone in make(run)]
    return tuple(sorted(found, key=lambda m: m.t))


__all__ = ["extract"]
