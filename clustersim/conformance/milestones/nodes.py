"""Milestones of nodes and of control plane processes."""

from collections.abc import Callable, Iterator
from typing import Final

from clustersim.conformance import vocabulary
from clustersim.conformance.history import History, became_not_ready, became_ready
from clustersim.conformance.observation import Milestone, NodeFacts
from clustersim.engine.time import Micros, seconds


def node_not_ready(run: History) -> Iterator[Milestone]:
    """Condition Ready leaves True."""
    for change in run.seen.nodes:
        if change.t >= run.start and became_not_ready(change) and change.after is not None:
            yield Milestone("node-not-ready", change.key, change.t, change.after.ready)


def node_ready_again(run: History) -> Iterator[Milestone]:
    """Condition Ready becomes True after it was not, or at a new registration."""
    for change in run.seen.nodes:
        if change.t >= run.start and became_ready(change):
            yield Milestone("node-ready-again", change.key, change.t)


def node_deleted_registered(run: History) -> Iterator[Milestone]:
    """Node object removed; created again."""
    for change in run.seen.nodes:
        if change.t < run.start:
            continue
        if change.after is None:
            yield Milestone("node-deleted", change.key, change.t)
        elif change.before is None:
            yield Milestone("node-registered", change.key, change.t)


def node_tainted(run: History) -> Iterator[Milestone]:
    """A taint with that effect appears in, or disappears from, spec.taints; the value is its key."""
    for t, node, before, after in _steps(run):
        for effect in ("NoSchedule", "NoExecute"):
            had = [key for e, key in before.taints if e == effect]
            has = [key for e, key in after.taints if e == effect]
            for key in has:
                if key not in had:
                    yield Milestone(f"node-tainted-{effect.lower()}", node, t, key)
            for key in had:
                if key not in has:
                    yield Milestone(f"node-untainted-{effect.lower()}", node, t, key)


def node_cordoned(run: History) -> Iterator[Milestone]:
    """spec.unschedulable set, unset."""
    for t, node, before, after in _steps(run):
        if after.unschedulable and not before.unschedulable:
            yield Milestone("node-cordoned", node, t)
        elif before.unschedulable and not after.unschedulable:
            yield Milestone("node-uncordoned", node, t)


def node_rebooted(run: History) -> Iterator[Milestone]:
    """Event Rebooted: the kubelet found another boot id, where recorded nodes have one."""
    if run.recording.release in vocabulary.NO_BOOT_ID:
        return
    for notice in run.seen.notices:
        if notice.t >= run.start and notice.reason == "Rebooted" and notice.kind == "Node":
            yield Milestone("node-rebooted", notice.name, notice.t)


def heartbeat_resumed(run: History) -> Iterator[Milestone]:
    """First node status, today first renewal of the Lease, after the last heal-network or power-on."""
    mended = {a.target: seconds(a.t) for a in run.recording.actions if a.do in ("heal-network", "power-on")}
    for node, since in mended.items():
        times = run.seen.heartbeats.get(node or "", ())
        if (first := next((t for t in times if t >= since), None)) is not None:
            yield Milestone("heartbeat-resumed", node or "", first)


def components(run: History) -> Iterator[Milestone]:
    """A process ended by itself, was started again by its supervisor, became leader, answers."""
    names = {
        "exited": "component-exited",
        "started": "component-started",
        "leads": "leader-acquired",
        "answers": "apiserver-answers",
    }
    recording, free = run.recording, run.start
    serial = recording.supervisor if recording.release in vocabulary.ONE_AT_A_TIME else None
    for change in run.seen.processes:
        if change.t < run.start:
            continue
        t = change.t
        if serial is not None and change.what == "exited":
            # It is noticed when the supervisor has dealt with the one before.
            t = max(t, free)
            free = t + seconds(serial.restart_after_s)
        yield Milestone(names[change.what], change.component, t)


def _steps(run: History) -> Iterator[tuple[Micros, str, NodeFacts, NodeFacts]]:
    for change in run.seen.nodes:
        if change.t >= run.start and change.after is not None:
            yield change.t, change.key, change.before or NodeFacts(change.key, ""), change.after


ALL: Final[tuple[Callable[[History], Iterator[Milestone]], ...]] = (
    node_not_ready,
    node_ready_again,
    node_deleted_registered,
    node_tainted,
    node_cordoned,
    node_rebooted,
    heartbeat_resumed,
    components,
)
