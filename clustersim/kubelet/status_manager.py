"""Pod status towards the API server, one write at a time: GET, PUT status, and the final DELETE.

Every 10 s what the API server has is compared with what the kubelet knows, and forced: the kubelet is the
source of truth, so what a controller wrote into a pod's status meanwhile is undone (v1.7.5
pkg/kubelet/status/status_manager.go)."""

from functools import lru_cache
from typing import Final

import msgspec

from clustersim.api.core_v1 import (
    ContainerState,
    ContainerStateTerminated,
    Pod,
    PodCondition,
    PodStatus,
)
from clustersim.api.meta import replace
from clustersim.api.mirrors import is_mirror
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.engine.loop import Loop
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.kubelet import rules
from clustersim.kubelet.part import Part
from clustersim.kubelet.pod_phase import nothing_runs

READINESS: Final = ("Ready", "ContainersReady")
"""Conditions that follow the readiness of containers."""


class Versioned(msgspec.Struct, frozen=True, gc=False):
    """A status with the number of its change, whose it is, and what it came from."""

    status: PodStatus
    version: int
    uid: str
    namespace: str
    name: str
    cause: int


@lru_cache(maxsize=1024)
def _dated(condition: PodCondition, since: str) -> PodCondition:
    """With its date; one object for all pods of which the same is true since the same second."""
    dated: PodCondition = replace(condition, last_transition_time=since)
    return dated


def _since(condition: PodCondition, old: PodStatus, now: str) -> str:
    """Since when the condition is as it is."""
    for before in old.conditions:
        if before.type == condition.type:
            stays = before.status == condition.status and before.last_transition_time
            return stays or now
    return now


class StatusManagerMemory(State):
    """statuses: as the kubelet knows them; sent: the version the API server has; queue: writes to do, with
    causes; busy: a request is under way; overdue: the ticker of the batch went off meanwhile. open: pods of
    which something has changed since the last batch, or had to be written then."""

    statuses: dict[str, Versioned] = msgspec.field(default_factory=dict)
    sent: dict[str, int] = msgspec.field(default_factory=dict)
    queue: list[tuple[Versioned, int]] = msgspec.field(default_factory=list)
    open: dict[str, None] = msgspec.field(default_factory=dict)
    busy: bool = False
    overdue: bool = False


class StatusManager(Part):
    """The cache of statuses and the goroutine that writes them."""

    name = "status-manager"

    def memory(self) -> StatusManagerMemory:
        return StatusManagerMemory()

    def make_loop(self) -> Loop:
        """The batch."""
        return Loop(self.kubelet, "status-batch", self.tick, self.kubelet.flags.status_sync_period)

    def status_of(self, uid: str) -> PodStatus | None:
        """What the kubelet knows of a pod, None if it never looked."""
        known = self.state.statuses.get(uid)
        return known.status if known is not None else None

    # --- learning ---------------------------------------------------------------------------------

    def set_status(self, pod: Pod, status: PodStatus) -> None:
        """A sync found this status; of a deleted pod every step is written, of others only what changed."""
        self._update(pod, status, bool(pod.metadata.deletion_timestamp))

    def terminate(self, pod: Pod) -> None:
        """Nothing of a deleted pod is left to run: all its containers count as ended."""
        status = self.status_of(pod.metadata.uid) or pod.status
        ended = ContainerState(terminated=ContainerStateTerminated(exit_code=0))
        statuses = tuple(replace(one, state=ended, ready=False) for one in status.container_statuses)
        self._update(pod, replace(status, container_statuses=statuses), True)

    def set_readiness(self, pod: Pod, name: str, ready: bool) -> None:
        """A probe changed whether a container is ready."""
        status = self.status_of(pod.metadata.uid)
        if status is None:
            return
        init, statuses = (
            tuple(replace(one, ready=ready) if one.name == name else one for one in found)
            for found in (status.init_container_statuses, status.container_statuses)
        )
        judge = self.kubelet.generator.ready_condition
        conditions = tuple(
            judge(pod, status.phase, init, statuses, one.type) if one.type in READINESS else one
            for one in status.conditions
        )
        changed = replace(
            status, init_container_statuses=init, container_statuses=statuses, conditions=conditions
        )
        self._update(pod, changed, False)

    def set_started(self, pod: Pod, name: str) -> None:
        """A startup probe succeeded."""
        status = self.status_of(pod.metadata.uid)
        if status is None:
            return
        init, statuses = (
            tuple(replace(one, started=True) if one.name == name else one for one in found)
            for found in (status.init_container_statuses, status.container_statuses)
        )
        self._update(pod, replace(status, init_container_statuses=init, container_statuses=statuses), False)

    def _update(self, pod: Pod, status: PodStatus, force: bool) -> None:
        memory: StatusManagerMemory = self.state
        uid = pod.metadata.uid
        known = memory.statuses.get(uid)
        old = known.status if known is not None else pod.status
        now = rfc3339(self.kubelet.clock)
        status = replace(
            status,
            conditions=tuple([_dated(one, _since(one, old, now)) for one in status.conditions]),
            start_time=old.start_time or now,
        )
        if known is not None and not force and known.status == status:
            return
        version = known.version + 1 if known is not None else 1
        metadata = pod.metadata
        memory.statuses[uid] = Versioned(
            status, version, uid, metadata.namespace, metadata.name, self.kubelet.engine.cause
        )
        memory.open[uid] = None
        self.kubelet.pod_manager.judge(uid)
        self._push(memory.statuses[uid])
        self.kubelet.wanted_changed()
        self.kubelet.prober.something_changed()

    def reconcile(self, pod: Pod) -> None:
        """The API server's version changed: the next batch looks whether it is still the kubelet's."""
        known = self.status_of(pod.metadata.uid)
        if known is not None and known != pod.status:
            self.kubelet.loops["status-batch"].wake()

    def keep_only(self, uids: dict[str, Pod]) -> None:
        """Forget pods that do not exist any more."""
        statuses: dict[str, Versioned] = self.state.statuses
        if not statuses.keys() <= uids.keys():
            for uid in [uid for uid in statuses if uid not in uids]:
                self.forget(uid)

    def forget(self, uid: str) -> None:
        """Its status, and what of it was sent: a static pod may come back under its uid."""
        self.state.statuses.pop(uid, None)
        self.state.sent.pop(uid, None)
        self.state.open.pop(uid, None)
        self.kubelet.pod_manager.judge(uid)

    def reopen(self, uid: str) -> None:
        """The API server tells something else of a pod."""
        self.state.open[uid] = None

    # --- writing ----------------------------------------------------------------------------------

    def tick(self) -> None:
        """The ticker goes off. If the goroutine waits for an answer, it looks when it has it."""
        if self.state.busy:
            self.state.overdue = True
        else:
            self.batch()

    def batch(self) -> None:
        """Write what is not written, and force what differs."""
        memory: StatusManagerMemory = self.state
        if not memory.sent.keys() <= memory.statuses.keys():
            for uid in [uid for uid in memory.sent if uid not in memory.statuses]:
                del memory.sent[uid]
        for uid, known in self._unsettled():
            pod = self.kubelet.static_pods.told(uid)
            if self._needs_update(known):
                self.kubelet.engine.cause = known.cause
                self._push(known)
            elif pod is not None and pod.status is not known.status and pod.status != known.status:
                memory.sent.pop(uid, None)
                self._push(known)

    def _unsettled(self) -> list[tuple[str, Versioned]]:
        """Statuses that may have to be written, in the order of their pods: not those that are written, that
        the API server still has, and whose pod stays."""
        memory: StatusManagerMemory = self.state
        sent, pods, statuses = memory.sent, self.kubelet.pod_manager.pods, memory.statuses
        looked_at = [uid for uid in (memory.open if len(memory.open) < 2 else statuses) if uid in memory.open]
        found = [
            (uid, known)
            for uid in looked_at
            if (known := statuses.get(uid)) is not None
            and (
                sent.get(uid) != known.version
                or (pod := pods.get(uid)) is None
                or pod.status is not known.status
                or pod.metadata.deletion_timestamp
            )
        ]
        memory.open = dict.fromkeys([uid for uid, _ in found])
        return found

    def _push(self, known: Versioned) -> None:
        self.state.queue.append((known, self.kubelet.engine.cause))
        self.kubelet.loops["status-batch"].wake()
        self._next()

    def _needs_update(self, known: Versioned) -> bool:
        sent = self.state.sent.get(known.uid)
        if sent is None or sent < known.version:
            return True
        pod = self.kubelet.pod_manager.get(known.uid)
        if pod is None or not pod.metadata.deletion_timestamp:
            return False
        return self.can_be_deleted(pod, known.status).holds

    def _next(self) -> None:
        memory: StatusManagerMemory = self.state
        while memory.queue and not memory.busy:
            known, cause = memory.queue.pop(0)
            if self._needs_update(known):
                memory.busy = True
                self.kubelet.loops["status-batch"].wake()
                self.kubelet.engine.cause = cause
                self.kubelet.api.get("pods", known.namespace, known.name, self.then(self.got, known))

    def got(self, reply: Reply, known: Versioned) -> None:
        """The pod as the API server has it; a pod that is gone, or another of that name, is left alone."""
        if reply.ok and self._is_of(reply.body, known.uid):
            self.write(reply.body, known)
            return
        if reply.ok:
            self.forget(known.uid)
        elif reply.status != 404:
            self._failed(reply, known)
        self._done()

    def _is_of(self, pod: Pod, uid: str) -> bool:
        """The API server's pod is that of the uid, or its mirror, if only an outdated one."""
        return pod.metadata.uid == uid or (
            is_mirror(pod) and self.kubelet.static_pods.by_uid(uid) is not None
        )

    def write(self, pod: Pod, known: Versioned) -> None:
        """Put the status into the pod that the API server has."""
        changed = replace(pod, status=known.status)
        self.kubelet.api.update_status(changed, self.then(self.written, known))

    def written(self, reply: Reply, known: Versioned) -> None:
        """The status is written, or will be with the next batch."""
        if not reply.ok:
            self._failed(reply, known)
            self._done()
            return
        self.log("status_manager.go", self.kubelet.words.status_written(reply.body, known.version))
        self.sent(reply.body, known)

    def sent(self, pod: Pod, known: Versioned) -> None:
        """The API server has it; a deleted pod of which nothing is left is removed for good."""
        if known.uid in self.state.statuses:
            self.state.sent[known.uid] = known.version
        if not pod.metadata.deletion_timestamp:
            self._done()
            return
        verdict = self.can_be_deleted(pod, known.status)
        if is_mirror(pod) or not verdict.holds:
            self._done()
            return
        self.kubelet.emit("decision", "remove", f"pods/{known.namespace}/{known.name}", rule=verdict)
        self.kubelet.api.delete(
            "pods",
            known.namespace,
            known.name,
            self.then(self.deleted, known),
            grace_seconds=0,
            uid=known.uid,
        )

    def deleted(self, reply: Reply, known: Versioned) -> None:
        """The pod object is gone."""
        if reply.ok:
            text = self.kubelet.words.pod_gone(known.name, known.namespace, known.uid)
            self.log("status_manager.go", text)
            self.forget(known.uid)
        elif reply.status != 404:
            told = self.kubelet.words.pod_kept(known.name, known.namespace, known.uid, reply.message)
            self.log("status_manager.go", *told)
        self._done()

    def _failed(self, reply: Reply, known: Versioned) -> None:
        told = self.kubelet.words.status_kept(known.name, known.namespace, known.uid, reply.message)
        self.log("status_manager.go", *told)
        self.kubelet.loops["status-batch"].wake()

    def _done(self) -> None:
        self.state.busy = False
        self._next()
        self._catch_up()

    def _catch_up(self) -> None:
        if self.state.overdue and not self.state.busy:
            self.state.overdue = False
            self.batch()

    def can_be_deleted(self, pod: Pod, status: PodStatus) -> Verdict:
        """The API server may forget the pod: nothing of it is left on the node."""
        running = sum(one.state.running is not None for one in status.container_statuses)
        deleting = bool(pod.metadata.deletion_timestamp)
        view = self.kubelet.pleg.view(pod.metadata.uid)
        if not self.kubelet.keeps_pods_until_records_are_gone:
            # What was started since the status was told holds the pod's volumes.
            running = max(running, len(view.running))
            reclaimed = deleting and nothing_runs(status) and not view.running
            return rules.POD_RECLAIMED.holds(reclaimed, running=running)
        records = len(view.containers)
        reclaimed = deleting and nothing_runs(status) and not records
        return rules.POD_RECLAIMED_RECORDS.holds(reclaimed, running=running, records=records)
