"""Which kinds there are, under which group-versions each release serves them, and the way to and from JSON.

Every kind has one Struct, whatever version it is written in. Sources: v1.7.5, v1.8.0 pkg/master/master.go and
pkg/registry/*/rest; v1.36.2: asked of a running kube-apiserver.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from clustersim.api import (
    apps,
    autoscaling,
    batch,
    certificates,
    coordination,
    definitions,
    discovery,
    kept,
    networking,
    policy,
    rbac,
    scheduling,
    storage,
)
from clustersim.api import core_v1 as v1
from clustersim.api.conversion import from_struct_names, to_version
from clustersim.api.definitions import CustomObject, CustomResourceDefinition
from clustersim.api.meta import ApiObject

VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Resource(msgspec.Struct, frozen=True):
    """One kind of object as the API serves it.

    versions: by release the group-versions that serve it; the first is the one it is stored in and that
    kubectl shows. A release that is not there does not have the kind.
    definition: of a kind that somebody added; its plural has its group behind it, "crontabs.example.com".
    """

    plural: str
    kind: str
    type: type[ApiObject]
    versions: Mapping[str, tuple[str, ...]]
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS
    definition: CustomResourceDefinition | None = None

    @property
    def word(self) -> str:
        """Its plural as addresses have it."""
        return self.plural.partition(".")[0]

    @property
    def api_version(self) -> str:
        """The version it is stored in by the older releases, or by the first that has the kind."""
        return (self.versions.get("v1.8") or next(iter(self.versions.values())))[0]

    def version_in(self, release: str) -> str:
        """The version that a release stores it in; what it does not have, as another one does."""
        found = self.versions.get(release)
        return found[0] if found else self.api_version

    def group_in(self, release: str) -> str:
        """Its group in a release, empty for the core group."""
        return self.version_in(release).rpartition("/")[0]

    @property
    def singular(self) -> str:
        """As people write it for one object."""
        names = self.definition.spec.names if self.definition is not None else None
        return (names.singular if names is not None else "") or self.kind.lower()

    @property
    def selectable(self) -> tuple[str, ...] | None:
        """Fields that objects of an added kind can be selected by; None of one that is built in."""
        if self.definition is None:
            return None
        versions = definitions.versions_of(self.definition)
        return tuple(field.json_path.removeprefix(".") for one in versions for field in one.selectable_fields)

    @property
    def stored(self) -> bool:
        """Whether objects of it are kept; some are only said."""
        return "create" in self.verbs and "get" in self.verbs


def _everywhere(*versions: str) -> dict[str, tuple[str, ...]]:
    return {"v1.7": versions, "v1.8": versions, "v1.36": versions}


_CORE: Final = _everywhere("v1")
_ALL: Final = ("all",)
_RBAC: Final = {
    "v1.7": ("rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1alpha1"),
    "v1.8": ("rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"),
    "v1.36": ("rbac.authorization.k8s.io/v1",),
}

_ADMISSION: Final = {"v1.36": ("admissionregistration.k8s.io/v1",)}
_FLOW_CONTROL: Final = {"v1.36": ("flowcontrol.apiserver.k8s.io/v1",)}


def _kept(
    kind: type[ApiObject],
    versions: Mapping[str, tuple[str, ...]],
    *short: str,
    plural: str = "",
    namespaced: bool = False,
) -> Resource:
    """A kind that is kept, for the whole cluster if nothing else is said."""
    name = plural or f"{kind.__name__.lower()}s"
    return Resource(name, kind.__name__, kind, versions, namespaced=namespaced, short_names=short)


def _of_three(group: str) -> dict[str, tuple[str, ...]]:
    """A beta until v1.8, of v1 today."""
    return {"v1.7": (f"{group}/v1beta1",), "v1.8": (f"{group}/v1beta1",), "v1.36": (f"{group}/v1",)}


_STORAGE: Final = {"v1.36": ("storage.k8s.io/v1",)}
_DEVICES: Final = {"v1.36": ("resource.k8s.io/v1",)}
_NETWORKING: Final = {"v1.36": ("networking.k8s.io/v1",)}

KEPT: Final = (
    _kept(kept.APIService, _of_three("apiregistration.k8s.io")),
    _kept(kept.CSIDriver, _STORAGE),
    _kept(kept.CSINode, _STORAGE),
    _kept(kept.CSIStorageCapacity, _STORAGE, plural="csistoragecapacities", namespaced=True),
    _kept(kept.DeviceClass, _DEVICES, plural="deviceclasses"),
    _kept(kept.FlowSchema, _FLOW_CONTROL),
    _kept(kept.IPAddress, _NETWORKING, "ip", plural="ipaddresses"),
    _kept(kept.MutatingAdmissionPolicy, _ADMISSION, plural="mutatingadmissionpolicies"),
    _kept(kept.MutatingAdmissionPolicyBinding, _ADMISSION),
    _kept(kept.MutatingWebhookConfiguration, _ADMISSION),
    _kept(kept.PodPreset, {"v1.7": ("settings.k8s.io/v1alpha1",)}, namespaced=True),
    _kept(
        kept.PodSecurityPolicy,
        dict.fromkeys(("v1.7", "v1.8"), ("extensions/v1beta1",)),
        "psp",
        plural="podsecuritypolicies",
    ),
    _kept(kept.PriorityLevelConfiguration, _FLOW_CONTROL),
    _kept(kept.ResourceClaim, _DEVICES, namespaced=True),
    _kept(kept.ResourceClaimTemplate, _DEVICES, namespaced=True),
    _kept(kept.ResourceSlice, _DEVICES),
    _kept(kept.RuntimeClass, {"v1.36": ("node.k8s.io/v1",)}, plural="runtimeclasses"),
    _kept(kept.ServiceCIDR, _NETWORKING),
    _kept(kept.ValidatingAdmissionPolicy, _ADMISSION, plural="validatingadmissionpolicies"),
    _kept(kept.ValidatingAdmissionPolicyBinding, _ADMISSION),
    _kept(kept.ValidatingWebhookConfiguration, _ADMISSION),
    _kept(kept.VolumeAttachment, _STORAGE),
    _kept(kept.VolumeAttributesClass, _STORAGE, "vac", plural="volumeattributesclasses"),
)
"""Kinds that nothing acts on."""

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
        _of_three("certificates.k8s.io"),
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
    Resource("serviceaccounts", "ServiceAccount", v1.ServiceAccount, _CORE, short_names=("sa",)),
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


def _review(kind: str, group: str, *, namespaced: bool = False) -> Resource:
    versions = {"v1.36": (f"{group}.k8s.io/v1",)}
    return Resource(f"{kind.lower()}s", kind, ApiObject, versions, namespaced=namespaced, verbs=("create",))


REVIEWS: Final = (
    _review("SelfSubjectReview", "authentication"),
    _review("TokenReview", "authentication"),
    _review("LocalSubjectAccessReview", "authorization", namespaced=True),
    _review("SelfSubjectAccessReview", "authorization"),
    _review("SelfSubjectRulesReview", "authorization"),
    _review("SubjectAccessReview", "authorization"),
)
"""What is only answered, and kept nowhere."""

RESOURCES: Final[dict[str, Resource]] = {resource.plural: resource for resource in (*_RESOURCES, *KEPT)}
"""All resources by their plural names, whichever release has them."""

_BY_KIND: Final = {resource.kind: resource for resource in RESOURCES.values()}
_BY_TYPE: Final = {resource.type: resource for resource in RESOURCES.values()}


def resources_of(release: str, added: Iterable[CustomResourceDefinition] = ()) -> dict[str, Resource]:
    """What a release ("v1.8") serves, by plural name; with what these definitions add."""
    found = {plural: resource for plural, resource in RESOURCES.items() if release in resource.versions}
    for definition in added:
        if definitions.is_established(definition):
            found[definition.metadata.name] = resource_by(definition, release)
    return found


def resource_by(definition: CustomResourceDefinition, release: str) -> Resource:
    """What a definition adds to the API."""
    spec = definition.spec
    served = [one for one in definitions.versions_of(definition) if one.served]
    parts: dict[str, None] = {}
    for version in served:
        if version.subresources is not None and version.subresources.status is not None:
            parts["status"] = None
        if version.subresources is not None and version.subresources.scale is not None:
            parts["scale"] = None
    return Resource(
        definition.metadata.name,
        spec.names.kind,
        CustomObject,
        {release: tuple(f"{spec.group}/{one.name}" for one in served)},
        namespaced=spec.scope != "Cluster",
        short_names=spec.names.short_names,
        subresources=tuple(parts),
        categories=spec.names.categories,
        definition=definition,
    )


@lru_cache(maxsize=256)
def _custom(plural: str, kind: str, api_version: str, namespaced: bool) -> Resource:
    """What an object of an added kind tells of it by itself."""
    versions = dict.fromkeys(("v1.7", "v1.8", "v1.36"), (api_version,))
    return Resource(plural, kind, CustomObject, versions, namespaced=namespaced)


def resource_of(obj: ApiObject) -> Resource:
    """The resource an object belongs to."""
    if isinstance(obj, CustomObject):
        return _custom(obj.resource, obj.kind, obj.api_version, obj.namespaced)
    return _BY_TYPE[type(obj)]


def resource_of_kind(kind: str) -> Resource | None:
    """The resource of a kind, None for one that the model does not have."""
    return _BY_KIND.get(kind)


def key_of(obj: ApiObject) -> str:
    """ "namespace/name", or "name" for what has no namespace."""
    metadata = obj.metadata
    return f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name


def reference(obj: ApiObject) -> str:
    """ "pods/default/web-1": how the causal record and the page name an object."""
    return f"{resource_of(obj).plural}/{key_of(obj)}"


def object_key(namespace: str, name: str) -> str:
    """The key of an object by its parts."""
    return f"{namespace}/{name}" if namespace else name


def to_builtins(obj: ApiObject, api_version: str = "") -> dict[str, Any]:
    """The object as JSON-ready dicts, `kind` and `apiVersion` included: that version's, or that it is
    stored in."""
    resource = resource_of(obj)
    version = api_version or resource.api_version
    if isinstance(obj, CustomObject):
        head = {"kind": obj.kind, "apiVersion": version, "metadata": msgspec.to_builtins(obj.metadata)}
        return {**head, **obj.content}
    plain: dict[str, Any] = msgspec.to_builtins(to_version(obj, version))
    if version == "apps/v1" and isinstance(obj, apps.StatefulSet):
        plain.setdefault("status", {}).setdefault("availableReplicas", 0)
    plain = from_struct_names(resource.kind, version, plain)
    return {"kind": resource.kind, "apiVersion": version, **plain}


def encode(obj: ApiObject) -> bytes:
    """The object's JSON."""
    return msgspec.json.encode(to_builtins(obj))


def decode(resource: Resource, data: bytes) -> ApiObject:
    """An object from its JSON; msgspec.ValidationError says where it does not fit."""
    return msgspec.json.decode(data, type=resource.type)
