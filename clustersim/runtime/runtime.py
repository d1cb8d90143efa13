"""The container runtime of a machine, as the kubelet and people see it: sandboxes, containers, images.

Its records live on the machine's disk and survive it; whether the containers themselves do is for each
runtime to say. A stopped daemon refuses every call, a hung one never answers.
"""

from typing import Any, ClassVar

import msgspec

from clustersim.api.core_v1 import ResourceRequirements
from clustersim.api.status import Reply
from clustersim.engine.engine import Engine
from clustersim.engine.process import RUNNING as RUNS
from clustersim.engine.process import Memory
from clustersim.engine.time import Micros
from clustersim.flags.node import RuntimeDelays
from clustersim.images import ImageRegistry, familiar
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.addresses import next_address
from clustersim.runtime.api_clients import ClientRound
from clustersim.runtime.ending import Ending
from clustersim.runtime.image_store import ImageStore
from clustersim.runtime.records import (
    CONTAINER,
    CREATED,
    EXITED,
    RUNNING,
    SIGKILLED,
    Container,
    Sandbox,
)
from clustersim.runtime.shared_volumes import with_shared
from clustersim.runtime.usage import memory_available, memory_taken, running_on


class RuntimeMemory(Memory):
    """waiting: calls that came while it starts; stopping: calls that wait for a container to end; executing:
    calls that wait for a command inside one; unlisted: calls of a list that hangs. settings: those of the
    file that it read; None: it is as it was set up. outright: it has no time to stop its containers.
    clients: programs of containers that work with the API; client_watches: what they watch."""

    ready: bool = False
    waiting: list[int] = msgspec.field(default_factory=list)
    stopping: dict[str, list[int]] = msgspec.field(default_factory=dict)
    executing: dict[str, list[int]] = msgspec.field(default_factory=dict)
    list_hangs: bool = False
    settings: Any = None
    outright: bool = False
    unlisted: list[int] = msgspec.field(default_factory=list)
    clients: dict[str, ClientRound] = msgspec.field(default_factory=dict)
    client_watches: dict[str, bool] = msgspec.field(default_factory=dict)


class ContainerRuntime(Ending, ImageStore):
    """A runtime's daemon. Signals the topic of its own name whenever it begins or ceases to answer, and that
    of its contents (`contents_of`) whenever those change.

    `host`: the machine it runs on. Answers of calls are `Reply`s; refusals carry the runtime's message.
    """

    kind: ClassVar[str] = "runtime"
    network_prefix: ClassVar[str] = "172.17"
    own_work: ClassVar[Micros] = 0
    """What it takes to create or to start a container, beside the delays that are set ..."""
    stop_work: ClassVar[Micros] = 0
    """... and to stop one."""

    def __init__(
        self,
        engine: Engine,
        network: Network,
        machine: Machine,
        flags: Any,
        delays: RuntimeDelays,
        registry: ImageRegistry,
    ) -> None:
        super().__init__(engine, network, f"{self.kind}@{machine.name}", machine)
        self.flags = self.given = flags
        self.delays = delays
        self.registry = registry
        engine.observe(machine.address, self.relieve_memory)

    def memory(self) -> RuntimeMemory:
        return RuntimeMemory()

    # --- life -------------------------------------------------------------------------------------

    def _renew_memory(self, state: RuntimeMemory) -> None:
        super()._renew_memory(state)
        self.flags = state.settings or self.given

    def boot(self) -> None:
        """Start, unless the machine cannot do it; calls wait until it is ready (its socket is systemd's)."""
        if refused := self.cannot_start():
            self.exit(refused)
            return
        self.post(self.flags.start_delay, self.became_ready)

    def cannot_start(self) -> str:
        """Why the daemon ends as soon as it starts; empty if it does not."""
        return ""

    def became_ready(self) -> None:
        """The daemon has read its records and answers; programs that went on without it end at their time."""
        memory: RuntimeMemory = self.state
        memory.ready = True
        self.miss()
        for container in list(self.disk.containers.values()):
            if container.state == RUNNING:
                self.follow_program(container)
        self.engine.signal(self.name)
        waiting, memory.waiting = memory.waiting, []
        for call in waiting:
            self.arrive(call)

    @property
    def prompt(self) -> bool:
        """It answers at once; whenever that changes it signals the topic of its name."""
        memory: RuntimeMemory = self.state
        return memory.ready and self.status.phase == RUNS and not memory.list_hangs

    def arrive(self, call: int) -> None:
        """A call reaches the socket; while the daemon starts it waits there."""
        if not self.state.ready and self.running:
            self.state.waiting.append(call)
            self.network.stays_unanswered(call)
        else:
            self.network.arrived(self, call)

    def hold(self, method: str, args: tuple[Any, ...], cause: int) -> None:
        super().hold(method, args, cause)
        if method == "arrive":
            self.network.stays_unanswered(args[0])

    def hang(self) -> None:
        super().hang()
        for call in list(self.network.state.calls.values()):
            if call.server == self.name:
                self.network.stays_unanswered(call.id)
        self.engine.signal(self.name)

    def resume(self) -> None:
        super().resume()
        self.engine.signal(self.name)

    # --- asking -----------------------------------------------------------------------------------

    def serve_version(self, call: int) -> None:
        """Its version: also how the kubelet sees that it is up. Answers with the cgroup driver."""
        self.reply(call, Reply(200, self.flags.cgroup_driver), self.flags.call_latency)

    def serve_ps(self, call: int) -> None:
        """All containers and sandboxes, unless just that hangs."""
        if self.state.list_hangs:
            self.state.unlisted.append(call)
            self.network.stays_unanswered(call)
            return
        self.network.reply(self, call, Reply(200, self.listing()), self.flags.call_latency)

    def hang_list(self) -> None:
        """From now on listing containers never ends, while everything else works."""
        self.state.list_hangs = True
        self.engine.signal(self.name)

    def resume_list(self) -> None:
        """Listing works again; what waits is answered."""
        self.state.list_hangs = False
        unlisted, self.state.unlisted = self.state.unlisted, []
        for call in unlisted:
            self.serve_ps(call)
        self.engine.signal(self.name)

    # --- sandboxes --------------------------------------------------------------------------------

    def serve_run_sandbox(self, call: int, wanted: Sandbox) -> None:
        """Make a pod's sandbox from a record without id and address; without a network plugin there is none,
        unless it shares the host's."""
        if self.host.state.network_lost and not wanted.host_network:
            error = self.no_network(f"{wanted.pod}_{wanted.namespace}")
            self.reply(call, Reply(500, None, "Unknown", error), self.delays.sandbox)
        else:
            self.post(self.delays.sandbox, self.sandbox_runs, call, wanted)

    def sandbox_runs(self, call: int, wanted: Sandbox) -> None:
        """The sandbox and its network are there."""
        sandbox = msgspec.structs.replace(
            wanted, id=self._new_id(), ip=self._new_address(), created_at=self.now
        )
        self.put_sandbox(sandbox)
        self.contents_changed()
        self.reply(call, Reply(200, sandbox))

    def serve_stop_sandbox(self, call: int, sandbox_id: str) -> None:
        """Take a sandbox's network down and end its pause process, which ends at once."""
        sandbox = self.disk.sandboxes.get(sandbox_id)
        if sandbox is not None and sandbox.ready:
            self.put_sandbox(msgspec.structs.replace(sandbox, ready=False))
            self.contents_changed()
        self.reply(call, Reply(200), self.flags.call_latency)

    def serve_remove_sandbox(self, call: int, sandbox_id: str) -> None:
        """Remove a sandbox's record."""
        if self.disk.sandboxes.pop(sandbox_id, None) is not None:
            self.contents_changed()
        self.reply(call, Reply(200), self.flags.call_latency)

    def no_network(self, pod: str) -> str:
        """What it says of a sandbox, of that pod in its namespace, for which there is no network."""
        return f'failed to set up the network of pod "{pod}"'

    # --- containers -------------------------------------------------------------------------------

    def serve_create(self, call: int, wanted: Container) -> None:
        """Make a container from a record without id."""
        self.post(self.delays.create + self.own_work, self.container_created, call, wanted)

    def container_created(self, call: int, wanted: Container) -> None:
        """The container is there and does not run yet; its sandbox may have gone meanwhile."""
        sandbox = self.disk.sandboxes.get(wanted.sandbox_id)
        if sandbox is None or familiar(wanted.image) not in self.disk.images:
            missing = f"container: {wanted.sandbox_id}" if sandbox is None else f"image: {wanted.image}"
            self.reply(call, Reply(404, None, "NotFound", f"Error: No such {missing}"))
            return
        if refusal := self.refusal(wanted):
            self.reply(call, Reply(400, None, "BadRequest", refusal))
            return
        container = msgspec.structs.replace(wanted, id=self._new_id(), created_at=self.now, state=CREATED)
        container = with_shared(container, self.host)
        if container.files:
            container = msgspec.structs.replace(container, found=container.files)
        self.change(container, "created")
        self.reply(call, Reply(200, container))

    def refusal(self, wanted: Container) -> str:
        """Why the daemon does not make such a container; empty if it does."""
        return ""

    def serve_start(self, call: int, container_id: str) -> None:
        """Start a container."""
        self.post(self.delays.start + self.own_work, self.container_starts, call, container_id)

    def container_starts(self, call: int, container_id: str) -> None:
        """Its program runs."""
        container = self.disk.containers.get(container_id)
        if container is None or CONTAINER.after(container.state, "started") is None:
            self.reply(call, Reply(404, None, "NotFound", f"No such container: {container_id}"))
            return
        program = container.program
        if program is not None and program.missing:
            self._not_started(call, container, program.missing)
            return
        begun_at = self.now if program is not None and not program.awaits else None
        serving = program is None or program.answers_at_once
        self.pass_on(container, "started", started_at=self.now, begun_at=begun_at, serving=serving)
        self.follow_program(self.disk.containers[container_id])
        self.reply(call, Reply(200))
        self.relieve_memory()

    def _not_started(self, call: int, container: Container, missing: str) -> None:
        """Its program is not in its image."""
        ended = self.unstartable(msgspec.structs.replace(container, state=EXITED), missing)
        self.change(ended, "not-started")
        self.reply(call, Reply(500, None, "Unknown", self.start_refused(ended)))

    def unstartable(self, container: Container, missing: str) -> Container:
        """What the daemon keeps of one whose program is not there."""
        return container

    def start_refused(self, container: Container) -> str:
        """What it answers then."""
        return container.start_error

    def serve_stop(self, call: int, container_id: str, grace: Micros) -> None:
        """SIGTERM, and SIGKILL after `grace`; answered when the container has ended. Who asks a second time
        may have it end sooner."""
        container = self.disk.containers.get(container_id)
        if container is None or container.state != RUNNING:
            self.reply(call, Reply(200), self.flags.call_latency)
            return
        stopping: dict[str, list[int]] = self.state.stopping
        if container_id not in stopping:
            self.emit("container", "told-to-stop", self.reference_to(container), after=container)
        stopping.setdefault(container_id, []).append(call)
        code = self.stop_code(container, grace)
        if self.obeys(container, grace):
            self.post(self.stop_work + self.delays.stop, self.container_obeys, container_id, code)
        else:
            self.post(self.stop_work + grace, self.grace_is_over, call, container_id, code)

    def grace_is_over(self, call: int, container_id: str, code: int) -> None:
        """A container that does not heed SIGTERM is killed, whoever still wants to know."""
        self.container_obeys(container_id, code)

    def container_obeys(self, container_id: str, code: int) -> None:
        """A container that was told to stop has ended."""
        container = self.disk.containers.get(container_id)
        if container is not None and container.state == RUNNING:
            self.ended(container, code)

    def serve_update(self, call: int, container_id: str, resources: ResourceRequirements) -> None:
        """Another size for a container that runs (UpdateContainerResources): what its program takes stays."""
        container = self.running_container(container_id)
        if container is None:
            self.reply(call, Reply(404, None, "NotFound", f"container is not running: {container_id}"))
            return
        spec = msgspec.structs.replace(container.spec, resources=resources)
        memory = memory_taken(container)
        self.change(msgspec.structs.replace(container, spec=spec, memory=memory), "resized")
        self.reply(call, Reply(200), self.flags.call_latency)

    def serve_memory(self, call: int, pod_uid: str) -> None:
        """What each running container of a pod takes, in bytes (ListContainerStats)."""
        taken = tuple(
            (one.name, memory_taken(one)) for one in running_on(self.host) if one.pod_uid == pod_uid
        )
        self.reply(call, Reply(200, taken), self.flags.call_latency)

    def serve_remove(self, call: int, container_id: str) -> None:
        """Remove a dead container's record."""
        self.remove(container_id)
        self.reply(call, Reply(200), self.flags.call_latency)

    # --- what is done to them ---------------------------------------------------------------------

    def relieve_memory(self) -> None:
        """The kernel is out of memory: it kills who has asked for nothing first, then who takes most."""
        while memory_available(self.host) < 0 and (running := running_on(self.host)):
            victim = max(running, key=lambda one: (not one.spec.resources.requests, memory_taken(one)))
            self.ended(msgspec.structs.replace(victim, oom_killed=True), SIGKILLED)
            self.host.log_out_of_memory()

    def kill_sandbox(self, sandbox_id: str) -> None:
        """A pause process is killed: its pod has no network any more."""
        sandbox = self.disk.sandboxes.get(sandbox_id)
        if sandbox is not None:
            self.put_sandbox(msgspec.structs.replace(sandbox, ready=False))
            self.contents_changed()

    # --- records ----------------------------------------------------------------------------------

    def ended(self, container: Container, code: int) -> None:
        super().ended(container, code)
        for call in self.state.stopping.pop(container.id, ()):
            self.reply(call, Reply(200), self.flags.call_latency)

    def _new_id(self) -> str:
        stream = self.random("ids")
        return stream.digits(4)

    def _new_address(self) -> str:
        """The next free address of the bridge (allocators go round)."""
        disk = self.disk
        own = f"{self.network_prefix}.{self.host.number % 256}.0/24"
        cidr = self.host.state.pod_cidr or own
        taken = {sandbox.ip for sandbox in disk.sandboxes.values() if sandbox.ready}
        address, disk.last_address = next_address(cidr, disk.last_address, taken)
        return address
