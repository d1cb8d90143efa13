r"""The kubelet of v1.36, made of the parts that differ from those of v1.7 and the ones that do not.

```
 boot --> runtime answers? --no--> exit     --yes--> lease, status, PLEG, status manager, main loop
                                                      \--1 s, the Node is known--> pods
```
(v1.36.2 cmd/kubelet/app/server.go, pkg/kubelet/kubelet.go)
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import Pod, PodStatus
from clustersim.client.informer import REFLECTOR_OF_TODAY
from clustersim.client.recorder import PER_TYPE
from clustersim.engine.time import MILLISECOND
from clustersim.flags import kubelet_configuration
from clustersim.flags.configuration import KUBELET_CONFIG
from clustersim.flags.kubelet import KubeletFlags
from clustersim.kubelet.active_deadline import ActiveDeadline
from clustersim.kubelet.admission import AdmissionCheck, Refusal
from clustersim.kubelet.allocation import AllocationManager, Allocations
from clustersim.kubelet.attachments import Attachments
from clustersim.kubelet.config import ADD, REMOVE, PodUpdate
from clustersim.kubelet.config_today import PodConfigOfToday
from clustersim.kubelet.container_gc import ContainerGC
from clustersim.kubelet.container_killer import AnnouncingKiller
from clustersim.kubelet.eviction_today import EvictionManagerOfToday
from clustersim.kubelet.housekeeping_today import HousekeepingOfToday
from clustersim.kubelet.image_gc import ImageGC
from clustersim.kubelet.images import ImageManager
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubelet.lifecycle_hooks import LifecycleHooks
from clustersim.kubelet.network_state import NetworkState
from clustersim.kubelet.new_sandbox import NewSandboxOfToday
from clustersim.kubelet.node_lease import NodeLease
from clustersim.kubelet.node_shutdown import NodeShutdown
from clustersim.kubelet.node_status_today import NodeStatusOfToday
from clustersim.kubelet.pleg_today import PlegOfToday
from clustersim.kubelet.pod_manager import PodManager
from clustersim.kubelet.pod_phase import FINISHED
from clustersim.kubelet.pod_status import StatusGenerator
from clustersim.kubelet.pod_status_today import StatusGeneratorOfToday
from clustersim.kubelet.pod_sync_today import PodSyncOfToday
from clustersim.kubelet.pod_workers_today import PodWorkersOfToday
from clustersim.kubelet.prober_today import ProberOfToday
from clustersim.kubelet.references import References
from clustersim.kubelet.runtime_manager_today import RuntimeManagerOfToday
from clustersim.kubelet.runtime_state import RuntimeState
from clustersim.kubelet.static_pods_today import StaticPodsOfToday
from clustersim.kubelet.status_manager_today import StatusManagerOfToday
from clustersim.kubelet.sync_loop_today import SyncLoopOfToday
from clustersim.kubelet.words import Words
from clustersim.kubelet.words_today import WordsOfToday

IMAGE_TROUBLES: Final = (
    "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "ImageInspectError", "InvalidImageName",
)  # fmt: skip


class KubeletV136(Kubelet):
    """What v1.36 does otherwise: a Lease, workers with phases, patches of status."""

    predicates = AdmissionCheck()
    words_class: ClassVar[type[Words]] = WordsOfToday
    generator_class: ClassVar[type[StatusGenerator]] = StatusGeneratorOfToday
    new_sandbox = NewSandboxOfToday()
    pressures = ("MemoryPressure", "DiskPressure", "PIDPressure")
    filter_spam = PER_TYPE
    collects_deleted_pods = True
    prunes_at_once = True
    resets_labels = True
    takes_anybody = False
    tells_out_of_memory = False
    reflector_backoff = REFLECTOR_OF_TODAY
    verifies_named_users = True
    speaks_csi = True
    pleg_lag = 60 * MILLISECOND
    """Run begins it last (pkg/kubelet/kubelet.go). Recorded: of pods that are told to stop 0.97 s after the
    start, the first are gone 1.1 s after it."""

    pleg: PlegOfToday
    pod_workers: PodWorkersOfToday
    pod_sync: PodSyncOfToday
    node_status: NodeStatusOfToday
    status_manager: StatusManagerOfToday
    static_pods: StaticPodsOfToday

    def _build_parts(self) -> None:
        self.host.state.disk.setdefault("allocations", Allocations())
        self.allocation = AllocationManager(self)
        self.runtime_state = RuntimeState(self)
        self.network_state = NetworkState(self)
        self.pod_manager = PodManager(self)
        self.static_pods = StaticPodsOfToday(self)
        self.pleg = PlegOfToday(self)
        self.pod_workers = PodWorkersOfToday(self)
        self.pod_sync = PodSyncOfToday(self)
        self.prober = ProberOfToday(self)
        self.images = ImageManager(self)
        self.references = References(self)
        self.attachments = Attachments(self)
        self.lifecycle_hooks = LifecycleHooks(self)
        self.container_killer = AnnouncingKiller(self)
        self.runtime_manager = RuntimeManagerOfToday(self)
        self.status_manager = StatusManagerOfToday(self)
        self.housekeeping = HousekeepingOfToday(self)
        self.container_gc = ContainerGC(self)
        self.image_gc = ImageGC(self)
        self.eviction = EvictionManagerOfToday(self)
        self.active_deadline = ActiveDeadline(self)
        self.node_lease = NodeLease(self)
        self.node_shutdown = NodeShutdown(self)
        self.host.inhibitors.append(self.node_shutdown.begin)
        self.node_status = NodeStatusOfToday(self)
        self.node_status.once_known.append(self.static_pods.node_known)
        self.sync_loop = SyncLoopOfToday(self)
        self.config = PodConfigOfToday(self)
        for part in (
            self.runtime_state,
            self.pleg,
            self.status_manager,
            self.container_gc,
            self.image_gc,
            self.eviction,
            self.node_lease,
            self.node_status,
        ):
            part.make_loop()
        self.sync_loop.make_loops()

    def read_configuration(self) -> None:
        files = self.host.state.configurations
        if KUBELET_CONFIG not in files:
            return
        found = kubelet_configuration.read(files[KUBELET_CONFIG], self.given, self.defaults)
        for line in found.complaints:
            self.log(line, source="codec.go")
        self.state.settings = found.flags
        self.heed(found.flags)

    def heed(self, flags: KubeletFlags) -> None:
        super().heed(flags)
        self.node_lease.keep_pace()

    def _start_loops(self) -> None:
        self.allocation.start()
        super()._start_loops()
        self.node_status.informer.start()
        self.loops["node-status"].start()
        self.loops["images"].start()

    def _contents_changed(self) -> None:
        super()._contents_changed()
        if self.state.started and self.running:
            self.loops["images"].wake(self.local_latency)

    # --- pods -----------------------------------------------------------------------------------------

    def uid_of_node(self) -> str:
        """None: so `describe node` finds no Event of a kubelet of today (kubelet.go nodeRef; recorded)."""
        return ""

    def refused_status(self, pod: Pod, refused: Refusal) -> PodStatus:
        return PodStatus(
            phase="Failed",
            reason=refused.reason,
            message=f"Pod was rejected: {refused.message}",
            observed_generation=pod.metadata.generation,
        )

    def admit(self, pod: Pod, others: list[Pod]) -> Refusal | None:
        """Beside others as they are allocated."""
        refused = self.node_shutdown.refusal()
        return refused or super().admit(pod, [self.allocation.of(one) for one in others])

    def _refusal(self, pod: Pod) -> Refusal | None:
        """A pod that was here before is looked at with what it had."""
        return super()._refusal(self.allocation.of(pod))

    def take_in(self, pod: Pod) -> None:
        if self.is_active(pod):
            self.allocation.admitted(pod)
        self.pod_workers.update(pod)

    def handled(self, update: PodUpdate) -> None:
        if update.operation in (ADD, REMOVE) and self.allocation.state.waiting:
            self.allocation.retry()

    def pod_changed(self, old: Pod | None, pod: Pod) -> None:
        self.allocation.changed(old, pod)
        self.dispatch(pod)

    def pod_reported(self, old: Pod | None, pod: Pod) -> None:
        super().pod_reported(old, pod)
        self.allocation.reported(old, pod)

    def active_pods(self) -> dict[str, Pod]:
        pods = self.pod_manager.pods.items()
        return {uid: pod for uid, pod in pods if not self._is_inactive(pod)}

    def is_active(self, pod: Pod) -> bool:
        return not self._is_inactive(pod)

    def _is_inactive(self, pod: Pod) -> bool:
        """filterOutInactivePods."""
        status = self.status_manager.status_of(pod.metadata.uid) or pod.status
        ending = bool(pod.metadata.deletion_timestamp) or self.pod_workers.is_terminating(pod.metadata.uid)
        return status.phase in FINISHED or ending

    def remove_pod(self, pod: Pod) -> None:
        """The API server does not know the pod any more: its worker brings it to an end."""
        self.state.undecided.pop(pod.metadata.uid, None)
        self.pod_manager.remove(pod)
        self.runtime_manager.forget(pod.metadata.uid)
        self.pod_workers.kill(pod)
        self.allocation.forget(pod.metadata.uid)

    def dispatch(self, pod: Pod) -> None:
        """Tell the pod's worker, which knows what is to be done."""
        if pod.metadata.uid not in self.state.undecided:
            self.pod_workers.update(pod)

    def records_may_go(self, uid: str) -> bool:
        return self.pod_workers.content_may_go(uid)

    # --- telling --------------------------------------------------------------------------------------

    def sandbox_ready(self, pod: Pod) -> None:
        self.status_manager.sandbox_ready(pod)

    def connect_to_runtime(self) -> None:
        """It does not even begin with a certificate that has expired, unless it may ask for a first one
        (pkg/kubelet/certificate/bootstrap/bootstrap.go LoadClientConfig)."""
        if self.is_authentic:
            super().connect_to_runtime()
        else:
            self.exit(
                "failed to run Kubelet: unable to load bootstrap kubeconfig: "
                "stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory"
            )

    def sandbox_failed(self, pod: Pod, error: str) -> None:
        message = f"Failed to create pod sandbox: {error}"
        self.recorder.of_pod(pod, "Warning", "FailedCreatePodSandBox", message)

    def start_failed(self, pod: Pod, container: str, reason: str) -> None:
        if reason in IMAGE_TROUBLES:
            self.recorder.of_pod(pod, "Warning", "Failed", f"Error: {reason}", container)
