"""Fields that kubectl of v1.7 and v1.8 does not send a manifest without, since they are always written.

Source: k8s.io/api and the v1.7.5 API types: fields whose JSON tag has no "omitempty", as they stand in the
Swagger 1.2 and OpenAPI definitions.
"""

from typing import Final

_ALWAYS: Final[dict[str, tuple[str, ...]]] = {
    "AWSElasticBlockStoreVolumeSource": ("volumeID",),
    "AzureDiskVolumeSource": ("diskName", "diskURI"),
    "AzureFileVolumeSource": ("secretName", "shareName"),
    "CephFSVolumeSource": ("monitors",),
    "CertificateSigningRequestSpec": ("request",),
    "CinderVolumeSource": ("volumeID",),
    "ClusterRole": ("rules",),
    "ClusterRoleBinding": ("roleRef", "subjects"),
    "ConfigMapKeySelector": ("key",),
    "Container": ("name",),
    "ContainerPort": ("containerPort",),
    "ControllerRevision": ("revision",),
    "CronJobSpec": ("jobTemplate", "schedule"),
    "CrossVersionObjectReference": ("kind", "name"),
    "DaemonSetSpec": ("template",),
    "DeploymentSpec": ("template",),
    "DownwardAPIVolumeFile": ("path",),
    "EndpointAddress": ("ip",),
    "EndpointPort": ("port",),
    "Endpoints": ("subsets",),
    "EnvVar": ("name",),
    "Event": ("involvedObject", "metadata"),
    "FlexVolumeSource": ("driver",),
    "GCEPersistentDiskVolumeSource": ("pdName",),
    "GitRepoVolumeSource": ("repository",),
    "GlusterfsVolumeSource": ("endpoints", "path"),
    "HTTPGetAction": ("port",),
    "HTTPHeader": ("name", "value"),
    "HTTPIngressPath": ("backend",),
    "HTTPIngressRuleValue": ("paths",),
    "HorizontalPodAutoscalerSpec": ("maxReplicas", "scaleTargetRef"),
    "HostPathVolumeSource": ("path",),
    "ISCSIVolumeSource": ("iqn", "lun", "targetPortal"),
    "IngressBackend": ("serviceName", "servicePort"),
    "JobSpec": ("template",),
    "KeyToPath": ("key", "path"),
    "LabelSelectorRequirement": ("key", "operator"),
    "LimitRangeSpec": ("limits",),
    "LocalVolumeSource": ("path",),
    "MetricSpec": ("type",),
    "NFSVolumeSource": ("path", "server"),
    "NetworkPolicySpec": ("podSelector",),
    "NodeSelector": ("nodeSelectorTerms",),
    "NodeSelectorRequirement": ("key", "operator"),
    "NodeSelectorTerm": ("matchExpressions",),
    "ObjectFieldSelector": ("fieldPath",),
    "ObjectMetricSource": ("metricName", "target", "targetValue"),
    "OwnerReference": ("apiVersion", "kind", "name", "uid"),
    "PersistentVolumeClaimVolumeSource": ("claimName",),
    "PhotonPersistentDiskVolumeSource": ("pdID",),
    "PodSpec": ("containers",),
    "PodsMetricSource": ("metricName", "targetAverageValue"),
    "PolicyRule": ("verbs",),
    "PortworxVolumeSource": ("volumeID",),
    "PreferredSchedulingTerm": ("preference", "weight"),
    "ProjectedVolumeSource": ("sources",),
    "QuobyteVolumeSource": ("registry", "volume"),
    "RBDVolumeSource": ("image", "monitors"),
    "ResourceFieldSelector": ("resource",),
    "ResourceMetricSource": ("name",),
    "Role": ("rules",),
    "RoleBinding": ("roleRef", "subjects"),
    "RoleRef": ("apiGroup", "kind", "name"),
    "ScaleIOVolumeSource": ("gateway", "secretRef", "system"),
    "SecretKeySelector": ("key",),
    "ServicePort": ("port",),
    "StatefulSetSpec": ("serviceName", "template"),
    "StorageClass": ("provisioner",),
    "Subject": ("kind", "name"),
    "TCPSocketAction": ("port",),
    "Taint": ("effect", "key"),
    "Volume": ("name",),
    "VolumeMount": ("mountPath", "name"),
    "VsphereVirtualDiskVolumeSource": ("volumePath",),
    "WeightedPodAffinityTerm": ("podAffinityTerm", "weight"),
}

_ONLY: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "v1.7": {"Container": ("image", "name"), "FCVolumeSource": ("lun", "targetWWNs")},
    "v1.8": {
        "AzureFilePersistentVolumeSource": ("secretName", "secretNamespace", "shareName"),
        "CephFSPersistentVolumeSource": ("monitors",),
        "IPBlock": ("cidr",),
        "PriorityClass": ("value",),
    },
}

REQUIRED: Final = {release: {**_ALWAYS, **own} for release, own in _ONLY.items()}
"""By release and type."""

UNSERVED: Final[dict[str, tuple[str, ...]]] = {
    "v1.7": (
        "admissionregistration.k8s.io/v1alpha1",
        "autoscaling/v2alpha1",
        "batch/v2alpha1",
        "imagepolicy.k8s.io/v1alpha1",
    ),
    "v1.8": (
        "admissionregistration.k8s.io/v1alpha1",
        "batch/v2alpha1",
        "imagepolicy.k8s.io/v1alpha1",
        "rbac.authorization.k8s.io/v1alpha1",
        "scheduling.k8s.io/v1alpha1",
        "settings.k8s.io/v1alpha1",
        "storage.k8s.io/v1alpha1",
    ),
}
"""Versions that kubectl knows, and that the API server does not serve with its default flags."""

UNCHECKED: Final = ("apiextensions.k8s.io", "apiregistration.k8s.io")
"""Groups that kubectl does not know itself; what is of one it does not look at."""
