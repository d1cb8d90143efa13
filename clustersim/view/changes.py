"""What changed between two views: per section the items that are new or different, None for those gone."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.view.structs import Item, NodeItem, View


class Changes(Item, frozen=True, kw_only=True, omit_defaults=True):
    """Key -> what of the item changed by its names in JSON, the whole item where it is new, None where it is
    gone.

    If the pods of a node are among what changed, each of them is told by its uid and what changed of it, in
    their order.
    """

    control: dict[str, Any] = {}
    nodes: dict[str, Any] = {}
    deadlines: dict[str, Any] = {}
    workloads: dict[str, Any] = {}
    services: dict[str, Any] = {}


SECTIONS: Final = Changes.__struct_fields__


def diff_view(old: View, new: View) -> Changes:
    """What to apply over the old view to get the new one."""
    return Changes(**{name: _changed(getattr(old, name), getattr(new, name)) for name in SECTIONS})


def _changed(old: Mapping[str, Item], new: Mapping[str, Item]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in new.items():
        before = old.get(key)
        if before is None:
            found[key] = item
        elif before is not item and before != item:
            found[key] = _changed_fields(before, item)
    return found | {key: None for key in old if key not in new}


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
