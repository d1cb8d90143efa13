"""The cluster role aggregator: a ClusterRole with an aggregation rule has the rules of all the roles that the
rule chooses by their labels.

Source: v1.36.2 pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go.
"""

from typing import ClassVar

from clustersim.api.meta import replace
from clustersim.api.rbac import ClusterRole, PolicyRule
from clustersim.api.selectors import selects
from clustersim.api.status import Reply
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop


class ClusterRoleAggregator(Controller):
    """Puts such roles together anew whenever any role changes."""

    waits_for: ClassVar[tuple[str, ...]] = ("clusterroles",)
    title: ClassVar[str] = "ClusterRoleAggregator"

    def __init__(self, context: ControllerContext) -> None:
        name = "clusterrole-aggregation-controller"
        super().__init__(context, name, name)
        self.roles = self.shared.get("clusterroles", self.role_changed)
        self.queue = WorkQueue(self.process, self.name, self.sync)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def role_changed(self, old: ClusterRole | None, new: ClusterRole | None) -> None:
        """Which roles it is part of is not known beforehand: all that are put together are looked at."""
        for name, role in self.roles.state.cache.items():
            if role.aggregation_rule is not None:
                self.queue.add(name)

    def sync(self, name: str) -> None:
        """Put one role together."""
        role: ClusterRole | None = self.roles.get("", name)
        rules = None if role is None else self._gathered(role)
        if role is None or rules is None or rules == role.rules:
            self.queue.done(name)
        else:
            self.api.update(replace(role, rules=rules), self.then(self.written, name))

    def _gathered(self, role: ClusterRole) -> tuple[PolicyRule, ...] | None:
        """The rules of the roles that it is made of, each once; None of one that is not made of others."""
        if role.aggregation_rule is None:
            return None
        found: list[PolicyRule] = []
        for selector in role.aggregation_rule.cluster_role_selectors:
            for name, other in sorted(self.roles.state.cache.items()):
                if name != role.metadata.name and selects(selector, other.metadata.labels):
                    found += [rule for rule in other.rules if rule not in found]
        return tuple(found)

    def written(self, reply: Reply, name: str) -> None:
        """It has them, or is gone; or somebody else was faster."""
        if reply.ok or reply.reason == "NotFound":
            self.queue.done(name)
        else:
            self.queue.retry(name)
