"""What a kubelet may do: with its own Node and pods, and with what these need, besides what every node may.

Source: v1.36.2 plugin/pkg/auth/authorizer/node/{node_authorizer,graph}.go.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from clustersim.api.claim_names import claim_names
from clustersim.api.core_v1 import Pod
from clustersim.api.devices import ClaimNotMade, claim_name
from clustersim.api.pod_containers import every_container

LOOKED_AT: Final = ("persistentvolumeclaims", "pods", "resourceslices", "volumeattachments")
"""Resources by which it is known what a node has to do with."""
_READS: Final = ("get", "list", "watch")
_OWN: Final = ("get", "create", "update", "patch", "delete")
_ROOT_CERTIFICATE: Final = "kube-root-ca.crt"
"""Of the volume that every pod has for its token, which this model does not write."""
ALLOWED: Final = (True, "")
Answer = tuple[bool, str]


class Wanted(NamedTuple):
    """A request of a node. kind: the resource; part: its subresource; selected: the node that its field
    selector names."""

    node: str
    verb: str
    group: str
    kind: str
    part: str
    name: str
    namespace: str
    selected: str


def of_node(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer | None:
    """Whether that node may, and why not; None where it is for the rules of all nodes to say."""
    decided = _BY_KIND.get((wanted.group, wanted.kind))
    return None if decided is None else decided(wanted, store)


def _named(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    """Something that the node has to do with."""
    if not wanted.name:
        return False, "No Object name found"
    pods = [pod for pod in store["pods"].values() if pod.spec.node_name == wanted.node]
    if wanted.name in _related(wanted, pods, store):
        return ALLOWED
    return False, f"no relationship found between node '{wanted.node}' and this object"


def _related(wanted: Wanted, pods: list[Pod], store: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """The names of the objects of that kind, in that namespace, that the node's pods need."""
    here = [pod for pod in pods if pod.metadata.namespace == wanted.namespace]
    match wanted.kind:
        case "pods":
            return {pod.metadata.name for pod in here}
        case "secrets" | "configmaps":
            found = {name for pod in here for kind, name in _referred(pod) if kind == wanted.kind}
            return {*found, _ROOT_CERTIFICATE} if here and wanted.kind == "configmaps" else found
        case "serviceaccounts":
            return {pod.spec.service_account_name for pod in here}
        case "persistentvolumeclaims":
            return {name for pod in here for name, _own in claim_names(pod)}
        case "persistentvolumes":
            keys = {f"{pod.metadata.namespace}/{name}" for pod in pods for name, _own in claim_names(pod)}
            claims = (store["persistentvolumeclaims"].get(key) for key in keys)
            return {claim.spec.volume_name for claim in claims if claim is not None}
        case "resourceclaims":
            return {name for pod in here for name in _claims_of_devices(pod)}
        case "resourceslices":
            slices = store["resourceslices"].values()
            return {one.metadata.name for one in slices if (one.spec or {}).get("nodeName") == wanted.node}
        case "volumeattachments":
            attached = store["volumeattachments"].values()
            return {one.metadata.name for one in attached if one.spec.node_name == wanted.node}
    return ()


def _claims_of_devices(pod: Pod) -> Iterator[str]:
    for one in pod.spec.resource_claims:
        try:
            yield claim_name(pod, one)
        except ClaimNotMade:
            continue


def _referred(pod: Pod) -> Iterator[tuple[str, str]]:
    """The Secrets and ConfigMaps that a pod names."""
    yield from (("secrets", one.name) for one in pod.spec.image_pull_secrets)
    for volume in pod.spec.volumes:
        if volume.secret is not None:
            yield "secrets", volume.secret.secret_name
        if volume.config_map is not None:
            yield "configmaps", volume.config_map.name
        for source in volume.projected.sources if volume.projected is not None else ():
            yield from _either(source.secret, source.config_map)
    for container in every_container(pod):
        given = (one.value_from for one in container.env if one.value_from is not None)
        for value in given:
            yield from _either(value.secret_key_ref, value.config_map_key_ref)
        for many in container.env_from:
            yield from _either(many.secret_ref, many.config_map_ref)


def _either(secret: Any, config_map: Any) -> Iterator[tuple[str, str]]:
    """The two that may be named at one place."""
    if secret is not None:
        yield "secrets", secret.name
    if config_map is not None:
        yield "configmaps", config_map.name


def _read(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.verb not in _READS:
        return False, "can only read resources of this type"
    if wanted.part:
        return False, "cannot read subresource"
    if not wanted.namespace:
        return False, "can only read namespaced object of this type"
    return _named(wanted, store)


def _get(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.verb != "get":
        return False, "can only get individual resources of this type"
    return (False, "cannot get subresource") if wanted.part else _named(wanted, store)


def _claim(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.part != "status":
        return _get(wanted, store)
    if wanted.verb not in ("update", "patch"):
        return False, "can only get/update/patch this type"
    return _named(wanted, store)


def _account(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.verb == "get" and not wanted.part:
        return _read(wanted, store)
    if wanted.verb != "create" or not wanted.name:
        return False, "can only create tokens for individual service accounts"
    if wanted.part != "token":
        return False, "can only create token subresource of serviceaccount"
    return _named(wanted, store)


def _lease(wanted: Wanted, _: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.verb not in _OWN:
        return False, "can only get, create, update, patch, or delete a node lease"
    if wanted.namespace != "kube-node-lease":
        return False, 'can only access leases in the "kube-node-lease" system namespace'
    if wanted.verb != "create" and wanted.name != wanted.node:
        return False, "can only access node lease with the same name as the requesting node"
    return ALLOWED


def _driver(wanted: Wanted, _: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.verb not in _OWN:
        return False, "can only get, create, update, patch, or delete a CSINode"
    if wanted.part:
        return False, "cannot authorize CSINode subresources"
    if wanted.verb != "create" and wanted.name != wanted.node:
        return False, "can only access CSINode with the same name as the requesting node"
    return ALLOWED


def _slice(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    if wanted.part:
        return False, "cannot authorize ResourceSlice subresources"
    match wanted.verb:
        case "create":
            return ALLOWED
        case "get" | "update" | "patch" | "delete":
            return _named(wanted, store)
        case "watch" | "list" | "deletecollection":
            if wanted.selected == wanted.node:
                return ALLOWED
            return False, "can only list/watch/deletecollection resourceslices with nodeName field selector"
    verbs = "get, watch, list, create, update, patch, delete, deletecollection"
    return False, f"only the following verbs are allowed for a ResourceSlice: {verbs}"


def _node(wanted: Wanted, _: Mapping[str, Mapping[str, Any]]) -> Answer:
    if not wanted.part and wanted.verb in _READS and wanted.name != wanted.node:
        which = f"'{wanted.name}'" if wanted.name else "all nodes"
        return False, f"node '{wanted.node}' cannot read {which}, only its own Node object"
    verbs = {"": ("create", "update", "patch", *_READS), "status": ("update", "patch")}
    return wanted.verb in verbs.get(wanted.part, ()), ""


def _pod(wanted: Wanted, store: Mapping[str, Mapping[str, Any]]) -> Answer:
    if not wanted.part and wanted.verb in _READS:
        if wanted.verb == "get" or wanted.name:
            return _named(wanted, store)
        if wanted.selected == wanted.node:
            return ALLOWED
        return False, "can only list/watch pods with spec.nodeName field selector"
    verbs = {"": ("create", "delete"), "status": ("update", "patch"), "eviction": ("create",)}
    return wanted.verb in verbs.get(wanted.part, ()), ""


_BY_KIND: Final[Mapping[tuple[str, str], Callable[[Wanted, Mapping[str, Mapping[str, Any]]], Answer]]] = {
    ("", "secrets"): _read,
    ("", "configmaps"): _read,
    ("", "persistentvolumeclaims"): _claim,
    ("", "persistentvolumes"): _get,
    ("", "serviceaccounts"): _account,
    ("", "nodes"): _node,
    ("", "pods"): _pod,
    ("coordination.k8s.io", "leases"): _lease,
    ("resource.k8s.io", "resourceclaims"): _get,
    ("resource.k8s.io", "resourceslices"): _slice,
    ("storage.k8s.io", "csinodes"): _driver,
    ("storage.k8s.io", "volumeattachments"): _get,
}
