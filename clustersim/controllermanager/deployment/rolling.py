"""What a Deployment's ReplicaSets should be scaled to: rolling update, resizing, Recreate.

Pure functions: from what is known now to a list of changes of size. Sources: v1.7.5, v1.8.0
pkg/controller/deployment/{rolling,recreate,sync}.go, util/deployment_util.go.
"""

import math

import msgspec

from clustersim.api.apps import Deployment, ReplicaSet
from clustersim.controllermanager.deployment import rules
from clustersim.controllermanager.deployment.sets import (
    MAXIMUM,
    by_age,
    desired_of,
    fenceposts,
    total_wanted,
)
from clustersim.engine.rules import Rule, Verdict


class Scaling(msgspec.Struct, frozen=True):
    """A ReplicaSet that gets another size, and why."""

    name: str
    replicas: int
    verdict: Verdict


def scaling(found: ReplicaSet, replicas: int, rule: Rule, **values: int) -> Scaling:
    """The change of one ReplicaSet to that size."""
    before, name = found.spec.replicas, found.metadata.name
    verdict = rule.holds(set=name, before=before, after=replicas, **values)
    return Scaling(name, replicas, verdict)


def grow_new(deployment: Deployment, new: ReplicaSet, sets: list[ReplicaSet]) -> list[Scaling]:
    """The new ReplicaSet grows as far as the surge allows (reconcileNewReplicaSet)."""
    wanted, have = deployment.spec.replicas, new.spec.replicas
    if have == wanted:
        return []
    if have > wanted:
        return [scaling(new, wanted, rules.RESIZED, wanted=wanted)]
    size = room_for(deployment, have, sets)
    if size == have:
        return []
    surge, _unavailable = fenceposts(deployment)
    total, most = total_wanted(sets), wanted + surge
    values = {"total": total, "most": most, "wanted": wanted, "surge": surge}
    return [scaling(new, size, rules.MAY_GROW, **values)]


def room_for(deployment: Deployment, have: int, sets: list[ReplicaSet]) -> int:
    """How many pods a new ReplicaSet of that size may want (NewRSNewReplicas)."""
    wanted = deployment.spec.replicas
    if deployment.spec.strategy.type == "Recreate":
        return wanted
    surge, _unavailable = fenceposts(deployment)
    room = wanted + surge - total_wanted(sets)
    return have if room <= 0 else have + min(room, wanted - have)


def shrink_old(deployment: Deployment, new: ReplicaSet, old: list[ReplicaSet]) -> list[Scaling]:
    """Old ReplicaSets shrink as far as availability allows, pods that are not available first
    (reconcileOldReplicaSets)."""
    if not total_wanted(old):
        return []
    _surge, unavailable = fenceposts(deployment)
    least = deployment.spec.replicas - unavailable
    missing = new.spec.replicas - new.status.available_replicas
    most = total_wanted([*old, new]) - least - missing
    if most <= 0:
        return []
    changes = _drop_unhealthy(old, most)
    sizes = {found.metadata.name: found.spec.replicas for found in old}
    sizes |= {change.name: change.replicas for change in changes}
    return changes + _drop_available(old, new, sizes, least)


def _drop_unhealthy(old: list[ReplicaSet], most: int) -> list[Scaling]:
    changes, dropped = [], 0
    for found in by_age(old):
        have, available = found.spec.replicas, found.status.available_replicas
        count = min(most - dropped, have - available)
        if have and count > 0:
            dropped += count
            changes.append(scaling(found, have - count, rules.NOT_HEALTHY, available=available))
    return changes


def _drop_available(
    old: list[ReplicaSet], new: ReplicaSet, sizes: dict[str, int], least: int
) -> list[Scaling]:
    available = sum(found.status.available_replicas for found in [*old, new])
    spare = available - least
    changes = []
    for found in by_age(old):
        have = sizes[found.metadata.name]
        count = min(spare, have)
        if have and count > 0:
            spare -= count
            resized = msgspec.structs.replace(found, spec=msgspec.structs.replace(found.spec, replicas=have))
            values = {"available": available, "least": least}
            changes.append(scaling(resized, have - count, rules.MAY_SHRINK, **values))
    return changes


# --- another number of replicas -------------------------------------------------------------------------


def is_resized(deployment: Deployment, sets: list[ReplicaSet]) -> bool:
    """A ReplicaSet with pods was last touched when the Deployment wanted another number (isScalingEvent)."""
    return any(
        desired_of(found) not in (None, deployment.spec.replicas) for found in sets if found.spec.replicas
    )


def resize(deployment: Deployment, new: ReplicaSet | None, old: list[ReplicaSet]) -> list[Scaling]:
    """All ReplicaSets together get the Deployment's size: the only one with pods takes it all, several share
    the difference by their sizes, the largest gets what is left over (scale)."""
    wanted = deployment.spec.replicas
    everything = [*old, *([new] if new is not None else [])]
    active = [found for found in everything if found.spec.replicas]
    if len(active) <= 1:
        only = active[0] if active else new or next(reversed(by_age(old)), None)
        if only is None or only.spec.replicas == wanted:
            return []
        return [scaling(only, wanted, rules.RESIZED, wanted=wanted)]
    if new is not None and is_saturated(deployment, new):
        return [scaling(f, 0, rules.RESIZED, wanted=wanted) for f in old if f.spec.replicas]
    if deployment.spec.strategy.type != "RollingUpdate":
        return []
    return _proportionally(deployment, active)


def is_saturated(deployment: Deployment, new: ReplicaSet) -> bool:
    """The new ReplicaSet has everything the Deployment wants."""
    wanted = deployment.spec.replicas
    return new.spec.replicas == desired_of(new) == new.status.available_replicas == wanted


def _proportionally(deployment: Deployment, active: list[ReplicaSet]) -> list[Scaling]:
    wanted = deployment.spec.replicas
    surge, _unavailable = fenceposts(deployment)
    difference = (wanted + surge if wanted else 0) - total_wanted(active)
    newer = by_age(active)
    if difference > 0:
        newer.reverse()
    newer.sort(key=lambda found: -found.spec.replicas)
    sizes: dict[str, int] = {}
    added = 0
    for found in newer:
        share = _share(found, deployment, surge)
        share = min(share, difference - added) if difference > 0 else max(share, difference - added)
        share = share if difference else 0
        sizes[found.metadata.name] = found.spec.replicas + share
        added += share
    first = newer[0].metadata.name
    sizes[first] = max(0, sizes[first] + difference - added)
    return [scaling(f, sizes[f.metadata.name], rules.RESIZED, wanted=wanted) for f in newer]


def _share(found: ReplicaSet, deployment: Deployment, surge: int) -> int:
    have, wanted = found.spec.replicas, deployment.spec.replicas
    if wanted == 0:
        return -have
    before = desired_of(found, MAXIMUM) or deployment.status.replicas
    if not before:  # nobody can tell: somebody took the annotation off, and there are no pods yet
        return 0
    return math.floor(have * (wanted + surge) / before + 0.5) - have


# --- Recreate -------------------------------------------------------------------------------------------


def stop_old(old: list[ReplicaSet]) -> list[Scaling]:
    """Every old ReplicaSet goes to zero."""
    return [scaling(found, 0, rules.RECREATED) for found in old if found.spec.replicas]


def start_new(deployment: Deployment, new: ReplicaSet) -> list[Scaling]:
    """The new one gets everything."""
    wanted = deployment.spec.replicas
    return [] if new.spec.replicas == wanted else [scaling(new, wanted, rules.RECREATED)]
