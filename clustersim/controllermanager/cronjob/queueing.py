"""The CronJob controller of today looks at each CronJob when its moment comes.

Source: v1.36 pkg/controller/cronjob/cronjob_controllerv2.go.
"""

from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from clustersim.api.batch import CronJob, Job
from clustersim.api.cron_schedule import Every, Schedule
from clustersim.api.meta import ObjectReference
from clustersim.api.owners import controller_of
from clustersim.api.registry import key_of
from clustersim.api.status import Reply
from clustersim.controllermanager.cronjob import moments
from clustersim.controllermanager.cronjob.controller import SOURCE, CronJobController
from clustersim.controllermanager.cronjob.moments import Due
from clustersim.controllermanager.job.ended import has_succeeded
from clustersim.engine.time import Micros

SCHEDULED: Final = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class QueueingCronJobController(CronJobController):
    """Starts Jobs by schedule, a tenth of a second late."""

    takes_existing = True
    steps_restrict = True
    cleans_first = True
    tries_again = True

    def owner_changed(self, old: CronJob | None, new: CronJob | None) -> None:
        if new is None:
            return
        if old is not None and _times(old) != _times(new):
            self._reschedule(new)
        else:
            self.queue.add(key_of(new))

    def _reschedule(self, owner: CronJob) -> None:
        """Another schedule counts from its next moment on (updateCronJob)."""
        try:
            schedule = self.parsed(owner)
        except ValueError:
            text = f"unparseable schedule for cronjob: {owner.spec.schedule}"
            self.tell(owner, "Warning", "UnParseableCronJobSchedule", text)
            return
        zone = zone_of(owner) or UTC
        time = moments.look_again(owner, schedule, self.now, zone)
        if time is not None:
            self.queue.add_after(key_of(owner), time - self.now)

    def job_changed(self, old: Job | None, new: Job | None) -> None:
        job = new if new is not None else old
        reference = controller_of(job) if job is not None else None
        if job is not None and reference is not None and reference.kind == "CronJob":
            self.queue.add(f"{job.metadata.namespace}/{reference.name}")

    def look(self, key: str, owner: CronJob, unseen: tuple[Job, ...] = ()) -> None:
        """A Job that the CronJob of the informer does not name may be named by the stored one."""
        if self.strangers(owner):
            metadata = owner.metadata
            answer = self.then(self.read, key, owner)
            self.api.get("cronjobs", metadata.namespace, metadata.name, answer)
        else:
            self._ask_for_unseen(key, owner, self._unseen(owner), ())

    def read(self, reply: Reply, key: str, owner: CronJob) -> None:
        """The CronJob as it is stored counts if it names such a Job."""
        if not reply.ok:
            self._retry(key, reply.message)
            return
        known = {reference.uid for reference in reply.body.status.active}
        if any(job.metadata.uid in known for job in self.strangers(owner)):
            owner = reply.body
        self._ask_for_unseen(key, owner, self._unseen(owner), ())

    def _unseen(self, owner: CronJob) -> tuple[ObjectReference, ...]:
        """Active Jobs that the cache does not show as its own."""
        seen = {job.metadata.uid for job in self.jobs_of(owner)}
        return tuple(reference for reference in owner.status.active if reference.uid not in seen)

    def _ask_for_unseen(
        self, key: str, owner: CronJob, left: tuple[ObjectReference, ...], found: tuple[Job, ...]
    ) -> None:
        """Whether a Job is missing says the API server, as the watch may be slow."""
        if not left:
            super().look(key, owner, found)
            return
        answer = self.then(self.asked, key, owner, left[1:], found)
        self.api.get("jobs", left[0].namespace or owner.metadata.namespace, left[0].name, answer)

    def asked(
        self,
        reply: Reply,
        key: str,
        owner: CronJob,
        left: tuple[ObjectReference, ...],
        found: tuple[Job, ...],
    ) -> None:
        """The Job is there, or is not; where nobody can say the look is tried again."""
        if reply.ok:
            found = (*found, reply.body)
        elif reply.status != 404:
            self._retry(key, reply.message)
            return
        self._ask_for_unseen(key, owner, left, found)

    def _retry(self, key: str, error: str) -> None:
        self.log(f"Error syncing CronJob {key}, requeuing: {error}", SOURCE, "E")
        self.queue.retry(key)

    def delete_job(self, doomed: Job, key: str, *, replaced: bool) -> None:
        """One that is replaced is read first."""
        if replaced:
            metadata = doomed.metadata
            self.api.get("jobs", metadata.namespace, metadata.name, self.then(self.job_read, key))
        else:
            super().delete_job(doomed, key, replaced=False)

    def job_read(self, reply: Reply, key: str) -> None:
        """The Job to be replaced as it is stored."""
        if reply.ok:
            super().delete_job(reply.body, key, replaced=True)
            return
        job = self.state.syncs[key]
        self.tell(job.owner, "Warning", "FailedGet", f"Get job: {reply.message}")
        job.start = None
        self.finish(key, reply.message)

    def due(self, owner: CronJob, schedule: Schedule | Every) -> Due:
        zone = zone_of(owner)
        if zone is not None:
            return moments.most_recent(owner, schedule, self.now, zone)
        name = owner.spec.time_zone
        text = f'invalid timeZone: "{name}": unknown time zone {name}'
        self.tell(owner, "Warning", "UnknownTimeZone", text)
        return Due()

    def told_many(self, owner: CronJob) -> None:
        text = (
            "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
        )
        self.tell(owner, "Warning", "TooManyMissedTimes", text)

    def job_name(self, owner: CronJob, start: Micros) -> str:
        return f"{owner.metadata.name}-{moments.unix_seconds(start) // 60}"

    def annotations_for(self, owner: CronJob, start: Micros) -> dict[str, str]:
        """The moment on the clock of its time zone."""
        text = moments.moment_of(start, zone_of(owner) or UTC).isoformat(timespec="seconds")
        return {SCHEDULED: text.replace("+00:00", "Z")}

    def refused(self, owner: CronJob, start: Micros, reason: str, message: str) -> None:
        kind = "Warning" if reason == "MissSchedule" else "Normal"
        self.tell(owner, kind, reason, message)

    def completed_text(self, job: Job) -> str:
        condition = "Complete" if has_succeeded(job) else "Failed"
        return f"Saw completed job: {job.metadata.name}, condition: {condition}"

    def later(self, key: str, owner: CronJob, schedule: Schedule | Every | None) -> None:
        if schedule is None:
            return
        zone = zone_of(owner)
        time = moments.look_again(owner, schedule, self.now, zone) if zone is not None else None
        if time is not None:
            self.queue.add_after(key, time - self.now)


def zone_of(owner: CronJob) -> tzinfo | None:
    """The time zone of its schedule, None if there is no such zone."""
    try:
        return ZoneInfo(owner.spec.time_zone) if owner.spec.time_zone else UTC
    except (KeyError, ValueError, OSError):
        return None


def _times(owner: CronJob) -> tuple[str, str | None]:
    return owner.spec.schedule, owner.spec.time_zone
