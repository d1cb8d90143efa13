"""Whether a Job is over, and how. Pure functions.

Source: v1.7.5, v1.8.0 pkg/controller/{job,cronjob}/utils.go; v1.36 pkg/controller/job/util/utils.go.
"""

from clustersim.api.batch import Job
from clustersim.api.conditions import is_true


def has_ended(job: Job) -> bool:
    """Complete or Failed."""
    return has_succeeded(job) or is_true(job.status, "Failed")


def has_succeeded(job: Job) -> bool:
    """Complete."""
    return is_true(job.status, "Complete")
