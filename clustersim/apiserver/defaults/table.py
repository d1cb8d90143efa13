"""Which defaults hold for which kind."""

from typing import Any, Final

from clustersim.api import apps, autoscaling, batch, policy, scheduling, storage
from clustersim.api import core_v1 as v1
from clustersim.api.meta import replace
from clustersim.api.registry import resource_of
from clustersim.apiserver.defaults import others, workloads
from clustersim.apiserver.defaults.pods import default_pod, default_template

BACKOFF_LIMIT: Final = {"v1.7": None, "v1.8": 6, "v1.36": 6}


def default_object(obj: Any, release: str, api_version: str = "") -> Any:
    """The object with everything filled in that a request may leave out; api_version: the version it came in,
    empty for the one it is stored in."""
    version = api_version or resource_of(obj).version_in(release)
    modern = release == "v1.36"
    match obj:
        case v1.Pod():
            return default_pod(obj, service_links=modern)
        case apps.Deployment() | apps.ReplicaSet() | apps.StatefulSet() | apps.DaemonSet():
            return workloads.default_workload(obj, version)
        case v1.ReplicationController():
            return workloads.default_replication_controller(obj)
        case batch.Job():
            return workloads.default_job(obj, backoff_limit=BACKOFF_LIMIT[release], modern=modern)
        case batch.CronJob():
            return workloads.default_cron_job(obj)
        case v1.PodTemplate():
            return replace(obj, template=default_template(obj.template))
        case v1.Node():
            return others.default_node(obj)
        case _:
            return _default_other(obj, release, version)


def _default_other(obj: Any, release: str, version: str) -> Any:
    modern = release == "v1.36"
    match obj:
        case v1.Service():
            return others.default_service(obj, release)
        case v1.Secret():
            return others.default_secret(obj)
        case v1.Namespace():
            return others.default_namespace(obj, modern=modern)
        case v1.LimitRange():
            return others.default_limit_range(obj)
        case v1.PersistentVolume():
            return others.default_volume(obj, modern=modern)
        case v1.PersistentVolumeClaim():
            return others.default_claim(obj, modern=modern)
        case storage.StorageClass():
            return others.default_storage_class(obj, release)
        case policy.PodDisruptionBudget():
            return others.default_budget(obj, modern=modern)
        case autoscaling.HorizontalPodAutoscaler():
            return others.default_autoscaler(obj, version)
        case scheduling.PriorityClass():
            return others.default_priority_class(obj)
        case _:
            return obj
