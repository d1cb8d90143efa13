"""Making room: which pods would have to go for a more important one that fits nowhere.

On each node that pods alone keep from taking it, all less important pods are taken away in thought; if it
fits then, as many as possible are put back, the most important first. What cannot be put back are the
victims. Of all such nodes the one is taken whose victims matter least.
Sources: v1.36 pkg/scheduler/framework/preemption/preemption.go,
framework/plugins/defaultpreemption/default_preemption.go.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from clustersim.api.core_v1 import Pod
from clustersim.api.registry import key_of
from clustersim.api.resources import requests_v136
from clustersim.api.selectors import selects
from clustersim.scheduler.attempts import Rejection
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.decision import Decision
from clustersim.scheduler.framework.candidate import Candidate, priority_of
from clustersim.scheduler.framework.cycle import objection
from clustersim.scheduler.framework.messages import (
    CLAIMS_REMAIN,
    NEVER_ASKED,
    NO_CLAIMS,
    NO_VICTIMS,
    NOT_HELPFUL,
    fit_error,
)
from clustersim.scheduler.framework.plugin import Plugin, Snapshot, Status
from clustersim.scheduler.framework.plugins.dynamic_resources import DynamicResources

LEAST_CANDIDATES: Final = 100
CANDIDATES_PERCENT: Final = 10
"""So many nodes are tried in thought, of small clusters all."""

LOWEST_PRIORITY: Final = -(2**31)
PREEMPTED: Final = "PreemptionByScheduler"
"""Reason of the condition DisruptionTarget that victims get."""


class Victims(msgspec.Struct, frozen=True):
    """Pods that would have to leave a node, the most important first, and how many of them a disruption
    budget protects."""

    node: str
    pods: tuple[Pod, ...]
    violations: int


class Preemption(msgspec.Struct, frozen=True):
    """What came of it: the victims, or what people are told instead. considered: the pod might have
    preempted others, so an earlier nomination of it is over."""

    victims: Victims | None = None
    message: str = ""
    considered: bool = True
    of_claims: str = NO_CLAIMS

    def told(self) -> str:
        """What follows the reasons in the message of a pod that fits nowhere."""
        if self.victims is not None:
            return ""
        return f" {self.of_claims}, preemption: {self.message}" if self.message else f" {self.of_claims}"


class Preemptor(msgspec.Struct, frozen=True):
    """One pod's look for victims. budgets: the PodDisruptionBudgets."""

    asked: Candidate
    snapshot: Snapshot
    plugins: Sequence[Plugin]
    budgets: tuple[Any, ...]

    def preempt(self, decision: Decision, offset: int) -> Preemption:
        """Find the node and the victims. offset: where among the nodes in question the look begins."""
        if decision.refused and decision.refused != DynamicResources.name:
            return Preemption(considered=False, of_claims=NEVER_ASKED)
        if (reason := self._ineligible(decision)) is not None:
            return Preemption(message=reason, considered=False, of_claims=self._of_claims())
        found, refused = self._dry_run(decision, offset)
        if not found:
            return Preemption(message=fit_error(decision.nodes, refused), of_claims=self._of_claims())
        return Preemption(min(found, key=_cost))

    def _of_claims(self) -> str:
        """What the plugin of devices says, which looks for claims to free first (its PostFilter)."""
        claiming = bool(self.asked.pod.spec.resource_claims)
        refused = claiming and isinstance(DynamicResources().filter(self.asked, self.snapshot), Status)
        return CLAIMS_REMAIN if claiming and not refused else NO_CLAIMS

    def _ineligible(self, decision: Decision) -> str | None:
        """Why the pod may not preempt others at all."""
        pod = self.asked.pod
        if pod.spec.preemption_policy == "Never":
            return "not eligible due to preemptionPolicy=Never."
        nominated = pod.status.nominated_node_name
        if any(one.node == nominated and one.final for one in decision.rejected):
            return None
        info = next((one for one in self.snapshot.infos if one.name == nominated), None)
        if info is not None and any(_is_leaving(one, pod) for one in info.pods.values()):
            return "not eligible due to a terminating pod on the nominated node."
        return None

    def _dry_run(self, decision: Decision, offset: int) -> tuple[list[Victims], list[Rejection]]:
        """The nodes where victims would help, and for the others why not."""
        by_name = {info.name: info for info in self.snapshot.infos}
        open_to = [one.node for one in decision.rejected if not one.final]
        refused = [Rejection(one.node, (NOT_HELPFUL,)) for one in decision.rejected if one.final]
        enough = min(len(open_to), max(LEAST_CANDIDATES, len(open_to) * CANDIDATES_PERCENT // 100))
        start = offset % len(open_to) if open_to else 0
        found: list[Victims] = []
        for name in (*open_to[start:], *open_to[:start]):
            if len(found) >= enough and any(not one.violations for one in found):
                break
            victims = self._victims(by_name[name])
            if isinstance(victims, Victims):
                found.append(victims)
            else:
                refused.append(Rejection(name, victims))
        return found, refused

    def _victims(self, info: NodeInfo) -> Victims | tuple[str, ...]:
        """Who would have to leave the node; or why that would not help."""
        importance = priority_of(self.asked.pod)
        lesser = [pod for pod in info.pods.values() if priority_of(pod) < importance]
        if not lesser:
            return (NO_VICTIMS,)
        tried = info.copy()
        for pod in lesser:
            tried.remove(pod, requests_v136(pod))
        if (status := self._objection(tried)) is not None:
            return status
        lesser.sort(key=_importance)
        protected, free = self._by_budget(lesser)
        victims = []
        for pod in (*protected, *free):
            tried.add(pod, requests_v136(pod))
            if self._objection(tried) is not None:
                tried.remove(pod, requests_v136(pod))
                victims.append(pod)
        if not victims:
            return (f"expected at least one victim pod on node {info.name!r}",)
        violations = sum(pod in victims for pod in protected)
        return Victims(info.name, tuple(sorted(victims, key=_importance)), violations)

    def _objection(self, info: NodeInfo) -> tuple[str, ...] | None:
        status = objection(self.asked, self.snapshot, self.plugins, info)
        return status.reasons if status is not None else None

    def _by_budget(self, pods: list[Pod]) -> tuple[list[Pod], list[Pod]]:
        """The pods whose loss a budget does not allow, and the others."""
        allowed = [budget.status.disruptions_allowed for budget in self.budgets]
        protected: list[Pod] = []
        free: list[Pod] = []
        for pod in pods:
            violated = False
            for index, budget in enumerate(self.budgets):
                if _protects(budget, pod) and pod.metadata.name not in budget.status.disrupted_pods:
                    allowed[index] -= 1
                    violated = violated or allowed[index] < 0
            (protected if violated else free).append(pod)
        return protected, free


def _protects(budget: Any, pod: Pod) -> bool:
    selector = budget.spec.selector
    if budget.metadata.namespace != pod.metadata.namespace or not pod.metadata.labels:
        return False
    named = selector is not None and (selector.match_labels or selector.match_expressions)
    return bool(named) and selects(selector, pod.metadata.labels)


def _is_leaving(pod: Pod, preemptor: Pod) -> bool:
    """A less important pod that was preempted and still ends."""
    return (
        bool(pod.metadata.deletion_timestamp)
        and priority_of(pod) < priority_of(preemptor)
        and any(one.type == "DisruptionTarget" and one.reason == PREEMPTED for one in pod.status.conditions)
    )


def _importance(pod: Pod) -> tuple[int, str, str]:
    """The most important first: by priority, then by how long they run."""
    return -priority_of(pod), pod.status.start_time or "~", key_of(pod)


def _cost(victims: Victims) -> tuple[int, int, int, int, tuple[int, ...]]:
    """What losing them costs: budgets, then their importance, their number, how long they run."""
    priorities = [priority_of(pod) for pod in victims.pods]
    highest = [pod for pod in victims.pods if priority_of(pod) == priorities[0]]
    earliest = min(pod.status.start_time or "~" for pod in highest)
    latest_first = tuple(-ord(character) for character in earliest)
    total = sum(priority - LOWEST_PRIORITY for priority in priorities)
    return victims.violations, priorities[0], total, len(priorities), latest_first
