"""The Job controller of v1.7 and v1.8: pods until enough of them have succeeded.

A pod on a lost node counts as active until it is being deleted; then another one is created, although the
first may still be at work: what a Job does can be done twice.
Source: v1.7.5 pkg/controller/job/jobcontroller.go, v1.8.0 job_controller.go.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

import msgspec

from clustersim.api.batch import Job, JobCondition, JobStatus
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros, rfc3339
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.job import rules
from clustersim.controllermanager.job.ended import has_ended
from clustersim.controllermanager.podcontrol import tell_created, tell_deleted
from clustersim.controllermanager.podowner import OwnerState
from clustersim.controllermanager.pods import is_active
from clustersim.controllermanager.slowstart import SlowStart
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

WORKERS: Final = 5
DEADLINE: Final = ("DeadlineExceeded", "Job was active longer than specified deadline")
BACKOFF: Final = ("BackoffLimitExceeded", "Job has reach the specified backoff limit")


class JobSync(State):
    """A synchronisation under way: the status that will be written, whether another pod has failed since the
    last look, and whether the status has changed. told: why the Job failed, which is told once its pods are
    deleted. left, batch, pending, error, decision: slowstart.py."""

    owner: Job
    status: JobStatus
    left: int = 0
    batch: int = 0
    pending: int = 0
    error: str = ""
    decision: int = 0
    failed: bool = False
    changed: bool = False
    told: tuple[str, str] | None = None


class JobState(OwnerState):
    """By key: synchronisations under way; the Job as it was last written, until the watch shows it; and of
    v1.8 how often the key has been put off."""

    syncs: dict[str, JobSync] = msgspec.field(default_factory=dict)
    written: dict[str, Job] = msgspec.field(default_factory=dict)
    requeues: dict[str, int] = msgspec.field(default_factory=dict)


class CountingJobController(SlowStart):
    """Runs the pods of every Job."""

    kind, resource = "Job", "jobs"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "jobs")
    title: ClassVar[str] = "job"
    source_file = "jobcontroller.go"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "job-controller", "job-controller", WORKERS)

    @property
    def state(self) -> JobState:
        """Its memory."""
        return self.memory(JobState)

    # --- back-off -----------------------------------------------------------------------------------

    def enqueue(self, key: str) -> None:
        """v1.8 puts off everything about a Job whose pods have failed, the more often, the longer."""
        requeues = self.state.requeues.get(key, 0)
        self.queue.add_after(key, self._pause(requeues - 1) if requeues else 0)

    def _pause(self, failures: int) -> Micros:
        if self.traits.job_backoff is None:
            return 0
        first, longest = self.traits.job_backoff
        return min(first << min(failures, 40), longest)

    def _put_off(self, key: str) -> None:
        requeues = self.state.requeues.get(key, 0)
        self.state.requeues[key] = requeues + 1
        self.queue.done(key)
        self.queue.add_after(key, self._pause(requeues))

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one Job a step further; one that has ended is left alone."""
        owner = self._newest(key)
        if owner is None:
            self.log(f"Job has been deleted: {key}", self.source_file)
            self.state.expectations.forget(key)
            self.state.requeues.pop(key, None)
            self.state.written.pop(key, None)
        if owner is None or has_ended(owner):
            self.queue.done(key)
            return
        counts = self.state.expectations.satisfied(key, self.now, self.flags.expectations_timeout)
        pods = self.claim(owner)
        active = [pod for pod in pods if is_active(pod)]
        status = self._counted(owner, pods, len(active))
        job = self.state.syncs[key] = JobSync(owner, status)
        job.failed = status.failed > owner.status.failed
        if (ended := self._failure(key, job)) is not None:
            self._end(key, job, "Failed", *ended)
            job.told = ended
            job.status = replace(job.status, active=0, failed=status.failed + len(active))
            self._delete(key, job, active, len(active))
        else:
            manages = counts and not owner.metadata.deletion_timestamp
            there = self._manage(key, job, active) if manages else len(active)
            if is_complete(owner, job.status, there):
                verdict = rules.JOB_COMPLETE.holds(succeeded=status.succeeded)
                self.decide("complete-job", f"{self.resource}/{key}", verdict)
                self._tell_surplus(owner, status, there)
                job.status = replace(job.status, completion_time=rfc3339(self.now))
                self._end(key, job, "Complete", "", "")
        if not job.pending:
            self._write_status(key)

    def _newest(self, key: str) -> Job | None:
        """The Job as the cache has it, or as it was written a moment ago."""
        cached: Job | None = self.object_of(key)
        written = self.state.written.get(key)
        if cached is None or written is None or written.metadata.uid != cached.metadata.uid:
            return cached
        newer = int(written.metadata.resource_version) > int(cached.metadata.resource_version)
        return written if newer else cached

    def _counted(self, owner: Job, pods: list[Pod], active: int) -> JobStatus:
        started = owner.status.start_time
        if not started:
            started = rfc3339(self.now)
            limit = owner.spec.active_deadline_seconds
            if limit is not None and self.traits.awaits_deadlines:
                self.post(limit * SECOND, self.look_again, key_of(owner))
        return replace(
            owner.status,
            start_time=started,
            active=active,
            succeeded=sum(pod.status.phase == "Succeeded" for pod in pods),
            failed=sum(pod.status.phase == "Failed" for pod in pods),
        )

    def _failure(self, key: str, job: JobSync) -> tuple[str, str] | None:
        spec, status = job.owner.spec, job.status
        limit = self.traits.backoff_limit
        if limit is not None:
            limit = limit if spec.backoff_limit is None else spec.backoff_limit
            if job.failed and self.state.requeues.get(key, 0) + 1 > limit:
                return BACKOFF
        deadline = spec.active_deadline_seconds
        if deadline is not None and self.now - micros(status.start_time) >= deadline * SECOND:
            return DEADLINE
        return None

    def _end(self, key: str, job: JobSync, kind: str, reason: str, message: str) -> None:
        """The Job is over: a condition says how."""
        if kind == "Failed":
            verdict = rules.JOB_FAILED.holds(reason=reason)
            self.decide("fail-job", f"{self.resource}/{key}", verdict)
        time = rfc3339(self.now)
        condition = JobCondition(
            type=kind,
            status="True",
            last_probe_time=time,
            last_transition_time=time,
            reason=reason,
            message=message,
        )
        job.status = replace(job.status, conditions=(*job.status.conditions, condition))

    def _tell_surplus(self, owner: Job, status: JobStatus, active: int) -> None:
        """More pods than it took are at work still, or have succeeded."""
        wanted, rest = owner.spec.completions, "after completion count reached"
        if wanted is not None and active:
            self.tell(owner, "Warning", "TooManyActivePods", f"Too many active pods running {rest}")
        if wanted is not None and status.succeeded > wanted:
            self.tell(owner, "Warning", "TooManySucceededPods", f"Too many succeeded pods running {rest}")

    # --- pods -------------------------------------------------------------------------------------

    def _manage(self, key: str, job: JobSync, active: list[Pod]) -> int:
        """Too many are only those beyond the parallelism; how many pods there are then (manageJob)."""
        most, have = job.owner.spec.parallelism or 0, len(active)
        wanted = most if have > most else wanted_active(job.owner, job.status, have)
        values = {"active": have, "wanted": wanted, "succeeded": job.status.succeeded}
        if have > most:
            verdict = rules.JOB_TOO_MANY.holds(difference=have - most, **values)
            self.decide("delete-pods", f"{self.resource}/{key}", verdict)
            self._delete(key, job, active, have - most)
            return most
        if have < wanted:
            count = min(wanted - have, self.flags.replica_burst)
            verdict = rules.JOB_TOO_FEW.holds(difference=count, **values)
            job.decision = self.decide("create-pods", f"{self.resource}/{key}", verdict)
            self.state.expectations.expect_creations(key, count, self.now)
            job.left, job.batch = count, 1 if self.traits.slow_start else count
            self.create_batch(key, job)
            return have + count
        return have

    def next_pods(self, job: JobSync, count: int) -> Sequence[Pod]:
        job.left -= count
        return [self.pod_of_template(job.owner)] * count

    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not."""
        job = self.state.syncs[key]
        tell_created(self, job.owner, reply)
        if reply.ok:
            job.status = replace(job.status, active=job.status.active + 1)
        else:
            job.error = reply.message
            self.state.expectations.creation_observed(key)
        self._answered(key, job)

    def _delete(self, key: str, job: JobSync, active: list[Pod], count: int) -> None:
        doomed = self.traits.rank_for_deletion(active, (), self.now)[:count]
        if doomed:
            self.state.expectations.expect_deletions(key, [key_of(pod) for pod in doomed], self.now)
        job.pending += len(doomed)
        for pod in doomed:
            metadata = pod.metadata
            answer = self.then(self.deleted, key, metadata.name)
            self.api.delete("pods", metadata.namespace, metadata.name, answer)

    def deleted(self, reply: Reply, key: str, pod: str) -> None:
        """A pod is being deleted, or is not."""
        job = self.state.syncs[key]
        tell_deleted(self, job.owner, pod, reply)
        if reply.ok:
            job.status = replace(job.status, active=max(0, job.status.active - 1))
        else:
            job.error = reply.message
            self.state.expectations.deletion_observed(key, f"{job.owner.metadata.namespace}/{pod}")
        self._answered(key, job)

    def _answered(self, key: str, job: JobSync) -> None:
        job.pending -= 1
        if not job.pending and not self.goes_on(key, job):
            self._write_status(key)

    # --- status -----------------------------------------------------------------------------------

    def _write_status(self, key: str) -> None:
        job = self.state.syncs[key]
        if job.told is not None:
            kind = "Warning" if self.traits.warns_of_failed_jobs else "Normal"
            self.tell(job.owner, kind, *job.told)
        before = job.owner.status
        job.changed = job.status != replace(before, start_time=job.status.start_time)
        if not job.changed:
            self._finish(key)
        else:
            metadata = job.owner.metadata
            self.api.get(self.resource, metadata.namespace, metadata.name, self.then(self.read, key))

    def read(self, reply: Reply, key: str) -> None:
        """The Job as it is now: it gets the new status, whoever changed it meanwhile (updateJobStatus)."""
        job = self.state.syncs[key]
        if reply.ok:
            written = replace(reply.body, status=job.status)
            self.api.update_status(written, self.then(self.status_written, key))
        else:
            job.error = reply.message
            self._finish(key)

    def status_written(self, reply: Reply, key: str) -> None:
        """The status was written, or somebody was faster."""
        if reply.ok:
            self.state.written[key] = reply.body
        else:
            self.state.syncs[key].error = reply.message
        self._finish(key)

    def _finish(self, key: str) -> None:
        """Forget the failures of a Job that goes on; put off one of which another pod has failed."""
        job = self.state.syncs.pop(key)
        if job.error:
            self.log(f"Error syncing job: {job.error}", self.source_file, "E")
        backs_off = self.traits.job_backoff is not None
        failed = job.failed and not job.status.conditions
        if backs_off and failed and not job.error:
            text = f'Error syncing job: failed pod(s) detected for job key "{key}"'
            self.log(text, self.source_file, "E")
        if backs_off and (job.error or failed):
            self._put_off(key)
        elif job.error:
            self.queue.retry(key)
        else:
            if job.changed:
                self.state.requeues.pop(key, None)
            self.queue.done(key)


# --- pure functions -------------------------------------------------------------------------------------


def wanted_active(job: Job, status: JobStatus, active: int) -> int:
    """How many pods should be at work (manageJob)."""
    parallelism = job.spec.parallelism or 0
    if job.spec.completions is None:
        return min(parallelism, active) if status.succeeded else parallelism
    return max(0, min(job.spec.completions - status.succeeded, parallelism))


def is_complete(job: Job, status: JobStatus, active: int) -> bool:
    """Enough pods have succeeded, and where one is enough, none is at work any more."""
    if job.spec.completions is None:
        return status.succeeded > 0 and active == 0
    return status.succeeded >= job.spec.completions
