"""Job and CronJob."""

from typing import Annotated

from clustersim.api.core.pod import PodTemplateSpec
from clustersim.api.meta import (
    ApiObject,
    ApiStruct,
    Int32,
    Int64,
    LabelSelector,
    ObjectMeta,
    ObjectReference,
    Time,
    merge,
    written,
)


class PodFailurePolicyOnExitCodesRequirement(ApiStruct, frozen=True, kw_only=True):
    """Exit codes that a rule is for."""

    operator: str = written("")
    values: tuple[Int32, ...] = written(())
    container_name: str = ""


class PodFailurePolicyOnPodConditionsPattern(ApiStruct, frozen=True, kw_only=True):
    """A pod condition that a rule is for."""

    type: str = written("")
    status: str = ""


class PodFailurePolicyRule(ApiStruct, frozen=True, kw_only=True):
    """What one sort of failure means."""

    action: str = written("")
    on_exit_codes: PodFailurePolicyOnExitCodesRequirement | None = None
    on_pod_conditions: tuple[PodFailurePolicyOnPodConditionsPattern, ...] = ()


class PodFailurePolicy(ApiStruct, frozen=True, kw_only=True):
    """What failures of pods mean."""

    rules: tuple[PodFailurePolicyRule, ...] = written(())


class SuccessPolicyRule(ApiStruct, frozen=True, kw_only=True):
    """Which indexes, or how many, must succeed."""

    succeeded_count: Int32 | None = None
    succeeded_indexes: str = ""


class SuccessPolicy(ApiStruct, frozen=True, kw_only=True):
    """When an indexed Job has succeeded."""

    rules: tuple[SuccessPolicyRule, ...] = written(())


class JobSpec(ApiStruct, frozen=True, kw_only=True):
    """How often a pod of the template must succeed, and how many may run at once. completions: None: one
    success of any pod is enough. backoff_limit: failures after which the Job fails.
    """

    template: PodTemplateSpec = PodTemplateSpec()
    active_deadline_seconds: Int64 | None = None
    backoff_limit: Int32 | None = None
    backoff_limit_per_index: Int32 | None = None
    completion_mode: str = ""
    completions: Int32 | None = None
    managed_by: str | None = None
    manual_selector: bool | None = None
    max_failed_indexes: Int32 | None = None
    parallelism: Int32 | None = None
    pod_failure_policy: PodFailurePolicy | None = None
    pod_replacement_policy: str = ""
    selector: LabelSelector = LabelSelector()
    success_policy: SuccessPolicy | None = None
    suspend: bool | None = None
    ttl_seconds_after_finished: Int32 | None = None


class JobCondition(ApiStruct, frozen=True, kw_only=True):
    """Complete, Failed, Suspended, and what leads there."""

    status: str = written("")
    type: str = written("")
    last_probe_time: Time = ""
    last_transition_time: Time = ""
    message: str = ""
    reason: str = ""


class UncountedTerminatedPods(ApiStruct, frozen=True, kw_only=True):
    """Pods that have ended and are not counted yet, by uid."""

    failed: tuple[str, ...] = ()
    succeeded: tuple[str, ...] = ()


class JobStatus(ApiStruct, frozen=True, kw_only=True):
    """What the controller last counted."""

    active: Int32 = 0
    completed_indexes: str = ""
    completion_time: Time = ""
    conditions: Annotated[tuple[JobCondition, ...], merge("type")] = ()
    failed: Int32 = 0
    failed_indexes: str | None = None
    ready: Int32 | None = None
    start_time: Time = ""
    succeeded: Int32 = 0
    terminating: Int32 | None = None
    uncounted_terminated_pods: UncountedTerminatedPods | None = None


class Job(ApiObject, frozen=True, kw_only=True):
    """Runs pods until enough of them have succeeded."""

    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class JobTemplateSpec(ApiStruct, frozen=True, kw_only=True):
    """What Jobs of a CronJob are made from."""

    metadata: ObjectMeta = written(ObjectMeta())
    spec: JobSpec = JobSpec()


class CronJobSpec(ApiStruct, frozen=True, kw_only=True):
    """When, and which."""

    job_template: JobTemplateSpec = JobTemplateSpec()
    schedule: str = written("")
    concurrency_policy: str = ""
    failed_jobs_history_limit: Int32 | None = None
    starting_deadline_seconds: Int64 | None = None
    successful_jobs_history_limit: Int32 | None = None
    suspend: bool | None = None
    time_zone: str | None = None


class CronJobStatus(ApiStruct, frozen=True, kw_only=True):
    """What it made last."""

    active: tuple[ObjectReference, ...] = ()
    last_schedule_time: Time = ""
    last_successful_time: Time = ""


class CronJob(ApiObject, frozen=True, kw_only=True):
    """Makes Jobs at set times."""

    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
