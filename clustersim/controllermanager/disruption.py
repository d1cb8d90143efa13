"""The disruption controller: it counts for every PodDisruptionBudget how many of its pods may be evicted now.

The API server lets an eviction through only against that number, and notes the pod as disrupted; such a pod
does not count as healthy any more, also before its deletion shows.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/disruption/disruption.go.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

import msgspec

from clustersim.api.api_resource import Resource
from clustersim.api.budgets import guards
from clustersim.api.conditions import condition_of
from clustersim.api.core_v1 import Pod, PodCondition
from clustersim.api.decoding import resource_for
from clustersim.api.meta import Condition, LabelSelector, replace
from clustersim.api.owners import controller_of
from clustersim.api.policy import PodDisruptionBudget, PodDisruptionBudgetStatus
from clustersim.api.registry import key_of, resources_of
from clustersim.api.status import Reply
from clustersim.api.timestamp import micros, rfc3339
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager import rules
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.deployment.sets import amount
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.controllermanager.pods import is_ready
from clustersim.engine.rules import Verdict
from clustersim.engine.time import MINUTE, SECOND, Micros

SOURCE: Final = "disruption.go"
DELETION_TIMEOUT: Final[Micros] = 2 * MINUTE
"""How long a pod whose eviction was allowed counts as gone, if it is not being deleted."""

UNMANAGED: Final = (
    "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a "
    "result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. "
    'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
)

_BY_KUBELET: Final = "TerminationByKubelet"
"""Why a pod is disrupted for good: its kubelet ends it."""

OWNERS: Final = {
    "ReplicationController": "replicationcontrollers",
    "ReplicaSet": "replicasets",
    "StatefulSet": "statefulsets",
}
"""Controllers of which it can be said how many pods they want."""


class Expected(msgspec.Struct, frozen=True):
    """How many pods there should be, how many of them must be healthy, and whether nobody counts for some."""

    count: int
    healthy: int
    unmanaged: bool = False


class Uncounted(Exception):
    """It cannot be said how many pods there should be; its text is the controller's."""


class DisruptionController(Controller):
    """Counts for PodDisruptionBudgets; as in v1.7 and v1.8."""

    waits_for: ClassVar[tuple[str, ...]] = ("pods", "poddisruptionbudgets", *OWNERS.values(), "deployments")
    title: ClassVar[str] = "disruption"
    tells: ClassVar[bool] = False

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "disruption-controller", "controllermanager")
        self.budgets = self.shared.get("poddisruptionbudgets", self.budget_changed)
        self.pods = self.shared.get("pods", self.pod_changed)
        self.owners = {kind: self.shared.get(resource) for kind, resource in OWNERS.items()}
        self.deployments = self.shared.get("deployments")
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    # --- what the watches show --------------------------------------------------------------------

    def budget_changed(self, old: PodDisruptionBudget | None, new: PodDisruptionBudget | None) -> None:
        """A budget was added or changed."""
        if new is not None:
            self.queue.add(key_of(new))

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        """A pod was added, changed or removed: its budget counts anew, of several any one."""
        pod = new or old
        if pod is None or not self.budgets.state.cache:
            return
        found = [one for one in self.budgets.list() if guards(one, pod, today=self.tells)]
        if len(found) > 1:
            place = f'"{pod.metadata.namespace}"/"{pod.metadata.name}"'
            told = f'Pod {place} matches multiple PodDisruptionBudgets.  Chose "{found[0].metadata.name}" '
            self.tell(pod, "Warning", "MultiplePodDisruptionBudgets", f"{told}arbitrarily.")
        if found:
            self.queue.add(key_of(found[0]))

    def armed(self, resource: str, key: str) -> Iterator[Verdict]:
        """A budget that allows no eviction now."""
        namespace, _, name = key.partition("/")
        budget = self.budgets.get(namespace, name) if resource == "poddisruptionbudgets" else None
        if budget is not None and not budget.status.disruptions_allowed:
            yield _verdict(key, budget.status, holds=False)

    # --- a synchronisation --------------------------------------------------------------------------

    def sync(self, key: str) -> None:
        """Count for one budget."""
        namespace, _, name = key.partition("/")
        budget: PodDisruptionBudget | None = self.budgets.get(namespace, name)
        if budget is None:
            self.queue.done(key)
            return
        pods = [pod for pod in self.pods.list() if guards(budget, pod, today=self.tells)]
        if not pods:
            self.tell(budget, "Normal", "NoPods", "No matching pods found")
        try:
            expected = self._expected(budget, pods)
        except Uncounted as why:
            text = f"Failed to calculate the number of expected pods: {why}"
            self.tell(budget, "Warning", "CalculateExpectedPodCountFailed", text)
            self.log(f"Failed to sync pdb {key}: {why}", SOURCE, "E")
            self.write(key, budget, self.failed(budget, str(why)))
            return
        if expected.unmanaged:
            self.tell(budget, "Warning", "UnmanagedPods", UNMANAGED.format(selector=as_go(budget)))
        for pod in overdue(budget, pods, self.now):
            place = f"{namespace}/{namespace}"  # The namespace twice, as the real one says it.
            told = f"Pod was expected by PDB {place} to be deleted but it wasn't"
            self.tell(pod, "Warning", "NotDeleted", told)
        disrupted = disrupted_now(budget, pods, self.now)
        status = counted(budget, pods, expected, disrupted, self.now, tells=self.tells)
        for since in disrupted.values():
            self.queue.add_after(key, micros(since) + DELETION_TIMEOUT + SECOND - self.now)
        self.write(key, budget, status)

    def write(self, key: str, budget: PodDisruptionBudget, status: PodDisruptionBudgetStatus) -> None:
        """What was found is written if it is something else than before."""
        if status == budget.status:
            self.queue.done(key)
            return
        if status.disruptions_allowed != budget.status.disruptions_allowed:
            verdict = _verdict(key, status, holds=True)
            self.decide("count-disruptions", f"poddisruptionbudgets/{key}", verdict)
        self.api.update_status(replace(budget, status=status), self.then(self.written, key))

    def written(self, reply: Reply, key: str) -> None:
        """The counts were written, or somebody was faster."""
        if reply.ok or reply.status == 404:
            self.queue.done(key)
        else:
            self.log(f"Error syncing PodDisruptionBudget {key}, requeuing: {reply.message}", SOURCE, "E")
            self.queue.retry(key)

    def failed(self, budget: PodDisruptionBudget, why: str) -> PodDisruptionBudgetStatus:
        """The status where nothing can be counted: nothing may go (failSafe)."""
        return replace(budget.status, disruptions_allowed=0)

    def uncontrolled(self, budget: PodDisruptionBudget, pod: Pod) -> bool:
        """A pod that nothing counts for. Raises Uncounted, as v1.7 and v1.8 do at the first."""
        why = f'found no controllers for pod "{pod.metadata.name}"'
        self.tell(budget, "Warning", "NoControllers", why)
        raise Uncounted(why)

    def _expected(self, budget: PodDisruptionBudget, pods: list[Pod]) -> Expected:
        spec = budget.spec
        if spec.max_unavailable is not None:
            count, unmanaged = self._wanted(budget, pods)
            most = amount(spec.max_unavailable, count, up=True)
            return Expected(count, max(0, count - most), unmanaged)
        if isinstance(spec.min_available, int):
            return Expected(len(pods), spec.min_available)
        count, unmanaged = self._wanted(budget, pods)
        return Expected(count, amount(spec.min_available or 0, count, up=True), unmanaged)

    def _wanted(self, budget: PodDisruptionBudget, pods: Iterable[Pod]) -> tuple[int, bool]:
        """How many pods the controllers of these want together, and whether some have none
        (getExpectedScale). Raises Uncounted."""
        scales: dict[str, int] = {}
        unmanaged = False
        for pod in pods:
            owner = self._scaled(pod)
            if owner is None:
                unmanaged = self.uncontrolled(budget, pod) or unmanaged
            else:
                scales[owner.metadata.uid] = owner.spec.replicas
        return sum(scales.values()), unmanaged

    def _scaled(self, pod: Pod) -> Any:
        """What says how many such pods there should be: its controller, or the Deployment above it."""
        reference = controller_of(pod)
        if reference is None or reference.kind not in self.owners:
            return None
        found = self.owners[reference.kind].get(pod.metadata.namespace, reference.name)
        if found is None or found.metadata.uid != reference.uid:
            return None
        above = controller_of(found)
        if above is None or above.kind != "Deployment":
            return found
        return self.deployments.get(pod.metadata.namespace, above.name) or found


class DisruptionControllerV136(DisruptionController):
    """v1.36: a condition tells, too; pods without a controller keep nobody from being counted."""

    tells = True

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context)
        self.stale = WorkQueue(self.process, f"{self.name}-stale", self.sync_stale)
        self.definitions = self.shared.get("customresourcedefinitions")

    def start(self) -> None:
        super().start()
        self.stale.open()

    def pod_changed(self, old: Pod | None, new: Pod | None) -> None:
        super().pod_changed(old, new)
        if new is not None and (left := until_stale(new, self.now)) is not None:
            self.stale.add_after(key_of(new), max(0, left))

    def sync_stale(self, key: str) -> None:
        """A pod that was to be disrupted and is not being deleted after two minutes will stay: its condition
        says so (syncStalePodDisruption)."""
        namespace, _, name = key.partition("/")
        pod: Pod | None = self.pods.get(namespace, name)
        left = None if pod is None else until_stale(pod, self.now)
        if pod is None or left is None:
            self.stale.done(key)
            return
        if left > 0:
            self.stale.done(key)
            self.stale.add_after(key, left)
            return
        self.decide("reset-disruption", f"pods/{key}", rules.DISRUPTION_STALE.holds(pod=name))
        condition = PodCondition(
            type="DisruptionTarget",
            status="False",
            last_transition_time=rfc3339(self.now),
            observed_generation=pod.metadata.generation,
        )
        status = replace(pod.status, conditions=(condition,))
        then = self.then(self.reset, key)
        self.api.patch_status("pods", namespace, name, status, then, before=pod.status)

    def reset(self, reply: Reply, key: str) -> None:
        """The condition was written, or the pod is gone."""
        self.stale.answered(key, reply)

    def failed(self, budget: PodDisruptionBudget, why: str) -> PodDisruptionBudgetStatus:
        status = budget.status
        told = _condition(budget, 0, self.now, "SyncFailed", why, status.observed_generation)
        return replace(status, disruptions_allowed=0, conditions=_with(status.conditions, told))

    def _added(self, version: str, kind: str) -> Resource | None:
        """The resource of an added kind."""
        added = resources_of(self.traits.release, self.definitions.list()).values()
        served = (one for one in added if one.kind == kind and version in one.versions[self.traits.release])
        return next(served, None)

    def uncontrolled(self, budget: PodDisruptionBudget, pod: Pod) -> bool:
        reference = controller_of(pod)
        if reference is None:
            return True
        version, kind = reference.api_version, reference.kind
        resource = resource_for(version, kind, self.traits.release)
        if resource is None:
            resource = self._added(version, kind)
        if resource is None:
            raise Uncounted(f'no matches for kind "{kind}" in version "{version}"')
        if kind in self.owners or "scale" in resource.subresources:
            raise Uncounted(f'found no controllers for pod "{pod.metadata.name}"')
        group = resource.group_in(self.traits.release)
        name = f"{resource.plural}.{group}" if group else resource.plural
        raise Uncounted(f"{name} does not implement the scale subresource")


# --- pure functions -------------------------------------------------------------------------------------


def until_stale(pod: Pod, now: Micros) -> Micros | None:
    """How long until the pod counts as one that was to be disrupted and stays; None if it never will
    (nonTerminatingPodHasStaleDisruptionCondition)."""
    if pod.metadata.deletion_timestamp or pod.status.phase in ("Succeeded", "Failed"):
        return None
    target = condition_of(pod.status, "DisruptionTarget")
    if target is None or target.status != "True" or target.reason == _BY_KUBELET:
        return None
    return micros(target.last_transition_time) + DELETION_TIMEOUT - now


def disrupted_now(budget: PodDisruptionBudget, pods: Iterable[Pod], now: Micros) -> dict[str, str]:
    """Pods whose eviction was allowed a short while ago and that are not being deleted yet."""
    known = budget.status.disrupted_pods
    return {
        pod.metadata.name: known[pod.metadata.name]
        for pod in pods
        if pod.metadata.name in known
        and not pod.metadata.deletion_timestamp
        and _until(known[pod.metadata.name]) >= now
    }


def _until(since: str) -> Micros:
    """When a pod counts as one that stays; no time at all was long ago."""
    return micros(since) + DELETION_TIMEOUT if since else 0


def overdue(budget: PodDisruptionBudget, pods: Iterable[Pod], now: Micros) -> list[Pod]:
    """Pods whose eviction was allowed and that nobody deletes (buildDisruptedPodMap)."""
    known = budget.status.disrupted_pods
    return [
        pod
        for pod in pods
        if (since := known.get(pod.metadata.name)) is not None
        and not pod.metadata.deletion_timestamp
        and _until(since) < now
    ]


def counted(
    budget: PodDisruptionBudget,
    pods: Iterable[Pod],
    expected: Expected,
    disrupted: dict[str, str],
    now: Micros,
    *,
    tells: bool,
) -> PodDisruptionBudgetStatus:
    """The status as it is now. tells: with the condition of v1.36."""
    healthy = sum(
        is_ready(pod) and not pod.metadata.deletion_timestamp and pod.metadata.name not in disrupted
        for pod in pods
    )
    allowed = max(0, healthy - expected.healthy) if expected.count > 0 else 0
    return PodDisruptionBudgetStatus(
        current_healthy=healthy,
        desired_healthy=expected.healthy,
        expected_pods=expected.count,
        disruptions_allowed=allowed,
        disrupted_pods=disrupted,
        observed_generation=budget.metadata.generation,
        conditions=_with(budget.status.conditions, _condition(budget, allowed, now)) if tells else (),
    )


def _with(conditions: tuple[Condition, ...], told: Condition) -> tuple[Condition, ...]:
    """Those with this one in its place; what others wrote stays (SetStatusCondition)."""
    if any(one.type == told.type for one in conditions):
        return tuple(told if one.type == told.type else one for one in conditions)
    return (*conditions, told)


def _condition(
    budget: PodDisruptionBudget,
    allowed: int,
    now: Micros,
    reason: str = "",
    message: str = "",
    generation: int | None = None,
) -> Condition:
    status, plain = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
    known = condition_of(budget.status, "DisruptionAllowed")
    same = known is not None and known.status == status
    return Condition(
        type="DisruptionAllowed",
        status=status,
        reason=reason or plain,
        message=message,
        observed_generation=budget.metadata.generation if generation is None else generation,
        last_transition_time=known.last_transition_time if known is not None and same else rfc3339(now),
    )


def as_go(budget: PodDisruptionBudget) -> str:
    """Its selector as Go prints it."""
    selector = budget.spec.selector or LabelSelector()
    labels = "".join(f"{key}: {value}," for key, value in sorted(selector.match_labels.items()))
    terms = "".join(
        f"LabelSelectorRequirement{{Key:{one.key},Operator:{one.operator},Values:[{' '.join(one.values)}],}},"
        for one in selector.match_expressions
    )
    kinds = f"MatchExpressions:[]LabelSelectorRequirement{{{terms}}}"
    return f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},{kinds},}}"


def _verdict(key: str, status: PodDisruptionBudgetStatus, *, holds: bool) -> Verdict:
    return rules.DISRUPTIONS_ALLOWED.holds(
        holds,
        budget=key,
        healthy=status.current_healthy,
        desired=status.desired_healthy,
        allowed=status.disruptions_allowed,
    )
