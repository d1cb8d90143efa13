"""Which fields exist in which release and under which group-version.

A field that is not named here exists wherever its Struct does. Sources: the API definitions of v1.7.5, v1.8.0
and v1.36.2, compared field by field.
"""

from functools import lru_cache
from typing import Final

import msgspec

from clustersim.api.meta import ApiStruct

RELEASES: Final = ("v1.7", "v1.8", "v1.36")
"""In order."""

SINCE: Final[dict[str, dict[str, str]]] = {
    "v1.8": {
        "FCVolumeSource": "wwids",
        "CustomResourceDefinitionSpec": "validation",
        "HorizontalPodAutoscalerSpec": "metrics",
        "HorizontalPodAutoscalerStatus": "conditions currentMetrics",
        "HostPathVolumeSource": "type",
        "ISCSIVolumeSource": "initiatorName",
        "JobSpec": "backoffLimit",
        "NetworkPolicyPeer": "ipBlock",
        "NetworkPolicySpec": "egress policyTypes",
        "NodeSpec": "configSource",
        "PersistentVolumeClaimStatus": "conditions",
        "PersistentVolumeSpec": "mountOptions",
        "PodSpec": "priority priorityClassName",
        "SecurityContext": "allowPrivilegeEscalation",
        "ServiceSpec": "publishNotReadyAddresses sessionAffinityConfig",
        "StatefulSetStatus": "collisionCount",
        "StorageClass": "allowVolumeExpansion mountOptions reclaimPolicy",
        "VolumeMount": "mountPropagation",
    },
    "v1.36": {
        "CertificateSigningRequestCondition": "lastTransitionTime status",
        "CertificateSigningRequestSpec": "expirationSeconds signerName",
        "CinderVolumeSource": "secretRef",
        "ConfigMap": "binaryData immutable",
        "Container": "resizePolicy restartPolicy restartPolicyRules startupProbe volumeDevices",
        "ContainerStatus": (
            "allocatedResources allocatedResourcesStatus resources started stopSignal user volumeMounts"
        ),
        "CronJobSpec": "timeZone",
        "CustomResourceDefinitionSpec": "conversion preserveUnknownFields versions",
        "CustomResourceDefinitionStatus": "storedVersions",
        "CronJobStatus": "lastSuccessfulTime",
        "DaemonSetStatus": "conditions",
        "DeleteOptions": "dryRun ignoreStoreReadErrorWithClusterBreakingPotential",
        "DeploymentStatus": "terminatingReplicas",
        "EndpointPort": "appProtocol",
        "EnvVarSource": "fileKeyRef",
        "Event": "action eventTime related reportingComponent reportingInstance series",
        "HTTPIngressPath": "pathType",
        "HorizontalPodAutoscalerSpec": "behavior",
        "IngressBackend": "resource service",
        "IngressSpec": "defaultBackend ingressClassName",
        "JobSpec": (
            "backoffLimitPerIndex completionMode managedBy maxFailedIndexes podFailurePolicy "
            "podReplacementPolicy successPolicy suspend ttlSecondsAfterFinished"
        ),
        "JobStatus": "completedIndexes failedIndexes ready terminating uncountedTerminatedPods",
        "Lifecycle": "stopSignal",
        "LifecycleHandler": "sleep",
        "ClusterRole": "aggregationRule",
        "LoadBalancerIngress": "ipMode ports",
        "LocalVolumeSource": "fsType",
        "MetricSpec": "containerResource external",
        "MetricStatus": "containerResource external",
        "NamespaceStatus": "conditions",
        "NetworkPolicyPort": "endPort",
        "NodeConfigSource": "configMap",
        "NodeSelectorTerm": "matchFields",
        "NodeSpec": "podCIDRs",
        "NodeStatus": "config declaredFeatures features runtimeHandlers",
        "NodeSystemInfo": "swap",
        "ObjectMeta": "managedFields",
        "ObjectMetricSource": "describedObject metric",
        "ObjectMetricStatus": "current describedObject metric",
        "PersistentVolumeClaimSpec": "dataSource dataSourceRef volumeAttributesClassName volumeMode",
        "PersistentVolumeClaimStatus": (
            "allocatedResourceStatuses allocatedResources currentVolumeAttributesClassName modifyVolumeStatus"
        ),
        "PersistentVolumeSpec": "csi nodeAffinity volumeAttributesClassName volumeMode",
        "PersistentVolumeStatus": "lastPhaseTransitionTime",
        "PodAffinityTerm": "matchLabelKeys mismatchLabelKeys namespaceSelector",
        "PodCondition": "observedGeneration",
        "PodDisruptionBudgetSpec": "unhealthyPodEvictionPolicy",
        "PodDisruptionBudgetStatus": "conditions",
        "PodSecurityContext": (
            "appArmorProfile fsGroupChangePolicy runAsGroup seLinuxChangePolicy seccompProfile "
            "supplementalGroupsPolicy sysctls windowsOptions"
        ),
        "PodSpec": (
            "dnsConfig enableServiceLinks ephemeralContainers hostUsers hostnameOverride os overhead "
            "preemptionPolicy readinessGates resourceClaims resources runtimeClassName schedulingGates "
            "schedulingGroup setHostnameAsFQDN shareProcessNamespace topologySpreadConstraints"
        ),
        "PodStatus": (
            "allocatedResources ephemeralContainerStatuses extendedResourceClaimStatus hostIPs "
            "nodeAllocatableResourceClaimStatuses nominatedNodeName observedGeneration podIPs resize "
            "resourceClaimStatuses resources"
        ),
        "PodsMetricSource": "metric target",
        "PodsMetricStatus": "current metric",
        "Preconditions": "resourceVersion",
        "PriorityClass": "preemptionPolicy",
        "Probe": "grpc terminationGracePeriodSeconds",
        "QuobyteVolumeSource": "tenant",
        "ReplicaSetStatus": "terminatingReplicas",
        "ResourceMetricSource": "target",
        "ResourceMetricStatus": "current",
        "ResourceQuotaSpec": "scopeSelector",
        "ResourceRequirements": "claims",
        "RollingUpdateDaemonSet": "maxSurge",
        "RollingUpdateStatefulSetStrategy": "maxUnavailable",
        "Secret": "immutable",
        "SecurityContext": "appArmorProfile procMount runAsGroup seccompProfile windowsOptions",
        "ServicePort": "appProtocol",
        "ServiceSpec": (
            "allocateLoadBalancerNodePorts clusterIPs internalTrafficPolicy ipFamilies ipFamilyPolicy "
            "loadBalancerClass trafficDistribution"
        ),
        "ServiceStatus": "conditions",
        "StatefulSetSpec": "minReadySeconds ordinals persistentVolumeClaimRetentionPolicy",
        "StatefulSetStatus": "availableReplicas conditions",
        "StorageClass": "allowedTopologies volumeBindingMode",
        "Volume": "csi ephemeral image",
        "VolumeMount": "recursiveReadOnly subPathExpr",
        "VolumeProjection": "clusterTrustBundle podCertificate serviceAccountToken",
    },
}
"""The first of our releases that has a field, by Struct."""

UNTIL: Final[dict[str, dict[str, str]]] = {
    "v1.8": {
        "CustomResourceDefinitionSpec": "validation version",
        "DaemonSetSpec": "templateGeneration",
        "DeploymentSpec": "rollbackTo",
        "IngressBackend": "serviceName servicePort",
        "IngressSpec": "backend",
        "NodeConfigSource": "apiVersion configMapRef kind",
        "ObjectMeta": "clusterName initializers",
        "ObjectMetricSource": "metricName targetValue",
        "ObjectMetricStatus": "currentValue metricName target",
        "PodsMetricSource": "metricName targetAverageValue",
        "PodsMetricStatus": "currentAverageValue metricName",
        "ResourceMetricSource": "targetAverageUtilization targetAverageValue",
        "ResourceMetricStatus": "currentAverageUtilization currentAverageValue",
        "ScaleStatus": "targetSelector",
    },
}
"""The last of our releases that has a field, by Struct."""

NOT_IN: Final[dict[str, dict[str, str]]] = {
    "apps/v1beta2": {"DeploymentSpec": "rollbackTo", "DaemonSetSpec": "templateGeneration"},
    "apps/v1": {"DeploymentSpec": "rollbackTo", "DaemonSetSpec": "templateGeneration"},
    "autoscaling/v1": {
        "HorizontalPodAutoscalerSpec": "behavior metrics",
        "HorizontalPodAutoscalerStatus": "conditions currentMetrics",
        "ScaleStatus": "targetSelector",
    },
    "autoscaling/v2": {
        "HorizontalPodAutoscalerSpec": "targetCPUUtilizationPercentage",
        "HorizontalPodAutoscalerStatus": "currentCPUUtilizationPercentage",
    },
    "autoscaling/v2beta1": {
        "HorizontalPodAutoscalerSpec": "targetCPUUtilizationPercentage",
        "HorizontalPodAutoscalerStatus": "currentCPUUtilizationPercentage",
    },
}
"""Fields that a group-version does not have although the release does."""


def _named(table: dict[str, str], struct: str) -> frozenset[str]:
    return frozenset(table.get(struct, "").split())


@lru_cache(maxsize=4096)
def fields_of(
    struct: type[ApiStruct], release: str, api_version: str = ""
) -> dict[str, msgspec.structs.FieldInfo]:
    """The fields of a Struct by their names on the wire, as that release and group-version know them."""
    name, place = struct.__name__, RELEASES.index(release)
    hidden = set(_named(NOT_IN.get(api_version, {}), name))
    for first, table in SINCE.items():
        if place < RELEASES.index(first):
            hidden |= _named(table, name)
    for last, table in UNTIL.items():
        if place > RELEASES.index(last):
            hidden |= _named(table, name)
    return {
        field.encode_name: field
        for field in msgspec.structs.fields(struct)
        if field.encode_name not in hidden
    }


def exists(struct: type[ApiStruct], name: str, release: str, api_version: str = "") -> bool:
    """Whether a field, by its name on the wire, exists there."""
    return name in fields_of(struct, release, api_version)
