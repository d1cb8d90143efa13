"""The words of recordings of format `golden/1`: what each may be, and what each needs beside it."""

from typing import Final

FORMAT: Final = "golden/1"

RELEASES: Final = ("v1.7.5", "v1.8.0", "v1.36.2")
"""Releases whose recordings can be compared."""

ONE_AT_A_TIME: Final = ("v1.36.2",)
"""Releases that were recorded with a supervisor which looks after one component at a time."""

KILLING_IS_AN_EVENT: Final = ("v1.36", "v1.36.2")
"""Releases of which an Event shows that a container is told to stop, and its removal that it has ended."""

NO_BOOT_ID: Final = ("v1.36.2",)
"""Releases whose recorded nodes have no boot id, so that nothing shows that they were rebooted."""

KINDS: Final = (
    "ReplicationController",
    "Service",
    "Pod",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
)

ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "stop-kubelet": (),
    "start-kubelet": (),
    "stop-docker": ("containers",),
    "start-docker": ("containers",),
    "hang-docker": (),
    "resume-docker": (),
    "stop-controller-manager": (),
    "start-controller-manager": (),
    "stop-scheduler": (),
    "start-scheduler": (),
    "stop-apiserver": (),
    "start-apiserver": (),
    "stop-etcd": (),
    "start-etcd": (),
    "delete-node": (),
    "delete-pod": ("grace_s", "force"),
    "cordon": (),
    "uncordon": (),
    "drain": ("ignore_daemonsets",),
    "taint": ("key", "value", "effect"),
    "untaint": ("key", "value", "effect"),
    "create": (),
    "scale": ("replicas",),
    "set-image": ("container", "image"),
    "rollout-undo": (),
    "watch": (),
    "allow-image": (),
    "join-node": (),
    "power-off": ("containers",),
    "power-on": (),
    "cut-network": (),
    "heal-network": (),
}
"""Every action, with the arguments it may carry."""

DISTURBING: Final = (
    "stop-kubelet",
    "stop-docker",
    "hang-docker",
    "delete-node",
    "cordon",
    "drain",
    "taint",
    "power-off",
    "cut-network",
)
"""Actions that begin the disturbance of the node they are aimed at."""

REPAIRING: Final = ("start-kubelet", "start-docker", "resume-docker", "power-on", "heal-network")
"""Actions of which the last one aimed at a node is its repair."""

NODE_ACTIONS: Final = (*DISTURBING, *REPAIRING, "uncordon", "untaint", "join-node")
"""Actions whose target is a node."""

CREATING: Final = {
    "create": "initial",
    "scale": "scale-up",
    "set-image": "rollout",
    "rollout-undo": "rollout",
}
"""Actions that can bring pods about by themselves, and the family of those pods."""

FAMILIES: Final = ("initial", "scale-up", "rollout", "replacement")

FAMILY_MILESTONES: Final = (
    "created",
    "created-last",
    "bound",
    "bound-last",
    "running",
    "running-last",
    "ready",
    "all-ready",
)


def _first_last(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}-{end}" for name in names for end in ("first", "last"))


CONTAINER_MILESTONES: Final = (
    "container-started",
    "container-launched",
    "pod-waiting",
    "pull-attempted",
    "sandbox-changed",
    "pod-ip-changed",
)
"""Names of single containers: they stand only in files of which they are the subject."""

MILESTONES: Final = (
    "node-not-ready",
    "node-ready-again",
    "node-deleted",
    "node-registered",
    "node-tainted-noschedule",
    "node-tainted-noexecute",
    "node-untainted-noschedule",
    "node-untainted-noexecute",
    "node-cordoned",
    "node-uncordoned",
    *_first_last("pods-ready-false", "pods-unknown", "pods-unknown-cleared"),
    "eviction-announced",
    *_first_last("eviction-cancelled", "pods-deletion-timestamp"),
    *_first_last("old-containers-told-to-stop", "old-containers-exited", "old-containers-removed"),
    *_first_last("old-pods-gone", "pods-ready-again"),
    "pod-unknown",
    "pod-unknown-cleared",
    "pod-deletion-timestamp",
    "pod-gone",
    "pod-finished",
    *(f"{family}-{name}" for family in FAMILIES for name in FAMILY_MILESTONES),
    "unschedulable",
    *_first_last("scale-down-deletion-timestamp"),
    "scale-down-pods-gone",
    *_first_last("rollout-deletion-timestamp"),
    "rollout-pods-gone",
    "replicaset-scaled-up",
    "replicaset-scaled-down",
    "rollout-complete",
    "placement-settled",
    "endpoints-shrunk",
    "endpoints-lowest",
    "endpoints-full-again",
    "endpoints-reached",
    "pods-collected",
    "component-exited",
    "component-started",
    "leader-acquired",
    "apiserver-answers",
    "heartbeat-resumed",
    "node-rebooted",
    "job-finished",
    *CONTAINER_MILESTONES,
)

NEVERS: Final = (*MILESTONES, "pod-bound-to-node")
