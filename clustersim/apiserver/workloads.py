"""What the API server does to workloads: the defaults of the version they are created through, and checks.

The same Deployment has other defaults through extensions/v1beta1 than through apps/v1beta1; what is stored
says nothing of the way it came. Sources: v1.7.5, v1.8.0 pkg/apis/{extensions,apps}/*/defaults.go,
pkg/apis/batch/v1/defaults.go, pkg/registry/{extensions,apps,batch}/*/strategy.go.
"""

from typing import Any, Final

import msgspec

from clustersim.api.apps_v1beta1 import ORDERED_READY, StatefulSet
from clustersim.api.batch_v1 import Job
from clustersim.api.core_v1 import ReplicationController
from clustersim.api.extensions_v1beta1 import (
    DaemonSet,
    DaemonSetUpdateStrategy,
    Deployment,
    DeploymentStrategy,
    ReplicaSet,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
)
from clustersim.api.meta import LabelSelector, replace
from clustersim.api.registry import resource_of
from clustersim.api.selectors import matches_labels, selector_of
from clustersim.apiserver.errors import invalid

WORKLOADS: Final = (ReplicationController, ReplicaSet, Deployment, StatefulSet, DaemonSet)
"""Kinds whose selector follows from the labels of their template where it is left out."""

CONTROLLER_UID: Final = "controller-uid"
JOB_NAME: Final = "job-name"


class VersionDefaults(msgspec.Struct, frozen=True):
    """What a group-version fills in. history, deadline: of Deployments, None: keep all, wait for ever."""

    rolling: int | str
    history: int | None
    deadline: int | None
    update_strategy: str


DEFAULTS: Final = {
    "extensions/v1beta1": VersionDefaults(1, None, None, "OnDelete"),
    "apps/v1beta1": VersionDefaults("25%", 2, 600, "OnDelete"),
    "apps/v1beta2": VersionDefaults("25%", 10, 600, "RollingUpdate"),
}
"""apps/v1beta2 came with v1.8."""


def default_workload(obj: Any, api_version: str) -> Any:
    """The object with everything filled in that its client left out."""
    version = DEFAULTS.get(api_version) or DEFAULTS.get(resource_of(obj).api_version)
    if isinstance(obj, Job):
        return _default_job(obj)
    obj = _default_labels(obj)
    spec = obj.spec
    if version is None:
        return obj
    if isinstance(obj, Deployment):
        spec = replace(
            spec,
            strategy=_strategy(spec.strategy, version.rolling),
            revision_history_limit=_or(spec.revision_history_limit, version.history),
            progress_deadline_seconds=_or(spec.progress_deadline_seconds, version.deadline),
        )
    elif isinstance(obj, DaemonSet):
        chosen = spec.update_strategy.type or version.update_strategy
        rolling = spec.update_strategy.rolling_update
        if chosen == "RollingUpdate" and (rolling is None or rolling.max_unavailable is None):
            rolling = RollingUpdateDaemonSet(max_unavailable=1)
        update = DaemonSetUpdateStrategy(type=chosen, rolling_update=rolling)
        spec = replace(spec, update_strategy=update, template_generation=1)
    elif isinstance(obj, StatefulSet):
        chosen = spec.update_strategy.type or version.update_strategy
        policy = spec.pod_management_policy or ORDERED_READY
        update_strategy = replace(spec.update_strategy, type=chosen)
        spec = replace(spec, update_strategy=update_strategy, pod_management_policy=policy)
    return replace(obj, spec=spec)


def _or(value: int | None, default: int | None) -> int | None:
    return default if value is None else value


def _strategy(given: DeploymentStrategy, rolling: int | str) -> DeploymentStrategy:
    if given.type == "Recreate":
        return given
    asked = given.rolling_update or RollingUpdateDeployment()
    return DeploymentStrategy(
        type="RollingUpdate",
        rolling_update=RollingUpdateDeployment(
            max_unavailable=rolling if asked.max_unavailable is None else asked.max_unavailable,
            max_surge=rolling if asked.max_surge is None else asked.max_surge,
        ),
    )


def _default_labels(obj: Any) -> Any:
    labels = obj.spec.template.metadata.labels
    selector: Any = selector_of(obj) or labels
    if not isinstance(obj, ReplicationController):
        selector = LabelSelector(match_labels=selector)
    metadata = replace(obj.metadata, labels=obj.metadata.labels or labels)
    return replace(obj, metadata=metadata, spec=replace(obj.spec, selector=selector))


def _default_job(job: Job) -> Job:
    spec = job.spec
    if spec.parallelism is None and spec.completions is None:
        spec = replace(spec, parallelism=1, completions=1)
    return replace(job, spec=replace(spec, parallelism=1 if spec.parallelism is None else spec.parallelism))


def select_own_pods(job: Job, uid: str) -> Job:
    """A Job finds its pods by its UID (pkg/registry/batch/job/strategy.go generateSelector)."""
    template = job.spec.template
    labels = {**template.metadata.labels, CONTROLLER_UID: uid, JOB_NAME: job.metadata.name}
    template = replace(template, metadata=replace(template.metadata, labels=labels))
    selector = LabelSelector(match_labels={CONTROLLER_UID: uid})
    return replace(
        job,
        metadata=replace(job.metadata, labels=job.metadata.labels or labels),
        spec=replace(job.spec, template=template, selector=selector),
    )


def check_workload(resource: str, obj: Any) -> None:
    """422 for a negative number of pods, an empty selector, or one that the template does not match."""
    name = obj.metadata.name
    if getattr(obj.spec, "replicas", 0) < 0:
        raise invalid(resource, name, "spec.replicas: must be greater than or equal to 0")
    if isinstance(obj, Job):
        if obj.spec.template.spec.restart_policy == "Always":
            text = 'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: '
            raise invalid(resource, name, text + "OnFailure, Never")
        return
    selector = selector_of(obj)
    if not selector:
        raise invalid(resource, name, "spec.selector: Required value")
    if not matches_labels(selector, obj.spec.template.metadata.labels):
        text = "spec.template.metadata.labels: `selector` does not match template `labels`"
        raise invalid(resource, name, text)


def updated_workload(old: Any, new: Any) -> Any:
    """The generation counts changes of the spec; that of a DaemonSet's template those of the template."""
    if isinstance(new, DaemonSet):
        changed = new.spec.template != old.spec.template
        generation = old.spec.template_generation + changed
        new = replace(new, spec=replace(new.spec, template_generation=generation))
    generation = old.metadata.generation + (new.spec != old.spec)
    return replace(new, metadata=replace(new.metadata, generation=generation))
