"""What a page makes of the changes of a tick (`static/room/store.js`)."""

from typing import Any


def applied(view: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The view after the changes, both as JSON."""
    found = dict(view)
    found["nodes"] = dict(view["nodes"]) | {
        name: view["nodes"][name] | {"lastHeartbeat": at} for name, at in changes.get("heard", {}).items()
    }
    found["deadlines"] = view["deadlines"] | {
        f"grace/{name}": view["deadlines"][f"grace/{name}"] | {"origin": seen["origin"], "due": seen["due"]}
        for seen in changes.get("seen", ())
        for name in seen["nodes"]
    }
    for section, told in changes.items():
        if section in ("heard", "seen"):
            continue
        items = dict(found[section])
        for key, change in told.items():
            if change is None:
                del items[key]
            else:
                items[key] = _item(items.get(key), change)
        found[section] = items
    return found


def _item(before: dict[str, Any] | None, told: dict[str, Any]) -> dict[str, Any]:
    """Of what is known only what changed is told, and of the pods of a node what changed of each."""
    if before is None or "pods" not in told:
        return (before or {}) | told
    known = {pod["uid"]: pod for pod in before["pods"]}
    return before | told | {"pods": [known.get(pod["uid"], {}) | pod for pod in told["pods"]]}
