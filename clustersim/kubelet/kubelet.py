r"""The kubelet process: start-up in the order of the real one, and what its parts have in common.

```
 boot --0.2 s--> docker answers? --no--> exit (the init system starts it again)
                      \--yes--> garbage collector, heartbeat, runtime check, PLEG, status manager, main loop
```
(v1.7.5 cmd/kubelet/app/server.go run, pkg/kubelet/kubelet.go Run)
"""

from typing import ClassVar, Final, Protocol

import msgspec

from clustersim.api.core_v1 import Node, Pod, PodStatus
from clustersim.api.meta import ObjectMeta
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.client.component import Component
from clustersim.client.recorder import PER_OBJECT
from clustersim.engine.actor import then
from clustersim.engine.engine import Engine
from clustersim.engine.process import STOPPED, Memory
from clustersim.engine.serving import Health, Listener, Serves
from clustersim.engine.time import SECOND, Micros
from clustersim.flags import Flags
from clustersim.flags.configuration import ConfigurationError
from clustersim.flags.kubelet import KubeletFlags
from clustersim.flags.node import ContainerdFlags, DockerFlags
from clustersim.kubelet.active_deadline import ActiveDeadline
from clustersim.kubelet.admission import GeneralPredicates, Offer, Refusal
from clustersim.kubelet.attachments import Attachments
from clustersim.kubelet.config import PodConfig, PodUpdate
from clustersim.kubelet.container_gc import ContainerGC
from clustersim.kubelet.container_killer import ContainerKiller
from clustersim.kubelet.eviction import STATISTICS, EvictionManager
from clustersim.kubelet.healthz import healthz
from clustersim.kubelet.housekeeping import Housekeeping
from clustersim.kubelet.image_gc import ImageGC
from clustersim.kubelet.images import ImageManager
from clustersim.kubelet.lifecycle_hooks import LifecycleHooks
from clustersim.kubelet.network_state import NetworkState
from clustersim.kubelet.new_sandbox import NewSandbox, NewSandboxOfV18
from clustersim.kubelet.node_status import NodeStatusManager
from clustersim.kubelet.pleg import Pleg
from clustersim.kubelet.pod_manager import PodManager
from clustersim.kubelet.pod_phase import nothing_runs
from clustersim.kubelet.pod_status import StatusGenerator
from clustersim.kubelet.pod_sync import PodSync
from clustersim.kubelet.pod_workers import PodWorkers
from clustersim.kubelet.prober import Prober
from clustersim.kubelet.recorder import KubeletRecorder
from clustersim.kubelet.references import References
from clustersim.kubelet.runtime_manager import RuntimeManager
from clustersim.kubelet.runtime_state import RuntimeState
from clustersim.kubelet.static_pods import StaticPods
from clustersim.kubelet.status_manager import StatusManager
from clustersim.kubelet.sync_loop import SyncLoop
from clustersim.kubelet.words import Words, WordsOfV18
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.records import contents_of

_SEE_CONTENTS: Final = ("pleg", "container-gc", "image-gc", "housekeeping")
"""Loops that ask docker what it has."""

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
    `started_at`. undecided: pods of which it is not known yet whether they are taken in, by uid.
    settings: those of the file that it read; None: it is as it was set up."""

    certificate: int = 0
    started: bool = False
    started_at: Micros = 0
    undecided: dict[str, bool] = msgspec.field(default_factory=dict)
    settings: KubeletFlags | None = None


class Kubelet(Component):
    """A kubelet. `host`: the machine it runs on; `runtime`: the name of the daemon beside it.

    What other releases do otherwise is said by these attributes:
    predicates: what a pod must meet to be taken in. generator_class: how it forms a pod's status.
    new_sandbox: what a pod begins with again whose sandbox is gone.
    words_class: the texts of its events and log lines.
    pressures: the conditions of its node beside Ready, in their order.
    filter_spam: what of its events is limited.
    keeps_pods_until_records_are_gone: a deleted pod leaves the API only when docker has no record of it.
    collects_deleted_pods: garbage collection takes what is dead of deleted pods. prunes_at_once: so does the
    death of a container. resets_labels: when it starts, its node gets back the labels that the kubelet gives.
    names_start_errors: why a container's environment is not made or its hook failed is a message, and has a
    name as its reason; before, the error was the reason.
    verifies_named_users: who must not be root is refused where the image names its user without a number.
    speaks_csi: disks of clouds are volumes of CSI drivers. pleg_lag: how much later than all else the PLEG
    begins. tells_out_of_memory: of its node, when the kernel kills a container for want of memory.
    forgets_thresholds: what was seen of them is lost at a look before which nothing was measured anew.
    """

    kind: ClassVar[str] = "kubelet"
    predicates: ClassVar[GeneralPredicates] = GeneralPredicates()
    names_start_errors: ClassVar[bool] = True
    verifies_named_users: ClassVar[bool] = False
    speaks_csi: ClassVar[bool] = False
    words_class: ClassVar[type[Words]] = Words
    generator_class: ClassVar[type[StatusGenerator]] = StatusGenerator
    new_sandbox: ClassVar[NewSandbox] = NewSandbox()
    pressures: ClassVar[tuple[str, ...]] = ("OutOfDisk", "MemoryPressure", "DiskPressure")
    filter_spam: ClassVar[str] = ""
    keeps_pods_until_records_are_gone: ClassVar[bool] = False
    collects_deleted_pods: ClassVar[bool] = False
    prunes_at_once: ClassVar[bool] = False
    resets_labels: ClassVar[bool] = False
    takes_anybody: ClassVar[bool] = True
    tells_out_of_memory: ClassVar[bool] = True
    forgets_thresholds: ClassVar[bool] = False
    pleg_lag: ClassVar[Micros] = 0

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
        self.generator = self.generator_class(self.words)
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
        machine.when_out_of_memory.append(self.out_of_memory)
        engine.observe(self.runtime, self._runtime_stirred)
        engine.observe(contents_of(self.runtime), self._contents_changed)
        engine.observe(machine.address, self._resources_changed)

    def _build_parts(self) -> None:
        self.runtime_state = RuntimeState(self)
        self.network_state = NetworkState(self)
        self.pod_manager = PodManager(self)
        self.static_pods = StaticPods(self)
        self.pleg = Pleg(self)
        self.pod_workers = PodWorkers(self)
        self.pod_sync = PodSync(self)
        self.prober = Prober(self)
        self.images = ImageManager(self)
        self.references = References(self)
        self.attachments = Attachments(self)
        self.lifecycle_hooks = LifecycleHooks(self)
        self.container_killer = ContainerKiller(self)
        self.runtime_manager = RuntimeManager(self)
        self.status_manager = StatusManager(self)
        self.housekeeping = Housekeeping(self)
        self.container_gc = ContainerGC(self)
        self.image_gc = ImageGC(self)
        self.eviction = EvictionManager(self)
        self.active_deadline = ActiveDeadline(self)
        self.node_status = NodeStatusManager(self)
        self.sync_loop = SyncLoop(self)
        self.config = PodConfig(self)
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
        """The file of its settings, in releases that have one. Raises ConfigurationError."""

    def _renew_memory(self, state: KubeletMemory) -> None:
        super()._renew_memory(state)
        self.heed(state.settings or self.given)

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
        except ConfigurationError as error:
            told = str(error).replace('"', '\\"')
            self.exit(f'"command failed" err="{told}"')
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
        self.log(f"Started kubelet {self.version}", source="server.go")
        self.recorder.of_node("Normal", "Starting", "Starting kubelet.")
        self._start_loops()

    def _start_loops(self) -> None:
        loops = self.loops
        loops["container-gc"].start()
        loops["image-gc"].start()
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

    # --- parts ------------------------------------------------------------------------------------

    def _runtime_stirred(self) -> None:
        """Docker was started, stopped, frozen or resumed: what asks it will see."""
        if self.status.phase != STOPPED and self.state.started:
            self.loops["runtime-check"].wake(self.local_latency)
            self._look_at_contents(stirred=True)
            self.node_status.runtime_stirred()

    def _contents_changed(self) -> None:
        """Docker has other containers or images, or they are in another state: what polls it will see."""
        if self.status.phase != STOPPED and self.state.started:
            self._look_at_contents(stirred=not self.runtime_state.answers())

    def _look_at_contents(self, *, stirred: bool) -> None:
        """Loops whose next pass finds something. stirred: docker may not answer as before."""
        loops, in_flight = self.loops, self.local_latency
        for name in _SEE_CONTENTS:
            loops[name].wake(in_flight)
        if stirred:
            loops["sync-ticker"].wake(in_flight)
        loops["eviction"].wake()
        self.housekeeping.runtime_stirred()
        self.prober.something_changed()

    def _resources_changed(self) -> None:
        """Memory or disk of the machine is used otherwise, a manifest is another, or its network plugin is
        gone or back."""
        if self.status.phase != STOPPED and self.state.started:
            self.loops["eviction"].wake()
            self.loops["image-gc"].wake()
            self.network_state.stirred()
            self.post(self.local_latency, self.read_manifests)

    def out_of_memory(self) -> None:
        """The kernel killed somebody for want of memory of the whole machine: said of the node where the
        limit was that of the machine; today only where the victim was in no cgroup of its own, which none is
        here (v1.7.5, v1.8.0 pkg/kubelet/oom_watcher.go, v1.36 pkg/kubelet/oom/oom_watcher_linux.go)."""
        if self.running and self.state.started and self.tells_out_of_memory:
            self.recorder.of_node("Warning", "SystemOOM", "System OOM encountered")

    def read_manifests(self) -> None:
        """Something in the directory of manifests may be another."""
        self.static_pods.read()

    def is_active(self, pod: Pod) -> bool:
        """Something of the pod runs, or is to run."""
        return not self.pod_sync.is_terminated(pod)

    def admit(self, pod: Pod, others: list[Pod]) -> Refusal | None:
        """Why the pod is not taken in beside the others; None if it is."""
        return self.eviction.refusal(pod) or self.predicates.refusal(pod, others, self.offer())

    def runtime_changed(self) -> None:
        """The PLEG saw changes: what looks at its view has something to do."""
        for name in ("housekeeping", "status-batch"):
            self.loops[name].wake()

    def wanted_changed(self) -> None:
        """Pods or their status changed: what cleans up has something to do."""
        for name in ("housekeeping", "container-gc"):
            self.loops[name].wake()

    # --- pods -------------------------------------------------------------------------------------

    def add_pod(self, pod: Pod) -> None:
        """The API server wants a pod here (HandlePodAdditions). One that the node's labels or taints keep
        out is decided on when the API server has told how they are now: a kubelet watches its own node, so
        it is never seconds behind (kubelet.go nodeLister).
        """
        self.pod_manager.put(pod)
        refused = self._refusal(pod)
        if refused is not None and refused.of_node:
            self.state.undecided[pod.metadata.uid] = True
            self.node_status.read_anew(pod)
        else:
            self._decided(pod, refused)

    def decide(self, pod: Pod) -> None:
        """The node was read anew for this pod."""
        self.state.undecided.pop(pod.metadata.uid, None)
        if self.pod_manager.get(pod.metadata.uid) is not None:
            self._decided(pod, self._refusal(pod))

    def _refusal(self, pod: Pod) -> Refusal | None:
        if not self.is_active(pod):
            return None
        others = [one for uid, one in self.active_pods().items() if uid != pod.metadata.uid]
        return self.admit(pod, others)

    def active_pods(self) -> dict[str, Pod]:
        """Pods of which something runs, or is to run, by uid."""
        return self.pod_manager.unfinished()

    def _decided(self, pod: Pod, refused: Refusal | None) -> None:
        if refused is None:
            self.take_in(pod)
            return
        self.recorder.of_pod(pod, "Warning", refused.reason, refused.message)
        self.status_manager.set_status(pod, self.refused_status(pod, refused))

    def refused_status(self, pod: Pod, refused: Refusal) -> PodStatus:
        """What a pod that does not fit says."""
        return PodStatus(phase="Failed", reason=refused.reason, message=f"Pod {refused.message}")

    def take_in(self, pod: Pod) -> None:
        """A pod that fits begins."""
        self.dispatch(pod)
        self.prober.add_pod(pod)

    def offer(self) -> Offer:
        """What the node has for pods."""
        node = self.node_status.state.node or self._unregistered()
        return Offer(self.host.cpu_millicores, self.host.memory_mib << 20, self.flags.max_pods, node)

    def _unregistered(self) -> Node:
        """The node as long as the API server has told nothing of it."""
        labels = {"kubernetes.io/hostname": self.node_name}
        return Node(metadata=ObjectMeta(name=self.node_name, labels=labels))

    def remove_pod(self, pod: Pod) -> None:
        """The API server does not know the pod any more (HandlePodRemoves)."""
        uid = pod.metadata.uid
        self.state.undecided.pop(uid, None)
        self.pod_manager.remove(pod)
        self.pod_workers.forget(uid)
        self.runtime_manager.forget(uid)
        self.prober.remove_pod(pod)
        self.housekeeping.pod_removed(pod)

    def handled(self, update: PodUpdate) -> None:
        """All pods of an update were handled."""

    def pod_changed(self, old: Pod | None, pod: Pod) -> None:
        """The API server wants something else of a pod (HandlePodUpdates). old: as it was before."""
        self.dispatch(pod)

    def pod_reported(self, old: Pod | None, pod: Pod) -> None:
        """Only a pod's status is another (HandlePodReconcile)."""
        self.status_manager.reconcile(pod)

    def dispatch(self, pod: Pod) -> None:
        """Have a pod synced, unless it is over (dispatchWork)."""
        if pod.metadata.uid in self.state.undecided:
            return
        if not self.pod_sync.is_terminated(pod):
            self.pod_workers.update(pod)
        elif pod.metadata.deletion_timestamp:
            self.status_manager.terminate(pod)

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


class KubeletV18(Kubelet):
    """What v1.8 does otherwise. Its heartbeats have a client of their own, by the flag heartbeat_timeout."""

    words_class: ClassVar[type[Words]] = WordsOfV18
    new_sandbox = NewSandboxOfV18()
    filter_spam = PER_OBJECT
    resets_labels = True
    keeps_pods_until_records_are_gone = True
    collects_deleted_pods = True

    def sandbox_failed(self, pod: Pod, error: str) -> None:
        self.recorder.of_pod(pod, "Warning", "FailedCreatePodSandBox", "Failed create pod sandbox.")
