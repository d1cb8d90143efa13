"""What becomes of a CustomResourceDefinition: its names are taken, its objects can be made; and when it goes,
they go first.

Inside the API server, where these controllers live; they act at once here, some milliseconds later there.
Source: apiextensions-apiserver pkg/controller/status/naming_controller.go, establish, finalizer.
"""

from collections.abc import Iterable, Iterator

from clustersim.api.definitions import (
    CLEANUP,
    DEFINITIONS,
    ESTABLISHED,
    CustomResourceDefinition,
    CustomResourceDefinitionNames,
    versions_of,
)
from clustersim.api.meta import Condition, replace
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.apiserver.host import Host
from clustersim.apiserver.storage import Storage
from clustersim.engine.time import Micros


class Definitions:
    """The definitions of one API server."""

    def __init__(self, host: Host, storage: Storage) -> None:
        self.host = host
        self.storage = storage
        self.etcd = host.etcd

    def settle(self, definition: CustomResourceDefinition) -> CustomResourceDefinition:
        """One that was made or changed: its status says what it is called and that it is there."""
        others = self.etcd.range(DEFINITIONS).values()
        self.storage.put(
            DEFINITIONS, settled(definition, others, self.host.now), self.host.name, "update-status"
        )
        return definition

    def doomed(self, definition: CustomResourceDefinition) -> Iterator[Request]:
        """What deletes the objects of a definition that is to go."""
        name = definition.metadata.name
        for obj in tuple(self.etcd.range(name).values()):
            if not obj.metadata.deletion_timestamp:
                yield Request("delete", name, obj.metadata.namespace, obj.metadata.name)

    def waiting(self, definition: CustomResourceDefinition) -> CustomResourceDefinition:
        """The same, as it waits for those that are left."""
        left = self.etcd.range(definition.metadata.name)
        return held(definition, self.host.now) if left else definition

    def release(self, name: str) -> None:
        """An object is gone: if it was the last one of a definition that is being deleted, that goes, too."""
        definition = self.etcd.get(DEFINITIONS, name)
        if definition is None or not definition.metadata.deletion_timestamp or self.etcd.range(name):
            return
        request = Request("update", DEFINITIONS, name=name)
        self.storage.store(request, definition, released(definition), self.host.name)


def settled(
    definition: CustomResourceDefinition, others: Iterable[CustomResourceDefinition], now: Micros
) -> CustomResourceDefinition:
    """The definition with its names accepted, or with what speaks against it."""
    conditions = {one.type: one for one in definition.status.conditions}
    clash = next(_clashes(definition, others), None)
    status = definition.status
    if clash is None:
        _set(conditions, "NamesAccepted", "True", "NoConflicts", "no conflicts found", now)
        if ESTABLISHED not in conditions or conditions[ESTABLISHED].status != "True":
            told = "the initial names have been accepted"
            _set(conditions, ESTABLISHED, "True", "InitialNamesAccepted", told, now)
        status = replace(status, accepted_names=definition.spec.names)
    else:
        reason, message = clash
        _set(conditions, "NamesAccepted", "False", reason, message, now)
        if ESTABLISHED not in conditions:
            told = "not all names are accepted"
            _set(conditions, ESTABLISHED, "False", "NotAccepted", told, now)
    if definition.spec.versions:
        storage = [one.name for one in versions_of(definition) if one.storage]
        stored = (*status.stored_versions, *(one for one in storage if one not in status.stored_versions))
        status = replace(status, stored_versions=stored)
    return replace(definition, status=replace(status, conditions=tuple(conditions.values())))


def _set(
    conditions: dict[str, Condition], kind: str, status: str, reason: str, message: str, now: Micros
) -> None:
    old = conditions.get(kind)
    since = old.last_transition_time if old is not None and old.status == status else rfc3339(now)
    conditions[kind] = Condition(
        type=kind, status=status, reason=reason, message=message, last_transition_time=since
    )


def _clashes(
    definition: CustomResourceDefinition, others: Iterable[CustomResourceDefinition]
) -> Iterator[tuple[str, str]]:
    """Names that another definition of its group has already: why, and in words."""
    names = definition.spec.names
    for other in others:
        if other.spec.group != definition.spec.group or other.metadata.uid == definition.metadata.uid:
            continue
        taken = other.status.accepted_names
        words = _words(taken)
        if names.singular in words:
            yield "SingularConflict", f'"{names.singular}" is already in use'
        for short in names.short_names:
            if short in words:
                yield "ShortNamesConflict", f'"{short}" is already in use'
        if names.kind in (taken.kind, taken.list_kind):
            yield "KindConflict", f'"{names.kind}" is already in use'
        if names.list_kind in (taken.kind, taken.list_kind):
            yield "ListKindConflict", f'"{names.list_kind}" is already in use'


def _words(names: CustomResourceDefinitionNames) -> tuple[str, ...]:
    return names.plural, names.singular, *names.short_names


def held(definition: CustomResourceDefinition, now: Micros) -> CustomResourceDefinition:
    """The definition as it is deleted while objects of it are left: it waits for them."""
    metadata = definition.metadata
    if CLEANUP not in metadata.finalizers:
        metadata = replace(metadata, finalizers=(*metadata.finalizers, CLEANUP))
    conditions = {one.type: one for one in definition.status.conditions}
    told = "CustomResource deletion is in progress"
    _set(conditions, "Terminating", "True", "InstanceDeletionInProgress", told, now)
    status = replace(definition.status, conditions=tuple(conditions.values()))
    return replace(definition, metadata=metadata, status=status)


def released(definition: CustomResourceDefinition) -> CustomResourceDefinition:
    """The same when the last of them is gone."""
    metadata = definition.metadata
    kept = tuple(one for one in metadata.finalizers if one != CLEANUP)
    return replace(definition, metadata=replace(metadata, finalizers=kept))
