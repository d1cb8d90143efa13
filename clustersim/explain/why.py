"""The chain of causes of an event: from the act, fault, timer or setting that began it to what was asked
about."""

from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.engine.record import Event, Record, RoutineRun
from clustersim.engine.rules import Rule
from clustersim.engine.time import Micros
from clustersim.explain.beginnings import beginning, is_overriding, is_sibling, own_past
from clustersim.flags import find, format_value

SHOWN: Final = 8
"""Links of a chain that are shown; longer ones are folded in the middle, never cut."""


class Setting(msgspec.Struct, frozen=True):
    """A flag that a link's rule compared with: its value now, and the scenario's or the act's that set it."""

    component: str
    flag: str
    value: str
    default: bool


class Link(msgspec.Struct, frozen=True):
    """One link.

    role: act (somebody did it), fault (a process, machine or wire failed), rule (a condition held), routine
    (heartbeats), effect (everything else), setting (a flag without which it would not have come to it;
    `event` is None). folded: not among the shown ones.
    """

    id: int
    t: Micros
    role: str
    event: Event | RoutineRun | None
    settings: tuple[Setting, ...] = ()
    folded: bool = False


class Chain(msgspec.Struct, frozen=True):
    """Links from the beginning to the event asked about."""

    links: tuple[Link, ...]

    @property
    def origin(self) -> Link:
        """Where it began."""
        return self.links[0]


def why(cluster: Cluster, event_id: int) -> Chain:
    """The chain that led to an event. Raises KeyError for an event that is not in the record (any more)."""
    record = cluster.record
    found = record.get(event_id)
    if found is None:
        raise KeyError(event_id)
    backwards: list[Link] = []
    seen: dict[int, bool] = {}
    current: Event | RoutineRun | None = found
    while current is not None and _id(current) not in seen:
        seen[_id(current)] = True
        backwards.append(_link(cluster, current))
        current = _cause(record, current)
    origin = backwards[-1]
    if origin.role == "rule" and origin.settings:
        backwards.append(Link(0, origin.t, "setting", None, origin.settings))
    return Chain(fold(tuple(reversed(backwards))))


def fold(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Mark what is left out at first: plain effects in the middle, until at most SHOWN links remain."""
    surplus = len(links) - SHOWN
    folded = list(links)
    for roles in (("effect", "routine"), ("rule", "effect", "routine", "fault")):
        for index in range(1, len(links) - 1):
            if surplus > 0 and not folded[index].folded and links[index].role in roles:
                folded[index] = msgspec.structs.replace(links[index], folded=True)
                surplus -= 1
    return tuple(folded)


def _id(event: Event | RoutineRun) -> int:
    return event.id if isinstance(event, Event) else event.last_id


def _cause(record: Record, event: Event | RoutineRun) -> Event | RoutineRun | None:
    """The link before: the strongest of the causes, or what began it without a message."""
    if is_overriding(event) and (begun := beginning(record, event)) is not None:
        return begun
    numbers = event.causes if isinstance(event, Event) else ()
    causes = [cause for cause in (record.get(i) for i in numbers) if cause is not None]
    strongest = max(causes, key=_strength, default=None)
    if isinstance(event, Event) and isinstance(strongest, Event) and is_sibling(event, strongest):
        return own_past(record, event) or strongest
    if isinstance(strongest, Event):
        return strongest
    return beginning(record, event) or strongest


def _strength(cause: Event | RoutineRun) -> tuple[bool, bool, int]:
    """Acts before rules before anything else, the latest first: a heartbeat is nobody's reason to act."""
    if isinstance(cause, RoutineRun):
        return (False, False, cause.last_id)
    return (cause.kind == "act", cause.rule is not None, cause.id)


def _link(cluster: Cluster, event: Event | RoutineRun) -> Link:
    if isinstance(event, RoutineRun):
        return Link(event.last_id, event.last, "routine", event)
    settings = settings_of(cluster, event.rule.rule) if event.rule is not None else ()
    return Link(event.id, event.t, _role(event), event, settings)


def _role(event: Event) -> str:
    if event.kind == "act":
        return "act"
    if event.rule is not None:
        return "rule"
    return "fault" if event.kind in ("process", "machine", "network") else "effect"


def settings_of(cluster: Cluster, rule: Rule) -> tuple[Setting, ...]:
    """The flags that a rule compares with, as they are set."""
    flags, defaults = cluster.flags, cluster.world.release.flags
    settings = []
    for name in rule.flags:
        component, _dot, flag = name.partition(".")
        info = find(component, flag)
        value = flags.value(info)
        settings.append(Setting(component, flag, format_value(info, value), value == defaults.value(info)))
    return tuple(settings)
