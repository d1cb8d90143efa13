"""What is on the stage: the view of a cluster, what changed in it since the last tick, and what happened
meanwhile.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from clustersim import Cluster

SECTIONS: Final = ("control", "nodes", "deadlines", "workloads", "services")
RECENT: Final = 200
"""Events that a late viewer still gets."""


class Change(NamedTuple):
    """What one tick tells."""

    differences: dict[str, dict[str, Any]]
    events: tuple[Any, ...]
    messages: tuple[Any, ...]


class Stage:
    """Remembers what viewers have been told."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.view = cluster.view()
        self._recent: deque[Any] = deque(maxlen=RECENT)

    def next(self) -> Change:
        """What there is to tell since the last time."""
        before, self.view = self.view, self._cluster.view()
        return Change(differences(before, self.view), (), ())

    def recent(self) -> tuple[Any, ...]:
        """The newest events, oldest first."""
        return tuple(self._recent)

    def deadlines(self) -> Iterable[int]:
        """When something is due, as of now."""
        deadlines = self._cluster.view().deadlines.values()
        return [deadline.due for deadline in deadlines if deadline.due is not None and not deadline.frozen]


def differences(before: Any, after: Any) -> dict[str, dict[str, Any]]:
    """Per section of a view the items that are new or different, and None for those that are gone."""
    changes = {}
    for section in SECTIONS:
        changed = _changed(getattr(before, section), getattr(after, section))
        if changed:
            changes[section] = changed
    return changes


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    changed = {key: item for key, item in after.items() if key not in before or before[key] != item}
    changed.update({key: None for key in before if key not in after})
    return changed
