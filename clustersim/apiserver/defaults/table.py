"""Which defaults hold for which kind."""

from collections.abc import Callable
from typing import Any, Final

from clustersim.api import apps, autoscaling, batch, networking, policy, rbac, scheduling, storage
from clustersim.api import core_v1 as v1
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept import (
    CSIDriver,
    MutatingAdmissionPolicy,
    MutatingAdmissionPolicyBinding,
    MutatingWebhookConfiguration,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingWebhookConfiguration,
)
from clustersim.api.meta import ApiObject, replace
from clustersim.api.registry import resource_of
from clustersim.apiserver.defaults import kept, workloads
from clustersim.apiserver.defaults.autoscaling import default_autoscaler
from clustersim.apiserver.defaults.core import (
    default_limit_range,
    default_namespace,
    default_node,
    default_secret,
    default_service,
)
from clustersim.apiserver.defaults.definitions import default_definition
from clustersim.apiserver.defaults.networking import default_ingress_class, default_network_policy
from clustersim.apiserver.defaults.pods import default_pod, default_template
from clustersim.apiserver.defaults.policies import default_budget, default_priority_class
from clustersim.apiserver.defaults.rbac import default_binding
from clustersim.apiserver.defaults.storage import default_mode, default_storage_class
from clustersim.apiserver.traits import TRAITS, ApiTraits

Fill = Callable[[Any, ApiTraits, str], Any]


def _job(job: batch.Job, traits: ApiTraits, _version: str) -> batch.Job:
    return workloads.default_job(job, backoff_limit=traits.backoff_limit, modern=traits.of_today)


def _workload(obj: Any, traits: ApiTraits, version: str) -> Any:
    return workloads.default_workload(obj, version, modern=traits.of_today)


DEFAULTS: Final[dict[type[ApiObject], Fill]] = {
    apps.DaemonSet: _workload,
    apps.Deployment: _workload,
    apps.ReplicaSet: _workload,
    apps.StatefulSet: _workload,
    autoscaling.HorizontalPodAutoscaler: lambda obj, _, version: default_autoscaler(obj, version),
    batch.CronJob: lambda obj, traits, version: workloads.default_cron_job(
        obj, modern=traits.of_today, forgets=version != "batch/v2alpha1"
    ),
    batch.Job: _job,
    CSIDriver: lambda obj, _, __: kept.default_driver(obj),
    CustomResourceDefinition: lambda obj, _, __: default_definition(obj),
    MutatingAdmissionPolicy: lambda obj, _, __: kept.default_policy(obj),
    MutatingAdmissionPolicyBinding: lambda obj, _, __: kept.default_policy_binding(obj),
    MutatingWebhookConfiguration: lambda obj, _, __: kept.default_webhooks(obj, mutating=True),
    rbac.ClusterRoleBinding: lambda obj, _, __: default_binding(obj),
    rbac.RoleBinding: lambda obj, _, __: default_binding(obj),
    networking.IngressClass: lambda obj, _, __: default_ingress_class(obj),
    networking.NetworkPolicy: lambda obj, traits, _: (
        default_network_policy(obj) if traits.affinity_timeout else obj
    ),
    policy.PodDisruptionBudget: lambda obj, traits, _: default_budget(obj, least=traits.least_budget),
    scheduling.PriorityClass: lambda obj, traits, _: default_priority_class(obj) if traits.of_today else obj,
    storage.StorageClass: lambda obj, traits, _: default_storage_class(obj, traits),
    ValidatingAdmissionPolicy: lambda obj, _, __: kept.default_policy(obj),
    ValidatingAdmissionPolicyBinding: lambda obj, _, __: kept.default_policy_binding(obj),
    ValidatingWebhookConfiguration: lambda obj, _, __: kept.default_webhooks(obj, mutating=False),
    v1.LimitRange: lambda obj, _, __: default_limit_range(obj),
    v1.Namespace: lambda obj, traits, _: default_namespace(obj, modern=traits.of_today),
    v1.Node: lambda obj, _, __: default_node(obj),
    v1.PersistentVolume: lambda obj, traits, _: default_mode(obj, modern=traits.of_today),
    v1.PersistentVolumeClaim: lambda obj, traits, _: default_mode(obj, modern=traits.of_today),
    v1.Pod: lambda obj, traits, _: default_pod(obj, service_links=traits.of_today),
    v1.PodTemplate: lambda obj, traits, _: replace(
        obj, template=default_template(obj.template, modern=traits.of_today)
    ),
    v1.ReplicationController: lambda obj, traits, _: workloads.default_replication_controller(
        obj, modern=traits.of_today
    ),
    v1.Secret: lambda obj, _, __: default_secret(obj),
    v1.Service: lambda obj, traits, _: default_service(obj, traits),
}
"""By kind: (object, traits of the release, version) -> the object with everything filled in."""


def default_object(obj: Any, release: str, api_version: str = "") -> Any:
    """The object with everything filled in that a request may leave out; api_version: the version it came in,
    empty for the one it is stored in."""
    fill = DEFAULTS.get(type(obj))
    if fill is None:
        return obj
    return fill(obj, TRAITS[release], api_version or resource_of(obj).version_in(release))
