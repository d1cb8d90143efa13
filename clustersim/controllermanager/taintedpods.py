"""What the taint manager of old and the taint-eviction controller of today have in common.

They watch NoExecute taints of nodes and the pods there, and keep a timer for each pod that tolerates them for
a while. Source: v1.7.5 pkg/controller/node/{taint_controller,timed_workers}.go; the same code in v1.8.0
pkg/controller/node/scheduler and v1.36.2 pkg/controller/tainteviction.
"""

from abc import ABC, abstractmethod
from typing import Final, Protocol

import msgspec

from clustersim.api.core_v1 import Node, Pod, Taint
from clustersim.api.registry import key_of
from clustersim.api.tolerations import no_execute_taints
from clustersim.client.informer import Informer
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.part import Part
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.time import MILLISECOND, SECOND, Micros

TRIES: Final = 5
PAUSE: Final[Micros] = 10 * MILLISECOND
"""A pod is deleted in that many tries, so far apart."""


class Timer(msgspec.Struct, frozen=True):
    """When a pod began to be tolerated, and until when; `fired`: it has been deleted."""

    created: Micros
    due: Micros
    fired: bool = False


class TaintMemory(Protocol):
    """NoExecute taints by node, and timers by pod."""

    tainted: dict[str, tuple[Taint, ...]]
    timers: dict[str, Timer]


class TaintedPods(Part, ABC):
    """Queues nodes whose taints change, and pods that this concerns; says which pod is to be judged by which
    taints."""

    queue: WorkQueue
    nodes: Informer
    pods: Informer

    @property
    @abstractmethod
    def state(self) -> TaintMemory:
        """Taints and timers."""

    @abstractmethod
    def judge(self, pod: Pod, taints: tuple[Taint, ...]) -> None:
        """What these taints mean for a pod on their node."""

    @abstractmethod
    def call_off(self, key: str) -> None:
        """A pod's timer is stopped."""

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node whose NoExecute taints have changed is looked at."""
        if new is None:
            if old is not None:
                self.queue.add(f"nodes/{old.metadata.name}")
            return
        if old is not None and old.spec is new.spec:
            return  # a status, a heartbeat
        if no_execute_taints(new) != (no_execute_taints(old) if old is not None else ()):
            self.queue.add(f"nodes/{new.metadata.name}")

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod is looked at if it is new to a tainted node or tolerates other things, or has a timer and is
        gone. When its node is tainted, all its pods are looked at."""
        if new is None:
            if old is not None and key_of(old) in self.state.timers:
                self.queue.add(f"pods/{key_of(old)}")
        elif new.spec.node_name in self.state.tainted and (
            old is None
            or old.spec.node_name != new.spec.node_name
            or old.spec.tolerations != new.spec.tolerations
        ):
            self.queue.add(f"pods/{key_of(new)}")

    def look_at_pod(self, key: str) -> None:
        """One queued pod."""
        pod = self.pod(key)
        if pod is None:
            self.call_off(key)
        elif taints := self.state.tainted.get(pod.spec.node_name):
            self.judge(pod, taints)

    def set_timer(self, key: str, seconds: int) -> None:
        """The pod is tolerated from now on, for that long."""
        self.state.timers[key] = timer = Timer(self.now, self.now + seconds * SECOND)
        self.post(seconds * SECOND, self.fire, key, timer)

    @abstractmethod
    def fire(self, key: str, timer: Timer) -> None:
        """A pod has been tolerated for long enough, unless its timer was stopped meanwhile."""

    def pod(self, key: str) -> Pod | None:
        """As the cache has it."""
        namespace, _, name = key.partition("/")
        found: Pod | None = self.pods.get(namespace, name)
        return found


def toleration_over(rule: Rule, pod: Pod, seconds: int, since: Micros, now: Micros) -> Verdict:
    """Whether a pod has been tolerated on its node for as long as it asked."""
    due = since + seconds * SECOND
    return rule.holds(
        now >= due,
        due=due,
        pod=pod.metadata.name,
        node=pod.spec.node_name,
        limit=seconds * SECOND,
        seen=since,
    )
