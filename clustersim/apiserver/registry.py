"""The registry: what each verb does to the objects in etcd.

```
  create: defaults -> admission -> first status -> validation -> admission -> addresses and ports -> stored
  update: defaults -> what may change -> validation -> stored
  patch:  patched as JSON -> decoded -> as an update
```
What differs between kinds is in strategy.py, defaults/ and validation/, what plugins may change or refuse in
admission.py, how objects are kept in storage.py. Nothing here knows of connections or of time-outs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.conditions import merge_conditions, patch_conditions, rebased
from clustersim.api.definitions import CustomObject, CustomResourceDefinition, is_established
from clustersim.api.errors import ApiError, already_exists, bad_request, conflict
from clustersim.api.meta import replace
from clustersim.api.quantity import QuantityError
from clustersim.api.quota import is_terminating
from clustersim.api.registry import key_of, resource_of
from clustersim.api.request import Request
from clustersim.api.scheduling import PriorityClass
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver import custom, field_owners, listing, patching, scale, strategy, topology_labels
from clustersim.apiserver.addresses import allocate
from clustersim.apiserver.admission import (
    admit_class,
    admit_growth,
    admit_resize,
    admit_update,
    at_work,
)
from clustersim.apiserver.alpha import without_disabled
from clustersim.apiserver.defaults import default_object, default_status
from clustersim.apiserver.definitions import Definitions
from clustersim.apiserver.given import with_given
from clustersim.apiserver.host import Host
from clustersim.apiserver.identity import check_same, keep_identity, named, told_by_stem
from clustersim.apiserver.optional_plugins import admit_changed_service
from clustersim.apiserver.plain_events import is_plain
from clustersim.apiserver.pod_index import NODE_FIELD
from clustersim.apiserver.pod_parts import POD_PARTS, RESIZE
from clustersim.apiserver.pod_security import admission as pod_security
from clustersim.apiserver.policing import Policing, is_policed
from clustersim.apiserver.quota import GROWING, charged_quotas, check_growth, check_scope, grown_quotas
from clustersim.apiserver.removal import Removal
from clustersim.apiserver.served import BUILT_IN, check_served
from clustersim.apiserver.storage import Storage
from clustersim.apiserver.traits import TRAITS
from clustersim.apiserver.validation.objects import (
    validate_create,
    validate_part,
    validate_status,
    validate_update,
)
from clustersim.engine.sharing import shared


class Registry:
    """The objects, behind their verbs. `host` gives time, random streams and settings, and tells watchers."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.etcd = host.etcd
        self.storage = Storage(host)
        self.definitions = Definitions(host, self.storage)
        self.removal = Removal(host, self.storage, self.definitions)
        self.policing = Policing(host, self.storage)

    def perform(self, request: Request, client: str) -> Any:
        """Carry a request out for that client; returns the body of the answer. Raises ApiError."""
        if (request.verb, request.resource, request.subresource) not in BUILT_IN:
            check_served(request, self.storage.resource_of(request), self.host.release)
        if request.manager and not TRAITS[self.host.release].manages_fields:
            request = msgspec.structs.replace(request, manager="")
        self.policing.told, self.policing.waited = (), 0
        try:
            return _VERBS[request.verb](self, request, client)
        except QuantityError as error:
            raise bad_request(str(error)) from error

    # --- reading -----------------------------------------------------------------------------------

    def _get(self, request: Request, client: str) -> Any:
        return self.storage.current(request)

    def _list(self, request: Request, client: str) -> listing.Page:
        resource = self.storage.resource_of(request)
        found = with_given(self.etcd, request.resource, self.host.release, self.host.flags)
        return listing.select(found, request, self._keys(request), resource)

    def _keys(self, request: Request) -> Iterable[str]:
        """Keys of the objects that a list may be about."""
        node = request.field_selector.get(NODE_FIELD) if request.resource == "pods" else None
        if node is None or node.startswith("!"):
            return with_given(self.etcd, request.resource, self.host.release, self.host.flags)
        return self.host.pods_on(node)

    # --- creating ----------------------------------------------------------------------------------

    def _create(self, request: Request, client: str) -> Any:
        if isinstance(request.body, v1.Binding):
            binding = request.body
            namespace = binding.metadata.namespace or request.namespace or "default"
            bind = Request("bind", "pods", namespace, binding.metadata.name, binding.target.name)
            return self._bind(bind, client)
        if is_plain(request, self.etcd, self.host.release) and not is_policed(self.host):
            event = self.storage.identified(self._admitted(self.host.plugins, request, request.body))
            self._admitted(self.host.counting, request, event)
            self._charge(event)
            return self.storage.add(request.resource, event, client)
        obj = named(request, self.host)
        obj = default_object(obj, self.host.release, request.api_version)
        if request.manager:  # What admission adds is nobody's.
            obj = field_owners.managed(request, {}, obj, self.host, manager=request.manager)
        obj = self._admitted(self.host.plugins, request, obj)
        obj = self.policing.mutated(request, client, obj)
        obj = without_disabled(obj, self.host.release, self.host.flags)
        obj = self.storage.identified(
            strategy.prepare_create(obj, self.host.release), stamped=not request.dry_run
        )
        resource = resource_of(obj).plural
        if isinstance(obj, CustomObject):
            obj = custom.prepare_create(obj, self.storage.resource_of(request), self.host.release)
        validate_create(obj, self.host.release)
        obj = strategy.canonical(obj, self.host.release)
        self._admitted(self.host.validating, request, obj)
        self.policing.created(request, client, obj)
        self._admitted(self.host.counting, request, obj)
        old = with_given(self.etcd, resource, self.host.release, self.host.flags).get(key_of(obj))
        if old is not None:
            going = bool(old.metadata.deletion_timestamp)
            raise already_exists(self.storage.qualified(resource), obj.metadata.name, deleted=going)
        if resource == "services":
            obj = allocate(obj, None, self.etcd.range("services"), self.host)
        if request.dry_run:
            return obj
        self._charge(obj)
        stored = self.storage.create(resource, obj, client)
        return self.definitions.settle(stored) if isinstance(obj, CustomResourceDefinition) else stored

    def _charge(self, obj: Any) -> None:
        """What quotas count of a new object is used from now on."""
        if "ResourceQuota" in self.host.flags.admission_control:
            self._put_quotas(charged_quotas(self.etcd, obj))

    def _put_quotas(self, quotas: Iterable[v1.ResourceQuota]) -> None:
        for quota in quotas:
            self.storage.put("resourcequotas", quota, self.host.name, "update-status")

    def _admitted(self, plugins: Mapping[str, Any], request: Request, obj: Any) -> Any:
        """The object after one round of admission."""
        if not plugins:
            return obj
        resource = self.storage.qualified(request.resource, request.api_version)
        for admit in at_work(plugins, self.host.flags.admission_control):
            try:
                obj = admit(self.etcd, self.host.flags, resource, obj)
            except ApiError as error:
                if plugins is self.host.plugins:
                    told_by_stem(error, request.body, obj)
                raise
        return obj

    def _secured(self, old: Any, new: Any) -> None:
        """A change keeps to what the namespace asks of its pods."""
        if (
            pod_security.NAME in self.host.validating
            and pod_security.NAME in self.host.flags.admission_control
        ):
            pod_security.changed(self.etcd, old, new)

    def create(self, resource: str, obj: Any, client: str) -> Any:
        """Store an object of the server's own making."""
        new = self.storage.identified(default_object(obj, self.host.release))
        return self.storage.create(resource, new, client)

    # --- changing ----------------------------------------------------------------------------------

    def _update(self, request: Request, client: str) -> Any:
        old = self.storage.current(request)
        self.storage.check_version(request, old, request.body)
        if request.subresource in POD_PARTS:
            return self._change_part(request, old, request.body, client)
        return self._change(request, old, request.body, client)

    def _change(self, request: Request, old: Any, body: Any, client: str) -> Any:
        """Make an object what its body says, as far as it may change."""
        metadata = keep_identity(old.metadata, body.metadata)
        new = body if metadata is body.metadata else replace(body, metadata=metadata)
        new = default_object(new, self.host.release, request.api_version)
        if request.resource == "pods":
            new = admit_update(self.host.flags, self.host.plugins, self.etcd, old, new)
        new = self.policing.mutated(request, client, new, old)
        new = without_disabled(new, self.host.release, self.host.flags)
        new = strategy.prepare_update(old, new, self.host.release)
        if isinstance(new, CustomObject):
            new = custom.prepare_update(old, new, self.storage.resource_of(request), self.host.release)
        if request.resource == "services":
            new = allocate(new, old, self.etcd.range("services"), self.host)
        validate_update(old, new, self.host.release, request.api_version)
        new = strategy.canonical(new, self.host.release)
        self._secured(old, new)
        today = TRAITS[self.host.release].of_today
        if request.resource == "persistentvolumeclaims":
            admit_growth(self.host.flags, self.etcd, old, new, today=today)
        self.policing.changed(request, client, old, new)
        if request.resource == "services":
            admit_changed_service(self.host.flags, old, new)
        if isinstance(new, PriorityClass):
            admit_class(self.host.flags, self.etcd, new, today=today)
        limited = "ResourceQuota" in self.host.flags.admission_control
        grows = limited and request.resource in GROWING
        if grows:
            check_growth(self.etcd, old, new, today=today)
        if limited and request.resource == "pods" and today:
            check_scope(self.etcd, old, new)
            grows = is_terminating(old) != is_terminating(new)
        if manager := field_owners.writer(request, old, client):
            new = field_owners.managed(request, old, new, self.host, manager=manager)
        if request.dry_run:
            return new
        if grows:
            self._put_quotas(grown_quotas(self.etcd, old, new, today=today))
        return self._changed(self.storage.store(request, old, new, client), old)

    def _change_part(self, request: Request, old: v1.Pod, body: Any, client: str) -> Any:
        """Make one part of a pod what a body says."""
        release, part = self.host.release, POD_PARTS[request.subresource]
        wanted = default_object(body, release, request.api_version)
        new = strategy.prepare_update(old, part.taken(old, wanted), release)
        validate_part(old, new, release, part.check)
        self._secured(old, new)
        self.policing.changed(request, client, old, new)
        if request.subresource == RESIZE:
            admit_resize(self.host.flags, self.etcd, old, new)
        if manager := field_owners.writer(request, old, client):
            new = field_owners.managed(request, old, new, self.host, manager=manager)
        if request.dry_run:
            return new
        if "ResourceQuota" in self.host.flags.admission_control:
            self._put_quotas(grown_quotas(self.etcd, old, new, today=True))
        return self.storage.store(request, old, new, client)

    def _changed(self, stored: Any, old: Any) -> Any:
        """What else becomes of a change: of a definition, and of the last object of one."""
        if isinstance(stored, CustomResourceDefinition) and stored.spec != old.spec:
            return self.definitions.settle(stored)
        if isinstance(stored, CustomObject):
            self.definitions.release(stored.resource)
        return stored

    def _update_status(self, request: Request, client: str) -> Any:
        old = self.storage.current(request)
        self.storage.check_version(request, old, request.body)
        return self._change_status(request, old, request.body, client)

    def _change_status(self, request: Request, old: Any, body: Any, client: str) -> Any:
        if isinstance(old, CustomObject):
            resource = self.storage.resource_of(request)
            new = custom.prepare_status_update(old, body, resource, self.host.release)
        else:
            metadata = strategy.status_metadata(old, body) if request.api_version else old.metadata
            was = old if metadata is old.metadata else replace(old, metadata=metadata)
            new = default_status(
                strategy.prepare_status_update(was, body, self.host.release), self.host.release
            )
        validate_status(old, new, self.host.release, request.subresource or "status")
        self.policing.changed(request, client, old, new)
        if request.manager:
            new = field_owners.managed(request, old, new, self.host, manager=request.manager)
        if request.dry_run:
            return new
        stored = self.storage.store(request, old, new, client)
        if isinstance(stored, CustomResourceDefinition) and not is_established(stored):
            return self.definitions.settle(stored)
        return stored

    def _patch_status(self, request: Request, client: str) -> Any:
        if not isinstance(request.body, msgspec.Struct):
            return self._patch(msgspec.structs.replace(request, subresource="status"), client)
        old = self.storage.current(request)
        status: Any = rebased(request.body, request.before, old.status)
        merged = patch_conditions(old.status.conditions, status.conditions, request.dropped)
        if request.resource == "nodes":  # what is attached is not the kubelet's to say
            status = replace(status, volumes_attached=old.status.volumes_attached)
        new = replace(old, status=replace(status, conditions=merged))
        validate_status(old, new, self.host.release)
        self.policing.changed(request, client, old, new)
        return self.storage.store(request, old, new, client)

    def _patch(self, request: Request, client: str) -> Any:
        if request.patch_type == "apply" and not request.subresource and not self._exists(request):
            body = patching.applied_new(request, self.storage.resource_of(request), self.host)
            return self._create(
                msgspec.structs.replace(request, verb="create", body=body, manager=""), client
            )
        old = self.storage.current(request)
        if request.subresource == "scale":
            wanted = patching.patched_scale(request, self._scale_of(request, old), self.host.release)
            return self._scale_to(request, old, wanted, client)
        body = patching.patched(request, old, self.host, self.storage.resource_of(request))
        check_same(old, body)
        self.storage.check_version(request, old, body)
        if request.patch_type == "apply":  # Whose fields are whose has been settled.
            request = msgspec.structs.replace(request, manager="")
        if request.subresource in ("status", "approval"):
            return self._change_status(request, old, body, client)
        change = self._change_part if request.subresource in POD_PARTS else self._change
        return change(request, old, body, client)

    def _exists(self, request: Request) -> bool:
        key = f"{request.namespace}/{request.name}" if request.namespace else request.name
        return key in with_given(self.etcd, request.resource, self.host.release, self.host.flags)

    # --- subresources ------------------------------------------------------------------------------

    def _get_scale(self, request: Request, client: str) -> Any:
        return self._scale_of(request, self.storage.current(request))

    def _scale_of(self, request: Request, obj: Any) -> Any:
        return custom.scale_of(obj, self.storage.resource_of(request), self.host.release)

    def _update_scale(self, request: Request, client: str) -> Any:
        return self._scale_to(request, self.storage.current(request), request.body, client)

    def _scale_to(self, request: Request, old: Any, wanted: Any, client: str) -> Any:
        self.storage.check_version(request, old, wanted)
        if isinstance(old, CustomObject):
            new: Any = custom.scaled(old, wanted, self.storage.resource_of(request), self.host.release)
        else:
            new = scale.scaled(old, wanted, self.host.release)
        return self._scale_of(request, self._change(request, old, new, client))

    def _rollback(self, request: Request, client: str) -> Any:
        old = self.storage.current(request)
        spec = replace(old.spec, rollback_to=request.body)
        return self._change(request, old, replace(old, spec=spec), client)

    def _bind(self, request: Request, client: str) -> Any:
        pod = self.storage.current(request)
        if pod.metadata.deletion_timestamp:
            why = f"pod {request.name} is being deleted, cannot be assigned to a host"
            raise conflict("pods/binding", request.name, why)
        if pod.spec.node_name:
            why = f"pod {request.name} is already assigned to node {pod.spec.node_name}"
            raise conflict("pods/binding", request.name, why)
        if pod.spec.scheduling_gates:
            why = f"pod {request.name} has non-empty .spec.schedulingGates"
            raise conflict("pods/binding", request.name, why)
        scheduled = shared(
            v1.PodCondition(type="PodScheduled", status="True", last_transition_time=rfc3339(self.host.now))
        )
        conditions = merge_conditions(pod.status.conditions, (scheduled,))
        self.policing.bound(request, client)
        bound = replace(
            pod,
            spec=replace(pod.spec, node_name=request.body),
            # In v1.36 nobody waits for the node that it was nominated for any more.
            status=replace(pod.status, conditions=conditions, nominated_node_name=""),
        )
        if topology_labels.NAME in self.host.flags.admission_control:
            bound = topology_labels.located(self.etcd, bound)
        return self.storage.store(request, pod, bound, client)

    def _finalize(self, request: Request, client: str) -> Any:
        old = self.storage.current(request)
        self.storage.check_version(request, old, request.body)
        spec = replace(old.spec, finalizers=request.body.spec.finalizers)
        return self.storage.store(request, old, replace(old, spec=spec), client)

    def _delete(self, request: Request, client: str) -> Any:
        if is_policed(self.host):
            self.policing.deleted(request, client, self.storage.current(request))
        return self.removal.delete(request, client)

    def _delete_all(self, request: Request, client: str) -> tuple[Any, ...]:
        found = self._list(request, client).items
        for obj in found:
            self.policing.deleted(request, client, obj)
        return self.removal.delete_all(found, request, client)

    def _evict(self, request: Request, client: str) -> Any:
        self.policing.bound(request, client)
        return self.removal.evict(request, client)


_VERBS: Final[dict[str, Callable[[Registry, Request, str], Any]]] = {
    "get": Registry._get,
    "list": Registry._list,
    "create": Registry._create,
    "update": Registry._update,
    "update-status": Registry._update_status,
    "patch": Registry._patch,
    "patch-status": Registry._patch_status,
    "delete": Registry._delete,
    "deletecollection": Registry._delete_all,
    "bind": Registry._bind,
    "evict": Registry._evict,
    "finalize": Registry._finalize,
    "get-scale": Registry._get_scale,
    "update-scale": Registry._update_scale,
    "rollback": Registry._rollback,
}
