r"""The kubelet process: start-up in the order of the real one, and what its parts have in common.

```
 boot --0.2 s--> docker answers? --no--> exit (the init system starts it again)
                      \--yes--> garbage collector, heartbeat, runtime check, PLEG, status manager, main loop
```
(v1.7.5 cmd/kubelet/app/server.go run, pkg/kubelet/kubelet.go Run)
"""

from typing import ClassVar, Final, Protocol

from clustersim.api.core_v1 import Pod
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.client.component import Component
from clustersim.client.recorder import RECORDER_OF_V1_7, RECORDER_OF_V1_8, RecorderTraits
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.process import Memory
from clustersim.engine.serving import Health, Listener, Serves
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import Flags
from clustersim.flags.configuration import KUBELET_UNIT, ConfigurationError
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.node import ContainerdFlags, DockerFlags
from clustersim.flags.unit_files import kubelet_settings
from clustersim.kubelet import swap
from clustersim.kubelet.active_deadline import ActiveDeadline
from clustersim.kubelet.admission import GeneralPredicates
from clustersim.kubelet.attachments import Attachments
from clustersim.kubelet.config import PodConfig
from clustersim.kubelet.container_gc import ContainerGC
from clustersim.kubelet.container_killer import ContainerKiller
from clustersim.kubelet.eviction import STATISTICS, EvictionManager
from clustersim.kubelet.healthz import healthz
from clustersim.kubelet.housekeeping import Housekeeping
from clustersim.kubelet.image_gc import ImageGC
from clustersim.kubelet.images import ImageManager
from clustersim.kubelet.lifecycle_hooks import LifecycleHooks
from clustersim.kubelet.machine_changes import MachineChanges
from clustersim.kubelet.network_state import NetworkState
from clustersim.kubelet.new_sandbox import NewSandbox, NewSandboxOfV18
from clustersim.kubelet.node_status import NodeStatusManager
from clustersim.kubelet.pleg import Pleg
from clustersim.kubelet.pod_manager import PodManager
from clustersim.kubelet.pod_phase import nothing_runs
from clustersim.kubelet.pod_status import StatusGenerator, StatusGeneratorOfV18
from clustersim.kubelet.pod_sync import PodSync
from clustersim.kubelet.pod_workers import PodWorkers
from clustersim.kubelet.prober import Prober, ProberOfV17
from clustersim.kubelet.recorder import KubeletRecorder
from clustersim.kubelet.references import References
from clustersim.kubelet.runtime_manager import RuntimeManager
from clustersim.kubelet.runtime_state import RuntimeState
from clustersim.kubelet.static_pods import StaticPods
from clustersim.kubelet.status_manager import StatusManager
from clustersim.kubelet.sync_handler import SyncHandler
from clustersim.kubelet.sync_loop import SyncLoop
from clustersim.kubelet.volume_manager import VolumeManager
from clustersim.kubelet.words import Words, WordsOfV18
from clustersim.machine import Machine
from clustersim.network import Network

RESTART: Final[Micros] = 10 * SECOND
"""When the init system starts a kubelet again that ended by itself (RestartSec of its usual unit)."""


class NodeRelease(Protocol):
    """What a kubelet knows of its release (`releases.Release`)."""

    @property
    def version(self) -> str: ...
    @property
    def runtime(self) -> str: ...
    @property
    def runtime_version(self) -> str: ...
    @property
    def flags(self) -> Flags: ...


class KubeletMemory(Memory):
    """certificate: the one that it has read. started: its goroutines run and its ports are open, since
    `started_at`.
    settings: those of the file that it read; None: it is as it was set up."""

    certificate: int = 0
    started: bool = False
    started_at: Micros = 0
    settings: KubeletFlags | None = None


class Kubelet(Component):
    """A kubelet. `host`: the machine it runs on; `runtime`: the name of the daemon beside it.

    What other releases do otherwise is said by these attributes:
    predicates: what a pod must meet to be taken in. generator_class: how it forms a pod's status.
    new_sandbox: what a pod begins with again whose sandbox is gone.
    words_class: the texts of its events and log lines. recorder_traits: how it tells of things.
    pressures: the conditions of its node beside Ready, in their order.
    keeps_pods_until_records_are_gone: a deleted pod leaves the API only when docker has no record of it.
    collects_deleted_pods: garbage collection takes what is dead of deleted pods. prunes_at_once: so does the
    death of a container. resets_labels: when it starts, its node gets back the labels that the kubelet gives.
    names_start_errors: why a container's environment is not made or its hook failed is a message, and has a
    name as its reason; before, the error was the reason.
    first_sees_images_at_start: images that were there before it are no older to it than its start.
    verifies_named_users: who must not be root is refused where the image names its user without a number.
    speaks_csi: disks of clouds are volumes of CSI drivers. pleg_lag: how much later than all else the PLEG
    begins. tells_out_of_memory: of its node, when the kernel kills a container for want of memory.
    forgets_thresholds: what was seen of them is lost at a look before which nothing was measured anew.
    no_thresholds: shares of which thresholds say that there is none.
    """

    kind: ClassVar[str] = "kubelet"
    predicates: ClassVar[GeneralPredicates] = GeneralPredicates()
    names_start_errors: ClassVar[bool] = True
    verifies_named_users: ClassVar[bool] = False
    no_thresholds: ClassVar[tuple[str, ...]] = ()
    speaks_csi: ClassVar[bool] = False
    words_class: ClassVar[type[Words]] = Words
    generator_class: ClassVar[type[StatusGenerator]] = StatusGenerator
    new_sandbox: ClassVar[NewSandbox] = NewSandbox()
    pressures: ClassVar[tuple[str, ...]] = ("OutOfDisk", "MemoryPressure", "DiskPressure")
    recorder_traits: ClassVar[RecorderTraits] = RECORDER_OF_V1_7
    keeps_pods_until_records_are_gone: ClassVar[bool] = False
    collects_deleted_pods: ClassVar[bool] = False
    prunes_at_once: ClassVar[bool] = False
    resets_labels: ClassVar[bool] = False
    first_sees_images_at_start: ClassVar[bool] = False
    takes_anybody: ClassVar[bool] = True
    tells_out_of_memory: ClassVar[bool] = True
    forgets_thresholds: ClassVar[bool] = False
    pleg_lag: ClassVar[Micros] = 0

    static_pods_class: ClassVar[type[StaticPods]] = StaticPods
    pleg_class: ClassVar[type[Pleg]] = Pleg
    pod_workers_class: ClassVar[type[PodWorkers]] = PodWorkers
    pod_sync_class: ClassVar[type[PodSync]] = PodSync
    prober_class: ClassVar[type[Prober]] = Prober
    container_killer_class: ClassVar[type[ContainerKiller]] = ContainerKiller
    runtime_manager_class: ClassVar[type[RuntimeManager]] = RuntimeManager
    status_manager_class: ClassVar[type[StatusManager]] = StatusManager
    housekeeping_class: ClassVar[type[Housekeeping]] = Housekeeping
    eviction_class: ClassVar[type[EvictionManager]] = EvictionManager
    container_gc_class: ClassVar[type[ContainerGC]] = ContainerGC
    node_status_class: ClassVar[type[NodeStatusManager]] = NodeStatusManager
    sync_handler_class: ClassVar[type[SyncHandler]] = SyncHandler
    sync_loop_class: ClassVar[type[SyncLoop]] = SyncLoop
    config_class: ClassVar[type[PodConfig]] = PodConfig

    def __init__(
        self, engine: Engine, network: Network, machine: Machine, flags: KubeletFlags, release: NodeRelease
    ) -> None:
        super().__init__(
            engine,
            network,
            f"kubelet@{machine.name}",
            machine.name,
            qps=flags.kube_api_qps,
            burst=flags.kube_api_burst,
        )
        self.host = machine
        self.node_name = machine.name
        self.words = self.words_class(release.runtime)
        self.runtime = f"{release.runtime}@{machine.name}"
        self.generator = self.generator_class(self.words, machine.wall)
        self.flags = self.given = flags
        self.defaults = release.flags.kubelet
        self.version = release.version
        self.runtime_version = release.runtime_version
        runtime_flags = release.flags.of(release.runtime)
        assert isinstance(runtime_flags, DockerFlags | ContainerdFlags)
        self.local_latency = network.flags.local_latency
        self.runtime_latency = 2 * network.flags.local_latency + runtime_flags.call_latency
        self.heartbeats = self.api
        if flags.heartbeat_timeout:
            self.heartbeats = Client(self, timeout=flags.heartbeat_timeout, name="heartbeat")
        self.events = Client(self, qps=flags.event_qps, burst=flags.event_burst, name="events")
        self.recorder = KubeletRecorder(self)
        self._build_parts()
        machine.restart_when_exited(self, RESTART)
        self.machine_changes.observe()

    def _build_parts(self) -> None:
        self.runtime_state = RuntimeState(self)
        self.network_state = NetworkState(self)
        self.pod_manager = PodManager(self)
        self.static_pods = self.static_pods_class(self)
        self.pleg = self.pleg_class(self)
        self.pod_workers = self.pod_workers_class(self)
        self.pod_sync = self.pod_sync_class(self)
        self.prober = self.prober_class(self)
        self.images = ImageManager(self)
        self.references = References(self)
        self.attachments = Attachments(self)
        self.volume_manager = VolumeManager(self)
        self.lifecycle_hooks = LifecycleHooks(self)
        self.container_killer = self.container_killer_class(self)
        self.runtime_manager = self.runtime_manager_class(self)
        self.status_manager = self.status_manager_class(self)
        self.housekeeping = self.housekeeping_class(self)
        self.container_gc = self.container_gc_class(self)
        self.image_gc = ImageGC(self)
        self.eviction = self.eviction_class(self)
        self.active_deadline = ActiveDeadline(self)
        self.node_status = self.node_status_class(self)
        self.machine_changes = MachineChanges(self)
        self.sync_handler = self.sync_handler_class(self)
        self.sync_loop = self.sync_loop_class(self)
        self.config = self.config_class(self)
        for part in (
            self.runtime_state,
            self.pleg,
            self.status_manager,
            self.container_gc,
            self.image_gc,
            self.eviction,
            self.node_status,
        ):
            part.make_loop()
        self.sync_loop.make_loops()

    @property
    def clock(self) -> Micros:
        """What its machine's clock shows: the time that it writes into statuses."""
        return self.engine.state.now + self.host.state.clock_skew

    def memory(self) -> KubeletMemory:
        return KubeletMemory()

    # --- settings ---------------------------------------------------------------------------------

    def read_configuration(self) -> None:
        """What it is to go by on this node: the command line of its unit, if somebody has changed that, and
        in later releases a file before it. Raises ConfigurationError."""
        self.settle(self.given)

    def settle(self, settings: KubeletFlags) -> None:
        """Go by these settings, except for what its unit says. Raises ConfigurationError."""
        release = ".".join(self.version.split(".")[:2])
        if (unit := self.host.state.configurations.get(KUBELET_UNIT)) is not None:
            settings = kubelet_settings(unit, settings, self.defaults, release)
        if settings is not self.given:
            self.state.settings = settings
            self.heed(settings)

    def _renew_memory(self, state: KubeletMemory) -> None:
        super()._renew_memory(state)
        self.heed(state.settings or self.given)

    def complaint(self, told: str) -> str:
        """How it says that it does not start."""
        return told

    def heed(self, flags: KubeletFlags) -> None:
        """Go by these settings from now on."""
        if flags is self.flags:
            return
        self.flags = flags
        self.api.qps, self.api.burst = flags.kube_api_qps, flags.kube_api_burst
        self.events.qps, self.events.burst = flags.event_qps, flags.event_burst
        self.node_status.keep_pace()

    # --- start-up ---------------------------------------------------------------------------------

    def boot(self) -> None:
        """The program is loaded; it registers after `start_delay`, the last 100 ms of which belong to
        registration."""
        self.state.certificate = self.host.state.certificate
        try:
            self.read_configuration()
            swap.look(self)
        except ConfigurationError as error:
            self.exit(self.complaint(str(error)))
            return
        self.post(
            max(0, self.flags.start_delay - self.flags.registration_retry_initial), self.connect_to_runtime
        )

    def connect_to_runtime(self) -> None:
        """Without docker there is no kubelet."""
        self.call(self.runtime, "serve_version", then=then(self.runtime_answered), timeout=None)

    def runtime_answered(self, reply: Reply) -> None:
        """Docker is there and manages cgroups the same way, or the process ends."""
        if not reply.ok:
            self.exit(f"failed to run Kubelet: {self.words.not_connected()}")
        elif reply.body != self.flags.cgroup_driver:
            self.exit(
                "failed to run Kubelet: failed to create kubelet: misconfiguration: kubelet cgroup driver: "
                f'"{self.flags.cgroup_driver}" is different from docker cgroup driver: "{reply.body}"'
            )
        else:
            self._run()

    def _run(self) -> None:
        self.state.started, self.state.started_at = True, self.now
        self.log(self.words.serving(self.version), source="server.go")
        self.recorder.of_node("Normal", "Starting", "Starting kubelet.")
        self._start_loops()

    def _start_loops(self) -> None:
        loops = self.loops
        loops["container-gc"].start()
        loops["image-gc"].start()
        loops["images"].start()
        loops["heartbeat"].start()
        loops["runtime-check"].start()
        loops["pleg"].start(self.pleg_lag)
        loops["status-batch"].start(self.flags.status_sync_period)
        loops["eviction"].start(STATISTICS)
        self.static_pods.read()
        self.config.start()
        self.sync_loop.start()

    @property
    def is_authentic(self) -> bool:
        memory: KubeletMemory = self.state
        return memory.certificate > self.host.state.expired

    # --- what wakes its loops ---------------------------------------------------------------------

    def runtime_changed(self) -> None:
        """The PLEG saw changes: what looks at its view has something to do."""
        for name in ("housekeeping", "status-batch"):
            self.loops[name].wake()

    def wanted_changed(self) -> None:
        """Pods or their status changed: what cleans up has something to do."""
        for name in ("housekeeping", "container-gc"):
            self.loops[name].wake()

    # --- pods -------------------------------------------------------------------------------------

    def sandbox_failed(self, pod: Pod, error: str) -> None:
        """A sandbox could not be made; v1.7 has no event of its own for it."""

    def sandbox_ready(self, pod: Pod) -> None:
        """A sandbox was made; nothing is reported before its containers are started."""

    def start_failed(self, pod: Pod, container: str, reason: str) -> None:
        """A container could not be started; there is no event for that alone."""

    def records_may_go(self, uid: str) -> bool:
        """Records of a pod's dead containers are garbage: it left the API server, or, where that is enough,
        it is over."""
        pod = self.pod_manager.get(uid)
        if pod is None or not self.collects_deleted_pods:
            return pod is None
        status = self.status_manager.status_of(uid) or pod.status
        if status.phase == "Failed" and status.reason == "Evicted":
            return True
        return bool(pod.metadata.deletion_timestamp) and nothing_runs(status)

    # --- telling ----------------------------------------------------------------------------------

    def uid_of_node(self) -> str:
        """What Events give as the uid of the node: its name."""
        return self.node_name

    def runtime_error(self, reply: Reply) -> str:
        """What docker's client says about an answer that did not come, or was a refusal."""
        if reply.reason == "Timeout":
            return self.words.runtime_slow
        return self.words.runtime_away if reply.unreachable else reply.message

    def listeners(self) -> tuple[Listener, ...]:
        flags = self.flags
        ports = (
            Listener(flags.healthz_bind_address, flags.healthz_port, Serves.NODE_HEALTH),
            Listener(flags.address, flags.port, Serves.NODE_API, secure=True),
            Listener(flags.address, flags.read_only_port, Serves.READ_ONLY),
        )
        return tuple(listener for listener in ports if listener.port)

    def healthz(self, port: int | None = None, *, verbose: bool = False) -> Health:
        """What `curl 127.0.0.1:10248/healthz` on the node gets, or another of its ports."""
        return healthz(self, self.flags.healthz_port if port is None else port, verbose=verbose)


class KubeletV17(Kubelet):
    """The kubelet of v1.7, from which all is described."""

    names_start_errors = False
    forgets_thresholds = True
    prober_class = ProberOfV17


class KubeletV18(Kubelet):
    """What v1.8 does otherwise. Its heartbeats have a client of their own, by the flag heartbeat_timeout."""

    words_class: ClassVar[type[Words]] = WordsOfV18
    generator_class: ClassVar[type[StatusGenerator]] = StatusGeneratorOfV18
    new_sandbox = NewSandboxOfV18()
    recorder_traits = RECORDER_OF_V1_8
    resets_labels = True
    keeps_pods_until_records_are_gone = True
    collects_deleted_pods = True

    def sandbox_failed(self, pod: Pod, error: str) -> None:
        self.recorder.of_pod(pod, "Warning", "FailedCreatePodSandBox", "Failed create pod sandbox.")
