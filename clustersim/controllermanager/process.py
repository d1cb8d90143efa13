"""The process: start, leader election, shared caches, and the controllers once it leads.

```
  boot --start_delay--> candidate --lock--> leading --caches filled--> controllers run
```
Source: v1.7.5, v1.8.0 cmd/kube-controller-manager/app/controllermanager.go.
"""

from abc import abstractmethod
from collections.abc import Collection
from typing import Any, ClassVar

from clustersim.api.registry import requested
from clustersim.client.candidate import SYNC_POLL, Candidate
from clustersim.client.client import Client
from clustersim.client.informer import REFLECTOR_OF_TODAY
from clustersim.client.lease_election import LeaseElector
from clustersim.client.recorder import EventRecorder
from clustersim.controllermanager import traits
from clustersim.controllermanager.attachdetach import AttachDetachController
from clustersim.controllermanager.attachdetach_today import AttachDetachControllerV136
from clustersim.controllermanager.clusterroles import ClusterRoleAggregator
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.cronjob.polling import PollingCronJobController
from clustersim.controllermanager.cronjob.queueing import QueueingCronJobController
from clustersim.controllermanager.daemonset.binding import BindingDaemonSetsController
from clustersim.controllermanager.daemonset.scheduled import ScheduledDaemonSetsController
from clustersim.controllermanager.deployment.controller import DeploymentController
from clustersim.controllermanager.disruption import DisruptionController, DisruptionControllerV136
from clustersim.controllermanager.endpoints import (
    EndpointsController,
    EndpointsControllerV18,
    EndpointsControllerV136,
)
from clustersim.controllermanager.endpointslice import EndpointSliceController
from clustersim.controllermanager.endpointslicemirroring import EndpointSliceMirroringController
from clustersim.controllermanager.ephemeralvolumes import EphemeralVolumeController
from clustersim.controllermanager.garbagecollector import GarbageCollector
from clustersim.controllermanager.garbagecollector_today import GarbageCollectorOfToday
from clustersim.controllermanager.informers import SharedInformers
from clustersim.controllermanager.job.counting import CountingJobController
from clustersim.controllermanager.job.tracking import TrackingJobController
from clustersim.controllermanager.namespace import NamespaceController
from clustersim.controllermanager.namespace_today import NamespaceControllerV136
from clustersim.controllermanager.node.base import NodeControllerBase
from clustersim.controllermanager.node.controller import NodeController
from clustersim.controllermanager.nodeipam import NodeIpamController
from clustersim.controllermanager.nodelifecycle import alpha
from clustersim.controllermanager.nodelifecycle.controller import NodeLifecycleController
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.persistentvolumes import (
    PersistentVolumeControllerV17,
    PersistentVolumeControllerV136,
)
from clustersim.controllermanager.podautoscaler.heapster import HeapsterHorizontalController
from clustersim.controllermanager.podautoscaler.metrics_server import MetricsServerHorizontalController
from clustersim.controllermanager.podgc.prompt import PromptPodGarbageCollector
from clustersim.controllermanager.podgc.quarantine import QuarantiningPodGarbageCollector
from clustersim.controllermanager.policystatus import PolicyStatusController
from clustersim.controllermanager.replicaset import ReplicaSetController
from clustersim.controllermanager.replication import ReplicationManager
from clustersim.controllermanager.resourceclaims import ResourceClaimController
from clustersim.controllermanager.resourcequota import ResourceQuotaController
from clustersim.controllermanager.rootcertificates import RootCertificatePublisher
from clustersim.controllermanager.serviceaccounts import ServiceAccountsController
from clustersim.controllermanager.statefulset.controller import StatefulSetController
from clustersim.controllermanager.tainteviction.controller import TaintEvictionController
from clustersim.controllermanager.traits import Traits
from clustersim.controllermanager.ttl import TtlController
from clustersim.controllermanager.ttlafterfinished import TtlAfterFinishedController
from clustersim.controllermanager.volumeprotection import ClaimProtection, VolumeInUseProtection
from clustersim.engine.engine import Engine
from clustersim.engine.serving import Checks
from clustersim.engine.time import Micros
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.network import Network


class ControllerManager(Candidate):
    """kube-controller-manager. Subclasses are the releases."""

    kind: ClassVar[str] = "controller-manager"
    lock = "kube-controller-manager"
    flags: ControllerManagerFlags
    traits: ClassVar[Traits]

    def __init__(
        self, engine: Engine, network: Network, name: str, machine: str, flags: ControllerManagerFlags
    ) -> None:
        super().__init__(engine, network, name, machine, flags)
        self.shared = SharedInformers(
            Client(self, qps=flags.kube_api_qps, burst=flags.kube_api_burst, name="shared-informers")
        )
        self.context = ControllerContext(self, flags, self.traits, self.shared)
        self.recorder = EventRecorder(self.api, "controller-manager", traits=self.traits.recorder)
        self.node_controller = self.build_node_controller()
        self.controllers: dict[str, Controller] = {
            controller.name: controller
            for controller in (self.node_controller, *self.build_controllers(), *self._ipam())
        }

    def dissolve(self) -> None:
        self.shared.dissolve()
        super().dissolve()

    def _renew_memory(self, state: Any) -> None:
        super()._renew_memory(state)
        for controller in self.controllers.values():
            controller.memory_renewed()

    def _ipam(self) -> tuple[Controller, ...]:
        return (NodeIpamController(self.context),) if self.flags.allocate_node_cidrs else ()

    def build_node_controller(self) -> NodeControllerBase:
        """The one that looks after nodes; it starts first."""
        taints = alpha.is_on(self.flags)
        return alpha.AlphaNodeController(self.context) if taints else NodeController(self.context)

    @abstractmethod
    def build_controllers(self) -> tuple[Controller, ...]:
        """The controllers of the release, in the order they start, besides the node controller."""

    def find_served(self, versions: Collection[str]) -> None:
        """The server has these versions besides, which it was asked for."""

    @classmethod
    def first_pass_delay(cls) -> Micros:
        """From becoming leader to the first pass of the periodic loops, if the caches fill at once."""
        return cls.traits.controllers_start + SYNC_POLL

    # --- start ------------------------------------------------------------------------------------

    def work(self) -> None:
        """The controllers are set up one after another; then their caches fill."""
        self.post(self.traits.controllers_start, self.start_informers)

    def start_informers(self) -> None:
        """Fill the caches; every controller looks after a moment whether its own are there."""
        self.shared.start()
        self.post(SYNC_POLL, self.look_for_caches, tuple(self.controllers))

    def look_for_caches(self, waiting: tuple[str, ...]) -> None:
        """Start the controllers whose caches are filled; look again for the others."""
        self.engine.cause = 0
        still: list[str] = []
        for name in waiting:
            controller = self.controllers[name]
            if self.shared.synced(controller.waits_for):
                self.log(f"Caches are synced for {controller.title} controller", source="controller_utils.go")
                controller.start()
                self.engine.cause = 0
            else:
                still.append(name)
        if still:
            self.post(SYNC_POLL, self.look_for_caches, tuple(still))

    # --- for people -------------------------------------------------------------------------------

    def control_loops(self) -> tuple[ControlLoop, ...]:
        """Every control loop: its name, when it last acted, and what waits for it."""
        return tuple(loop for controller in self.controllers.values() for loop in controller.control_loops())


class ControllerManagerV17(ControllerManager):
    """v1.7.5."""

    traits = traits.V1_7
    endpoints: ClassVar[type[EndpointsController]] = EndpointsController

    def build_controllers(self) -> tuple[Controller, ...]:
        context = self.context
        return (
            ReplicationManager(context),
            ReplicaSetController(context),
            DeploymentController(context),
            StatefulSetController(context),
            BindingDaemonSetsController(context),
            CountingJobController(context),
            self.endpoints(context),
            PromptPodGarbageCollector(context),
            GarbageCollector(context),
            NamespaceController(context),
            DisruptionController(context),
            ServiceAccountsController(context),
            ResourceQuotaController(context),
            PersistentVolumeControllerV17(context),
            AttachDetachController(context),
            TtlController(context),
            HeapsterHorizontalController(context),
        )

    def find_served(self, versions: Collection[str]) -> None:
        """The server has these versions besides, which it was asked for: somebody starts Jobs by schedule
        (cmd/kube-controller-manager/app/batch.go startCronJobController)."""
        resource = requested(self.traits.release, versions).get("cronjobs")
        if resource is None:
            return
        started = PollingCronJobController(self.context)
        self.controllers[started.name] = started
        for controller in self.controllers.values():
            if isinstance(controller, GarbageCollector | NamespaceController):
                controller.also(resource)


class ControllerManagerV18(ControllerManagerV17):
    """v1.8.0."""

    traits = traits.V1_8
    endpoints = EndpointsControllerV18

    def build_controllers(self) -> tuple[Controller, ...]:
        return (*super().build_controllers(), PollingCronJobController(self.context))


class ControllerManagerV136(ControllerManager):
    """v1.36.2."""

    traits = traits.V1_36
    elector_class = LeaseElector
    reflector_backoff = REFLECTOR_OF_TODAY
    speaks_tls = True

    def health_checks(self, path: str) -> Checks | None:
        return self.election_check() if path == "/healthz" else None

    def build_node_controller(self) -> NodeControllerBase:
        return NodeLifecycleController(self.context)

    def build_controllers(self) -> tuple[Controller, ...]:
        context = self.context
        return (
            TaintEvictionController(context),
            ReplicationManager(context),
            ReplicaSetController(context),
            DeploymentController(context),
            StatefulSetController(context),
            ScheduledDaemonSetsController(context),
            TrackingJobController(context),
            QueueingCronJobController(context),
            EndpointsControllerV136(context),
            EndpointSliceController(context),
            EndpointSliceMirroringController(context),
            QuarantiningPodGarbageCollector(context),
            GarbageCollectorOfToday(context),
            NamespaceControllerV136(context),
            DisruptionControllerV136(context),
            TtlController(context),
            TtlAfterFinishedController(context),
            ServiceAccountsController(context),
            RootCertificatePublisher(context),
            ClusterRoleAggregator(context),
            PolicyStatusController(context),
            ResourceQuotaController(context),
            PersistentVolumeControllerV136(context),
            AttachDetachControllerV136(context),
            ClaimProtection(context),
            VolumeInUseProtection(context),
            EphemeralVolumeController(context),
            MetricsServerHorizontalController(context),
            ResourceClaimController(context),
        )
