"""Rules of the Job controllers, as they fire and explain."""

from typing import Final

from clustersim.engine.rules import Rule
from clustersim.i18n import _

_JOB: Final = "v1.7.5, v1.8.0 pkg/controller/job"
_JOB_NAME: Final = "job-controller"

JOB_TOO_FEW: Final = Rule(
    "job.too-few",
    _JOB_NAME,
    f"{_JOB} manageJob",
    _(
        "{active:pod is|pods are} active and {wanted} wanted ({succeeded:has|have} succeeded): "
        "{difference:is|are} created."
    ),
)

JOB_TOO_MANY: Final = Rule(
    "job.too-many",
    _JOB_NAME,
    f"{_JOB} manageJob",
    _(
        "{active:pod is|pods are} active and {wanted} wanted ({succeeded:has|have} succeeded): "
        "{difference:is|are} deleted."
    ),
)

JOB_COMPLETE: Final = Rule(
    "job.complete",
    _JOB_NAME,
    f"{_JOB} syncJob",
    _("{succeeded:pod has|pods have} succeeded: the Job is complete."),
)

JOB_FAILED: Final = Rule(
    "job.failed",
    _JOB_NAME,
    f"{_JOB} syncJob",
    _("The Job has failed ({reason}): its active pods are deleted."),
)

_TODAYS_JOB: Final = "v1.36 pkg/controller/job/job_controller.go"

JOB_MANAGED_ELSEWHERE: Final = Rule(
    "job.managed-elsewhere",
    _JOB_NAME,
    f"{_TODAYS_JOB} managedByExternalController",
    _("The Job says that {manager} looks after it: this controller leaves it alone."),
)

JOB_BACKOFF: Final = Rule(
    "job.back-off",
    _JOB_NAME,
    f"{_TODAYS_JOB} manageJob; backoff_utils.go",
    _(
        "{failed:pod has|pods have} failed since the last success, and the pause after that, counted from "
        "when the last one ended, is not over: {wait} more until the next pod is created."
    ),
)

JOB_FAILURE_TARGET: Final = Rule(
    "job.failure-target",
    _JOB_NAME,
    f"{_TODAYS_JOB} syncJob",
    _(
        "The Job is to fail ({reason}; {failed:pod has|pods have} failed): active pods are deleted, and when "
        "every pod is counted it is marked Failed."
    ),
)

JOB_SUCCESS_CRITERIA: Final = Rule(
    "job.success-criteria-met",
    _JOB_NAME,
    f"{_TODAYS_JOB} syncJob",
    _(
        "Enough has succeeded ({succeeded:pod|pods}; {reason}): when every pod is counted and none is left, "
        "the Job is marked Complete."
    ),
)
