"""Which kinds there are, and under which group-versions each release serves them.

Every kind has one Struct, whatever version it is written in. Sources: v1.7.5, v1.8.0 pkg/master/master.go and
pkg/registry/*/rest; v1.36.2: asked of a running kube-apiserver.
"""

from typing import Final

from clustersim.api import (
    apps,
    autoscaling,
    batch,
    certificates,
    coordination,
    definitions,
    discovery,
    networking,
    policy,
    rbac,
    scheduling,
    storage,
)
from clustersim.api import core_v1 as v1
from clustersim.api.api_resource import VERBS, Resource
from clustersim.api.definitions import CustomResourceDefinition
from clustersim.api.kept_resources import KEPT
from clustersim.api.meta import ApiObject


def _everywhere(*versions: str) -> dict[str, tuple[str, ...]]:
    return {"v1.7": versions, "v1.8": versions, "v1.36": versions}


_CORE: Final = _everywhere("v1")
_ALL: Final = ("all",)
_RBAC: Final = {
    "v1.7": ("rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1"),
    "v1.8": ("rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"),
    "v1.36": ("rbac.authorization.k8s.io/v1",),
}

_RESOURCES: Final = (
    Resource("bindings", "Binding", v1.Binding, _CORE, verbs=("create",)),
    Resource(
        "componentstatuses",
        "ComponentStatus",
        v1.ComponentStatus,
        _CORE,
        namespaced=False,
        short_names=("cs",),
        verbs=("get", "list"),
    ),
    Resource(
        "certificatesigningrequests",
        "CertificateSigningRequest",
        certificates.CertificateSigningRequest,
        {
            "v1.7": ("certificates.k8s.io/v1beta1",),
            "v1.8": ("certificates.k8s.io/v1beta1",),
            "v1.36": ("certificates.k8s.io/v1",),
        },
        namespaced=False,
        short_names=("csr",),
        subresources=("status", "approval"),
    ),
    Resource("clusterrolebindings", "ClusterRoleBinding", rbac.ClusterRoleBinding, _RBAC, namespaced=False),
    Resource("clusterroles", "ClusterRole", rbac.ClusterRole, _RBAC, namespaced=False),
    Resource("configmaps", "ConfigMap", v1.ConfigMap, _CORE, short_names=("cm",)),
    Resource(
        definitions.DEFINITIONS,
        "CustomResourceDefinition",
        CustomResourceDefinition,
        {
            "v1.7": ("apiextensions.k8s.io/v1beta1",),
            "v1.8": ("apiextensions.k8s.io/v1beta1",),
            "v1.36": ("apiextensions.k8s.io/v1",),
        },
        namespaced=False,
        short_names=("crd", "crds"),
        subresources=("status",),
        categories=("api-extensions",),
    ),
    Resource(
        "controllerrevisions",
        "ControllerRevision",
        apps.ControllerRevision,
        {"v1.7": ("apps/v1beta1",), "v1.8": ("apps/v1beta1", "apps/v1beta2"), "v1.36": ("apps/v1",)},
    ),
    Resource(
        "cronjobs",
        "CronJob",
        batch.CronJob,
        {"v1.8": ("batch/v1beta1",), "v1.36": ("batch/v1",)},
        short_names=("cj",),
        subresources=("status",),
        categories=_ALL,
        on_request={"v1.7": ("batch/v2alpha1",)},
    ),
    Resource(
        "daemonsets",
        "DaemonSet",
        apps.DaemonSet,
        {
            "v1.7": ("extensions/v1beta1",),
            "v1.8": ("extensions/v1beta1", "apps/v1beta2"),
            "v1.36": ("apps/v1",),
        },
        short_names=("ds",),
        subresources=("status",),
        categories=_ALL,
    ),
    Resource(
        "deployments",
        "Deployment",
        apps.Deployment,
        {
            "v1.7": ("extensions/v1beta1", "apps/v1beta1"),
            "v1.8": ("extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"),
            "v1.36": ("apps/v1",),
        },
        short_names=("deploy",),
        subresources=("status", "scale", "rollback"),
        categories=_ALL,
    ),
    Resource("endpoints", "Endpoints", v1.Endpoints, _CORE, short_names=("ep",)),
    Resource(
        "endpointslices",
        "EndpointSlice",
        discovery.EndpointSlice,
        {"v1.36": ("discovery.k8s.io/v1",)},
    ),
    Resource(
        "events",
        "Event",
        v1.Event,
        {"v1.7": ("v1",), "v1.8": ("v1",), "v1.36": ("v1", "events.k8s.io/v1")},
        short_names=("ev",),
    ),
    Resource(
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        autoscaling.HorizontalPodAutoscaler,
        {
            "v1.7": ("autoscaling/v1",),
            "v1.8": ("autoscaling/v1", "autoscaling/v2beta1"),
            "v1.36": ("autoscaling/v2", "autoscaling/v1"),
        },
        short_names=("hpa",),
        subresources=("status",),
        categories=_ALL,
    ),
    Resource(
        "ingressclasses",
        "IngressClass",
        networking.IngressClass,
        {"v1.36": ("networking.k8s.io/v1",)},
        namespaced=False,
    ),
    Resource(
        "ingresses",
        "Ingress",
        networking.Ingress,
        {
            "v1.7": ("extensions/v1beta1",),
            "v1.8": ("extensions/v1beta1",),
            "v1.36": ("networking.k8s.io/v1",),
        },
        short_names=("ing",),
        subresources=("status",),
    ),
    Resource(
        "jobs",
        "Job",
        batch.Job,
        _everywhere("batch/v1"),
        subresources=("status",),
        categories=_ALL,
    ),
    Resource("leases", "Lease", coordination.Lease, {"v1.36": ("coordination.k8s.io/v1",)}),
    Resource("limitranges", "LimitRange", v1.LimitRange, _CORE, short_names=("limits",)),
    Resource(
        "namespaces",
        "Namespace",
        v1.Namespace,
        _CORE,
        namespaced=False,
        short_names=("ns",),
        subresources=("status", "finalize"),
        verbs=tuple(verb for verb in VERBS if verb != "deletecollection"),
    ),
    Resource(
        "networkpolicies",
        "NetworkPolicy",
        networking.NetworkPolicy,
        {
            "v1.7": ("networking.k8s.io/v1", "extensions/v1beta1"),
            "v1.8": ("networking.k8s.io/v1", "extensions/v1beta1"),
            "v1.36": ("networking.k8s.io/v1",),
        },
        short_names=("netpol",),
    ),
    Resource(
        "nodes",
        "Node",
        v1.Node,
        _CORE,
        namespaced=False,
        short_names=("no",),
        subresources=("status", "proxy"),
    ),
    Resource(
        "persistentvolumeclaims",
        "PersistentVolumeClaim",
        v1.PersistentVolumeClaim,
        _CORE,
        short_names=("pvc",),
        subresources=("status",),
    ),
    Resource(
        "persistentvolumes",
        "PersistentVolume",
        v1.PersistentVolume,
        _CORE,
        namespaced=False,
        short_names=("pv",),
        subresources=("status",),
    ),
    Resource(
        "poddisruptionbudgets",
        "PodDisruptionBudget",
        policy.PodDisruptionBudget,
        {"v1.7": ("policy/v1beta1",), "v1.8": ("policy/v1beta1",), "v1.36": ("policy/v1",)},
        short_names=("pdb",),
        subresources=("status",),
    ),
    Resource(
        "pods",
        "Pod",
        v1.Pod,
        _CORE,
        short_names=("po",),
        subresources=("status", "binding", "eviction", "log", "exec", "attach", "portforward", "proxy"),
        parts_since={"v1.36": ("ephemeralcontainers", "resize")},
        categories=_ALL,
    ),
    Resource("podtemplates", "PodTemplate", v1.PodTemplate, _CORE),
    Resource(
        "priorityclasses",
        "PriorityClass",
        scheduling.PriorityClass,
        {"v1.36": ("scheduling.k8s.io/v1",)},
        namespaced=False,
        short_names=("pc",),
        on_request={"v1.8": ("scheduling.k8s.io/v1alpha1",)},
    ),
    Resource(
        "replicasets",
        "ReplicaSet",
        apps.ReplicaSet,
        {
            "v1.7": ("extensions/v1beta1",),
            "v1.8": ("extensions/v1beta1", "apps/v1beta2"),
            "v1.36": ("apps/v1",),
        },
        short_names=("rs",),
        subresources=("status", "scale"),
        categories=_ALL,
    ),
    Resource(
        "replicationcontrollers",
        "ReplicationController",
        v1.ReplicationController,
        _CORE,
        short_names=("rc",),
        subresources=("status", "scale"),
        categories=_ALL,
    ),
    Resource(
        "resourcequotas",
        "ResourceQuota",
        v1.ResourceQuota,
        _CORE,
        short_names=("quota",),
        subresources=("status",),
    ),
    Resource("rolebindings", "RoleBinding", rbac.RoleBinding, _RBAC),
    Resource("roles", "Role", rbac.Role, _RBAC),
    Resource("secrets", "Secret", v1.Secret, _CORE),
    Resource(
        "serviceaccounts",
        "ServiceAccount",
        v1.ServiceAccount,
        _CORE,
        short_names=("sa",),
        parts_since={"v1.36": ("token",)},
    ),
    Resource(
        "services",
        "Service",
        v1.Service,
        _CORE,
        short_names=("svc",),
        subresources=("status", "proxy"),
        categories=_ALL,
    ),
    Resource(
        "statefulsets",
        "StatefulSet",
        apps.StatefulSet,
        {"v1.7": ("apps/v1beta1",), "v1.8": ("apps/v1beta1", "apps/v1beta2"), "v1.36": ("apps/v1",)},
        short_names=("sts",),
        subresources=("status", "scale"),
        categories=_ALL,
    ),
    Resource(
        "storageclasses",
        "StorageClass",
        storage.StorageClass,
        {
            "v1.7": ("storage.k8s.io/v1", "storage.k8s.io/v1beta1"),
            "v1.8": ("storage.k8s.io/v1", "storage.k8s.io/v1beta1"),
            "v1.36": ("storage.k8s.io/v1",),
        },
        namespaced=False,
        short_names=("sc",),
    ),
)


def _review(kind: str, group: str, *old: str, namespaced: bool = False) -> Resource:
    """old: the releases before today that have it, with their beta."""
    both = (f"{group}.k8s.io/v1", f"{group}.k8s.io/v1beta1")
    versions = {**dict.fromkeys(old, both), "v1.36": both[:1]}
    return Resource(f"{kind.lower()}s", kind, ApiObject, versions, namespaced=namespaced, verbs=("create",))


REVIEWS: Final = (
    _review("SelfSubjectReview", "authentication"),
    _review("TokenReview", "authentication", "v1.7", "v1.8"),
    _review("LocalSubjectAccessReview", "authorization", "v1.7", "v1.8", namespaced=True),
    _review("SelfSubjectAccessReview", "authorization", "v1.7", "v1.8"),
    _review("SelfSubjectRulesReview", "authorization", "v1.8"),
    _review("SubjectAccessReview", "authorization", "v1.7", "v1.8"),
)
"""What is only answered, and kept nowhere."""

RESOURCES: Final[dict[str, Resource]] = {resource.plural: resource for resource in (*_RESOURCES, *KEPT)}
"""All resources by their plural names, whichever release has them."""
