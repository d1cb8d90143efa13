"""The group batch/v1: Job. Source: v1.7.5, v1.8.0 pkg/apis/batch/v1 (v1.8 adds backoffLimit)."""

from clustersim.api.core_v1 import PodTemplateSpec
from clustersim.api.meta import ApiObject, ApiStruct, LabelSelector


class JobSpec(ApiStruct, frozen=True, kw_only=True):
    """How often a pod of the template must succeed, and how many may run at once.

    completions: None: one success of any pod is enough. backoff_limit: failures after which the Job fails,
    of v1.8 on. active_deadline_seconds: how long the Job may be active.
    """

    template: PodTemplateSpec
    parallelism: int | None = None
    completions: int | None = None
    active_deadline_seconds: int | None = None
    backoff_limit: int | None = None
    selector: LabelSelector = LabelSelector()


class JobCondition(ApiStruct, frozen=True, kw_only=True):
    """Complete or Failed."""

    type: str
    status: str
    last_probe_time: str = ""
    last_transition_time: str = ""
    reason: str = ""
    message: str = ""


class JobStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    conditions: tuple[JobCondition, ...] = ()
    start_time: str = ""
    completion_time: str = ""
    active: int = 0
    succeeded: int = 0
    failed: int = 0


class Job(ApiObject, frozen=True, kw_only=True):
    """Runs pods until enough of them have succeeded."""

    spec: JobSpec
    status: JobStatus = JobStatus()
