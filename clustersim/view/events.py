"""Events of the causal record as the page tells them: one sentence each, in both languages."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from clustersim.api.core_v1 import Event as KubernetesEvent
from clustersim.api.core_v1 import Pod
from clustersim.engine.record import Event
from clustersim.engine.rules import Value
from clustersim.engine.time import Micros
from clustersim.i18n import Message
from clustersim.narration import narrate
from clustersim.view.structs import LANGUAGES, Item, Texts

KUBERNETES_EVENT: Final = "kubernetes-event"


class RuleItem(Item, frozen=True, kw_only=True):
    """The rule that fired, and the numbers it compared."""

    id: str
    values: dict[str, Value]


class EventItem(Item, frozen=True, kw_only=True):
    """One event. kind: as in the record, or kubernetes-event; node: the one it is about, if any."""

    id: int
    seq: int
    t: Micros
    kind: str
    actor: str
    object: str
    verb: str
    text: Texts
    causes: tuple[int, ...]
    rule: RuleItem | None
    node: str | None


def event_text(event: Event, language: str = "en") -> str:
    """What the event says to people; "" for what only goes on (a renewal, a count that follows)."""
    return _sentences(narrate(event), language)


def _sentences(messages: tuple[Message, ...], language: str) -> str:
    """Chinese has no spaces between sentences."""
    return (" " if language == "en" else "").join(message.text(language) for message in messages)


def node_of(event: Event) -> str | None:
    """The node an event is about."""
    kind, _, name = event.object.partition("/")
    if kind == "nodes":
        return name
    if event.kind in ("machine", "network") and not name:
        return kind
    for obj in (event.after, event.before):
        if isinstance(obj, Pod) and obj.spec.node_name:
            return obj.spec.node_name
    for text in (event.object, event.actor):
        _, at, machine = text.partition("@")
        if at and text.count("/") == 0:
            return machine
    return None


def event_item(event: Event) -> EventItem | None:
    """The event as the page gets it, None if it says nothing to people."""
    messages = narrate(event)
    if not messages or event.kind == "log":
        return None
    obj: Any = event.after if event.after is not None else event.before
    rule = event.rule
    return EventItem(
        id=event.id,
        seq=event.id,
        t=event.t,
        kind=KUBERNETES_EVENT if isinstance(obj, KubernetesEvent) else event.kind,
        actor=event.actor,
        object=event.object,
        verb=event.verb,
        text={language: _sentences(messages, language) for language in LANGUAGES},
        causes=event.causes,
        rule=RuleItem(id=rule.rule.id, values=rule.values) if rule else None,
        node=node_of(event),
    )


def newest_items(events: Sequence[Event], most: int) -> tuple[EventItem, ...]:
    """The newest of the events that say something, at most so many, oldest first. What is older is not
    looked at: a cluster in trouble has hundreds of thousands.
    """
    said = (item for event in reversed(events) if (item := event_item(event)) is not None)
    return tuple(islice(said, most))[::-1]


def event_items(events: Iterable[Event]) -> tuple[EventItem, ...]:
    """Those of the events that say something, in their order."""
    return tuple(item for event in events if (item := event_item(event)) is not None)
