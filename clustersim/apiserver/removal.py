"""The verbs that take objects away: delete, deletecollection and evict.

How a deletion turns out is decided in deletion.py, what an eviction costs in eviction.py.
"""

from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Namespace, Pod
from clustersim.api.definitions import CustomObject, CustomResourceDefinition
from clustersim.api.errors import conflict
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.apiserver.admission import admit_delete
from clustersim.apiserver.definitions import Definitions
from clustersim.apiserver.deletion import orphans_by_default, plan_deletion, without_grace
from clustersim.apiserver.eviction import charged_budgets, marked
from clustersim.apiserver.host import Host
from clustersim.apiserver.storage import Storage
from clustersim.apiserver.traits import TRAITS

_BEING_EMPTIED: Final = (
    "The system is ensuring all content is removed from this namespace.  Upon completion, this namespace "
    "will automatically be purged by the system."
)


class Removal:
    """Carries them out for one API server."""

    def __init__(self, host: Host, storage: Storage, definitions: Definitions) -> None:
        self.host = host
        self.storage = storage
        self.definitions = definitions

    def delete(self, request: Request, client: str) -> Any:
        """Delete an object, or begin to. Raises ApiError."""
        old = self.storage.current(request)
        admit_delete(self.host.flags, request.resource, request.name)
        self._check_preconditions(request, old)
        if isinstance(old, Namespace) and old.metadata.deletion_timestamp:
            raise conflict(request.resource, request.name, _BEING_EMPTIED)
        version = request.api_version or resource_of(old).version_in(self.host.release)
        if isinstance(old, CustomResourceDefinition) and not request.dry_run:
            old = self._emptied(old)
        plan = plan_deletion(
            old,
            request.grace_seconds,
            self.host.now,
            propagation=request.propagation,
            orphans=orphans_by_default(request.resource, version),
            least_grace=self.host.least_grace,
            collected=TRAITS[self.host.release].collects(old),
        )
        if plan.unchanged or request.dry_run:
            return old
        if plan.remaining is not None:
            return self.storage.store(request, old, plan.remaining, client)
        if isinstance(old, Pod):
            old = self.storage.put(request.resource, without_grace(old, self.host.now), client, "delete")
        removed = self.storage.remove(request.resource, old, client)
        if isinstance(old, CustomObject):
            self.definitions.release(old.resource)
        return removed

    def _emptied(self, definition: CustomResourceDefinition) -> CustomResourceDefinition:
        """A definition that is to go: its objects go, and while some do not, it stays."""
        for one in self.definitions.doomed(definition):
            self.delete(one, self.host.name)
        return self.definitions.waiting(definition)

    def _check_preconditions(self, request: Request, old: Any) -> None:
        for what, wanted, found in (
            ("UID", request.uid, old.metadata.uid),
            ("ResourceVersion", request.version, old.metadata.resource_version),
        ):
            if wanted and wanted != found:
                why = f"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}"
                raise conflict(self.storage.qualified(request.resource), request.name, why)

    def delete_all(self, found: tuple[Any, ...], request: Request, client: str) -> tuple[Any, ...]:
        """Delete all that a list has found (deletecollection). Raises ApiError."""
        for obj in found:
            one = msgspec.structs.replace(
                request, verb="delete", namespace=obj.metadata.namespace, name=obj.metadata.name
            )
            self.delete(one, client)
        return found

    def evict(self, request: Request, client: str) -> Any:
        """Delete a pod if its disruption budgets allow it. Raises ApiError."""
        pod = self.storage.current(request)
        today = TRAITS[self.host.release].marks_evicted
        budgets = self.host.etcd.range("poddisruptionbudgets")
        for budget in charged_budgets(pod, budgets, self.host.now, today=today):
            self.storage.put("poddisruptionbudgets", budget, client, "evict")
        if today and not pod.metadata.deletion_timestamp:
            self.storage.put("pods", marked(pod, self.host.now), client, "evict")
        return self.delete(request, client)
