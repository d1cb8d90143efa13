"""A chain of causes as a question: what led to something, to be put in order by whoever learns."""

from typing import Final

import msgspec

from clustersim.cluster import Cluster
from clustersim.engine.record import Event
from clustersim.explain import why
from clustersim.lesson.file.schema import Ask, Option, Text
from clustersim.narration import narrate

MOST_LINKS: Final = 6
FEWEST_LINKS: Final = 3


def what_led_to(cluster: Cluster, event: int) -> tuple[int, ...]:
    """The links of its chain that can be told, no two alike, oldest first; none where there are too few."""
    if not event:
        return ()
    found: dict[str, int] = {}
    for link in why(cluster, event).links:
        if isinstance(link.event, Event) and not link.folded and (told := sentences(link.event, "en")):
            found.setdefault(told, link.event.id)
    links = tuple(found.values())
    if len(links) < FEWEST_LINKS:
        return ()
    return links if len(links) <= MOST_LINKS else (*links[:2], *links[2 - MOST_LINKS :])


def with_links(ask: Ask, cluster: Cluster, links: tuple[int, ...]) -> Ask:
    """The question, with these events as its options, in their order."""
    events = [event for link in links if isinstance(event := cluster.record.get(link), Event)]
    options = tuple(
        Option(id=f"e{event.id}", text=Text(sentences(event, "en"), sentences(event, "zh")))
        for event in events
    )
    return msgspec.structs.replace(ask, options=options)


def sentences(event: Event, language: str) -> str:
    """What an event says. Braces would stand for expressions in a text of a lesson."""
    told = " ".join(message.text(language) for message in narrate(event))
    return told.replace("{", "(").replace("}", ")")
