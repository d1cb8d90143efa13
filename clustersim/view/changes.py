"""What changed between two views: per section the items that are new or different, None for those gone."""

from collections.abc import Mapping
from typing import Any

from clustersim.view.structs import Item, View


class Changes(Item, frozen=True, kw_only=True, omit_defaults=True):
    """Key -> whole new item, or None where it is gone."""

    control: dict[str, Any] = {}
    nodes: dict[str, Any] = {}
    deadlines: dict[str, Any] = {}
    workloads: dict[str, Any] = {}
    services: dict[str, Any] = {}


def diff_view(old: View, new: View) -> Changes:
    """What to apply over the old view to get the new one."""
    return Changes(
        control=_changed(old.control, new.control),
        nodes=_changed(old.nodes, new.nodes),
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
