"""What changed between two views: per section the items that are new or different, None for those gone."""

from collections.abc import Mapping
from typing import Any

import msgspec

from clustersim.view.structs import Item, NodeItem, View


class Changes(Item, frozen=True, kw_only=True, omit_defaults=True):
    """Key -> whole new item, or None where it is gone.

    Of a node that was there before only the fields that changed are told, by their names in JSON; if its pods
    are among them, each of them by its uid and what changed of it, in their order.
    """

    control: dict[str, Any] = {}
    nodes: dict[str, Any] = {}
    deadlines: dict[str, Any] = {}
    workloads: dict[str, Any] = {}
    services: dict[str, Any] = {}


def diff_view(old: View, new: View) -> Changes:
    """What to apply over the old view to get the new one."""
    return Changes(
        control=_changed(old.control, new.control),
        nodes=_changed_nodes(old.nodes, new.nodes),
        deadlines=_changed(old.deadlines, new.deadlines),
        workloads=_changed(old.workloads, new.workloads),
        services=_changed(old.services, new.services),
    )


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    changed = {
        key: item
        for key, item in new.items()
        if (before := old.get(key)) is not item and (before is None or before != item)
    }
    return changed | {key: None for key in old if key not in new}


def _changed_nodes(old: Mapping[str, NodeItem], new: Mapping[str, NodeItem]) -> dict[str, Any]:
    return {
        name: item if item is None or name not in old else _changed_fields_of_node(old[name], item)
        for name, item in _changed(old, new).items()
    }


def _changed_fields_of_node(before: NodeItem, item: NodeItem) -> dict[str, Any]:
    changed = _changed_fields(before, item)
    if "pods" in changed:
        known = {pod.uid: pod for pod in before.pods}
        changed["pods"] = [
            {"uid": pod.uid, **_changed_fields(known[pod.uid], pod)} if pod.uid in known else pod
            for pod in item.pods
        ]
    return changed


def _changed_fields(before: Item, item: Item) -> dict[str, Any]:
    """Name in JSON -> value of each field that differs."""
    return {
        field.encode_name: value
        for field in msgspec.structs.fields(item)
        if (value := getattr(item, field.name)) is not (was := getattr(before, field.name)) and value != was
    }
