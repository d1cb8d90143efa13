"""Which defaults hold for which kind."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api import apps, autoscaling, batch, policy, scheduling, storage
from clustersim.api import core_v1 as v1
from clustersim.api.meta import ApiObject, replace
from clustersim.api.registry import resource_of
from clustersim.apiserver.defaults import others, workloads
from clustersim.apiserver.defaults.pods import default_pod, default_template

Fill = Callable[[Any, str, str], Any]

BACKOFF_LIMIT: Final = {"v1.7": None, "v1.8": 6, "v1.36": 6}


def _modern(release: str) -> bool:
    return release == "v1.36"


def _job(job: batch.Job, release: str, _version: str) -> batch.Job:
    return workloads.default_job(job, backoff_limit=BACKOFF_LIMIT[release], modern=_modern(release))


def _workload(obj: Any, _release: str, version: str) -> Any:
    return workloads.default_workload(obj, version)


DEFAULTS: Final[dict[type[ApiObject], Fill]] = {
    apps.DaemonSet: _workload,
    apps.Deployment: _workload,
    apps.ReplicaSet: _workload,
    apps.StatefulSet: _workload,
    autoscaling.HorizontalPodAutoscaler: lambda obj, _, version: others.default_autoscaler(obj, version),
    batch.CronJob: lambda obj, _, __: workloads.default_cron_job(obj),
    batch.Job: _job,
    policy.PodDisruptionBudget: lambda obj, release, _: others.default_budget(obj, modern=_modern(release)),
    scheduling.PriorityClass: lambda obj, _, __: others.default_priority_class(obj),
    storage.StorageClass: lambda obj, release, _: others.default_storage_class(obj, release),
    v1.LimitRange: lambda obj, _, __: others.default_limit_range(obj),
    v1.Namespace: lambda obj, release, _: others.default_namespace(obj, modern=_modern(release)),
    v1.Node: lambda obj, _, __: others.default_node(obj),
    v1.PersistentVolume: lambda obj, release, _: others.default_volume(obj, modern=_modern(release)),
    v1.PersistentVolumeClaim: lambda obj, release, _: others.default_claim(obj, modern=_modern(release)),
    v1.Pod: lambda obj, release, _: default_pod(obj, service_links=_modern(release)),
    v1.PodTemplate: lambda obj, _, __: replace(obj, template=default_template(obj.template)),
    v1.ReplicationController: lambda obj, _, __: workloads.default_replication_controller(obj),
    v1.Secret: lambda obj, _, __: others.default_secret(obj),
    v1.Service: lambda obj, release, _: others.default_service(obj, release),
}
"""By kind: (object, release, version) -> the object with everything filled in."""


def default_object(obj: Any, release: str, api_version: str = "") -> Any:
    """The object with everything filled in that a request may leave out; api_version: the version it came in,
    empty for the one it is stored in."""
    fill = DEFAULTS.get(type(obj))
    if fill is None:
        return obj
    return fill(obj, release, api_version or resource_of(obj).version_in(release))
