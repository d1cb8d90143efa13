"""What a page makes of the changes of a tick (`static/room/store.js`)."""

from typing import Any


def applied(view: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The view after the changes, both as JSON."""
    found = dict(view)
    for section, told in changes.items():
        items = dict(view[section])
        for key, change in told.items():
            if change is None:
                del items[key]
            else:
                items[key] = _node(items.get(key), change) if section == "nodes" else change
        found[section] = items
    return found


def _node(before: dict[str, Any] | None, told: dict[str, Any]) -> dict[str, Any]:
    """Of a node that is known only what changed is told, and of its pods what changed of each."""
    if before is None:
        return told
    known = {pod["uid"]: pod for pod in before["pods"]}
    pods = [known.get(pod["uid"], {}) | pod for pod in told.get("pods", before["pods"])]
    return before | told | {"pods": pods}
