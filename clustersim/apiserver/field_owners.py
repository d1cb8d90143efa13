"""Whose the fields of an object are: what its `managedFields` say, and what nobody had to write down.

Only what clients write is kept in objects. What components wrote follows from what an object is, and is
worked out when somebody looks or applies: 150,000 pods made by controllers carry nothing. What a component
changes of an object that a client has written is put down to it at once. Sources: v1.36 apimachinery
pkg/util/managedfields, apiserver pkg/endpoints/handlers/fieldmanager.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from clustersim.api import core_v1 as v1
from clustersim.api import managed_fields
from clustersim.api.apps import Deployment
from clustersim.api.coordination import Lease
from clustersim.api.declared import Declared, Kind
from clustersim.api.definitions import DEFINITIONS, CustomObject, schema_of
from clustersim.api.discovery import EndpointSlice
from clustersim.api.errors import ApiError
from clustersim.api.field_paths import Path
from clustersim.api.meta import ApiObject, ManagedFieldsEntry, replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import resource_of, to_builtins
from clustersim.api.request import Request
from clustersim.api.scheduling import PriorityClass
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.host import Host
from clustersim.apiserver.traits import TRAITS
from clustersim.etcd import Etcd

Entries = tuple[ManagedFieldsEntry, ...]

COMPONENTS: Final[Mapping[str, str]] = {
    "apiserver": "kube-apiserver",
    "controller-manager": "kube-controller-manager",
    "kube-proxy": "kube-proxy",
    "kubectl": "kubectl",
    "kubelet": "kubelet",
    "scheduler": "kube-scheduler",
}
"""What the processes of this model call themselves to the API server."""
BY_HAND: Final = "kubectl-create"
"""Who made what was there when nobody had written anything down: the objects of a scenario."""
SCALE: Final = "scale"
MOST_MANAGERS: Final = 50
MOST_FIELDS: Final = 20_000
"""That an object remembers, all together."""
_RESET: Final = (ManagedFieldsEntry(),)
"""A list of one empty entry: nobody is to be remembered (internal/managedfields.go)."""
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_REVISION: Final[Path] = ("f:metadata", "f:annotations", "f:deployment.kubernetes.io/revision")
_MIRROR: Final = "kubernetes.io/config.mirror"
_SYSTEM_NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")


def jsonlike(value: Any) -> Any:
    """With lists where Structs have tuples."""
    if isinstance(value, dict):
        return {key: jsonlike(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [jsonlike(inner) for inner in value]
    return value


def kind_of(obj: ApiObject, version: str, etcd: Etcd) -> Kind:
    """What says how its fields are merged: its Struct, or the schema of its definition."""
    if not isinstance(obj, CustomObject):
        return type(obj)
    definition = etcd.get(DEFINITIONS, obj.resource)
    schema = None if definition is None else schema_of(definition, version.rpartition("/")[2])
    return Declared(schema or {}, whole=True)


def part_of(request: Request) -> str:
    """The part of the object that is written through an address of its own."""
    if request.subresource == SCALE or request.verb == "update-scale":
        return SCALE
    of_status = request.verb == "update-status" or request.subresource in (managed_fields.STATUS, "approval")
    return managed_fields.STATUS if of_status else ""


def writer(request: Request, old: Any, client: str) -> str:
    """Who is remembered for a change: as it says, and a component where a client has written before. Of an
    apply it has been settled."""
    if request.manager or request.patch_type == "apply" or not old.metadata.managed_fields:
        return request.manager
    process = client.partition("@")[0]
    return COMPONENTS.get(process, process)


def managed(request: Request, old: Any, new: Any, host: Host, *, manager: str) -> Any:
    """The object with the fields that this write has set put down to its manager."""
    version = request.api_version or resource_of(new).version_in(host.release)
    there = isinstance(old, ApiObject)
    silent = silent_entries(old, host.etcd, host.release) if there else ()
    given: Entries = new.metadata.managed_fields
    if given == _RESET:
        given = ()
    if there and given == old.metadata.managed_fields:
        given = (*given, *silent)
    entries = managed_fields.updated(
        kind_of(new, version, host.etcd),
        jsonlike(to_builtins(old, version)) if there else {},
        jsonlike(to_builtins(new, version)),
        given,
        manager=manager,
        api_version=version,
        time=rfc3339(host.now),
        part=part_of(request),
    )
    if there and entries == managed_fields.in_order((*old.metadata.managed_fields, *silent)):
        entries = old.metadata.managed_fields
    else:
        entries = written_down(entries, silent)
    return replace(new, metadata=replace(new.metadata, managed_fields=entries))


def written_down(entries: Sequence[ManagedFieldsEntry], silent: Sequence[ManagedFieldsEntry]) -> Entries:
    """What of these is kept in the object: what its status says is the components' needs no writing down."""
    left_out = [one for one in silent if one.subresource == managed_fields.STATUS]
    kept = tuple(one for one in entries if one not in left_out)
    check_number(kept)
    return kept


def check_number(entries: Sequence[ManagedFieldsEntry]) -> None:
    """A real server is bounded by what etcd takes; here the time that it takes to compare them counts, too.
    Raises ApiError (422)."""
    for what, found, most in (
        ("managers", len(entries), MOST_MANAGERS),
        ("fields", sum(_fields_in(one.fields_v1) for one in entries), MOST_FIELDS),
    ):
        if found > most:
            why = f"Too many: {found}: must have at most {most} {what}"
            raise ApiError(422, "Invalid", f"metadata.managedFields: {why}")


def _fields_in(tree: Mapping[str, Any]) -> int:
    return len(tree) + sum(_fields_in(inner) for inner in tree.values() if isinstance(inner, Mapping))


def remembered(obj: Any, etcd: Etcd, release: str) -> Entries:
    """Who manages the fields of an object, in the order in which the API server tells it."""
    return managed_fields.in_order((*obj.metadata.managed_fields, *silent_entries(obj, etcd, release)))


def told(host: Host, obj: Any) -> Any:
    """The object as it is shown to whoever wants to know whose its fields are."""
    if not TRAITS[host.release].manages_fields or not obj.metadata.uid:
        return obj
    entries = remembered(obj, host.etcd, host.release)
    return replace(obj, metadata=replace(obj.metadata, managed_fields=entries))


def silent_entries(obj: Any, etcd: Etcd, release: str) -> Entries:
    """What follows from what the object is: who made it, unless that is written down, and who tells of its
    status what no client has said."""
    version = resource_of(obj).version_in(release)
    kind = kind_of(obj, version, etcd)
    plain = jsonlike(to_builtins(obj, version))
    kept: Entries = obj.metadata.managed_fields
    found: list[ManagedFieldsEntry] = []
    if not kept:
        made = obj.metadata.creation_timestamp
        found += managed_fields.updated(
            kind, {}, _as_made(plain), (), manager=_maker(obj), api_version=version, time=made
        )
    claimed = {path for entry in kept for path in managed_fields.from_fields_v1(entry.fields_v1)}
    status = managed_fields.fields_between(kind, {}, _reported(obj, plain), managed_fields.STATUS) - claimed
    above = {path[:depth] for path in claimed for depth in range(1, len(path))}
    if status - above:
        found.append(
            ManagedFieldsEntry(
                manager="kubelet" if isinstance(obj, v1.Node | v1.Pod) else COMPONENTS["controller-manager"],
                operation="Update",
                api_version=version,
                time=max(_times(plain.get("status")), default=obj.metadata.creation_timestamp),
                fields_type="FieldsV1",
                fields_v1=managed_fields.to_fields_v1(status),
                subresource=managed_fields.STATUS,
            )
        )
    return tuple(found)


def _as_made(plain: Mapping[str, Any]) -> dict[str, Any]:
    """An object without what came to it later by other ways: its status, a Deployment's revision, a pod's
    node (a binding is put down to nobody)."""
    made = {name: value for name, value in plain.items() if name != "status"}
    spec = made.get("spec")
    if plain["kind"] == "Pod" and isinstance(spec, dict):
        made["spec"] = {name: value for name, value in spec.items() if name != "nodeName"}
    metadata = dict(made["metadata"])
    annotations = {n: v for n, v in metadata.get("annotations", {}).items() if f"f:{n}" != _REVISION[-1]}
    metadata["annotations"] = annotations or None
    return {**made, "metadata": metadata}


def _reported(obj: Any, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The status, and the annotation that the Deployment controller writes with it."""
    annotations = {
        name: value for name, value in obj.metadata.annotations.items() if f"f:{name}" == _REVISION[-1]
    }
    reported = (
        {"metadata": {"annotations": annotations}} if isinstance(obj, Deployment) and annotations else {}
    )
    return {**reported, "status": plain["status"]} if plain.get("status") else reported


def _times(value: Any) -> Iterator[str]:
    """The times in a status: it was written last when the latest of them was."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _times(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _times(inner)
    elif isinstance(value, str) and _TIME.fullmatch(value):
        yield value


def _maker(obj: Any) -> str:
    """Who made an object that no client wrote."""
    name, namespace = obj.metadata.name, obj.metadata.namespace
    of_server = (
        (isinstance(obj, v1.Namespace) and name in _SYSTEM_NAMESPACES)
        or (isinstance(obj, PriorityClass) and name.startswith("system-"))
        or (isinstance(obj, v1.Service | v1.Endpoints | EndpointSlice) and name == "kubernetes")
    )
    if of_server:
        return COMPONENTS["apiserver"]
    if isinstance(obj, v1.Node) or _MIRROR in obj.metadata.annotations:
        return "kubelet"
    if isinstance(obj, Lease):
        return "kubelet" if namespace == "kube-node-lease" else str(name)
    if isinstance(obj, v1.Event):
        return obj.source.component or BY_HAND
    given_to_all = (isinstance(obj, v1.ServiceAccount) and name == "default") or (
        isinstance(obj, v1.ConfigMap) and name == "kube-root-ca.crt"
    )
    if controller_of(obj) or given_to_all or isinstance(obj, v1.Endpoints | EndpointSlice):
        return COMPONENTS["controller-manager"]
    return BY_HAND
