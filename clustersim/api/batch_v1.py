"""The older name of clustersim.api.batch."""

from clustersim.api.batch import Job, JobCondition, JobSpec, JobStatus

__all__ = ["Job", "JobCondition", "JobSpec", "JobStatus"]
