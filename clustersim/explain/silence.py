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

ENDS: Final = {
    "killed": ("started",),
    "exited": ("started",),
    "hung": ("resumed", "started", "killed"),
    "powered-off": ("powered-on",),
    "cut": ("healed",),
}
"""How processes, machines and links fall silent, and what ends that."""

CENTRAL: Final = ("apiserver", "etcd")
"""Without these nothing of what is sent arrives."""

MARGIN: Final[Micros] = 1_000_000


def silencing(
    events: Iterable[Event], concerned: tuple[str, ...], last_heard: Micros | None, until: Micros
) -> Event | None:
    """The first thing that kept these processes, machines or links silent, of those that still did at
    `until`; where none did any more, of those that had since something last arrived.

    last_heard: when something last arrived; what silenced it came after that, or just before it arrived.
    """
    silent: dict[str, Event] = {}
    over: list[Event] = []
    for event in events:
        if event.t > until:
            break
        if event.kind not in ("process", "machine", "network") or event.object not in concerned:
            continue
        for key in [key for key, begun in silent.items() if _ends(begun, event)]:
            over.append(silent.pop(key))
        if event.verb in ENDS:
            silent.setdefault(event.object, event)
    heard = last_heard - MARGIN if last_heard is not None else None
    late = [event for event in silent.values() if heard is None or event.t >= heard]
    past = [event for event in over if heard is not None and event.t >= heard]
    return min(late or silent.values() or past, key=lambda event: (event.t, event.id), default=None)


def _ends(begun: Event, event: Event) -> bool:
    return event.object == begun.object and event.verb in ENDS[begun.verb]
