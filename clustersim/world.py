"""The world: builds machines, processes and network links from a scenario, boots them, and restarts what a
supervisor watches.

Everything boots at negative times so that at zero the cluster is steady: kubelets register at their times,
the controller-manager leads since its time, objects are created in their order.
"""

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from clustersim.api.decoding import decode_object
from clustersim.api.quantity import millicores
from clustersim.apiserver.alpha import alpha_versions
from clustersim.apiserver.server import ApiServer
from clustersim.controllermanager.process import ControllerManager
from clustersim.engine.actor import Actor
from clustersim.engine.engine import Engine
from clustersim.engine.process import STOPPED, Process
from clustersim.engine.state import State
from clustersim.engine.time import MILLISECOND, MINUTE, SECOND, Micros
from clustersim.etcd import Etcd
from clustersim.express import Express, heartbeat_of, lock_of
from clustersim.flags import Flags
from clustersim.images import ImageRegistry
from clustersim.kubelet.kubelet import Kubelet
from clustersim.kubeproxy import Cohorts
from clustersim.loop_alignment import align, alignments, first_passes
from clustersim.machine import Machine
from clustersim.manifests import build_object
from clustersim.network import Network
from clustersim.releases import Release, release_named
from clustersim.runtime.measuring import Measuring
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.scenario_schema import HTTP2, NodeSpec, ObjectSpec, Scenario
from clustersim.scheduler import Scheduler
from clustersim.traffic.callers import Callers
from clustersim.workstation import KubectlClient

MASTER: Final = "master.local"
"""The machine of the control plane; no node can be called so."""

CONTROL_PLANE: Final = ("etcd", "apiserver", "controller-manager", "scheduler")
BOOT: Final[Micros] = 2 * MINUTE
"""How long before zero the world boots, at least."""

LEAD: Final[Micros] = 20 * SECOND
"""Between the boot of the control plane and the first thing whose time the scenario tells."""

OBJECTS_AT: Final[Micros] = -75 * SECOND
"""When objects without a time of their own are created."""

APART: Final[Micros] = 50 * MILLISECOND
"""Between one and the next."""


P = TypeVar("P", bound=Process)


class WorldState(State):
    """The settings in force, how many of the scenario's actions are done, and when the supervisor is free."""

    flags: Flags
    actions_done: int = 0
    supervisor_free: Micros | None = None


class World(Actor):
    """Everything a scenario describes, as actors of one engine."""

    def __init__(self, scenario: Scenario, flags: Flags, *, record: bool = True) -> None:
        self.release: Release = release_named(scenario.release)
        begin, ticking = boot_time(scenario), scenario.ticking
        engine = Engine(scenario.seed, begin, ticking=ticking, record=record, of_world=self.release.calendar)
        super().__init__(engine, "world")
        self.scenario = scenario
        self.state: WorldState = WorldState(flags)
        http2 = self.release.http2 or scenario.transport == HTTP2
        self.network = Network(engine, flags.network, multiplexed=http2, looked_after=self.release.http2)
        self.registry = ImageRegistry(engine)
        self.machines: dict[str, Machine] = {}
        self.runtimes: dict[str, ContainerRuntime] = {}
        self.kubelets: dict[str, Kubelet] = {}
        self.measuring = Measuring(
            engine,
            self.network,
            self.machines,
            self.release.measured_every,
            young=self.release.measures_young,
        )
        self.callers = Callers(engine, self.network, self.machines, self.runtimes, scenario.clients)
        for actor in (self, self.network, self.registry, self.callers):
            engine.add(actor)
        self._build_control_plane(flags)
        for spec in scenario.nodes:
            self._build_node(spec)
        self._build_clients()
        for name in scenario.supervisor.components:
            engine.observe(f"process/{name}", self._supervise(name))
        for name in [one.name for one in engine.actors.values() if isinstance(one, Process)]:
            if "@" not in name and name not in scenario.supervisor.components:
                engine.observe(f"process/{name}", self._try_again(name))

    # --- building ---------------------------------------------------------------------------------

    def _add(self, process: P) -> P:
        self.engine.add(process)
        return process

    def _build_control_plane(self, flags: Flags) -> None:
        engine, network, classes = self.engine, self.network, self.release.components
        engine.add(Machine(engine, MASTER, cpu_millicores=4000, memory_mib=8192))
        self.etcd = self._add(Etcd(engine, network, "etcd", MASTER, flags.etcd))
        self.apiserver: ApiServer = self._add(
            classes["apiserver"](
                engine,
                network,
                "apiserver",
                MASTER,
                self.etcd,
                flags.apiserver,
                flags.network,
                self.release.name_alphabet,
            )
        )
        self.apiserver.measuring = self.measuring
        self.express = Express(engine, network, self.apiserver)
        self.cohorts = Cohorts(engine, network, self.apiserver)
        self.apiserver.registry.storage.size.begin_with(pods_of(self.scenario))
        self.controller_manager: ControllerManager = self._add(
            classes["controller-manager"](
                engine, network, "controller-manager", MASTER, flags.controller_manager
            )
        )
        self.controller_manager.find_served(alpha_versions(flags.apiserver))
        phase = self.scenario.phase
        self.controller_manager.context.visit_order = phase.visit_order
        self.scheduler: Scheduler = self._add(
            classes["scheduler"](
                engine,
                network,
                "scheduler",
                MASTER,
                flags.scheduler,
                self.scenario.placement,
                self.scenario.placement_by_name,
            )
        )
        for leader in (self.controller_manager, self.scheduler):
            self.express.add(lock_of(leader.elector, self.apiserver, network))
        self.controller_manager.chance = self.scheduler.chance = phase.chance
        self.kubectl = self._add(KubectlClient(engine, network, "kubectl", "workstation"))

    def _build_node(self, spec: NodeSpec) -> None:
        engine, network, classes = self.engine, self.network, self.release.components
        flags = self.flags_of(spec)
        machine = Machine(engine, spec.name, cpu_millicores=millicores(spec.cpu), memory_mib=spec.memory_mib)
        machine.state.kernel = spec.kernel or self.release.kernel
        machine.state.filesystem = spec.filesystem
        machine.labels, machine.annotations, machine.taints = spec.labels, spec.annotations, spec.taints
        machine.capacity, machine.state.clock_skew = spec.capacity, spec.clock_skew
        self.machines[spec.name] = machine
        engine.add(machine)
        runtime_class = classes["runtime"]
        runtime: ContainerRuntime = self._add(
            runtime_class(
                engine, network, machine, flags.of(runtime_class.kind), flags.runtime, self.registry
            )
        )
        self.runtimes[spec.name] = runtime
        kubelet: Kubelet = self._add(
            classes["kubelet"](engine, network, machine, flags.kubelet, self.release)
        )
        self.kubelets[spec.name] = kubelet
        kubelet.chance = self.scenario.phase.chance
        self.express.add(heartbeat_of(kubelet, self.apiserver, network))
        proxy = self._add(classes["kube-proxy"](engine, network, machine, flags.kube_proxy))
        proxy.usual, proxy.release = self.release.flags.kube_proxy, self.release.name
        self.cohorts.add(proxy)
        machine.services = [runtime, kubelet, proxy]

    def _build_clients(self) -> None:
        self.clients: tuple[Process, ...] = tuple(
            self._add(self.release.components["client"](self.engine, self.network, spec, self))
            for spec in self.scenario.clients
        )
        """Who calls Services from outside."""

    def flags_of(self, spec: NodeSpec) -> Flags:
        """The settings in force on that node."""
        return self.state.flags.with_texts(spec.flags) if spec.flags else self.state.flags

    # --- booting ----------------------------------------------------------------------------------

    def boot(self) -> None:
        """Schedule the start of everything, and the creation of the objects that are there at zero."""
        start = self.now
        flags = self.state.flags
        self._start_at(start, "etcd")
        self._start_at(start, "kubectl")
        self._start_at(start + SECOND, "apiserver")
        leading = self._leading(start)
        self._start_at(leading - flags.controller_manager.start_delay - LOCK_TAKEN, "controller-manager")
        expected = leading + self.controller_manager.first_pass_delay()
        self.controller_manager.context.first_passes = first_passes(self.scenario, flags, expected)
        for told in alignments(self.scenario, flags, leading):
            self.engine.post(told.moment, self.name, 0, "align", (told.process, told.loop, told.at))
        chance = self.scenario.phase.chance
        later = (
            self.random(f"scheduler/{chance}").below(flags.scheduler.leader_elect_retry_period)
            if chance
            else 0
        )
        self._start_at(start + flags.apiserver.start_delay + 4 * SECOND + later, "scheduler")
        for spec in self.scenario.nodes:
            self._start_at(start + SECOND, f"{self.release.runtime}@{spec.name}")
            self._start_at(start + flags.apiserver.start_delay + 3 * SECOND, f"kube-proxy@{spec.name}")
            if not spec.joins:
                self._start_at(self._kubelet_start(spec, start), f"kubelet@{spec.name}")
        for client in self.scenario.clients:
            self._start_at(0, f"client@{client.name}")
        initial = self.scenario.initial_objects()
        for index, obj in enumerate(initial):
            due = OBJECTS_AT + index * APART if obj.at is None else obj.at
            self.engine.post(max(due, start + LEAD), self.name, 0, "create_initial", (index,))
        for index in range(len(self.scenario.manifests)):
            due = OBJECTS_AT + (len(initial) + index) * APART
            self.engine.post(due, self.name, 0, "create_manifest", (index,))
        for obj in self.scenario.objects:
            for container in obj.containers:
                if container.pull_fails:
                    self.registry.refuse(container.image)

    def _start_at(self, due: Micros, process: str) -> None:
        self.engine.post(due, self.name, 0, "start_process", (process,))

    def _leading(self, start: Micros) -> Micros:
        flags = self.state.flags.controller_manager
        phase = self.scenario.phase
        since = phase.leader_since
        if since is None and phase.monitor_pass is not None:
            step = flags.node_monitor_period + flags.monitor_pass_cost
            first = start + LEAD
            since = phase.monitor_pass - self.controller_manager.first_pass_delay()
            since -= max(0, (since - first) // step) * step
        if since is None:
            since = start + LEAD - 2 * SECOND + self.random("controller-manager").below(5 * SECOND)
        return since

    def _kubelet_start(self, spec: NodeSpec, start: Micros) -> Micros:
        flags = self.flags_of(spec).kubelet
        ready = spec.ready_at
        period = flags.node_status_update_frequency + HEARTBEAT_COST
        if ready is None and spec.heartbeat_at is not None:
            ready = spec.heartbeat_at
            ready -= max(0, (ready - (start + LEAD)) // period) * period
        if ready is None:
            ready = start + LEAD + self.random(f"kubelet/{spec.name}").below(period)
        return ready - flags.start_delay

    def align(self, process: str, loop: str, at: Micros) -> None:
        """A periodic loop is put where the scenario says it stands."""
        found = self.engine.actors[process]
        if isinstance(found, Process):
            self.express.land(found.name)
            align(found, loop, at)

    def start_process(self, name: str) -> None:
        """A process is started by its machine's init system."""
        process = self.engine.actors[name]
        if isinstance(process, Process):
            process.start()

    def create_initial(self, index: int) -> None:
        """An object that is there at zero is created."""
        self.create(self.scenario.initial_objects()[index])

    def create_manifest(self, index: int) -> None:
        """An object that a manifest describes is created."""
        plain = msgspec.json.decode(self.scenario.manifests[index])
        found = decode_object(plain, self.release.name)
        self.kubectl.create(found.obj, found.api_version)

    def create(self, spec: ObjectSpec) -> None:
        """Somebody creates an object of the scenario."""
        self.kubectl.create(build_object(spec), spec.api)

    # --- supervision ------------------------------------------------------------------------------

    def _supervise(self, name: str) -> Callable[[], None]:
        def ended() -> None:
            supervisor, noticed = self.scenario.supervisor, self.now
            if supervisor.one_at_a_time and self.state.supervisor_free is not None:
                noticed = max(noticed, self.state.supervisor_free)
            self.state.supervisor_free = noticed + supervisor.after
            self.engine.post(noticed + supervisor.after, self.name, 0, "restart", (name,))

        return ended

    def _try_again(self, name: str) -> Callable[[], None]:
        """The init system of the master starts a program again that refuses its command line."""

        def ended() -> None:
            process = self.engine.actors[name]
            if isinstance(process, Process) and process.status.refusal and process.status.exited:
                self.engine.post(self.now + TRIES_AGAIN, self.name, 0, "restart", (name,))

        return ended

    def restart(self, name: str) -> None:
        """The supervisor starts a component that exited, unless somebody else did or it was stopped on
        purpose."""
        process = self.engine.actors[name]
        if isinstance(process, Process) and process.status.phase == STOPPED and process.status.exited:
            process.start()


TRIES_AGAIN: Final[Micros] = 5 * SECOND
"""RestartSec of the units of the control plane."""
HEARTBEAT_COST: Final[Micros] = 10 * MILLISECOND
LOCK_TAKEN: Final[Micros] = 10 * MILLISECOND


def pods_of(scenario: Scenario) -> int:
    """How many pods the objects of a scenario want."""
    nodes = len(scenario.nodes)
    manifests = sum(_pods_of_manifest(text, nodes) for text in scenario.manifests)
    return manifests + sum(_pods_of(spec, nodes) for spec in scenario.objects)


def _pods_of_manifest(text: str, nodes: int) -> int:
    plain = msgspec.json.decode(text)
    spec = plain.get("spec") or {}
    match plain.get("kind"):
        case "DaemonSet":
            return nodes
        case "Job":
            return int(spec.get("parallelism", 1))
        case "Pod":
            return 1
        case "Deployment" | "ReplicaSet" | "ReplicationController" | "StatefulSet":
            return int(spec.get("replicas", 1))
    return 0


def _pods_of(spec: ObjectSpec, nodes: int) -> int:
    if spec.kind == "DaemonSet":
        return nodes
    if spec.kind == "Job":
        return 1 if spec.parallelism is None else spec.parallelism
    return 1 if spec.replicas is None else spec.replicas


def boot_time(scenario: Scenario) -> Micros:
    """When the world boots: early enough for everything whose time the scenario tells, and on a whole
    second."""
    phase = scenario.phase
    told = [spec.at for spec in scenario.objects if spec.at is not None]
    for node in scenario.nodes:
        told += [t for t in (node.ready_at, node.heartbeat_at) if t is not None]
    told += [t for t in (phase.monitor_pass, phase.gc_pass, phase.leader_since) if t is not None]
    first = min((t for t in told if t < 0), default=0)
    settled = _slowest_report(scenario) + LEAD + 10 * SECOND - OBJECTS_AT
    return min(-BOOT, (first - LEAD - 10 * SECOND) // SECOND * SECOND, -settled // SECOND * SECOND)


def _slowest_report(scenario: Scenario) -> Micros:
    """How long the slowest kubelet may take until it first reports: objects are created when all nodes are
    ready, so that pods are spread over all of them."""
    own = [scenario.flags_of(node.name) for node in scenario.nodes if node.flags]
    periods = [flags.kubelet.node_status_update_frequency for flags in (scenario.flags, *own)]
    return max(periods) + HEARTBEAT_COST
