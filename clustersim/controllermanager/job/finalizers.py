"""The second half of a look at a Job: every pod that has ended is counted exactly once, by its finalizer.

```
  pods have ended --> written as uncounted --> their finalizers are taken off --> the counts are written,
                                                                                  and perhaps the end
```
Pods whose Job is gone or over lose the finalizer, too.
Source: v1.36 pkg/controller/job/job_controller.go (trackJobStatusAndRemoveFinalizers, syncOrphanPod).
"""

from typing import Any, Final

import msgspec

from clustersim.api.batch import Job, JobCondition, JobStatus
from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.job.backoff import BackoffRecord
from clustersim.controllermanager.job.ended import has_ended
from clustersim.controllermanager.job.ledger import counted, noted
from clustersim.controllermanager.job.survey import (
    FAILURE_TARGET,
    FINALIZER,
    Survey,
    condition,
    is_managed_elsewhere,
    tracked,
    with_condition,
)
from clustersim.controllermanager.podowner import OwnerState, PodOwner
from clustersim.engine.state import State

WORKERS: Final = 5


class JobSync(State):
    """A synchronisation under way.

    status: as it will be written. end: the condition it ends with, None while it goes on. plan: pods still to
    be created (their indexes, None without). releasing: pods whose finalizer goes; tracked: UIDs of pods that
    have it. more: there was more to count than fits. left, batch, pending, error, decision: slowstart.py.
    """

    owner: Job
    survey: Survey
    status: JobStatus
    end: JobCondition | None
    active: int
    ready: int
    terminating: int
    plan: list[int | None] = msgspec.field(default_factory=list)
    batch: int = 1
    pending: int = 0
    deleted: int = 0
    error: str = ""
    managed: bool = False
    releasing: list[Pod] = msgspec.field(default_factory=list)
    tracked: dict[str, bool] = msgspec.field(default_factory=dict)
    more: bool = False
    decision: int = 0

    @property
    def left(self) -> int:
        """How many pods are still to be created."""
        return len(self.plan)


class JobState(OwnerState):
    """By key: synchronisations under way; failures and the last of them; UIDs of pods whose finalizer is
    known to go; the version of the Job that was written last. finished: UIDs of Jobs that were ended."""

    syncs: dict[str, JobSync] = msgspec.field(default_factory=dict)
    records: dict[str, BackoffRecord] = msgspec.field(default_factory=dict)
    released: dict[str, dict[str, bool]] = msgspec.field(default_factory=dict)
    written: dict[str, int] = msgspec.field(default_factory=dict)
    finished: dict[str, bool] = msgspec.field(default_factory=dict)


class FinalizerTracking(PodOwner):
    """Counts pods that have ended, and takes their finalizers off."""

    source_file = "job_controller.go"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "job-controller", "job-controller", WORKERS)
        self.pods = self.shared.get("pods")
        self.orphans = WorkQueue(self.process, "job-orphan-pods", self.release_orphan, workers=WORKERS)

    @property
    def state(self) -> JobState:
        """Its memory."""
        return self.memory(JobState)

    def start(self) -> None:
        super().start()
        self.orphans.open()

    def release_orphan(self, key: str) -> None:
        """Take the finalizer off a pod whose Job is gone or over."""
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        owner = self.owner_of(pod) if pod is not None else None
        kept = owner is not None and (is_managed_elsewhere(owner) or not has_ended(owner))
        if pod is None or not tracked(pod) or kept:
            self.orphans.done(key)
        else:
            self.untrack(pod, self.then(self.orphan_released, key))

    def orphan_released(self, reply: Reply, key: str) -> None:
        """It has no finalizer any more, or is gone."""
        self.orphans.answered(key, reply)

    def untrack(self, pod: Pod, answer: Any) -> None:
        """Take the finalizer off a pod."""
        rest = [name for name in pod.metadata.finalizers if name != FINALIZER]
        patch = {"metadata": {"finalizers": rest or None}}
        self.api.patch("pods", pod.metadata.namespace, pod.metadata.name, patch, answer)

    # --- counting -----------------------------------------------------------------------------------

    def track(self, key: str) -> None:
        """Note what has ended as not yet counted; then write that, and then take the finalizers off."""
        job = self.state.syncs[key]
        released = self.state.released.get(key, {})
        known = [pod for pod in job.survey.pods if tracked(pod) and pod.metadata.uid not in released]
        job.tracked = {pod.metadata.uid: True for pod in known}
        status = replace(job.status, active=job.active, ready=job.ready, terminating=job.terminating)
        status = counted(status, job.tracked)
        entry = noted(job.owner, status, job.survey, known, job.end)
        job.status, job.releasing, job.more = entry.status, list(entry.releasing), entry.more
        if job.end is not None and condition_of(job.status, job.end.type) is None:
            job.status = replace(job.status, conditions=(*job.status.conditions, job.end))
        cached: Job | None = self.object_of(key)
        if cached is None or job.status != cached.status:
            self._write(key, job, "noted")
        else:
            self._release(key)

    def _write(self, key: str, job: JobSync, answer: str) -> None:
        written = replace(job.owner, status=job.status)
        self.api.update_status(written, self.then(getattr(self, answer), key))

    def noted(self, reply: Reply, key: str) -> None:
        """What has ended is written down: the finalizers may go."""
        job = self.state.syncs[key]
        if not reply.ok:
            self._finish(key, f"adding uncounted pods to status: {reply.message}")
            return
        job.owner = reply.body
        self.state.written[key] = int(reply.body.metadata.resource_version)
        self.state.records[key] = job.survey.record
        self._release(key)

    def _release(self, key: str) -> None:
        job = self.state.syncs[key]
        released = self.state.released.setdefault(key, {})
        job.pending = len(job.releasing)
        for pod in job.releasing:
            released[pod.metadata.uid] = True
            self.untrack(pod, self.then(self.released, key, pod.metadata.uid))
        if not job.pending:
            self._close(key, job)

    def released(self, reply: Reply, key: str, uid: str) -> None:
        """A pod has lost its finalizer, or has not."""
        job = self.state.syncs[key]
        job.pending -= 1
        if reply.ok or reply.status == 404:
            job.tracked.pop(uid, None)
        else:
            self.state.released.get(key, {}).pop(uid, None)
            job.error = reply.message
        if not job.pending:
            self._close(key, job)

    def _close(self, key: str, job: JobSync) -> None:
        """Count those whose finalizer has just gone; and if nothing is left to count, say how it ended."""
        before = job.status
        job.status = counted(before, job.tracked)
        waiting = job.status.uncounted_terminated_pods
        settled = waiting is None or not (waiting.succeeded or waiting.failed)
        over = job.end is not None and settled and not job.more and not job.terminating and not job.error
        if over and job.end is not None:
            kind = "Failed" if job.end.type == FAILURE_TARGET else "Complete"
            final = condition(kind, job.end.reason, job.end.message, self.now)
            status = with_condition(job.status, final)
            if kind == "Complete":
                status = replace(status, completion_time=final.last_transition_time)
            job.status = status
        if job.status != before:
            self._write(key, job, "closed")
        else:
            self._finish(key)

    def closed(self, reply: Reply, key: str) -> None:
        """The counts are written, and with them perhaps the end."""
        if not reply.ok:
            self._finish(key, f"removing uncounted pods from status: {reply.message}")
            return
        self.state.written[key] = int(reply.body.metadata.resource_version)
        if has_ended(reply.body):
            self.state.finished[reply.body.metadata.uid] = True
            self._tell_finished(reply.body)
        self._finish(key)

    def _tell_finished(self, owner: Job) -> None:
        failed = condition_of(owner.status, "Failed")
        if failed is not None and failed.status == "True":
            self.tell(owner, "Warning", failed.reason, failed.message)
            return
        if owner.spec.completions is not None and owner.status.succeeded > owner.spec.completions:
            text = "Too many succeeded pods running after completion count reached"
            self.tell(owner, "Warning", "TooManySucceededPods", text)
        self.tell(owner, "Normal", "Completed", "Job completed")

    def _finish(self, key: str, error: str = "") -> None:
        job = self.state.syncs.pop(key)
        if error or job.error:
            self.log(f"syncing job: {error or job.error}", self.source_file, "E")
            self.queue.retry(key)
        else:
            self.queue.done(key)
