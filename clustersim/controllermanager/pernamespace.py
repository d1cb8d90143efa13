"""What controllers have in common that see to it that every namespace has a certain object."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from clustersim.api.core_v1 import Namespace
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop


class PerNamespace(Controller, ABC):
    """Works through namespaces by their names. resource: of the object; object_name: how it is called."""

    resource: ClassVar[str]
    object_name: ClassVar[str]

    def __init__(self, context: ControllerContext, name: str) -> None:
        super().__init__(context, name, name)
        self.namespaces = self.shared.get("namespaces", self.namespace_changed)
        self.objects = self.shared.get(self.resource, self.object_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def namespace_changed(self, old: Namespace | None, new: Namespace | None) -> None:
        """A namespace is there."""
        if new is not None:
            self.queue.add(new.metadata.name)

    def object_changed(self, old: Any, new: Any) -> None:
        """One of them is gone, or no longer as it was."""
        if old is not None and old.metadata.name == self.object_name and self.misses(new):
            self.queue.add(old.metadata.namespace)

    def misses(self, new: Any) -> bool:
        """What became of it is looked at."""
        return new is None

    def sync(self, name: str) -> None:
        """See that one namespace has it as it should be."""
        namespace: Namespace | None = self.namespaces.get("", name)
        active = namespace is not None and namespace.status.phase == "Active"
        if not active or not self.see_to(name, self.objects.get(name, self.object_name)):
            self.queue.done(name)

    @abstractmethod
    def see_to(self, namespace: str, found: Any) -> bool:
        """Write it unless it is as it should be, with an answer to `seen_to`. Whether it was written."""

    def seen_to(self, reply: Reply, name: str) -> None:
        """It is there, or its namespace is going."""
        if reply.ok or reply.reason in ("AlreadyExists", "Forbidden", "NotFound"):
            self.queue.done(name)
        else:
            self.queue.retry(name)
