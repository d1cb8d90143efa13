"""The garbage collector: an object whose owners are all gone goes too.

Event-driven: it learns from the watches that an owner is gone, or that an object names an owner that is not
there, and asks the API server before it deletes. Only the background kind of deletion exists here.
Source: v1.7.5, v1.8.0 pkg/controller/garbagecollector/{garbagecollector,graph_builder}.go.
"""

from functools import partial
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.registry import RESOURCES, key_of, resource_of, resource_of_kind
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.state import State

SOURCE: Final = "garbagecollector.go"
WATCHED: Final = (
    "deployments",
    "replicasets",
    "replicationcontrollers",
    "statefulsets",
    "daemonsets",
    "jobs",
    "pods",
)
"""What owns or is owned."""


class CollectorState(State):
    """dependents: by the UID of their owner, "resource/key" of what names it."""

    dependents: dict[str, dict[str, bool]] = msgspec.field(default_factory=dict)


class GarbageCollector(Controller):
    """Deletes what nobody owns any more."""

    waits_for: ClassVar[tuple[str, ...]] = WATCHED
    title: ClassVar[str] = "garbage collector"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "garbage-collector", "garbage-collector")
        for resource in WATCHED:
            self.shared.get(resource, partial(self.changed, resource))
        workers = self.flags.concurrent_gc_syncs
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=workers)

    @property
    def state(self) -> CollectorState:
        """Its memory."""
        return self.memory(CollectorState)

    def start(self) -> None:
        """Whatever names an owner that is not there is looked at."""
        for resource in WATCHED:
            for obj in self.shared.informers[resource].list():
                if any(not self._known(obj, owner) for owner in obj.metadata.owner_references):
                    self.queue.add(f"{resource}/{key_of(obj)}")
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def changed(self, resource: str, old: Any, new: Any) -> None:
        """An object was added, changed or removed."""
        before = old.metadata.owner_references if old is not None else ()
        after = new.metadata.owner_references if new is not None else ()
        obj = new if new is not None else old
        name = f"{resource}/{key_of(obj)}"
        dependents = self.state.dependents
        if before != after or (old is not None and new is None):
            for owner in before:
                members = dependents.get(owner.uid, {})
                members.pop(name, None)
                if not members:
                    dependents.pop(owner.uid, None)
            for owner in after:
                dependents.setdefault(owner.uid, {})[name] = True
                if self.queue.state.open and not self._known(obj, owner):
                    self.queue.add(name)
        if new is None:
            for dependent in dependents.get(obj.metadata.uid, {}):
                self.queue.add(dependent)

    def _known(self, obj: Any, owner: Any) -> bool:
        resource = resource_of_kind(owner.kind)
        if resource is None or resource.plural not in WATCHED:
            return True
        found = self.shared.informers[resource.plural].get(obj.metadata.namespace, owner.name)
        return found is not None and found.metadata.uid == owner.uid

    # --- one object -------------------------------------------------------------------------------

    def sync(self, name: str) -> None:
        """Look at one object as the API server has it."""
        resource, _, key = name.partition("/")
        namespace, _, short = key.rpartition("/")
        self.api.get(resource, namespace, short, self.then(self.read, name))

    def read(self, reply: Reply, name: str) -> None:
        """The object; then its first owner."""
        if reply.ok and reply.body.metadata.owner_references and not reply.body.metadata.deletion_timestamp:
            self._look_for_owner(name, reply.body, 0)
        elif reply.ok or reply.status == 404:
            self.queue.done(name)
        else:
            self.queue.retry(name)

    def _look_for_owner(self, name: str, obj: Any, number: int) -> None:
        owners = obj.metadata.owner_references
        if number == len(owners):
            self._collect(name, obj)
            return
        resource = resource_of_kind(owners[number].kind)
        if resource is None:
            self.queue.done(name)
            return
        namespace = obj.metadata.namespace if RESOURCES[resource.plural].namespaced else ""
        answer = self.then(self.owner_read, name, obj, number)
        self.api.get(resource.plural, namespace, owners[number].name, answer)

    def owner_read(self, reply: Reply, name: str, obj: Any, number: int) -> None:
        """One owner is there, and all is well; or it is gone, and the next one is looked for."""
        owner = obj.metadata.owner_references[number]
        if reply.ok and reply.body.metadata.uid == owner.uid:
            self.queue.done(name)
        elif reply.ok or reply.status == 404:
            self._look_for_owner(name, obj, number + 1)
        else:
            self.queue.retry(name)

    def _collect(self, name: str, obj: Any) -> None:
        owner = obj.metadata.owner_references[0]
        verdict = rules.OWNER_GONE.holds(object=name, owner=f"{owner.kind} {owner.name}")
        self.decide("collect", name, verdict)
        metadata = obj.metadata
        answer = self.then(self.collected, name)
        self.api.delete(resource_of(obj).plural, metadata.namespace, metadata.name, answer, uid=metadata.uid)

    def collected(self, reply: Reply, name: str) -> None:
        """The object is being deleted, or is gone already."""
        if reply.ok or reply.status == 404:
            self.queue.done(name)
        else:
            self.log(f"error syncing item {name}: {reply.message}", SOURCE, "E")
            self.queue.retry(name)
