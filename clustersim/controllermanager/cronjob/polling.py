"""The CronJob controller of v1.8 looks at all CronJobs every ten seconds.

Source: v1.8.0 pkg/controller/cronjob/cronjob_controller.go syncAll.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.api.batch import CronJob, Job
from clustersim.api.cron_schedule import Every, Schedule
from clustersim.api.registry import key_of
from clustersim.controllermanager.cronjob import moments
from clustersim.controllermanager.cronjob.moments import Due
from clustersim.controllermanager.cronjob.reaping import ReapingCronJobController, ReapingState
from clustersim.engine.time import SECOND, Micros

PERIOD: Final[Micros] = 10 * SECOND


class PollingState(ReapingState):
    """Whether the next poll is armed, and the moment from which polls are counted."""

    polling: bool = False
    began: Micros = 0


class PollingCronJobController(ReapingCronJobController):
    """Starts Jobs by schedule, up to ten seconds late."""

    @property
    def state(self) -> PollingState:
        """Its memory."""
        return self.memory(PollingState)

    def start(self) -> None:
        super().start()
        self.state.began = self.now
        self._poll_later()

    def owner_changed(self, old: CronJob | None, new: CronJob | None) -> None:
        if self.queue.state.open:
            self._poll_later()

    def job_changed(self, old: Job | None, new: Job | None) -> None:
        """The next poll will see."""

    def _poll_later(self) -> None:
        """Without CronJobs a poll would find nothing; with them it comes on its grid."""
        state = self.state
        if state.polling or not self.owners.list():
            return
        state.polling = True
        self.post(PERIOD - (self.now - state.began) % PERIOD, self.poll)

    def last_success(self, owner: CronJob, jobs: Iterable[Job]) -> str:
        """A status of v1.8 says nothing of it."""
        return ""

    def poll(self) -> None:
        """Look at every CronJob."""
        self.engine.cause = 0
        self.state.polling = False
        for owner in self.owners.list():
            self.queue.add(key_of(owner))
        self._poll_later()

    def due(self, owner: CronJob, schedule: Schedule | Every) -> Due:
        return moments.unmet(owner, schedule, self.now)

    def told_many(self, owner: CronJob) -> None:
        text = (
            "Cannot determine if job needs to be started: Too many missed start time (> 100). Set or "
            "decrease .spec.startingDeadlineSeconds or check clock skew."
        )
        self.tell(owner, "Warning", "FailedNeedsStart", text)

    def job_name(self, owner: CronJob, start: Micros) -> str:
        return f"{owner.metadata.name}-{moments.unix_seconds(start)}"

    def refused(self, owner: CronJob, start: Micros, reason: str, message: str) -> None:
        """It tells nobody (its log does at a verbosity of 4)."""

    def completed_text(self, job: Job) -> str:
        return f"Saw completed job: {job.metadata.name}"
