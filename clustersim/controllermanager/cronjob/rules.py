"""Rules of the CronJob controllers, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_CRON: Final = "cronjob-controller"
_CRON_SOURCE: Final = "v1.8.0, v1.36 pkg/controller/cronjob"

CRON_DUE: Final = Rule(
    "cronjob.due",
    _CRON,
    f"{_CRON_SOURCE} syncCronJob",
    _("By its schedule ({schedule}) CronJob {name} was to start a Job at {start}: one is created."),
)

CRON_FORBIDDEN: Final = Rule(
    "cronjob.forbidden",
    _CRON,
    f"{_CRON_SOURCE} syncCronJob",
    _("A Job of {name} still runs, and the concurrency policy is Forbid: no other one is created."),
)

CRON_HISTORY: Final = Rule(
    "cronjob.history",
    _CRON,
    f"{_CRON_SOURCE} cleanupFinishedJobs",
    _("At most {count:ended Job of that kind is|ended Jobs of that kind are} kept: {job} is deleted."),
)
