"""From a recording to a scenario: what was set up, what was done, and the phases seen before t = 0."""

import msgspec

from clustersim.apiserver.server import WARM_UP
from clustersim.conformance.recording import (
    LeaderPasses,
    RecordedAction,
    RecordedContainer,
    RecordedNode,
    RecordedObject,
    RecordedToleration,
    Recording,
    UnsupportedError,
)
from clustersim.conformance.validation import ARGUMENTS
from clustersim.conformance.vocabulary import ONE_AT_A_TIME
from clustersim.engine.time import MILLISECOND, SECOND, Micros, seconds
from clustersim.faults import ACTIONS
from clustersim.flags import FlagError, Flags, format_duration
from clustersim.programs import RUNS
from clustersim.releases import V1_36, release_named
from clustersim.scenario_schema import (
    HTTP,
    KINDS,
    ActionSpec,
    Argument,
    ContainerSpec,
    NodeSpec,
    ObjectSpec,
    Phase,
    Scenario,
    StrategySpec,
    Supervisor,
    TolerationSpec,
)

RUNTIME_DELAYS = {
    "sandbox": "sandbox",
    "pull_first_time_per_node": "first-pull",
    "pull": "first-pull",
    "create": "create",
    "start": "start",
    "stop": "stop",
}
"""What recordings call the delays of their runtime, and what the model's settings are called."""

HOLLOW = {"sync-frequency": "10s", "eviction-hard": ""}
"""How hollow kubelets differ from real ones (v1.36.2 pkg/kubemark/hollow_kubelet.go); their manager
of containers reserves nothing, so that all of a node can be allocated
(pkg/kubelet/cm/container_manager_stub.go)."""

READY_LATER: dict[str, Micros] = {V1_36.name: 315 * MILLISECOND}
"""How long after its first report a new node is Ready, which is what recordings tell."""

STOPS = {V1_36.name: "stops with 0"}
"""How containers of a recording's runtime end when they are told to, where that is not by the signal."""

UNSAID: dict[str, dict[str, Argument]] = {"power-off": {"containers": "lost"}}
"""What recordings mean where they say nothing."""


class Prepared(msgspec.Struct, frozen=True):
    """A recording ready to be run. `fitted`: its phase was not seen before t = 0 but taken from later.

    loose: nodes of whose first status only a span is known in which it was written.
    """

    scenario: Scenario
    fitted: bool
    loose: dict[str, tuple[Micros, Micros]] = {}


def prepare(recording: Recording, seed: int = 1) -> Prepared:
    """The scenario that repeats this recording. Raises UnsupportedError for what the model does not know."""
    phase, fitted = _phase(recording)
    scenario = Scenario(
        name=recording.id,
        title={"en": recording.title},
        release=release_named(recording.release).name,
        seed=seed,
        flags=_flags(recording),
        nodes=tuple(_node(recording, node) for node in recording.nodes),
        objects=tuple(_object(recording, thing) for thing in recording.objects),
        placement={
            owner: {node: count for node, count in counts.items() if node != "pending"}
            for owner, counts in recording.placement.items()
        },
        placement_by_name=recording.placement_by_ordinal,
        phase=phase,
        supervisor=_supervisor(recording),
        transport=recording.phase.kubelet_transport or HTTP,
        actions=tuple(_action(recording, action) for action in recording.actions if action.do != "watch"),
        until=seconds(recording.final.t),
    )
    return Prepared(scenario, fitted, _loose(recording))


def _loose(recording: Recording) -> dict[str, tuple[Micros, Micros]]:
    """Where the header says so: the first report was up to 1 s later than noted, or up to 1 s earlier."""
    found = {}
    for node in recording.nodes:
        before = [t for t in recording.phase.heartbeats_before.get(node.name, ()) if t < 0]
        if before and _has_no_lease_yet(recording, node.name):
            noted = seconds(before[-1])
            later = _only_to_the_second(recording, node.name)
            found[node.name] = (noted, noted + SECOND) if later else (noted - SECOND, noted)
    return found


def _flags(recording: Recording) -> Flags:
    flags = release_named(recording.release).flags
    runtime = {}
    for step, delay in recording.provenance.runtime_delays_ms.items():
        if step not in RUNTIME_DELAYS:
            raise UnsupportedError(f"runtime delay {step}")
        runtime[RUNTIME_DELAYS[step]] = f"{delay:g}ms"
    # A start of the API server is applied so that it answers when it became effective.
    texts = {"runtime": runtime, "apiserver": {"start-delay": format_duration(WARM_UP)}}
    if "hollow" in recording.provenance.nodes:
        texts["kubelet"] = HOLLOW
    for component, values in recording.flags.items():
        texts[component] = {**texts.get(component, {}), **values}
    for component, values in texts.items():
        for flag, text in values.items():
            try:
                flags = flags.with_texts({component: {flag: text}}, release_named(recording.release).name)
            except FlagError as error:
                raise UnsupportedError(f"flag --{flag}={text} of {component} ({error})") from error
    return flags


def _node(recording: Recording, node: RecordedNode) -> NodeSpec:
    joins = any(a.do == "join-node" and a.target == node.name for a in recording.actions)
    before = [t for t in recording.phase.heartbeats_before.get(node.name, ()) if t < 0]
    heartbeat = before[-1] if before else None
    ready = node.ready_at if node.ready_at is not None and node.ready_at < 0 else None
    if heartbeat is not None and _has_no_lease_yet(recording, node.name):
        # Its first status is its only sign of life; of some only the second is known in which it was written.
        ready = heartbeat + (0.5 if _only_to_the_second(recording, node.name) else 0)
        heartbeat = None
    return NodeSpec(
        name=node.name,
        cpu=node.cpu,
        memory_mib=node.memory_mib,
        ready_at=_reported(recording, ready) if ready is not None else None,
        heartbeat_at=seconds(heartbeat) if heartbeat is not None else None,
        joins=joins,
    )


def _reported(recording: Recording, ready: float) -> Micros:
    """When a node first reported that was Ready then."""
    return seconds(ready) - READY_LATER.get(release_named(recording.release).name, 0)


def _has_no_lease_yet(recording: Recording, node: str) -> bool:
    """A node of a release with Leases whose last heartbeat was a status: its kubelet has just started."""
    of_today = release_named(recording.release).name == V1_36.name
    return of_today and recording.phase.heartbeat_kind.get(node) == "node-status"


def _only_to_the_second(recording: Recording, node: str) -> bool:
    return any(
        "lastHeartbeatTime" in caveat and node in caveat.replace(",", " ").split()
        for caveat in recording.provenance.caveats
    )


def _object(recording: Recording, thing: RecordedObject) -> ObjectSpec:
    if thing.kind not in KINDS:
        raise UnsupportedError(f"object {thing.kind}")
    return ObjectSpec(
        kind=thing.kind,
        name=thing.name,
        namespace=thing.namespace,
        at=seconds(thing.at) if thing.at is not None else None,
        replicas=thing.replicas,
        selector=thing.selector or {},
        labels=thing.labels or {},
        containers=tuple(_container(recording, container) for container in thing.containers),
        restart_policy=thing.restart_policy or "Always",
        node_name=thing.node_name or "",
        node_selector=thing.node_selector or {},
        tolerations=tuple(_toleration(toleration) for toleration in thing.tolerations),
        port=thing.port,
        target_port=thing.target_port,
        cluster_ip=thing.cluster_ip or "",
        api=thing.api,
        strategy=_strategy(thing),
        service_name=thing.service_name or "",
        progress_deadline_s=thing.progress_deadline_s,
        backoff_limit=thing.backoff_limit,
    )


def _strategy(thing: RecordedObject) -> StrategySpec:
    if thing.strategy is None:
        return StrategySpec()
    rolling = thing.strategy.rolling_update
    if rolling is None:
        return StrategySpec(type=thing.strategy.type)
    if rolling.partition is not None:
        raise UnsupportedError(f"partition of {thing.kind}")
    return StrategySpec(
        type=thing.strategy.type, max_unavailable=rolling.max_unavailable, max_surge=rolling.max_surge
    )


def _toleration(toleration: RecordedToleration) -> TolerationSpec:
    return TolerationSpec(
        key=toleration.key,
        operator=toleration.operator,
        value=toleration.value,
        effect=toleration.effect,
        seconds=toleration.toleration_seconds,
    )


def _container(recording: Recording, container: RecordedContainer) -> ContainerSpec:
    exits = container.exits
    does = RUNS if exits is None else f"exit {exits.code} after {exits.after_ms}ms"
    stops = STOPS.get(release_named(recording.release).name)
    return ContainerSpec(
        name=container.name,
        image=container.image,
        port=container.port,
        requests=container.requests or {},
        program=f"{does}; {stops}" if stops else does,
        pull_fails=container.pull is not None,
    )


def _action(recording: Recording, action: RecordedAction) -> ActionSpec:
    if action.do not in ACTIONS:
        raise UnsupportedError(f"action {action.do}")
    args: dict[str, Argument] = {
        name: value for name in ARGUMENTS if (value := getattr(action, name)) is not None
    }
    args = {**UNSAID.get(action.do, {}), **args}
    return ActionSpec(at=_applied(recording, action), do=action.do, target=action.target, args=args)


def _applied(recording: Recording, action: RecordedAction) -> Micros:
    """When it was seen; but the model itself knows how long etcd is back before a write gets through, and the
    API server before it answers."""
    at = seconds(action.effective)
    if action.do == "start-apiserver":
        at = max(seconds(action.t), at - WARM_UP)
    if action.do == "start-etcd":
        reconnect: Micros = release_named(recording.release).components["apiserver"].etcd_reconnect
        at = max(seconds(action.t), at - reconnect)
    return at


def _supervisor(recording: Recording) -> Supervisor:
    told = recording.supervisor
    return (
        Supervisor()
        if told is None
        else Supervisor(
            components=told.components,
            after=seconds(told.restart_after_s),
            one_at_a_time=recording.release in ONE_AT_A_TIME,
        )
    )


def _phase(recording: Recording) -> tuple[Phase, bool]:
    """Only what was seen before t = 0; else, where a pass was seen at all, its phase fitted."""
    tick, gc = recording.phase.node_monitor_tick, recording.phase.gc_pass
    leader = _leader_before_zero(recording)
    if leader is not None:
        leader_since = seconds(leader.leader_since)
        return Phase(
            leader_since=leader_since,
            monitor_pass=_last(leader.seen_at),
            gc_pass=_last(gc.seen_at if gc else ()),
        ), False
    monitor_pass, gc_pass = _last(tick.seen_at if tick else ()), _last(gc.seen_at if gc else ())
    fitted = False
    if monitor_pass is None and tick is not None:
        monitor_pass, fitted = seconds(tick.mod - tick.period), True
    if gc_pass is None and gc is not None:
        gc_pass, fitted = seconds(gc.mod - gc.period), True
    return Phase(monitor_pass=monitor_pass, gc_pass=gc_pass), fitted


def _leader_before_zero(recording: Recording) -> LeaderPasses | None:
    """The last controller-manager that became leader before t = 0, with its passes."""
    tick, leaders = recording.phase.node_monitor_tick, recording.phase.node_monitor_ticks_by_leader
    if not leaders and tick is not None and tick.leader_since is not None:
        leaders = (LeaderPasses(tick.leader_since, tick.seen_at),)
    earlier = [leader for leader in leaders if leader.leader_since < 0]
    return earlier[-1] if earlier else None


def _last(seen_at: tuple[float, ...]) -> Micros | None:
    """The last of these moments before t = 0."""
    before = [seconds(t) for t in seen_at if t < 0]
    return before[-1] if before else None
