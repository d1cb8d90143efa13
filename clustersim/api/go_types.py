"""What Go's decoder calls the types of fields, where it says that a value does not fit: texts whose type has
a name, and structs that are part of another.

Source: v1.36.2 k8s.io/api and apimachinery; fields that mean one thing wherever they stand, and others by the
type that has them.
"""

from typing import Final

_NAMED: Final[dict[str, str]] = {
    **dict.fromkeys(
        [
            "allocatable",
            "allocatedResources",
            "capacity",
            "default",
            "defaultRequest",
            "hard",
            "limits",
            "max",
            "maxLimitRequestRatio",
            "min",
            "overhead",
            "requests",
            "used",
        ],
        "ResourceList",
    ),
    "accessModes": "PersistentVolumeAccessMode",
    "add": "Capability",
    "addressType": "AddressType",
    "cachingMode": "AzureDataDiskCachingMode",
    "completionMode": "CompletionMode",
    "concurrencyPolicy": "ConcurrencyPolicy",
    "dnsPolicy": "DNSPolicy",
    "drop": "Capability",
    "externalTrafficPolicy": "ServiceExternalTrafficPolicy",
    "failurePolicy": "FailurePolicyType",
    "fsGroupChangePolicy": "PodFSGroupChangePolicy",
    "imagePullPolicy": "PullPolicy",
    "internalTrafficPolicy": "ServiceInternalTrafficPolicy",
    "ipFamilies": "IPFamily",
    "ipFamilyPolicy": "IPFamilyPolicy",
    "matchPolicy": "MatchPolicyType",
    "medium": "StorageMedium",
    "mountPropagation": "MountPropagationMode",
    "operations": "OperationType",
    "pathType": "PathType",
    "persistentVolumeReclaimPolicy": "PersistentVolumeReclaimPolicy",
    "podManagementPolicy": "PodManagementPolicyType",
    "podReplacementPolicy": "PodReplacementPolicy",
    "policyTypes": "PolicyType",
    "preemptionPolicy": "PreemptionPolicy",
    "procMount": "ProcMountType",
    "protocol": "Protocol",
    "pullPolicy": "PullPolicy",
    "reclaimPolicy": "PersistentVolumeReclaimPolicy",
    "resourceName": "ResourceName",
    "scheme": "URIScheme",
    "scopes": "ResourceQuotaScope",
    "selectPolicy": "v2.ScalingPolicySelect",
    "sessionAffinity": "ServiceAffinity",
    "terminationMessagePolicy": "TerminationMessagePolicy",
    "usages": "KeyUsage",
    "volumeBindingMode": "VolumeBindingMode",
    "volumeMode": "PersistentVolumeMode",
    "whenDeleted": "PersistentVolumeClaimRetentionPolicyType",
    "whenScaled": "PersistentVolumeClaimRetentionPolicyType",
    "whenUnsatisfiable": "UnsatisfiableConstraintAction",
}
_OF: Final[dict[str, str]] = {
    "Container.restartPolicy": "ContainerRestartPolicy",
    "DaemonSetUpdateStrategy.type": "DaemonSetUpdateStrategyType",
    "DeploymentStrategy.type": "DeploymentStrategyType",
    "HPAScalingPolicy.type": "v2.HPAScalingPolicyType",
    "HostPathVolumeSource.type": "HostPathType",
    "LabelSelectorRequirement.operator": "LabelSelectorOperator",
    "LimitRangeItem.type": "LimitType",
    "MetricSpec.type": "v2.MetricSourceType",
    "MetricTarget.type": "v2.MetricTargetType",
    "NodeSelectorRequirement.operator": "NodeSelectorOperator",
    "ObjectMeta.uid": "types.UID",
    "PodSpec.restartPolicy": "RestartPolicy",
    "ResourceMetricSource.name": "ResourceName",
    "SeccompProfile.type": "SeccompProfileType",
    "Secret.type": "SecretType",
    "ServiceSpec.type": "ServiceType",
    "StatefulSetUpdateStrategy.type": "StatefulSetUpdateStrategyType",
    "Taint.effect": "TaintEffect",
    "Toleration.effect": "TaintEffect",
    "Toleration.operator": "TolerationOperator",
}
_REFERENCES: Final = frozenset(
    f"{kind}{part}"
    for kind in ("ConfigMap", "Secret")
    for part in ("EnvSource", "KeySelector", "Projection", "VolumeSource")
) - {"SecretVolumeSource"}
_OWN: Final[dict[str, tuple[str, str]]] = {
    "Volume": ("VolumeSource", "name"),
    "PersistentVolumeSpec": (
        "PersistentVolumeSource",
        "accessModes capacity claimRef mountOptions nodeAffinity persistentVolumeReclaimPolicy "
        "storageClassName volumeAttributesClassName volumeMode",
    ),
    "Probe": (
        "ProbeHandler",
        "failureThreshold initialDelaySeconds periodSeconds successThreshold terminationGracePeriodSeconds "
        "timeoutSeconds",
    ),
    "IngressRule": ("IngressRuleValue", "host"),
}


def type_of(struct: str, field: str) -> str:
    """The type of a text or map, empty where it has no name. struct: the type that has the field."""
    found = _OF.get(f"{struct}.{field}") or _NAMED.get(field, "")
    return found if "." in found or not found else f"v1.{found}"


def embedded(struct: str, field: str) -> str:
    """The struct within a struct that has the field, empty where it is the struct's own."""
    if struct in _REFERENCES and field == "name":
        return "LocalObjectReference"
    part, own = _OWN.get(struct, ("", ""))
    return part if part and field not in own.split() else ""
