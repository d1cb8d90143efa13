"""Admission by classes: the one that a claim or an Ingress gets if it names none, and what the RuntimeClass
that a pod names makes of the pod.

Sources: v1.7.5, v1.8.0 plugin/pkg/admission/storageclass/setdefault; v1.36.2 plugin/pkg/admission/storage/
storageclass/setdefault, network/defaultingressclass, runtimeclass.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.api.core_v1 import PersistentVolumeClaim, Pod, Toleration
from clustersim.api.decoding import decode_into
from clustersim.api.default_classes import INGRESS, STORAGE, defaults_of
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.networking import Ingress
from clustersim.api.quantity import parse_quantity
from clustersim.api.tolerations import merged
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

_OF_INGRESS: Final = "kubernetes.io/ingress.class"
_OVERHEAD_WITHOUT_CLASS: Final = (
    "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
)


def default_storage_class(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A claim that names no class gets the default one, of which there must not be two."""
    if not isinstance(obj, PersistentVolumeClaim) or obj.spec.storage_class_name is not None:
        return obj
    default = _default_classes(etcd, "storageclasses", STORAGE)
    if len(default) > 1:
        why = f"Internal error occurred: {len(default)} default StorageClasses were found"
        raise forbidden(resource, obj.metadata.name, why)
    return _of_storage(obj, default)


def default_storage_class_of_today(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The same; of several the newest."""
    if not isinstance(obj, PersistentVolumeClaim) or obj.spec.storage_class_name is not None:
        return obj
    return _of_storage(obj, _default_classes(etcd, "storageclasses", STORAGE))


def default_ingress_class(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """An Ingress that names no class gets the default one, of several the newest."""
    if not isinstance(obj, Ingress) or obj.spec.ingress_class_name is not None:
        return obj
    default = _default_classes(etcd, "ingressclasses", INGRESS)
    if not default or _OF_INGRESS in obj.metadata.annotations:
        return obj
    return replace(obj, spec=replace(obj.spec, ingress_class_name=default[0]))


def _default_classes(etcd: Etcd, resource: str, keys: Iterable[str]) -> list[str]:
    """The names of the classes that say they are the default, the newest first."""
    return [one.metadata.name for one in defaults_of(etcd.range(resource).values(), keys)]


def _of_storage(claim: PersistentVolumeClaim, default: list[str]) -> PersistentVolumeClaim:
    return replace(claim, spec=replace(claim.spec, storage_class_name=default[0])) if default else claim


def runtime_class(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The class that a pod names must be there; what it costs and where it runs becomes the pod's."""
    if not isinstance(obj, Pod):
        return obj
    name, spec = obj.spec.runtime_class_name, obj.spec
    if not name:
        if spec.overhead:
            raise forbidden(resource, obj.metadata.name, _OVERHEAD_WITHOUT_CLASS)
        return obj
    found = etcd.get("runtimeclasses", name)
    if found is None:
        raise forbidden(resource, obj.metadata.name, f'pod rejected: RuntimeClass "{name}" not found')
    overhead = (found.overhead or {}).get("podFixed") or {}
    if spec.overhead and not overhead:
        raise forbidden(resource, obj.metadata.name, _OVERHEAD_WITHOUT_CLASS)
    if spec.overhead and not _is_as_much(spec.overhead, overhead):
        why = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
        raise forbidden(resource, obj.metadata.name, why)
    return _placed(
        resource, replace(obj, spec=replace(spec, overhead=dict(overhead))), found.scheduling or {}
    )


def _placed(resource: str, pod: Pod, scheduling: Mapping[str, Any]) -> Pod:
    """The pod where the nodes of its class are (setScheduling)."""
    places, own = scheduling.get("nodeSelector") or {}, pod.spec.node_selector
    for key in sorted(places):
        if own.get(key, places[key]) != places[key]:
            told = f"nodeSelector[{key}] = {places[key]}; pod.spec.nodeSelector[{key}] = {own[key]}"
            raise forbidden(resource, pod.metadata.name, f"conflict: runtimeClass.scheduling.{told}")
    tolerations = tuple(
        decode_into(Toleration, one, "v1.36", "v1")[0] for one in scheduling.get("tolerations") or ()
    )
    spec = replace(pod.spec, node_selector={**own, **places})
    if tolerations:
        spec = replace(spec, tolerations=merged((*spec.tolerations, *tolerations)))
    return replace(pod, spec=spec)


def _is_as_much(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return one.keys() == other.keys() and all(
        parse_quantity(text).nanos == parse_quantity(other[name]).nanos for name, text in one.items()
    )
