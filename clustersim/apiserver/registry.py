"""The registry: what each verb does to the objects in etcd.

Optimistic concurrency, names, identity, graceful deletion and binding are here; what differs between kinds
is in strategy.py, what plugins may change or refuse in admission.py. Nothing here knows of connections or
of time-outs.
"""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from clustersim.api import core_v1 as v1
from clustersim.api.conditions import merge_conditions
from clustersim.api.meta import replace
from clustersim.api.registry import key_of, object_key, resource_of, to_builtins
from clustersim.api.request import Request
from clustersim.api.selectors import matches_fields, matches_labels
from clustersim.api.timestamp import micros, rfc3339
from clustersim.apiserver import strategy
from clustersim.apiserver.addresses import allocate_cluster_ip
from clustersim.apiserver.deletion import may_go, orphans_by_default, plan_deletion
from clustersim.apiserver.errors import ApiError, already_exists, conflict, not_found
from clustersim.apiserver.eviction import charged_budgets
from clustersim.apiserver.size import Size
from clustersim.engine.time import Micros

if TYPE_CHECKING:
    from clustersim.apiserver.server import ApiServer

_BEING_EMPTIED: Final = (
    "The system is ensuring all content is removed from this namespace.  Upon completion, this namespace "
    "will automatically be purged by the system."
)


class Registry:
    """The objects, behind their verbs. `server` gives time, random streams and settings, and tells
    watchers."""

    def __init__(self, server: "ApiServer") -> None:
        self.server = server
        self.etcd = server.etcd
        self.size = Size(server.etcd)

    def perform(self, request: Request, client: str) -> Any:
        """Carry a request out for that client; returns the body of the answer. Raises ApiError."""
        return getattr(self, "_" + request.verb.replace("-", "_"))(request, client)

    # --- verbs -------------------------------------------------------------------------------------

    def _get(self, request: Request, client: str) -> Any:
        return self._current(request)

    def _list(self, request: Request, client: str) -> tuple[Any, ...]:
        objects = self.etcd.range(request.resource)
        prefix = f"{request.namespace}/" if request.namespace else ""
        fields, labels = request.field_selector, request.label_selector
        try:
            return tuple(
                objects[key]
                for key in sorted(objects)
                if key.startswith(prefix)
                and (not fields or matches_fields(fields, objects[key]))
                and (not labels or matches_labels(labels, objects[key].metadata.labels))
            )
        except ValueError as error:
            raise ApiError(400, "BadRequest", str(error)) from error

    def _create(self, request: Request, client: str) -> Any:
        obj = request.body
        resource = resource_of(obj)
        metadata = obj.metadata
        if not metadata.name and metadata.generate_name:
            suffix = self.server.random("names").text(self.server.alphabet, 5)
            metadata = replace(metadata, name=metadata.generate_name + suffix)
        strategy.check_name(resource.plural, metadata.name)
        if resource.namespaced and not metadata.namespace:
            metadata = replace(metadata, namespace=request.namespace or "default")
        obj = strategy.prepare_create(resource.plural, replace(obj, metadata=metadata), request.api_version)
        for plugin in self.server.flags.admission_control:
            obj = self.server.plugins[plugin](self.etcd, resource.plural, obj)
        if self.etcd.get(resource.plural, key_of(obj)) is not None:
            raise already_exists(resource.plural, metadata.name)
        if isinstance(obj, v1.Service):
            obj = allocate_cluster_ip(
                obj,
                self.etcd.range("services"),
                self.server.random("cluster-ip"),
                self.server.flags.service_cluster_ip_range,
            )
        return self.create(resource.plural, obj, client)

    def _update(self, request: Request, client: str) -> Any:
        old = self._current(request)
        self._check_version(request, old)
        new = strategy.prepare_update(
            request.resource, old, replace(request.body, metadata=_keep_identity(old, request.body))
        )
        return self._store(request, old, new, client)

    def _update_status(self, request: Request, client: str) -> Any:
        old = self._current(request)
        self._check_version(request, old)
        return self._store(request, old, strategy.prepare_status_update(old, request.body), client)

    def _patch_status(self, request: Request, client: str) -> Any:
        old = self._current(request)
        status = request.body
        merged = merge_conditions(old.status.conditions, status.conditions)
        return self._store(request, old, replace(old, status=replace(status, conditions=merged)), client)

    def _patch(self, request: Request, client: str) -> Any:
        old = self._current(request)
        plain = _merge(to_builtins(old), request.body)
        try:
            new = msgspec.convert(plain, type=type(old))
        except msgspec.ValidationError as error:
            raise ApiError(422, "Invalid", str(error)) from error
        new = strategy.prepare_update(request.resource, old, replace(new, metadata=_keep_identity(old, new)))
        return self._store(request, old, new, client)

    def _bind(self, request: Request, client: str) -> Any:
        pod = self._current(request)
        if pod.metadata.deletion_timestamp:
            raise conflict(
                "pods/binding",
                request.name,
                f"pod {request.name} is being deleted, cannot be assigned to a host",
            )
        if pod.spec.node_name:
            raise conflict(
                "pods/binding",
                request.name,
                f"pod {request.name} is already assigned to node {pod.spec.node_name}",
            )
        scheduled = v1.PodCondition(
            type="PodScheduled", status="True", last_transition_time=rfc3339(self.server.now)
        )
        conditions = merge_conditions(pod.status.conditions, (scheduled,))
        bound = replace(
            pod,
            spec=replace(pod.spec, node_name=request.body),
            status=replace(pod.status, conditions=conditions),
        )
        return self._store(request, pod, bound, client)

    def _delete(self, request: Request, client: str) -> Any:
        old = self._current(request)
        if request.uid and request.uid != old.metadata.uid:
            raise conflict(
                request.resource,
                request.name,
                f"Precondition failed: UID in precondition: {request.uid}, "
                f"UID in object meta: {old.metadata.uid}",
            )
        if isinstance(old, v1.Namespace) and old.metadata.deletion_timestamp:
            raise conflict(request.resource, request.name, _BEING_EMPTIED)
        version = request.api_version or resource_of(old).version_in(self.server.release)
        plan = plan_deletion(
            old,
            request.grace_seconds,
            self.server.now,
            propagation=request.propagation,
            orphans=orphans_by_default(request.resource, version),
        )
        if plan.unchanged:
            return old
        if plan.remaining is not None:
            return self._store(request, old, plan.remaining, client)
        return self._remove(request.resource, old, client)

    def _remove(self, resource: str, old: Any, client: str) -> Any:
        last = self._stamp(old)
        self.server.committed(self.etcd.delete(resource, key_of(old), last), client, "delete")
        return last

    def _finalize(self, request: Request, client: str) -> Any:
        old = self._current(request)
        self._check_version(request, old)
        spec = replace(old.spec, finalizers=request.body.spec.finalizers)
        return self._store(request, old, replace(old, spec=spec), client)

    def _evict(self, request: Request, client: str) -> Any:
        pod = self._current(request)
        for budget in charged_budgets(pod, self.etcd.range("poddisruptionbudgets"), self.server.now):
            self.server.committed(
                self.etcd.put("poddisruptionbudgets", key_of(budget), self._stamp(budget)), client, "evict"
            )
        return self._delete(request, client)

    # --- storing -----------------------------------------------------------------------------------

    def _current(self, request: Request) -> Any:
        found = self.etcd.get(request.resource, object_key(request.namespace, request.name))
        if found is None:
            raise not_found(request.resource, request.name)
        return found

    def _check_version(self, request: Request, old: Any) -> None:
        version = request.body.metadata.resource_version
        if version and version != old.metadata.resource_version:
            raise conflict(request.resource, request.name)
        if request.body.metadata.uid and request.body.metadata.uid != old.metadata.uid:
            raise conflict(
                request.resource, request.name, "Precondition failed: UID in precondition does not match"
            )

    def _stamp(self, obj: Any) -> Any:
        return replace(obj, metadata=replace(obj.metadata, resource_version=str(self.etcd.next_revision)))

    def create(self, resource: str, obj: Any, client: str) -> Any:
        """Store a new object, with uid, creation time and version."""
        self.size.check(resource, obj)
        stream = self.server.random("uids")
        digits = f"{stream.below(1 << 64):016x}{stream.below(1 << 64):016x}"
        uid = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        created = rfc3339(self.server.now)
        metadata = replace(
            obj.metadata, uid=uid, creation_timestamp=created, resource_version=str(self.etcd.next_revision)
        )
        stored = strategy.identified(replace(obj, metadata=metadata), uid)
        self.server.committed(self.etcd.put(resource, key_of(stored), stored), client, "create")
        return stored

    def _store(self, request: Request, old: Any, new: Any, client: str) -> Any:
        if may_go(new):
            return self._remove(request.resource, new, client)
        if new == old:
            return old
        self.size.check(request.resource, new, old)
        stored = self._stamp(new)
        self.server.committed(self.etcd.put(request.resource, key_of(stored), stored), client, request.verb)
        return stored

    def expire_events(self, limit: Micros) -> None:
        """Remove Events that were last counted at `limit` or before."""
        events = self.etcd.range("events")
        for key in [
            key
            for key, event in events.items()
            if micros(event.last_timestamp or event.metadata.creation_timestamp) <= limit
        ]:
            last = self._stamp(events[key])
            self.server.committed(self.etcd.delete("events", key, last), self.server.name, "delete")


def _keep_identity(old: Any, new: Any) -> Any:
    """Metadata of an update: what a client may not change stays."""
    kept = old.metadata
    return replace(
        new.metadata,
        name=kept.name,
        namespace=kept.namespace,
        uid=kept.uid,
        creation_timestamp=kept.creation_timestamp,
        deletion_timestamp=kept.deletion_timestamp,
        deletion_grace_period_seconds=kept.deletion_grace_period_seconds,
        generation=kept.generation,
        resource_version=kept.resource_version,
    )


def _merge(old: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged
