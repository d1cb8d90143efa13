"""What silenced a sender: a rule about something that did not come has no message as its cause, but it has
a cause.

A heartbeat does not come because its kubelet ended or hangs, because docker hangs and the kubelet waits for
it, because the machine has no power, because its network is cut, or because nobody answers at the other
end.
"""

from collections.abc import Iterable
from typing import Final

from clustersim.engine.record import Event
from clustersim.engine.time import Micros

ENDS: Final = {"killed": ("started",), "exited": ("started",), "hung": ("resumed", "started", "killed")}
"""How a process falls silent, and what ends that."""

OTHERS: Final = {"powered-off": ("powered-on",), "cut": ("healed",)}
"""The same for machines and links."""

CENTRAL: Final = ("apiserver", "etcd")


def silencing(events: Iterable[Event], node: str, last_heard: Micros, until: Micros) -> Event | None:
    """The first thing that kept this node's heartbeats from arriving, of those that still did at `until`.

    last_heard: when the last heartbeat arrived; what silenced it came after that, or just before it arrived.
    """
    silent: dict[str, Event] = {}
    for event in events:
        if event.t > until:
            break
        if not _concerns(event, node):
            continue
        for key in [key for key, begun in silent.items() if _ends(begun, event)]:
            del silent[key]
        if event.verb in ENDS or event.verb in OTHERS:
            silent.setdefault(event.object, event)
    late = [event for event in silent.values() if event.t >= last_heard - MARGIN]
    return min(late or silent.values(), key=lambda event: (event.t, event.id), default=None)


MARGIN: Final[Micros] = 1_000_000


def _concerns(event: Event, node: str) -> bool:
    if event.kind == "process":
        return event.object in (f"kubelet@{node}", f"docker@{node}", *CENTRAL)
    return event.kind in ("machine", "network") and event.object == node


def _ends(begun: Event, event: Event) -> bool:
    enders = ENDS.get(begun.verb) or OTHERS[begun.verb]
    return event.object == begun.object and event.verb in enders
