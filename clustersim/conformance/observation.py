"""What an observer of the API, of the runtimes and of the process table saw: facts and their changes.

The milestones are made from this alone, whether it comes from the model or from the timeline of a recording.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from clustersim.engine.time import Micros

FINISHED = ("Succeeded", "Failed")
"""Phases of a pod that has ended."""


class NodeFacts(msgspec.Struct, frozen=True):
    """A Node object. `ready` is the status of its Ready condition, `taints` pairs of effect and key."""

    name: str
    ready: str
    taints: tuple[tuple[str, str], ...] = ()
    unschedulable: bool = False


class PodFacts(msgspec.Struct, frozen=True):
    """A Pod object. `grace` in seconds stands with a deletionTimestamp; `node` is empty until it is bound.

    `owner` is the name of the controller as recordings know it (the Deployment of a ReplicaSet pod), the
    pod's own name for a bare pod (then `owner_kind` is empty). `unschedulable`: PodScheduled is False.
    `waiting`, `running`, `restarts`: of its containers, in the order of their names.
    `printed`: its STATUS in kubectl.
    """

    uid: str
    name: str
    owner: str
    owner_kind: str
    node: str = ""
    phase: str = "Pending"
    ready: bool = False
    reason: str = ""
    deleting: bool = False
    grace: int | None = None
    unschedulable: bool = False
    ip: str = ""
    waiting: tuple[str, ...] = ()
    running: bool = False
    restarts: int = 0
    printed: str = ""


class EndpointsFacts(msgspec.Struct, frozen=True):
    """An Endpoints object: how many ready and not ready addresses."""

    name: str
    ready: int
    not_ready: int = 0


class WorkloadFacts(msgspec.Struct, frozen=True):
    """A workload: its wanted replicas.

    `complete`: the status of a Deployment says that the rollout is over. `finished`: how a Job ended.
    """

    kind: str
    name: str
    owner: str = ""
    replicas: int = 0
    complete: bool = False
    finished: str = ""


Facts = TypeVar("Facts", NodeFacts, PodFacts, EndpointsFacts, WorkloadFacts)


class Change(msgspec.Struct, Generic[Facts], frozen=True):
    """An object as it was before and after one write; None where it did not exist."""

    t: Micros
    key: str
    before: Facts | None
    after: Facts | None


class Notice(msgspec.Struct, frozen=True):
    """A Kubernetes Event as written. `kind` and `name` of the involved object; `uid` where it is a pod."""

    t: Micros
    reason: str
    kind: str
    name: str
    message: str = ""
    count: int = 1


class ContainerChange(msgspec.Struct, frozen=True):
    """What the runtime of a node did. `what`: started | told to stop | exited | removed."""

    t: Micros
    node: str
    pod: str
    container: str
    what: str


class ProcessChange(msgspec.Struct, frozen=True):
    """A control plane process. `what`: exited | started (by its supervisor) | leads | answers."""

    t: Micros
    component: str
    what: str


class Observation(msgspec.Struct, frozen=True):
    """A whole run, each part in order of time. `end` is when the observer stopped looking.

    `heartbeats`: `{node: times}` of the node status posts that reached the API server; where nodes have
    Leases, of the renewals of those.
    """

    nodes: tuple[Change[NodeFacts], ...]
    pods: tuple[Change[PodFacts], ...]
    endpoints: tuple[Change[EndpointsFacts], ...]
    workloads: tuple[Change[WorkloadFacts], ...]
    notices: tuple[Notice, ...]
    containers: tuple[ContainerChange, ...]
    processes: tuple[ProcessChange, ...]
    heartbeats: Mapping[str, tuple[Micros, ...]]
    end: Micros


class Milestone(msgspec.Struct, frozen=True):
    """A consequence that became visible at `t`; the meaning of `value` depends on the name."""

    name: str
    of: str
    t: Micros
    value: Any = None
    action: int | None = None
