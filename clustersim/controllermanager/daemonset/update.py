"""Which pods of a DaemonSet are replaced when its template has changed. Pure functions.

Source: v1.7.5, v1.8.0, v1.36 pkg/controller/daemon/update.go rollingUpdate.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from clustersim.api.apps import DaemonSet
from clustersim.api.core_v1 import Pod
from clustersim.controllermanager.daemonset import rules
from clustersim.controllermanager.daemonset.nodes import Place
from clustersim.controllermanager.deployment.sets import amount
from clustersim.controllermanager.history import REVISION_LABEL
from clustersim.controllermanager.pods import is_available
from clustersim.engine.rules import Verdict
from clustersim.engine.time import Micros

GENERATION_LABEL: Final = "pod-template-generation"
GENERATION_ANNOTATION: Final = "deprecated.daemonset.template.generation"
"""Where v1.36 keeps what was a field of the specification."""


class Work(msgspec.Struct, frozen=True):
    """What is to be done: nodes to create a pod for and pods to delete, each with why."""

    create: tuple[tuple[str, Verdict], ...] = ()
    delete: tuple[tuple[Pod, Verdict], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.create or self.delete)


class Look(msgspec.Struct, frozen=True):
    """A set at one moment: what nodes are to it, its pods by node, and the hash of its present template."""

    owner: DaemonSet
    places: Mapping[str, Place]
    on_node: Mapping[str, Sequence[Pod]]
    hashed: str
    now: Micros

    @property
    def wanted(self) -> list[str]:
        """The nodes that should have a pod."""
        return [node for node, place in self.places.items() if place.wanted]

    def available(self, pod: Pod) -> bool:
        """It has been ready for long enough."""
        return is_available(pod, self.owner.spec.min_ready_seconds, self.now)

    def is_new(self, pod: Pod) -> bool:
        """It is of the present template (IsPodUpdated)."""
        labels, generation = pod.metadata.labels, generation_of(self.owner)
        return labels.get(REVISION_LABEL) == self.hashed or (
            bool(generation) and labels.get(GENERATION_LABEL) == generation
        )

    def most_unavailable(self) -> int:
        """maxUnavailable in nodes."""
        rolling = self.owner.spec.update_strategy.rolling_update
        value = rolling.max_unavailable if rolling is not None else None
        return amount(1 if value is None else value, len(self.wanted), up=True)

    def most_surge(self) -> int:
        """maxSurge in nodes."""
        rolling = self.owner.spec.update_strategy.rolling_update
        value = rolling.max_surge if rolling is not None else None
        return amount(value or 0, len(self.wanted), up=True)

    def new_and_old(self, node: str) -> tuple[Pod | None, Pod | None] | None:
        """The pod of the present template on a node and the one of an earlier, None for too many."""
        living = [pod for pod in self.on_node.get(node, ()) if not pod.metadata.deletion_timestamp]
        new = [pod for pod in living if self.is_new(pod)]
        old = [pod for pod in living if not self.is_new(pod)]
        if len(new) > 1 or len(old) > 1:
            return None
        return next(iter(new), None), next(iter(old), None)


def generation_of(owner: DaemonSet) -> str:
    """How often its template was changed, empty if nobody counts."""
    counted = owner.spec.template_generation
    return str(counted) if counted else owner.metadata.annotations.get(GENERATION_ANNOTATION, "")


def is_rolling(owner: DaemonSet) -> bool:
    """It updates by itself."""
    return owner.spec.update_strategy.type == "RollingUpdate"


def outdated(look: Look) -> Work:
    """v1.7, v1.8: old pods that are not available go at once, others as far as maxUnavailable allows, also
    where none is wanted any more. A pod that is being deleted is not available any more."""
    most = look.most_unavailable()
    serving = {
        node: any(look.available(p) and not p.metadata.deletion_timestamp for p in look.on_node.get(node, ()))
        for node in look.wanted
    }
    missing = sum(not serves for serves in serving.values())
    doomed: list[tuple[Pod, Verdict]] = []
    for pod in (pod for node in look.places for pod in look.on_node.get(node, ())):
        if look.is_new(pod) or pod.metadata.deletion_timestamp:
            continue
        if look.available(pod):
            if missing >= most:
                continue
            missing += 1
        doomed.append((pod, rules.DAEMON_OUTDATED.holds(pod=pod.metadata.name, most=most)))
    return Work(delete=tuple(doomed))


def replaced(look: Look) -> Work:
    """v1.36: the same, or with maxSurge the new pod before the old one goes."""
    return _surged(look) if look.most_surge() else _swapped(look)


def _swapped(look: Look) -> Work:
    most, unavailable = look.most_unavailable() or min(1, len(look.wanted)), 0
    at_once: list[Pod] = []
    candidates: list[Pod] = []
    for node in _nodes(look):
        found = look.new_and_old(node)
        if found is None or (found[0] is None) == (found[1] is None):
            unavailable += 1
            continue
        new, old = found
        if new is not None:
            unavailable += not look.available(new)
        elif old is not None and not look.available(old):
            at_once.append(old)
            unavailable += 1
        elif old is not None:
            candidates.append(old)
    doomed = at_once + candidates[: max(0, most - unavailable)]
    return Work(
        delete=tuple((p, rules.DAEMON_OUTDATED.holds(pod=p.metadata.name, most=most)) for p in doomed)
    )


def _surged(look: Look) -> Work:
    most, surging, available = look.most_surge(), 0, 0
    doomed: list[Pod] = []
    leaving: list[Pod] = []
    at_once: list[str] = []
    candidates: list[str] = []
    for node in _nodes(look):
        found = look.new_and_old(node)
        if found is None:
            surging += 1
            continue
        new, old = found
        first = old or new
        available += first is not None and look.available(first)
        if old is None:
            continue
        if new is not None:
            if look.available(new):
                doomed.append(old)
            else:
                surging += 1
        elif not look.places[node].wanted:
            (leaving if look.available(old) else doomed).append(old)
        else:
            (candidates if look.available(old) else at_once).append(node)
    doomed += leaving[: max(0, available - len(look.wanted))]
    nodes = at_once + candidates[: max(0, most - surging)]
    return Work(
        create=tuple((node, rules.DAEMON_SURGE.holds(node=node, most=most)) for node in nodes),
        delete=tuple((pod, rules.DAEMON_SURGED.holds(pod=pod.metadata.name)) for pod in doomed),
    )


def _nodes(look: Look) -> list[str]:
    """Nodes that have a pod or should have one. (The real order is that of a map, which is chance.)"""
    return [node for node, place in look.places.items() if place.wanted or look.on_node.get(node)]
