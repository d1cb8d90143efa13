"""The garbage collector: an object whose owners are all gone goes too.

```
  owner gone ------------------> dependents: no owner left --> deleted; some left --> the reference is removed
  owner with `foregroundDeletion` --> dependents are deleted; those that block it gone --> the finalizer goes
  owner with `orphan` ----------> dependents lose the reference ---------------------> the finalizer goes
```
Event-driven: it learns from the watches what happened, and asks the API server before it acts.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go.
"""

from collections.abc import Iterator
from functools import partial
from sys import intern
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.meta import OwnerReference, replace
from clustersim.api.owners import FOREGROUND, ORPHAN
from clustersim.api.registry import key_of, resource_of, resources_of
from clustersim.api.status import Reply
from clustersim.api.uncollected import UNCOLLECTED_ONCE
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.addedkinds import AddedKinds
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.knownowners import KnownOwners
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.at_hand import AtHand
from clustersim.engine.rules import Verdict
from clustersim.engine.state import State

SOURCE: Final = "garbagecollector.go"


class Item(State):
    """An object being looked at: of its owners those that are there, are being deleted in the foreground,
    and are gone."""

    obj: Any
    solid: list[OwnerReference] = msgspec.field(default_factory=list)
    waiting: list[OwnerReference] = msgspec.field(default_factory=list)
    dangling: list[OwnerReference] = msgspec.field(default_factory=list)


class CollectorState(State):
    """dependents: by the UID of their owner, "resource/key" of what names it. items: under way, by name.
    orphaning: dependents of an owner that still have to lose their reference."""

    dependents: dict[str, dict[str, bool]] = msgspec.field(default_factory=dict)
    items: dict[str, Item] = msgspec.field(default_factory=dict)
    orphaning: dict[str, int] = msgspec.field(default_factory=dict)


class GarbageCollector(Controller):
    """Deletes what nobody owns any more; as in v1.7 and v1.8.

    spares_cluster_scoped: an object without a namespace that names an owner with one is left alone; before,
    that owner was taken for gone.
    """

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "replicasets", "deployments")
    title: ClassVar[str] = "garbage collector"
    ignored: ClassVar[frozenset[str]] = UNCOLLECTED_ONCE
    spares_cluster_scoped: ClassVar[bool] = False

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "garbage-collector", "garbage-collector")
        built_in = {
            resource.plural: self.shared.get(resource.plural, partial(self.changed, resource.plural))
            for resource in resources_of(self.traits.release).values()
            if resource.stored and resource.plural not in self.ignored
        }
        self.added = AddedKinds(context, self.changed, self.owners_listed)
        self.owners = KnownOwners(built_in, self.added, self.traits.release)
        workers = self.flags.concurrent_gc_syncs
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=workers)
        self.orphans = WorkQueue(self.process, f"{self.name}-orphans", self.orphan, workers=workers)

    def also(self, resource: Resource) -> None:
        """Look at objects of that resource, too."""
        informer = self.shared.get(resource.plural, partial(self.changed, resource.plural))
        self.owners.add(resource, informer)

    @AtHand
    def state(self) -> CollectorState:
        """Its memory."""
        return self.memory(CollectorState)

    def start(self) -> None:
        """Whatever names an owner that is not there is looked at."""
        for resource, informer in self.owners.informers():
            for obj in informer.list():
                if any(not self._known(obj, owner) for owner in obj.metadata.owner_references):
                    self.queue.add(f"{resource}/{key_of(obj)}")
        self.queue.open()
        self.orphans.open()
        if self.traits.collects_added_kinds:
            self.added.start()

    def memory_renewed(self) -> None:
        self.added.memory_renewed()

    def owners_listed(self, resource: str) -> None:
        """The objects of an added kind are known: what names one of them that is not there is looked at."""
        for dependents, informer in self.owners.informers():
            for obj in informer.list():
                for owner in obj.metadata.owner_references:
                    kind = self.owners.kind_of(owner)
                    if kind is not None and kind.plural == resource and not self._known(obj, owner):
                        self.queue.add(f"{dependents}/{key_of(obj)}")

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """An owner that is being deleted and waits for what it owns."""
        obj = self.owners.object_of(f"{resource}/{key}")
        if obj is not None and FOREGROUND in obj.metadata.finalizers:
            yield rules.DEPENDENTS_GONE.holds(False, object=f"{resource}/{key}")

    # --- what the watches show --------------------------------------------------------------------

    def changed(self, resource: str, old: Any, new: Any) -> None:
        """An object was added, changed or removed."""
        before = old.metadata.owner_references if old is not None else ()
        after = new.metadata.owner_references if new is not None else ()
        stays = old is not None and new is not None and not new.metadata.deletion_timestamp
        if stays and before == after:
            return
        obj = new if new is not None else old
        name = intern(f"{resource}/{key_of(obj)}")  # The record has that text, too.
        dependents = self.state.dependents
        if before != after or (old is not None and new is None):
            for owner in before:
                members = dependents.get(owner.uid, {})
                members.pop(name, None)
                if not members:
                    dependents.pop(owner.uid, None)
                if owner not in after:
                    self._owner_may_go(obj, owner)
            for owner in after:
                dependents.setdefault(owner.uid, {})[name] = True
                if self.queue.state.open and not self._known(obj, owner):
                    self.queue.add(name)
        if new is None:
            for dependent in dependents.get(obj.metadata.uid, {}):
                self.queue.add(dependent)
        elif new.metadata.deletion_timestamp and new.metadata.finalizers:
            self._begin(name, old, new)

    def _begin(self, name: str, old: Any, new: Any) -> None:
        """An object that is being deleted and has a finalizer of ours: act on it, once."""
        known = old is not None and old.metadata.deletion_timestamp and old.metadata.finalizers
        if known and old.metadata.finalizers == new.metadata.finalizers:
            return
        if ORPHAN in new.metadata.finalizers:
            self.orphans.add(name)
        if FOREGROUND in new.metadata.finalizers:
            for dependent in self.state.dependents.get(new.metadata.uid, {}):
                self.queue.add(dependent)
            self.queue.add(name)

    def _owner_may_go(self, obj: Any, reference: OwnerReference) -> None:
        """A dependent is gone: its owner may have waited for that."""
        kind, owner = self.owners.kind_of(reference), self.owners.named(obj, reference)
        if kind is not None and owner is not None and leaves_last(owner):
            self.queue.add(f"{kind.plural}/{key_of(owner)}")

    def _known(self, obj: Any, owner: OwnerReference) -> bool:
        """The owner has been seen; v1.7 and v1.8 do not mind where (GraphBuilder.addDependentToOwners)."""
        return self.owners.is_seen(obj, owner) or self.owners.is_elsewhere(obj, owner)

    # --- one object -------------------------------------------------------------------------------

    def sync(self, name: str) -> None:
        """Look at one object as the API server has it."""
        resource, _, key = name.partition("/")
        namespace, _, short = key.rpartition("/")
        self.api.get(resource, namespace, short, self.then(self.read, name))

    def read(self, reply: Reply, name: str) -> None:
        """The object; then its first owner."""
        if not reply.ok:
            self._done(name, reply)
            return
        metadata = reply.body.metadata
        if leaves_last(reply.body):
            self._finish_foreground(name, reply.body)
        elif metadata.owner_references and not metadata.deletion_timestamp:
            self.state.items[name] = Item(reply.body)
            self._look_for_owner(name, 0)
        else:
            self.queue.done(name)

    def _look_for_owner(self, name: str, number: int) -> None:
        item = self.state.items[name]
        owners = item.obj.metadata.owner_references
        if number == len(owners):
            self._decide(name, self.state.items.pop(name))
            return
        kind = self.owners.kind_of(owners[number])
        if kind is None:
            item.solid.append(owners[number])
            self._look_for_owner(name, number + 1)
            return
        if kind.namespaced and not item.obj.metadata.namespace and self.spares_cluster_scoped:
            del self.state.items[name]
            self.queue.done(name)
            return
        namespace = item.obj.metadata.namespace if kind.namespaced else ""
        answer = self.then(self.owner_read, name, number)
        self.api.get(kind.plural, namespace, owners[number].name, answer)

    def owner_read(self, reply: Reply, name: str, number: int) -> None:
        """One owner is there, or is gone; then the next one."""
        item = self.state.items[name]
        owner = item.obj.metadata.owner_references[number]
        if reply.ok and reply.body.metadata.uid == owner.uid:
            (item.waiting if leaves_last(reply.body) else item.solid).append(owner)
        elif reply.ok or reply.status == 404:
            item.dangling.append(owner)
        else:
            del self.state.items[name]
            self.queue.retry(name)
            return
        self._look_for_owner(name, number + 1)

    def _decide(self, name: str, item: Item) -> None:
        """Keep the object, take references off it, or delete it (attemptToDeleteItem)."""
        obj, gone = item.obj, [*item.dangling, *item.waiting]
        if item.solid and not gone:
            self.queue.done(name)
            return
        owner = f"{gone[0].kind} {gone[0].name}"
        if item.solid:
            verdict = rules.OWNER_LEFT.holds(object=name, owner=owner)
            self.decide("release", name, verdict)
            self._remove_references(name, obj, gone)
        elif item.waiting and self.state.dependents.get(obj.metadata.uid):
            verdict = rules.OWNER_LEAVING.holds(object=name, owner=owner)
            if self._closes_a_circle(obj):
                self._unblock(obj)
            self._delete(name, obj, verdict, "Foreground")
        else:
            why = rules.OWNER_LEAVING if item.waiting else rules.OWNER_GONE
            self._delete(name, obj, why.holds(object=name, owner=owner), self._policy(obj))

    def _closes_a_circle(self, obj: Any) -> bool:
        """Whether something that it owns waits for its own dependents already."""
        found = (self.owners.object_of(name) for name in self.state.dependents.get(obj.metadata.uid, {}))
        return any(leaves_last(one) for one in found if one is not None)

    def _unblock(self, obj: Any) -> None:
        """Its owners need not wait for it."""
        metadata = obj.metadata
        owners = [replace(owner, block_owner_deletion=False) for owner in metadata.owner_references]
        patch = {"metadata": {"ownerReferences": msgspec.to_builtins(owners)}}
        answer = self.then(self.unblocked)
        self.api.patch(resource_of(obj).plural, metadata.namespace, metadata.name, patch, answer)

    def unblocked(self, reply: Reply) -> None:
        """What comes of it, the deletion that follows shows."""

    def _policy(self, obj: Any) -> str:
        """What becomes of what the object itself owns."""
        finalizers = obj.metadata.finalizers
        if ORPHAN in finalizers:
            return "Orphan"
        return "Foreground" if FOREGROUND in finalizers else "Background"

    def _delete(self, name: str, obj: Any, verdict: Verdict, propagation: str) -> None:
        self.decide("collect", name, verdict)
        metadata = obj.metadata
        self.api.delete(
            resource_of(obj).plural,
            metadata.namespace,
            metadata.name,
            self.then(self.collected, name),
            uid=metadata.uid,
            propagation=propagation,
        )

    def _remove_references(self, name: str, obj: Any, gone: list[OwnerReference]) -> None:
        kept = [owner for owner in obj.metadata.owner_references if owner not in gone]
        patch = {"metadata": {"ownerReferences": msgspec.to_builtins(kept) or None}}
        metadata = obj.metadata
        answer = self.then(self.collected, name)
        self.api.patch(resource_of(obj).plural, metadata.namespace, metadata.name, patch, answer)

    def collected(self, reply: Reply, name: str) -> None:
        """The object is being deleted, has lost references, or is gone already."""
        self._done(name, reply)

    def _done(self, name: str, reply: Reply) -> None:
        if reply.ok or reply.status == 404:
            self.queue.done(name)
        else:
            self.log(f"error syncing item {name}: {reply.message}", SOURCE, "E")
            self.queue.retry(name)

    # --- deletion in the foreground -----------------------------------------------------------------

    def _finish_foreground(self, name: str, owner: Any) -> None:
        """An owner waits for its dependents; when none blocks it any more, it may go
        (processDeletingDependentsItem)."""
        blocking = [
            one for one in self.state.dependents.get(owner.metadata.uid, {}) if self._blocks(one, owner)
        ]
        if blocking:
            for dependent in blocking:
                self.queue.add(dependent)
            self.queue.done(name)
            return
        self.decide("finish-deletion", name, rules.DEPENDENTS_GONE.holds(object=name))
        self._remove_finalizer(owner, FOREGROUND, self.then(self.collected, name))

    def _blocks(self, dependent: str, owner: Any) -> bool:
        obj = self.owners.object_of(dependent)
        return obj is not None and any(
            one.uid == owner.metadata.uid and one.block_owner_deletion
            for one in obj.metadata.owner_references
        )

    def _remove_finalizer(self, obj: Any, finalizer: str, answer: Any) -> None:
        kept = [one for one in obj.metadata.finalizers if one != finalizer]
        metadata = obj.metadata
        patch = {"metadata": {"finalizers": kept or None}}
        self.api.patch(resource_of(obj).plural, metadata.namespace, metadata.name, patch, answer)

    # --- orphaning ----------------------------------------------------------------------------------

    def orphan(self, name: str) -> None:
        """Take the reference to an owner off all its dependents; then it may go (attemptToOrphanWorker)."""
        owner = self.owners.object_of(name)
        if owner is None or ORPHAN not in owner.metadata.finalizers:
            self.orphans.done(name)
            return
        dependents = [
            obj
            for dependent in self.state.dependents.get(owner.metadata.uid, {})
            if (obj := self.owners.object_of(dependent)) is not None
        ]
        self.state.orphaning[name] = len(dependents)
        if dependents:
            self.decide("orphan", name, rules.ORPHANED.holds(object=name, count=len(dependents)))
        for obj in dependents:
            kept = [one for one in obj.metadata.owner_references if one.uid != owner.metadata.uid]
            patch = {"metadata": {"ownerReferences": msgspec.to_builtins(kept) or None}}
            metadata = obj.metadata
            answer = self.then(self.reference_removed, name)
            self.api.patch(resource_of(obj).plural, metadata.namespace, metadata.name, patch, answer)
        if not dependents:
            self._release_owner(name)

    def reference_removed(self, reply: Reply, name: str) -> None:
        """A dependent stands alone now; after the last one the owner may go."""
        orphaning = self.state.orphaning
        if name not in orphaning:
            return
        if not reply.ok and reply.status != 404:
            del orphaning[name]
            self.orphans.retry(name)
            return
        orphaning[name] -= 1
        if not orphaning[name]:
            self._release_owner(name)

    def _release_owner(self, name: str) -> None:
        del self.state.orphaning[name]
        owner = self.owners.object_of(name)
        if owner is None:
            self.orphans.done(name)
        else:
            self._remove_finalizer(owner, ORPHAN, self.then(self.owner_released, name))

    def owner_released(self, reply: Reply, name: str) -> None:
        """The owner has lost its finalizer, and is gone with it."""
        self.orphans.answered(name, reply)


def leaves_last(obj: Any) -> bool:
    """It is being deleted, and waits for what it owns."""
    return bool(obj.metadata.deletion_timestamp) and FOREGROUND in obj.metadata.finalizers
