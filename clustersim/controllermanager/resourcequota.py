"""The resource quota controller: it counts what a namespace uses of its quotas.

The admission plugin, where it is on, counts up at once; this controller counts anew when a quota changes,
when something goes, and every five minutes.
Source: v1.7.5, v1.8.0, v1.36 pkg/controller/resourcequota/resource_quota_controller.go.
"""

from functools import partial
from typing import Any, ClassVar, Final

from clustersim.api.core_v1 import ResourceQuota, ResourceQuotaStatus
from clustersim.api.meta import replace
from clustersim.api.quota import in_scopes, is_charged, is_terminating, total, usage_of, written
from clustersim.api.registry import key_of, resources_of
from clustersim.api.status import Reply
from clustersim.api.uncollected import UNCOLLECTED_ONCE
from clustersim.client.workqueue import WorkQueue
from clustersim.controllermanager.context import ControllerContext
from clustersim.controllermanager.part import Controller, ControlLoop
from clustersim.engine.time import MINUTE, Micros

RESYNC: Final[Micros] = 5 * MINUTE


class ResourceQuotaController(Controller):
    """Counts for ResourceQuotas."""

    waits_for: ClassVar[tuple[str, ...]] = ("resourcequotas", "pods")
    title: ClassVar[str] = "resource quota"

    def __init__(self, context: ControllerContext) -> None:
        super().__init__(context, "resourcequota-controller", "resourcequota-controller")
        self.quotas = self.shared.get("resourcequotas", self.quota_changed)
        self.counted = {
            resource.plural: self.shared.get(resource.plural, partial(self.changed, resource.plural))
            for resource in resources_of(self.traits.release).values()
            if resource.stored and resource.namespaced and resource.plural not in UNCOLLECTED_ONCE
        }
        self.queue = WorkQueue(self.process, self.name, self.sync, workers=5)

    def start(self) -> None:
        self.queue.open()

    def control_loops(self) -> tuple[ControlLoop, ...]:
        return (self.loop_of(self.queue),)

    def quota_changed(self, old: ResourceQuota | None, new: ResourceQuota | None) -> None:
        """A quota was added, or its bounds were changed."""
        if new is not None and (old is None or old.spec != new.spec):
            self.queue.add(key_of(new))

    def changed(self, resource: str, old: Any, new: Any) -> None:
        """Something is gone, a pod has ended or (v1.36) has a deadline now, or a Service takes other ports:
        what it used is free."""
        if not self.quotas.state.cache:
            return
        changed = old is not None and new is not None
        ended = changed and resource == "pods" and is_charged(old, self.now) and not is_charged(new, self.now)
        other = changed and resource == "services" and old.spec.type != new.spec.type
        if changed and resource == "pods" and self.traits.recounts_deadlines:
            other = is_terminating(old) != is_terminating(new)
        if new is None or ended or other:
            gone = old if new is None else new
            for quota in self.quotas.list():
                if gone is not None and quota.metadata.namespace == gone.metadata.namespace:
                    self.queue.add(key_of(quota))

    def sync(self, key: str) -> None:
        """Count for one quota."""
        namespace, _, name = key.partition("/")
        quota: ResourceQuota | None = self.quotas.get(namespace, name)
        if quota is None:
            self.queue.done(key)
            return
        resources = resources_of(self.traits.release)
        usages = [
            usage_of(obj, resources[plural].version_in(self.traits.release), self.now)
            for plural, informer in self.counted.items()
            for obj in informer.list()
            if obj.metadata.namespace == namespace and in_scopes(quota, obj)
        ]
        used = written(total(usages, quota.spec.hard))
        status = ResourceQuotaStatus(hard=quota.spec.hard, used=used)
        self.queue.add_after(key, RESYNC)
        if status == quota.status:
            self.queue.done(key)
        else:
            self.api.update_status(replace(quota, status=status), self.then(self.counted_up, key))

    def counted_up(self, reply: Reply, key: str) -> None:
        """The counts are written, or somebody was faster."""
        self.queue.answered(key, reply)
