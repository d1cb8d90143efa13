r"""Graceful node shutdown: the kubelet holds up the machine's shutdown until its pods have ended, those that
are critical last.

```
 told --> Event NodeShutdown, the node is not Ready --> pods, at most the first part of the grace
      --> critical pods, the rest of it --> the machine goes off
```
Its lock is an inhibitor of logind; where --shutdown-grace-period is zero, as by default, there is none. There
may be more groups, by priority.
Source: v1.36 pkg/kubelet/nodeshutdown/{nodeshutdown_manager,nodeshutdown_manager_linux}.go.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.engine.process import STOPPED
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.kubelet import rules
from clustersim.kubelet.admission import Refusal
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_workers_today import Eviction

if TYPE_CHECKING:
    from clustersim.kubelet.kubelet_today import KubeletV136

CRITICAL: Final = 2_000_000_000
"""Priority of system-cluster-critical: who has it, or more, goes last."""

SOURCE: Final = "nodeshutdown_manager_linux.go"
ENDS: Final = Eviction(
    "Terminated", "Pod was terminated in response to imminent node shutdown.", keeps_records=True
)
REFUSED: Final = Refusal("NodeShutdown", "Pod was rejected as the node is shutting down.")


class ShutdownMemory(State):
    """under_way: the machine goes off. left: groups still to end, each with its seconds and the uids of its
    pods; waiting: pods that are ending now; round: which group it is."""

    under_way: bool = False
    left: list[tuple[int, tuple[str, ...]]] = msgspec.field(default_factory=list)
    waiting: dict[str, bool] = msgspec.field(default_factory=dict)
    round: int = 0


class NodeShutdown(Part):
    """The node shutdown manager of today."""

    name = "node-shutdown"
    kubelet: "KubeletV136"

    def memory(self) -> ShutdownMemory:
        return ShutdownMemory()

    def begin(self) -> Micros:
        """The machine is told to go off: how long that is held up at most; zero if not at all."""
        kubelet, groups = self.kubelet, self._groups()
        if not groups or kubelet.status.phase == STOPPED or not kubelet.state.started:
            return 0
        memory: ShutdownMemory = self.state
        memory.under_way = True
        kubelet.recorder.of_node("Normal", "NodeShutdown", "Shutdown manager detected shutdown event")
        self.log(SOURCE, '"Shutdown manager processing shutdown event"')
        kubelet.node_status.look_again()
        kubelet.loops["node-status"].wake()
        pods: list[list[str]] = [[] for _ in groups]
        for uid, pod in kubelet.sync_handler.active_pods().items():
            below = sum(lowest <= (pod.spec.priority or 0) for lowest, _ in groups)
            pods[max(0, below - 1)].append(uid)
        memory.left = [(seconds, tuple(group)) for (_, seconds), group in zip(groups, pods, strict=True)]
        self._next_group()
        return sum(seconds for _, seconds in groups) * SECOND

    def _groups(self) -> list[tuple[int, int]]:
        """From which priority on a pod belongs to a group, and how many seconds that has; the lowest first.
        None where nothing holds up a shutdown (migrateConfig, groupByPriority)."""
        flags = self.kubelet.flags
        if told := flags.shutdown_grace_period_by_pod_priority:
            pairs = (one.partition("=") for one in told)
            return sorted((int(lowest), int(seconds)) for lowest, _, seconds in pairs)
        whole = flags.shutdown_grace_period // SECOND
        critical = flags.shutdown_grace_period_critical_pods // SECOND
        return [(0, whole - critical), (CRITICAL, critical)] if whole else []

    def _next_group(self) -> None:
        memory: ShutdownMemory = self.state
        while memory.left:
            seconds, uids = memory.left.pop(0)
            pods = [pod for uid in uids if (pod := self.kubelet.pod_manager.get(uid)) is not None]
            if not pods:
                continue
            memory.round += 1
            memory.waiting = {pod.metadata.uid: True for pod in pods}
            self.post(seconds * SECOND, self.out_of_time, memory.round)
            for pod in pods:
                self._end(pod, min(pod.spec.termination_grace_period_seconds, seconds))
            return
        text = "Shutdown manager completed processing shutdown event, node will shutdown shortly"
        self.log(SOURCE, f'"{text}"')
        self.kubelet.host.let_go()

    def _end(self, pod: Pod, seconds: int) -> None:
        verdict = rules.NODE_SHUTDOWN.holds(pod=pod.metadata.name, grace=seconds * SECOND)
        reference = f"pods/{pod.metadata.namespace}/{pod.metadata.name}"
        self.kubelet.emit("decision", "end", reference, rule=verdict)
        self.kubelet.pod_workers.kill(pod, seconds * SECOND, ENDS)

    def pod_over(self, uid: str) -> None:
        """Nothing of a pod is left, its volumes included."""
        memory: ShutdownMemory = self.state
        if memory.waiting.pop(uid, False) and not memory.waiting:
            memory.round += 1
            self._next_group()

    def out_of_time(self, number: int) -> None:
        """A group has had its time: the next one's begins."""
        memory: ShutdownMemory = self.state
        if memory.round == number:
            self.log(SOURCE, '"Shutdown manager pod killing time out"')
            memory.waiting.clear()
            self._next_group()

    def refusal(self) -> Refusal | None:
        """No pod is taken in any more."""
        return REFUSED if self.state.under_way else None

    def errors(self) -> tuple[str, ...]:
        """Why the node is not Ready."""
        return ("node is shutting down",) if self.state.under_way else ()
