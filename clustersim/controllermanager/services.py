"""Controllers that follow Services and the pods they select, and what both ask of pods.

Source: v1.7.5, v1.8.0 pkg/controller/endpoint/endpoints_controller.go; v1.36 also
staging/src/k8s.io/endpointslice/{utils.go,util/controller_utils.go}.
"""

from abc import abstractmethod
from typing import ClassVar

from clustersim.api.core_v1 import Pod, Service, ServicePort
from clustersim.api.registry import key_of
from clustersim.api.selectors import matches_labels
from clustersim.client.workqueue import BASE_DELAY, WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.pods import is_ready
from clustersim.engine.time import Micros

MAX_RETRIES = 15


class ServiceFollower(Controller):
    """Base of the controllers that bring what belongs to a Service to what its pods are.

    every_update: every change of a pod counts; otherwise only one that `moved` tells. deletions: every
    change of a pod that is being deleted counts, too (its times are compared as pointers). first_retry: the
    pause after the first failure.
    """

    every_update: ClassVar[bool] = False
    deletions: ClassVar[bool] = False
    first_retry: ClassVar[Micros] = BASE_DELAY

    def __init__(self, context: ControllerContext, name: str) -> None:
        super().__init__(context, name, name)
        self.services = self.shared.get("services", self.service_changed)
        self.shared.get("pods", self.pod_changed)
        workers = self.flags.concurrent_endpoint_syncs
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=workers, base=self.first_retry)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    @abstractmethod
    def sync(self, key: str) -> None:
        """Bring what belongs to one Service to what its pods are."""

    def service_changed(self, old: Service | None, new: Service | None) -> None:
        """A Service was added, changed or removed."""
        changed = new if new is not None else old
        if changed is not None:
            self.queue.add(key_of(changed))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: so may be what belongs to the Services that select it."""
        if not self.services.state.cache:
            return
        relabelled = old is not None and new is not None and old.metadata.labels != new.metadata.labels
        if old is not None and new is not None and not relabelled and not self.matters(old, new):
            return
        self._queue_services_of(new if new is not None else old)
        if relabelled:
            self._queue_services_of(old)

    def matters(self, old: Pod, new: Pod) -> bool:
        """The change of a pod is one that counts."""
        if self.every_update or moved(old, new):
            return True
        return self.deletions and bool(old.metadata.deletion_timestamp or new.metadata.deletion_timestamp)

    def _queue_services_of(self, pod: Pod | None) -> None:
        if pod is None:
            return
        for service in self.services.list():
            selector = service.spec.selector
            if (
                selector
                and service.metadata.namespace == pod.metadata.namespace
                and matches_labels(selector, pod.metadata.labels)
            ):
                self.queue.add(key_of(service))


def is_followed(service: Service) -> bool:
    """Today's controllers look for its pods: it selects some, and is no mere name for somewhere else."""
    return bool(service.spec.selector) and service.spec.type != "ExternalName"


def moved(old: Pod, new: Pod) -> bool:
    """Readiness or address changed (v1.8.0 podChanged)."""
    return (
        is_ready(old) != is_ready(new)
        or old.status.pod_ip != new.status.pod_ip
        or old.spec.node_name != new.spec.node_name
        or old.metadata.uid != new.metadata.uid
    )


def target_port(port: ServicePort, pod: Pod) -> int | None:
    """The number behind a Service's port on a pod: its target may be the name of a port of a
    container or sidecar (podutil.FindPort). None if the pod has no port of that name."""
    if not isinstance(port.target_port, str):
        return port.target_port or port.port
    sidecars = (one for one in pod.spec.init_containers if one.restart_policy == "Always")
    for container in (*pod.spec.containers, *sidecars):
        for offered in container.ports:
            if offered.name == port.target_port and offered.protocol == port.protocol:
                return offered.container_port
    return None
