"""The Job controller of today: every pod is counted exactly once, by a finalizer.

```
  sync: survey --over-----> delete active pods ---------------------------+
               --too many-> take the finalizer off, delete ---------------+--> write what has ended, uncounted
               --too few--> wait for the back-off, or create 1, 2, 4, ... -+    --> take the finalizers off
                                                                                --> write the counts, the end
```
What pods and written statuses cause is looked at a second later, so that much of it is one look.
Source: v1.36 pkg/controller/job/job_controller.go.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from clustersim.api.batch import Job, JobCondition
from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Pod
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.controllermanager.job import pods as jobpods
from clustersim.controllermanager.job import rules
from clustersim.controllermanager.job.backoff import BackoffRecord
from clustersim.controllermanager.job.ended import has_ended
from clustersim.controllermanager.job.finalizers import FinalizerTracking, JobState, JobSync
from clustersim.controllermanager.job.ledger import MOST_PODS
from clustersim.controllermanager.job.survey import (
    FAILURE_TARGET,
    FINALIZER,
    SUCCESS_CRITERIA_MET,
    condition,
    deadline,
    is_managed_elsewhere,
    is_suspended,
    survey,
    tracked,
    with_condition,
)
from clustersim.controllermanager.podcontrol import is_forgiven, tell_created, tell_deleted
from clustersim.controllermanager.pods import is_ready
from clustersim.controllermanager.slowstart import SlowStart
from clustersim.engine.rules import Verdict
from clustersim.engine.time import SECOND, Micros

BATCH_PERIOD: Final[Micros] = SECOND


class TrackingJobController(SlowStart, FinalizerTracking):
    """Runs the pods of every Job."""

    kind, resource = "Job", "jobs"
    waits_for: ClassVar[tuple[str, ...]] = ("pods", "jobs")
    title: ClassVar[str] = "job"
    minds_only_its_own = False
    finalizer = FINALIZER

    # --- what the watches show --------------------------------------------------------------------

    def object_changed(self, old: Job | None, new: Job | None) -> None:
        """A Job was added, changed or removed: a change of what it should do is looked at at once."""
        changed = new if new is not None else old
        if changed is None:
            return
        key = key_of(changed)
        if new is None or has_ended(new):
            for pod in self.shared.owned_by(changed.metadata.uid):
                if tracked(pod):
                    self.orphans.add(key_of(pod))
        if new is not None and has_ended(new):
            self.state.records.pop(key, None)
        elif old is None or new is None or old.metadata.generation != new.metadata.generation:
            self.queue.add(key)
        else:
            self.enqueue(key)

    def enqueue(self, key: str) -> None:
        """What happens to pods is looked at together, a second later."""
        self.queue.add_after(key, BATCH_PERIOD)

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        pod = new if new is not None else old
        if pod is None:
            return
        owner = self.owner_of(pod)
        if owner is not None and (new is None or not tracked(pod)):
            self.state.released.get(key_of(owner), {}).pop(pod.metadata.uid, None)
        if tracked(pod) and new is not None and (owner is None or has_ended(owner)):
            self.orphans.add(key_of(pod))
        super().pod_changed(old, new)

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Bring one Job a step further; one that has ended is left alone."""
        owner: Job | None = self.object_of(key)
        state = self.state
        if owner is None:
            self.log(f"Job has been deleted: {key}", self.source_file)
            state.expectations.forget(key)
            for memory in (state.records, state.released, state.written):
                memory.pop(key, None)
        if owner is None or not self._is_to_be_synced(key, owner):
            self.queue.done(key)
            return
        if int(owner.metadata.resource_version) < state.written.get(key, 0):
            self.queue.retry(key)  # the cache does not show yet what was written
            return
        pods = self.claim(owner)
        record = state.records.get(key, BackoffRecord())
        found = survey(owner, pods, state.released.get(key, {}), record, self.now)
        status = owner.status
        if not status.start_time and not is_suspended(owner):
            status = replace(status, start_time=rfc3339(self.now))
            owner = replace(owner, status=status)
        if (due := deadline(owner)) is not None and due > self.now:
            self.queue.add_after(key, due - self.now)
        counts = state.expectations.satisfied(key, self.now, self.flags.expectations_timeout)
        job = state.syncs[key] = JobSync(
            owner, found, status, found.target, len(found.active), found.ready, found.terminating
        )
        if found.target is not None:
            self._end(key, job, found.target, counts)
        elif counts and not owner.metadata.deletion_timestamp:
            job.managed = True
            self._manage(key, job)
        else:
            self._evaluate(key, job)

    def _is_to_be_synced(self, key: str, owner: Job) -> bool:
        if is_managed_elsewhere(owner):
            name = owner.spec.managed_by
            self.decide("leave-job", f"jobs/{key}", rules.JOB_MANAGED_ELSEWHERE.holds(manager=name))
            return False
        return not has_ended(owner) and owner.metadata.uid not in self.state.finished

    def _end(self, key: str, job: JobSync, target: JobCondition, counts: bool) -> None:
        """The Job is over: what is active is deleted, the finalizers stay for being counted."""
        if condition_of(job.owner.status, target.type) is None:
            self._tell_end(key, job, target)
        if not counts:
            job.end = None
        job.pending = len(job.survey.active)
        for pod in job.survey.active:
            metadata = pod.metadata
            answer = self.then(self.ended, key, metadata.name, is_ready(pod))
            self.api.delete("pods", metadata.namespace, metadata.name, answer)
        if not job.pending:
            self.track(key)

    def _tell_end(self, key: str, job: JobSync, target: JobCondition) -> None:
        if target.type == FAILURE_TARGET:
            values: dict[str, Any] = {"reason": target.reason, "failed": job.survey.failed}
            self.decide("fail-job", f"jobs/{key}", rules.JOB_FAILURE_TARGET.holds(**values))
        else:
            values = {"succeeded": job.survey.succeeded, "reason": target.reason}
            self.decide("complete-job", f"jobs/{key}", rules.JOB_SUCCESS_CRITERIA.holds(**values))

    def ended(self, reply: Reply, key: str, pod: str, ready: bool) -> None:
        """An active pod of a Job that is over is being deleted, or is not."""
        job = self.state.syncs[key]
        tell_deleted(self, job.owner, pod, reply)
        job.pending -= 1
        job.ready -= ready
        if reply.ok or reply.status == 404:
            job.active -= 1
            job.terminating += 1
        else:
            job.error, job.end = reply.message, None
        if not job.pending:
            self.track(key)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """A pause after failures, and the end of the time that the Job may be active."""
        owner: Job | None = self.object_of(key) if resource == self.resource else None
        if owner is None or has_ended(owner) or is_managed_elsewhere(owner):
            return
        record = self.peek(JobState).records.get(key, BackoffRecord())
        if wait := record.remaining(self.now):
            yield rules.JOB_BACKOFF.holds(False, due=self.now + wait, failed=record.failures, wait=wait)
        if (due := deadline(owner)) is not None and due > self.now:
            values: dict[str, Any] = {"reason": "DeadlineExceeded", "failed": owner.status.failed}
            yield rules.JOB_FAILURE_TARGET.holds(False, due=due, **values)

    # --- pods -------------------------------------------------------------------------------------

    def _manage(self, key: str, job: JobSync) -> None:
        wanted = jobpods.wanted_active(job.owner, job.survey)
        doomed = jobpods.surplus(job.owner, job.survey, wanted)
        if not is_suspended(job.owner):
            doomed = doomed[:MOST_PODS]
        have, values = job.active, {"succeeded": job.survey.succeeded, "wanted": wanted}
        if doomed:
            verdict = rules.JOB_TOO_MANY.holds(active=have, difference=len(doomed), **values)
            self.decide("delete-pods", f"jobs/{key}", verdict)
            self.state.expectations.expect_deletions(key, [key_of(pod) for pod in doomed], self.now)
            job.pending = len(doomed)
            for pod in doomed:
                self.untrack(pod, self.then(self.untracked, key, pod))
            return
        plan = jobpods.plan(job.owner, job.survey, wanted, self.now, MOST_PODS)
        if plan.wait:
            verdict = rules.JOB_BACKOFF.holds(
                due=self.now + plan.wait, failed=job.survey.record.failures, wait=plan.wait
            )
            self.decide("wait-for-back-off", f"jobs/{key}", verdict)
            self.queue.add_after(key, max(plan.wait, BATCH_PERIOD))
            job.active = 0  # so the real one reports, whatever still runs
        if not plan.indexes:
            self._evaluate(key, job)
            return
        verdict = rules.JOB_TOO_FEW.holds(active=have, difference=len(plan.indexes), **values)
        job.decision = self.decide("create-pods", f"jobs/{key}", verdict)
        self.state.expectations.expect_creations(key, len(plan.indexes), self.now)
        job.plan = list(plan.indexes)
        self.create_batch(key, job)

    def untracked(self, reply: Reply, key: str, pod: Pod) -> None:
        """A pod that is too much is not counted; now it is deleted."""
        metadata = pod.metadata
        if reply.ok:
            answer = self.then(self.deleted, key, metadata.name, is_ready(pod))
            self.api.delete("pods", metadata.namespace, metadata.name, answer)
        else:
            self.deleted(reply, key, metadata.name, False)

    def deleted(self, reply: Reply, key: str, pod: str, ready: bool) -> None:
        """A pod that was too much is being deleted, or is not."""
        job = self.state.syncs[key]
        tell_deleted(self, job.owner, pod, reply)
        job.pending -= 1
        if reply.ok or reply.status == 404:
            job.active, job.ready, job.terminating = job.active - 1, job.ready - ready, job.terminating + 1
        else:
            job.error = reply.message
            self.state.expectations.deletion_observed(key, f"{job.owner.metadata.namespace}/{pod}")
        if not job.pending:
            self._evaluate(key, job)

    def next_pods(self, job: JobSync, count: int) -> Sequence[Pod]:
        now, job.plan = job.plan[:count], job.plan[count:]
        template, delayed = self.pod_of_template(job.owner), job.survey.delayed
        return [
            jobpods.pod_for(job.owner, template, index, None if index is None else delayed.get(index))
            for index in now
        ]

    def created(self, reply: Reply, key: str) -> None:
        """A pod was created, or was not: then the rest is left for later."""
        job = self.state.syncs[key]
        tell_created(self, job.owner, reply)
        job.pending -= 1
        if reply.ok or is_forgiven(self, reply):
            job.active += 1
        else:
            job.error = reply.message
            self.state.expectations.creation_observed(key)
        if not job.pending and not self.goes_on(key, job):
            self._evaluate(key, job)

    def _evaluate(self, key: str, job: JobSync) -> None:
        """Has enough succeeded? And if it was told to pause or to go on, say so."""
        completions, succeeded = job.owner.spec.completions, job.survey.succeeded
        done = succeeded > 0 if completions is None else succeeded >= completions
        if done and job.active == 0:
            message = "Reached expected number of succeeded pods"
            job.end = condition(SUCCESS_CRITERIA_MET, "CompletionsReached", message, self.now)
            self._tell_end(key, job, job.end)
        elif job.managed:
            self._tell_suspension(key, job)
        self.track(key)

    def _tell_suspension(self, key: str, job: JobSync) -> None:
        suspended = is_suspended(job.owner)
        reason, message = ("JobSuspended", "Job suspended") if suspended else ("JobResumed", "Job resumed")
        status = "True" if suspended else "False"
        changed = with_condition(job.status, condition("Suspended", reason, message, self.now, status))
        if changed is job.status:
            return
        self.tell(job.owner, "Normal", reason.removeprefix("Job"), message)
        job.status = replace(changed, start_time="" if suspended else rfc3339(self.now))
