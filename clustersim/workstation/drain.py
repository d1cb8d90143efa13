"""`kubectl drain`: cordon, evict every pod, wait until each is gone.

A pod whose disruption budget does not allow it is asked for again every 5 s; --timeout bounds all of it. Once
a second it looks which pods are gone, all in one list; the real one asks for each pod by itself, as often.
Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/drain.go; v1.36 k8s.io/kubectl pkg/drain.
"""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.mirrors import is_mirror
from clustersim.api.owners import controller_of
from clustersim.api.request import Request
from clustersim.api.selectors import parse_label_selector, selects
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros
from clustersim.client.client import Client
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.workstation.invocation import FAILED, Invocations

EVICTION_PAUSE: Final[Micros] = 5 * SECOND
LOOKS_EVERY: Final[Micros] = SECOND

EVICTING: Final = "evicting"
NOT_NOW: Final = "not now"
EVICTED: Final = "evicted"
SKIPPED: Final = "skipped"
DRAINED: Final = "drained"
REFUSED: Final = "refused"
TIMED_OUT: Final = "timed out"


class DrainOptions(msgspec.Struct, frozen=True):
    """How to drain. grace_seconds: -1 for each pod's own; timeout: 0 for ever; pods: a selector by labels;
    evicts: through the eviction API, which heeds disruption budgets; skips_after: pods whose grace is over
    for longer than this are not waited for, 0: all are."""

    ignore_daemon_sets: bool = True
    grace_seconds: int = -1
    timeout: Micros = 0
    pods: str = ""
    evicts: bool = True
    skips_after: Micros = 0


def is_skipped(pod: Pod, after: Micros, now: Micros) -> bool:
    """The pod was to be gone so long ago that nobody waits for it (v1.36 k8s.io/kubectl pkg/drain/filters.go
    shouldSkipPod). after: --skip-wait-for-delete-timeout, 0 for never."""
    until = pod.metadata.deletion_timestamp
    return bool(after and until) and (now - micros(until)) // SECOND * SECOND > after


class Draining(State):
    """A drain: its node, and the pods that are not gone yet, by uid (namespace and name). looks: it looks
    again and again which are gone."""

    node: str
    options: DrainOptions
    pods: dict[str, tuple[str, str]] = msgspec.field(default_factory=dict)
    looks: bool = False


class Drains(State):
    """The drains that go on, by the numbers of their runs."""

    going_on: dict[int, Draining] = msgspec.field(default_factory=dict)


class Drain(Part):
    """All drains of a workstation."""

    def __init__(self, process: Process, api: Client, invocations: Invocations) -> None:
        super().__init__(process, "drain")
        self.api = api
        self.invocations = invocations

    def begin(self, node: str, options: DrainOptions) -> None:
        """Cordon the node first."""
        number = self.invocations.begin("drain", node)
        self.remember(Drains).going_on[number] = Draining(node, options)
        request = Request("patch", "nodes", name=node, body={"spec": {"unschedulable": True}})
        self.api.send(request, self.then(self.cordoned, number))
        if options.timeout:
            self.post(options.timeout, self.timed_out, number)

    def _of(self, number: int) -> Draining | None:
        """A drain, unless it has ended or was interrupted."""
        going_on = self.remember(Drains).going_on
        if not self.invocations.goes_on(number):
            going_on.pop(number, None)
        return going_on.get(number)

    def cordoned(self, reply: Reply, number: int) -> None:
        """The node is cordoned: look for its pods."""
        if (drain := self._of(number)) is None:
            return
        if not reply.ok:
            self._fail(number, f"nodes/{drain.node}", reply.message or reply.reason)
            return
        self._list(drain, self.found, number)

    def _list(self, drain: Draining, then: Callable[[Reply, int], None], number: int) -> None:
        self.api.list("pods", self.then(then, number), field_selector={"spec.nodeName": drain.node})

    def found(self, reply: Reply, number: int) -> None:
        """Evict every pod that no DaemonSet and no kubelet would make again; with pods of DaemonSets there
        nothing more is done, unless they are to be ignored."""
        if (drain := self._of(number)) is None:
            return
        if not reply.ok:
            self._fail(number, f"nodes/{drain.node}", reply.message or reply.reason)
            return
        wanted = parse_label_selector(drain.options.pods)
        pods: list[Pod] = [
            pod for pod in reply.body if selects(wanted, pod.metadata.labels) and not is_mirror(pod)
        ]
        daemons = [pod for pod in pods if (owner := controller_of(pod)) and owner.kind == "DaemonSet"]
        if daemons and not drain.options.ignore_daemon_sets:
            names = ", ".join(pod.metadata.name for pod in daemons)
            why = f"DaemonSet-managed pods (use --ignore-daemonsets to ignore): {names}"
            self._fail(number, f"nodes/{drain.node}", why)
            return
        skips_after, now = drain.options.skips_after, self.process.now
        going = [pod.metadata for pod in pods if pod not in daemons and not is_skipped(pod, skips_after, now)]
        drain.pods = {metadata.uid: (metadata.namespace, metadata.name) for metadata in going}
        for metadata in going:
            self.evict(number, metadata.uid)
        self._finish_if_empty(number, drain)

    def evict(self, number: int, uid: str) -> None:
        """Ask for a pod's eviction."""
        drain = self._of(number)
        if drain is None or uid not in drain.pods:
            return
        (namespace, name), options = drain.pods[uid], drain.options
        self.invocations.tell(number, EVICTING, f"pods/{namespace}/{name}")
        grace = None if options.grace_seconds < 0 else options.grace_seconds
        verb: Literal["evict", "delete"] = "evict" if options.evicts else "delete"
        request = Request(verb, "pods", namespace, name, grace_seconds=grace)
        self.api.send(request, self.then(self.asked, number, uid))

    def asked(self, reply: Reply, number: int, uid: str) -> None:
        """The pod is going; or its disruption budget does not allow it now, and it is tried again."""
        drain = self._of(number)
        if drain is None or uid not in drain.pods:
            return
        namespace, name = drain.pods[uid]
        ref = f"pods/{namespace}/{name}"
        if reply.status == 429:
            self.invocations.tell(number, NOT_NOW, ref, reply.message)
            why = f'error when evicting pod "{name}" (will retry after 5s): {reply.message}'
            self.process.emit("decision", "refused", ref, after=why)
            self.process.log(why, level="E")
            self.post(EVICTION_PAUSE, self.evict, number, uid)
        elif not reply.ok and reply.status != 404:
            self._fail(number, ref, reply.message or reply.reason)
        elif not drain.looks:
            drain.looks = True
            self.look(number)

    def look(self, number: int) -> None:
        """Which of the pods are still there?"""
        if (drain := self._of(number)) is not None:
            self._list(drain, self.seen, number)

    def seen(self, reply: Reply, number: int) -> None:
        """Those of the same name and uid are."""
        if (drain := self._of(number)) is None:
            return
        if reply.ok:
            there = {pod.metadata.uid: pod for pod in reply.body}
            for uid, (namespace, name) in list(drain.pods.items()):
                pod = there.get(uid)
                skipped = pod is not None and is_skipped(pod, drain.options.skips_after, self.process.now)
                if pod is None or skipped:
                    del drain.pods[uid]
                    what = SKIPPED if skipped else EVICTED
                    self.invocations.tell(number, what, f"pods/{namespace}/{name}")
        if not self._finish_if_empty(number, drain):
            self.post(LOOKS_EVERY, self.look, number)

    def _finish_if_empty(self, number: int, drain: Draining) -> bool:
        if drain.pods:
            return False
        self.invocations.tell(number, DRAINED, f"nodes/{drain.node}")
        self.invocations.end(number)
        self.remember(Drains).going_on.pop(number, None)
        return True

    def timed_out(self, number: int) -> None:
        """--timeout is over."""
        if (drain := self._of(number)) is not None:
            for namespace, name in drain.pods.values():
                self.invocations.tell(number, TIMED_OUT, f"pods/{namespace}/{name}")
            self._fail(number, f"nodes/{drain.node}", "Drain did not complete in time", what=TIMED_OUT)

    def _fail(self, number: int, ref: str, why: str, *, what: str = REFUSED) -> None:
        self.process.emit("decision", "refused", ref, after=why)
        self.process.log(f"error: {why}", level="E")
        self.invocations.tell(number, what, ref, why)
        self.invocations.end(number, FAILED)
