"""The taint manager: deletes pods from nodes with a NoExecute taint that they do not tolerate, or no longer.

```
  taint or pod seen --not tolerated--> delete now
                    --tolerated for so many seconds--> timer --> delete     (the last taint gone: timer off)
                    --tolerated for ever--> nothing
```
No component of these releases sets such taints by itself, so it acts on those that people set. There is no
rate limit. Timers are memory: after a restart all of them begin anew. Source: v1.7.5
pkg/controller/node/taint_controller.go, v1.8.0 pkg/controller/node/scheduler/taint_controller.go.
"""

from typing import Final

from clustersim.api.core_v1 import Node, Pod, Taint
from clustersim.api.meta import ObjectReference
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.tolerations import matching, no_execute_taints, shortest
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.node import rules
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.state import TaintState, Timer
from clustersim.controllermanager.part import Part
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MILLISECOND, SECOND, Micros

SOURCE: Final = "taint_controller.go"
TRIES: Final = 5
PAUSE: Final[Micros] = 10 * MILLISECOND


class TaintManager(Part):
    """Works through changes of nodes' taints and of pods, one at a time (--enable-taint-manager)."""

    def __init__(self, controller: NodeControllerBase) -> None:
        super().__init__(controller.process, "taint-manager")
        self.controller = controller
        shared = controller.shared
        self.nodes = shared.get("nodes", self.node_changed, renewals=False)
        self.pods = shared.get("pods", self.pod_changed)
        self.queue = WorkQueue(controller.process, self.name, self.sync)

    @property
    def state(self) -> TaintState:
        """Its part of the node controller's memory."""
        return self.controller.state.taints

    # --- what the watches show --------------------------------------------------------------------

    def node_changed(self, old: Node | None, new: Node | None) -> None:
        """A node whose NoExecute taints are others than before is looked at."""
        if new is None:
            if old is not None:
                self.queue.add(f"nodes/{old.metadata.name}")
            return
        if old is not None and old.spec is new.spec:
            return  # a heartbeat
        if no_execute_taints(new) != (no_execute_taints(old) if old is not None else ()):
            self.queue.add(f"nodes/{new.metadata.name}")

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod is looked at if it is new to a tainted node or tolerates other things, or has a timer and is
        gone."""
        if new is None:
            if old is not None and key_of(old) in self.state.timers:
                self.queue.add(f"pods/{key_of(old)}")
            return
        if new.spec.node_name not in self.state.tainted:
            return  # when its node is tainted, all its pods are looked at
        if (
            old is None
            or old.spec.node_name != new.spec.node_name
            or old.spec.tolerations != new.spec.tolerations
        ):
            self.queue.add(f"pods/{key_of(new)}")

    # --- one change -------------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Look at a node or a pod."""
        kind, _, name = key.partition("/")
        if kind == "pods":
            self._look_at_pod(name)
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
                self._judge(pod, taints)
        self.queue.done(key)

    def _look_at_pod(self, key: str) -> None:
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        if pod is None:
            self._cancel(key)
        elif taints := self.state.tainted.get(pod.spec.node_name):
            self._judge(pod, taints)

    def _judge(self, pod: Pod, taints: tuple[Taint, ...]) -> None:
        """What these taints mean for a pod on their node."""
        key, now, timers = key_of(pod), self.now, self.state.timers
        if not taints:
            self._cancel(key)
            return
        used = matching(taints, pod.spec.tolerations)
        if used is None:
            self._cancel(key)
            verdict = rules.TAINT.holds(pod=pod.metadata.name, node=pod.spec.node_name)
            self._delete(key, verdict)
            return
        seconds = shortest(used)
        if seconds is None or key in timers:
            return  # a running timer is kept, also where a shorter toleration was added
        if seconds == 0:
            self._delete(key, toleration_over(pod, 0, now, now))
            return
        timers[key] = Timer(now, now + seconds * SECOND)
        self.post(seconds * SECOND, self.fire, key, timers[key])

    def fire(self, key: str, timer: Timer) -> None:
        """A pod has been tolerated for long enough, unless its timer was stopped meanwhile."""
        if self.state.timers.get(key) != timer:
            return
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        if pod is not None:
            seconds = (timer.due - timer.created) // SECOND
            self._delete(key, toleration_over(pod, seconds, timer.created, self.now))

    def _cancel(self, key: str) -> None:
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


def toleration_over(pod: Pod, seconds: int, since: Micros, now: Micros) -> Verdict:
    """Whether a pod has been tolerated on its node for as long as it asked."""
    due = since + seconds * SECOND
    return rules.TOLERATION_OVER.holds(
        now >= due,
        due=due,
        pod=pod.metadata.name,
        node=pod.spec.node_name,
        limit=seconds * SECOND,
        seen=since,
    )
