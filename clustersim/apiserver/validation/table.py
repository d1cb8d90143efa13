"""Which rules hold for which kind."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from clustersim.api import (
    apps,
    autoscaling,
    batch,
    coordination,
    discovery,
    networking,
    policy,
    rbac,
    scheduling,
    storage,
)
from clustersim.api import core_v1 as v1
from clustersim.api.certificates import CertificateSigningRequest
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept import (
    CSIDriver,
    CSINode,
    CSIStorageCapacity,
    DeviceClass,
    IPAddress,
    MutatingAdmissionPolicy,
    MutatingAdmissionPolicyBinding,
    MutatingWebhookConfiguration,
    ResourceClaim,
    ResourceClaimTemplate,
    RuntimeClass,
    ServiceCIDR,
    ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding,
    ValidatingWebhookConfiguration,
    VolumeAttachment,
    VolumeAttributesClass,
)
from clustersim.api.meta import ApiObject
from clustersim.apiserver.validation import autoscaling as autoscalers
from clustersim.apiserver.validation import batch as jobs
from clustersim.apiserver.validation import (
    budgets,
    configuration,
    devices,
    events,
    ingresses,
    leases,
    names,
    network_classes,
    nodes,
    pods,
    policies,
    priority_classes,
    resources,
    revisions,
    runtime_classes,
    services,
    signing_requests,
    volume_changes,
    volumes,
    webhooks,
    workloads,
)
from clustersim.apiserver.validation import definitions as added
from clustersim.apiserver.validation import endpoint_slices as slices
from clustersim.apiserver.validation import networking as networks
from clustersim.apiserver.validation import rbac as roles
from clustersim.apiserver.validation import storage as drives
from clustersim.apiserver.validation.errors import FieldErrors
from clustersim.apiserver.validation.meta import NameRule

Check = Callable[[FieldErrors, Any], None]
Compare = Callable[[FieldErrors, Any, Any], None]


class Rules(msgspec.Struct, frozen=True):
    """name: what names of the kind look like; check: what is wrong with an object; create: what is wrong
    with one that is new, where that is more; compare: what is wrong with a change of it."""

    name: NameRule = names.dns_subdomain
    check: Check | None = None
    create: Check | None = None
    compare: Compare | None = None


RULES: Final[dict[type[ApiObject], Rules]] = {
    apps.DaemonSet: Rules(check=workloads.check_daemon_set),
    apps.Deployment: Rules(check=workloads.check_deployment),
    apps.ReplicaSet: Rules(check=workloads.check_replica_set),
    apps.StatefulSet: Rules(
        name=names.stateful_set_name,
        check=workloads.check_stateful_set,
        create=workloads.check_new_stateful_set,
        compare=workloads.check_stateful_set_update,
    ),
    apps.ControllerRevision: Rules(
        check=revisions.check_revision,
        create=revisions.check_new_revision,
        compare=revisions.check_revision_update,
    ),
    autoscaling.HorizontalPodAutoscaler: Rules(check=autoscalers.check_autoscaler),
    batch.CronJob: Rules(check=jobs.check_cron_job, create=jobs.check_new_cron_job),
    batch.Job: Rules(check=jobs.check_job, compare=jobs.check_job_update),
    CertificateSigningRequest: Rules(name=names.anything, check=signing_requests.check_signing_request),
    CustomResourceDefinition: Rules(check=added.check_definition, compare=added.check_definition_update),
    DeviceClass: Rules(check=devices.check_device_class),
    coordination.Lease: Rules(check=leases.check_lease),
    CSIDriver: Rules(check=drives.check_csi_driver, compare=drives.check_csi_driver_update),
    CSINode: Rules(check=drives.check_csi_node, compare=drives.check_csi_node_update),
    CSIStorageCapacity: Rules(check=drives.check_capacity, compare=drives.check_capacity_update),
    discovery.EndpointSlice: Rules(
        check=slices.check_endpoint_slice, compare=slices.check_endpoint_slice_update
    ),
    MutatingAdmissionPolicy: Rules(check=policies.check_mutating_policy),
    MutatingWebhookConfiguration: Rules(check=webhooks.check_hooks),
    MutatingAdmissionPolicyBinding: Rules(check=policies.check_mutating_binding),
    networking.Ingress: Rules(check=ingresses.check_ingress, create=ingresses.check_new_ingress),
    networking.IngressClass: Rules(
        check=network_classes.check_ingress_class, compare=network_classes.check_ingress_class_update
    ),
    networking.NetworkPolicy: Rules(check=networks.check_network_policy),
    policy.PodDisruptionBudget: Rules(check=budgets.check_budget, compare=budgets.check_budget_update),
    rbac.ClusterRole: Rules(name=roles.name, check=roles.check_role),
    rbac.ClusterRoleBinding: Rules(
        name=roles.name, check=roles.check_binding, compare=roles.check_binding_update
    ),
    rbac.Role: Rules(name=roles.name, check=roles.check_role),
    rbac.RoleBinding: Rules(name=roles.name, check=roles.check_binding, compare=roles.check_binding_update),
    ResourceClaim: Rules(check=devices.check_resource_claim, compare=devices.check_claim_unchanged),
    ResourceClaimTemplate: Rules(check=devices.check_claim_template),
    RuntimeClass: Rules(
        check=runtime_classes.check_runtime_class, compare=runtime_classes.check_runtime_class_update
    ),
    IPAddress: Rules(
        name=names.ip_address_name,
        check=network_classes.check_ip_address,
        compare=network_classes.check_ip_address_update,
    ),
    ServiceCIDR: Rules(
        check=network_classes.check_service_cidr, compare=network_classes.check_service_cidr_update
    ),
    scheduling.PriorityClass: Rules(
        check=priority_classes.check_priority_class, compare=priority_classes.check_priority_class_update
    ),
    storage.StorageClass: Rules(check=drives.check_storage_class, compare=drives.check_storage_class_update),
    ValidatingAdmissionPolicy: Rules(check=policies.check_policy),
    ValidatingAdmissionPolicyBinding: Rules(check=policies.check_binding),
    ValidatingWebhookConfiguration: Rules(check=webhooks.check_hooks),
    VolumeAttachment: Rules(check=drives.check_attachment, compare=drives.check_attachment_update),
    VolumeAttributesClass: Rules(
        check=drives.check_attributes_class, compare=drives.check_attributes_class_update
    ),
    v1.ConfigMap: Rules(check=configuration.check_config_map, compare=configuration.check_config_map_update),
    v1.Endpoints: Rules(check=services.check_endpoints),
    v1.Event: Rules(create=events.check_new_event),
    v1.LimitRange: Rules(check=resources.check_limit_range),
    v1.Namespace: Rules(name=names.dns_label, check=nodes.check_namespace),
    v1.Node: Rules(check=nodes.check_node, compare=nodes.check_node_update),
    v1.PersistentVolume: Rules(
        check=volumes.check_persistent_volume, compare=volume_changes.check_persistent_volume_update
    ),
    v1.PersistentVolumeClaim: Rules(check=volumes.check_claim, compare=volume_changes.check_claim_update),
    v1.Pod: Rules(check=pods.check_pod, create=pods.check_new_pod, compare=pods.check_pod_update),
    v1.PodTemplate: Rules(check=pods.check_pod_template),
    v1.ReplicationController: Rules(check=workloads.check_replication_controller),
    v1.ResourceQuota: Rules(
        check=resources.check_resource_quota, compare=resources.check_resource_quota_update
    ),
    v1.Secret: Rules(check=configuration.check_secret, compare=configuration.check_secret_update),
    v1.Service: Rules(
        name=names.service_name, check=services.check_service, compare=services.check_service_update
    ),
}

ANY: Final = Rules()


def rules_of(obj: ApiObject) -> Rules:
    """The rules of a kind; those of a kind without any are about its metadata."""
    return RULES.get(type(obj), ANY)
