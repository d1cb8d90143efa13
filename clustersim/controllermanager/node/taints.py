"""The taint manager: deletes pods from nodes with a NoExecute taint that they do not tolerate, or no longer.

```
  taint or pod seen --not tolerated--> delete now
                    --tolerated for so many seconds--> timer --> delete     (the last taint gone: timer off)
                    --tolerated for ever--> nothing
```
No component of these releases sets such taints by itself unless an alpha gate is on (nodelifecycle/alpha.py),
so it acts on those that people set. There is no rate limit. Timers are memory: after a restart all of them
begin anew. Source: v1.7.5
pkg/controller/node/taint_controller.go, v1.8.0 pkg/controller/node/scheduler/taint_controller.go.
"""

from typing import Final

from clustersim.api.core_v1 import Pod, Taint
from clustersim.api.meta import ObjectReference
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.tolerations import matching, no_execute_taints, shortest
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.state import TaintState
from clustersim.controllermanager.taintedpods import PAUSE, TRIES, TaintedPods, Timer, toleration_over
from clustersim.engine.at_hand import AtHand
from clustersim.engine.rules import Verdict
from clustersim.engine.time import SECOND

SOURCE: Final = "taint_controller.go"


class TaintManager(TaintedPods):
    """Works through changes of nodes' taints and of pods, one at a time (--enable-taint-manager)."""

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller.process, "taint-manager")
        self.controller = controller
        shared = controller.shared
        self.nodes = shared.get("nodes", self.node_changed, renewals=False)
        self.pods = shared.get("pods", self.pod_changed)
        self.queue = WorkQueue(controller.process, self.name, self.sync)

    @AtHand
    def state(self) -> TaintState:
        """Its part of the node controller's memory."""
        return self.controller.state.taints

    # --- one change -------------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Look at a node or a pod."""
        kind, _, name = key.partition("/")
        if kind == "pods":
            self.look_at_pod(name)
            self.queue.done(key)
        elif (node := self.nodes.get("", name)) is None:
            self.state.tainted.pop(name, None)
            self.queue.done(key)
        else:
            taints = no_execute_taints(node)
            if taints:
                self.state.tainted[name] = taints
            else:
                self.state.tainted.pop(name, None)
            answer = self.then(self.pods_found, key, taints)
            self.controller.api.list("pods", answer, field_selector={"spec.nodeName": name})

    def pods_found(self, reply: Reply, key: str, taints: tuple[Taint, ...]) -> None:
        """The node's pods: all of them are looked at."""
        if reply.ok:
            cause = self.engine.cause
            for pod in reply.body:
                self.engine.cause = cause
                self.judge(pod, taints)
        self.queue.done(key)

    def judge(self, pod: Pod, taints: tuple[Taint, ...]) -> None:
        """What these taints mean for a pod on their node."""
        key = key_of(pod)
        if not taints:
            self.call_off(key)
            return
        used = matching(taints, pod.spec.tolerations)
        if used is None:
            self.call_off(key)
            verdict = rules.TAINT.holds(pod=pod.metadata.name, node=pod.spec.node_name)
            self._delete(key, verdict)
            return
        seconds = shortest(used)
        if seconds is None or key in self.state.timers:
            return  # a running timer is kept, also where a shorter toleration was added
        self.set_timer(key, seconds)

    def fire(self, key: str, timer: Timer) -> None:
        """A pod has been tolerated for long enough, unless its timer was stopped meanwhile."""
        if self.state.timers.get(key) != timer:
            return
        if (pod := self.pod(key)) is not None:
            seconds = (timer.due - timer.created) // SECOND
            self._delete(key, toleration_over(rules.TOLERATION_OVER, pod, seconds, timer.created, self.now))

    def call_off(self, key: str) -> None:
        timer = self.state.timers.pop(key, None)
        if timer is not None and not timer.fired:
            self._tell(key, f"Cancelling deletion of Pod {key}")

    # --- deletion ---------------------------------------------------------------------------------

    def _delete(self, key: str, verdict: Verdict) -> None:
        self.state.timers[key] = Timer(self.now, self.now, fired=True)
        self.decide("evict-by-taint", f"pods/{key}", verdict)
        self.log(f"NoExecuteTaintManager is deleting Pod: {key}", SOURCE)
        self._tell(key, f"Marking for deletion Pod {key}")
        self.try_to_delete(key, 1)

    def try_to_delete(self, key: str, attempt: int) -> None:
        """Delete the pod with its own grace period."""
        namespace, _, name = key.partition("/")
        self.controller.api.delete("pods", namespace, name, self.then(self.deleted, key, attempt))

    def deleted(self, reply: Reply, key: str, attempt: int) -> None:
        """Five tries, 10 ms apart; after that the pod may be judged anew."""
        if reply.ok:
            return
        if attempt < TRIES:
            self.post(PAUSE, self.try_to_delete, key, attempt + 1)
        else:
            self.state.timers.pop(key, None)

    def _tell(self, key: str, message: str) -> None:
        namespace, _, name = key.partition("/")
        involved = ObjectReference(kind="Pod", namespace=namespace, name=name)
        self.controller.recorder.event(involved, "Normal", "TaintManagerEviction", message)
