"""The CronJob controllers: a Job at every moment of a schedule.

```
  look: forget Jobs that have ended --> is a start due? --Forbid, one runs--> not now
                                                        --Replace----------> delete what runs, then create
                                                        --else-------------> create
        then the status, then old Jobs beyond the history limits
```
Releases differ in when they look (polling.py, queueing.py).
Source: v1.8.0 pkg/controller/cronjob/cronjob_controller.go; v1.36 cronjob_controllerv2.go.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

import msgspec

from clustersim.api.batch import CronJob, CronJobStatus, Job
from clustersim.api.cron_schedule import Every, Schedule, parse
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import rfc3339
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.cronjob import moments, rules
from clustersim.controllermanager.cronjob.moments import Due
from clustersim.controllermanager.job.ended import has_ended, has_succeeded
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.podcontrol import is_forgiven
from clustersim.controllermanager.references import owned_by, reference_to
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros

SOURCE: Final = "cronjob_controller.go"


class CronSync(State):
    """A CronJob being looked at: the status to write, running Jobs to delete first, the start that is due.
    again: it is looked at when its next moment comes."""

    owner: CronJob
    status: CronJobStatus
    doomed: list[Job] = msgspec.field(default_factory=list)
    start: Micros | None = None
    again: bool = True


class CronState(State):
    """Looks under way by key."""

    syncs: dict[str, CronSync] = msgspec.field(default_factory=dict)


class CronJobController(Controller):
    """Starts Jobs by schedule; releases are subclasses."""

    waits_for: ClassVar[tuple[str, ...]] = ("cronjobs", "jobs")
    title: ClassVar[str] = "cronjob"
    takes_existing: ClassVar[bool] = False
    """A Job that was made and not noted is noted when it is found."""
    steps_restrict: ClassVar[bool] = False
    """Schedules are read by the parser of today."""
    cleans_first: ClassVar[bool] = False
    """Old Jobs go before anything else is looked at, and nothing more is told of them."""
    tries_again: ClassVar[bool] = False
    """A look that failed is soon tried again."""

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "cronjob-controller", "cronjob-controller")
        self.owners = self.shared.get("cronjobs", self.owner_changed)
        self.jobs = self.shared.get("jobs", self.job_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=5)

    @property
    def state(self) -> CronState:
        """Its memory."""
        return self.memory(CronState)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what releases do each in their own way -----------------------------------------------------

    @abstractmethod
    def owner_changed(self, old: CronJob | None, new: CronJob | None) -> None:
        """A CronJob was added, changed or removed."""

    @abstractmethod
    def job_changed(self, old: Job | None, new: Job | None) -> None:
        """A Job was added, changed or removed."""

    @abstractmethod
    def due(self, owner: CronJob, schedule: Schedule | Every) -> Due:
        """The start that is due."""

    @abstractmethod
    def told_many(self, owner: CronJob) -> None:
        """A suspicious number of starts was missed."""

    @abstractmethod
    def job_name(self, owner: CronJob, start: Micros) -> str:
        """What the Job of that start is called."""

    @abstractmethod
    def refused(self, owner: CronJob, start: Micros, reason: str, message: str) -> None:
        """A start is not made; whether an Event tells why."""

    @abstractmethod
    def completed_text(self, job: Job) -> str:
        """What is told of a Job that has ended."""

    def later(self, key: str, owner: CronJob, schedule: Schedule | Every | None) -> None:
        """When the CronJob is looked at again, if not by the next poll."""

    # --- a look -----------------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Look at one CronJob."""
        namespace, _, name = key.partition("/")
        owner: CronJob | None = self.owners.get(namespace, name)
        if owner is None:
            self.queue.done(key)
        else:
            self.look(key, owner)

    def look(self, key: str, owner: CronJob, unseen: tuple[Job, ...] = ()) -> None:
        """Look at one CronJob as it is known. unseen: active Jobs that are stored and not in the cache."""
        doomed = self._clean_up(owner) if self.cleans_first else set()
        status = self._without_ended(owner, doomed, unseen)
        job = self.state.syncs[key] = CronSync(owner, status)
        idle = owner.metadata.deletion_timestamp or owner.spec.suspend
        schedule = None if idle else self._schedule(owner)
        if schedule is not None:
            self._decide(key, job, replace(owner, status=status), schedule, unseen)
        self._go_on(key)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """The next start."""
        namespace, _, name = key.partition("/")
        owner: CronJob | None = self.owners.get(namespace, name) if resource == "cronjobs" else None
        schedule = self._known_schedule(owner) if owner is not None and not owner.spec.suspend else None
        start = moments.next_after(schedule, self.now) if schedule is not None else None
        if owner is not None and start is not None:
            values = {"name": key, "schedule": owner.spec.schedule, "start": rfc3339(start)}
            yield rules.CRON_DUE.holds(False, due=start, **values)

    def jobs_of(self, owner: CronJob) -> list[Job]:
        """The Jobs that this CronJob made."""
        uid = owner.metadata.uid
        return [
            found
            for found in self.jobs.list()
            if (one := controller_of(found)) is not None and one.uid == uid
        ]

    def strangers(self, owner: CronJob) -> list[Job]:
        """Its Jobs that run and that its status does not name."""
        known = {reference.uid for reference in owner.status.active}
        return [job for job in self.jobs_of(owner) if job.metadata.uid not in known and not has_ended(job)]

    def _without_ended(self, owner: CronJob, doomed: set[str], unseen: tuple[Job, ...]) -> CronJobStatus:
        """The status without Jobs that have ended or are gone, which is told."""
        children = {job.metadata.uid: job for job in self.jobs_of(owner)}
        stored = {job.metadata.name for job in unseen}
        active: list[ObjectReference] = []
        for reference in owner.status.active:
            job = children.get(reference.uid)
            if reference.uid in doomed:
                continue
            if job is None and reference.name in stored:
                active.append(reference)
            elif job is None:
                text = f"Active job went missing: {reference.name}"
                self.tell(owner, "Normal", "MissingJob", text)
            elif has_ended(job):
                self.tell(owner, "Normal", "SawCompletedJob", self.completed_text(job))
            else:
                active.append(reference)
        for job in self.strangers(owner):
            text = f"Saw a job that the controller did not create or forgot: {job.metadata.name}"
            self.tell(owner, "Warning", "UnexpectedJob", text)
        return replace(
            owner.status,
            active=tuple(active),
            last_successful_time=self.last_success(owner, children.values()),
        )

    def last_success(self, owner: CronJob, jobs: Iterable[Job]) -> str:
        """When the last of its Jobs succeeded."""
        times = [job.status.completion_time for job in jobs if job.status.completion_time]
        return max([owner.status.last_successful_time, *times])

    def _schedule(self, owner: CronJob) -> Schedule | Every | None:
        try:
            return self.parsed(owner)
        except ValueError as error:
            text = f'unparseable schedule: "{owner.spec.schedule}" : {error}'
            self.tell(owner, "Warning", "UnparseableSchedule", text)
            return None

    def parsed(self, owner: CronJob) -> Schedule | Every:
        """Its schedule. Raises ValueError."""
        return parse(owner.spec.schedule, modern=self.steps_restrict)

    def _known_schedule(self, owner: CronJob) -> Schedule | Every | None:
        try:
            return self.parsed(owner)
        except ValueError:
            return None

    def _decide(
        self,
        key: str,
        job: CronSync,
        owner: CronJob,
        schedule: Schedule | Every,
        unseen: tuple[Job, ...],
    ) -> None:
        due = self.due(owner, schedule)
        if due.never:
            why = "time difference between two schedules is less than 1 second"
            text = f"invalid schedule: {owner.spec.schedule} : {why}"
            self.tell(owner, "Warning", "InvalidSchedule", text)
        if due.many:
            self.told_many(owner)
        start, limit = due.start, owner.spec.starting_deadline_seconds
        if start is None or rfc3339(start) == owner.status.last_schedule_time:
            return
        named = {reference.name for reference in owner.status.active}
        if limit is not None and start + limit * SECOND < self.now:
            when = f"{moments.moment_of(start):%a, %d %b %Y %H:%M:%S} +0000"
            text = f"Missed scheduled time to start a job: {when}"
            self.refused(owner, start, "MissSchedule", text)
        elif self.takes_existing and self.job_name(owner, start) in named:
            return  # that start was made, and the time of it was not noted
        elif owner.spec.concurrency_policy == "Forbid" and owner.status.active:
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            self.decide("forbid-start", f"cronjobs/{key}", rules.CRON_FORBIDDEN.holds(name=key))
            self.refused(owner, start, "JobAlreadyActive", text)
        else:
            verdict = rules.CRON_DUE.holds(name=key, schedule=owner.spec.schedule, start=rfc3339(start))
            self.decide("start-job", f"cronjobs/{key}", verdict)
            job.start = start
            if owner.spec.concurrency_policy == "Replace":
                jobs = [*self.jobs_of(owner), *unseen]
                job.doomed = [one for one in jobs if one.metadata.name in named]

    def _go_on(self, key: str) -> None:
        job = self.state.syncs[key]
        if job.doomed:
            self.delete_job(job.doomed[0], key, replaced=True)
        elif job.start is not None:
            self.api.create(self._job_for(job.owner, job.start), self.then(self.created, key))
        else:
            self._write_status(key, job)

    def delete_job(self, doomed: Job, key: str, *, replaced: bool) -> None:
        """Delete a Job of a CronJob: one that has ended and is not kept, or one that is replaced."""
        metadata = doomed.metadata
        answer = self.then(self.job_deleted, key, doomed, replaced)
        self.api.delete("jobs", metadata.namespace, metadata.name, answer, propagation="Background")

    def job_deleted(self, reply: Reply, key: str, doomed: Job, replaced: bool) -> None:
        """A Job is being deleted, or cannot be."""
        name = doomed.metadata.name
        if not replaced:
            namespace, _, short = key.partition("/")
            owner = self.owners.get(namespace, short)
            if owner is not None:
                self._tell_deleted(owner, name, reply)
            return
        job = self.state.syncs[key]
        job.doomed.pop(0)
        self._tell_deleted(job.owner, name, reply)
        if not reply.ok:
            job.start = None
            self.finish(key, f"could not replace job {key_of(doomed)}")
            return
        left = tuple(one for one in job.status.active if one.uid != doomed.metadata.uid)
        job.status = replace(job.status, active=left)
        self._go_on(key)

    def _tell_deleted(self, owner: CronJob, name: str, reply: Reply) -> None:
        if reply.ok:
            self.tell(owner, "Normal", "SuccessfulDelete", f"Deleted job {name}")
        else:
            self.tell(owner, "Warning", "FailedDelete", f"Deleted job: {reply.message}")

    def _job_for(self, owner: CronJob, start: Micros) -> Job:
        template = owner.spec.job_template
        metadata = ObjectMeta(
            name=self.job_name(owner, start),
            namespace=owner.metadata.namespace,
            labels=template.metadata.labels,
            annotations={**template.metadata.annotations, **self.annotations_for(owner, start)},
            owner_references=(owned_by(owner, self.traits.release),),
        )
        return Job(metadata=metadata, spec=template.spec)

    def annotations_for(self, owner: CronJob, start: Micros) -> dict[str, str]:
        """What the Job says of its start."""
        return {}

    def created(self, reply: Reply, key: str) -> None:
        """The Job was created, or was not."""
        job = self.state.syncs[key]
        start = job.start
        if reply.reason == "AlreadyExists" and start is not None and self.takes_existing:
            namespace, name = job.owner.metadata.namespace, self.job_name(job.owner, start)
            self.api.get("jobs", namespace, name, self.then(self.found, key))
            return
        job.start = None
        if not reply.ok or start is None:
            if reply.reason != "AlreadyExists" and not is_forgiven(self, reply):
                text = f"Error creating job: {reply.message}"
                self.tell(job.owner, "Warning", "FailedCreate", text)
            self.finish(key, reply.message)
            return
        name = reply.body.metadata.name
        self.tell(job.owner, "Normal", "SuccessfulCreate", f"Created job {name}")
        self._note(key, job, reply.body, start)

    def found(self, reply: Reply, key: str) -> None:
        """The Job of that name that was there already: one of its own is noted, another's is left alone."""
        job = self.state.syncs[key]
        start, job.start = job.start, None
        if not reply.ok:
            self.finish(key, reply.message)
            return
        owner = controller_of(reply.body)
        known = any(one.uid == reply.body.metadata.uid for one in job.status.active)
        if owner is None or owner.uid != job.owner.metadata.uid or known or start is None:
            job.again = False
            self._write_status(key, job)
        else:
            self._note(key, job, reply.body, start)

    def _note(self, key: str, job: CronSync, made: Job, start: Micros) -> None:
        reference = reference_to(made, self.traits.release)
        job.status = replace(
            job.status, active=(*job.status.active, reference), last_schedule_time=rfc3339(start)
        )
        self._write_status(key, job)

    def _write_status(self, key: str, job: CronSync) -> None:
        if job.status == job.owner.status:
            self.finish(key)
        else:
            written = replace(job.owner, status=job.status)
            self.api.update_status(written, self.then(self.status_written, key))

    def status_written(self, reply: Reply, key: str, error: str = "") -> None:
        """The status was written, or somebody was faster. error: what went wrong before."""
        job = self.state.syncs[key]
        job.owner = replace(job.owner, status=job.status)
        self.finish(key, error if reply.ok else reply.message)

    def finish(self, key: str, error: str = "") -> None:
        """The look is over."""
        job = self.state.syncs[key]
        owner = replace(job.owner, status=job.status)
        if error and self.tries_again and job.status != job.owner.status:
            self.api.update_status(owner, self.then(self.status_written, key, error))
            return
        del self.state.syncs[key]
        if error and self.tries_again:
            self.log(f"Error syncing CronJob {key}, requeuing: {error}", SOURCE, "E")
            self.queue.retry(key)
            return
        if not self.cleans_first:
            self._clean_up(owner)
        self.queue.done(key)
        active = job.again and not owner.metadata.deletion_timestamp and not owner.spec.suspend
        self.later(key, owner, self._known_schedule(owner) if active else None)

    def _clean_up(self, owner: CronJob) -> set[str]:
        """Delete the oldest Jobs that have ended, beyond what is to be kept of either kind: their uids."""
        doomed: set[str] = set()
        ended = sorted(
            filter(has_ended, self.jobs_of(owner)), key=lambda job: (job.status.start_time, job.metadata.name)
        )
        for limit, jobs in (
            (owner.spec.successful_jobs_history_limit, [job for job in ended if has_succeeded(job)]),
            (owner.spec.failed_jobs_history_limit, [job for job in ended if not has_succeeded(job)]),
        ):
            for job in jobs[: max(0, len(jobs) - limit)] if limit is not None else ():
                name = job.metadata.name
                verdict = rules.CRON_HISTORY.holds(job=name, count=limit)
                self.decide("delete-job", f"jobs/{key_of(job)}", verdict)
                self.delete_job(job, key_of(owner), replaced=False)
                doomed.add(job.metadata.uid)
        return doomed
