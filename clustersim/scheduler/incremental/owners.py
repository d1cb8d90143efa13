"""Which Services and controllers a pod belongs to, found by its labels instead of asking each."""

from typing import Any

from clustersim.api.core_v1 import Pod
from clustersim.api.meta import ApiObject, LabelSelector
from clustersim.api.registry import key_of
from clustersim.api.selectors import selection_of

_Key = tuple[str, str]
"""Kind of object and namespace/name."""


class Owners:
    """Objects that select pods, by one of the labels that they select by.

    changes: how many times one came, went or became another, except for its status.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._by_pair: dict[tuple[str, str, str], dict[_Key, ApiObject]] = {}
        self._without: dict[str, dict[_Key, ApiObject]] = {}
        self._by_uid: dict[str, ApiObject] = {}

    def changed(self, old: Any, new: Any) -> None:
        """An object was added, changed or removed."""
        if old is None or new is None or old.spec is not new.spec:
            self.changes += 1
        if old is not None:
            self._place(old).pop(_key(old), None)
            self._by_uid.pop(old.metadata.uid, None)
        if new is not None:
            self._place(new)[_key(new)] = new
            self._by_uid[new.metadata.uid] = new

    def controller_of(self, pod: Pod) -> tuple[Any, ...]:
        """The controller that the pod names as its owner, if it is known."""
        owner = next((one for one in pod.metadata.owner_references if one.controller), None)
        found = self._by_uid.get(owner.uid) if owner is not None else None
        return () if found is None else (found,)

    def of(self, pod: Pod) -> tuple[Any, ...]:
        """The objects that may have to do with the pod: those of its namespace of whose selector it has the
        first label, or that select by no label."""
        namespace = pod.metadata.namespace
        found: dict[_Key, ApiObject] = dict(self._without.get(namespace, {}))
        for pair in pod.metadata.labels.items():
            found |= self._by_pair.get((namespace, *pair), {})
        return tuple(found.values())

    def _place(self, obj: Any) -> dict[_Key, ApiObject]:
        selector: LabelSelector = selection_of(obj)
        namespace = obj.metadata.namespace
        pair = next(iter(selector.match_labels.items()), None)
        if pair is None:
            return self._without.setdefault(namespace, {})
        return self._by_pair.setdefault((namespace, *pair), {})


def _key(obj: ApiObject) -> _Key:
    return type(obj).__name__, key_of(obj)
