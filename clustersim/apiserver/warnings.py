"""What the API server of today warns of in what it takes. Source: v1.36 pkg/registry (WarningsOnCreate and
WarningsOnUpdate of each kind), pkg/api.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from clustersim.api.quantity import parse_quantity
from clustersim.apiserver.unheeded import unheeded
from clustersim.apiserver.validation.names import dns_label
from clustersim.apiserver.warnings_of_pods import VOLUMES, fractional, of_pod, of_terms

_NAME: Final = "which can result in surprising behavior; a DNS label is recommended:"
_TODAY: Final = "v1.36"
_STORAGE_CLASS: Final = (
    "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "
    '"storageClassName" attribute instead'
)


def warnings_of(resource: str, obj: Any, old: Any = None) -> list[str]:
    """The warnings about an object that is made, or changed from `old`; of a Pod only as it is made, of what
    makes pods only where it is to do something else."""
    found = list(unheeded(obj))
    if resource == "pods" and old is not None:
        return found
    same = old is not None and obj.metadata.generation == old.metadata.generation
    if resource in _TEMPLATED:
        return [*found, *(() if same else _of_workload(resource, obj, new=old is None))]
    if resource == "resourcequotas":
        return [*found, *(() if old is not None else _of_quota(obj))]
    if resource == "serviceaccounts":
        new = old is None or MOUNTABLE_SECRETS not in old.metadata.annotations
        return [*found, *(_of_account(obj) if new else ())]
    told = _OTHERS.get(resource)
    return [*found, *(told(obj) if told is not None else ())]


_TEMPLATED: Final = (
    "cronjobs", "daemonsets", "deployments", "jobs", "replicasets", "replicationcontrollers", "statefulsets",
)  # fmt: skip
_OWN_NAMES: Final = ("daemonsets", "statefulsets")
"""They say nothing of their names."""


def _of_workload(resource: str, obj: Any, *, new: bool) -> Iterator[str]:
    if new and resource not in _OWN_NAMES and (told := dns_label(obj.metadata.name, _TODAY)):
        yield f"metadata.name: this is used in Pod names and hostnames, {_NAME} [{' '.join(told)}]"
    if resource == "cronjobs":
        yield from of_pod(obj.spec.job_template.spec.template, "spec.jobTemplate.spec.template.")
        return
    yield from of_pod(obj.spec.template, "spec.template.")
    if resource == "statefulsets":
        for index, claim in enumerate(obj.spec.volume_claim_templates):
            yield from _of_amounts(claim.spec, f"spec.volumeClaimTemplates[{index}]")


def _of_new_pod(pod: Any) -> Iterator[str]:
    if told := dns_label(pod.metadata.name, _TODAY):
        yield f"metadata.name: this is used in the Pod's hostname, {_NAME} [{' '.join(told)}]"
    yield from of_pod(pod)


def _of_service(service: Any) -> Iterator[str]:
    spec = service.spec
    headless = spec.cluster_ip == "None"
    if "service.kubernetes.io/topology-aware-hints" in service.metadata.annotations:
        yield (
            "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use "
            "service.kubernetes.io/topology-mode instead"
        )
    if headless and spec.load_balancer_ip:
        yield "spec.loadBalancerIP is ignored for headless services"
    if headless and spec.external_ips:
        yield "spec.externalIPs is ignored for headless services"
    if headless and spec.session_affinity != "None":
        yield "spec.SessionAffinity is ignored for headless services"
    if spec.external_ips and not headless and spec.type != "ExternalName":
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if spec.external_ips and spec.type == "ExternalName":
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if spec.type != "ExternalName" and spec.external_name:
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.traffic_distribution == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


MOUNTABLE_SECRETS: Final = "kubernetes.io/enforce-mountable-secrets"


def _of_account(account: Any) -> Iterator[str]:
    """An annotation that keeps pods from Secrets (pkg/registry/core/serviceaccount/strategy.go)."""
    if MOUNTABLE_SECRETS in account.metadata.annotations:
        yield (
            f"metadata.annotations[{MOUNTABLE_SECRETS}]: deprecated in v1.32+; prefer separate namespaces to "
            "isolate access to mounted secrets"
        )


def _of_quota(quota: Any) -> Iterator[str]:
    """Requests beyond limits (pkg/registry/core/resourcequota/strategy.go)."""
    hard = quota.spec.hard
    for name in ("cpu", "memory", "storage", "ephemeral-storage"):
        asked, limit = f"requests.{name}", f"limits.{name}"
        if asked not in hard and name in ("cpu", "memory"):
            asked = name
        if asked in hard and limit in hard and _amount(hard[asked]) > _amount(hard[limit]):
            yield f"ResourceQuota {asked} ({hard[asked]}) should be less than {limit} ({hard[limit]})"


def _amount(text: str) -> int:
    return parse_quantity(text).nanos


def _of_volume(volume: Any) -> Iterator[str]:
    annotations, spec = volume.metadata.annotations, volume.spec
    if "volume.beta.kubernetes.io/storage-class" in annotations:
        yield _STORAGE_CLASS
    if "volume.beta.kubernetes.io/mount-options" in annotations:
        told = 'deprecated since v1.31; use "mountOptions" attribute instead'
        yield f"metadata.annotations[volume.beta.kubernetes.io/mount-options]: {told}"
    if spec.persistent_volume_reclaim_policy == "Recycle":
        told = "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic"
        yield f"spec.persistentVolumeReclaimPolicy: {told} provisioning."
    if spec.node_affinity is not None and spec.node_affinity.required is not None:
        terms = spec.node_affinity.required.node_selector_terms
        yield from of_terms(terms, "spec.nodeAffinity.required.nodeSelectorTerms")
    for field in ("cephfs", "photon_persistent_disk", "scale_io", "storageos", "glusterfs", "rbd"):
        if getattr(spec, field, None) is not None:
            written, told = VOLUMES[field]
            yield f"spec.{written}: {told}"


def _of_claim(claim: Any) -> Iterator[str]:
    if "volume.beta.kubernetes.io/storage-class" in claim.metadata.annotations:
        yield _STORAGE_CLASS
    yield from _of_amounts(claim.spec, "spec")


def _of_amounts(spec: Any, path: str) -> Iterator[str]:
    for kind in ("requests", "limits"):
        yield from fractional(getattr(spec.resources, kind), "storage", f"{path}.resources.{kind}")


def _of_ingress(ingress: Any) -> Iterator[str]:
    annotation = "kubernetes.io/ingress.class"
    if annotation in ingress.metadata.annotations and not ingress.spec.ingress_class_name:
        yield f"annotation \"{annotation}\" is deprecated, please use 'spec.ingressClassName' instead"


_OTHERS: Final[dict[str, Callable[[Any], Iterator[str]]]] = {
    "ingresses": _of_ingress,
    "persistentvolumeclaims": _of_claim,
    "persistentvolumes": _of_volume,
    "pods": _of_new_pod,
    "services": _of_service,
}
