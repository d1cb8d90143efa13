"""What one synchronisation of a StatefulSet does: walk up, then down, then through pods of an old template.

Pure functions. Source: v1.7.5, v1.8.0, v1.36 pkg/controller/statefulset/stateful_set_control.go
updateStatefulSet, stateful_set_utils.go. (maxUnavailable is behind a gate that is off in each of them.)
"""

from typing import Final

import msgspec

from clustersim.api.apps import PARALLEL, StatefulSet, StatefulSetStatus
from clustersim.api.core_v1 import PersistentVolumeClaim, Pod
from clustersim.controllermanager.history import REVISION_LABEL
from clustersim.controllermanager.pods import is_available, is_ready
from clustersim.controllermanager.statefulset import rules
from clustersim.controllermanager.statefulset.made import POD_NAME_LABEL
from clustersim.controllermanager.statefulset.retention import is_stale, owners_of
from clustersim.controllermanager.statefulset.ways import Ways
from clustersim.digits import is_whole
from clustersim.engine.rules import Rule, Verdict
from clustersim.engine.time import Micros

MOST_STEPS: Final = 500
"""Pods that a set which does not wait for its neighbours creates in one go (v1.36 MaxBatchSize)."""


INITIALIZED: Final = "pod.alpha.kubernetes.io/initialized"
GO_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")
"""What Go's strconv.ParseBool takes for no."""

CLAIMS: Final = "claims"
OWNERS: Final = "owners"
UPDATE: Final = "update"


class PodStep(msgspec.Struct, frozen=True):
    """What is done about one pod, and why.

    verb: create or delete; claims: create those of its claims that are missing, and say who owns them;
    owners: say that only; update: say that, write its own labels, and tell that it was updated. outdated:
    it goes for an update.
    """

    verb: str
    pod: str
    ordinal: int
    verdict: Verdict
    outdated: bool = False


class Plan(msgspec.Struct, frozen=True):
    """What one synchronisation does, or the pod that it waits for."""

    steps: tuple[PodStep, ...] = ()
    waits: Verdict | None = None


class Look(msgspec.Struct, frozen=True):
    """A set and its pods by ordinal at one moment. current, update: names of revisions.
    claims: by name those that there are, None where nobody cares what becomes of them (v1.7, v1.8).
    """

    owner: StatefulSet
    pods: dict[int, Pod]
    current: str
    update: str
    now: Micros
    ways: Ways
    claims: dict[str, PersistentVolumeClaim] | None = None

    @property
    def first(self) -> int:
        """The lowest ordinal."""
        ordinals = self.owner.spec.ordinals
        return (ordinals.start or 0) if ordinals is not None else 0

    def wants(self, ordinal: int) -> bool:
        """There is to be a pod of that number."""
        return self.first <= ordinal < self.first + self.owner.spec.replicas

    @property
    def ordered(self) -> bool:
        """Each pod waits for those before it."""
        return self.owner.spec.pod_management_policy != PARALLEL

    def claims_of(self, pod: str) -> dict[str, PersistentVolumeClaim | None]:
        """The claims of the pod of that name, by name; None for one that is not there."""
        if self.claims is None:
            return {}
        templates = self.owner.spec.volume_claim_templates
        wanted = [f"{template.metadata.name}-{pod}" for template in templates]
        return {name: self.claims.get(name) for name in wanted}

    def unnamed(self, pod: Pod) -> bool:
        """Its label does not tell its name (identityMatches)."""
        name = pod.metadata.name
        return self.ways.labels_pods and pod.metadata.labels.get(POD_NAME_LABEL) != name

    def misowned(self, pod: Pod, *, surplus: bool) -> list[PersistentVolumeClaim]:
        """Claims of the pod whose owners have to be changed."""
        return [
            claim
            for claim in self.claims_of(pod.metadata.name).values()
            if claim is not None
            and owners_of(self.owner, claim, pod, surplus=surplus) is not claim.metadata.owner_references
        ]

    def running_and_ready(self, pod: Pod) -> bool:
        """It serves; until v1.7 an annotation could say that it does not yet (isRunningAndReady)."""
        if pod.status.phase != "Running" or not is_ready(pod):
            return False
        told = pod.metadata.annotations.get(INITIALIZED) if self.ways.awaits_initialized else None
        return told not in GO_FALSE

    def holds_up(self, pod: Pod) -> Rule | None:
        """Why nothing is done for those after it, None if something may be."""
        if pod.metadata.deletion_timestamp:
            return rules.ORDINAL_LEAVING
        if not self.running_and_ready(pod):
            return rules.ORDINAL_NOT_READY
        if not is_available(pod, self.owner.spec.min_ready_seconds, self.now):
            return rules.ORDINAL_NOT_AVAILABLE
        return None


def ordinal_of(owner: StatefulSet, pod: Pod) -> int | None:
    """The number at the end of its name, None if the pod does not belong there by its name."""
    parent, _dash, number = pod.metadata.name.rpartition("-")
    return int(number) if parent == owner.metadata.name and is_whole(number) else None


def plan_steps(look: Look) -> Plan:
    """What is to be done now."""
    owner, steps = look.owner, list[PodStep]()
    if owner.metadata.deletion_timestamp:
        return Plan()
    for ordinal in range(look.first, look.first + owner.spec.replicas):
        name, pod = f"{owner.metadata.name}-{ordinal}", look.pods.get(ordinal)
        if pod is not None and _has_ended(look, pod):
            if not pod.metadata.deletion_timestamp or look.ways.recreates:
                verdict = rules.ORDINAL_FAILED.holds(pod=name)
                steps.append(PodStep("delete", name, ordinal, verdict))
            if not look.ways.recreates:
                if look.ordered:
                    return Plan(tuple(steps))
                continue
            pod = None
        if pod is None:
            stale = _waits_for_claim(look, name)
            if not stale:
                steps.append(PodStep("create", name, ordinal, rules.ORDINAL_MISSING.holds(pod=name)))
            if look.ordered or len(steps) >= MOST_STEPS:
                return Plan(tuple(steps), stale)
            continue
        steps += _plan_claims(look, pod, ordinal)
        if look.ordered and (why := look.holds_up(pod)):
            return Plan(tuple(steps), why.holds(pod=name))
    return _plan_surplus(look, steps)


def _waits_for_claim(look: Look, pod: str) -> Verdict | None:
    found = look.claims_of(pod).values()
    stale = any(is_stale(look.owner, claim, pod) for claim in found if claim is not None)
    return rules.CLAIM_STALE.holds(pod=pod) if stale else None


def _plan_claims(look: Look, pod: Pod, ordinal: int) -> list[PodStep]:
    """A pod that is pending may wait for claims that somebody has deleted; one that is not is said to be
    updated with its claims, which an ordered set does only if nothing else holds the pod up."""
    name, pending = pod.metadata.name, pod.status.phase == "Pending"
    found = look.claims_of(name).values()
    if pending and any(claim is None or claim.metadata.deletion_timestamp for claim in found):
        return [PodStep(CLAIMS, name, ordinal, rules.CLAIM_MISSING.holds(pod=name))]
    waits = look.ordered and look.holds_up(pod) is not None
    if not waits and look.unnamed(pod):
        return [PodStep(UPDATE, name, ordinal, rules.ORDINAL_UNNAMED.holds(pod=name))]
    if (waits and not pending) or not look.misowned(pod, surplus=False):
        return []
    return [PodStep(OWNERS if pending else UPDATE, name, ordinal, rules.CLAIM_OWNERS.holds(pod=name))]


def _has_ended(look: Look, pod: Pod) -> bool:
    return pod.status.phase == "Failed" or (pod.status.phase == "Succeeded" and not look.ways.recreates)


def _plan_surplus(look: Look, steps: list[PodStep]) -> Plan:
    pods, wanted = look.pods, look.owner.spec.replicas
    inside = range(look.first, look.first + wanted)
    surplus = sorted((ordinal for ordinal in pods if ordinal not in inside), reverse=True)
    for ordinal in surplus:
        if look.misowned(pods[ordinal], surplus=True):
            name = pods[ordinal].metadata.name
            steps.append(PodStep(OWNERS, name, ordinal, rules.CLAIM_OWNERS.holds(pod=name)))
    unhealthy = next((o for o in sorted(pods) if look.holds_up(pods[o])), None)
    for ordinal in surplus:
        name, why = pods[ordinal].metadata.name, look.holds_up(pods[ordinal])
        deleting = bool(pods[ordinal].metadata.deletion_timestamp)
        if look.ordered and why is not None and (deleting or ordinal != unhealthy):
            return Plan(tuple(steps), why.holds(pod=name))
        if not deleting:
            verdict = rules.ORDINAL_SURPLUS.holds(pod=name, wanted=wanted)
            steps.append(PodStep("delete", name, ordinal, verdict))
            if look.ordered:
                return Plan(tuple(steps))
    return _plan_update(look, steps)


def _plan_update(look: Look, steps: list[PodStep]) -> Plan:
    strategy = look.owner.spec.update_strategy
    if strategy.type != "RollingUpdate":
        return Plan(tuple(steps))
    lowest, made = (
        look.first + partition_of(look.owner),
        {step.ordinal for step in steps if step.verb == "create"},
    )
    for ordinal in reversed(range(lowest, look.first + look.owner.spec.replicas)):
        name, pod = f"{look.owner.metadata.name}-{ordinal}", look.pods.get(ordinal)
        if pod is None or ordinal in made:
            return Plan(tuple(steps), rules.ORDINAL_NOT_READY.holds(pod=name))
        if revision_of(pod) != look.update and not pod.metadata.deletion_timestamp:
            verdict = rules.ORDINAL_OUTDATED.holds(pod=name)
            return Plan((*steps, PodStep("delete", name, ordinal, verdict, outdated=True)))
        if why := look.holds_up(pod):
            return Plan(tuple(steps), why.holds(pod=name))
    return Plan(tuple(steps))


def partition_of(owner: StatefulSet) -> int:
    """How many of the lowest pods stay as they are in an update."""
    rolling = owner.spec.update_strategy.rolling_update
    return (rolling.partition or 0) if rolling is not None else 0


def revision_of(pod: Pod) -> str:
    """The name of the revision that a pod is of."""
    return pod.metadata.labels.get(REVISION_LABEL, "")


def wants_current(look: Look, ordinal: int) -> bool:
    """A new pod with that number is one of the current revision and not of the update's
    (newVersionedStatefulSetPod)."""
    strategy = look.owner.spec.update_strategy
    if strategy.type != "RollingUpdate":
        return False
    if strategy.rolling_update is None:
        return ordinal < look.first + look.owner.status.current_replicas
    return ordinal < look.first + partition_of(look.owner)


def counted(look: Look) -> StatefulSetStatus:
    """The status of what is there."""
    owner, pods = look.owner, look.pods.values()
    living = [pod for pod in pods if not pod.metadata.deletion_timestamp]
    ready = [pod for pod in pods if look.running_and_ready(pod)]
    wait = owner.spec.min_ready_seconds
    updated = sum(revision_of(pod) == look.update for pod in living)
    available = sum(is_available(pod, wait, look.now) for pod in ready)
    return StatefulSetStatus(
        observed_generation=owner.metadata.generation,
        replicas=len(pods),
        ready_replicas=len(ready),
        available_replicas=available if look.ways.counts_available else 0,
        current_replicas=sum(revision_of(pod) == look.current for pod in living),
        updated_replicas=0 if look.ways.counts_apart and look.current == look.update else updated,
        current_revision=look.current,
        update_revision=look.update,
    )
