"""How far a simulated milestone may be from the recorded one (golden README, section 7)."""

from typing import Final

from clustersim.conformance import vocabulary
from clustersim.conformance.recording import RecordedMilestone, Recording
from clustersim.engine.time import SECOND, Micros

CONTROL_PLANE: Final[Micros] = SECOND // 2
"""What the control plane decides, given the phases."""

NODE: Final[Micros] = 2 * SECOND
"""What depends on the runtime, on the kubelet's own loops or on client back-off."""

CONTAINER_CLEANING: Final[Micros] = 10 * SECOND
"""v1.8.0: a dead container waits for a once-a-minute cleaning, and its pod for the container."""

POD_SYNC: Final[Micros] = 16 * SECOND
"""A back-off is looked at only when the pod is synced: it may end late by one sync, in the recording as well
as in the model. Syncs are 10 s apart, stretched by up to half, and started by a ticker of 1 s."""

NODE_LEVEL: Final = (
    "endpoints-full-again",
    "endpoints-reached",
    "node-ready-again",
    "node-registered",
    "node-untainted-noschedule",
    "pods-ready-again-",
    "old-containers-",
    "old-pods-gone-",
    "pods-unknown-cleared-",
    "pod-unknown-cleared",
    "pod-gone",
    "pod-finished",
    "scale-down-pods-gone",
    "rollout-",
    "eviction-cancelled-",
    "component-",
    "leader-acquired",
    "apiserver-answers",
    "heartbeat-resumed",
    "node-rebooted",
    "container-",
    "pull-attempted",
    "sandbox-changed",
    "pod-ip-changed",
    "pod-waiting",
    "job-finished",
)
"""Beginnings of the names that get 2 s."""

NODE_LEVEL_OF_FAMILIES: Final = tuple(
    f"{family}-{name}"
    for family in vocabulary.FAMILIES
    for name in ("running", "running-last", "ready", "all-ready")
)

UNTIMED: Final = ("placement-settled",)
"""Only the value counts."""

BACKED_OFF: Final = ("container-started", "container-launched", "pod-waiting", "pull-attempted")


def is_control_plane(
    recording: Recording, milestone: RecordedMilestone, *, first_scaling: bool = True
) -> bool:
    """Whether the control plane alone decides when it happens."""
    name = milestone.name
    if name.startswith("replicaset-scaled-"):
        return first_scaling
    if name.startswith(NODE_LEVEL) or name in NODE_LEVEL_OF_FAMILIES:
        return False
    return not _waits_for_its_name(recording, milestone)


def tolerance(
    recording: Recording, milestone: RecordedMilestone, *, first_scaling: bool = True
) -> tuple[Micros, Micros]:
    """How much earlier, how much later it may be. `first_scaling`: first replicaset-scaled of an action."""
    name = milestone.name
    if is_control_plane(recording, milestone, first_scaling=first_scaling):
        return CONTROL_PLANE, CONTROL_PLANE
    if recording.release == "v1.8.0" and name.startswith(("old-containers-removed-", "old-pods-gone-")):
        return CONTAINER_CLEANING, CONTAINER_CLEANING
    if name in BACKED_OFF and milestone.value not in (0, 1, "ContainerCreating"):
        return NODE + POD_SYNC, NODE + POD_SYNC
    return NODE, NODE


def _waits_for_its_name(recording: Recording, milestone: RecordedMilestone) -> bool:
    """A StatefulSet's new pod has to wait until the old one of that name is gone."""
    if not milestone.name.startswith("replacement-"):
        return False
    return any(o.kind == "StatefulSet" and o.name == milestone.of for o in recording.objects)


def must_be_equal(name: str) -> bool:
    """Whether the numbers that stand as values have to be equal."""
    return name.endswith("-last") or name.startswith(
        ("replicaset-", "pods-collected", "endpoints-full-again", "endpoints-lowest")
    )
