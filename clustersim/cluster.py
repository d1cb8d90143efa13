"""A cluster: the public face of the model. Runs a scenario, takes commands, gives snapshots, says what
happened."""

from collections import Counter
from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

import msgspec

from clustersim.api.conditions import says
from clustersim.api.core_v1 import Pod
from clustersim.api.owners import workload_of
from clustersim.apiserver.given import given, with_given
from clustersim.command import Argument, Command, CommandError
from clustersim.engine.calendar import Calendar, by_its_calendar, in_force
from clustersim.engine.collecting import without_collecting
from clustersim.engine.engine import EngineState
from clustersim.engine.process import STOPPED, Process
from clustersim.engine.record import Record, RecordState
from clustersim.engine.state import State, copy_state, digest, large_collections
from clustersim.engine.time import Micros, in_seconds
from clustersim.faults import action_named
from clustersim.flags import FlagError, Flags, refusal
from clustersim.flags.configuration import CONFIGURATIONS
from clustersim.flags.refused import words_of_refusal
from clustersim.images import ImageRegistry
from clustersim.machine import Machine
from clustersim.network import Network
from clustersim.runtime.runtime import ContainerRuntime
from clustersim.scenario.canonical import canonical
from clustersim.scenario_schema import ActionSpec, ObjectSpec, Scenario
from clustersim.workstation import KubectlClient
from clustersim.world import CONTROL_PLANE, World

BOOT_PARTS: Final = 100
"""Who waits for a boot hears of so many parts of it."""


class Snapshot(msgspec.Struct, frozen=True):
    """A moment of a run, to go on from. Shares everything immutable with the run it was taken of."""

    scenario: Scenario
    flags: Flags
    engine: EngineState
    record: RecordState
    actors: dict[str, dict[str, State]]


class Cluster:
    """One running cluster. After construction it is steady and stands at time zero.

    Determinism: the state is a function of (scenario, seed, commands with their times), whatever the steps
    in which it is advanced; nothing that only looks changes it.
    """

    def __init__(
        self, scenario: Scenario, *, record: bool = True, along: Callable[[float], None] | None = None
    ) -> None:
        """along: hears now and then which share of the boot is done."""
        self.scenario = scenario = canonical(scenario)
        with without_collecting():
            self.world = World(scenario, scenario.flags, record=record)
            with in_force(self.calendar):
                self.world.boot()
            if along is not None:
                self._boot_along(along)
            self.run_until(0)

    _in_order: tuple[Scenario | None, tuple[ActionSpec, ...]] = (None, ())
    """A scenario and its actions in the order they happen: looked at with every step."""

    goes_at_once: bool = False
    """Its world is taken apart as soon as nobody holds the cluster: large ones need no look for garbage then.
    Who goes on with a part of such a world holds on to its cluster, too."""

    def __del__(self) -> None:
        if self.goes_at_once:
            self.world.engine.dissolve()

    def _boot_along(self, along: Callable[[float], None]) -> None:
        """Most of the work of a boot is that of its pods: made, bound, started."""
        begin, done = self.now, 0.0
        wanted = sum(spec.replicas or 0 for spec in self.scenario.objects)
        for part in range(1, BOOT_PARTS):
            self.run_until(begin - begin * part // BOOT_PARTS)
            share = part / BOOT_PARTS
            if wanted:
                pods: list[Pod] = list(self.objects("pods").values())
                bound = sum(1 for pod in pods if pod.spec.node_name)
                running = sum(1 for pod in pods if pod.status.phase == "Running")
                share = 0.1 * share + 0.9 * min(1.0, (len(pods) + bound + running) / (3 * wanted))
            done = max(done, share)
            along(done)

    # --- time -------------------------------------------------------------------------------------

    @property
    def now(self) -> Micros:
        """Simulated time in microseconds."""
        return self.world.engine.now

    @property
    def calendar(self) -> Calendar:
        """Which moment simulated time 0 is."""
        return self.world.engine.calendar

    @property
    def record(self) -> Record:
        """What happened, and why."""
        return self.world.engine.record

    def run_until(self, until: Micros) -> None:
        """Advance to `until`; the scenario's own actions are done at their times. Going back is for
        snapshots."""
        actions = self._actions
        while True:
            done = self.world.state.actions_done
            if done >= len(actions) or actions[done].at > until:
                break
            action = actions[done]
            self.world.engine.run_until(action.at)
            self.world.state.actions_done += 1
            self._act(Command(action.do, action.target, action.args), "scenario")
        self.world.engine.run_until(until)

    def next_due(self) -> Micros | None:
        """When the next queue entry or action of the scenario is due."""
        actions = self._actions
        done = self.world.state.actions_done
        dues = [
            t
            for t in (self.world.engine.next_due(), actions[done].at if done < len(actions) else None)
            if t is not None
        ]
        return min(dues, default=None)

    def actions_done(self) -> tuple[ActionSpec, ...]:
        """The actions of the scenario that have been done."""
        return self._actions[: self.world.state.actions_done]

    @property
    def _actions(self) -> tuple[ActionSpec, ...]:
        if self._in_order[0] is not self.scenario:
            self._in_order = (self.scenario, self.scenario.all_actions())
        return self._in_order[1]

    # --- commands ---------------------------------------------------------------------------------

    def apply(self, command: Command, actor: str = "user") -> int:
        """Do something now; returns the id of the act's event. Raises CommandError before anything has
        changed."""
        return self._act(command, actor)

    @by_its_calendar
    def _act(self, command: Command, actor: str) -> int:
        action = action_named(command.do)(self, command.target, command.args)
        action.check()
        engine = self.world.engine
        engine.cause = 0
        act = engine.emit("act", actor, command.do, action.told_as, after=command.args or None)
        action.apply()
        self.world.engine.cause = 0
        return act

    def flags_with(self, component: str, texts: Mapping[str, Argument]) -> Flags:
        """The settings with some of a component's flags changed. Raises CommandError if the binary would
        refuse them."""
        try:
            flags = self.world.state.flags.with_texts(
                {component: {name: str(text) for name, text in texts.items()}}, self.world.release.name
            )
        except FlagError as error:
            raise CommandError(error.message.msgid, **error.message.values) from error
        if (refused := refusal(flags)) is not None:
            raise CommandError(refused.message.msgid, **refused.message.values)
        return flags

    def reconfigure(self, component: str, texts: Mapping[str, Argument]) -> None:
        """Give a component other flags: as in life, its processes are restarted with them. Files of settings
        that somebody has changed on a node are replaced by what holds for all."""
        flags = self.flags_with(component, texts)
        self.world.express.land_all()
        for machine in self.machines.values():
            for path in CONFIGURATIONS.get(component, ()):
                machine.state.configurations.pop(path, None)
        saved = self.as_it_stands()
        cause = self.world.engine.cause
        self._load(saved, flags, record=self.world.engine.record.enabled)
        self.world.engine.cause = cause
        for process in self.processes():
            if process.kind != component:
                continue
            refused, process.status.refusal = process.status.refusal, ""
            if refused or process.status.phase != STOPPED:
                process.kill()
                process.start()

    def refuse(self, component: str, texts: Mapping[str, str]) -> None:
        """Start a component's processes with flags that they refuse: they end at once, and again whenever
        somebody starts them."""
        words = self.words_of_refusal(component, texts)
        for process in [one for one in self.processes() if one.kind == component]:
            process.kill()
            process.status.refusal = words
            process.start()

    def words_of_refusal(self, component: str, texts: Mapping[str, str]) -> str:
        """What a component says of flags that it refuses; "": it starts with them. Raises CommandError for
        what only this model refuses."""
        try:
            return words_of_refusal(self.flags, component, texts, self.world.release.name)
        except FlagError as error:
            raise CommandError(error.message.msgid, **error.message.values) from error

    # --- snapshots --------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """This moment, to go on from later."""
        return copy_snapshot(self.as_it_stands())

    def as_it_stands(self) -> Snapshot:
        """The same without a copy, for who is done with it before the cluster goes on: to write it down, or
        to digest it."""
        world = self.world
        actors = {name: actor.save() for name, actor in world.engine.actors.items()}
        return Snapshot(
            self.scenario, world.state.flags, world.engine.state, world.engine.record.state, actors
        )

    def large_collections(self) -> list[list[Any]]:
        """What its world has very many of, for who lets it go piece by piece. No single node has."""
        engine = self.world.engine
        found = [*large_collections(engine.state), *large_collections(engine.record.state)]
        for name, actor in engine.actors.items():
            if "@" not in name:
                for state in actor.save().values():
                    found += large_collections(state)
        return found

    def _load(self, snapshot: Snapshot, flags: Flags, *, record: bool) -> None:
        """The world anew, in the states of a snapshot."""
        if self.goes_at_once:
            self.world.engine.dissolve()
        self.world = World(self.scenario, flags, record=record)
        engine = self.world.engine
        engine.restore(snapshot.engine)
        engine.record.state = snapshot.record
        for name, saved in snapshot.actors.items():
            engine.actors[name].load(saved)
        self.world.state.flags = flags

    @classmethod
    def restore(cls, snapshot: Snapshot) -> "Cluster":
        """A cluster that goes on from that moment; the snapshot stays as it is."""
        return cls.adopt(copy_snapshot(snapshot))

    @classmethod
    def adopt(cls, snapshot: Snapshot) -> "Cluster":
        """The same where nobody needs the snapshot any more: the cluster goes on with its very states."""
        cluster = cls.__new__(cls)
        cluster.scenario = snapshot.scenario
        with without_collecting():
            cluster._load(snapshot, snapshot.flags, record=True)
        return cluster

    def state_hash(self) -> str:
        """A digest of everything that changes: store, memories, queue, streams, machines."""
        saved = self.as_it_stands()
        return digest(saved.engine, saved.actors)

    # --- looking ----------------------------------------------------------------------------------

    @property
    def flags(self) -> Flags:
        """The settings in force."""
        return self.world.state.flags

    @property
    def machines(self) -> dict[str, Machine]:
        """The nodes' machines by name."""
        return self.world.machines

    @property
    def network(self) -> Network:
        """The network."""
        return self.world.network

    @property
    def registry(self) -> ImageRegistry:
        """The registry of images."""
        return self.world.registry

    @property
    def kubectl(self) -> KubectlClient:
        """The workstation."""
        return self.world.kubectl

    def create(self, spec: ObjectSpec) -> None:
        """Create an object of the scenario."""
        self.world.create(spec)

    def processes(self) -> tuple[Process, ...]:
        """All processes, in the order they were built."""
        return tuple(actor for actor in self.world.engine.actors.values() if isinstance(actor, Process))

    def process(self, kind: str, node: str | None = None) -> Process:
        """The process of that kind, on that node or in the control plane; "runtime" is the container runtime
        of the release. Raises KeyError."""
        kind = self.world.release.runtime if kind == "runtime" else kind
        found = self.world.engine.actors[kind if kind in CONTROL_PLANE else f"{kind}@{node}"]
        if not isinstance(found, Process):
            raise KeyError(kind)
        return found

    def runtime(self, node: str) -> ContainerRuntime:
        """The container runtime of a node. Raises KeyError."""
        return self.world.runtimes[node]

    @property
    def release(self) -> str:
        """Which release it is: "v1.8"."""
        return self.world.release.name

    def object(self, resource: str, key: str) -> Any:
        """An object as the API server has it, None if there is none."""
        found = self.world.etcd.get(resource, key)
        if found is None:
            found = given(self.world.etcd, resource, key, self.release, self.flags.apiserver)
        return found

    def objects(self, resource: str) -> Mapping[str, Any]:
        """All objects of a resource as the API server has them, by key."""
        return with_given(self.world.etcd, resource, self.release, self.flags.apiserver)

    def _repr_html_(self) -> str:
        """How a notebook shows it: each node as the API server believes it, and what really runs there."""
        pods = Counter(pod.spec.node_name for pod in self.objects("pods").values())
        rows = []
        for name, machine in self.machines.items():
            node, disk = self.object("nodes", name), machine.state.disk.get("runtime")
            ready = says(node.status, "Ready") if node else ""
            state = {"True": "Ready", "": "–"}.get(ready, "NotReady")
            running = sum(1 for found in disk.containers.values() if found.state == "running") if disk else 0
            rows.append(f"<tr><th>{escape(name)}<td>{state}<td>{pods[name]}<td>{running}")
        head = "<tr><th>node<th>state<th>pods believed<th>containers running"
        seconds = in_seconds(self.now)
        title = f"{escape(self.scenario.name)} · {self.world.release.version} · t = {seconds:.1f} s"
        return f"<table><caption>{title}</caption>{head}{''.join(rows)}</table>"

    def find_pod(self, text: str) -> Pod | None:
        """A pod by uid, "namespace/name", "pod/name", name, or "owner@node"."""
        pods: Mapping[str, Pod] = self.objects("pods")
        text = text.removeprefix("pods/").removeprefix("pod/").removeprefix("pod:")
        owner, _at, node = text.partition("@")
        for key, pod in pods.items():
            if text in (pod.metadata.uid, key, pod.metadata.name):
                return pod
            if node and pod.spec.node_name == node and _of(pod, owner):
                return pod
        return None


def _of(pod: Pod, workload: str) -> bool:
    found = workload_of(pod)
    return found is not None and found[1] == workload


def copy_snapshot(snapshot: Snapshot) -> Snapshot:
    """A snapshot that shares nothing that changes with another."""
    actors = {
        name: {part: copy_state(state) for part, state in parts.items()}
        for name, parts in snapshot.actors.items()
    }
    return Snapshot(
        snapshot.scenario, snapshot.flags, copy_state(snapshot.engine), copy_state(snapshot.record), actors
    )
