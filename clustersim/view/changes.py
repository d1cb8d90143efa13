"""What changed between two views: per section the items that are new or different, None for those gone."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clustersim.engine.time import Micros
from clustersim.view.structs import DeadlineItem, Item, NodeItem, View


class SeenItem(Item, frozen=True, kw_only=True):
    """The grace of those nodes counts from `origin` now, and is over with the pass at `due`."""

    origin: Micros
    due: Micros | None
    nodes: tuple[str, ...]


class Changes(Item, frozen=True, kw_only=True, omit_defaults=True):
    """Key -> what of the item changed by its names in JSON, the whole item where it is new, None where it is
    gone.

    If the pods of a node are among what changed, each is told by its uid and what changed of it, in their
    order. Of many nodes that do nothing but give signs of life, those are told together: heard, the last
    heartbeat by the name of the node; seen, what their deadlines count from.
    """

    control: dict[str, Any] = {}
    nodes: dict[str, Any] = {}
    deadlines: dict[str, Any] = {}
    workloads: dict[str, Any] = {}
    services: dict[str, Any] = {}
    heard: dict[str, Micros | None] = {}
    seen: tuple[SeenItem, ...] = ()


SECTIONS: Final = ("control", "nodes", "deadlines", "workloads", "services")
NOTHING_KNOWN: Final[Mapping[str, Iterable[str] | None]] = {}


def signs_of_life(
    new: View, heard: Iterable[str], seen: Iterable[str]
) -> tuple[dict[str, Micros | None], tuple[SeenItem, ...]]:
    """What is told together of the nodes that were heard, and of those a sign of life of which was seen."""
    together: dict[tuple[Micros, Micros | None], list[str]] = {}
    for name in seen:
        item: DeadlineItem = new.deadlines[f"grace/{name}"]
        together.setdefault((item.origin, item.due), []).append(name)
    return (
        {name: new.nodes[name].last_heartbeat for name in heard},
        tuple(
            SeenItem(origin=origin, due=due, nodes=tuple(names)) for (origin, due), names in together.items()
        ),
    )


def diff_view(old: View, new: View, among: Mapping[str, Iterable[str] | None] = NOTHING_KNOWN) -> Changes:
    """What to apply over the old view to get the new one; among: by section, the only keys whose items may be
    others.
    """
    sections: dict[str, Any] = {
        name: _changed(getattr(old, name), getattr(new, name), among.get(name)) for name in SECTIONS
    }
    return Changes(**sections)


def _changed(old: Mapping[str, Item], new: Mapping[str, Item], among: Iterable[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in new if among is None else among:
        item, before = new.get(key), old.get(key)
        if before is item:
            continue
        if before is None or item is None:
            found[key] = item
        elif before != item:
            found[key] = _changed_fields(before, item)
    return found if among is not None else found | {key: None for key in old if key not in new}


def _changed_fields(before: Item, item: Item) -> dict[str, Any]:
    """Name in JSON -> value of each field that differs."""
    changed = {
        told: value
        for name, told in zip(item.__struct_fields__, item.__struct_encode_fields__, strict=True)
        if (value := getattr(item, name)) is not (was := getattr(before, name)) and value != was
    }
    if isinstance(before, NodeItem) and isinstance(item, NodeItem) and "pods" in changed:
        known = {pod.uid: pod for pod in before.pods}
        changed["pods"] = [
            {"uid": pod.uid, **_changed_fields(known[pod.uid], pod)} if pod.uid in known else pod
            for pod in item.pods
        ]
    return changed
