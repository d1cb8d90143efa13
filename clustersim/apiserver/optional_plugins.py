"""Plugins of admission that are off unless the flag names them, as far as they look at objects alone.

Sources: v1.36.2 plugin/pkg/admission/alwayspullimages, antiaffinity, extendedresourcetoleration,
network/denyserviceexternalips, namespace/exists, podnodeselector, podtolerationrestriction; the first two,
the namespaces and the selectors are the same in v1.7.5 and v1.8.0.
"""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Container, Pod, Service, Toleration
from clustersim.api.errors import ApiError, forbidden, not_found
from clustersim.api.meta import replace
from clustersim.api.quality import qos_class
from clustersim.api.tolerations import covers, merged
from clustersim.apiserver.validation.resources import is_extended
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

_HOSTNAME: Final = "kubernetes.io/hostname"
_SELECTOR: Final = "scheduler.alpha.kubernetes.io/node-selector"
_TOLERATIONS: Final = "scheduler.alpha.kubernetes.io/defaultTolerations"
_ALLOWED: Final = "scheduler.alpha.kubernetes.io/tolerationsWhitelist"
PULLS: Final = "AlwaysPullImages"
EXTERNAL: Final = "DenyServiceExternalIPs"


def always_pull_images(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """Every container pulls its image anew, and so may use only what its pod has the secrets for."""
    return _pulling(obj) if isinstance(obj, Pod) else obj


def _pulling(pod: Pod) -> Pod:
    def pulling(containers: tuple[Container, ...]) -> tuple[Container, ...]:
        return tuple(replace(one, image_pull_policy="Always") for one in containers)

    spec = pod.spec
    volumes = tuple(
        one if one.image is None else replace(one, image=replace(one.image, pull_policy="Always"))
        for one in spec.volumes
    )
    first, main = pulling(spec.init_containers), pulling(spec.containers)
    return replace(pod, spec=replace(spec, init_containers=first, containers=main, volumes=volumes))


def hard_anti_affinity_by_host(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A pod must be far from others by host only, never by zone."""
    affinity = obj.spec.affinity if isinstance(obj, Pod) else None
    if affinity is None or affinity.pod_anti_affinity is None:
        return obj
    for term in affinity.pod_anti_affinity.required_during_scheduling_ignored_during_execution:
        if term.topology_key != _HOSTNAME:
            why = (
                "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey "
                f"{term.topology_key} but only key {_HOSTNAME} is allowed"
            )
            raise forbidden(resource, obj.metadata.name, why)
    return obj


def extended_resource_toleration(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """Who asks for devices tolerates the taint of that name."""
    if not isinstance(obj, Pod):
        return obj
    containers = (*obj.spec.containers, *obj.spec.init_containers)
    asked = {name for one in containers for name in one.resources.requests if is_extended(name)}
    found = list(obj.spec.tolerations)
    for name in sorted(asked):
        wanted = Toleration(key=name, operator="Exists", effect="NoSchedule")
        alike = [replace(one, toleration_seconds=None) == wanted for one in found]
        found = [wanted if same else one for one, same in zip(found, alike, strict=True)]
        found += [] if any(alike) else [wanted]
    return replace(obj, spec=replace(obj.spec, tolerations=tuple(found)))


def deny_external_ips(_: Etcd, __: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A Service has no addresses from outside."""
    if isinstance(obj, Service) and obj.spec.external_ips:
        raise forbidden(resource, obj.metadata.name, "Use of external IPs is denied by admission control")
    return obj


def namespace_exists(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A namespace that is not there is 404."""
    if obj.metadata.namespace and etcd.get("namespaces", obj.metadata.namespace) is None:
        raise not_found("namespaces", obj.metadata.namespace)
    return obj


def pod_node_selector(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A pod has the selector of nodes that its namespace names, beside its own."""
    if not isinstance(obj, Pod):
        return obj
    places, own = _selector(_annotation(etcd, obj, _SELECTOR) or ""), obj.spec.node_selector
    if any(own.get(key, value) != value for key, value in places.items()):
        why = "pod node label selector conflicts with its namespace node label selector"
        raise forbidden(resource, obj.metadata.name, why)
    return replace(obj, spec=replace(obj.spec, node_selector={**places, **own}))


def _selector(text: str) -> dict[str, str]:
    """Raises ApiError (500), as an error of the plugin is answered."""
    found: dict[str, str] = {}
    for label in text.split(",") if text else ():
        parts = label.split("=")
        if len(parts) != 2:
            raise ApiError(500, "", f"invalid selector: [{' '.join(parts)}]")
        found[parts[0].strip()] = parts[1].strip()
    return found


def _annotation(etcd: Etcd, pod: Pod, key: str) -> str | None:
    """What the pod's namespace says by that key; None if it says nothing."""
    namespace = etcd.get("namespaces", pod.metadata.namespace)
    if namespace is None:
        raise not_found("namespaces", pod.metadata.namespace)
    said: str | None = namespace.metadata.annotations.get(key)
    return said


def pod_toleration_restriction(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A pod tolerates what its namespace does by default, and no more than that allows; and a node that is
    short of memory, if it says how much it needs."""
    if not isinstance(obj, Pod):
        return obj
    more = list(_tolerations(etcd, obj, _TOLERATIONS))
    if qos_class(obj.spec, today=True) != "BestEffort":
        more.append(
            Toleration(key="node.kubernetes.io/memory-pressure", operator="Exists", effect="NoSchedule")
        )
    tolerations = merged((*obj.spec.tolerations, *more)) if more else obj.spec.tolerations
    allowed = _tolerations(etcd, obj, _ALLOWED)
    if allowed and not all(any(covers(wide, one) for wide in allowed) for one in tolerations):
        why = (
            "pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace"
        )
        raise ApiError(500, "", f"{why} whitelist")
    return replace(obj, spec=replace(obj.spec, tolerations=tolerations))


def _tolerations(etcd: Etcd, pod: Pod, key: str) -> tuple[Toleration, ...]:
    """Go reads names of fields in capitals, too."""
    text = _annotation(etcd, pod, key)
    try:
        plain = msgspec.json.decode(text, type=list[dict[str, Any]]) if text else []
        named = [{f"{name[:1].lower()}{name[1:]}": one for name, one in each.items()} for each in plain]
        return msgspec.convert(named, tuple[Toleration, ...])
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ApiError(500, "", str(error)) from None


def admit_changed_pod(flags: ApiServerFlags, old: Pod, new: Pod) -> Pod:
    """AlwaysPullImages, of a pod that gets an image that it had not."""
    if PULLS not in flags.admission_control:
        return new
    before, after = (
        {one.image for one in (*pod.spec.init_containers, *pod.spec.containers)} for pod in (old, new)
    )
    return new if after <= before else _pulling(new)


def admit_changed_service(flags: ApiServerFlags, old: Service, new: Service) -> None:
    """DenyServiceExternalIPs: a Service gets no address that it had not. Raises ApiError (403)."""
    if EXTERNAL in flags.admission_control and not set(new.spec.external_ips) <= set(old.spec.external_ips):
        why = "Use of external IPs is denied by admission control"
        raise forbidden("services", new.metadata.name, why)
