"""What settings do to the experiment: when each thing happens after n1's kubelet was stopped, and what that
costs. Plain functions of plain data, computed in workers; every number is the model's.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from clustersim import RELEASES, Cluster, Command, default_scenario
from clustersim.api import core_v1 as v1
from clustersim.api.conditions import is_true
from clustersim.engine.collecting import without_collecting
from clustersim.engine.time import MINUTE, SECOND, Micros
from clustersim.explain.ahead import undisturbed
from clustersim.explain.milestones import milestones
from clustersim.flags import Flags
from clustersim.traffic import WINDOW, Client, TrafficMemory

NODE: Final = "n1"
PHASES: Final = 20
"""Moments of the heartbeat's and the controller's cycle at which the kubelet is stopped."""
BACK: Final = "node-ready-again"
SHOWN: Final = (
    "last-heartbeat",
    "node-not-ready",
    "pods-unknown-first",
    "pods-deletion-timestamp-first",
    "replacement-created",
    "replacement-ready",
    "endpoints-full-again",
    BACK,
)
AFTER: Final[Micros] = 60 * SECOND
"""How long after the last expected thing the kubelet is started again."""
LONGEST: Final[Micros] = 20 * MINUTE
QUIET: Final[Micros] = 3 * MINUTE
"""How long a cluster to which nothing is done is looked at."""

Texts = Mapping[str, Mapping[str, str]]
"""{component: {flag: text}}: what differs from the release's defaults."""


class Trial(msgspec.Struct, frozen=True):
    """One experiment. reached: seconds after the stop, by milestone; lost: requests refused or hung; losing:
    from when to when that happened, in seconds after the stop, to the ten seconds in which callers count.
    """

    reached: dict[str, float]
    lost: int
    losing: tuple[float, float] | None = None


class Calm(msgspec.Struct, frozen=True):
    """Three minutes in which nothing is done. flaps: how often a node turned NotReady all the same; reports:
    heartbeats of the whole cluster in a minute.
    """

    flaps: int
    nodes: int
    reports: float


class Effect(msgspec.Struct, frozen=True):
    """What settings lead to: trials at some of the phases, the calm, and how far was looked (seconds)."""

    trials: tuple[Trial, ...]
    calm: Calm
    back_at: float


def trials(release: str, texts: Texts, phases: Sequence[int], back_at: float) -> tuple[Trial, ...]:
    """The experiment at these phases, the kubelet started again at `back_at` seconds. Raises FlagError."""
    cluster = _at_rest(release, _frozen(texts))
    with without_collecting():
        return tuple(_trial(cluster, phase, round(back_at * SECOND)) for phase in phases)


def calm(release: str, texts: Texts) -> Calm:
    """What a cluster does to which nothing is done. Raises FlagError."""
    cluster = undisturbed(_at_rest(release, _frozen(texts)))
    since, before = cluster.now, _reports(cluster)
    cluster.run_until(since + QUIET)
    flaps = sum(shown.milestone.name == "node-not-ready" for shown in milestones(cluster, since))
    return Calm(flaps, len(cluster.machines), (_reports(cluster) - before) * MINUTE / QUIET)


def back_at(*settings: Flags) -> float:
    """When the kubelet is started again, in seconds after its stop: late enough for all of these."""
    last = max(_patience(flags) for flags in settings)
    return min(last + AFTER, LONGEST) / SECOND


def _patience(flags: Flags) -> Micros:
    manager = flags.controller_manager
    bearing = getattr(flags.apiserver, "default_unreachable_toleration_seconds", None)
    if bearing is not None:
        return manager.node_monitor_grace_period + int(bearing) * SECOND
    return max(manager.node_monitor_grace_period, manager.pod_eviction_timeout)


def flags_of(release: str, texts: Texts) -> Flags:
    """All settings. Raises FlagError."""
    return RELEASES[release].flags.with_texts(texts)


def _frozen(texts: Texts) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (component, flag, text)
        for component in sorted(texts)
        for flag, text in sorted(texts[component].items())
    )


@lru_cache(maxsize=32)
def _at_rest(release: str, settings: tuple[tuple[str, str, str], ...]) -> Cluster:
    texts: dict[str, dict[str, str]] = {}
    for component, flag, text in settings:
        texts.setdefault(component, {})[flag] = text
    scenario = default_scenario(release)
    return Cluster(msgspec.structs.replace(scenario, flags=flags_of(release, texts)))


def _reports(cluster: Cluster) -> int:
    runs = cluster.record.state.runs
    return sum(run.count for name in runs if _is_report(name) for run in runs[name])


def _is_report(name: str) -> bool:
    return name.startswith(("nodes/", "leases/kube-node-lease/"))


def _trial(cluster: Cluster, phase: int, back: Micros) -> Trial:
    copy = undisturbed(cluster)
    copy.world.engine.reseed(copy.world.engine.seed + phase)
    flags = cluster.flags
    cycle = max(flags.kubelet.node_status_update_frequency, flags.controller_manager.node_monitor_period)
    copy.run_until(copy.now + cycle * phase // PHASES)
    since, before = copy.now, _lost(copy)
    copy.apply(Command("stop-kubelet", NODE))
    copy.run_until(since + back)
    lost, losing = _lost(copy) - before, _losing(copy, since)
    copy.apply(Command("start-kubelet", NODE))
    _run_until_ready(copy, since + back + MINUTE)
    reached: dict[str, float] = {}
    if (beat := _last_report(copy, since)) is not None:
        reached["last-heartbeat"] = (beat - since) / SECOND
    for shown in milestones(copy, since):
        if shown.milestone.name == BACK and shown.milestone.t < since + back:
            continue  # it only flaps
        reached.setdefault(shown.milestone.name, (shown.milestone.t - since) / SECOND)
    return Trial({name: reached[name] for name in SHOWN if name in reached}, lost, losing)


def _run_until_ready(cluster: Cluster, limit: Micros) -> None:
    """Until n1 is Ready again: nothing that comes after is shown."""
    while cluster.now < limit and not _is_ready(cluster):
        cluster.run_until(min(cluster.now + SECOND, limit))


def _is_ready(cluster: Cluster) -> bool:
    node = cluster.object("nodes", NODE)
    return isinstance(node, v1.Node) and is_true(node.status, "Ready")


def _last_report(cluster: Cluster, before: Micros) -> Micros | None:
    """When n1 last reported before that time: by a write, or one of a run of writes that changed nothing."""
    runs = cluster.record.state.runs
    names = (f"leases/kube-node-lease/{NODE}", f"nodes/{NODE}")
    beats = [t for name in names for run in runs.get(name, ()) for t in (run.first, run.last)]
    beats += [
        event.t
        for event in cluster.record.since(0)
        if event.kind == "write" and event.object in names and event.actor == f"kubelet@{NODE}"
    ]
    return max((t for t in beats if t <= before), default=None)


def _callers(cluster: Cluster) -> list[TrafficMemory]:
    return [process.state for process in cluster.processes() if isinstance(process, Client)]


def _lost(cluster: Cluster) -> int:
    return sum(memory.refused + memory.hung for memory in _callers(cluster))


def _losing(cluster: Cluster, since: Micros) -> tuple[float, float] | None:
    """From when to when callers lost requests, in seconds."""
    windows = [window for memory in _callers(cluster) for window in memory.windows]
    lost = [
        window.start for window in windows if window.refused + window.hung and window.start >= since - WINDOW
    ]
    if not lost:
        return None
    return max(0, min(lost) - since) / SECOND, (min(max(lost) + WINDOW, cluster.now) - since) / SECOND
