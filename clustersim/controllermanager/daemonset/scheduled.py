"""The DaemonSet controller of today: the scheduler puts its pods on their nodes, an update may surge, and a
pod that keeps failing is replaced more and more slowly.

Source: v1.36 pkg/controller/daemon/{daemon_controller,update}.go, util/daemonset_util.go.
"""

from typing import Final

import msgspec

from clustersim.api.apps import DaemonSet
from clustersim.api.core_v1 import Node, Pod, Toleration
from clustersim.api.meta import replace
from clustersim.controllermanager.daemonset import rules, update
from clustersim.controllermanager.daemonset.controller import (
    DaemonSetsController,
    DaemonState,
    DaemonSync,
    age,
)
from clustersim.controllermanager.daemonset.nodes import Place, bound_to, place_of, with_tolerations
from clustersim.controllermanager.daemonset.update import Look, Work
from clustersim.controllermanager.pods import is_ready, is_terminated
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import MINUTE, SECOND, Micros

FIRST_PAUSE: Final[Micros] = SECOND
LONGEST_PAUSE: Final[Micros] = 15 * MINUTE

_NODE: Final = "node.kubernetes.io/"
_TOLERATED: Final = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)
_HOST_NETWORK: Final = (
    Toleration(key=f"{_NODE}network-unavailable", operator="Exists", effect="NoSchedule"),
)


class Failing(State):
    """Of one set on one node: how long the next pause is, and when the last failed pod was deleted."""

    pause: Micros
    since: Micros


class ScheduledDaemonState(DaemonState):
    """By "set's UID/generation/node" what has failed there."""

    failing: dict[str, Failing] = msgspec.field(default_factory=dict)


class ScheduledDaemonSetsController(DaemonSetsController):
    """Creates pods for the scheduler to bind."""

    source = "daemonset-controller"
    source_file = "daemon_controller.go"
    tolerations = tuple(
        Toleration(key=f"{_NODE}{key}", operator="Exists", effect=effect) for key, effect in _TOLERATED
    )

    @property
    def state(self) -> ScheduledDaemonState:
        """Its memory."""
        return self.memory(ScheduledDaemonState)

    def pod_for(self, owner: DaemonSet, node: str, hashed: str) -> Pod:
        pod = self.pod_of_template(owner)
        labels = {**pod.metadata.labels, **self.labels_for(owner, hashed)}
        added = (*self.tolerations, *(_HOST_NETWORK if pod.spec.host_network else ()))
        spec = with_tolerations(pod.spec, added)
        if node:
            spec = bound_to(spec, node)
        return replace(pod, metadata=replace(pod.metadata, labels=labels), spec=spec)

    def place(self, owner: DaemonSet, pod: Pod, node: Node) -> Place:
        return place_of(pod, owner.spec.template.spec.node_name, node)

    def concerns(self, owner: DaemonSet, old: Node | None, new: Node) -> bool:
        asked = self.pod_for(owner, "", "")
        now = self.place(owner, asked, new)
        return now.wanted if old is None else now != self.place(owner, asked, old)

    def room_for(self, owner: DaemonSet, nodes: list[str]) -> list[str]:
        return nodes

    def counts(self, pod: Pod) -> bool:
        """One that has ended and is being deleted is waited for no more (getNodesToDaemonPods)."""
        return not (pod.metadata.deletion_timestamp and is_terminated(pod))

    def order(self, pod: Pod) -> tuple[bool, str, str]:
        """Bound ones before others, and then by age (podByCreationTimestampAndPhase)."""
        return not pod.spec.node_name, *age(pod)

    def first_batch(self, count: int) -> int:
        return min(1, count)

    def rolled(self, look: Look) -> Work:
        return update.replaced(look)

    # --- one node -------------------------------------------------------------------------------------

    def on_one_node(self, key: str, job: DaemonSync, look: Look, node: str) -> Work:
        living = [pod for pod in look.on_node[node] if not pod.metadata.deletion_timestamp]
        doomed = [found for pod in living if (found := self._ended(key, job.owner, node, pod)) is not None]
        running = sorted((p for p in living if p.status.phase not in ("Failed", "Succeeded")), key=self.order)
        if not look.most_surge():
            return Work(delete=(*doomed, *_too_many(node, running[1:])))
        if not running and look.places[node].wanted:
            missing = ((node, rules.DAEMON_MISSING.holds(node=node)),)
            return Work(create=missing, delete=tuple(doomed))
        return Work(delete=(*doomed, *_too_many(node, _beyond_surge(look, running))))

    def _ended(self, key: str, owner: DaemonSet, node: str, pod: Pod) -> tuple[Pod, Verdict] | None:
        """A pod that has ended and may be deleted by now."""
        what = f"{pod.metadata.namespace}/{pod.metadata.name} on node {node}"
        if pod.status.phase == "Succeeded":
            text = f"Found succeeded daemon pod {what}, will try to delete it"
            self.tell(owner, "Normal", "SucceededDaemonPod", text)
            return pod, rules.DAEMON_SUCCEEDED.holds(pod=pod.metadata.name, node=node)
        if pod.status.phase != "Failed":
            return None
        if wait := self._pause(owner, node):
            verdict = rules.DAEMON_BACKOFF.holds(
                due=self.now + wait, pod=pod.metadata.name, node=node, wait=wait
            )
            self.decide("wait-for-back-off", f"{self.resource}/{key}", verdict)
            self.queue.add_after(key, wait)
            return None
        text = f"Found failed daemon pod {what}, will try to kill it"
        self.tell(owner, "Warning", "FailedDaemonPod", text)
        return pod, rules.DAEMON_FAILED.holds(pod=pod.metadata.name, node=node)

    def _pause(self, owner: DaemonSet, node: str) -> Micros:
        """How long a failed pod is still left alone; if not at all, the next one will be for longer
        (IsInBackOffSinceUpdate). Another template is another matter (failedPodsBackoffKey)."""
        key, failing = f"{owner.metadata.uid}/{owner.status.observed_generation}/{node}", self.state.failing
        known = failing.get(key)
        if known is not None and self.now - known.since < known.pause:
            return known.pause
        fresh = known is None or self.now - known.since > 2 * LONGEST_PAUSE
        pause = FIRST_PAUSE if known is None or fresh else min(2 * known.pause, LONGEST_PAUSE)
        failing[key] = Failing(pause, self.now)
        return 0


def _too_many(node: str, pods: list[Pod]) -> list[tuple[Pod, Verdict]]:
    return [(pod, rules.DAEMON_TOO_MANY.holds(node=node, pod=pod.metadata.name)) for pod in pods]


def _beyond_surge(look: Look, running: list[Pod]) -> list[Pod]:
    """While an update surges two pods may be on a node: the new one that is not available yet, and the old
    one that is ready."""
    new = [pod for pod in running if look.is_new(pod)]
    old = [pod for pod in running if not look.is_new(pod)]
    doomed = new[1:] + old[1:]
    if new and old and (not is_ready(old[0]) or look.available(new[0])):
        doomed.append(old[0])
    return doomed
