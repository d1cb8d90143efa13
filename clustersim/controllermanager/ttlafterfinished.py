"""The TTL-after-finished controller: a Job that has ended goes when its time to live is over.

Source: v1.36 pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
"""

from collections.abc import Iterator
from typing import ClassVar

from clustersim.api.batch import Job
from clustersim.api.meta import replace
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.rules import Verdict
from clustersim.engine.time import SECOND, Micros


class TtlAfterFinishedController(Controller):
    """Deletes Jobs that have ended long enough ago."""

    waits_for: ClassVar[tuple[str, ...]] = ("jobs",)
    title: ClassVar[str] = "TTL after finished"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "ttl-after-finished-controller", "ttl-after-finished-controller")
        self.jobs = self.shared.get("jobs", self.job_changed)
        self.queue = WorkQueue(
            self.process, self.name, self.sync, workers=self.flags.concurrent_ttl_after_finished_syncs
        )

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """An ended Job that is still to go."""
        namespace, _, name = key.partition("/")
        job: Job | None = self.jobs.get(namespace, name) if resource == "jobs" else None
        if job is not None and expires(job) is not None:
            yield replace(expired(job, self.now), holds=False)

    def job_changed(self, old: Job | None, new: Job | None) -> None:
        """A Job has ended, or its time to live was changed."""
        if new is not None and not new.metadata.deletion_timestamp and expires(new) is not None:
            self.queue.add(key_of(new))

    def sync(self, key: str) -> None:
        """Look at one Job; whether its time is over says the API server last."""
        namespace, _, name = key.partition("/")
        job: Job | None = self.jobs.get(namespace, name)
        if self._is_due(key, job):
            self.api.get("jobs", namespace, name, self.then(self.read, key))
        else:
            self.queue.done(key)

    def read(self, reply: Reply, key: str) -> None:
        """The Job: it goes, or its time is not over yet."""
        if not self._is_due(key, reply.body if reply.ok else None):
            self.queue.done(key)
            return
        self.decide("delete-job", f"jobs/{key}", expired(reply.body, self.now))
        metadata = reply.body.metadata
        self.api.delete(
            "jobs",
            metadata.namespace,
            metadata.name,
            self.then(self.deleted, key),
            uid=metadata.uid,
            propagation="Foreground",
        )

    def _is_due(self, key: str, job: Job | None) -> bool:
        """It goes now; one that goes later is looked at then (processTTL)."""
        if job is None or job.metadata.deletion_timestamp or expires(job) is None:
            return False
        verdict = expired(job, self.now)
        if verdict.due is not None:
            self.queue.add_after(key, verdict.due - self.now)
        return verdict.due is None

    def deleted(self, reply: Reply, key: str) -> None:
        """The Job is being deleted, with its pods before it."""
        self.queue.answered(key, reply)


def expires(job: Job) -> Micros | None:
    """When the Job is to go, None if it has not ended or stays."""
    ttl = job.spec.ttl_seconds_after_finished
    for found in job.status.conditions:
        if ttl is not None and found.type in ("Complete", "Failed") and found.status == "True":
            return micros(found.last_transition_time) + ttl * SECOND
    return None


def expired(job: Job, now: Micros) -> Verdict:
    """Whether an ended Job's time to live is over, and if not, when it will be."""
    time, ttl = expires(job) or 0, (job.spec.ttl_seconds_after_finished or 0) * SECOND
    return rules.TTL_OVER.holds(
        time <= now, due=None if time <= now else time, job=job.metadata.name, ttl=ttl
    )
