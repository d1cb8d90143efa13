r"""The kubelet of v1.36, made of the parts that differ from those of v1.7 and the ones that do not.

```
 boot --> runtime answers? --no--> exit     --yes--> lease, status, PLEG, status manager, main loop
                                                      \--1 s, the Node is known--> pods
```
(v1.36.2 cmd/kubelet/app/server.go, pkg/kubelet/kubelet.go)
"""

from typing import ClassVar, Final

from clustersim.api.core_v1 import Pod
from clustersim.client.informer import REFLECTOR_OF_TODAY
from clustersim.client.recorder import RECORDER_OF_TODAY
from clustersim.engine.time import MILLISECOND
from clustersim.flags import kubelet_configuration
from clustersim.flags.configuration import KUBELET_CONFIG
from clustersim.flags.kubelet import KubeletFlags
from clustersim.kubelet.admission import AdmissionCheck
from clustersim.kubelet.allocation import AllocationManager, Allocations
from clustersim.kubelet.config_today import PodConfigOfToday
from clustersim.kubelet.container_gc_today import ContainerGCOfToday
from clustersim.kubelet.container_killer import AnnouncingKiller
from clustersim.kubelet.critical_pods import CriticalPods
from clustersim.kubelet.eviction_today import EvictionManagerOfToday
from clustersim.kubelet.housekeeping_today import HousekeepingOfToday
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubelet.new_sandbox import NewSandboxOfToday
from clustersim.kubelet.node_lease import NodeLease
from clustersim.kubelet.node_shutdown import NodeShutdown
from clustersim.kubelet.node_status_today import NodeStatusOfToday
from clustersim.kubelet.pleg_today import PlegOfToday
from clustersim.kubelet.pod_status import StatusGenerator
from clustersim.kubelet.pod_status_today import StatusGeneratorOfToday
from clustersim.kubelet.pod_sync_today import PodSyncOfToday
from clustersim.kubelet.pod_workers_today import PodWorkersOfToday
from clustersim.kubelet.prober_today import ProberOfToday
from clustersim.kubelet.runtime_manager_today import RuntimeManagerOfToday
from clustersim.kubelet.static_pods_today import StaticPodsOfToday
from clustersim.kubelet.status_manager_today import StatusManagerOfToday
from clustersim.kubelet.sync_handler_today import SyncHandlerOfToday
from clustersim.kubelet.sync_loop_today import SyncLoopOfToday
from clustersim.kubelet.whole_restart import WholeRestart
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
    no_thresholds = ("0%", "100%")
    pressures = ("MemoryPressure", "DiskPressure", "PIDPressure")
    recorder_traits = RECORDER_OF_TODAY
    collects_deleted_pods = True
    prunes_at_once = True
    resets_labels = True
    first_sees_images_at_start = True
    takes_anybody = False
    tells_out_of_memory = False
    reflector_backoff = REFLECTOR_OF_TODAY
    verifies_named_users = True
    speaks_csi = True
    pleg_lag = 60 * MILLISECOND
    """Run begins it last (pkg/kubelet/kubelet.go). Recorded: of pods that are told to stop 0.97 s after the
    start, the first are gone 1.1 s after it."""

    static_pods_class = StaticPodsOfToday
    pleg_class = PlegOfToday
    container_gc_class = ContainerGCOfToday
    pod_workers_class = PodWorkersOfToday
    pod_sync_class = PodSyncOfToday
    prober_class = ProberOfToday
    container_killer_class = AnnouncingKiller
    runtime_manager_class = RuntimeManagerOfToday
    status_manager_class = StatusManagerOfToday
    housekeeping_class = HousekeepingOfToday
    eviction_class = EvictionManagerOfToday
    node_status_class = NodeStatusOfToday
    sync_handler_class = SyncHandlerOfToday
    sync_loop_class = SyncLoopOfToday
    config_class = PodConfigOfToday

    pleg: PlegOfToday
    pod_workers: PodWorkersOfToday
    pod_sync: PodSyncOfToday
    node_status: NodeStatusOfToday
    status_manager: StatusManagerOfToday
    static_pods: StaticPodsOfToday
    sync_handler: SyncHandlerOfToday

    def _build_parts(self) -> None:
        self.host.state.disk.setdefault("allocations", Allocations())
        self.allocation = AllocationManager(self)
        super()._build_parts()
        self.node_lease = NodeLease(self)
        self.node_lease.make_loop()
        self.node_shutdown = NodeShutdown(self)
        self.critical_pods = CriticalPods(self)
        self.whole_restart = WholeRestart(self)
        self.host.inhibitors.append(self.node_shutdown.begin)
        self.node_status.once_known.append(self.static_pods.node_known)

    def read_configuration(self) -> None:
        files = self.host.state.configurations
        settings = self.given
        if KUBELET_CONFIG in files:
            found = kubelet_configuration.read(files[KUBELET_CONFIG], self.given, self.defaults)
            for line in found.complaints:
                self.log(line, source="codec.go")
            settings = found.flags
        self.settle(settings)

    def complaint(self, told: str) -> str:
        escaped = told.replace('"', '\\"')
        return f'"command failed" err="{escaped}"'

    def heed(self, flags: KubeletFlags) -> None:
        super().heed(flags)
        self.node_lease.keep_pace()

    def _start_loops(self) -> None:
        self.allocation.start()
        super()._start_loops()
        self.node_status.informer.start()
        self.loops["node-status"].start()

    # --- pods -----------------------------------------------------------------------------------------

    def uid_of_node(self) -> str:
        """None: so `describe node` finds no Event of a kubelet of today (kubelet.go nodeRef; recorded)."""
        return ""

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
