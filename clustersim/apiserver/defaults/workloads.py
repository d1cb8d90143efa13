"""Defaults of workloads, which differ between the versions that an object can be made through.

The same Deployment has other defaults through extensions/v1beta1 than through apps/v1beta1; what is stored
says nothing of the way it came. Sources: v1.7.5, v1.8.0 pkg/apis/{extensions,apps,batch}/*/defaults.go;
v1.36.2 pkg/apis/{apps,batch}/v1/defaults.go.
"""

from typing import Any, Final

import msgspec

from clustersim.api.apps import (
    NO_SELECTOR,
    ORDERED_READY,
    DaemonSet,
    DaemonSetUpdateStrategy,
    Deployment,
    DeploymentStrategy,
    ReplicaSet,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
    StatefulSetPersistentVolumeClaimRetentionPolicy,
    StatefulSetUpdateStrategy,
)
from clustersim.api.batch import CronJob, Job, JobSpec, PodFailurePolicy
from clustersim.api.core.controller import ReplicationController
from clustersim.api.meta import LabelSelector, replace
from clustersim.apiserver.defaults.pods import default_template


class VersionDefaults(msgspec.Struct, frozen=True):
    """What a group-version fills in. history, deadline: of Deployments, None: keep all, wait for ever.
    update_strategy: of DaemonSets and StatefulSets. from_template: labels and selector follow from the labels
    of the template."""

    rolling: int | str
    history: int | None
    deadline: int | None
    update_strategy: str
    from_template: bool = False


DEFAULTS: Final = {
    "extensions/v1beta1": VersionDefaults(1, None, None, "OnDelete", from_template=True),
    "apps/v1beta1": VersionDefaults("25%", 2, 600, "OnDelete", from_template=True),
    "apps/v1beta2": VersionDefaults("25%", 10, 600, "RollingUpdate"),
    "apps/v1": VersionDefaults("25%", 10, 600, "RollingUpdate"),
}
"""apps/v1beta2 came with v1.8."""

REVISION_HISTORY: Final = 10


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def default_replication_controller(
    controller: ReplicationController, *, modern: bool
) -> ReplicationController:
    """One pod; labels and selector as its template has them."""
    spec, metadata = controller.spec, controller.metadata
    labels = spec.template.metadata.labels
    return replace(
        controller,
        metadata=replace(metadata, labels=metadata.labels or labels),
        spec=replace(
            spec,
            replicas=_or(spec.replicas, 1),
            selector=spec.selector or labels,
            template=default_template(spec.template, modern=modern),
        ),
    )


def default_workload(obj: Any, api_version: str, *, modern: bool) -> Any:
    """A ReplicaSet, Deployment, StatefulSet or DaemonSet as that version has it."""
    version = DEFAULTS[api_version]
    spec, metadata = obj.spec, obj.metadata
    labels = spec.template.metadata.labels
    changes: dict[str, Any] = {"template": default_template(spec.template, modern=modern)}
    if version.from_template and labels:
        if spec.selector is NO_SELECTOR:
            changes["selector"] = LabelSelector(match_labels=labels)
        metadata = replace(metadata, labels=metadata.labels or labels)
    match obj:
        case Deployment():
            changes |= _deployment(obj, version)
        case ReplicaSet():
            changes["replicas"] = _or(spec.replicas, 1)
        case StatefulSet():
            changes |= _stateful(obj, version, api_version)
        case DaemonSet():
            changes |= _daemons(obj, version, api_version)
    return replace(obj, metadata=metadata, spec=replace(spec, **changes))


def _deployment(deployment: Deployment, version: VersionDefaults) -> dict[str, Any]:
    spec = deployment.spec
    return {
        "replicas": _or(spec.replicas, 1),
        "strategy": _strategy(spec.strategy, version.rolling),
        "revision_history_limit": _or(spec.revision_history_limit, version.history),
        "progress_deadline_seconds": _or(spec.progress_deadline_seconds, version.deadline),
    }


def _strategy(given: DeploymentStrategy, rolling: int | str) -> DeploymentStrategy:
    if given.type not in ("", "RollingUpdate"):
        return given
    asked = given.rolling_update or RollingUpdateDeployment()
    return DeploymentStrategy(
        type="RollingUpdate",
        rolling_update=RollingUpdateDeployment(
            max_unavailable=_or(asked.max_unavailable, rolling), max_surge=_or(asked.max_surge, rolling)
        ),
    )


def _stateful(stateful: StatefulSet, version: VersionDefaults, api_version: str) -> dict[str, Any]:
    spec, update = stateful.spec, stateful.spec.update_strategy
    chosen, rolling = update.type or version.update_strategy, update.rolling_update
    if chosen == "RollingUpdate":
        rolling = rolling or RollingUpdateStatefulSetStrategy()
        rolling = replace(rolling, partition=_or(rolling.partition, 0))
    found: dict[str, Any] = {
        "replicas": _or(spec.replicas, 1),
        "pod_management_policy": spec.pod_management_policy or ORDERED_READY,
        "revision_history_limit": _or(spec.revision_history_limit, REVISION_HISTORY),
        "update_strategy": StatefulSetUpdateStrategy(type=chosen, rolling_update=rolling),
    }
    if api_version == "apps/v1":
        kept = spec.persistent_volume_claim_retention_policy
        kept = kept or StatefulSetPersistentVolumeClaimRetentionPolicy()
        found["persistent_volume_claim_retention_policy"] = replace(
            kept, when_deleted=kept.when_deleted or "Retain", when_scaled=kept.when_scaled or "Retain"
        )
        found["volume_claim_templates"] = tuple(
            replace(claim, spec=replace(claim.spec, volume_mode=claim.spec.volume_mode or "Filesystem"))
            for claim in spec.volume_claim_templates
        )
    return found


def _daemons(daemons: DaemonSet, version: VersionDefaults, api_version: str) -> dict[str, Any]:
    spec, update = daemons.spec, daemons.spec.update_strategy
    chosen, rolling = update.type or version.update_strategy, update.rolling_update
    if chosen == "RollingUpdate":
        rolling = rolling or RollingUpdateDaemonSet()
        rolling = replace(rolling, max_unavailable=_or(rolling.max_unavailable, 1))
        if api_version == "apps/v1":
            rolling = replace(rolling, max_surge=_or(rolling.max_surge, 0))
    return {
        "update_strategy": DaemonSetUpdateStrategy(type=chosen, rolling_update=rolling),
        "revision_history_limit": _or(spec.revision_history_limit, REVISION_HISTORY),
    }


def default_job(job: Job, *, backoff_limit: int | None, modern: bool) -> Job:
    """How often and how many at once; of v1.8 on how many failures are borne. backoff_limit: None where the
    release knows none."""
    return replace(job, spec=_job_spec(job.spec, backoff_limit=backoff_limit, modern=modern))


def _job_spec(spec: JobSpec, *, backoff_limit: int | None, modern: bool) -> JobSpec:
    changes: dict[str, Any] = {"template": default_template(spec.template, modern=modern)}
    if spec.parallelism is None and spec.completions is None:
        changes["completions"] = 1
    changes["parallelism"] = _or(spec.parallelism, 1)
    if backoff_limit is not None and spec.backoff_limit is None:
        changes["backoff_limit"] = 2**31 - 1 if spec.backoff_limit_per_index is not None else backoff_limit
    if modern and spec.pod_failure_policy is not None:
        changes["pod_failure_policy"] = _failure_policy(spec.pod_failure_policy)
    if modern:
        replaced = "Failed" if spec.pod_failure_policy else "TerminatingOrFailed"
        changes |= {
            "completion_mode": spec.completion_mode or "NonIndexed",
            "suspend": _or(spec.suspend, False),
            "pod_replacement_policy": spec.pod_replacement_policy or replaced,
            "manual_selector": _or(spec.manual_selector, False),
        }
    return replace(spec, **changes)


def _failure_policy(policy: PodFailurePolicy) -> PodFailurePolicy:
    """A condition without a status means that it holds."""
    rules = tuple(
        replace(
            rule,
            on_pod_conditions=tuple(
                replace(pattern, status=pattern.status or "True") for pattern in rule.on_pod_conditions
            ),
        )
        for rule in policy.rules
    )
    return replace(policy, rules=rules)


def default_cron_job(cron: CronJob, *, modern: bool, forgets: bool = True) -> CronJob:
    """What happens when a Job still runs, and how many are kept: all, where it does not forget any (v1.7.5
    pkg/apis/batch/v2alpha1/defaults.go)."""
    spec = cron.spec
    job = spec.job_template.spec
    job = replace(job, template=default_template(job.template, modern=modern))
    if job.pod_failure_policy is not None:
        job = replace(job, pod_failure_policy=_failure_policy(job.pod_failure_policy))
    job_template = replace(spec.job_template, spec=job)
    return replace(
        cron,
        spec=replace(
            spec,
            concurrency_policy=spec.concurrency_policy or "Allow",
            suspend=_or(spec.suspend, False),
            successful_jobs_history_limit=_or(spec.successful_jobs_history_limit, 3 if forgets else None),
            failed_jobs_history_limit=_or(spec.failed_jobs_history_limit, 1 if forgets else None),
            job_template=job_template,
        ),
    )
