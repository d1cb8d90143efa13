"""What is there from the beginning: the server makes it when it starts, and makes namespaces of its own anew.

Source: v1.7.5, v1.8.0 pkg/master/controller.go; v1.36 pkg/controlplane/controller/systemnamespaces,
pkg/registry/scheduling/rest/storage_scheduling.go.
"""

from typing import ClassVar, Final

from clustersim.api import core_v1 as v1
from clustersim.api.errors import ApiError
from clustersim.api.meta import ApiObject, ObjectMeta
from clustersim.api.registry import resource_of
from clustersim.api.scheduling import PriorityClass
from clustersim.apiserver.priority import SYSTEM_PRIORITIES
from clustersim.apiserver.registry import Registry
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.time import SECOND, Micros

INTERVAL: Final[Micros] = 60 * SECOND
"""How soon a system namespace that was deleted is made anew."""


class SystemObjects(Part):
    """Makes them: the namespaces of the system."""

    namespaces: ClassVar[tuple[str, ...]] = ("default", "kube-system", "kube-public")

    def __init__(self, process: Process, registry: Registry) -> None:
        super().__init__(process, "system-objects")
        self.registry = registry

    def make(self) -> None:
        """Make those that are not there; what fails is tried again."""
        etcd = self.registry.etcd
        for obj in self.objects() if etcd.running else ():
            resource, name = resource_of(obj).plural, obj.metadata.name
            if etcd.get(resource, name) is not None:
                continue
            try:
                self.registry.create(resource, obj, self.process.name)
            except ApiError as error:
                told = f"unable to create required kubernetes system namespace {name}: {error.message}"
                self.process.log(told, level="E")
                self.namespace_deleted()
                return

    def namespace_deleted(self) -> None:
        """If it was one of theirs, it comes back."""
        self.post(INTERVAL, self.make)

    def objects(self) -> tuple[ApiObject, ...]:
        """What there is to be."""
        spec, status = v1.NamespaceSpec(finalizers=("kubernetes",)), v1.NamespaceStatus()
        return tuple(
            v1.Namespace(metadata=ObjectMeta(name=name), spec=spec, status=status) for name in self.namespaces
        )


class SystemObjectsToday(SystemObjects):
    """Of v1.36: nodes have their leases in a namespace of their own, and there are the two classes of pods
    that the cluster itself needs."""

    namespaces = (*SystemObjects.namespaces, "kube-node-lease")

    def objects(self) -> tuple[ApiObject, ...]:
        classes = tuple(
            PriorityClass(metadata=ObjectMeta(name=name, generation=1), value=value)
            for name, value in SYSTEM_PRIORITIES.items()
        )
        return (*super().objects(), *classes)
